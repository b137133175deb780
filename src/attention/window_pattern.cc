// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// From ranges of keys to tiles and masks.

#include "attention/window_pattern.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;
static_assert(kKeyTile == 64, "a tile's mask is one word");

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

int64_t WindowPattern::NextTile(int64_t first_row, int64_t rows, int64_t tile) const {
  const int64_t tiles = (total + kKeyTile - 1) / kKeyTile;
  if (total <= 0 || tile >= tiles) return kNoTile;
  if (full) return tile;
  const int64_t window_begin = std::max<int64_t>(first_row - left, 0) / kKeyTile;
  const int64_t window_end = std::min((first_row + rows - 1 + right) / kKeyTile + 1, tiles);
  // A block of early rows may see sinks that lie beyond its window.
  const int64_t sink_tiles = (std::min(sinks, total) + kKeyTile - 1) / kKeyTile;
  if (tile < sink_tiles) return tile;
  tile = std::max(tile, window_begin);
  return tile < window_end ? tile : kNoTile;
}

}  // namespace lwave::attention
