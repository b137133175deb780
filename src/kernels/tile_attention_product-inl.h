// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The register tile of tile attention: a product of a few rows with up to four vectors of columns. Scores
// (query rows with transposed keys) and weighted sums (probabilities with values) are both this loop:
//   for row: for column: for k ascending: c[row][column] += a[row][k] * b[k][column]
// A tile is kRegisterRows x kRegisterVectors: with 32 vector registers 6 x 4 accumulators, 4 columns of b and
// one broadcast number; with 16 registers 6 x 2. A row's chain of operations does not depend on kRows.

#include "simd/hwy-inl.h"

#if defined(LONGWAVE_KERNELS_TILE_ATTENTION_PRODUCT_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LONGWAVE_KERNELS_TILE_ATTENTION_PRODUCT_INL_H_
#undef LONGWAVE_KERNELS_TILE_ATTENTION_PRODUCT_INL_H_
#else
#define LONGWAVE_KERNELS_TILE_ATTENTION_PRODUCT_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

inline constexpr int kRegisterRows = 6;
inline constexpr int kRegisterVectors = LWAVE_MANY_REGISTERS ? 4 : 2;

// How the accumulators begin.
enum class Start { kZero, kScaled };  // kScaled: c[row] * scale[row]

// One row of accumulators: c += a * b.
template <int kVectors, class D, class V>
HWY_INLINE void MultiplyRow(D d, const float* a, V b0, V b1, V b2, V b3, V& c0, V& c1, V& c2, V& c3) {
  const V x = hn::Set(d, *a);
  c0 = hn::MulAdd(x, b0, c0);
  if constexpr (kVectors > 1) c1 = hn::MulAdd(x, b1, c1);
  if constexpr (kVectors > 2) c2 = hn::MulAdd(x, b2, c2);
  if constexpr (kVectors > 3) c3 = hn::MulAdd(x, b3, c3);
}

template <int kVectors, class D, class V>
HWY_INLINE void LoadScaledRow(D d, const float* c, float scale, V& c0, V& c1, V& c2, V& c3) {
  const size_t lanes = hn::Lanes(d);
  const V s = hn::Set(d, scale);
  c0 = hn::Mul(hn::Load(d, c), s);
  if constexpr (kVectors > 1) c1 = hn::Mul(hn::Load(d, c + lanes), s);
  if constexpr (kVectors > 2) c2 = hn::Mul(hn::Load(d, c + 2 * lanes), s);
  if constexpr (kVectors > 3) c3 = hn::Mul(hn::Load(d, c + 3 * lanes), s);
}

template <int kVectors, class D, class V>
HWY_INLINE void StoreRow(D d, V c0, V c1, V c2, V c3, float* c) {
  const size_t lanes = hn::Lanes(d);
  hn::Store(c0, d, c);
  if constexpr (kVectors > 1) hn::Store(c1, d, c + lanes);
  if constexpr (kVectors > 2) hn::Store(c2, d, c + 2 * lanes);
  if constexpr (kVectors > 3) hn::Store(c3, d, c + 3 * lanes);
}

// One vector of b; the last one of a row may be partial.
template <bool kPartial, class D>
HWY_INLINE hn::Vec<D> LoadColumns(D d, const float* b, size_t partial) {
  if constexpr (kPartial) return hn::LoadN(d, b, partial);
  return hn::LoadU(d, b);
}

//   a      // [kRows, a_stride], numbers [0, depth) of each row
//   b      // [depth, b_stride], kVectors vectors of each row; with kTail the last has only `tail` numbers
//   scale  // [kRows], for Start::kScaled
//   c      // [kRows, c_stride], kVectors vectors of each row, aligned
template <int kRows, int kVectors, Start kStart, bool kTail>
HWY_NOINLINE void MultiplyTile(const float* HWY_RESTRICT a, int64_t a_stride, const float* HWY_RESTRICT b,
                               int64_t b_stride, int64_t depth, size_t tail, const float* HWY_RESTRICT scale,
                               float* HWY_RESTRICT c, int64_t c_stride) {
  static_assert(kRows >= 1 && kRows <= 6 && kVectors >= 1 && kVectors <= 4);
  const FloatTag d;
  using V = hn::Vec<FloatTag>;
  const size_t lanes = hn::Lanes(d);
  V c00 = hn::Zero(d), c01 = c00, c02 = c00, c03 = c00;
  V c10 = c00, c11 = c00, c12 = c00, c13 = c00;
  V c20 = c00, c21 = c00, c22 = c00, c23 = c00;
  V c30 = c00, c31 = c00, c32 = c00, c33 = c00;
  V c40 = c00, c41 = c00, c42 = c00, c43 = c00;
  V c50 = c00, c51 = c00, c52 = c00, c53 = c00;
  if constexpr (kStart == Start::kScaled) {
    LoadScaledRow<kVectors>(d, c, scale[0], c00, c01, c02, c03);
    if constexpr (kRows > 1) LoadScaledRow<kVectors>(d, c + c_stride, scale[1], c10, c11, c12, c13);
    if constexpr (kRows > 2) LoadScaledRow<kVectors>(d, c + 2 * c_stride, scale[2], c20, c21, c22, c23);
    if constexpr (kRows > 3) LoadScaledRow<kVectors>(d, c + 3 * c_stride, scale[3], c30, c31, c32, c33);
    if constexpr (kRows > 4) LoadScaledRow<kVectors>(d, c + 4 * c_stride, scale[4], c40, c41, c42, c43);
    if constexpr (kRows > 5) LoadScaledRow<kVectors>(d, c + 5 * c_stride, scale[5], c50, c51, c52, c53);
  }
  for (int64_t k = 0; k < depth; ++k, ++a, b += b_stride) {
    const V b0 = LoadColumns < kTail && kVectors == 1 > (d, b, tail);
    V b1 = b0, b2 = b0, b3 = b0;
    if constexpr (kVectors > 1) b1 = LoadColumns < kTail && kVectors == 2 > (d, b + lanes, tail);
    if constexpr (kVectors > 2) b2 = LoadColumns < kTail && kVectors == 3 > (d, b + 2 * lanes, tail);
    if constexpr (kVectors > 3) b3 = LoadColumns < kTail && kVectors == 4 > (d, b + 3 * lanes, tail);
    MultiplyRow<kVectors>(d, a, b0, b1, b2, b3, c00, c01, c02, c03);
    if constexpr (kRows > 1) MultiplyRow<kVectors>(d, a + a_stride, b0, b1, b2, b3, c10, c11, c12, c13);
    if constexpr (kRows > 2) MultiplyRow<kVectors>(d, a + 2 * a_stride, b0, b1, b2, b3, c20, c21, c22, c23);
    if constexpr (kRows > 3) MultiplyRow<kVectors>(d, a + 3 * a_stride, b0, b1, b2, b3, c30, c31, c32, c33);
    if constexpr (kRows > 4) MultiplyRow<kVectors>(d, a + 4 * a_stride, b0, b1, b2, b3, c40, c41, c42, c43);
    if constexpr (kRows > 5) MultiplyRow<kVectors>(d, a + 5 * a_stride, b0, b1, b2, b3, c50, c51, c52, c53);
  }
  StoreRow<kVectors>(d, c00, c01, c02, c03, c);
  if constexpr (kRows > 1) StoreRow<kVectors>(d, c10, c11, c12, c13, c + c_stride);
  if constexpr (kRows > 2) StoreRow<kVectors>(d, c20, c21, c22, c23, c + 2 * c_stride);
  if constexpr (kRows > 3) StoreRow<kVectors>(d, c30, c31, c32, c33, c + 3 * c_stride);
  if constexpr (kRows > 4) StoreRow<kVectors>(d, c40, c41, c42, c43, c + 4 * c_stride);
  if constexpr (kRows > 5) StoreRow<kVectors>(d, c50, c51, c52, c53, c + 5 * c_stride);
}

using TileFunction = void (*)(const float*, int64_t, const float*, int64_t, int64_t, size_t, const float*,
                              float*, int64_t);

// The instance for 1 <= vectors <= kRegisterVectors.
template <int kRows, Start kStart, bool kTail>
HWY_INLINE TileFunction PickTile(int64_t vectors) {
  if (vectors == 1) return &MultiplyTile<kRows, 1, kStart, kTail>;
  if constexpr (kRegisterVectors == 4) {
    if (vectors == 2) return &MultiplyTile<kRows, 2, kStart, kTail>;
    if (vectors == 3) return &MultiplyTile<kRows, 3, kStart, kTail>;
  }
  return &MultiplyTile<kRows, kRegisterVectors, kStart, kTail>;
}

// The same for any number of columns, of which all are read in whole vectors but the last few.
//   b // [depth, b_stride], `columns` numbers of each row   c // [kRows, c_stride], room for whole vectors
template <int kRows, Start kStart>
HWY_INLINE void Multiply(const float* a, int64_t a_stride, const float* b, int64_t b_stride, int64_t depth,
                         int64_t columns, const float* scale, float* c, int64_t c_stride) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(FloatTag()));
  constexpr int64_t kMost = kRegisterVectors;
  for (int64_t column = 0; column < columns; column += kMost * lanes) {
    const int64_t left = columns - column;
    const int64_t vectors = HWY_MIN((left + lanes - 1) / lanes, kMost);
    const int64_t tail = left >= vectors * lanes ? 0 : left % lanes;
    // Score tiles are whole vectors of keys.
    const TileFunction multiply = kStart == Start::kScaled && tail != 0
                                      ? PickTile<kRows, kStart, kStart == Start::kScaled>(vectors)
                                      : PickTile<kRows, kStart, false>(vectors);
    multiply(a, a_stride, b + column, b_stride, depth, static_cast<size_t>(tail), scale, c + column,
             c_stride);
  }
}

}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // LONGWAVE_KERNELS_TILE_ATTENTION_PRODUCT_INL_H_
