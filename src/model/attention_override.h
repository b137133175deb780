// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Another kind of attention in place of a model's own, in all layers or some (c_api/families.md): the model's
// projections stay, who sees whom and how scores become weights change. Numbers that the new kind needs beside them
// are options, or tensors of the checkpoint called longwave.layers.N.OPTION.

#ifndef LONGWAVE_MODEL_ATTENTION_OVERRIDE_H_
#define LONGWAVE_MODEL_ATTENTION_OVERRIDE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "model/families/registry.h"
#include "model/json.h"
#include "model/stack_spec.h"

namespace lwave::model {

struct AttentionOverride {
  std::string kind;  // a mechanism by name (attention/mechanisms.h); empty: the layer stays as it is
  std::vector<AttentionOption> options;
};

// Whether an option of a layer follows from its model: sizes, projections, causality. Another value would not fit it.
bool OfTheModel(absl::string_view option);

// The value of `longwave_attention`: an object {"kind": NAME, OPTION: value ...} for all layers, or a list of one such
// object, or null, for each. InvalidArgument, naming kind and option, where one does not exist or has another type.
absl::StatusOr<std::vector<AttentionOverride>> ReadAttentionOverrides(const JsonValue& value);

// overrides: one for all layers, or one for each. A plain encoder becomes a stack. InvalidArgument: a wrong number of
// overrides, a tensor without a place. Unimplemented, naming the layer: a kind that cannot stand where the model's own
// does (it would see rows ahead, or not see them; biases that it has no place for). The spec is then as it was.
absl::Status ApplyAttentionOverride(absl::Span<const AttentionOverride> overrides, const TensorNames& tensors,
                                    ModelSpec* spec);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_ATTENTION_OVERRIDE_H_
