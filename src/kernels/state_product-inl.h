// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The register tile of tile attention once more, with one cache line asked for at each step. Rows of queries
// and keys pass through the state engine once, so they come from memory, a head's part of a row at a time,
// which the processor's own prefetching follows badly. Asking for many lines at once between two products
// gained nothing, because the requests then wait for each other and for them the product; one line a step
// took causal prefill from 0.62 to 0.73 of the peak (one head of 256 features, EPYC 9004, busy machine).

#include "kernels/tile_attention_product-inl.h"
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

// Addresses that are wanted soon; a hint, nothing is read.
struct WantedLines {
  static constexpr int64_t kMost = 512;
  static constexpr int64_t kLine = 16;  // floats

  // x // [width]
  void Add(const float* x, int64_t width) {
    for (int64_t c = 0; c < width && count < kMost; c += kLine) lines[count++] = x + c;
  }

  int64_t count = 0;
  const float* lines[kMost];
};

#if LWAVE_MANY_REGISTERS

// c = a b, as MultiplyTile<6, 4, Start::kZero, false>, to the bit.
//   a // [6, a_stride]   b // [depth, b_stride], 4 vectors of each row   c // [6, c_stride], aligned
HWY_NOINLINE inline void MultiplyTileFetching(const float* HWY_RESTRICT a, int64_t a_stride,
                                              const float* HWY_RESTRICT b, int64_t b_stride, int64_t depth,
                                              const WantedLines& wanted, float* HWY_RESTRICT c,
                                              int64_t c_stride) {
  static_assert(kRegisterRows == 6 && kRegisterVectors == 4);
  const FloatTag d;
  using V = hn::Vec<FloatTag>;
  const size_t lanes = hn::Lanes(d);
  V c00 = hn::Zero(d), c01 = c00, c02 = c00, c03 = c00;
  V c10 = c00, c11 = c00, c12 = c00, c13 = c00;
  V c20 = c00, c21 = c00, c22 = c00, c23 = c00;
  V c30 = c00, c31 = c00, c32 = c00, c33 = c00;
  V c40 = c00, c41 = c00, c42 = c00, c43 = c00;
  V c50 = c00, c51 = c00, c52 = c00, c53 = c00;
  const int64_t last = wanted.count - 1;
  for (int64_t k = 0; k < depth; ++k, ++a, b += b_stride) {
    __builtin_prefetch(wanted.lines[HWY_MIN(k, last)], 0, 2);
    const V b0 = hn::LoadU(d, b);
    const V b1 = hn::LoadU(d, b + lanes);
    const V b2 = hn::LoadU(d, b + 2 * lanes);
    const V b3 = hn::LoadU(d, b + 3 * lanes);
    MultiplyRow<4>(d, a, b0, b1, b2, b3, c00, c01, c02, c03);
    MultiplyRow<4>(d, a + a_stride, b0, b1, b2, b3, c10, c11, c12, c13);
    MultiplyRow<4>(d, a + 2 * a_stride, b0, b1, b2, b3, c20, c21, c22, c23);
    MultiplyRow<4>(d, a + 3 * a_stride, b0, b1, b2, b3, c30, c31, c32, c33);
    MultiplyRow<4>(d, a + 4 * a_stride, b0, b1, b2, b3, c40, c41, c42, c43);
    MultiplyRow<4>(d, a + 5 * a_stride, b0, b1, b2, b3, c50, c51, c52, c53);
  }
  StoreRow<4>(d, c00, c01, c02, c03, c);
  StoreRow<4>(d, c10, c11, c12, c13, c + c_stride);
  StoreRow<4>(d, c20, c21, c22, c23, c + 2 * c_stride);
  StoreRow<4>(d, c30, c31, c32, c33, c + 3 * c_stride);
  StoreRow<4>(d, c40, c41, c42, c43, c + 4 * c_stride);
  StoreRow<4>(d, c50, c51, c52, c53, c + 5 * c_stride);
}

#endif  // LWAVE_MANY_REGISTERS

// c = a b for kRows rows and any number of whole vectors of columns; asks for what is wanted where it can.
template <int kRows>
HWY_INLINE void MultiplyFetching(const float* a, int64_t a_stride, const float* b, int64_t b_stride,
                                 int64_t depth, int64_t columns, [[maybe_unused]] const WantedLines& wanted,
                                 float* c, int64_t c_stride) {
  int64_t done = 0;
#if LWAVE_MANY_REGISTERS
  const int64_t wide = kRegisterVectors * static_cast<int64_t>(hn::Lanes(FloatTag()));
  if (kRows == kRegisterRows && wanted.count > 0 && columns >= wide) {
    MultiplyTileFetching(a, a_stride, b, b_stride, depth, wanted, c, c_stride);
    done = wide;
  }
#endif
  Multiply<kRows, Start::kZero>(a, a_stride, b + done, b_stride, depth, columns - done, nullptr, c + done,
                                c_stride);
}

}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // LONGWAVE_KERNELS_STATE_PRODUCT_INL_H_
