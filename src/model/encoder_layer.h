// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// One encoder layer over a block of rows, in the two halves that streaming needs apart:
//   1. keys and values of rows as they arrive       k = W_k x + b_k,  v = W_v x + b_v
//   2. the rest for rows whose window is complete   q = W_q x + b_q;  a = attention(q, K, V)
//      post-norm (BERT):  h = LN(x + W_o a);  y = LN(h + W_2 act(W_1 h))
//      pre-norm (GPT-2):  h = x + W_o a, with q, k, v from LN(x);  y = h + W_2 act(W_1 LN(h))
// A row's result depends on that row and on the keys it sees, never on the block it is computed in, so
// streaming and whole-sequence execution share these functions and agree to the bit.

#ifndef LONGWAVE_MODEL_ENCODER_LAYER_H_
#define LONGWAVE_MODEL_ENCODER_LAYER_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "attention/window_pattern.h"
#include "base/arena.h"
#include "base/context.h"
#include "model/spec.h"
#include "model/weights.h"

namespace lwave::model {

// Scratch for blocks of at most `rows` rows, on the handle's arena.
struct LayerScratch {
  int64_t rows = 0;
  int64_t max_tiles = 0;  // per query tile
  absl::Span<std::byte> prepared;
  absl::Span<float> normed;    // [rows, hidden], pre-norm only
  absl::Span<float> first;     // [rows, hidden]: keys, or queries
  absl::Span<float> second;    // [rows, hidden]: values, or attention's output
  absl::Span<float> residual;  // [rows, hidden]
  absl::Span<float> up;        // [rows, intermediate]
  absl::Span<kernels::KeyTile> tiles;  // [threads, max_tiles]
  absl::Span<uint64_t> masks;          // [threads, max_tiles, kQueryTile]

  static LayerScratch Take(Arena& arena, const ModelSpec& spec, const Weights& weights, int64_t rows,
                           int64_t max_tiles, int32_t threads);
};

// Keys and values are kept, and attention runs, in bf16 where products do not run in f32 anyway (bf16 and int8
// weights): half the memory and nearly twice the speed, and an error far below that of the weights.
kernels::TileShape ShapeOf(const ModelSpec& spec, const Weights& weights);

// Half 1. x // [rows, hidden]; rows stand at positions first ... of the store's sequence.
void StoreKeysAndValues(const Context& context, const ModelSpec& spec, const LayerWeights& layer, const float* x,
                        int64_t first, int64_t rows, const attention::TileStore& store, LayerScratch& scratch);

// Half 2. x // [rows, hidden]   y // [rows, hidden], may be x. Calls itself in blocks of scratch.rows.
void AttendAndTransform(const Context& context, const ModelSpec& spec, const LayerWeights& layer, const float* x,
                        int64_t first, int64_t rows, const attention::WindowPattern& pattern,
                        const attention::TileStore& store, LayerScratch& scratch, float* y);

// Layer norm of rows, split over the runner. y may be x.
void NormRows(const Context& context, const Norm& norm, float epsilon, const float* x, int64_t rows, int64_t width,
              float* y);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_ENCODER_LAYER_H_
