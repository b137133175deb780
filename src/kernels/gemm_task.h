// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Between the planner of a matrix product (gemm.cc) and its kernels: one task is a block of rows times a run
// of panels of one output.

#ifndef LONGWAVE_KERNELS_GEMM_TASK_H_
#define LONGWAVE_KERNELS_GEMM_TASK_H_

#include <cstdint>

#include "kernels/gemm.h"

namespace lwave::kernels {

struct PanelTask {
  const PreparedRows* x = nullptr;
  const GemmOutput* output = nullptr;
  int64_t row_begin = 0;
  int64_t row_end = 0;
  int64_t panel_begin = 0;
  int64_t panel_end = 0;
};

// Threads: any, for disjoint tasks. One run-time dispatch per call.
void MultiplyPanelsF32(const PanelTask& task);
void MultiplyPanelsBf16(const PanelTask& task);
void MultiplyPanelsInt8(const PanelTask& task);

// One tile, for kernels that make something of the sums themselves, each the chain of operations of a product:
//   tile[r][c] = sum_k x[r][k] * w[c][k]
// x // [rows, stride], 1 to kMostTileRowsF32 rows   panel // of f32   tile // [rows][32], aligned to 64 bytes
inline constexpr int64_t kMostTileRowsF32 = 14;
void MultiplyTileF32(const float* x, int64_t stride, int64_t rows, const float* panel, int64_t depth, float* tile);

}  // namespace lwave::kernels

#endif  // LONGWAVE_KERNELS_GEMM_TASK_H_
