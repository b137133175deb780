// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Matrix product of bf16 rows and weights, summed in f32. Where the machine has the dot instruction, a pair
// of products is added at once (with the rounding that the instruction defines); elsewhere both numbers are
// widened and the products added one after the other.

#include <cstring>

#include "kernels/gemm_task.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gemm_bf16.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep

#include "kernels/gemm_tile-inl.h"
#include "simd/bf16-inl.h"
#include "simd/hwy-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lwave {
namespace HWY_NAMESPACE {
namespace {

struct KernelBf16Base {
  using X = uint16_t;
  using W = uint16_t;
  using Sum = float;
  using V = hn::Vec<FloatTag>;
  using Pair = hn::Vec<PairTag>;
  static constexpr bool kCoarse = true;
  static constexpr size_t kGroup = 2;

  static HWY_INLINE V Zero() { return hn::Zero(FloatTag()); }
  static HWY_INLINE Pair LoadWeights(const W* p) { return LoadPairs(p); }
  static HWY_INLINE Pair Broadcast(const X* p) {
    uint32_t pair;
    std::memcpy(&pair, p, sizeof(pair));
    return hn::Set(PairTag(), pair);
  }
  static HWY_INLINE void Store(V sum, Sum* p) { hn::Store(sum, FloatTag(), p); }
};

#if LWAVE_NATIVE_PAIR_DOT

struct KernelBf16 : KernelBf16Base {
  static constexpr int kRows = LWAVE_MANY_REGISTERS ? 14 : 6;
  static HWY_INLINE Pair WeightLow(Pair v) { return v; }
  static HWY_INLINE Pair WeightHigh(Pair v) { return v; }
  static HWY_INLINE Pair RowLow(Pair v) { return v; }
  static HWY_INLINE Pair RowHigh(Pair v) { return v; }
  static HWY_INLINE V MulAdd(Pair row, Pair, Pair weights, Pair, V sum) {
    const hn::Repartition<hwy::bfloat16_t, FloatTag> dbf;
    V unused = hn::Zero(FloatTag());  // all native forms add to the first sum only
    return hn::ReorderWidenMulAccumulate(FloatTag(), hn::BitCast(dbf, row), hn::BitCast(dbf, weights), sum,
                                         unused);
  }
};

#else

struct KernelBf16 : KernelBf16Base {
  static constexpr int kRows = LWAVE_MANY_REGISTERS ? 12 : 4;
  // The number at the lower address is the lower half of a lane (little-endian machines only).
  static HWY_INLINE V Low(Pair v) { return hn::BitCast(FloatTag(), hn::ShiftLeft<16>(v)); }
  static HWY_INLINE V High(Pair v) {
    return hn::BitCast(FloatTag(), hn::And(v, hn::Set(PairTag(), 0xFFFF0000u)));
  }
  static HWY_INLINE V WeightLow(Pair v) { return Low(v); }
  static HWY_INLINE V WeightHigh(Pair v) { return High(v); }
  static HWY_INLINE V RowLow(Pair v) { return Low(v); }
  static HWY_INLINE V RowHigh(Pair v) { return High(v); }
  static HWY_INLINE V MulAdd(V row_low, V row_high, V low, V high, V sum) {
    return hn::MulAdd(row_high, high, hn::MulAdd(row_low, low, sum));
  }
};

#endif  // LWAVE_NATIVE_PAIR_DOT

void PanelsBf16(const kernels::PanelTask& task) { MultiplyPanels<KernelBf16>(task); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace lwave
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lwave {
namespace {
HWY_EXPORT(PanelsBf16);
}  // namespace

namespace kernels {
void MultiplyPanelsBf16(const PanelTask& task) { HWY_DYNAMIC_DISPATCH(PanelsBf16)(task); }
}  // namespace kernels
}  // namespace lwave
#endif  // HWY_ONCE
