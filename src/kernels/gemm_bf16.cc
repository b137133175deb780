// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Matrix product of bf16 rows and weights, summed in f32. Where the machine has the dot instruction, a pair
// of products is added at once (with the rounding that the instruction defines); elsewhere both numbers are
// widened and the products added one after the other.

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

struct KernelBf16 {
  using X = uint16_t;
  using W = uint16_t;
  using Sum = float;
  using V = hn::Vec<FloatTag>;
  using Pair = hn::Vec<PairTag>;
  static constexpr bool kCoarse = true;
  static constexpr size_t kGroup = 2;
#if LWAVE_NATIVE_PAIR_DOT
  static constexpr int kRows = LWAVE_MANY_REGISTERS ? 14 : 6;
#else
  static constexpr int kRows = LWAVE_MANY_REGISTERS ? 12 : 4;
#endif

  static HWY_INLINE V Zero() { return hn::Zero(FloatTag()); }
  static HWY_INLINE Pair LoadWeights(const W* p) { return LoadPairs(p); }
  static HWY_INLINE PairPart WeightLow(Pair v) { return LowOfPair(v); }
  static HWY_INLINE PairPart WeightHigh(Pair v) { return HighOfPair(v); }
  static HWY_INLINE Pair Broadcast(const X* p) { return BroadcastPair(p); }
  static HWY_INLINE PairPart RowLow(Pair v) { return LowOfPair(v); }
  static HWY_INLINE PairPart RowHigh(Pair v) { return HighOfPair(v); }
  static HWY_INLINE V MulAdd(PairPart row_low, PairPart row_high, PairPart low, PairPart high, V sum) {
    return AddPairProduct(row_low, row_high, low, high, sum);
  }
  static HWY_INLINE void Store(V sum, Sum* p) { hn::Store(sum, FloatTag(), p); }
};

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
