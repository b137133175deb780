// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Longformer's global tokens, where there are few: what a global row sees of the whole sequence, without projecting
// all rows a second time. For a head with query q, keys W_k x_j + b_k and values W_v x_j + b_v
//   q . (W_k x_j + b_k) = (W_k^T q) . x_j + q . b_k         the last is the same for all j, and a softmax takes it away
//   sum_j p_j (W_v x_j + b_v) = W_v (sum_j p_j x_j) + b_v
// Costs 4 width products for each row, head and global token, instead of 4 width^2 for each row.

#ifndef LONGWAVE_MODEL_FEW_GLOBALS_H_
#define LONGWAVE_MODEL_FEW_GLOBALS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "base/arena.h"
#include "base/thread_pool.h"
#include "model/block_rows.h"

namespace lwave::model {

// Scratch for sequences of at most `rows` rows. One thread at a time.
class FewGlobals {
 public:
  // The most tokens for which this is the cheaper way; 0: the attention is not of the kind, or its rows are not those of
  // the residual stream.
  static int64_t Most(const BlockSpec& block);

  FewGlobals() = default;
  // For all blocks of a stack; takes nothing where none has such attention.
  FewGlobals(Arena& arena, const StackSpec& spec, const StackWeights& weights, int64_t rows, int32_t threads);

  // Those of `globals` that the mask keeps, at most Most of them, over x // [rows, width]. Replaces what attention gave
  // for them: heads // [rows, HeadsWidth], of which only rows [first, first + count) exist
  //   globals  ascending   mask // [rows] or null
  void Attend(Runner& runner, const AttentionSpec& spec, const AttentionWeights& weights, RowsView x, int64_t rows,
              const int32_t* mask, absl::Span<const int64_t> globals);
  // The results of the tokens among rows [first, first + count), into their places.   heads // [count, HeadsWidth]
  void Replace(int64_t first, int64_t count, float* heads) const;

 private:
  int64_t rows_ = 0, width_ = 0;  // of a row of heads
  int64_t taken_ = 0;
  absl::Span<int64_t> tokens_;      // [most]
  absl::Span<std::byte> prepared_;
  absl::Span<float> key_rows_, value_rows_;  // the weights, [heads * head_dim, inputs]
  absl::Span<float> queries_;       // [most, heads * head_dim]
  absl::Span<float> folded_;        // [most * heads, inputs]: W_k^T q
  absl::Span<float> scores_;        // [most * heads, rows]
  absl::Span<float> sums_;          // [most * heads, inputs]: of rows, by their weights
  absl::Span<float> parts_;         // [threads, kColumns]
  absl::Span<float> results_;       // [most, heads * values]
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_FEW_GLOBALS_H_
