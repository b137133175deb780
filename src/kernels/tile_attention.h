// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Softmax attention over tiles of 64 keys (online softmax: the running maximum, normaliser and weighted sum
// of a query row are carried along, so no n x n matrix exists; Milakov and Gimelshein 2018, Dao et al. 2022).
//
// The equivalent serial loop:
//   for query row i, head h: for key tile t in the order given: for key j open for i in t:
//     s = scale * dot(query[i][h], key[j][g]) + bias[h][i][j];   g = h / (heads / kv_heads)
//     output[i][h] = sum_j exp(s_j - max s) value[j][g] / sum_j exp(s_j - max s);  zeros where no key is open
// Tiles are aligned to absolute positions (a tile starts at a multiple of 64) and a row's arithmetic in a
// tile depends only on that row and that tile: never on the other rows, on closed keys' contents (which may
// be stale, NaN or Inf) or on tiles that are closed for the row altogether. That is what makes streaming
// equal one pass to the bit.
//
// NaN and infinity behave as in double, with one exception: where the weight of an infinite value is below 2^-126 of the
// row's largest, the result is NaN and not infinite, because such a weight is 0 here.
//
// Keys and values are f32, or bf16 (rounded when they are stored; the scaled query and the probabilities are
// then rounded to bf16 too, products are summed in f32, softmax statistics stay f32).

#ifndef LONGWAVE_KERNELS_TILE_ATTENTION_H_
#define LONGWAVE_KERNELS_TILE_ATTENTION_H_

#include <cstdint>

#include "absl/types/span.h"
#include "kernels/types.h"

namespace lwave::kernels {

inline constexpr int64_t kKeyTile = 64;
inline constexpr int64_t kStepTiles = 8;   // tiles of one softmax step, aligned to absolute positions as well
inline constexpr int64_t kQueryTile = 48;  // query rows of one task; a multiple of the register tile
inline constexpr int64_t kMaxHeadDim = 256;

// How keys and values lie in storage: a slot holds 64 positions,
//   f32:   keys    // [kv_heads][slots][head_dim][64]   (transposed, so that 64 scores come from plain vector loads)
//          values  // [kv_heads][slots][64][value_dim]
//   bf16:  keys    // [kv_heads][slots][head_dim / 2][64][2], head_dim rounded up, the odd number 0
//          values  // [kv_heads][slots][32][value_dim][2]: two positions side by side
// A head's slots lie side by side, because the processor's own prefetching follows long runs only, and reads memory
// twice as fast as what a program asks for by itself. "A slot" below is the place of head 0; the others lie
// KeyHeadNumbers() (ValueHeadNumbers()) further each.
struct TileShape {
  int64_t kv_heads = 0;
  int64_t head_dim = 0;
  int64_t value_dim = 0;
  NumberType type = NumberType::kF32;  // or kBf16
  int64_t slots = 1;

  int64_t BytesPerElement() const { return BytesPerNumber(type); }
  // Of one slot of one head.
  int64_t KeySlotNumbers() const {
    return (type == NumberType::kBf16 ? RoundUp(head_dim, 2) : head_dim) * kKeyTile;
  }
  int64_t ValueSlotNumbers() const { return kKeyTile * value_dim; }
  int64_t KeySlotBytes() const { return KeySlotNumbers() * BytesPerElement(); }
  int64_t ValueSlotBytes() const { return ValueSlotNumbers() * BytesPerElement(); }
  // From head to head.
  int64_t KeyHeadNumbers() const { return slots * KeySlotNumbers(); }
  int64_t ValueHeadNumbers() const { return slots * ValueSlotNumbers(); }
  // Of everything.
  int64_t KeyBytes() const { return kv_heads * slots * KeySlotBytes(); }
  int64_t ValueBytes() const { return kv_heads * slots * ValueSlotBytes(); }
};

// Writes `rows` rows of keys and values into one slot, at places [first, first + rows) of its 64.
//   key    // [rows, key_stride], kv_heads * head_dim numbers used;  value likewise
void StoreTileRows(const TileShape& shape, const float* key, int64_t key_stride, const float* value,
                   int64_t value_stride, int64_t first, int64_t rows, void* key_slot, void* value_slot);
// Reads one row back (for snapshots): key // [kv_heads, head_dim], value // [kv_heads, value_dim]
void LoadTileRow(const TileShape& shape, const void* key_slot, const void* value_slot, int64_t place,
                 float* key, float* value);

// Copies keys and values of one head from a slot to tiles of that head alone: places first, first + stride, ...
// (`count` of them) to places [to, to + count). f32.   keys // [head_dim][64]   values // [64][value_dim]
void CopyTileRows(const TileShape& shape, int64_t head, const void* key_slot, const void* value_slot, int64_t first,
                  int64_t stride, int64_t count, int64_t to, float* keys, float* values);

// One key tile as a block of queries sees it.
struct KeyTile {
  const void* keys = nullptr;    // one slot
  const void* values = nullptr;  // one slot
  // Bit k of masks[r] set: key k of this tile is open for query row r of the block. Null: all 64 open for
  // all.
  const uint64_t* masks = nullptr;  // [rows]
  int64_t index = 0;                // which tile of the sequence: it holds keys [64 index, 64 index + 64)
  // What is added to the scores of this tile instead of the block's bias: the entry of head h, row r and key k is
  //   bias[h * bias_head_stride + r * bias_row_stride + k]
  const float* bias = nullptr;
  bool second = false;  // scores are taken with the block's second query
};

// A block of query rows of one sequence against its tiles, for heads [head_begin, head_end).
struct AttentionBlock {
  TileShape shape;
  int64_t heads = 0;
  float scale = 1.0f;
  int64_t rows = 0;              // any number >= 0; kQueryTile is the best
  const float* query = nullptr;  // [rows, query_stride], heads * head_dim numbers used
  int64_t query_stride = 0;
  // For mechanisms whose queries look differently at some of their keys (positions of attention sinks), laid out as
  // `query` is; null where no tile asks for it.
  const float* second_query = nullptr;
  float* output = nullptr;  // [rows, output_stride], heads * value_dim numbers written
  int64_t output_stride = 0;
  absl::Span<const KeyTile> tiles;  // in ascending position
  // What is added to the scores, or null: the entry of head h, row r and key j is
  //   bias[h * bias_head_stride + r * bias_row_stride + j - bias_first_key]
  // Whatever depends on head and distance alone (ALiBi, T5's buckets, a span's ramp) is one table a head of length
  // (rows + keys) with bias_row_stride -1; relative positions (Transformer-XL) are a row of their own for each query.
  // All 64 entries of every listed tile must be readable.
  const float* bias = nullptr;
  int64_t bias_head_stride = 0;
  int64_t bias_row_stride = 0;
  int64_t bias_first_key = 0;
  // Where wanted, ln sum_j exp(s_j), minus infinity where no key is open: attention over several key sets is put
  // together from their outputs and these.
  float* log_sums = nullptr;  // [rows, heads]
};
// Threads: plain function, call it for disjoint (block, head range) pairs from any thread. Uses stack only
// (less than 64 KiB). head_dim and value_dim 1 to 256.
void TileAttention(const AttentionBlock& block, int64_t head_begin, int64_t head_end);
// The same, where the type is known.
void TileAttentionF32(const AttentionBlock& block, int64_t head_begin, int64_t head_end);
void TileAttentionBf16(const AttentionBlock& block, int64_t head_begin, int64_t head_end);

}  // namespace lwave::kernels

#endif  // LONGWAVE_KERNELS_TILE_ATTENTION_H_
