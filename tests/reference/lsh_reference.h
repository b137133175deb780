// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Reformer's attention (Kitaev et al. 2020, section 2), the list of items written out, in double and plain loops.
// Includes nothing of ours.

#ifndef LONGWAVE_TESTS_REFERENCE_LSH_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_LSH_REFERENCE_H_

#include <cstdint>
#include <vector>

namespace lwave::reference {

struct LshProblem {
  int64_t tokens = 0, heads = 1, head_dim = 1, value_dim = 1;
  bool causal = false;
  int64_t chunk = 1, before = 1, after = 0, rounds = 1;
  std::vector<int64_t> factors;
  std::vector<float> rotations;  // [heads, head_dim, rounds, sum of factors / 2]
  bool rms = true;               // keys over their root mean square and sqrt(head_dim), else over their length
  double score_scale = 1, self_value = -1e5;
  std::vector<float> qk;        // [tokens, heads, head_dim]
  std::vector<float> value;     // [tokens, heads, value_dim]
  std::vector<int32_t> closed;  // [tokens], 1: closed; or empty
};

struct LshBuckets {
  std::vector<int64_t> bucket;  // [heads, rounds, tokens]; of closed tokens the number of buckets
  std::vector<double> margin;   // by how much the largest of [y, -y] beats the next, at the closest factor
};
LshBuckets HashTokens(const LshProblem& problem);

// With these buckets; those of HashTokens, or of who is tested, where they differ by less than rounding.
std::vector<double> LshAttention(const LshProblem& problem, const std::vector<int64_t>& bucket);

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_LSH_REFERENCE_H_
