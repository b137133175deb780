// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Whole sequences at once: a batch of equal length, every row of a layer before the next layer.

#ifndef LONGWAVE_MODEL_WHOLE_ENCODER_H_
#define LONGWAVE_MODEL_WHOLE_ENCODER_H_

#include <cstdint>

#include "absl/types/span.h"
#include "attention/window_pattern.h"
#include "base/arena.h"
#include "base/context.h"
#include "model/encoder_layer.h"
#include "model/reading.h"
#include "model/weights.h"

namespace lwave::model {

// One thread at a time. Context, spec and weights must outlive it.
class WholeEncoder {
 public:
  // For at most `batch` sequences of at most `tokens` rows, laid out on the arena.
  WholeEncoder(Arena& arena, const Context& context, const ModelSpec& spec, const Weights& weights, int64_t batch,
               int64_t tokens);

  struct Input {
    const int32_t* ids = nullptr;          // [batch, tokens]
    const float* vectors = nullptr;        // [batch, tokens, hidden] in place of the ids' words; then ids may be null
    const int32_t* mask = nullptr;         // [batch, tokens] or null; 0 closes a row as a key
    const int32_t* token_types = nullptr;  // [batch, tokens] or null
    int64_t batch = 0;
    int64_t tokens = 0;
  };
  // What a caller wants to see of the way; null: nothing.
  struct Kept {
    float* hidden_states = nullptr;  // [layers + 1, batch, tokens, hidden]
    float* projected = nullptr;      // [layers, batch, tokens, heads, head_dim], of `what`
    Projected what = Projected::kQueries;
  };
  // reading: null: every row sees every row; else as that reading reads a sequence of this length (in full up to
  // full_rows, beyond that through the window).
  // Returns the last rows // [batch, tokens, hidden], valid until the next call.
  const float* Run(const Input& input, const Reading* reading, const Kept& kept);

  int64_t max_batch() const { return batch_; }
  int64_t max_tokens() const { return tokens_; }

 private:
  // What sequences first ... see in a layer; window null: everything.
  void SetPatterns(const Input& input, const Reading* window, size_t layer, int64_t first, int64_t count);

  const Context& context_;
  const ModelSpec& spec_;
  const Weights& weights_;
  int64_t batch_, tokens_;
  absl::Span<float> rows_;         // [batch, tokens, hidden]
  absl::Span<int32_t> positions_;  // [tokens]
  int64_t group_ = 1;              // sequences that go through a layer together
  absl::Span<uint64_t> key_masks_;  // [group, tiles]
  absl::Span<attention::WindowPattern> patterns_;  // [group]
  absl::Span<attention::TileStore> stores_;        // [group]
  LayerScratch scratch_;
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_WHOLE_ENCODER_H_
