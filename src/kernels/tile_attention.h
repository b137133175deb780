// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Softmax attention over tiles of 64 keys (online softmax: the running maximum, normaliser and weighted sum
// of a query row are carried from tile to tile, so no n x n matrix exists; Milakov and Gimelshein 2018,
// Dao et al. 2022).
//
// The equivalent serial loop:
//   for query row i, head h: for key tile t in the order given: for key j open for i in t:
//     s = scale * dot(query[i][h], key[j][g]);   g = h / (heads / kv_heads)
//     output[i][h] = sum_j exp(s_j - max s) value[j][g] / sum_j exp(s_j - max s);  zeros where no key is open
// Tiles are aligned to absolute positions (a tile starts at a multiple of 64) and a row's arithmetic in a
// tile depends only on that row and that tile: never on the other rows, on closed keys' contents (which may
// be stale, NaN or Inf) or on tiles that are closed for the row altogether. That is what makes streaming
// equal one pass to the bit.

#ifndef LONGWAVE_KERNELS_TILE_ATTENTION_H_
#define LONGWAVE_KERNELS_TILE_ATTENTION_H_

#include <cstdint>

#include "absl/types/span.h"
#include "kernels/types.h"

namespace lwave::kernels {

inline constexpr int64_t kKeyTile = 64;
inline constexpr int64_t kQueryTile = 48;  // query rows of one task; a multiple of the register tile

// How keys and values lie in storage: a slot holds 64 positions of all heads,
//   keys    // [slots][kv_heads][head_dim][64]   (transposed, so that 64 scores come from plain vector loads)
//   values  // [slots][kv_heads][64][value_dim]
struct TileShape {
  int64_t kv_heads = 0;
  int64_t head_dim = 0;
  int64_t value_dim = 0;
  int64_t KeySlotFloats() const { return kv_heads * head_dim * kKeyTile; }
  int64_t ValueSlotFloats() const { return kv_heads * kKeyTile * value_dim; }
};

// Writes `rows` rows of keys and values into one slot, at places [first, first + rows) of its 64.
//   key    // [rows, key_stride], kv_heads * head_dim numbers used;  value likewise
void StoreTileRows(const TileShape& shape, const float* key, int64_t key_stride, const float* value,
                   int64_t value_stride, int64_t first, int64_t rows, float* key_slot, float* value_slot);
// Reads one row back (for snapshots): key // [kv_heads, head_dim], value // [kv_heads, value_dim]
void LoadTileRow(const TileShape& shape, const float* key_slot, const float* value_slot, int64_t place,
                 float* key, float* value);

// One key tile as a block of queries sees it.
struct KeyTile {
  const float* keys = nullptr;    // one slot
  const float* values = nullptr;  // one slot
  // Bit k of masks[r] set: key k of this tile is open for query row r of the block. Null: all 64 open for
  // all.
  const uint64_t* masks = nullptr;  // [rows]
};

// A block of query rows of one sequence against its tiles, for heads [head_begin, head_end).
struct AttentionBlock {
  TileShape shape;
  int64_t heads = 0;
  float scale = 1.0f;
  int64_t rows = 0;              // any number >= 0; kQueryTile is the best
  const float* query = nullptr;  // [rows, query_stride], heads * head_dim numbers used
  int64_t query_stride = 0;
  float* output = nullptr;  // [rows, output_stride], heads * value_dim numbers written
  int64_t output_stride = 0;
  absl::Span<const KeyTile> tiles;  // in ascending position
};
// Threads: plain function, call it for disjoint (block, head range) pairs from any thread. Uses stack only
// (less than 64 KiB). head_dim and value_dim 1 to 256.
void TileAttention(const AttentionBlock& block, int64_t head_begin, int64_t head_end);

}  // namespace lwave::kernels

#endif  // LONGWAVE_KERNELS_TILE_ATTENTION_H_
