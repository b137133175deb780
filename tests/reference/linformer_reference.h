// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Linformer (Wang et al. 2020, equation 7; pooled and convolutional projections as in section 4): keys and values are
// projected along the sequence to slots, then there is ordinary attention over those. In double and plain loops;
// includes nothing of ours.

#ifndef LONGWAVE_TESTS_REFERENCE_LINFORMER_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_LINFORMER_REFERENCE_H_

#include <cstdint>
#include <vector>

namespace lwave::reference {

// How rows of one head become slots. Which member is set says which kind it is.
struct SlotProjection {
  int64_t slots = 0;              // linear
  int64_t columns = 0;            // linear: of every row of the matrix, at least as many as there are keys
  std::vector<float> matrix;      // linear: [heads or 1, slots, columns]
  std::vector<float> slot_bias;   // linear: [heads or 1, slots] or empty
  int64_t stride = 1;             // the others
  bool mean = false, maximum = false;
  std::vector<float> weight;      // convolution: [width out, width in, stride]
  std::vector<float> bias;        // convolution: [width]
};

struct LinformerProblem {
  int64_t rows = 0, keys = 0, heads = 1, head_dim = 1, value_dim = 1;
  double scale = 1;
  std::vector<float> query;     // [rows, heads, head_dim]
  std::vector<float> key;       // [keys, heads, head_dim]
  std::vector<float> value;     // [keys, heads, value_dim]
  std::vector<int32_t> closed;  // [keys], 1: the key's row and the value's count as zeros; or empty
  SlotProjection keys_to_slots, values_to_slots;
};

//   output_i = softmax(scale q_i K'^T) V'; zeros where there is no slot
std::vector<double> LinformerAttention(const LinformerProblem& problem);  // [rows, heads, value_dim]

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_LINFORMER_REFERENCE_H_
