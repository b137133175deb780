// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Writing a JSON object member by member, in order, on one line. Not a tree: the JSON library's own tree
// allocates while it is destroyed, which ends the process when there is no memory.

#ifndef LONGWAVE_BASE_JSON_TEXT_H_
#define LONGWAVE_BASE_JSON_TEXT_H_

#include <concepts>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace lwave {

// `text` in quotes, escaped; invalid UTF-8 becomes U+FFFD.
std::string JsonQuoted(absl::string_view text);

class JsonText {
 public:
  JsonText& Add(absl::string_view key, absl::string_view text) { return AddJson(key, JsonQuoted(text)); }
  JsonText& Add(absl::string_view key, const char* text) { return Add(key, absl::string_view(text)); }
  JsonText& Add(absl::string_view key, const std::string& text) { return Add(key, absl::string_view(text)); }
  JsonText& Add(absl::string_view key, bool value) { return AddJson(key, value ? "true" : "false"); }
  template <std::integral T>
  JsonText& Add(absl::string_view key, T value) {
    return AddJson(key, absl::StrCat(value));
  }
  JsonText& Add(absl::string_view key, absl::Span<const int64_t> values);
  // `json` is JSON already: an object, an array.
  JsonText& AddJson(absl::string_view key, absl::string_view json);

  // The whole object.
  std::string Text() const { return absl::StrCat("{", members_, "}"); }

 private:
  std::string members_;
};

}  // namespace lwave

#endif  // LONGWAVE_BASE_JSON_TEXT_H_
