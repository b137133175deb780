// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Scaled dot-product attention with a mask ("Attention Is All You Need", section 3.2), in double precision
// and plain loops. The oracle of the attention kernels; includes nothing of ours.

#ifndef LONGWAVE_TESTS_REFERENCE_ATTENTION_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_ATTENTION_REFERENCE_H_

#include <cstdint>
#include <vector>

namespace lwave::reference {

// Query head h reads key head h / (heads / kv_heads).
struct AttentionProblem {
  int64_t rows = 0;
  int64_t keys = 0;
  int64_t heads = 1;
  int64_t kv_heads = 1;
  int64_t head_dim = 1;
  int64_t value_dim = 1;
  double scale = 1.0;
  std::vector<float> query;   // [rows, heads, head_dim]
  std::vector<float> key;     // [keys, kv_heads, head_dim]
  std::vector<float> value;   // [keys, kv_heads, value_dim]
  std::vector<float> bias;    // [heads, rows, keys] added to the scores, or empty
  std::vector<uint8_t> open;  // [rows, keys]: 1 where the row sees the key
};

//   s_ij = scale * q_i . k_j + bias_ij;  output_i = sum_j exp(s_ij - max s_i) v_j / sum_j exp(s_ij - max s_i),
// over the open keys j; zeros where none is open. Closed keys are never read.
std::vector<double> Attention(const AttentionProblem& problem);  // [rows, heads, value_dim]

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_ATTENTION_REFERENCE_H_
