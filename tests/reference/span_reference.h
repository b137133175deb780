// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Adaptive attention span (Sukhbaatar et al. 2019), in double and plain loops. The oracle of the layer; includes
// nothing of ours.

#ifndef LONGWAVE_TESTS_REFERENCE_SPAN_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_SPAN_REFERENCE_H_

#include <cstdint>
#include <vector>

namespace lwave::reference {

struct SpanProblem {
  int64_t rows = 0, keys = 0;  // the rows are the last of the keys
  int64_t heads = 1, kv_heads = 1, head_dim = 1, value_dim = 1;
  int64_t max_span = 1, ramp = 1;
  bool zeros = true;              // rows of zeros lie before the first key; false: nothing does
  std::vector<float> span;        // [heads]
  std::vector<float> key_pe;      // [head_dim, max_span], column s for distance max_span - s
  std::vector<float> query;       // [rows, heads, head_dim]
  std::vector<float> key;         // [keys, kv_heads, head_dim]
  std::vector<float> value;       // [keys, kv_heads, value_dim]
  std::vector<int32_t> closed;    // [keys], 1: does not exist for anybody; or empty
};

// m(t) = clamp((ramp + z max_span + 1 - t) / ramp, 0, 1)
double SpanMask(const SpanProblem& problem, int64_t head, int64_t distance);
// Over distances t = 1 .. max_span: p = softmax((q.k + q.key_pe) / sqrt(d)), a = p m, weight = a / (sum a + 1e-8).
std::vector<double> AdaptiveSpan(const SpanProblem& problem);  // [rows, heads, value_dim]

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_SPAN_REFERENCE_H_
