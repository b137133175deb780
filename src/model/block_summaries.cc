// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/block_summaries.h"

#include <algorithm>

#include "attention/transient_global.h"
#include "kernels/rows.h"

namespace lwave::model {

BlockSummaries::BlockSummaries(Arena& arena, const StackSpec& spec, int64_t rows) : hidden_(spec.hidden) {
  int64_t most = 0;
  for (const BlockSpec& block : spec.blocks) most = std::max(most, Count(block.attention, rows));
  if (most == 0) return;
  sums_ = arena.Take<float>(most * hidden_);
  row_ = arena.Take<float>(hidden_);
  of_ = arena.Take<int32_t>(rows);
}

RowsView BlockSummaries::Make(const Projecting& p, RowsView x, const int32_t* mask, int64_t rows) const {
  const int64_t count = Count(p.spec, rows);
  const absl::Span<int32_t> of = of_.subspan(0, static_cast<size_t>(rows));
  attention::SummariesOf(p.spec.summary_block, [&](int64_t row) { return mask == nullptr || mask[row] != 0; }, of);
  std::fill_n(sums_.begin(), count * hidden_, 0.0f);
  // In the rows' order, on one thread: next to the projections it is nothing.
  for (int64_t i = 0; i < rows; ++i) {
    const int32_t summary = of[static_cast<size_t>(i)];
    if (summary < 0) continue;
    const float* row = x.data + i * x.stride;
    if (p.before) {
      ApplyNorm(p.before, row, x.stride, 1, row_.data(), hidden_);
      row = row_.data();
    }
    kernels::AddTo(row, hidden_, sums_.data() + summary * hidden_);
  }
  ApplyNorm(p.weights.summary_norm, sums_.data(), hidden_, count, sums_.data(), hidden_);
  return {sums_.data(), hidden_};
}

}  // namespace lwave::model
