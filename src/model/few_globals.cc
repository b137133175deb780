// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/few_globals.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/rows.h"
#include "model/linear.h"

namespace lwave::model {
namespace {

constexpr int64_t kMost = 16;
constexpr int64_t kRowBlock = 64;  // rows that all heads read while they are in the second-level cache
constexpr int64_t kColumns = 32;   // columns of one task of the weighted sum, likewise for all rows

int64_t Inputs(const AttentionSpec& spec) { return spec.global_key.inputs; }

// Calls f(begin, count) for the runs of rows that the mask keeps.
template <typename Function>
void ForRuns(const int32_t* mask, int64_t rows, const Function& f) {
  for (int64_t begin = 0; begin < rows;) {
    int64_t end = begin;
    while (end < rows && (mask == nullptr || mask[end] != 0)) ++end;
    if (end > begin) f(begin, end - begin);
    begin = end + 1;
  }
}

}  // namespace

int64_t FewGlobals::Most(const BlockSpec& block) {
  const AttentionSpec& spec = block.attention;
  if (!spec.global_query || !spec.global_key || !spec.global_value) return 0;
  if (block.attention_residual.before || spec.query_norm || spec.key_norm || spec.rotary.has_value()) return 0;
  if (spec.key_heads() != spec.heads) return 0;
  // Dot products take longer than products of matrices.
  return std::min(kMost, spec.head_dim / 4);
}

FewGlobals::FewGlobals(Arena& arena, const StackSpec& spec, const StackWeights& weights, int64_t rows, int32_t threads)
    : rows_(rows) {
  int64_t most = 0, inputs = 0, heads = 0, keys = 0, values = 0, prepared = 0;
  for (size_t i = 0; i < spec.blocks.size(); ++i) {
    const AttentionSpec& attention = spec.blocks[i].attention;
    const int64_t here = Most(spec.blocks[i]);
    if (here == 0) continue;
    most = std::max(most, here);
    inputs = std::max(inputs, Inputs(attention));
    heads = std::max(heads, attention.heads);
    keys = std::max(keys, attention.heads * attention.head_dim);
    values = std::max(values, attention.heads * attention.values());
    const kernels::PackedMatrix& query = weights.blocks[i].attention.global_query.matrix;
    prepared = std::max(prepared, kernels::PreparedRowsBytes(query.type, 16, query.depth));
  }
  most = std::min(most, rows);
  if (most == 0) return;
  tokens_ = arena.Take<int64_t>(most);
  prepared_ = arena.Take<std::byte>(prepared);
  key_rows_ = arena.Take<float>(keys * inputs);
  value_rows_ = arena.Take<float>(values * inputs);
  queries_ = arena.Take<float>(most * keys);
  folded_ = arena.Take<float>(most * heads * inputs);
  scores_ = arena.Take<float>(most * heads * rows);
  sums_ = arena.Take<float>(most * heads * inputs);
  parts_ = arena.Take<float>(threads * kColumns);
  results_ = arena.Take<float>(most * values);
}

void FewGlobals::Attend(Runner& runner, const AttentionSpec& spec, const AttentionWeights& weights, RowsView x,
                        int64_t rows, const int32_t* mask, absl::Span<const int64_t> globals) {
  taken_ = 0;
  width_ = HeadsWidth(spec);
  for (const int64_t token : globals) {
    if (mask == nullptr || mask[token] != 0) tokens_[static_cast<size_t>(taken_++)] = token;
  }
  if (taken_ == 0) return;
  const int64_t heads = spec.heads, dim = spec.head_dim, values = spec.values(), inputs = Inputs(spec);
  const int64_t pairs = taken_ * heads;  // of a token and a head

  for (int64_t g = 0; g < taken_; ++g) {
    ApplyLinear(runner, weights.global_query, kernels::Activation::kNone,
                x.data + tokens_[static_cast<size_t>(g)] * x.stride, x.stride, 1, prepared_.data(),
                queries_.data() + g * heads * dim, heads * dim);
  }
  runner.For(2, [&](int64_t which, int32_t) {
    kernels::UnpackPanels((which == 0 ? weights.global_key : weights.global_value).matrix,
                          which == 0 ? key_rows_.data() : value_rows_.data());
  });
  const float scale = static_cast<float>(spec.scale == 0 ? 1 / std::sqrt(static_cast<double>(dim)) : spec.scale);
  runner.For(pairs, [&](int64_t pair, int32_t) {
    const int64_t h = pair % heads;
    kernels::WeightedSumOfRows(queries_.data() + pair * dim, key_rows_.data() + h * dim * inputs, inputs, dim, inputs,
                               scale, folded_.data() + pair * inputs);
  });
  runner.For((rows + kRowBlock - 1) / kRowBlock, [&](int64_t block, int32_t) {
    const int64_t begin = block * kRowBlock, count = std::min(kRowBlock, rows - begin);
    for (int64_t pair = 0; pair < pairs; ++pair) {
      kernels::DotRows(folded_.data() + pair * inputs, x.data + begin * x.stride, x.stride, count, inputs,
                       scores_.data() + pair * rows_ + begin);
    }
  });
  runner.For(pairs, [&](int64_t pair, int32_t) {
    float* score = scores_.data() + pair * rows_;
    for (int64_t j = 0; mask != nullptr && j < rows; ++j) {
      if (mask[j] == 0) score[j] = -std::numeric_limits<float>::infinity();
    }
    kernels::SoftmaxRows(score, rows, 1, rows);
  });
  // A closed row has no weight, but may hold a NaN: it is left out.
  runner.For((inputs + kColumns - 1) / kColumns, [&](int64_t block, int32_t thread) {
    const int64_t begin = block * kColumns, count = std::min(kColumns, inputs - begin);
    float* part = parts_.data() + thread * kColumns;
    for (int64_t pair = 0; pair < pairs; ++pair) {
      float* sum = sums_.data() + pair * inputs + begin;
      std::fill_n(sum, count, 0.0f);
      ForRuns(mask, rows, [&](int64_t first, int64_t run) {
        kernels::WeightedSumOfRows(scores_.data() + pair * rows_ + first, x.data + first * x.stride + begin, x.stride, run,
                                   count, 1.0f, part);
        kernels::AddTo(part, count, sum);
      });
    }
  });
  runner.For(pairs, [&](int64_t pair, int32_t) {
    const int64_t h = pair % heads;
    float* result = results_.data() + pair * values;
    kernels::DotRows(sums_.data() + pair * inputs, value_rows_.data() + h * values * inputs, inputs, values, inputs,
                     result);
    if (weights.global_value.bias != nullptr) kernels::AddTo(weights.global_value.bias + h * values, values, result);
  });
}

void FewGlobals::Replace(int64_t first, int64_t count, float* heads) const {
  for (int64_t g = 0; g < taken_; ++g) {
    const int64_t token = tokens_[static_cast<size_t>(g)];
    if (token < first || token >= first + count) continue;
    std::copy_n(results_.data() + g * width_, width_, heads + (token - first) * width_);
  }
}

}  // namespace lwave::model
