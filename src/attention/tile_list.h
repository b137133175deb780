// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Key tiles in memory, and the list of those that a block of query rows sees. What a row sees is asked of a
// pattern (window_pattern.h, pattern.h); this file turns the answers into what the kernel reads.

#ifndef LONGWAVE_ATTENTION_TILE_LIST_H_
#define LONGWAVE_ATTENTION_TILE_LIST_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "base/arena.h"
#include "kernels/tile_attention.h"
#include "memory/tile_ring.h"

namespace lwave::attention {

// The keys and values of one sequence: slots of tiles, on a ring or (ring.pinned = all tiles) side by side.
struct TileStore {
  kernels::TileShape shape;  // shape.slots = ring.slots()
  memory::TileRing ring;
  std::byte* keys = nullptr;    // [shape.KeyBytes()]
  std::byte* values = nullptr;  // [shape.ValueBytes()]

  std::byte* KeySlot(int64_t tile) const { return keys + ring.Slot(tile) * shape.KeySlotBytes(); }
  std::byte* ValueSlot(int64_t tile) const { return values + ring.Slot(tile) * shape.ValueSlotBytes(); }
  int64_t KeyBytes() const { return shape.KeyBytes(); }
  int64_t ValueBytes() const { return shape.ValueBytes(); }
  // Takes both on the arena; shape and ring are set before.
  void Take(Arena& arena, Use use) {
    shape.slots = ring.slots();
    keys = arena.Take<std::byte>(KeyBytes(), use).data();
    values = arena.Take<std::byte>(ValueBytes(), use).data();
    arena.Recount(use, Use::kPadding, KeyBytes() - ring.slots() * kernels::kKeyTile * KeyRowBytes());
  }
  // Of the numbers of one row.
  int64_t KeyRowBytes() const { return shape.kv_heads * shape.head_dim * shape.BytesPerElement(); }
  int64_t ValueRowBytes() const { return shape.kv_heads * shape.value_dim * shape.BytesPerElement(); }
};

// Scratch of one thread.
struct TileList {
  absl::Span<kernels::KeyTile> tiles;  // [most tiles of a block]
  absl::Span<uint64_t> masks;          // [most tiles of a block * rows]
};

inline constexpr int64_t kNoTile = INT64_MAX;

// Lists the tiles that rows [first_row, first_row + rows) see, in ascending position, with their masks. `seen` has
//   int64_t NextTile(first_row, rows, tile)   the next tile, at or after `tile`, that some of the rows may see, or
//                                             kNoTile: cost is proportional to these
//   uint64_t Mask(row, tile)                  the keys of the tile that a row sees, one bit each
//   bool AllOpen(first_row, rows, tile)       whether all rows see all keys; false may mean that nobody looked
template <typename Seen>
absl::Span<kernels::KeyTile> ListTiles(const Seen& seen, const TileStore& store, int64_t first_row, int64_t rows,
                                       const TileList& scratch) {
  size_t count = 0;
  uint64_t* masks = scratch.masks.data();
  if (rows <= 0) return {};
  for (int64_t tile = seen.NextTile(first_row, rows, 0); tile != kNoTile;
       tile = seen.NextTile(first_row, rows, tile + 1)) {
    const bool all = seen.AllOpen(first_row, rows, tile);
    if (!all) {
      uint64_t any = 0;
      for (int64_t r = 0; r < rows; ++r) any |= masks[r] = seen.Mask(first_row + r, tile);
      if (any == 0) continue;
    }
    kernels::KeyTile& entry = scratch.tiles[count++];
    entry = kernels::KeyTile();
    entry.keys = store.KeySlot(tile);
    entry.values = store.ValueSlot(tile);
    entry.masks = all ? nullptr : masks;
    entry.index = tile;
    if (!all) masks += rows;
  }
  return scratch.tiles.subspan(0, count);
}

// Bits [begin, end) of a word; the range may reach beyond it on both sides.
constexpr uint64_t Bits(int64_t begin, int64_t end) {
  begin = begin < 0 ? 0 : begin;
  end = end > 64 ? 64 : end;
  if (begin >= end) return 0;
  const uint64_t below_end = end == 64 ? ~uint64_t{0} : (uint64_t{1} << end) - 1;
  return below_end & ~((uint64_t{1} << begin) - 1);
}

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_TILE_LIST_H_
