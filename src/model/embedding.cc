// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rows of three tables summed in a fixed order, then the norm.

#include "model/embedding.h"

#include <algorithm>

#include "kernels/rows.h"
#include "model/block_rows.h"
#include "model/linear.h"

namespace lwave::model {
namespace {

constexpr int64_t kBlock = 16;  // rows of one task
constexpr int64_t kMostProjectedWidth = 8192;  // of embeddings that are projected

void AddRow(const Table& table, int64_t row, int64_t width, bool add, float* x) {
  if (table.data == nullptr) return;
  kernels::LoadRow(table.type, table.data, table.scales, row, width, add, x);
}

}  // namespace

int64_t PositionRows(const PositionSpec& positions, int64_t pad_id, const PositionRule& rule,
                     absl::Span<const int32_t> ids, int64_t first_row, int64_t kept_before, int32_t* table_rows) {
  // RoBERTa counts the ids that are not padding, from pad_id + 1; a padding id stands at pad_id. Tiled readings
  // go by the row's number in every family.
  const bool by_id = positions.by_padding_id && rule.tile == 0;
  for (size_t i = 0; i < ids.size(); ++i) {
    const bool kept = ids[i] != pad_id;
    if (by_id) {
      table_rows[i] = static_cast<int32_t>(kept ? positions.offset + kept_before : pad_id);
    } else {
      table_rows[i] = static_cast<int32_t>(positions.offset + rule.Index(first_row + static_cast<int64_t>(i)));
    }
    kept_before += kept;
  }
  return kept_before;
}

void EmbedRows(const Context& context, const ModelSpec& spec, const Weights& weights, const int32_t* ids,
               const float* vectors, const int32_t* table_rows, const int32_t* token_types, int64_t count, float* x) {
  const int64_t width = spec.hidden;
  context.runner->For((count + kBlock - 1) / kBlock, [&](int64_t block, int32_t) {
    const int64_t begin = block * kBlock;
    const int64_t end = std::min(begin + kBlock, count);
    for (int64_t i = begin; i < end; ++i) {
      float* row = x + i * width;
      if (vectors != nullptr) {
        std::copy_n(vectors + i * width, width, row);
      } else {
        AddRow(weights.words, ids[i], width, false, row);
      }
      AddRow(weights.types, token_types == nullptr ? 0 : token_types[i], width, true, row);
      AddRow(weights.positions, table_rows[i], width, true, row);
    }
    if (weights.embedding_norm.gain != nullptr) {
      kernels::LayerNormRows(x + begin * width, width, end - begin, width, weights.embedding_norm.gain,
                             weights.embedding_norm.bias, spec.norm_epsilon, x + begin * width, width);
    }
  });
}

namespace {

void WordRow(const StackSpec& spec, const StackWeights& weights, int32_t id, float* x) {
  const EmbeddingSpec& embedding = spec.embedding;
  const int64_t width = embedding.width == 0 ? spec.hidden : embedding.width;
  AddRow(weights.words, id, width, false, x);
}

// Axial positions: the digits of the row's number.
void AddAxial(const StackSpec& spec, const StackWeights& weights, int64_t row, float* x) {
  const EmbeddingSpec& embedding = spec.embedding;
  int64_t at = spec.hidden;
  for (size_t k = embedding.axial_shape.size(); k-- > 0;) {
    const int64_t digit = row % embedding.axial_shape[k];
    row /= embedding.axial_shape[k];
    at -= embedding.axial_dims[k];
    AddRow(weights.axial[k], digit, embedding.axial_dims[k], true, x + at);
  }
}

// Words of a narrower table, or of clusters, through their projections, one row at a time: ids of one cluster are
// seldom side by side.
void ProjectWord(const StackSpec& spec, const StackWeights& weights, int32_t id, float* x) {
  const EmbeddingSpec& embedding = spec.embedding;
  const Linear* projection = &weights.projection;
  const Table* table = &weights.words;
  int64_t width = embedding.width, row = id;
  for (size_t c = 0; c < embedding.clusters.size(); ++c) {
    const EmbeddingCluster& cluster = embedding.clusters[c];
    if (id < cluster.begin || id >= cluster.end) continue;
    projection = &weights.clusters[c].projection;
    table = &weights.clusters[c].table;
    width = cluster.width;
    row = id - cluster.begin;
  }
  if (projection->matrix.panels == nullptr) {
    AddRow(*table, row, width, false, x);
    return;
  }
  float narrow[kMostProjectedWidth];
  AddRow(*table, row, width, false, narrow);
  alignas(64) std::byte prepared_bytes[kMostProjectedWidth * sizeof(float) + 256];
  ApplyLinear(SerialRunner(), *projection, kernels::Activation::kNone, narrow, width, 1, prepared_bytes, x, spec.hidden);
}

}  // namespace

void EmbedStackRows(const Context& context, const StackSpec& spec, const StackWeights& weights, const int32_t* ids,
                    const float* vectors, const int32_t* table_rows, const int32_t* token_types, int64_t first_row,
                    int64_t count, float* x, int64_t stride) {
  const EmbeddingSpec& embedding = spec.embedding;
  const int64_t hidden = spec.hidden;
  const bool projected = !embedding.clusters.empty() || weights.projection.matrix.panels != nullptr;
  const int64_t width = embedding.width == 0 ? hidden : embedding.width;
  context.runner->For((count + kBlock - 1) / kBlock, [&](int64_t block, int32_t) {
    for (int64_t i = block * kBlock; i < std::min((block + 1) * kBlock, count); ++i) {
      float* row = x + i * stride;
      if (vectors != nullptr) {
        std::copy_n(vectors + i * hidden, hidden, row);
      } else if (projected) {
        ProjectWord(spec, weights, ids[i], row);
      } else {
        WordRow(spec, weights, ids[i], row);
      }
      const int64_t scaled = projected ? hidden : width;
      if (embedding.scale != 1 && vectors == nullptr) {
        kernels::ScaleBy(static_cast<float>(embedding.scale), scaled, row);
      }
      AddRow(weights.types, token_types == nullptr ? 0 : token_types[i], hidden, true, row);
      if (table_rows != nullptr) AddRow(weights.positions, table_rows[i], hidden, true, row);
      if (!weights.axial.empty()) AddAxial(spec, weights, first_row + i, row);
      ApplyNorm(weights.embedding_norm, row, stride, 1, row, stride);
    }
  });
}

}  // namespace lwave::model
