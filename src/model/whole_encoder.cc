// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Some sequences at a time, layer by layer; the functions and so the bits are those of streaming.

#include "model/whole_encoder.h"

#include <algorithm>
#include <cstring>

#include "model/embedding.h"

namespace lwave::model {
namespace {

using kernels::kKeyTile;
using kernels::kQueryTile;

// Rows that go through a layer together: enough tasks for a few threads, while their keys and values stay small.
constexpr int64_t kGroupRows = 1024;
// Scratch rows beyond what every thread takes at a time.
constexpr int64_t kScratchRows = 128;
constexpr int64_t kScratchRowsPerThread = 64;

int64_t TilesOf(int64_t tokens) { return (tokens + kKeyTile - 1) / kKeyTile; }

}  // namespace

WholeEncoder::WholeEncoder(Arena& arena, const Context& context, const ModelSpec& spec, const Weights& weights,
                           int64_t batch, int64_t tokens)
    : context_(context), spec_(spec), weights_(weights), batch_(batch), tokens_(tokens) {
  rows_ = arena.Take<float>(batch * tokens * spec.hidden);
  positions_ = arena.Take<int32_t>(tokens);
  group_ = std::clamp<int64_t>(kGroupRows / std::max<int64_t>(tokens, 1), 1, std::max<int64_t>(batch, 1));
  key_masks_ = arena.Take<uint64_t>(group_ * TilesOf(tokens));
  patterns_ = arena.Take<attention::WindowPattern>(group_);
  stores_ = arena.Take<attention::TileStore>(group_);
  for (int64_t i = 0; i < group_; ++i) {
    attention::TileStore store;
    store.shape = ShapeOf(spec, weights);
    store.ring = {0, std::max<int64_t>(TilesOf(tokens), 1)};
    store.Take(arena, Use::kScratch);
    if (!stores_.empty()) stores_[static_cast<size_t>(i)] = store;
  }
  const int32_t threads = context.runner->threads();
  const int64_t rows = std::min(std::max(kScratchRows, threads * kScratchRowsPerThread),
                                kernels::RoundUp(std::max<int64_t>(batch * tokens, 1), 16));
  scratch_ = LayerScratch::Take(arena, spec, weights, rows, TilesOf(tokens), threads);
}

void WholeEncoder::SetPatterns(const Input& input, const Reading* window, size_t layer, int64_t first, int64_t count) {
  const int64_t tokens = input.tokens;
  for (int64_t i = 0; i < count; ++i) {
    attention::WindowPattern& pattern = patterns_[static_cast<size_t>(i)];
    pattern = attention::WindowPattern();
    pattern.full = window == nullptr;
    pattern.total = tokens;
    if (window != nullptr) {
      pattern.left = window->left[layer];
      pattern.right = window->right[layer];
      pattern.sinks = window->sinks;
    }
    if (input.mask == nullptr) continue;
    uint64_t* mask = key_masks_.data() + i * TilesOf(tokens_);
    std::fill_n(mask, TilesOf(tokens), 0);
    for (int64_t t = 0; t < tokens; ++t) {
      if (input.mask[(first + i) * tokens + t] != 0) mask[t / kKeyTile] |= uint64_t{1} << (t % kKeyTile);
    }
    pattern.key_mask = mask;
  }
}

const float* WholeEncoder::Run(const Input& input, const Reading* reading, const Kept& kept) {
  const int64_t hidden = spec_.hidden;
  const int64_t tokens = input.tokens;
  const int64_t sequence = tokens * hidden;
  const int64_t all = input.batch * sequence;
  const Reading* window =
      reading != nullptr && reading->windowed() && tokens > reading->full_rows ? reading : nullptr;
  PositionRule rule;
  if (window != nullptr) rule = {window->tile, window->sinks};

  for (int64_t first = 0; first < input.batch; first += group_) {
    const int64_t count = std::min(group_, input.batch - first);
    float* rows = rows_.data() + first * sequence;
    const auto keep = [&](size_t state) {
      if (kept.hidden_states == nullptr) return;
      std::memcpy(kept.hidden_states + static_cast<int64_t>(state) * all + first * sequence, rows,
                  static_cast<size_t>(count * sequence) * sizeof(float));
    };
    for (int64_t i = 0; i < count; ++i) {
      const int32_t* ids = input.ids == nullptr ? nullptr : input.ids + (first + i) * tokens;
      const float* vectors = input.vectors == nullptr ? nullptr : input.vectors + (first + i) * sequence;
      PositionSpec positions = spec_.positions;
      if (ids == nullptr) positions.by_padding_id = false;  // without ids there is no padding among them
      PositionRows(positions, spec_.pad_id, rule,
                   absl::MakeConstSpan(ids == nullptr ? positions_.data() : ids, static_cast<size_t>(tokens)), 0, 0,
                   positions_.data());
      EmbedRows(context_, spec_, weights_, ids, vectors, positions_.data(),
                input.token_types == nullptr ? nullptr : input.token_types + (first + i) * tokens, tokens,
                rows + i * sequence);
    }
    keep(0);
    for (size_t l = 0; l < spec_.layers.size(); ++l) {
      if (kept.projected != nullptr) {
        ProjectRows(context_, spec_, weights_.layers[l], kept.what, rows, count * tokens, scratch_,
                    kept.projected + static_cast<int64_t>(l) * all + first * sequence);
      }
      SetPatterns(input, window, l, first, count);
      const LayerRows group = {count * tokens, 0, std::max<int64_t>(tokens, 1), stores_.data(), patterns_.data()};
      StoreKeysAndValues(context_, spec_, weights_.layers[l], rows, group, scratch_);
      AttendAndTransform(context_, spec_, weights_.layers[l], rows, group, scratch_, rows);
      if (l + 1 == spec_.layers.size() && weights_.final_norm.gain != nullptr) {
        NormRows(context_, weights_.final_norm, spec_.norm_epsilon, rows, count * tokens, hidden, rows);
      }
      keep(l + 1);
    }
  }
  return rows_.data();
}

}  // namespace lwave::model
