// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Linear attention ("Transformers are RNNs", Katharopoulos et al. 2020, equations 4 to 12) of features that
// are given, in double precision and plain loops: once as the paper writes attention, over all pairs, and
// once as its recurrence. The oracle of the state kernels; includes nothing of ours.

#ifndef LONGWAVE_TESTS_REFERENCE_STATE_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_STATE_REFERENCE_H_

#include <cstdint>
#include <vector>

namespace lwave::reference {

struct LinearAttentionProblem {
  int64_t rows = 0;
  int64_t keys = 0;  // causal: as many as rows
  int64_t heads = 1;
  int64_t features = 1;
  int64_t value_dim = 1;
  bool causal = false;
  bool normalised = true;
  double denominator_eps = 0;  // added to the denominator
  double normaliser_eps = 0;   // added to every number of the normaliser z
  std::vector<float> query;    // [rows, heads, features]
  std::vector<float> key;      // [keys, heads, features]
  std::vector<float> value;    // [keys, heads, value_dim]
};

//   output_i = sum_j (q_i . k_j) v_j / (sum_j q_i . k_j + normaliser_eps * sum_f q_if + denominator_eps)
// over all keys j, or those with j <= i if causal, or without the division. Zeros where there is no key.
std::vector<double> LinearAttention(const LinearAttentionProblem& problem);  // [rows, heads, value_dim]

// One head, row by row: S += k v^T, z += k.
struct LinearState {
  LinearState(int64_t features_in, int64_t value_dim_in);
  void Append(const float* key, const float* value);   // [features], [value_dim]
  std::vector<double> Read(const float* query) const;  // q^T S        [value_dim]
  double Denominator(const float* query) const;        // q . z

  int64_t features;
  int64_t value_dim;
  std::vector<double> sums;        // S  [features, value_dim]
  std::vector<double> normaliser;  // z  [features]
};

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_STATE_REFERENCE_H_
