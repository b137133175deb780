// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Which keys a row sees, as data: everything, or a sliding window with sinks (Longformer, Beltagy et al. 2020;
// attention sinks, Xiao et al. 2023), and a mask of closed keys over either.

#ifndef LONGWAVE_ATTENTION_WINDOW_PATTERN_H_
#define LONGWAVE_ATTENTION_WINDOW_PATTERN_H_

#include <algorithm>
#include <cstdint>

#include "attention/tile_list.h"

namespace lwave::attention {

// Row i sees key j when j < total and (full, or j < sinks, or -left <= j - i <= right), and key_mask, if any,
// keeps j.
struct WindowPattern {
  bool full = true;
  int64_t left = 0;
  int64_t right = 0;
  int64_t sinks = 0;
  int64_t total = 0;  // keys that exist; in a stream, keys that have arrived
  // Bit k of word t: key 64 t + k is kept. Null: all are.
  const uint64_t* key_mask = nullptr;  // [ceil(total / 64)]

  // The open keys of row i among positions [64 tile, 64 tile + 64), one bit each.
  uint64_t Mask(int64_t row, int64_t tile) const;
  // Whether rows [first_row, first_row + rows) see all keys of a tile; false may also mean that nobody looked closely.
  bool AllOpen(int64_t first_row, int64_t rows, int64_t tile) const;
  // The next tile, at or after `tile`, that a block of rows may see; kNoTile behind the last.
  int64_t NextTile(int64_t first_row, int64_t rows, int64_t tile) const;
  // The most tiles that a block of `rows` consecutive rows can see.
  int64_t MaxTiles(int64_t rows) const;
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_WINDOW_PATTERN_H_
