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

}  // namespace lwave::kernels

#endif  // LONGWAVE_KERNELS_GEMM_TASK_H_
