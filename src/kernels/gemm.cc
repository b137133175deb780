// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Cuts a set of products into tasks: blocks of rows times runs of panels. No bit of the result depends on the
// cut, because an element's chain of operations is the same in every tile; only the speed does.

#include "kernels/gemm.h"

#include <algorithm>

#include "kernels/gemm_task.h"

namespace lwave::kernels {
namespace {

// Panels of one run: what stays in a second-level cache beside the rows that stream past.
constexpr int64_t kRunBytes = 512 * 1024;
// Work of one task: long against the cost of handing it out, short against the whole.
constexpr int64_t kTaskWork = 4 << 20;  // multiply-adds
// Work that is not worth a second thread.
constexpr int64_t kSerialWork = 64 << 10;
constexpr int64_t kFewTasks = 24;
constexpr int64_t kFewRows = 28;  // of a task: two tiles of the wide targets

int64_t CeilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

int64_t Panels(const GemmOutput& output) {
  return (output.weight.columns + kPanelColumns - 1) / kPanelColumns;
}

void MultiplyPanels(const PanelTask& task) {
  switch (task.x->type) {
    case NumberType::kBf16:
      return MultiplyPanelsBf16(task);
    case NumberType::kInt8:
      return MultiplyPanelsInt8(task);
    case NumberType::kF32:
    case NumberType::kF16:
      return MultiplyPanelsF32(task);
  }
}

// Runs panels [begin, end) of all outputs counted in one row, for rows [row_begin, row_end).
void MultiplyRange(const PreparedRows& x, absl::Span<const GemmOutput> outputs, int64_t row_begin,
                   int64_t row_end, int64_t begin, int64_t end) {
  for (const GemmOutput& output : outputs) {
    const int64_t panels = Panels(output);
    if (begin < panels && begin < end) {
      PanelTask task;
      task.x = &x;
      task.output = &output;
      task.row_begin = row_begin;
      task.row_end = row_end;
      task.panel_begin = begin;
      task.panel_end = std::min(end, panels);
      MultiplyPanels(task);
    }
    begin = std::max<int64_t>(begin - panels, 0);
    end -= panels;
    if (end <= 0) return;
  }
}

}  // namespace

void Gemm(Runner& runner, const PreparedRows& x, absl::Span<const GemmOutput> outputs) {
  int64_t panels = 0;
  for (const GemmOutput& output : outputs) panels += Panels(output);
  if (x.rows <= 0 || panels == 0) return;

  const int64_t depth = std::max<int64_t>(x.depth, 1);
  const int64_t panel_bytes = PanelBytes(x.type, kPanelColumns, depth);
  const int64_t work = x.rows * panels * depth * kPanelColumns;
  int64_t run = std::clamp<int64_t>(kRunBytes / panel_bytes, 1, panels);
  int64_t blocks = 1;
  if (runner.threads() > 1 && work > kSerialWork) {
    const int64_t tasks = std::max(work / kTaskWork, kFewTasks);
    blocks = std::clamp<int64_t>(CeilDiv(tasks, CeilDiv(panels, run)), 1, std::max<int64_t>(x.rows / kFewRows, 1));
    // Few rows: more and shorter runs.
    run = std::clamp<int64_t>(panels * blocks / kFewTasks, 1, run);
  }
  const int64_t runs = CeilDiv(panels, run);
  const int64_t block_rows = CeilDiv(x.rows, blocks);

  const auto multiply = [&](int64_t index, int32_t) {
    // Blocks of rows first: a thread finds the run of its last task in its cache.
    const int64_t row_begin = index % blocks * block_rows;
    const int64_t panel_begin = index / blocks * run;
    MultiplyRange(x, outputs, row_begin, std::min(row_begin + block_rows, x.rows), panel_begin,
                  std::min(panel_begin + run, panels));
  };
  if (runner.threads() == 1 || work <= kSerialWork) {
    for (int64_t index = 0; index < runs * blocks; ++index) multiply(index, 0);
  } else {
    runner.For(runs * blocks, multiply);
  }
}

}  // namespace lwave::kernels
