// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Feature maps of linear attention: rows of one head become features, whose dot products stand for a kernel
// (Choromanski et al. 2021, Performer; elu + 1: Katharopoulos et al. 2020). The equivalent serial loop:
//   for row with mask[row] != 0: for r < columns:
//     u_r = sum_c projection[r][c] x[row][c];   h = half_scale * sum_c x[row][c]^2;   t as Shift says
//     softmax        to[r] = norm (exp(u_r - t) + eps)
//     hyperbolic     the same, and to[columns + r] = norm (exp(-u_r - t) + eps)
//     trigonometric  to[r] = norm exp(h - shift) cos u_r, to[columns + r] = norm exp(h - shift) sin u_r
//     relu, exp      to[r] = max(u_r, 0) + eps, exp(u_r) + eps
//     elu            to[c] = x[c] > 0 ? x[c] + 1 : exp(x[c]), without a projection
//   rows that the mask closes: zeros
// A row's bits depend on that row alone. A row that is not finite makes its own features not finite and no others.

#ifndef LONGWAVE_KERNELS_FEATURES_H_
#define LONGWAVE_KERNELS_FEATURES_H_

#include <cstdint>

#include "kernels/gemm.h"

namespace lwave::kernels {

enum class FeatureKind : int32_t {
  kSoftmax = 0,
  kHyperbolic = 1,
  kTrigonometric = 2,
  kRelu = 3,
  kExp = 4,
  kElu = 5,
};

// What is taken off the exponent of the first three kinds. Row maxima are of u_r (and -u_r where hyperbolic); where
// trigonometric they are h.
enum class FeatureShift : int32_t {
  kFixed = 0,         // t = h + shift
  kFixedMost = 1,     // the same, where u_r <= shift + h is known, which costs less
  kRowMax = 2,        // t = h + the row's maximum
  kRowMaxOfSum = 3,   // t = the row's maximum: that of u_r - h is taken off, and the largest feature is norm (1 + eps)
};

struct FeatureTask {
  FeatureKind kind = FeatureKind::kSoftmax;
  FeatureShift shift_kind = FeatureShift::kFixed;
  PackedMatrix projection;   // f32 panels; columns and depth also where there is no projection
  float half_scale = 0.5f;
  float shift = 0;
  float norm = 1;
  float eps = 0;
  int64_t rows = 0;
  const float* x = nullptr;  // [rows, x_stride], depth numbers of each used
  int64_t x_stride = 0;
  const int32_t* mask = nullptr;  // [rows] or null: all are open
  float* to = nullptr;            // [rows, to_stride]
  int64_t to_stride = 0;
  // Hints: rows of x that come after these in a later call, and something else that is wanted soon, row for row.
  int64_t rows_after = 0;
  const float* beside = nullptr;  // [rows, beside_stride], beside_width numbers of each
  int64_t beside_stride = 0;
  int64_t beside_width = 0;

  bool two_sided() const { return kind == FeatureKind::kHyperbolic || kind == FeatureKind::kTrigonometric; }
  int64_t Features() const { return two_sided() ? 2 * projection.columns : projection.columns; }
};

// Threads: plain functions, any thread, for disjoint `to`. They use less than 8 KiB of stack and nothing else.
void MapFeatures(const FeatureTask& task);
// The largest of `highest` and the row maxima of open rows, less h where `of_sum`: what a shift of keys must be to bound
// the exponent. `to` is scratch. A NaN is left out.
float LargestExponent(const FeatureTask& task, bool of_sum, float highest);

}  // namespace lwave::kernels

#endif  // LONGWAVE_KERNELS_FEATURES_H_
