// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// bf16 in vectors: pairs of numbers as they lie in memory, and rounding.
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

}  // namespace HWY_NAMESPACE
}  // namespace lwave
HWY_AFTER_NAMESPACE();

#endif  // include guard
