// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/lsh_items.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace lwave::attention {

using kernels::kKeyTile;

SortedItems SortedItems::Take(Arena& arena, int64_t items, bool causal) {
  const int64_t tiles = causal ? (items + kKeyTile - 1) / kKeyTile : 0;
  SortedItems sorted;
  sorted.causal = causal;
  sorted.token = arena.Take<int32_t>(items);
  sorted.place = arena.Take<int32_t>(items);
  sorted.ascending = arena.Take<int32_t>(tiles * kKeyTile);
  sorted.first = arena.Take<uint64_t>(tiles * kKeyTile);
  return sorted;
}

void SortedItems::Index(int64_t tile) {
  const int64_t begin = tile * kKeyTile, end = std::min(begin + kKeyTile, items());
  for (int64_t item = begin; item < end; ++item) {
    const int64_t round = item / tokens;
    place[static_cast<size_t>(round * tokens + token[static_cast<size_t>(item)])] = static_cast<int32_t>(item);
  }
  if (!causal) return;
  std::pair<int32_t, int32_t> order[kKeyTile];  // token, place in the tile
  for (int64_t item = begin; item < end; ++item) {
    order[item - begin] = {token[static_cast<size_t>(item)], static_cast<int32_t>(item - begin)};
  }
  std::sort(order, order + (end - begin));
  uint64_t mask = 0;
  for (int64_t i = 0; i < end - begin; ++i) {
    mask |= uint64_t{1} << order[i].second;
    ascending[static_cast<size_t>(begin + i)] = order[i].first;
    first[static_cast<size_t>(begin + i)] = mask;
  }
}

int64_t SortedItems::Count(int64_t c, int64_t other) const {
  const int64_t all = chunks();
  if (all == 1) return 1;
  // Neighbours are steps 0 .. before + after from the first of them.
  const int64_t step = ((other - c + before) % all + all) % all;
  return step > before + after ? 0 : 1 + (before + after - step) / all;
}

int64_t ChunkPattern::NextTile(const SequenceView&, int64_t, int64_t first_row, int64_t rows, int64_t tile) const {
  const int64_t all = items_.chunks();
  int64_t next = kNoTile;
  for (int64_t c = first_row / items_.chunk; c <= (first_row + rows - 1) / items_.chunk; ++c) {
    for (int64_t step = -items_.before; step <= items_.after; ++step) {
      const int64_t other = ((c + step) % all + all) % all;
      const int64_t low = other * items_.chunk / kKeyTile, high = ((other + 1) * items_.chunk - 1) / kKeyTile;
      if (tile <= high) next = std::min(next, std::max(tile, low));
    }
  }
  return next;
}

uint64_t ChunkPattern::Mask(const SequenceView&, int64_t, int64_t row, int64_t tile) const {
  const int64_t begin = tile * kKeyTile, end = std::min(begin + kKeyTile, items_.items());
  const int64_t c = row / items_.chunk;
  uint64_t mask = 0;
  for (int64_t other = begin / items_.chunk; other * items_.chunk < end; ++other) {
    if (items_.Count(c, other) > 0) mask |= Bits(other * items_.chunk - begin, (other + 1) * items_.chunk - begin);
  }
  if (mask == 0) return 0;
  mask &= Bits(0, end - begin);
  const int32_t own = items_.token[static_cast<size_t>(row)];
  if (items_.causal) {
    const int32_t* const tokens = items_.ascending.data() + begin;
    const int64_t earlier = std::lower_bound(tokens, tokens + (end - begin), own) - tokens;
    return earlier == 0 ? 0 : mask & items_.first[static_cast<size_t>(begin + earlier - 1)];
  }
  for (int64_t round = begin / items_.tokens; round * items_.tokens < end; ++round) {
    const int64_t place = items_.place[static_cast<size_t>(round * items_.tokens + own)] - begin;
    mask &= ~Bits(place, place + 1);
  }
  return mask;
}

bool ChunkBias::Tile(const SequenceView&, int64_t, int64_t first_row, int64_t rows, int64_t tile, const float*, int64_t,
                     float* table) const {
  if (items_.before + items_.after + 1 <= items_.chunks()) return false;
  const int64_t begin = tile * kKeyTile;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t k = 0; k < kKeyTile; ++k) {
      const int64_t count =
          begin + k < items_.items() ? items_.Count((first_row + r) / items_.chunk, (begin + k) / items_.chunk) : 0;
      table[r * kKeyTile + k] = count > 1 ? std::log(static_cast<float>(count)) : 0.0f;
    }
  }
  return true;
}

int64_t ChunkBias::MostTiles(int64_t tiles) const {
  return std::min(tiles, (items_.before + items_.after + 1) * items_.chunk / kKeyTile + 2);
}

}  // namespace lwave::attention
