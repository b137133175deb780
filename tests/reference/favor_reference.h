// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Linear attention with feature maps (Choromanski et al. 2021, equations 4 to 12; Katharopoulos et al. 2020, equation 7)
// in double precision and plain loops over all pairs, and softmax attention that it is measured against. The oracle of
// favor; includes nothing of ours.

#ifndef LONGWAVE_TESTS_REFERENCE_FAVOR_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_FAVOR_REFERENCE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace lwave::reference {

// One sequence. Features of one row x of one head, with x' = x scale^1/2, u_r = w_r . x', h = x' . x' / 2, shift c:
//   softmax        m^-1/2 (exp(u_r - h - c) + eps)
//   hyperbolic     (2m)^-1/2 (exp(u_r - h - c) + eps), then the same of -u_r
//   trigonometric  m^-1/2 exp(h - c) cos u_r, then the same with sin
//   relu, exp      max(u_r, 0) + kernel_eps, exp(u_r) + kernel_eps
//   elu            x + 1 where x > 0, else exp(x)
//   given          x
struct FavorProblem {
  std::string kernel = "softmax";
  int64_t rows = 0, keys = 0, heads = 1, head_dim = 1, value_dim = 1;
  bool causal = false;
  double scale = 1;
  double eps = 0, kernel_eps = 0;
  double denominator_eps = 0;       // times the sum of the query's features, added to the denominator
  double denominator_constant = 0;  // added to the denominator
  bool row_max = true;              // shift of a query: its largest u_r (and -u_r), h where trigonometric; or 0
  bool global_max = true;           // shift of keys: the largest of those of open keys of the head; or key_shift
  double key_shift = 0;
  std::vector<float> projection;  // [m, head_dim]
  std::vector<float> query;       // [rows, heads, head_dim]
  std::vector<float> key;         // [keys, heads, head_dim]
  std::vector<float> value;       // [keys, heads, value_dim]
  std::vector<int32_t> open;      // [keys] or empty
};

std::vector<double> FavorFeatures(const FavorProblem& problem, const float* x, double shift);
double FavorShift(const FavorProblem& problem, const float* x);  // the row's own

// out_i = sum_j (phi_i . phi_j) v_j / (sum_j phi_i . phi_j + denominator_eps sum_r phi_ir + denominator_constant) over
// open keys j, those with j <= i where causal; zeros where there is none.    [rows, heads, value_dim]
std::vector<double> FavorAttention(const FavorProblem& problem);
// softmax(scale q . k) v over the same keys.
std::vector<double> ExactAttention(const FavorProblem& problem);

// s = sum phi_k v^T and z = sum phi_k of one head over all open keys.
struct FavorSums {
  std::vector<double> s;  // [features, value_dim]
  std::vector<double> z;  // [features]
};
FavorSums SumFavorKeys(const FavorProblem& problem, int64_t head);

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_FAVOR_REFERENCE_H_
