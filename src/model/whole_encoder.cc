// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Layer by layer, sequence by sequence; the functions and so the bits are those of streaming.

#include "model/whole_encoder.h"

#include <algorithm>
#include <cstring>

#include "model/embedding.h"

namespace lwave::model {
namespace {

using kernels::kKeyTile;
using kernels::kQueryTile;

// Rows of one pass through a layer's products: enough for full speed, small enough to stay in cache.
constexpr int64_t kBlockRows = 256;

int64_t TilesOf(int64_t tokens) { return (tokens + kKeyTile - 1) / kKeyTile; }

}  // namespace

WholeEncoder::WholeEncoder(Arena& arena, const Context& context, const ModelSpec& spec, const Weights& weights,
                           int64_t batch, int64_t tokens)
    : context_(context), spec_(spec), weights_(weights), batch_(batch), tokens_(tokens) {
  rows_ = arena.Take<float>(batch * tokens * spec.hidden);
  positions_ = arena.Take<int32_t>(tokens);
  key_mask_ = arena.Take<uint64_t>(TilesOf(tokens));
  store_.shape = ShapeOf(spec, weights);
  store_.ring = {0, std::max<int64_t>(TilesOf(tokens), 1)};
  store_.Take(arena);
  scratch_ = LayerScratch::Take(arena, spec, weights, std::min(kBlockRows, std::max<int64_t>(batch * tokens, 1)),
                                TilesOf(tokens), context.runner->threads());
}

const float* WholeEncoder::Run(const Input& input, const Reading* reading, float* hidden_states) {
  const int64_t hidden = spec_.hidden;
  const int64_t tokens = input.tokens;
  const int64_t sequence = tokens * hidden;
  const int64_t all = input.batch * sequence;
  const bool window = reading != nullptr && reading->windowed() && tokens > reading->full_rows;
  PositionRule rule;
  if (window) rule = {reading->tile, reading->sinks};

  for (int64_t b = 0; b < input.batch; ++b) {
    const int32_t* ids = input.ids + b * tokens;
    PositionRows(spec_, rule, absl::MakeConstSpan(ids, static_cast<size_t>(tokens)), 0, 0, positions_.data());
    EmbedRows(context_, spec_, weights_, ids, positions_.data(),
              input.token_types == nullptr ? nullptr : input.token_types + b * tokens, tokens,
              rows_.data() + b * sequence);
  }
  const auto keep = [&](int64_t state) {
    if (hidden_states == nullptr) return;
    std::memcpy(hidden_states + state * all, rows_.data(), static_cast<size_t>(all) * sizeof(float));
  };
  keep(0);

  for (size_t l = 0; l < spec_.layers.size(); ++l) {
    for (int64_t b = 0; b < input.batch; ++b) {
      float* rows = rows_.data() + b * sequence;
      attention::WindowPattern pattern;
      pattern.full = !window;
      pattern.total = tokens;
      if (window) {
        pattern.left = reading->left[l];
        pattern.right = reading->right[l];
        pattern.sinks = reading->sinks;
      }
      if (input.mask != nullptr) {
        std::fill(key_mask_.begin(), key_mask_.end(), 0);
        for (int64_t i = 0; i < tokens; ++i) {
          if (input.mask[b * tokens + i] != 0) {
            key_mask_[static_cast<size_t>(i / kKeyTile)] |= uint64_t{1} << (i % kKeyTile);
          }
        }
        pattern.key_mask = key_mask_.data();
      }
      StoreKeysAndValues(context_, spec_, weights_.layers[l], rows, 0, tokens, store_, scratch_);
      AttendAndTransform(context_, spec_, weights_.layers[l], rows, 0, tokens, pattern, store_, scratch_, rows);
    }
    const bool last = l + 1 == spec_.layers.size();
    if (last && weights_.final_norm.gain != nullptr) {
      NormRows(context_, weights_.final_norm, spec_.norm_epsilon, rows_.data(), input.batch * tokens, hidden,
               rows_.data());
    }
    keep(static_cast<int64_t>(l) + 1);
  }
  return rows_.data();
}

}  // namespace lwave::model
