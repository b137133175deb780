// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Whole vectors of f32, or what is left of a row: nothing behind a row is read or written.

#include "simd/hwy-inl.h"

#if defined(LONGWAVE_SIMD_ROWS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LONGWAVE_SIMD_ROWS_INL_H_
#undef LONGWAVE_SIMD_ROWS_INL_H_
#else
#define LONGWAVE_SIMD_ROWS_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

HWY_INLINE int64_t Lanes() { return static_cast<int64_t>(hn::Lanes(FloatTag())); }

// `count` >= 1 numbers at most; the lanes behind them are zeros.
HWY_INLINE hn::Vec<FloatTag> LoadSome(const float* x, int64_t count) {
  const FloatTag d;
  return count >= Lanes() ? hn::LoadU(d, x) : hn::LoadN(d, x, static_cast<size_t>(count));
}
HWY_INLINE void StoreSome(hn::Vec<FloatTag> v, int64_t count, float* y) {
  const FloatTag d;
  if (count >= Lanes()) {
    hn::StoreU(v, d, y);
  } else {
    hn::StoreN(v, d, y, static_cast<size_t>(count));
  }
}

}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // LONGWAVE_SIMD_ROWS_INL_H_
