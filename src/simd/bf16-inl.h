// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// bf16 in vectors: pairs of numbers as they lie in memory, their products, and rounding.
//
// f32 to bf16, to nearest, ties to even; NaN stays NaN (quiet). Ours because what instructions round to, and
// what they do with NaN and subnormals, differs from target to target.

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "simd/hwy-inl.h"

#if defined(LONGWAVE_SIMD_BF16_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LONGWAVE_SIMD_BF16_INL_H_
#undef LONGWAVE_SIMD_BF16_INL_H_
#else
#define LONGWAVE_SIMD_BF16_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace lwave {
namespace HWY_NAMESPACE {

// Two bf16 numbers per lane, the one at the lower address in the lower half (little-endian machines only).
using PairTag = hn::RebindToUnsigned<FloatTag>;
// One vector of pairs; LoadSomePairs reads only `count` of them, zeros beyond.
HWY_INLINE hn::Vec<PairTag> LoadPairs(const uint16_t* p) {
#if HWY_TARGET == HWY_SCALAR  // has no narrower lanes side by side
  uint32_t pair;
  std::memcpy(&pair, p, sizeof(pair));
  return hn::Set(PairTag(), pair);
#else
  return hn::BitCast(PairTag(), hn::LoadU(hn::Repartition<uint16_t, PairTag>(), p));
#endif
}
HWY_INLINE hn::Vec<PairTag> LoadSomePairs(const uint16_t* p, size_t count) {
#if HWY_TARGET == HWY_SCALAR
  return count == 0 ? hn::Zero(PairTag()) : LoadPairs(p);
#else
  return hn::BitCast(PairTag(), hn::LoadN(hn::Repartition<uint16_t, PairTag>(), p, 2 * count));
#endif
}

// The bf16 number is in the lower half of each lane, the upper half is zero.
template <class D, class V = hn::Vec<D>, class DU = hn::RebindToUnsigned<D>>
HWY_INLINE hn::Vec<DU> RoundToBf16(D /*d*/, V x) {
  const DU du;
  const auto bits = hn::BitCast(du, x);
  const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(du, 1u));
  const auto rounded = hn::ShiftRight<16>(hn::Add(bits, hn::Add(odd, hn::Set(du, 0x7FFFu))));
  const auto quiet = hn::Or(hn::ShiftRight<16>(bits), hn::Set(du, 0x40u));
  return hn::IfThenElse(hn::RebindMask(du, hn::IsNaN(x)), quiet, rounded);
}

// y[i] = bf16(x[i] * factor) for i < count, and 0 behind an odd count, so that y is whole pairs.
//   y // [count to whole pairs]
HWY_INLINE void RoundRow(const float* HWY_RESTRICT x, size_t count, float factor, uint16_t* HWY_RESTRICT y) {
  const FloatTag d;
  const hn::Rebind<uint16_t, FloatTag> d16;
  const size_t lanes = hn::Lanes(d);
  const auto f = hn::Set(d, factor);
  size_t i = 0;
  for (; i + lanes <= count; i += lanes) {
    hn::StoreU(hn::TruncateTo(d16, RoundToBf16(d, hn::Mul(hn::LoadU(d, x + i), f))), d16, y + i);
  }
  if (i < count) {
    const auto rest = hn::Mul(hn::LoadN(d, x + i, count - i), f);
    hn::StoreN(hn::TruncateTo(d16, RoundToBf16(d, rest)), d16, y + i, count - i);
  }
  if (count % 2 != 0) y[count] = 0;
}

// A pair of products added to a sum: by one instruction (with the rounding that it defines) where the target has it,
// else both numbers are widened and their products added one after the other. PairPart is what a pair becomes for that.
#if LWAVE_NATIVE_PAIR_DOT
using PairPart = hn::Vec<PairTag>;
HWY_INLINE PairPart LowOfPair(hn::Vec<PairTag> pair) { return pair; }
HWY_INLINE PairPart HighOfPair(hn::Vec<PairTag> pair) { return pair; }
HWY_INLINE hn::Vec<FloatTag> AddPairProduct(PairPart a, PairPart, PairPart b, PairPart, hn::Vec<FloatTag> sum) {
  const hn::Repartition<hwy::bfloat16_t, FloatTag> dbf;
  auto unused = hn::Zero(FloatTag());  // all native forms add to the first sum only
  return hn::ReorderWidenMulAccumulate(FloatTag(), hn::BitCast(dbf, a), hn::BitCast(dbf, b), sum, unused);
}
#else
using PairPart = hn::Vec<FloatTag>;
HWY_INLINE PairPart LowOfPair(hn::Vec<PairTag> pair) { return hn::BitCast(FloatTag(), hn::ShiftLeft<16>(pair)); }
HWY_INLINE PairPart HighOfPair(hn::Vec<PairTag> pair) {
  return hn::BitCast(FloatTag(), hn::And(pair, hn::Set(PairTag(), 0xFFFF0000u)));
}
HWY_INLINE hn::Vec<FloatTag> AddPairProduct(PairPart a_low, PairPart a_high, PairPart b_low, PairPart b_high,
                                            hn::Vec<FloatTag> sum) {
  return hn::MulAdd(a_high, b_high, hn::MulAdd(a_low, b_low, sum));
}
#endif
// One pair in every lane.
HWY_INLINE hn::Vec<PairTag> BroadcastPair(const uint16_t* p) {
  uint32_t pair;
  std::memcpy(&pair, p, sizeof(pair));
  return hn::Set(PairTag(), pair);
}

}  // namespace HWY_NAMESPACE
}  // namespace lwave
HWY_AFTER_NAMESPACE();

#endif  // include guard
