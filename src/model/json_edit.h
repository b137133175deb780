// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Changing a JSON tree, and writing it.

#ifndef LONGWAVE_MODEL_JSON_EDIT_H_
#define LONGWAVE_MODEL_JSON_EDIT_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "model/json.h"

namespace lwave::model {

JsonValue JsonOf(int64_t value);
JsonValue JsonOf(absl::string_view text);
JsonValue JsonOf(absl::Span<const int64_t> values);
JsonValue EmptyObject();
JsonValue EmptyArray();

// Gives an object a member, in place of one that has the key already.
void SetMember(JsonValue& object, absl::string_view key, JsonValue value);
void RemoveMember(JsonValue& object, absl::string_view key);

// Members of the outermost object on lines of their own. Real numbers are the shortest decimals that read back equal.
std::string FormatJson(const JsonValue& value);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_JSON_EDIT_H_
