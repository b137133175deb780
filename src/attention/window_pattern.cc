// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// From ranges of keys to tiles and masks.

#include "attention/window_pattern.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;
static_assert(kKeyTile == 64, "a tile's mask is one word");

// Bits [begin, end) of a word; the range may reach beyond it on both sides.
uint64_t Bits(int64_t begin, int64_t end) {
  begin = std::max<int64_t>(begin, 0);
  end = std::min<int64_t>(end, 64);
  if (begin >= end) return 0;
  const uint64_t below_end = end == 64 ? ~uint64_t{0} : (uint64_t{1} << end) - 1;
  return below_end & ~((uint64_t{1} << begin) - 1);
}

}  // namespace

uint64_t WindowPattern::Mask(int64_t row, int64_t tile) const {
  const int64_t first = tile * kKeyTile;
  uint64_t mask = ~uint64_t{0};
  if (!full) mask = Bits(row - left - first, row + right + 1 - first) | Bits(-first, sinks - first);
  mask &= Bits(-first, total - first);
  if (key_mask != nullptr && first < total) mask &= key_mask[tile];
  return mask;
}

bool WindowPattern::AllOpen(int64_t first_row, int64_t rows, int64_t tile) const {
  const int64_t first = tile * kKeyTile;
  const int64_t end = first + kKeyTile;
  if (key_mask != nullptr || end > total) return false;
  return full || end <= sinks || (first >= first_row + rows - 1 - left && end - 1 <= first_row + right);
}

int64_t WindowPattern::MaxTiles(int64_t rows) const {
  const int64_t all = (total + kKeyTile - 1) / kKeyTile;
  if (full || rows <= 0) return all;
  const int64_t window = (rows + left + right + kKeyTile - 2) / kKeyTile + 1;
  return std::min(all, (sinks + kKeyTile - 1) / kKeyTile + window);
}

absl::Span<const kernels::KeyTile> ListTiles(const WindowPattern& pattern, const TileStore& store, int64_t first_row,
                                             int64_t rows, const TileList& scratch) {
  size_t count = 0;
  uint64_t* masks = scratch.masks.data();
  const auto add = [&](int64_t tile) {
    const bool all = pattern.AllOpen(first_row, rows, tile);
    if (!all) {
      uint64_t any = 0;
      for (int64_t r = 0; r < rows; ++r) any |= masks[r] = pattern.Mask(first_row + r, tile);
      if (any == 0) return;
    }
    kernels::KeyTile& entry = scratch.tiles[count++];
    entry.keys = store.KeySlot(tile);
    entry.values = store.ValueSlot(tile);
    entry.masks = all ? nullptr : masks;
    entry.index = tile;
    if (!all) masks += rows;
  };
  const int64_t last_tile = (pattern.total - 1) / kKeyTile;
  if (pattern.total <= 0 || rows <= 0) return {};
  if (pattern.full) {
    for (int64_t tile = 0; tile <= last_tile; ++tile) add(tile);
  } else {
    const int64_t window_begin = std::max<int64_t>(first_row - pattern.left, 0) / kKeyTile;
    const int64_t window_end = std::min((first_row + rows - 1 + pattern.right) / kKeyTile, last_tile);
    const int64_t sink_tiles = (std::min(pattern.sinks, pattern.total) + kKeyTile - 1) / kKeyTile;
    for (int64_t tile = 0; tile < std::min(sink_tiles, window_begin); ++tile) add(tile);
    for (int64_t tile = window_begin; tile <= window_end; ++tile) add(tile);
    // A block of early rows may see sinks that lie beyond its window.
    for (int64_t tile = window_end + 1; tile < sink_tiles; ++tile) add(tile);
  }
  return scratch.tiles.subspan(0, count);
}

}  // namespace lwave::attention
