// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Where the key tiles of an unbounded sequence lie in a bounded number of slots: the first `pinned` tiles
// (they hold the sinks) keep a slot each for ever, the others take turns.

#ifndef LONGWAVE_MEMORY_TILE_RING_H_
#define LONGWAVE_MEMORY_TILE_RING_H_

#include <algorithm>
#include <cstdint>

namespace lwave::memory {

struct TileRing {
  int64_t pinned = 0;
  int64_t turning = 1;

  int64_t slots() const { return pinned + turning; }
  // tile: position / tile size, any number >= 0
  int64_t Slot(int64_t tile) const { return tile < pinned ? tile : pinned + (tile - pinned) % turning; }

  // Enough slots for the sinks and for any `span` consecutive positions at a time; and, from position 0 on,
  // for `full` positions at once.
  static TileRing For(int64_t sinks, int64_t span, int64_t full, int64_t tile_size) {
    TileRing ring;
    ring.pinned = (sinks + tile_size - 1) / tile_size;
    const int64_t full_tiles = (full + tile_size - 1) / tile_size;
    // `span` positions touch at most this many tiles, wherever they begin.
    const int64_t span_tiles = span <= 0 ? 0 : (span + tile_size - 2) / tile_size + 1;
    ring.turning = std::max<int64_t>({span_tiles, full_tiles - ring.pinned, 1});
    return ring;
  }
};

}  // namespace lwave::memory

#endif  // LONGWAVE_MEMORY_TILE_RING_H_
