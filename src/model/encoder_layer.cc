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
// Rows that one thread takes through a half layer. Many parts: what its second-level cache holds beside weights
// (MiniLM, f32, 32 texts of 128: .81 of the peak with 48 rows, .75 with 64, .76 with 128). One part for each thread: as
// it comes, between what makes reading all weights worth it and what still fits. Multiples of 16, for which bytes of
// prepared rows add up.
constexpr int64_t kPartRows = 48;
constexpr int64_t kMostPartRows = 64;
constexpr int64_t kLeastPartRows = 32;

// What the functions below need to know of where they run.
struct Place {
  Runner& runner;
  int32_t first_thread;  // number of the runner's thread 0 in the scratch of threads
};

GemmOutput Output(const Linear& linear, float* y) {
  GemmOutput output;
  output.weight = linear.matrix;
  output.bias = linear.bias;
  output.y = y;
  output.y_stride = linear.matrix.columns;
  return output;
}

PreparedRows Prepare(const Place& place, const Linear& linear, const float* x, int64_t rows,
                     const LayerScratch& scratch) {
  return kernels::PrepareRows(place.runner, linear.matrix.type, x, rows, linear.matrix.depth, linear.matrix.depth,
                              scratch.prepared.data());
}

void Product(const Place& place, const Linear& linear, const float* x, int64_t rows, GemmOutput output,
             const LayerScratch& scratch) {
  const PreparedRows prepared = Prepare(place, linear, x, rows, scratch);
  kernels::Gemm(place.runner, prepared, absl::MakeConstSpan(&output, 1));
}

void NormRowsOn(Runner& runner, const Norm& norm, float epsilon, const float* x, int64_t rows, int64_t width,
                float* y) {
  runner.For((rows + kNormBlock - 1) / kNormBlock, [&](int64_t block, int32_t) {
    const int64_t begin = block * kNormBlock;
    kernels::LayerNormRows(x + begin * width, width, std::min(kNormBlock, rows - begin), width, norm.gain, norm.bias,
                           epsilon, y + begin * width, width);
  });
}

// Rows [begin, begin + rows) of `all`.
LayerRows Part(const LayerRows& all, int64_t begin, int64_t rows) {
  LayerRows part = all;
  part.rows = rows;
  part.first = all.first + begin;
  return part;
}

// Calls f(sequence, position, row, count) for the runs of rows that belong to one sequence.
template <typename Function>
void ForEachSequence(const LayerRows& rows, const Function& f) {
  for (int64_t row = 0; row < rows.rows;) {
    const int64_t at = rows.first + row;
    const int64_t position = at % rows.tokens;
    const int64_t count = std::min(rows.rows - row, rows.tokens - position);
    f(at / rows.tokens, position, row, count);
    row += count;
  }
}

// query, output // [rows, hidden]
void Attend(const Place& place, const ModelSpec& spec, const LayerRows& rows, const float* query, float* output,
            LayerScratch& scratch) {
  const int64_t groups = place.runner.threads() == 1 ? 1 : (spec.heads + kHeadGroup - 1) / kHeadGroup;
  const int64_t group_heads = (spec.heads + groups - 1) / groups;
  const int64_t width = spec.hidden;
  ForEachSequence(rows, [&](int64_t sequence, int64_t position, int64_t row, int64_t count) {
    const attention::TileStore& store = rows.stores[sequence];
    const int64_t blocks = (count + kQueryTile - 1) / kQueryTile;
    place.runner.For(blocks * groups, [&](int64_t task, int32_t thread) {
      const int64_t begin = task % blocks * kQueryTile;  // blocks first: they share the keys of some heads
      const int64_t head_begin = task / blocks * group_heads;
      kernels::AttentionBlock block;
      block.shape = store.shape;
      block.heads = spec.heads;
      block.scale = 1.0f / std::sqrt(static_cast<float>(spec.head_dim));
      block.rows = std::min(kQueryTile, count - begin);
      block.query = query + (row + begin) * width;
      block.query_stride = width;
      block.output = output + (row + begin) * width;
      block.output_stride = width;
      const size_t tiles = static_cast<size_t>(scratch.max_tiles);
      const size_t number = static_cast<size_t>(place.first_thread + thread);
      const attention::TileList list = {scratch.tiles.subspan(number * tiles, tiles),
                                        scratch.masks.subspan(number * tiles * kQueryTile, tiles * kQueryTile)};
      block.tiles = attention::ListTiles(rows.patterns[sequence], store, position + begin, block.rows, list);
      kernels::TileAttention(block, head_begin, std::min(head_begin + group_heads, spec.heads));
    });
  });
}

// Half 2 for at most scratch.rows rows.
void TransformRows(const Place& place, const ModelSpec& spec, const LayerWeights& layer, const float* x,
                   const LayerRows& rows, LayerScratch& scratch, float* y) {
  const bool pre_norm = spec.norm_placement == NormPlacement::kPre;
  const int64_t width = spec.hidden;
  const int64_t count = rows.rows;
  const float epsilon = spec.norm_epsilon;
  const float* attention_input = x;
  if (pre_norm) {
    NormRowsOn(place.runner, layer.attention_norm, epsilon, x, count, width, scratch.normed.data());
    attention_input = scratch.normed.data();
  }
  Product(place, layer.query, attention_input, count, Output(layer.query, scratch.first.data()), scratch);
  Attend(place, spec, rows, scratch.first.data(), scratch.second.data(), scratch);

  GemmOutput attended = Output(layer.attention_output, scratch.residual.data());
  attended.residual = x;
  attended.residual_stride = width;
  Product(place, layer.attention_output, scratch.second.data(), count, attended, scratch);

  float* mlp_input = scratch.residual.data();
  if (pre_norm) {
    NormRowsOn(place.runner, layer.mlp_norm, epsilon, mlp_input, count, width, scratch.normed.data());
    mlp_input = scratch.normed.data();
  } else {
    NormRowsOn(place.runner, layer.attention_norm, epsilon, mlp_input, count, width, mlp_input);
  }
  GemmOutput up = Output(layer.mlp_up, scratch.up.data());
  up.activation = spec.activation;
  Product(place, layer.mlp_up, mlp_input, count, up, scratch);
  GemmOutput down = Output(layer.mlp_down, y);
  down.residual = scratch.residual.data();
  down.residual_stride = width;
  Product(place, layer.mlp_down, scratch.up.data(), count, down, scratch);
  if (!pre_norm) NormRowsOn(place.runner, layer.mlp_norm, epsilon, y, count, width, y);
}

// Half 1 for at most scratch.rows rows.
void StoreRows(const Place& place, const ModelSpec& spec, const LayerWeights& layer, const float* x,
               const LayerRows& rows, LayerScratch& scratch) {
  const int64_t width = spec.hidden;
  const int64_t count = rows.rows;
  if (spec.norm_placement == NormPlacement::kPre) {
    NormRowsOn(place.runner, layer.attention_norm, spec.norm_epsilon, x, count, width, scratch.normed.data());
    x = scratch.normed.data();
  }
  const GemmOutput outputs[] = {Output(layer.key, scratch.first.data()), Output(layer.value, scratch.second.data())};
  if (layer.key.matrix.type == layer.value.matrix.type) {
    kernels::Gemm(place.runner, Prepare(place, layer.key, x, count, scratch), outputs);
  } else {
    Product(place, layer.key, x, count, outputs[0], scratch);
    Product(place, layer.value, x, count, outputs[1], scratch);
  }
  // Rows go to their tiles, each task filling one.
  ForEachSequence(rows, [&](int64_t sequence, int64_t position, int64_t row, int64_t rows_here) {
    const attention::TileStore& store = rows.stores[sequence];
    const int64_t first_tile = position / kKeyTile;
    const int64_t tiles = (position + rows_here - 1) / kKeyTile - first_tile + 1;
    place.runner.For(tiles, [&](int64_t index, int32_t) {
      const int64_t tile = first_tile + index;
      const int64_t begin = std::max(position, tile * kKeyTile);
      const int64_t end = std::min(position + rows_here, (tile + 1) * kKeyTile);
      const int64_t at = (row + begin - position) * width;
      kernels::StoreTileRows(store.shape, scratch.first.data() + at, width, scratch.second.data() + at, width,
                             begin - tile * kKeyTile, end - begin, store.KeySlot(tile), store.ValueSlot(tile));
    });
  });
}

// The scratch of slot number `slot`, of `rows` rows.
LayerScratch Slot(const LayerScratch& all, const ModelSpec& spec, int64_t slot, int64_t rows) {
  const auto part = [&](const auto& span, int64_t width) {
    return span.empty() ? span : span.subspan(static_cast<size_t>(slot * rows * width), static_cast<size_t>(rows * width));
  };
  LayerScratch scratch = all;
  scratch.rows = rows;
  scratch.prepared = part(all.prepared, static_cast<int64_t>(all.prepared.size()) / kernels::RoundUp(all.rows, 16));
  scratch.normed = part(all.normed, spec.hidden);
  scratch.first = part(all.first, spec.hidden);
  scratch.second = part(all.second, spec.hidden);
  scratch.residual = part(all.residual, spec.hidden);
  scratch.up = part(all.up, spec.intermediate);
  return scratch;
}

// Calls half(place, begin, count, scratch) for parts of the rows.
template <typename Half>
void RunParts(const Context& context, const ModelSpec& spec, int64_t rows, LayerScratch& scratch, const Half& half) {
  Runner& runner = *context.runner;
  const int64_t threads = runner.threads();
  const int64_t wanted = kernels::RoundUp((rows + threads - 1) / threads, 16);
  const int64_t part_rows = std::min(wanted <= kMostPartRows ? wanted : kPartRows, scratch.rows / 16 * 16);
  if (threads > 1 && part_rows < kLeastPartRows) {  // too few rows
    for (int64_t done = 0; done < rows; done += scratch.rows) {
      half(Place{runner, 0}, done, std::min(rows - done, scratch.rows), scratch);
    }
    return;
  }
  const int64_t slot_rows = threads == 1 ? std::min(kPartRows, scratch.rows) : part_rows;
  const int64_t slots = scratch.rows / slot_rows;
  const int64_t parts = (rows + slot_rows - 1) / slot_rows;
  const int64_t at_once = threads <= slots ? parts : std::min(slots, parts);
  for (int64_t first = 0; first < parts; first += at_once) {
    runner.For(std::min(at_once, parts - first), [&](int64_t index, int32_t thread) {
      const int64_t part = first + index;
      const int64_t begin = rows * part / parts;
      LayerScratch own = Slot(scratch, spec, threads <= slots ? thread : index, slot_rows);
      half(Place{SerialRunner(), thread}, begin, rows * (part + 1) / parts - begin, own);
    });
  }
}

}  // namespace

LayerScratch LayerScratch::Take(Arena& arena, const ModelSpec& spec, const Weights& weights, int64_t rows,
                                int64_t max_tiles, int32_t threads) {
  LayerScratch scratch;
  scratch.rows = rows;
  scratch.max_tiles = max_tiles;
  int64_t prepared = 0;
  const auto need = [&](const Linear& linear) {
    prepared = std::max(prepared, kernels::PreparedRowsBytes(linear.matrix.type, kernels::RoundUp(rows, 16),
                                                             linear.matrix.depth));
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
                        const LayerRows& rows, LayerScratch& scratch) {
  RunParts(context, spec, rows.rows, scratch,
           [&](const Place& place, int64_t begin, int64_t count, LayerScratch& own) {
             StoreRows(place, spec, layer, x + begin * spec.hidden, Part(rows, begin, count), own);
           });
}

void AttendAndTransform(const Context& context, const ModelSpec& spec, const LayerWeights& layer, const float* x,
                        const LayerRows& rows, LayerScratch& scratch, float* y, const NextLayer* next) {
  RunParts(context, spec, rows.rows, scratch,
           [&](const Place& place, int64_t begin, int64_t count, LayerScratch& own) {
             float* part_y = y + begin * spec.hidden;
             TransformRows(place, spec, layer, x + begin * spec.hidden, Part(rows, begin, count), own, part_y);
             if (next == nullptr) return;
             StoreRows(place, spec, *next->layer, part_y, Part(next->rows, begin, count), own);
           });
}

void ProjectRows(const Context& context, const ModelSpec& spec, const LayerWeights& layer, Projected what,
                 const float* x, int64_t rows, LayerScratch& scratch, float* y) {
  const Linear& linear = what == Projected::kQueries ? layer.query : what == Projected::kKeys ? layer.key : layer.value;
  RunParts(context, spec, rows, scratch, [&](const Place& place, int64_t begin, int64_t count, LayerScratch& own) {
    const float* from = x + begin * spec.hidden;
    if (spec.norm_placement == NormPlacement::kPre) {
      NormRowsOn(place.runner, layer.attention_norm, spec.norm_epsilon, from, count, spec.hidden, own.normed.data());
      from = own.normed.data();
    }
    Product(place, linear, from, count, Output(linear, y + begin * spec.hidden), own);
  });
}

void NormRows(const Context& context, const Norm& norm, float epsilon, const float* x, int64_t rows, int64_t width,
              float* y) {
  NormRowsOn(*context.runner, norm, epsilon, x, rows, width, y);
}

}  // namespace lwave::model
