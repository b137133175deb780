// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rows of three tables summed in a fixed order, then the norm.

#include "model/embedding.h"

#include <algorithm>

#include "kernels/rows.h"

namespace lwave::model {
namespace {

constexpr int64_t kBlock = 16;  // rows of one task

void AddRow(const Table& table, int64_t row, int64_t width, bool add, float* x) {
  if (table.data == nullptr) return;
  kernels::LoadRow(table.type, table.data, table.scales, row, width, add, x);
}

}  // namespace

int64_t PositionRows(const ModelSpec& spec, const PositionRule& rule, absl::Span<const int32_t> ids, int64_t first_row,
                     int64_t kept_before, int32_t* table_rows) {
  // RoBERTa counts the ids that are not padding, from pad_id + 1; a padding id stands at pad_id. Tiled readings
  // go by the row's number in every family.
  const bool by_id = spec.positions.by_padding_id && rule.tile == 0;
  for (size_t i = 0; i < ids.size(); ++i) {
    const bool kept = ids[i] != spec.pad_id;
    if (by_id) {
      table_rows[i] = static_cast<int32_t>(kept ? spec.positions.offset + kept_before : spec.pad_id);
    } else {
      table_rows[i] =
          static_cast<int32_t>(spec.positions.offset + rule.Index(first_row + static_cast<int64_t>(i)));
    }
    kept_before += kept;
  }
  return kept_before;
}

void EmbedRows(const Context& context, const ModelSpec& spec, const Weights& weights, const int32_t* ids,
               const int32_t* table_rows, const int32_t* token_types, int64_t count, float* x) {
  const int64_t width = spec.hidden;
  context.runner->For((count + kBlock - 1) / kBlock, [&](int64_t block, int32_t) {
    const int64_t begin = block * kBlock;
    const int64_t end = std::min(begin + kBlock, count);
    for (int64_t i = begin; i < end; ++i) {
      float* row = x + i * width;
      AddRow(weights.words, ids[i], width, false, row);
      AddRow(weights.types, token_types == nullptr ? 0 : token_types[i], width, true, row);
      AddRow(weights.positions, table_rows[i], width, true, row);
    }
    if (weights.embedding_norm.gain != nullptr) {
      kernels::LayerNormRows(x + begin * width, width, end - begin, width, weights.embedding_norm.gain,
                             weights.embedding_norm.bias, spec.norm_epsilon, x + begin * width, width);
    }
  });
}

}  // namespace lwave::model
