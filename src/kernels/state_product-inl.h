// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The register tile over f32 as the state engine calls it, with one cache line asked for at each step where rows come
// from memory: queries and keys pass through the engine once, a head's part of a row at a time, which the processor's
// own prefetching follows badly. It took causal prefill from 0.62 to 0.73 of the peak (one head of 256 features,
// EPYC 9004, busy machine).

#include "kernels/register_tile-inl.h"
#include "simd/hwy-inl.h"

#if defined(LONGWAVE_KERNELS_STATE_PRODUCT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LONGWAVE_KERNELS_STATE_PRODUCT_INL_H_
#undef LONGWAVE_KERNELS_STATE_PRODUCT_INL_H_
#else
#define LONGWAVE_KERNELS_STATE_PRODUCT_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// c (+)= a b for kRows rows and any number of whole vectors of columns.
//   a // [kRows, a_stride]   b // [depth, b_stride]   c // [kRows, c_stride], aligned
template <int kRows, Start kStart>
HWY_INLINE void Multiply(const float* a, int64_t a_stride, const float* b, int64_t b_stride, int64_t depth,
                         int64_t columns, const float* scale, float* c, int64_t c_stride) {
  if (columns <= 0) return;
  ProductRun<float> run = {b, 0, depth};
  MultiplyColumns<ProductF32, kRows, kStart, false>(a, a_stride, &run, 1, b_stride, columns, scale, c, c_stride);
}

// c = a b, to the bit as Multiply; asks for what is wanted where it can.
template <int kRows>
HWY_INLINE void MultiplyFetching(const float* a, int64_t a_stride, const float* b, int64_t b_stride,
                                 int64_t depth, int64_t columns, [[maybe_unused]] const WantedLines& wanted,
                                 float* c, int64_t c_stride) {
  int64_t done = 0;
#if LWAVE_MANY_REGISTERS
  constexpr int kVectors = ProductF32::kVectors;
  const int64_t wide = kVectors * static_cast<int64_t>(hn::Lanes(FloatTag()));
  if (kRows == kRegisterRows && wanted.count > 0 && columns >= wide) {
    const ProductRun<float> run = {b, 0, depth};
    MultiplyRuns<ProductF32, kRows, kVectors, Start::kZero, false, true>(a, a_stride, &run, 1, b_stride, 0, nullptr, c,
                                                                         c_stride, &wanted);
    done = wide;
  }
#endif
  Multiply<kRows, Start::kZero>(a, a_stride, b + done, b_stride, depth, columns - done, nullptr, c + done,
                                c_stride);
}

}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // LONGWAVE_KERNELS_STATE_PRODUCT_INL_H_
