// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Query rows against the tiles that a pattern lists: from a description of who sees whom to calls of the kernel.

#ifndef LONGWAVE_ATTENTION_ATTEND_H_
#define LONGWAVE_ATTENTION_ATTEND_H_

#include <cstdint>

#include "attention/pattern.h"
#include "base/arena.h"
#include "base/thread_pool.h"

namespace lwave::attention {

// One set of keys of a sequence.
struct KeySet {
  TileStore store;
  uint64_t* open = nullptr;  // [slots]
  int64_t end = 0;           // places [0, end) have been stored

  int64_t tiles() const { return (end + kernels::kKeyTile - 1) / kernels::kKeyTile; }
  void Take(Arena& arena, Use use) {
    store.Take(arena, use);
    open = arena.Take<uint64_t>(store.ring.slots()).data();
  }
  // Stores rows at places [place, place + rows), in ascending order over the calls; the mask of row r says whether
  // it is open (null: all are).   key // [rows, key_stride]   value // [rows, value_stride]
  void Append(Runner& runner, const float* key, int64_t key_stride, const float* value, int64_t value_stride,
              const int32_t* mask, int64_t place, int64_t rows);
  // Keys and values of f32 at places [from, from + count) become those at [to, to + count), to <= from; slots must lie
  // side by side. Which places are open is left to the caller.
  void Move(Runner& runner, int64_t from, int64_t to, int64_t count);
  // Becomes as another of the same shape; what that has not stored is not touched.
  void CopyFrom(const KeySet& other);
  bool IsOpen(int64_t place) const {
    return (open[store.ring.Slot(place / kernels::kKeyTile)] >> (place % kernels::kKeyTile) & 1) != 0;
  }
};

// Scratch of every thread.
struct AttendScratch {
  absl::Span<kernels::KeyTile> tiles;  // [threads, most tiles]
  absl::Span<uint64_t> masks;          // [threads, most tiles, kQueryTile]
  absl::Span<float> bias;              // [threads, bias floats]
  int64_t most_tiles = 0;
  int64_t bias_floats = 0;

  // slots: of the key set; bias may be null
  static AttendScratch Take(Arena& arena, int32_t threads, int64_t slots, const Bias* bias);
};

struct AttendJob {
  const KeySet* keys = nullptr;
  const Pattern* pattern = nullptr;
  const Bias* bias = nullptr;
  SequenceView sequence;
  int64_t heads = 0;
  float scale = 1;
  int64_t first_row = 0;  // as the pattern counts
  int64_t rows = 0;
  const float* query = nullptr;  // [rows, query_stride]
  int64_t query_stride = 0;
  const float* second_query = nullptr;  // for tiles below second_tiles, laid out as query
  int64_t second_tiles = 0;
  const float* bias_query = nullptr;  // [rows, query_stride], what Bias::Tile is given; null: query
  float* output = nullptr;            // [rows, output_stride]
  int64_t output_stride = 0;
  float* log_sums = nullptr;  // [rows, heads] or null
};
// Blocks of rows and heads are the tasks.
void AttendRows(Runner& runner, const AttendJob& job, const AttendScratch& scratch);

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_ATTEND_H_
