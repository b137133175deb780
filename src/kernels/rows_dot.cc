// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Dot products, norms and sums of rows. The order of summation is part of the contract: search results are the same
// wherever they are computed, up to fused multiply-adds.

#include "kernels/rows.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/rows_dot.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "simd/hwy-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace {

constexpr int64_t kChains = 64;

// sum += x * y over the vector that begins at element c, if any of it is inside the row.
HWY_INLINE void MultiplySome(const float* x, const float* y, int64_t c, int64_t width,
                             hn::Vec<FloatTag>& sum) {
  const FloatTag d;
  const int64_t left = width - c;
  if (left >= static_cast<int64_t>(hn::Lanes(d))) {
    sum = hn::MulAdd(hn::LoadU(d, x + c), hn::LoadU(d, y + c), sum);
  } else if (left > 0) {
    const size_t count = static_cast<size_t>(left);
    sum = hn::MulAdd(hn::LoadN(d, x + c, count), hn::LoadN(d, y + c, count), sum);
  }
}

// chain[c mod 64] = sum of x[c] * y[c], four vectors of chains in one pass over the row.
HWY_INLINE void SumChains(const float* x, const float* y, int64_t width, float* chains) {
  const FloatTag d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t first = 0; first < kChains; first += 4 * lanes) {
    hn::Vec<FloatTag> s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
    int64_t c = first;
    for (; c + 4 * lanes <= width; c += kChains) {
      s0 = hn::MulAdd(hn::LoadU(d, x + c), hn::LoadU(d, y + c), s0);
      s1 = hn::MulAdd(hn::LoadU(d, x + c + lanes), hn::LoadU(d, y + c + lanes), s1);
      s2 = hn::MulAdd(hn::LoadU(d, x + c + 2 * lanes), hn::LoadU(d, y + c + 2 * lanes), s2);
      s3 = hn::MulAdd(hn::LoadU(d, x + c + 3 * lanes), hn::LoadU(d, y + c + 3 * lanes), s3);
    }
    MultiplySome(x, y, c, width, s0);
    MultiplySome(x, y, c + lanes, width, s1);
    MultiplySome(x, y, c + 2 * lanes, width, s2);
    MultiplySome(x, y, c + 3 * lanes, width, s3);
    hn::Store(s0, d, chains + first);
    hn::Store(s1, d, chains + first + lanes);
    hn::Store(s2, d, chains + first + 2 * lanes);
    hn::Store(s3, d, chains + first + 3 * lanes);
  }
}

// Pairs 32 apart, then 16, 8, 4, 2, 1.
HWY_INLINE float SumTree(float* chains) {
  const FloatTag d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t half = kChains / 2;
  for (; half >= lanes; half /= 2) {
    for (int64_t i = 0; i < half; i += lanes) {
      hn::Store(hn::Add(hn::Load(d, chains + i), hn::Load(d, chains + half + i)), d, chains + i);
    }
  }
  for (; half >= 1; half /= 2) {
    for (int64_t i = 0; i < half; ++i) chains[i] += chains[half + i];
  }
  return chains[0];
}

void Dot(const float* query, const float* x, int64_t stride, int64_t rows, int64_t width, float* score) {
  alignas(64) float chains[kChains];
  for (int64_t r = 0; r < rows; ++r) {
    SumChains(query, x + r * stride, width, chains);
    score[r] = SumTree(chains);
  }
}

// Columns [c, c + 4 vectors), all of them there.
HWY_INLINE void SumFourVectors(const float* weight, const float* x, int64_t stride, int64_t rows, float scale, float* y) {
  const FloatTag d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  hn::Vec<FloatTag> s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  for (int64_t r = 0; r < rows; ++r, x += stride) {
    const hn::Vec<FloatTag> w = hn::Set(d, weight[r]);
    s0 = hn::MulAdd(w, hn::LoadU(d, x), s0);
    s1 = hn::MulAdd(w, hn::LoadU(d, x + lanes), s1);
    s2 = hn::MulAdd(w, hn::LoadU(d, x + 2 * lanes), s2);
    s3 = hn::MulAdd(w, hn::LoadU(d, x + 3 * lanes), s3);
  }
  const hn::Vec<FloatTag> factor = hn::Set(d, scale);
  hn::StoreU(hn::Mul(s0, factor), d, y);
  hn::StoreU(hn::Mul(s1, factor), d, y + lanes);
  hn::StoreU(hn::Mul(s2, factor), d, y + 2 * lanes);
  hn::StoreU(hn::Mul(s3, factor), d, y + 3 * lanes);
}

void WeightedSum(const float* weight, const float* x, int64_t stride, int64_t rows, int64_t width, float scale, float* y) {
  const FloatTag d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  int64_t c = 0;
  for (; c + 4 * lanes <= width; c += 4 * lanes) SumFourVectors(weight, x + c, stride, rows, scale, y + c);
  for (; c < width; c += lanes) {
    const size_t count = static_cast<size_t>(std::min(lanes, width - c));
    hn::Vec<FloatTag> sum = hn::Zero(d);
    for (int64_t r = 0; r < rows; ++r) {
      sum = hn::MulAdd(hn::Set(d, weight[r]), hn::LoadN(d, x + r * stride + c, count), sum);
    }
    hn::StoreN(hn::Mul(sum, hn::Set(d, scale)), d, y + c, count);
  }
}

}  // namespace
}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lwave::kernels {

HWY_EXPORT(Dot);
HWY_EXPORT(WeightedSum);

void DotRows(const float* query, const float* x, int64_t stride, int64_t rows, int64_t width, float* score) {
  HWY_DYNAMIC_DISPATCH(Dot)(query, x, stride, rows, width, score);
}

void WeightedSumOfRows(const float* weight, const float* x, int64_t stride, int64_t rows, int64_t width, float scale,
                       float* y) {
  HWY_DYNAMIC_DISPATCH(WeightedSum)(weight, x, stride, rows, width, scale, y);
}

// In double: there are few such rows, and squares of large numbers must not overflow.
void L2NormalizeRows(float* x, int64_t stride, int64_t rows, int64_t width, float epsilon) {
  for (int64_t r = 0; r < rows; ++r, x += stride) {
    double sum[4] = {0, 0, 0, 0};
    for (int64_t c = 0; c < width; ++c) sum[c % 4] += static_cast<double>(x[c]) * static_cast<double>(x[c]);
    const double norm = std::sqrt((sum[0] + sum[1]) + (sum[2] + sum[3]));
    const double divisor =
        norm < static_cast<double>(epsilon) ? static_cast<double>(epsilon) : norm;  // keeps NaN
    for (int64_t c = 0; c < width; ++c) x[c] = static_cast<float>(static_cast<double>(x[c]) / divisor);
  }
}

void AccumulateRow(const float* x, int64_t width, double* sum) {
  for (int64_t c = 0; c < width; ++c) sum[c] += static_cast<double>(x[c]);
}

}  // namespace lwave::kernels
#endif  // HWY_ONCE
