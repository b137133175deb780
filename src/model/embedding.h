// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// From ids to the first layer's rows: LN(word + position + type) (BERT; pre-norm families likewise).

#ifndef LONGWAVE_MODEL_EMBEDDING_H_
#define LONGWAVE_MODEL_EMBEDDING_H_

#include <cstdint>

#include "absl/types/span.h"
#include "base/context.h"
#include "model/spec.h"
#include "model/weights.h"

namespace lwave::model {

// How rows find their position index, before the family's offset.
struct PositionRule {
  // Tiled (windowed readings): i below `tile`, else sinks + (i - sinks) mod (tile - sinks). 0: plain i.
  int64_t tile = 0;
  int64_t sinks = 0;

  int64_t Index(int64_t row) const {
    return tile == 0 || row < tile ? row : sinks + (row - sinks) % (tile - sinks);
  }
};

// The position table's row for each of ids, which stand at first_row ... of their sequence.
// `kept_before`: how many ids before first_row are not the padding id (only families that count by id use it).
//   ids, table_rows // [count]
// Returns kept_before for the next ids.
int64_t PositionRows(const PositionSpec& positions, int64_t pad_id, const PositionRule& rule,
                     absl::Span<const int32_t> ids, int64_t first_row, int64_t kept_before, int32_t* table_rows);

// ids, table_rows, token_types // [count], the last may be null (all 0)   x // [count, hidden]
// vectors: null, or what stands for the words // [count, hidden]; there are no ids then
void EmbedRows(const Context& context, const ModelSpec& spec, const Weights& weights, const int32_t* ids,
               const float* vectors, const int32_t* table_rows, const int32_t* token_types, int64_t count, float* x);

// The rows of a stack. `vectors`, where given, stand for what the ids' words would give // [count, hidden]; there are no
// ids then.   first_row: number of the first in its sequence, for axial positions   table_rows: null where there is no
// table   x // [count, stride], hidden numbers of each are written
void EmbedStackRows(const Context& context, const StackSpec& spec, const StackWeights& weights, const int32_t* ids,
                    const float* vectors, const int32_t* table_rows, const int32_t* token_types, int64_t first_row,
                    int64_t count, float* x, int64_t stride);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_EMBEDDING_H_
