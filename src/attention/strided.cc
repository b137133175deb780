// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/strided.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lwave::attention {
namespace {

using kernels::kKeyTile;
using kernels::kQueryTile;

// Rows of one remainder that share the copied keys.
constexpr int64_t kTaskRows = 4 * kQueryTile;

// Tasks of one head: the rows of every remainder in pieces.
struct HeadTasks {
  int64_t remainders = 0, pieces = 0;
  int64_t count() const { return remainders * pieces; }
};

HeadTasks TasksOf(const StridedKeys& seen, int64_t rows) {
  if (seen.stride == 0) return {};
  const int64_t each = (rows + seen.stride - 1) / seen.stride;
  return {std::min(seen.stride, rows), (each + kTaskRows - 1) / kTaskRows};
}

// One thread's share of the scratch.
struct ThreadScratch {
  float* keys;
  float* values;
  uint64_t* open;
  uint64_t* masks;
  kernels::KeyTile* tiles;
  float* output;
  float* log_sums;
};

ThreadScratch Of(const StridedScratch& scratch, int32_t thread, const kernels::TileShape& shape) {
  const int64_t most = thread * scratch.most_tiles;
  return {scratch.keys.data() + most * kKeyTile * shape.head_dim,
          scratch.values.data() + most * kKeyTile * shape.value_dim,
          scratch.open.data() + most,
          scratch.masks.data() + most * kQueryTile,
          scratch.tiles.data() + most,
          scratch.output.data() + thread * kQueryTile * shape.value_dim,
          scratch.log_sums.data() + thread * kQueryTile};
}

// Keys [begin, end) of a remainder, from tile begin / 64 on.
struct CopiedKeys {
  int64_t begin = 0, end = 0;
  int64_t first_tile() const { return begin / kKeyTile; }
  int64_t tiles() const { return end <= begin ? 0 : (end - 1) / kKeyTile - first_tile() + 1; }
};

void Copy(const KeySet& set, int64_t kv_head, int64_t stride, int64_t remainder, const CopiedKeys& wanted,
          const ThreadScratch& to) {
  const TileStore& store = set.store;
  std::fill_n(to.open, wanted.tiles(), uint64_t{0});
  // Places without a key: their values must be numbers, which is the kernel's fast way.
  const int64_t width = store.shape.value_dim, before = wanted.begin % kKeyTile;
  std::fill_n(to.values, before * width, 0.0f);
  if (wanted.tiles() > 0) {
    const int64_t held = before + wanted.end - wanted.begin;
    std::fill(to.values + held * width, to.values + wanted.tiles() * kKeyTile * width, 0.0f);
  }
  for (int64_t at = wanted.begin, count; at < wanted.end; at += count) {
    const int64_t place = remainder + at * stride;
    const int64_t tile = place / kKeyTile, first = place % kKeyTile, copied = at / kKeyTile - wanted.first_tile();
    count = std::min({wanted.end - at, (kKeyTile - 1 - first) / stride + 1, kKeyTile - at % kKeyTile});
    kernels::CopyTileRows(store.shape, kv_head, store.KeySlot(tile), store.ValueSlot(tile), first, stride, count,
                          at % kKeyTile, to.keys + copied * kKeyTile * store.shape.head_dim,
                          to.values + copied * kKeyTile * store.shape.value_dim);
    const uint64_t open = set.open[store.ring.Slot(tile)];
    for (int64_t c = 0; c < count; ++c) {
      to.open[copied] |= (open >> (first + c * stride) & 1) << (at % kKeyTile + c);
    }
  }
}

// out = the softmax over both parts, from the results and normalisers of each.   a, b // [width], a is replaced
void Join(float a_sum, float b_sum, int64_t width, float* a, const float* b) {
  constexpr float kNone = -std::numeric_limits<float>::infinity();
  if (a_sum == kNone || b_sum == kNone) {
    for (int64_t c = 0; c < width; ++c) a[c] = a_sum != kNone ? a[c] : b_sum != kNone ? b[c] : a[c] + b[c];
    return;
  }
  const double difference = static_cast<double>(b_sum) - static_cast<double>(a_sum);
  const float of_a = static_cast<float>(1 / (1 + std::exp(difference)));
  const float of_b = static_cast<float>(1 / (1 + std::exp(-difference)));
  for (int64_t c = 0; c < width; ++c) a[c] = of_a * a[c] + of_b * b[c];
}

}  // namespace

StridedScratch StridedScratch::Take(Arena& arena, int32_t threads, const Pattern& pattern, int64_t heads,
                                    const kernels::TileShape& shape, int64_t rows) {
  StridedScratch scratch;
  bool joined = false;
  for (int64_t head = 0; head < heads; ++head) {
    const StridedKeys seen = pattern.Strided(head);
    if (seen.stride == 0) continue;
    joined |= pattern.Near(head);
    const int64_t all = shape.slots * kKeyTile / seen.stride + 2;  // keys of one remainder in the slots
    const int64_t rows_of_task = std::min(kTaskRows, rows / seen.stride + 1);
    const int64_t ahead = std::max<int64_t>(0, seen.right) + rows_of_task;
    const int64_t window = seen.left > all ? all : std::min(all, seen.left + ahead);
    scratch.most_tiles = std::max(scratch.most_tiles, (window + kKeyTile - 2) / kKeyTile + 1);
  }
  const int64_t most = threads * scratch.most_tiles;
  if (most == 0) return scratch;
  scratch.keys = arena.Take<float>(most * kKeyTile * shape.head_dim);
  scratch.values = arena.Take<float>(most * kKeyTile * shape.value_dim);
  scratch.open = arena.Take<uint64_t>(most);
  scratch.masks = arena.Take<uint64_t>(most * kQueryTile);
  scratch.tiles = arena.Take<kernels::KeyTile>(most);
  scratch.output = arena.Take<float>(threads * kQueryTile * shape.value_dim);
  scratch.log_sums = arena.Take<float>(threads * kQueryTile);
  if (joined) scratch.near_sums = arena.Take<float>(rows * heads);
  return scratch;
}

namespace {

// Rows first, first + stride, ... (`rows` of them, one remainder) of one head.
void AttendRemainder(const AttendJob& job, int64_t head, const StridedKeys& seen, int64_t first, int64_t rows,
                     const ThreadScratch& scratch) {
  const KeySet& set = *job.keys;
  const kernels::TileShape& all = set.store.shape;
  const int64_t stride = seen.stride, remainder = first % stride;
  const int64_t first_at = first / stride;  // of the rows among their remainder
  const int64_t exist = set.end <= remainder ? 0 : (set.end - remainder - 1) / stride + 1;
  CopiedKeys copied;
  copied.begin = seen.left >= first_at ? 0 : first_at - seen.left;
  copied.end = std::max(copied.begin, std::min(exist, first_at + rows + seen.right));
  Copy(set, head / (job.heads / all.kv_heads), stride, remainder, copied, scratch);

  const bool joined = job.pattern->Near(head);
  kernels::AttentionBlock block;
  block.shape = all;
  block.shape.kv_heads = block.shape.slots = block.heads = 1;
  block.scale = job.scale;
  block.query_stride = stride * job.query_stride;
  block.output_stride = joined ? all.value_dim : stride * job.output_stride;
  if (joined) block.log_sums = scratch.log_sums;
  for (int64_t begin = 0; begin < rows; begin += kQueryTile) {
    block.rows = std::min(kQueryTile, rows - begin);
    const int64_t row = first + begin * stride - job.first_row;  // of the job
    float* output = job.output + row * job.output_stride + head * all.value_dim;
    size_t count = 0;
    uint64_t* masks = scratch.masks;
    for (int64_t t = 0; t < copied.tiles(); ++t) {
      const int64_t place = (copied.first_tile() + t) * kKeyTile;
      uint64_t any = 0;
      for (int64_t r = 0; r < block.rows; ++r) {
        const int64_t at = first_at + begin + r;
        const int64_t low = seen.left >= at ? 0 : at - seen.left;
        any |= masks[r] = Bits(low - place, at + seen.right + 1 - place) & scratch.open[t];
      }
      if (any == 0) continue;
      kernels::KeyTile& tile = scratch.tiles[count++];
      tile = kernels::KeyTile();
      tile.keys = scratch.keys + t * kKeyTile * all.head_dim;
      tile.values = scratch.values + t * kKeyTile * all.value_dim;
      tile.masks = masks;
      tile.index = copied.first_tile() + t;
      masks += block.rows;
    }
    block.tiles = absl::MakeConstSpan(scratch.tiles, count);
    block.query = job.query + row * job.query_stride + head * all.head_dim;
    block.output = joined ? scratch.output : output;
    kernels::TileAttention(block, 0, 1);
    if (!joined) continue;
    for (int64_t r = 0; r < block.rows; ++r) {
      Join(job.log_sums[(row + r * stride) * job.heads + head], scratch.log_sums[r], all.value_dim,
           output + r * stride * job.output_stride, scratch.output + r * all.value_dim);
    }
  }
}

}  // namespace

void AttendStrided(Runner& runner, const AttendJob& job, const StridedScratch& scratch) {
  int64_t tasks = 0;
  for (int64_t head = 0; head < job.heads; ++head) tasks += TasksOf(job.pattern->Strided(head), job.rows).count();
  runner.For(tasks, [&](int64_t index, int32_t thread) {
    int64_t head = 0;
    StridedKeys seen = job.pattern->Strided(0);
    HeadTasks of = TasksOf(seen, job.rows);
    while (index >= of.count()) {
      index -= of.count();
      seen = job.pattern->Strided(++head);
      of = TasksOf(seen, job.rows);
    }
    const int64_t begin = index % of.remainders + index / of.remainders * kTaskRows * seen.stride;
    if (begin >= job.rows) return;
    const int64_t rows = std::min(kTaskRows, (job.rows - begin - 1) / seen.stride + 1);
    AttendRemainder(job, head, seen, job.first_row + begin, rows, Of(scratch, thread, job.keys->store.shape));
  });
}

}  // namespace lwave::attention
