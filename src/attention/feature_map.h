// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Random features (Choromanski et al. 2021). With x' = x d^-1/4, u_r = w_r.x', h = x'.x' / 2 and c the shift:
//   softmax        m^-1/2 (exp(u_r - h - c) + eps)                                         m features
//   hyperbolic     the same with w_0 .. and -w_0 .., (2m)^-1/2                             2m
//   trigonometric  m^-1/2 exp(h - c) [cos u_0 .., sin u_0 ..]                              2m
//   relu, exp      max(u_r, 0) + kernel_eps, exp(u_r) + kernel_eps                         m
// The shift of a query is the maximum of its u_r (and -u_r), without h (row_max), or 0; that of keys a number, or that
// maximum over all real keys of the head (global_max). For trigonometric they are h, and the maximum of h.

#ifndef LONGWAVE_ATTENTION_FEATURE_MAP_H_
#define LONGWAVE_ATTENTION_FEATURE_MAP_H_

#include <cstdint>

#include "attention/options.h"
#include "attention/projection.h"

namespace lwave::attention {

class FeatureMap {
 public:
  absl::Status Read(const Allocator& allocator, const Options& options, int64_t head_dim);
  int64_t count() const { return two_sided() ? 2 * projection_.columns() : projection_.columns(); }
  bool needs_all_keys() const { return shifted() && global_max_; }

  // Floats of scratch for `vectors` rows of one head each.
  int64_t ScratchFloats(int64_t vectors) const { return vectors * (projection_.depth() + projection_.columns() + 1); }
  // The shift of keys, one number a head: where it starts, and raised by more keys.
  //   x // [rows, heads, head_dim]   mask // [rows] or null   shift // [heads]
  void StartShift(int64_t heads, float* shift) const;
  void RaiseShift(Runner& runner, const float* x, const int32_t* mask, int64_t rows, int64_t heads, float* scratch,
                  float* shift) const;
  // features // [rows, heads, count()]; those of rows that the mask closes are zeros. shift: of keys; unused for queries
  void Map(Runner& runner, const float* x, const int32_t* mask, int64_t rows, int64_t heads, bool queries,
           const float* shift, float* scratch, float* features) const;

 private:
  enum class Kernel { kSoftmax, kHyperbolic, kTrigonometric, kRelu, kExp };
  bool shifted() const { return kernel_ != Kernel::kRelu && kernel_ != Kernel::kExp; }
  bool two_sided() const { return kernel_ == Kernel::kHyperbolic || kernel_ == Kernel::kTrigonometric; }
  // u and h of every vector.   scaled // [vectors, head_dim]   u // [vectors, m]   h // [vectors]
  void Project(Runner& runner, const float* x, int64_t vectors, float* scaled, float* u, float* h) const;
  float Largest(const float* u, float h) const;

  Kernel kernel_ = Kernel::kSoftmax;
  Projection projection_;
  bool row_max_ = true, global_max_ = true;
  float key_shift_ = 0, eps_ = 0, kernel_eps_ = 0;
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_FEATURE_MAP_H_
