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

// Distances -ahead to count - 1 - ahead, cut to `clamp` on both sides where that is not 0, as DistanceTable has them,
// `rows` at a time.
//   sinusoids // [rows, depth of r]   projected // [rows, columns of r]: scratch
//   table // [columns of r, DistanceTable::Stride(count)]
void RelativePositions(const Context& context, const Projection& r, int64_t clamp, int64_t ahead, int64_t count,
                       int64_t rows, float* sinusoids, float* projected, float* table);

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_RELATIVE_POSITIONS_H_
