// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a block of a stack does row by row, everything but attention itself: norms, projections, rotary positions, the
// residual sums and the MLP. A row's result depends on that row alone, never on those it is computed with, so whole
// sequences and streams, which share these functions, agree to the bit.

#ifndef LONGWAVE_MODEL_BLOCK_ROWS_H_
#define LONGWAVE_MODEL_BLOCK_ROWS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "base/arena.h"
#include "base/context.h"
#include "model/stack_spec.h"
#include "model/weights.h"

namespace lwave::model {

// Scratch of at most `rows` rows at a time.
struct BlockScratch {
  int64_t rows = 0;
  absl::Span<std::byte> prepared;
  absl::Span<float> normed;    // [rows, widest input]
  absl::Span<float> up, gate;  // [rows, widest MLP]
  absl::Span<float> branch;    // [rows, hidden]

  static BlockScratch Take(Arena& arena, const StackSpec& spec, const StackWeights& weights, int64_t rows);
};

// Rows within wider ones: of a reversible stack's two streams each.
struct RowsView {
  float* data = nullptr;
  int64_t stride = 0;
};

// y = norm(x); nothing without a norm (x must then be y).   x // [rows, x_stride]   y // [rows, y_stride], may be x
void ApplyNorm(const Norm& norm, const float* x, int64_t x_stride, int64_t rows, float* y, int64_t y_stride);

// Widths of q, k and v with all their sets.
int64_t QueryWidth(const AttentionSpec& spec);
int64_t KeyWidth(const AttentionSpec& spec);
int64_t ValueWidth(const AttentionSpec& spec);
int64_t HeadsWidth(const AttentionSpec& spec);  // of what attention gives

// What a projection needs to know of its block.
struct Projecting {
  const Context& context;
  const AttentionSpec& spec;
  const AttentionWeights& weights;
  const Norm& before;
  BlockScratch& scratch;
};

// Queries of `count` rows, at most scratch.rows, at positions first, first + 1 ... or positions[i] where those are
// given. `second`: the second set's too.   x // rows   q // [count, QueryWidth]
void ProjectQueries(const Projecting& p, RowsView x, int64_t first, const int32_t* positions, int64_t count, bool second,
                    float* q);
// k // [count, KeyWidth]   v // [count, ValueWidth]; k may be null where the spec has no key
void ProjectKeysAndValues(const Projecting& p, RowsView x, int64_t first, const int32_t* positions, int64_t count,
                          float* k, float* v);

// target = after(target + branch(heads W_o + b)).   heads // [count, HeadsWidth]
void AddAttention(const Context& context, const AttentionSpec& spec, const AttentionWeights& weights,
                  const ResidualWeights& residual, const float* heads, int64_t count, RowsView target,
                  BlockScratch& scratch);
// target = after(target + branch(mlp(before(source))))
void AddMlp(const Context& context, const MlpSpec& spec, const BlockWeights& weights, RowsView source, int64_t count,
            RowsView target, BlockScratch& scratch);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_BLOCK_ROWS_H_
