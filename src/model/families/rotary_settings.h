// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rotary positions and kinds of layers as configurations have them: in the current form (rope_parameters, layer_types)
// or in the older one (rope_theta and its relatives, rope_scaling, a pattern).

#ifndef LONGWAVE_MODEL_FAMILIES_ROTARY_SETTINGS_H_
#define LONGWAVE_MODEL_FAMILIES_ROTARY_SETTINGS_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "attention/rotary.h"
#include "model/config.h"

namespace lwave::model {

inline constexpr absl::string_view kFullLayer = "full_attention";
inline constexpr absl::string_view kSlidingLayer = "sliding_attention";

// Where the settings of some layers stand.
struct RotaryKeys {
  absl::string_view kind;       // of layers, the key within rope_parameters; empty: one setting for all layers
  absl::string_view theta_key;  // of the older form
  double theta = 10000;         // where nothing is said
  bool scaled = true;           // rope_scaling is meant for these layers
};

// Turns of the first `dim` numbers of each head, halves paired. rope_type "default" and "linear" (positions divided by
// a factor) are done, others are Unsupported by name.
attention::Rotary ReadRotary(ConfigReader& config, int64_t dim, const RotaryKeys& keys);

// For each layer whether it is of the sliding kind: by layer_types, or by `otherwise` where there is no such key.
std::vector<bool> ReadSlidingLayers(ConfigReader& config, int64_t layers, absl::FunctionRef<bool(int64_t)> otherwise);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_FAMILIES_ROTARY_SETTINGS_H_
