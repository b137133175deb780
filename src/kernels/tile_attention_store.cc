// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rows of keys and values into and out of the tile layout. Keys are transposed on the way in.

#include <cstring>

#include "kernels/tile_attention.h"

namespace lwave::kernels {

void StoreTileRows(const TileShape& shape, const float* key, int64_t key_stride, const float* value,
                   int64_t value_stride, int64_t first, int64_t rows, float* key_slot, float* value_slot) {
  const int64_t key_width = shape.kv_heads * shape.head_dim;
  // Four rows at a time: one place of 16 bytes is written per key number instead of four of 4.
  int64_t r = 0;
  for (; r + 4 <= rows; r += 4) {
    const float* row0 = key + r * key_stride;
    const float* row1 = row0 + key_stride;
    const float* row2 = row1 + key_stride;
    const float* row3 = row2 + key_stride;
    float* to = key_slot + first + r;
    for (int64_t c = 0; c < key_width; ++c, to += kKeyTile) {
      to[0] = row0[c];
      to[1] = row1[c];
      to[2] = row2[c];
      to[3] = row3[c];
    }
  }
  for (; r < rows; ++r) {
    const float* row = key + r * key_stride;
    float* to = key_slot + first + r;
    for (int64_t c = 0; c < key_width; ++c) to[c * kKeyTile] = row[c];
  }
  for (int64_t head = 0; head < shape.kv_heads; ++head) {
    float* to = value_slot + (head * kKeyTile + first) * shape.value_dim;
    const float* from = value + head * shape.value_dim;
    for (int64_t i = 0; i < rows; ++i) {
      std::memcpy(to + i * shape.value_dim, from + i * value_stride,
                  static_cast<size_t>(shape.value_dim) * sizeof(float));
    }
  }
}

void LoadTileRow(const TileShape& shape, const float* key_slot, const float* value_slot, int64_t place,
                 float* key, float* value) {
  const int64_t key_width = shape.kv_heads * shape.head_dim;
  for (int64_t c = 0; c < key_width; ++c) key[c] = key_slot[c * kKeyTile + place];
  for (int64_t head = 0; head < shape.kv_heads; ++head) {
    std::memcpy(value + head * shape.value_dim, value_slot + (head * kKeyTile + place) * shape.value_dim,
                static_cast<size_t>(shape.value_dim) * sizeof(float));
  }
}

}  // namespace lwave::kernels
