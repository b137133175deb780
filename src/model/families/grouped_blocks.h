// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What decoders after Llama share (Gemma 3, Qwen3): fewer key heads than query heads, and gated MLPs, under the same
// names. They differ in norms, positions and which layers see a window.

#ifndef LONGWAVE_MODEL_FAMILIES_GROUPED_BLOCKS_H_
#define LONGWAVE_MODEL_FAMILIES_GROUPED_BLOCKS_H_

#include <cstdint>
#include <string>

#include "model/families/names.h"
#include "model/stack_spec.h"

namespace lwave::model {

struct GroupedShape {
  int64_t hidden = 0, heads = 0, kv_heads = 0, head_dim = 0, inner = 0, window = 0;
  bool bias = false;
  kernels::Activation activation = kernels::Activation::kSilu;
};

// Key heads divide the query heads, and heads are not too wide.
void CheckGroupedHeads(ConfigReader& config, const GroupedShape& shape);

// The heads, and the projections below layer + "self_attn.".
void NameGroupedAttention(Names& names, const std::string& layer, const GroupedShape& shape, AttentionSpec* attention);

// The MLP below layer + "mlp.".
MlpSpec NameGatedMlp(Names& names, const std::string& layer, const GroupedShape& shape);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_FAMILIES_GROUPED_BLOCKS_H_
