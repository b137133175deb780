// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Sequences, layers and their tiles for attention_bench.

#include "attention_case.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "bench_common.h"

namespace lwave::bench {
namespace {

using kernels::kKeyTile;
using kernels::kQueryTile;

const char* TypeName(kernels::NumberType type) { return type == kernels::NumberType::kBf16 ? "bf16" : "f32"; }

std::vector<float> Numbers(int64_t count) {
  std::vector<float> x(static_cast<size_t>(count));
  uint32_t state = 1;
  for (float& number : x) {
    state = state * 1664525u + 1013904223u;
    number = static_cast<float>(state >> 8) * (2.0f / 16777216.0f) - 1.0f;
  }
  return x;
}

// Slots of `tiles` tiles of such numbers.
void FillTiles(const kernels::TileShape& shape, Buffer<std::byte>& keys, Buffer<std::byte>& values) {
  // As the library allocates them.
  if (!keys.Resize(Allocator::Default(), static_cast<size_t>(shape.KeyBytes())).ok() ||
      !values.Resize(Allocator::Default(), static_cast<size_t>(shape.ValueBytes())).ok()) {
    std::fprintf(stderr, "out of memory\n");
    std::exit(1);
  }
  const int64_t key_width = shape.kv_heads * shape.head_dim;
  const int64_t value_width = shape.kv_heads * shape.value_dim;
  const std::vector<float> key = Numbers(kKeyTile * key_width), value = Numbers(kKeyTile * value_width);
  for (int64_t t = 0; t < shape.slots; ++t) {
    kernels::StoreTileRows(shape, key.data(), key_width, value.data(), value_width, 0, kKeyTile,
                           keys.data() + t * shape.KeySlotBytes(), values.data() + t * shape.ValueSlotBytes());
  }
}

}  // namespace

std::string AttentionCase::Name() const {
  std::string name = std::string("attention ") + TypeName(type) + " ";
  name += pattern == Pattern::kFull ? "full" : pattern == Pattern::kCausal ? "causal" : "window ";
  if (pattern == Pattern::kWindow) name += std::to_string(window);
  if (sinks > 0) name += " sinks " + std::to_string(sinks);
  return name + " n=" + std::to_string(n) + " d=" + std::to_string(head_dim);
}

bool AttentionCase::Open(int64_t row, int64_t key) const {
  if (pattern == Pattern::kFull) return true;
  if (pattern == Pattern::kCausal) return key <= row;
  return (key - row <= window && row - key <= window) || key < sinks;
}

AttentionLayer::AttentionLayer(const AttentionCase& c) : case_(c), shape_{c.heads, c.head_dim, c.head_dim, c.type} {
  const int64_t tiles = (c.n + kKeyTile - 1) / kKeyTile;
  const int64_t width = c.heads * c.head_dim;
  query_ = Numbers(c.n * width);
  output_ = Numbers(c.n * width);
  shape_.slots = tiles;
  FillTiles(shape_, keys_, values_);
  for (int64_t first = 0; first < c.n; first += kQueryTile) {
    Block block;
    block.first = first;
    block.rows = std::min(kQueryTile, c.n - first);
    int64_t begin = 0, end = tiles;
    if (c.pattern == Pattern::kWindow) {
      begin = std::max<int64_t>(first - c.window, 0) / kKeyTile;
      end = std::min(tiles, (first + block.rows - 1 + c.window) / kKeyTile + 1);
      const int64_t sink_tiles = (c.sinks + kKeyTile - 1) / kKeyTile;
      for (int64_t t = 0; t < std::min(sink_tiles, begin); ++t) AddTile(block, t);
    } else if (c.pattern == Pattern::kCausal) {
      end = (first + block.rows - 1) / kKeyTile + 1;
    }
    for (int64_t t = begin; t < end; ++t) AddTile(block, t);
    blocks_.push_back(std::move(block));
  }
}

int64_t AttentionLayer::Bytes() const {
  return static_cast<int64_t>(sizeof(float) * (query_.size() + output_.size()) + keys_.size() + values_.size());
}

void AttentionLayer::AddTile(Block& block, int64_t tile) {
  std::vector<uint64_t> masks;
  uint64_t any = 0;
  uint64_t all = ~uint64_t{0};
  for (int64_t r = 0; r < block.rows; ++r) {
    uint64_t mask = 0;
    for (int64_t k = 0; k < kKeyTile; ++k) {
      const int64_t key = tile * kKeyTile + k;
      if (key < case_.n && case_.Open(block.first + r, key)) {
        mask |= uint64_t{1} << k;
        ++entries_;
      }
    }
    masks.push_back(mask);
    any |= mask;
    all &= mask;
  }
  if (any == 0) return;
  if (all == ~uint64_t{0}) masks.clear();
  block.masks.push_back(std::move(masks));  // a moved vector keeps its numbers in place
  const std::vector<uint64_t>& kept = block.masks.back();
  block.tiles.push_back({keys_.data() + tile * shape_.KeySlotBytes(), values_.data() + tile * shape_.ValueSlotBytes(),
                         kept.empty() ? nullptr : kept.data(), tile});
}

void AttentionLayer::Run(Runner& runner) {
  runner.For(static_cast<int64_t>(blocks_.size()) * case_.heads, [&](int64_t index, int32_t) {
    // Head by head, so that the threads meet in one head's keys and values rather than in all of them.
    const int64_t blocks = static_cast<int64_t>(blocks_.size());
    const int64_t head = index / blocks;
    // The last block of a causal pattern is the longest: it comes first.
    const Block& block = blocks_[static_cast<size_t>(blocks - 1 - index % blocks)];
    const int64_t width = case_.heads * case_.head_dim;
    kernels::AttentionBlock task;
    task.shape = shape_;
    task.heads = case_.heads;
    task.scale = 0.125f;
    task.rows = block.rows;
    task.query = query_.data() + block.first * width;
    task.query_stride = width;
    task.output = output_.data() + block.first * width;
    task.output_stride = width;
    task.tiles = block.tiles;
    kernels::TileAttention(task, head, head + 1);
  });
}

DecodeLayers::DecodeLayers(int64_t rows, int64_t heads, int64_t head_dim, kernels::NumberType type)
    : shape_{heads, head_dim, head_dim, type} {
  const int64_t tiles = (rows + kKeyTile - 1) / kKeyTile;
  shape_.slots = tiles;
  query_ = Numbers(heads * head_dim);
  output_ = Numbers(heads * head_dim);
  int64_t bytes = 0;
  while (layers_.empty() || bytes < int64_t{256} << 20) {
    Layer layer;
    FillTiles(shape_, layer.keys, layer.values);
    for (int64_t t = 0; t < tiles; ++t) {
      layer.tiles.push_back(
          {layer.keys.data() + t * shape_.KeySlotBytes(), layer.values.data() + t * shape_.ValueSlotBytes(), nullptr, t});
    }
    layers_.push_back(std::move(layer));
    bytes = BytesOfLayer() * layers();
  }
}

int64_t DecodeLayers::layers() const { return static_cast<int64_t>(layers_.size()); }

int64_t DecodeLayers::BytesOfLayer() const {
  return static_cast<int64_t>(layers_[0].keys.size() + layers_[0].values.size());
}

void DecodeLayers::Step(Runner& runner) {
  for (const Layer& layer : layers_) {
    runner.For(shape_.kv_heads, [&](int64_t head, int32_t) {
      kernels::AttentionBlock task;
      task.shape = shape_;
      task.heads = shape_.kv_heads;
      task.scale = 0.125f;
      task.rows = 1;
      task.query = query_.data();
      task.query_stride = static_cast<int64_t>(query_.size());
      task.output = output_.data();
      task.output_stride = static_cast<int64_t>(output_.size());
      task.tiles = layer.tiles;
      kernels::TileAttention(task, head, head + 1);
    });
  }
}

void DecodeLayers::Read(Runner& runner) {
  for (const Layer& layer : layers_) {
    runner.For(shape_.kv_heads, [&](int64_t head, int32_t) {
      const int64_t count = static_cast<int64_t>(layer.keys.size()) / shape_.kv_heads;
      ReadMemory(reinterpret_cast<const float*>(layer.keys.data() + head * count), count / 4);
      ReadMemory(reinterpret_cast<const float*>(layer.values.data() + head * count), count / 4);
    });
  }
}

}  // namespace lwave::bench
