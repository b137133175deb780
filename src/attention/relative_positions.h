// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Transformer-XL's positions (Dai et al. 2019): a projected sinusoid of every distance, and two biases of the query.

#ifndef LONGWAVE_ATTENTION_RELATIVE_POSITIONS_H_
#define LONGWAVE_ATTENTION_RELATIVE_POSITIONS_H_

#include <cstdint>

#include "attention/segment_layer.h"

namespace lwave::attention {

// Packs w_r and reads bias_u and bias_v into the layer.
absl::Status ReadRelativePositions(const Options& options, SegmentLayer& layer, Projection* r);

// table // [heads, count, head_dim], row s is for distance count - 1 - s, cut to `clamp` where that is not 0
void RelativePositions(const Context& context, const Projection& r, int64_t heads, int64_t clamp, int64_t count,
                       float* table);

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_RELATIVE_POSITIONS_H_
