// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What differs between tile attention over f32 and over bf16 keys and values: the product, where probabilities go, how
// a query is scaled, and which values are not finite.

#include <cstdint>

#include "kernels/register_tile-inl.h"
#include "kernels/tile_attention_softmax-inl.h"
#include "simd/bf16-inl.h"

#if defined(LONGWAVE_KERNELS_TILE_ATTENTION_TYPES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LONGWAVE_KERNELS_TILE_ATTENTION_TYPES_INL_H_
#undef LONGWAVE_KERNELS_TILE_ATTENTION_TYPES_INL_H_
#else
#define LONGWAVE_KERNELS_TILE_ATTENTION_TYPES_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {

struct AttentionF32 {
  using Product = ProductF32;
  using Keep = KeepF32;
  using T = float;

  static HWY_INLINE T* Probabilities(float* scores, T* /*own*/) { return scores; }
  // y = x * factor.   x // [count]   y // [count to whole groups]
  static void ScaleQuery(const float* x, int64_t count, float factor, T* y) {
    const FloatTag d;
    const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
    const auto f = hn::Set(d, factor);
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) hn::StoreU(hn::Mul(hn::LoadU(d, x + i), f), d, y + i);
    for (; i < count; ++i) y[i] = x[i] * factor;
  }
  // Whether all of x // [count] are finite: x * 0 is NaN for the others, and a sum keeps it.
  static bool AllFinite(const T* x, int64_t count) {
    const FloatTag d;
    using V = hn::Vec<FloatTag>;
    const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
    const V zero = hn::Zero(d);
    V s0 = zero, s1 = zero, s2 = zero, s3 = zero;
    int64_t i = 0;
    for (; i + 4 * lanes <= count; i += 4 * lanes) {
      s0 = hn::MulAdd(hn::LoadU(d, x + i), zero, s0);
      s1 = hn::MulAdd(hn::LoadU(d, x + i + lanes), zero, s1);
      s2 = hn::MulAdd(hn::LoadU(d, x + i + 2 * lanes), zero, s2);
      s3 = hn::MulAdd(hn::LoadU(d, x + i + 3 * lanes), zero, s3);
    }
    for (; i < count; i += lanes) {
      s0 = hn::MulAdd(hn::LoadN(d, x + i, static_cast<size_t>(HWY_MIN(lanes, count - i))), zero, s0);
    }
    const V sum = hn::Add(hn::Add(s0, s1), hn::Add(s2, s3));
    return hn::AllTrue(d, hn::Eq(sum, zero));
  }
};

struct AttentionBf16 {
  using Product = ProductBf16;
  using Keep = RoundBf16;
  using T = uint16_t;

  static HWY_INLINE T* Probabilities(float* /*scores*/, T* own) { return own; }
  static void ScaleQuery(const float* x, int64_t count, float factor, T* y) {
    RoundRow(x, static_cast<size_t>(count), factor, y);
  }
  static bool AllFinite(const T* x, int64_t count) {
    const hn::ScalableTag<uint16_t> d;
    const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
    const auto exponent = hn::Set(d, uint16_t{0x7F80});
    auto most = hn::Zero(d);
    int64_t i = 0;
    for (; i + lanes <= count; i += lanes) most = hn::Max(most, hn::And(hn::LoadU(d, x + i), exponent));
    if (i < count) {
      most = hn::Max(most, hn::And(hn::LoadN(d, x + i, static_cast<size_t>(count - i)), exponent));
    }
    return hn::AllFalse(d, hn::Eq(most, exponent));
  }
};

}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // LONGWAVE_KERNELS_TILE_ATTENTION_TYPES_INL_H_
