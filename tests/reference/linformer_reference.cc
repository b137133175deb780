// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "linformer_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lwave::reference {
namespace {

using Matrix = std::vector<std::vector<double>>;

// The rows of one head as slots.   rows [n][width]
Matrix Slots(const SlotProjection& p, const Matrix& rows, int64_t head, int64_t width) {
  const int64_t n = static_cast<int64_t>(rows.size());
  Matrix slots;
  if (!p.matrix.empty()) {
    if (n == 0) return slots;
    const bool own_matrix = static_cast<int64_t>(p.matrix.size()) > p.slots * p.columns;
    const bool own_bias = static_cast<int64_t>(p.slot_bias.size()) > p.slots;
    for (int64_t s = 0; s < p.slots; ++s) {
      std::vector<double> slot(static_cast<size_t>(width), 0.0);
      for (int64_t i = 0; i < n; ++i) {
        const int64_t at = ((own_matrix ? head * p.slots : 0) + s) * p.columns + i;
        const double e = static_cast<double>(p.matrix[static_cast<size_t>(at)]);
        for (size_t c = 0; c < slot.size(); ++c) slot[c] += e * rows[static_cast<size_t>(i)][c];
      }
      if (!p.slot_bias.empty()) {
        const int64_t at = (own_bias ? head * p.slots : 0) + s;
        for (double& number : slot) number += static_cast<double>(p.slot_bias[static_cast<size_t>(at)]);
      }
      slots.push_back(slot);
    }
    return slots;
  }
  const bool pool = p.mean || p.maximum;
  for (int64_t begin = 0; begin < n; begin += p.stride) {
    const int64_t end = std::min(begin + p.stride, n);
    if (!pool && end - begin < p.stride) break;
    std::vector<double> slot(static_cast<size_t>(width), 0.0);
    for (size_t c = 0; c < slot.size(); ++c) {
      if (!pool) slot[c] = static_cast<double>(p.bias[c]);
      if (p.maximum) slot[c] = -std::numeric_limits<double>::infinity();
      for (int64_t i = begin; i < end; ++i) {
        const std::vector<double>& row = rows[static_cast<size_t>(i)];
        if (p.mean) slot[c] += row[c] / static_cast<double>(end - begin);
        if (p.maximum) slot[c] = std::max(slot[c], row[c]);
        for (size_t in = 0; !pool && in < row.size(); ++in) {
          const size_t at = (c * row.size() + in) * static_cast<size_t>(p.stride) + static_cast<size_t>(i - begin);
          slot[c] += static_cast<double>(p.weight[at]) * row[in];
        }
      }
    }
    slots.push_back(slot);
  }
  return slots;
}

// from // [n, heads, width]
Matrix RowsOfHead(const std::vector<float>& from, const std::vector<int32_t>& closed, int64_t n, int64_t heads,
                  int64_t width, int64_t head) {
  Matrix rows;
  for (int64_t i = 0; i < n; ++i) {
    std::vector<double> row(static_cast<size_t>(width), 0.0);
    const bool open = closed.empty() || closed[static_cast<size_t>(i)] == 0;
    for (int64_t c = 0; open && c < width; ++c) {
      row[static_cast<size_t>(c)] = static_cast<double>(from[static_cast<size_t>((i * heads + head) * width + c)]);
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace

std::vector<double> LinformerAttention(const LinformerProblem& p) {
  std::vector<double> output(static_cast<size_t>(p.rows * p.heads * p.value_dim), 0.0);
  for (int64_t h = 0; h < p.heads; ++h) {
    const Matrix keys =
        Slots(p.keys_to_slots, RowsOfHead(p.key, p.closed, p.keys, p.heads, p.head_dim, h), h, p.head_dim);
    const Matrix values =
        Slots(p.values_to_slots, RowsOfHead(p.value, p.closed, p.keys, p.heads, p.value_dim, h), h, p.value_dim);
    for (int64_t i = 0; i < p.rows; ++i) {
      const float* query = p.query.data() + (i * p.heads + h) * p.head_dim;
      std::vector<double> scores;
      double highest = -std::numeric_limits<double>::infinity();
      for (const std::vector<double>& key : keys) {
        double dot = 0;
        for (size_t c = 0; c < key.size(); ++c) dot += static_cast<double>(query[c]) * key[c];
        scores.push_back(p.scale * dot);
        highest = std::max(highest, scores.back());
      }
      double total = 0;
      for (double& score : scores) total += score = std::exp(score - highest);
      double* out = output.data() + (i * p.heads + h) * p.value_dim;
      for (size_t s = 0; s < scores.size(); ++s) {
        for (size_t c = 0; c < values[s].size(); ++c) out[c] += scores[s] / total * values[s][c];
      }
    }
  }
  return output;
}

}  // namespace lwave::reference
