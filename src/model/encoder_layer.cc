// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Composition of the kernels; no arithmetic of its own.

#include "model/encoder_layer.h"

#include <algorithm>
#include <cmath>

#include "kernels/gemm.h"
#include "kernels/rows.h"
#include "kernels/tile_attention.h"

namespace lwave::model {
namespace {

using kernels::GemmOutput;
using kernels::kKeyTile;
using kernels::kQueryTile;
using kernels::PreparedRows;

constexpr int64_t kNormBlock = 16;  // rows of one task
constexpr int64_t kHeadGroup = 3;   // heads of one attention task: enough tasks for small blocks

GemmOutput Output(const Linear& linear, float* y) {
  GemmOutput output;
  output.weight = linear.matrix;
  output.bias = linear.bias;
  output.y = y;
  output.y_stride = linear.matrix.columns;
  return output;
}

PreparedRows Prepare(const Context& context, const Linear& linear, const float* x, int64_t rows,
                     const LayerScratch& scratch) {
  return kernels::PrepareRows(*context.runner, linear.matrix.type, x, rows, linear.matrix.depth, linear.matrix.depth,
                              scratch.prepared.data());
}

void Product(const Context& context, const Linear& linear, const float* x, int64_t rows, GemmOutput output,
             const LayerScratch& scratch) {
  const PreparedRows prepared = Prepare(context, linear, x, rows, scratch);
  kernels::Gemm(*context.runner, prepared, absl::MakeConstSpan(&output, 1));
}

void Attend(const Context& context, const ModelSpec& spec, const attention::WindowPattern& pattern,
            const attention::TileStore& store, int64_t first, int64_t rows, const float* query, float* output,
            LayerScratch& scratch) {
  const int64_t blocks = (rows + kQueryTile - 1) / kQueryTile;
  const int64_t groups = (spec.heads + kHeadGroup - 1) / kHeadGroup;
  const int64_t width = spec.hidden;
  context.runner->For(blocks * groups, [&](int64_t task, int32_t thread) {
    const int64_t begin = task / groups * kQueryTile;
    const int64_t head_begin = task % groups * kHeadGroup;
    kernels::AttentionBlock block;
    block.shape = store.shape;
    block.heads = spec.heads;
    block.scale = 1.0f / std::sqrt(static_cast<float>(spec.head_dim));
    block.rows = std::min(kQueryTile, rows - begin);
    block.query = query + begin * width;
    block.query_stride = width;
    block.output = output + begin * width;
    block.output_stride = width;
    const size_t tiles = static_cast<size_t>(scratch.max_tiles);
    const attention::TileList list = {
        scratch.tiles.subspan(static_cast<size_t>(thread) * tiles, tiles),
        scratch.masks.subspan(static_cast<size_t>(thread) * tiles * kQueryTile, tiles * kQueryTile)};
    block.tiles = attention::ListTiles(pattern, store, first + begin, block.rows, list);
    kernels::TileAttention(block, head_begin, std::min(head_begin + kHeadGroup, spec.heads));
  });
}

// Half 2 for at most scratch.rows rows.
void TransformBlock(const Context& context, const ModelSpec& spec, const LayerWeights& layer, const float* x,
                    int64_t first, int64_t rows, const attention::WindowPattern& pattern,
                    const attention::TileStore& store, LayerScratch& scratch, float* y) {
  const bool pre_norm = spec.norm_placement == NormPlacement::kPre;
  const int64_t width = spec.hidden;
  const float* attention_input = x;
  if (pre_norm) {
    NormRows(context, layer.attention_norm, spec.norm_epsilon, x, rows, width, scratch.normed.data());
    attention_input = scratch.normed.data();
  }
  Product(context, layer.query, attention_input, rows, Output(layer.query, scratch.first.data()), scratch);
  Attend(context, spec, pattern, store, first, rows, scratch.first.data(), scratch.second.data(), scratch);

  GemmOutput attended = Output(layer.attention_output, scratch.residual.data());
  attended.residual = x;
  attended.residual_stride = width;
  Product(context, layer.attention_output, scratch.second.data(), rows, attended, scratch);

  float* mlp_input = scratch.residual.data();
  if (pre_norm) {
    NormRows(context, layer.mlp_norm, spec.norm_epsilon, mlp_input, rows, width, scratch.normed.data());
    mlp_input = scratch.normed.data();
  } else {
    NormRows(context, layer.attention_norm, spec.norm_epsilon, mlp_input, rows, width, mlp_input);
  }
  GemmOutput up = Output(layer.mlp_up, scratch.up.data());
  up.activation = spec.activation;
  Product(context, layer.mlp_up, mlp_input, rows, up, scratch);
  GemmOutput down = Output(layer.mlp_down, y);
  down.residual = scratch.residual.data();
  down.residual_stride = width;
  Product(context, layer.mlp_down, scratch.up.data(), rows, down, scratch);
  if (!pre_norm) NormRows(context, layer.mlp_norm, spec.norm_epsilon, y, rows, width, y);
}

}  // namespace

LayerScratch LayerScratch::Take(Arena& arena, const ModelSpec& spec, const Weights& weights, int64_t rows,
                                int64_t max_tiles, int32_t threads) {
  LayerScratch scratch;
  scratch.rows = rows;
  scratch.max_tiles = max_tiles;
  int64_t prepared = 0;
  const auto need = [&](const Linear& linear) {
    prepared = std::max(prepared, kernels::PreparedRowsBytes(linear.matrix.type, rows, linear.matrix.depth));
  };
  for (const LayerWeights& layer : weights.layers) {
    for (const Linear* linear :
         {&layer.query, &layer.key, &layer.value, &layer.attention_output, &layer.mlp_up, &layer.mlp_down}) {
      need(*linear);
    }
  }
  scratch.prepared = arena.Take<std::byte>(prepared);
  if (spec.norm_placement == NormPlacement::kPre) scratch.normed = arena.Take<float>(rows * spec.hidden);
  scratch.first = arena.Take<float>(rows * spec.hidden);
  scratch.second = arena.Take<float>(rows * spec.hidden);
  scratch.residual = arena.Take<float>(rows * spec.hidden);
  scratch.up = arena.Take<float>(rows * spec.intermediate);
  scratch.tiles = arena.Take<kernels::KeyTile>(threads * max_tiles);
  scratch.masks = arena.Take<uint64_t>(threads * max_tiles * kQueryTile);
  return scratch;
}

kernels::TileShape ShapeOf(const ModelSpec& spec, const Weights& weights) {
  const bool f32 = weights.layers.empty() || weights.layers[0].query.matrix.type == kernels::NumberType::kF32;
  return {spec.heads, spec.head_dim, spec.head_dim, f32 ? kernels::NumberType::kF32 : kernels::NumberType::kBf16};
}

void StoreKeysAndValues(const Context& context, const ModelSpec& spec, const LayerWeights& layer, const float* x,
                        int64_t first, int64_t rows, const attention::TileStore& store, LayerScratch& scratch) {
  const int64_t width = spec.hidden;
  for (int64_t done = 0; done < rows;) {
    const int64_t count = std::min(rows - done, scratch.rows);
    const float* input = x + done * width;
    if (spec.norm_placement == NormPlacement::kPre) {
      NormRows(context, layer.attention_norm, spec.norm_epsilon, input, count, width, scratch.normed.data());
      input = scratch.normed.data();
    }
    const GemmOutput outputs[] = {Output(layer.key, scratch.first.data()), Output(layer.value, scratch.second.data())};
    if (layer.key.matrix.type == layer.value.matrix.type) {
      kernels::Gemm(*context.runner, Prepare(context, layer.key, input, count, scratch), outputs);
    } else {
      Product(context, layer.key, input, count, outputs[0], scratch);
      Product(context, layer.value, input, count, outputs[1], scratch);
    }
    // Rows go to their tiles, each task filling one.
    const int64_t position = first + done;
    const int64_t first_tile = position / kKeyTile;
    const int64_t tiles = (position + count - 1) / kKeyTile - first_tile + 1;
    context.runner->For(tiles, [&](int64_t index, int32_t) {
      const int64_t tile = first_tile + index;
      const int64_t begin = std::max(position, tile * kKeyTile);
      const int64_t end = std::min(position + count, (tile + 1) * kKeyTile);
      const int64_t at = (begin - position) * width;
      kernels::StoreTileRows(store.shape, scratch.first.data() + at, width, scratch.second.data() + at, width,
                             begin - tile * kKeyTile, end - begin, store.KeySlot(tile), store.ValueSlot(tile));
    });
    done += count;
  }
}

void AttendAndTransform(const Context& context, const ModelSpec& spec, const LayerWeights& layer, const float* x,
                        int64_t first, int64_t rows, const attention::WindowPattern& pattern,
                        const attention::TileStore& store, LayerScratch& scratch, float* y) {
  for (int64_t done = 0; done < rows; done += scratch.rows) {
    const int64_t count = std::min(rows - done, scratch.rows);
    TransformBlock(context, spec, layer, x + done * spec.hidden, first + done, count, pattern, store, scratch,
                   y + done * spec.hidden);
  }
}

void NormRows(const Context& context, const Norm& norm, float epsilon, const float* x, int64_t rows, int64_t width,
              float* y) {
  context.runner->For((rows + kNormBlock - 1) / kNormBlock, [&](int64_t block, int32_t) {
    const int64_t begin = block * kNormBlock;
    kernels::LayerNormRows(x + begin * width, width, std::min(kNormBlock, rows - begin), width, norm.gain, norm.bias,
                           epsilon, y + begin * width, width);
  });
}

}  // namespace lwave::model
