// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How far a layer's rows are from exact softmax attention over the same q, k and v, on a sample of rows.

#ifndef LONGWAVE_ATTENTION_ERROR_ESTIMATE_H_
#define LONGWAVE_ATTENTION_ERROR_ESTIMATE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "attention/layer.h"

namespace lwave::attention {

inline constexpr int64_t kMostSamples = 1 << 20;

// Of the sampled rows, each head's part by itself; |.| is the Euclidean norm over its value_dim numbers.
struct ErrorEstimate {
  double relative = 0;       // sqrt(sum |out - exact|^2 / sum |exact|^2)
  double mean_relative = 0;  // mean of |out - exact| / |exact|
  double max_relative = 0;   // largest of them
};

// Sample s of S is one row of [s n / S, (s + 1) n / S), each equally likely; all rows where there are no more than
// samples. Exact rows are taken in double over all keys, or those up to the row where the layer is causal, with a running
// maximum: samples keys (head_dim + value_dim) products a head and no matrix. Unimplemented where the layer's kind is no
// estimate of softmax attention. A part whose exact value is 0 has error 0, or infinity where `out` is not 0.
//   input // one sequence   out // [rows, out width]   samples // 1 to kMostSamples
absl::StatusOr<ErrorEstimate> EstimateError(const Layer& layer, const InputRows& input, const float* out,
                                            int64_t samples, uint64_t seed);

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_ERROR_ESTIMATE_H_
