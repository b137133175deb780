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

// Rows of one task: what fits a quarter of a second-level cache, as a multiple of the tile height.
constexpr int64_t kRowBytes = 256 * 1024;
constexpr int64_t kTileRows = 84;  // a multiple of 14, 12, 6 and 4, the tile heights of the targets
// Work of one task: long against the cost of handing it out, short against the whole.
constexpr int64_t kTaskWork = 4 << 20;  // multiply-adds
// Work that is not worth a second thread.
constexpr int64_t kSerialWork = 64 << 10;
constexpr int64_t kFewTasks = 24;

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
  const int64_t work_per_row = depth * kPanelColumns;
  if (x.rows * panels * work_per_row <= kSerialWork) {
    return MultiplyRange(x, outputs, 0, x.rows, 0, panels);
  }

  // Blocks of nearly equal numbers of rows.
  const int64_t most_rows =
      std::max<int64_t>(kRowBytes / (depth * BytesPerNumber(x.type)) / kTileRows, 1) * kTileRows;
  const int64_t row_blocks = (x.rows + most_rows - 1) / most_rows;
  const int64_t block_rows = (x.rows + row_blocks - 1) / row_blocks;
  // Runs of panels: large enough for a task's work, small enough to share few rows among threads.
  int64_t run = std::max<int64_t>(kTaskWork / (block_rows * work_per_row), 1);
  run = std::min(run, std::max<int64_t>(panels * row_blocks / kFewTasks, 1));
  const int64_t runs = (panels + run - 1) / run;

  runner.For(row_blocks * runs, [&](int64_t index, int32_t) {
    const int64_t row_begin = index / runs * block_rows;
    const int64_t panel_begin = index % runs * run;
    MultiplyRange(x, outputs, row_begin, std::min(row_begin + block_rows, x.rows), panel_begin,
                  std::min(panel_begin + run, panels));
  });
}

}  // namespace lwave::kernels
