// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a mechanism of softmax attention is, beside its projections: a Pattern (which keys a row of a head sees) and
// a Bias (what is added to the score). Both are small functions of positions; the loop over keys is the kernel's.
//
// A row is a query's place in the sequence, from 0. A key's place is its position too, unless the layer leaves room
// in front (TileLayer's spec): tiles are cut at places, so everything here about keys counts places.

#ifndef LONGWAVE_ATTENTION_PATTERN_H_
#define LONGWAVE_ATTENTION_PATTERN_H_

#include <cstdint>

#include "absl/types/span.h"
#include "attention/tile_list.h"

namespace lwave::attention {

// What is known of a sequence when some of its rows are computed.
struct SequenceView {
  int64_t total = 0;          // keys that have arrived; all of them where a pattern looks ahead without a bound
  int64_t segment_begin = 0;  // where the rows' segment begins, for mechanisms that are defined by segments
  absl::Span<const int64_t> globals;  // tokens that every row sees, ascending, for mechanisms that have them
  absl::Span<const int32_t> random_blocks;  // [heads, blocks - 2, random], where a sequence has its own
  // Keys that stand for blocks of tokens lie behind the rows, from summaries_begin on.
  int64_t summaries_begin = 0, summaries = 0;  // where, and how many of them are open
  absl::Span<const int32_t> summary_of;        // [rows]: the one that a row belongs to, -1: none
  absl::Span<const int32_t> types;             // [keys], token types; empty: they are not told apart
};

// Keys at regular distances: row i sees i + s stride for -left <= s <= right. stride 0: none; else it is 2 or more.
struct StridedKeys {
  int64_t stride = 0, left = 0, right = 0;
};
inline constexpr int64_t kNoLimit = int64_t{1} << 62;

// Any thread.
class Pattern {
 public:
  virtual ~Pattern() = default;
  // The next tile, at or after `tile`, of which rows [first_row, first_row + rows) of a head may see a key; kNoTile
  // behind the last. Tiles beyond those that exist are the caller's to ignore.
  virtual int64_t NextTile(const SequenceView& sequence, int64_t head, int64_t first_row, int64_t rows,
                           int64_t tile) const = 0;
  // The keys at places [64 tile, 64 tile + 64) that a row sees, one bit each, whether they exist or not.
  virtual uint64_t Mask(const SequenceView& sequence, int64_t head, int64_t row, int64_t tile) const = 0;
  // Whether rows [first_row, first_row + rows) see every key of a tile; false may mean that nobody looked.
  virtual bool AllOpen(const SequenceView& /*sequence*/, int64_t /*head*/, int64_t /*first_row*/, int64_t /*rows*/,
                       int64_t /*tile*/) const {
    return false;
  }
  // Keys that a head sees at regular distances, which Mask leaves out (strided.h).
  virtual StridedKeys Strided(int64_t /*head*/) const { return {}; }
  // Whether Mask may hold keys for a head; false only for strided heads.
  virtual bool Near(int64_t /*head*/) const { return true; }
};

// Every key, or every key up to the row's own.
class FullPattern : public Pattern {
 public:
  explicit FullPattern(bool causal) : causal_(causal) {}
  int64_t NextTile(const SequenceView&, int64_t, int64_t first_row, int64_t rows, int64_t tile) const override {
    return !causal_ || tile * kernels::kKeyTile < first_row + rows ? tile : kNoTile;
  }
  uint64_t Mask(const SequenceView&, int64_t, int64_t row, int64_t tile) const override {
    return causal_ ? Bits(0, row + 1 - tile * kernels::kKeyTile) : ~uint64_t{0};
  }
  bool AllOpen(const SequenceView&, int64_t, int64_t first_row, int64_t, int64_t tile) const override {
    return !causal_ || (tile + 1) * kernels::kKeyTile <= first_row + 1;
  }

 private:
  const bool causal_;
};

// Any thread.
class Bias {
 public:
  virtual ~Bias() = default;
  // True: the bias depends on head and distance alone, and Distances gives it. False: Tile gives it.
  virtual bool ByDistance() const = 0;
  // table[x] = what is added where key's place - row = first + x.   table // [count]
  virtual void Distances(int64_t /*head*/, int64_t /*first*/, int64_t /*count*/, float* /*table*/) const {}
  // What is added for a block of rows against one tile; false: nothing.
  //   query // [rows, query_stride], from the head's first number   table // [rows, 64]
  virtual bool Tile(const SequenceView& /*sequence*/, int64_t /*head*/, int64_t /*first_row*/, int64_t /*rows*/,
                    int64_t /*tile*/, const float* /*query*/, int64_t /*query_stride*/, float* /*table*/) const {
    return false;
  }
  // The most tiles of a block of rows for which Tile says true, at most `tiles`.
  virtual int64_t MostTiles(int64_t tiles) const { return tiles; }
};

// Rows of a head as ListTiles asks for them: the pattern over the keys that exist.
struct HeadView {
  const Pattern* pattern;
  SequenceView sequence;
  int64_t head;
  int64_t tiles;         // tiles that exist
  const uint64_t* open;  // [slots]: the keys of a tile that are there and not closed
  const memory::TileRing* ring;

  int64_t NextTile(int64_t first_row, int64_t rows, int64_t tile) const {
    tile = pattern->NextTile(sequence, head, first_row, rows, tile);
    return tile < tiles ? tile : kNoTile;
  }
  uint64_t Mask(int64_t row, int64_t tile) const {
    return pattern->Mask(sequence, head, row, tile) & open[ring->Slot(tile)];
  }
  bool AllOpen(int64_t first_row, int64_t rows, int64_t tile) const {
    return open[ring->Slot(tile)] == ~uint64_t{0} && pattern->AllOpen(sequence, head, first_row, rows, tile);
  }
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_PATTERN_H_
