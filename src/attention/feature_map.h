// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Feature maps of linear attention, from a layer's options. With x' = x scale^1/2 (scale: head_dim^-1/2), u_r = w_r.x',
// h = x'.x' / 2 and c the shift:
//   softmax        m^-1/2 (exp(u_r - h - c) + eps)                                         m features
//   hyperbolic     the same with w_0 .. and -w_0 .., (2m)^-1/2                             2m
//   trigonometric  m^-1/2 exp(h - c) [cos u_0 .., sin u_0 ..]                              2m
//   relu, exp      max(u_r, 0) + kernel_eps, exp(u_r) + kernel_eps                         m
//   elu            elu(x) + 1 (Katharopoulos et al. 2020), without scale or projection     head_dim
//   given          the caller's rows are features
// The shift of a query is the maximum of its u_r (and -u_r), without h (row_max), or 0; that of keys a number, or that
// maximum over all real keys of the head (global_max). For trigonometric they are h, and the maximum of h.
// With eps 0 a factor of a query's features, or of all keys', cancels where the quotient is taken: then h is part of the
// maxima, and rows too long for exp(-h) still have their weights.

#ifndef LONGWAVE_ATTENTION_FEATURE_MAP_H_
#define LONGWAVE_ATTENTION_FEATURE_MAP_H_

#include <cstdint>
#include <vector>

#include "attention/options.h"
#include "base/allocator.h"
#include "kernels/features.h"

namespace lwave::attention {

// Rows of one head within those of all, or features of them.
struct HeadRows {
  const float* data = nullptr;  // [rows, stride]
  int64_t stride = 0;
  int64_t rows = 0;
  const int32_t* mask = nullptr;  // [rows] or null
  // Hints of kernels::FeatureTask.
  int64_t rows_after = 0;
  const float* beside = nullptr;
  int64_t beside_stride = 0, beside_width = 0;
};

class FeatureMap {
 public:
  absl::Status Read(const Allocator& allocator, const Options& options, int64_t head_dim);

  int64_t count() const { return task_.Features(); }
  int64_t width() const { return task_.projection.depth; }  // of a row of one head
  // Numbers from row to row where features are made: a line more than they take, so that rows of 256 do not meet in the
  // same few places of the caches.
  int64_t stride() const { return kernels::RoundUp(count(), 16) + 16; }
  bool needs_all_keys() const { return global_max_; }
  int64_t bytes() const { return static_cast<int64_t>(panels_.bytes()); }

  // The shift of one head's keys before there is any, and raised by some. scratch // [rows, stride()]
  float StartShift() const;
  float RaiseShift(const HeadRows& keys, float shift, float* scratch) const;
  // Features, in `to` or where the rows are; those of rows that the mask closes are zeros. Any thread.
  //   to // [rows, stride()]
  HeadRows MapQueries(const HeadRows& rows, float* to) const;
  HeadRows MapKeys(const HeadRows& rows, float shift, float* to) const;

  // The rows w_r as they were given or drawn, [m, head_dim]; empty where there is none.
  static absl::StatusOr<std::vector<float>> ProjectionOf(const Options& options, int64_t head_dim);

 private:
  kernels::FeatureTask TaskOf(const HeadRows& rows, float* to) const;
  HeadRows Run(const kernels::FeatureTask& task, const HeadRows& rows, float* to) const;

  kernels::FeatureTask task_;  // of keys, without the rows
  kernels::FeatureShift query_shift_ = kernels::FeatureShift::kFixed;
  Buffer<std::byte> panels_;
  bool given_ = false, global_max_ = false, of_sum_ = false;
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_FEATURE_MAP_H_
