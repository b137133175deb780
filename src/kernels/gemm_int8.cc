// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Matrix product of u8 rows and i8 weights, summed in i32. Sums are exact on every target: no form used here
// saturates, and 65536 x 255 x 127 still fits an i32.

#include <cstring>

#include "kernels/gemm_task.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gemm_int8.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep

#include "kernels/gemm_tile-inl.h"
#include "simd/hwy-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lwave {
namespace HWY_NAMESPACE {
namespace {

using SumTag = hn::RebindToSigned<FloatTag>;

struct KernelInt8Base {
  using X = uint8_t;
  using W = int8_t;
  using Sum = int32_t;
  using V = hn::Vec<SumTag>;  // sums, and groups of four u8 or i8 numbers
  static constexpr bool kCoarse = true;
  static constexpr size_t kGroup = 4;

  static HWY_INLINE V Zero() { return hn::Zero(SumTag()); }
  static HWY_INLINE V LoadWeights(const W* p) {
#if HWY_TARGET == HWY_SCALAR  // has no narrower lanes side by side
    int32_t quad;
    std::memcpy(&quad, p, sizeof(quad));
    return hn::Set(SumTag(), quad);
#else
    const hn::Repartition<int8_t, SumTag> d8;
    return hn::BitCast(SumTag(), hn::LoadU(d8, p));
#endif
  }
  static HWY_INLINE V Broadcast(const X* p) {
    int32_t quad;
    std::memcpy(&quad, p, sizeof(quad));
    return hn::Set(SumTag(), quad);
  }
  static HWY_INLINE void Store(V sum, Sum* p) { hn::Store(sum, SumTag(), p); }
};

#if LWAVE_NATIVE_QUAD_DOT

struct KernelInt8 : KernelInt8Base {
  static constexpr int kRows = LWAVE_MANY_REGISTERS ? 14 : 6;
  static HWY_INLINE V WeightLow(V v) { return v; }
  static HWY_INLINE V WeightHigh(V v) { return v; }
  static HWY_INLINE V RowLow(V v) { return v; }
  static HWY_INLINE V RowHigh(V v) { return v; }
  static HWY_INLINE V MulAdd(V row, V, V weights, V, V sum) {
    const hn::Repartition<uint8_t, SumTag> du8;
    const hn::Repartition<int8_t, SumTag> di8;
    return hn::SumOfMulQuadAccumulate(SumTag(), hn::BitCast(du8, row), hn::BitCast(di8, weights), sum);
  }
};

#elif HWY_TARGET == HWY_SCALAR

struct KernelInt8 : KernelInt8Base {
  static constexpr int kRows = 4;
  static HWY_INLINE V WeightLow(V v) { return v; }
  static HWY_INLINE V WeightHigh(V v) { return v; }
  static HWY_INLINE V RowLow(V v) { return v; }
  static HWY_INLINE V RowHigh(V v) { return v; }
  static HWY_INLINE V MulAdd(V row, V, V weights, V, V sum) {
    const uint32_t x = static_cast<uint32_t>(hn::GetLane(row));
    const uint32_t w = static_cast<uint32_t>(hn::GetLane(weights));
    int32_t total = hn::GetLane(sum);
    for (int shift = 0; shift < 32; shift += 8) {
      total += static_cast<int32_t>(x >> shift & 0xFF) * static_cast<int8_t>(w >> shift & 0xFF);
    }
    return hn::Set(SumTag(), total);
  }
};

#else

// Bytes 0 and 2 of a group, then 1 and 3, widened to i16; a multiply-add of i16 pairs does not saturate here.
struct KernelInt8 : KernelInt8Base {
  static constexpr int kRows = LWAVE_MANY_REGISTERS ? 12 : 4;
  using Tag16 = hn::Repartition<int16_t, SumTag>;
  using V16 = hn::Vec<Tag16>;
  static HWY_INLINE V16 WeightLow(V v) {
    return hn::ShiftRight<8>(hn::ShiftLeft<8>(hn::BitCast(Tag16(), v)));
  }
  static HWY_INLINE V16 WeightHigh(V v) { return hn::ShiftRight<8>(hn::BitCast(Tag16(), v)); }
  static HWY_INLINE V16 RowLow(V v) { return hn::And(hn::BitCast(Tag16(), v), hn::Set(Tag16(), 0xFF)); }
  static HWY_INLINE V16 RowHigh(V v) {
    const hn::RebindToUnsigned<Tag16> du16;
    return hn::BitCast(Tag16(), hn::ShiftRight<8>(hn::BitCast(du16, v)));
  }
  static HWY_INLINE V MulAdd(V16 row_low, V16 row_high, V16 low, V16 high, V sum) {
    return hn::Add(sum, hn::Add(hn::WidenMulPairwiseAdd(SumTag(), row_low, low),
                                hn::WidenMulPairwiseAdd(SumTag(), row_high, high)));
  }
};

#endif  // LWAVE_NATIVE_QUAD_DOT

void PanelsInt8(const kernels::PanelTask& task) { MultiplyPanels<KernelInt8>(task); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace lwave
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lwave {
namespace {
HWY_EXPORT(PanelsInt8);
}  // namespace

namespace kernels {
void MultiplyPanelsInt8(const PanelTask& task) { HWY_DYNAMIC_DISPATCH(PanelsInt8)(task); }
}  // namespace kernels
}  // namespace lwave
#endif  // HWY_ONCE
