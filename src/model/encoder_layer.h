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
//
// Each half is one parallel region: a thread takes some rows through all its products, so that nothing waits between
// them and a row's numbers stay in one core's cache. Where rows are too few for that, every product is cut by columns.

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

// Scratch for at most `rows` rows at a time, on the handle's arena.
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

// Rows of one or more sequences, side by side. Row r stands at position (first + r) % tokens of sequence
// (first + r) / tokens.
struct LayerRows {
  int64_t rows = 0;
  int64_t first = 0;
  int64_t tokens = INT64_MAX;
  const attention::TileStore* stores = nullptr;       // [sequences]
  const attention::WindowPattern* patterns = nullptr;  // [sequences], for half 2
};

// Keys and values are kept, and attention runs, in bf16 where products do not run in f32 anyway (bf16 and int8
// weights): half the memory and nearly twice the speed, and an error far below that of the weights.
kernels::TileShape ShapeOf(const ModelSpec& spec, const Weights& weights);

// Half 1. x // [rows, hidden]
void StoreKeysAndValues(const Context& context, const ModelSpec& spec, const LayerWeights& layer, const float* x,
                        const LayerRows& rows, LayerScratch& scratch);

// Half 2. x // [rows, hidden]   y // [rows, hidden], may be x.
// Where `next` is given, half 1 of the next layer follows in the same region, with y as its rows: their keys and values
// must not be ones that half 2 reads.
struct NextLayer {
  const LayerWeights* layer = nullptr;
  LayerRows rows;
};
void AttendAndTransform(const Context& context, const ModelSpec& spec, const LayerWeights& layer, const float* x,
                        const LayerRows& rows, LayerScratch& scratch, float* y, const NextLayer* next = nullptr);

// What attention compares and sums, as half 1 and half 2 compute it, to be looked at: q, k or v of rows, in f32 also
// where the layer keeps k and v in bf16.
enum class Projected : int32_t { kQueries, kKeys, kValues };
// x // [rows, hidden]   y // [rows, hidden], that is [rows, heads, head_dim]
void ProjectRows(const Context& context, const ModelSpec& spec, const LayerWeights& layer, Projected what,
                 const float* x, int64_t rows, LayerScratch& scratch, float* y);

// Layer norm of rows, split over the runner. y may be x.
void NormRows(const Context& context, const Norm& norm, float epsilon, const float* x, int64_t rows, int64_t width,
              float* y);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_ENCODER_LAYER_H_
