// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Summaries of blocks of rows, which attention sees as further keys beside the rows themselves (LongT5's transient
// global tokens): the norm of the sum of a block's rows, as they are projected. They are made anew in every layer.

#ifndef LONGWAVE_MODEL_BLOCK_SUMMARIES_H_
#define LONGWAVE_MODEL_BLOCK_SUMMARIES_H_

#include <cstdint>

#include "absl/types/span.h"
#include "base/arena.h"
#include "model/block_rows.h"
#include "model/stack_spec.h"

namespace lwave::model {

class BlockSummaries {
 public:
  BlockSummaries() = default;
  // For sequences of at most `rows` rows.
  BlockSummaries(Arena& arena, const StackSpec& spec, int64_t rows);

  // How many summaries a sequence of `rows` rows has in a layer.
  static int64_t Count(const AttentionSpec& spec, int64_t rows) {
    return spec.summary_block == 0 ? 0 : rows / spec.summary_block;
  }
  // The summaries of x, ready for the key's and the value's projections, valid until the next call.
  //   x // [rows, hidden], not normed yet   mask // [rows] or null; closed rows are in no summary
  RowsView Make(const Projecting& p, RowsView x, const int32_t* mask, int64_t rows) const;

 private:
  int64_t hidden_ = 0;
  absl::Span<float> sums_;  // [most summaries, hidden]
  absl::Span<float> row_;   // [hidden]
  absl::Span<int32_t> of_;  // [rows]
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_BLOCK_SUMMARIES_H_
