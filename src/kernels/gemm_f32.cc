// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Matrix product in f32.

#include "kernels/gemm_task.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gemm_f32.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep

#include "kernels/gemm_tile-inl.h"
#include "simd/hwy-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lwave {
namespace HWY_NAMESPACE {
namespace {

struct KernelF32 {
  using X = float;
  using W = float;
  using Sum = float;
  using V = hn::Vec<FloatTag>;
  static constexpr int kRows = LWAVE_MANY_REGISTERS ? 14 : 6;
  static constexpr bool kCoarse = false;
  static constexpr size_t kGroup = 1;

  static HWY_INLINE V Zero() { return hn::Zero(FloatTag()); }
  static HWY_INLINE V LoadWeights(const W* p) { return hn::LoadU(FloatTag(), p); }
  static HWY_INLINE V WeightLow(V v) { return v; }
  static HWY_INLINE V WeightHigh(V v) { return v; }
  static HWY_INLINE V Broadcast(const X* p) { return hn::Set(FloatTag(), *p); }
  static HWY_INLINE V RowLow(V v) { return v; }
  static HWY_INLINE V RowHigh(V v) { return v; }
  static HWY_INLINE V MulAdd(V row, V, V weights, V, V sum) { return hn::MulAdd(row, weights, sum); }
  static HWY_INLINE void Store(V sum, Sum* p) { hn::Store(sum, FloatTag(), p); }
};

void PanelsF32(const kernels::PanelTask& task) { MultiplyPanels<KernelF32>(task); }

void TileF32(const float* x, int64_t stride, int64_t rows, const float* panel, int64_t depth, float* tile) {
  for (int64_t r = 0; r < rows; r += KernelF32::kRows) {
    MultiplyTileOf<KernelF32, KernelF32::kRows>(static_cast<size_t>(HWY_MIN(rows - r, int64_t{KernelF32::kRows})),
                                                x + r * stride, static_cast<size_t>(stride), panel,
                                                static_cast<size_t>(depth), tile + r * kernels::kPanelColumns);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace lwave
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lwave {
namespace {
HWY_EXPORT(PanelsF32);
HWY_EXPORT(TileF32);
}  // namespace

namespace kernels {
void MultiplyPanelsF32(const PanelTask& task) { HWY_DYNAMIC_DISPATCH(PanelsF32)(task); }
void MultiplyTileF32(const float* x, int64_t stride, int64_t rows, const float* panel, int64_t depth, float* tile) {
  HWY_DYNAMIC_DISPATCH(TileF32)(x, stride, rows, panel, depth, tile);
}
}  // namespace kernels
}  // namespace lwave
#endif  // HWY_ONCE
