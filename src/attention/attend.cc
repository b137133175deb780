// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Tasks, tile lists and bias tables. A row's tiles, masks and bias come from its own position, so which rows share a
// block is of no account.

#include "attention/attend.h"

#include <algorithm>
#include <cstring>

namespace lwave::attention {
namespace {

using kernels::kKeyTile;
using kernels::kQueryTile;

}  // namespace

void KeySet::Append(Runner& runner, const float* key, int64_t key_stride, const float* value, int64_t value_stride,
                    const int32_t* mask, int64_t place, int64_t rows) {
  if (rows <= 0) return;
  const int64_t first_tile = place / kKeyTile;
  const int64_t last_tile = (place + rows - 1) / kKeyTile;
  runner.For(last_tile - first_tile + 1, [&](int64_t index, int32_t /*thread*/) {
    const int64_t tile = first_tile + index;
    const int64_t begin = std::max(place, tile * kKeyTile);
    const int64_t stop = std::min(place + rows, (tile + 1) * kKeyTile);
    const int64_t at = begin % kKeyTile;
    const int64_t row = begin - place;
    kernels::StoreTileRows(store.shape, key + row * key_stride, key_stride, value + row * value_stride, value_stride, at,
                           stop - begin, store.KeySlot(tile), store.ValueSlot(tile));
    uint64_t& word = open[store.ring.Slot(tile)];
    if (at == 0) word = 0;
    for (int64_t r = 0; r < stop - begin; ++r) {
      if (mask == nullptr || mask[row + r] != 0) word |= uint64_t{1} << (at + r);
    }
  });
  end = place + rows;
}

void KeySet::CopyFrom(const KeySet& other) {
  // Slots of a head lie side by side, and the first that are used are the first there are.
  const kernels::TileShape& shape = store.shape;
  const int64_t used = std::min(other.tiles(), store.ring.slots());
  for (int64_t head = 0; head < shape.kv_heads; ++head) {
    const int64_t key = head * shape.KeyHeadNumbers() * shape.BytesPerElement();
    const int64_t value = head * shape.ValueHeadNumbers() * shape.BytesPerElement();
    std::memcpy(store.keys + key, other.store.keys + key, static_cast<size_t>(used * shape.KeySlotBytes()));
    std::memcpy(store.values + value, other.store.values + value, static_cast<size_t>(used * shape.ValueSlotBytes()));
  }
  std::copy_n(other.open, store.ring.slots(), open);
  end = other.end;
}

void KeySet::Move(Runner& runner, int64_t from, int64_t to, int64_t count) {
  const kernels::TileShape& shape = store.shape;
  const auto bytes = [](int64_t numbers) { return static_cast<size_t>(numbers) * sizeof(float); };
  if (from == to) return;
  runner.For(shape.kv_heads, [&](int64_t head, int32_t /*thread*/) {
    float* values = reinterpret_cast<float*>(store.values) + head * shape.ValueHeadNumbers();
    std::memmove(values + to * shape.value_dim, values + from * shape.value_dim, bytes(count * shape.value_dim));
    // Keys lie by channel, 64 places a run: what fills a run comes from two others.
    float* keys = reinterpret_cast<float*>(store.keys) + head * shape.KeyHeadNumbers();
    const auto run = [&](int64_t place, int64_t channel) {
      return keys + (place / kKeyTile * shape.head_dim + channel) * kKeyTile + place % kKeyTile;
    };
    for (int64_t begin = to; begin < to + count;) {
      const int64_t stop = std::min(to + count, (begin / kKeyTile + 1) * kKeyTile), source = begin + from - to;
      const int64_t first = std::min(stop - begin, kKeyTile - source % kKeyTile);
      for (int64_t c = 0; c < shape.head_dim; ++c) {
        std::memmove(run(begin, c), run(source, c), bytes(first));
        if (begin + first < stop) std::memcpy(run(begin + first, c), run(source + first, c), bytes(stop - begin - first));
      }
      begin = stop;
    }
  });
}

AttendScratch AttendScratch::Take(Arena& arena, int32_t threads, int64_t slots, const Bias* bias) {
  AttendScratch scratch;
  scratch.most_tiles = slots;
  if (bias != nullptr) {
    scratch.bias_floats = bias->ByDistance() ? (slots + 1) * kKeyTile + kQueryTile
                                             : std::min(slots, bias->MostTiles(slots)) * kQueryTile * kKeyTile;
  }
  scratch.tiles = arena.Take<kernels::KeyTile>(threads * slots);
  scratch.masks = arena.Take<uint64_t>(threads * slots * kQueryTile);
  scratch.bias = arena.Take<float>(threads * scratch.bias_floats);
  return scratch;
}

void AttendRows(Runner& runner, const AttendJob& job, const AttendScratch& scratch) {
  if (job.rows <= 0) return;
  const int64_t blocks = (job.rows + kQueryTile - 1) / kQueryTile;
  runner.For(blocks * job.heads, [&](int64_t index, int32_t thread) {
    // Blocks of one head follow each other: their keys are mostly the same.
    const int64_t head = index / blocks;
    if (!job.pattern->Near(head)) return;
    const int64_t begin = index % blocks * kQueryTile;
    const int64_t rows = std::min(kQueryTile, job.rows - begin);
    const int64_t first_row = job.first_row + begin;
    const size_t most = static_cast<size_t>(scratch.most_tiles);
    const size_t t = static_cast<size_t>(thread);
    const TileList list = {scratch.tiles.subspan(t * most, most),
                           scratch.masks.subspan(t * most * kQueryTile, most * kQueryTile)};
    const HeadView view = {job.pattern, job.sequence, head, job.keys->tiles(), job.keys->open, &job.keys->store.ring};
    absl::Span<kernels::KeyTile> tiles = ListTiles(view, job.keys->store, first_row, rows, list);

    kernels::AttentionBlock block;
    block.shape = job.keys->store.shape;
    block.heads = job.heads;
    block.scale = job.scale;
    block.rows = rows;
    block.query = job.query + begin * job.query_stride;
    block.query_stride = job.query_stride;
    if (job.second_query != nullptr) block.second_query = job.second_query + begin * job.query_stride;
    block.output = job.output + begin * job.output_stride;
    block.output_stride = job.output_stride;
    if (job.log_sums != nullptr) block.log_sums = job.log_sums + begin * job.heads;
    for (kernels::KeyTile& tile : tiles) tile.second = tile.index < job.second_tiles;
    float* table = scratch.bias.data() + thread * scratch.bias_floats;
    if (job.bias != nullptr && !tiles.empty() && job.bias->ByDistance()) {
      const int64_t first = tiles.front().index * kKeyTile - (first_row + rows - 1);
      job.bias->Distances(head, first, (tiles.back().index + 1) * kKeyTile - first_row - first, table);
      block.bias = table;
      block.bias_row_stride = -1;
      block.bias_first_key = first_row + first;
    } else if (job.bias != nullptr) {
      block.bias_row_stride = kKeyTile;
      const float* query = (job.bias_query != nullptr ? job.bias_query : job.query) + begin * job.query_stride +
                           head * block.shape.head_dim;
      for (kernels::KeyTile& tile : tiles) {
        if (!job.bias->Tile(job.sequence, head, first_row, rows, tile.index, query, job.query_stride, table)) continue;
        tile.bias = table;
        table += kQueryTile * kKeyTile;
      }
    }
    block.tiles = tiles;
    kernels::TileAttention(block, head, head + 1);
  });
}

}  // namespace lwave::attention
