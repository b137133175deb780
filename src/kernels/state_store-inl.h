// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rows of keys and values into the pending block of a state. Keys are transposed on the way in.

#include "kernels/state.h"
#include "simd/hwy-inl.h"

#if defined(LONGWAVE_KERNELS_STATE_STORE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LONGWAVE_KERNELS_STATE_STORE_INL_H_
#undef LONGWAVE_KERNELS_STATE_STORE_INL_H_
#else
#define LONGWAVE_KERNELS_STATE_STORE_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// to[c][r] = from[r][c], for four rows.   from // [4, stride], count numbers of each   to // [count, 64]
HWY_INLINE void TransposeFour(const float* from, int64_t stride, int64_t count, float* to) {
  const float* row0 = from;
  const float* row1 = row0 + stride;
  const float* row2 = row1 + stride;
  const float* row3 = row2 + stride;
  int64_t c = 0;
#if HWY_TARGET != HWY_SCALAR
  const hn::FixedTag<float, 4> d;
  for (; c + 4 <= count; c += 4) {
    const auto a = hn::LoadU(d, row0 + c);
    const auto b = hn::LoadU(d, row1 + c);
    const auto e = hn::LoadU(d, row2 + c);
    const auto f = hn::LoadU(d, row3 + c);
    const auto ab_lower = hn::InterleaveLower(d, a, b);
    const auto ab_upper = hn::InterleaveUpper(d, a, b);
    const auto ef_lower = hn::InterleaveLower(d, e, f);
    const auto ef_upper = hn::InterleaveUpper(d, e, f);
    float* p = to + c * kernels::kStateBlock;
    hn::StoreU(hn::ConcatLowerLower(d, ef_lower, ab_lower), d, p);
    hn::StoreU(hn::ConcatUpperUpper(d, ef_lower, ab_lower), d, p + kernels::kStateBlock);
    hn::StoreU(hn::ConcatLowerLower(d, ef_upper, ab_upper), d, p + 2 * kernels::kStateBlock);
    hn::StoreU(hn::ConcatUpperUpper(d, ef_upper, ab_upper), d, p + 3 * kernels::kStateBlock);
  }
#endif
  for (; c < count; ++c) {
    float* p = to + c * kernels::kStateBlock;
    p[0] = row0[c];
    p[1] = row1[c];
    p[2] = row2[c];
    p[3] = row3[c];
  }
}

// Rows [row, row + count) of the call become pending rows [place, place + count).
HWY_NOINLINE inline void StoreStateRows(const kernels::StateRows& task, int64_t head, int64_t row,
                                        int64_t count, int64_t place, const kernels::StateHead& state) {
  const int64_t features = task.shape.features;
  const int64_t value_dim = task.shape.value_dim;
  const int64_t value_stride = task.shape.ValueStride();
  const float* key = task.key + row * task.key_stride + head * features;
  // 32 features at a time: the lines they are written to stay in the first-level cache until they are full.
  constexpr int64_t kFeaturesAtOnce = 32;
  for (int64_t f = 0; f < features; f += kFeaturesAtOnce) {
    const int64_t width = HWY_MIN(kFeaturesAtOnce, features - f);
    const float* from = key + f;
    float* to = state.keys + f * kernels::kStateBlock + place;
    int64_t r = 0;
    for (; r + 4 <= count; r += 4) TransposeFour(from + r * task.key_stride, task.key_stride, width, to + r);
    for (; r < count; ++r) {
      for (int64_t i = 0; i < width; ++i) to[i * kernels::kStateBlock + r] = from[r * task.key_stride + i];
    }
  }
  const float* value = task.value + row * task.value_stride + head * value_dim;
  float* to = state.values + place * value_stride;
  for (int64_t r = 0; r < count; ++r, value += task.value_stride, to += value_stride) {
    hwy::CopyBytes(value, to, static_cast<size_t>(value_dim) * sizeof(float));
  }
}

}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // LONGWAVE_KERNELS_STATE_STORE_INL_H_
