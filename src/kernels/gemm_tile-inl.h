// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The register tile that all matrix products share. A Kernel (one per number type and target) says how
// weights and rows are read and multiplied; the tile keeps kRows x 2 vectors of sums in registers over the
// whole depth, so every output element is one chain of operations in ascending depth. Which tile height a
// row is computed with changes nothing in its chain.
//
// A Kernel has:
//   X, W, Sum          element types of rows, panels and sums
//   kRows              largest tile height that fits the registers
//   kCoarse            whether the type's rounding hides the error of cheaper activations
//   kGroup             numbers of one column that lie together in a panel
//   LoadWeights(p)     one vector of panel data: FloatTag lanes columns, kGroup numbers each
//   WeightLow, WeightHigh, RowLow, RowHigh(v)   the halves of a group where no dot instruction takes it whole
//   Broadcast(p)       one group of a row in every lane
//   MulAdd(row low, row high, weight low, weight high, sum)
//   Zero(), Store(sum, p)   of sums

#include <cstddef>
#include <cstdint>

#include "kernels/gemm_epilogue-inl.h"
#include "kernels/gemm_task.h"
#include "simd/hwy-inl.h"

#if defined(LONGWAVE_KERNELS_GEMM_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LONGWAVE_KERNELS_GEMM_TILE_INL_H_
#undef LONGWAVE_KERNELS_GEMM_TILE_INL_H_
#else
#define LONGWAVE_KERNELS_GEMM_TILE_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace lwave {
namespace HWY_NAMESPACE {

// 14 rows x 2 vectors of sums, 2 vectors of weights and one of the row fill 31 of 32 registers. Vectors may
// not be kept in arrays (scalable targets), hence one name per sum.
#define LWAVE_TILE_ROWS(OP) \
  OP(0) OP(1) OP(2) OP(3) OP(4) OP(5) OP(6) OP(7) OP(8) OP(9) OP(10) OP(11) OP(12) OP(13)
inline constexpr int kMostTileRows = 14;

// tile[r][c] = sum_k x[r][k] * w[c][k] for kRows rows and the 32 columns of one panel.
//   x // [kRows, stride]   panel // [groups][32][kGroup]   tile // [kRows][32]
template <class Kernel, int kRows>
HWY_NOINLINE void MultiplyTile(const typename Kernel::X* HWY_RESTRICT x, size_t stride,
                               const typename Kernel::W* HWY_RESTRICT panel, size_t groups,
                               typename Kernel::Sum* HWY_RESTRICT tile) {
  static_assert(kRows <= kMostTileRows);
  constexpr size_t kGroup = Kernel::kGroup;
  constexpr size_t kColumns = static_cast<size_t>(kernels::kPanelColumns);
  const size_t lanes = hn::Lanes(FloatTag());
  // Narrow vectors take the panel two vectors at a time.
  for (size_t column = 0; column < kColumns; column += 2 * lanes) {
    const typename Kernel::W* HWY_RESTRICT w = panel + column * kGroup;
    const typename Kernel::X* HWY_RESTRICT p = x;
#define LWAVE_DECLARE(i)                          \
  [[maybe_unused]] auto left##i = Kernel::Zero(); \
  [[maybe_unused]] auto right##i = Kernel::Zero();
    LWAVE_TILE_ROWS(LWAVE_DECLARE)
#undef LWAVE_DECLARE
    for (size_t group = 0; group < groups; ++group) {
      const auto weights0 = Kernel::LoadWeights(w);
      const auto weights1 = Kernel::LoadWeights(w + lanes * kGroup);
      const auto low0 = Kernel::WeightLow(weights0);
      const auto high0 = Kernel::WeightHigh(weights0);
      const auto low1 = Kernel::WeightLow(weights1);
      const auto high1 = Kernel::WeightHigh(weights1);
#define LWAVE_MULTIPLY(i)                                         \
  if constexpr (kRows > i) {                                      \
    const auto row = Kernel::Broadcast(p + i * stride);           \
    const auto low = Kernel::RowLow(row);                         \
    const auto high = Kernel::RowHigh(row);                       \
    left##i = Kernel::MulAdd(low, high, low0, high0, left##i);    \
    right##i = Kernel::MulAdd(low, high, low1, high1, right##i);  \
  }
      LWAVE_TILE_ROWS(LWAVE_MULTIPLY)
#undef LWAVE_MULTIPLY
      w += kColumns * kGroup;
      p += kGroup;
    }
#define LWAVE_STORE(i)                                                  \
  if constexpr (kRows > i) {                                            \
    Kernel::Store(left##i, tile + i * kColumns + column);               \
    Kernel::Store(right##i, tile + i * kColumns + column + lanes);      \
  }
    LWAVE_TILE_ROWS(LWAVE_STORE)
#undef LWAVE_STORE
  }
}

template <class Kernel, int kRows>
HWY_INLINE void MultiplyTileOf(size_t rows, const typename Kernel::X* x, size_t stride,
                               const typename Kernel::W* panel, size_t groups, typename Kernel::Sum* tile) {
  if constexpr (kRows > 1) {
    if (rows < kRows) return MultiplyTileOf<Kernel, kRows - 1>(rows, x, stride, panel, groups, tile);
  }
  MultiplyTile<Kernel, kRows>(x, stride, panel, groups, tile);
}

// Results of up to so many numbers are found in the second-level cache.
inline constexpr int64_t kNearNumbers = 256 * 1024;

// Asks for what lies far away while a tile computes: the lines of y that it will write, and a part of the rows of the
// next tile (4096x768x768: bf16 .887 to .908 of the peak, int8 .888 to .923).
HWY_INLINE void PrefetchNext(const kernels::GemmOutput& output, const PanelColumns& columns, int64_t row,
                             size_t height, const char* next_rows, size_t begin, size_t end) {
  constexpr size_t kLineBytes = 64;
  for (size_t at = begin / kLineBytes * kLineBytes; at < end; at += kLineBytes) __builtin_prefetch(next_rows + at, 0, 2);
  for (size_t r = 0; r < height; ++r) {
    const float* y = output.y + (row + static_cast<int64_t>(r)) * output.y_stride + columns.begin;
    __builtin_prefetch(y, 1, 3);
    __builtin_prefetch(y + kLineBytes / sizeof(float), 1, 3);
  }
}

// All tiles of one task: for each tile of rows, for each panel. The run of panels stays in the second-level cache while
// the rows stream past it; the other way round, a panel's results would go to a few columns of every row, which at
// the usual widths compete for the same few places of the caches (1536 columns, int8: .66 of the peak against .85).
template <class Kernel>
HWY_INLINE void MultiplyPanels(const kernels::PanelTask& task) {
  using Sum = typename Kernel::Sum;
  const kernels::PreparedRows& x = *task.x;
  const kernels::GemmOutput& output = *task.output;
  const size_t groups = (static_cast<size_t>(x.depth) + Kernel::kGroup - 1) / Kernel::kGroup;
  const size_t panel_size = groups * static_cast<size_t>(kernels::kPanelColumns) * Kernel::kGroup;
  const size_t stride = static_cast<size_t>(x.stride);
  const auto* all_rows = static_cast<const typename Kernel::X*>(x.data);
  const auto* panels = static_cast<const typename Kernel::W*>(output.weight.panels);

  const int64_t rows = task.row_end - task.row_begin;
  // Tiles of nearly equal height: a last tile of one row would run at a fraction of the speed.
  const int64_t tiles = (rows + Kernel::kRows - 1) / Kernel::kRows;
  HWY_ALIGN Sum tile[static_cast<size_t>(Kernel::kRows) * kernels::kPanelColumns];
  PanelColumns columns;
  const size_t run = static_cast<size_t>(task.panel_end - task.panel_begin);
  const bool far = x.rows * output.y_stride > kNearNumbers;
  for (int64_t t = 0; t < tiles; ++t) {
    const int64_t row = task.row_begin + rows * t / tiles;
    const size_t height = static_cast<size_t>(task.row_begin + rows * (t + 1) / tiles - row);
    for (int64_t panel = task.panel_begin; panel < task.panel_end; ++panel) {
      const size_t part = static_cast<size_t>(panel - task.panel_begin);
      columns.Load(output, panel);
      if (far) {
        const char* next = reinterpret_cast<const char*>(all_rows + (static_cast<size_t>(row) + height) * stride);
        const size_t bytes = t + 1 < tiles ? height * stride * sizeof(*all_rows) : 0;
        PrefetchNext(output, columns, row, height, next, bytes * part / run, bytes * (part + 1) / run);
      }
      MultiplyTileOf<Kernel, Kernel::kRows>(height, all_rows + static_cast<size_t>(row) * stride, stride,
                                            panels + static_cast<size_t>(panel) * panel_size, groups, tile);
      FinishTile<Kernel::kCoarse>(x, output, columns, row, height, tile);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace lwave
HWY_AFTER_NAMESPACE();

#endif  // include guard
