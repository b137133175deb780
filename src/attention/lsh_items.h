// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The items of one head of Reformer's attention: every token once a round, in the order of (round, bucket, position),
// cut into chunks. Who sees whom is a pattern over places in this list.

#ifndef LONGWAVE_ATTENTION_LSH_ITEMS_H_
#define LONGWAVE_ATTENTION_LSH_ITEMS_H_

#include <cstdint>

#include "absl/types/span.h"
#include "attention/pattern.h"
#include "base/arena.h"

namespace lwave::attention {

struct SortedItems {
  int64_t tokens = 0;  // of a round, those beyond the end of the sequence included
  int64_t rounds = 1;
  int64_t chunk = 1, before = 0, after = 0;  // a chunk sees so many others around it, across the list's ends as well
  bool causal = false;
  absl::Span<int32_t> token;  // [rounds * tokens], what an item is
  absl::Span<int32_t> place;  // [rounds, tokens], which item a token is
  // Of each tile of items, where rows see only what lies before them: its tokens in ascending order, and the items
  // that the first so many of them are.
  absl::Span<int32_t> ascending;  // [tiles, 64]
  absl::Span<uint64_t> first;     // [tiles, 64]

  static SortedItems Take(Arena& arena, int64_t items, bool causal);

  int64_t items() const { return rounds * tokens; }
  int64_t chunks() const { return tokens == 0 ? 1 : items() / chunk; }
  // Fills what follows from token, for one tile.
  void Index(int64_t tile);
  // How often a row of chunk c sees chunk `other`: twice where it is a neighbour on both sides.
  int64_t Count(int64_t c, int64_t other) const;
};

class ChunkPattern : public Pattern {
 public:
  explicit ChunkPattern(const SortedItems& items) : items_(items) {}
  int64_t NextTile(const SequenceView&, int64_t head, int64_t first_row, int64_t rows, int64_t tile) const override;
  uint64_t Mask(const SequenceView&, int64_t head, int64_t row, int64_t tile) const override;

 private:
  const SortedItems& items_;
};

// ln 2 where a chunk is seen twice, and so on.
class ChunkBias : public Bias {
 public:
  explicit ChunkBias(const SortedItems& items) : items_(items) {}
  bool ByDistance() const override { return false; }
  bool Tile(const SequenceView&, int64_t head, int64_t first_row, int64_t rows, int64_t tile, const float*, int64_t,
            float* table) const override;
  int64_t MostTiles(int64_t tiles) const override;

 private:
  const SortedItems& items_;
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_LSH_ITEMS_H_
