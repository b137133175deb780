// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Nystroemformer's attention (Xiong et al. 2021) of one sequence in double, as the paper's formulas and the published
// code have it. Includes nothing of ours.

#ifndef LONGWAVE_TESTS_REFERENCE_NYSTROM_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_NYSTROM_REFERENCE_H_

#include <cstdint>
#include <vector>

namespace lwave::reference {

struct NystromProblem {
  int64_t tokens = 0, heads = 1, head_dim = 1, value_dim = 1;
  int64_t landmarks = 0;             // 0: softmax attention itself
  std::vector<float> query, key;     // [tokens, heads, head_dim]
  std::vector<float> value;          // [tokens, heads, value_dim]
  std::vector<int32_t> mask;         // [tokens], 0 closes; or empty
  std::vector<float> convolution;    // [heads, width] or empty
};
std::vector<double> NystromAttention(const NystromProblem& problem);  // [tokens, heads, value_dim]

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_NYSTROM_REFERENCE_H_
