// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rows of keys and values into and out of the tile layout. Keys are transposed on the way in.

#include <algorithm>
#include <cstring>

#include "kernels/convert.h"
#include "kernels/tile_attention.h"

namespace lwave::kernels {
namespace {

void StoreF32(const TileShape& shape, const float* key, int64_t key_stride, const float* value, int64_t value_stride,
              int64_t first, int64_t rows, float* key_slot, float* value_slot) {
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

// Two bf16 numbers side by side, the first at the lower address.
uint32_t Pair(uint16_t low, uint16_t high) { return static_cast<uint32_t>(low) | static_cast<uint32_t>(high) << 16; }

void StoreKeysBf16(const TileShape& shape, const float* key, int64_t key_stride, int64_t first, int64_t rows,
                   uint16_t* slot) {
  const int64_t groups = (shape.head_dim + 1) / 2;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t head = 0; head < shape.kv_heads; ++head) {
      uint16_t row[kMaxHeadDim + 1];
      F32ToBf16(key + r * key_stride + head * shape.head_dim, shape.head_dim, row);
      row[shape.head_dim] = 0;
      uint16_t* to = slot + (head * groups * kKeyTile + first + r) * 2;
      for (int64_t g = 0; g < groups; ++g) std::memcpy(to + g * kKeyTile * 2, row + 2 * g, 4);
    }
  }
}

void StoreValuesBf16(const TileShape& shape, const float* value, int64_t value_stride, int64_t first, int64_t rows,
                     uint16_t* slot) {
  const int64_t width = shape.value_dim;
  for (int64_t r = 0; r < rows;) {
    const int64_t place = first + r;
    const bool both = place % 2 == 0 && r + 1 < rows;
    for (int64_t head = 0; head < shape.kv_heads; ++head) {
      uint16_t row0[kMaxHeadDim], row1[kMaxHeadDim];
      const float* from = value + r * value_stride + head * width;
      uint16_t* to = slot + head * kKeyTile * width + place / 2 * width * 2;
      F32ToBf16(from, width, row0);
      if (both) {
        F32ToBf16(from + value_stride, width, row1);
        for (int64_t c = 0; c < width; ++c) {
          const uint32_t pair = Pair(row0[c], row1[c]);
          std::memcpy(to + 2 * c, &pair, 4);
        }
      } else {
        for (int64_t c = 0; c < width; ++c) to[2 * c + place % 2] = row0[c];
      }
    }
    r += both ? 2 : 1;
  }
}

}  // namespace

void StoreTileRows(const TileShape& shape, const float* key, int64_t key_stride, const float* value,
                   int64_t value_stride, int64_t first, int64_t rows, void* key_slot, void* value_slot) {
  if (shape.type == NumberType::kBf16) {
    StoreKeysBf16(shape, key, key_stride, first, rows, static_cast<uint16_t*>(key_slot));
    StoreValuesBf16(shape, value, value_stride, first, rows, static_cast<uint16_t*>(value_slot));
  } else {
    StoreF32(shape, key, key_stride, value, value_stride, first, rows, static_cast<float*>(key_slot),
             static_cast<float*>(value_slot));
  }
}

void LoadTileRow(const TileShape& shape, const void* key_slot, const void* value_slot, int64_t place,
                 float* key, float* value) {
  const int64_t head_dim = shape.head_dim;
  const int64_t value_dim = shape.value_dim;
  if (shape.type != NumberType::kBf16) {
    const float* keys = static_cast<const float*>(key_slot);
    const float* values = static_cast<const float*>(value_slot);
    for (int64_t c = 0; c < shape.kv_heads * head_dim; ++c) key[c] = keys[c * kKeyTile + place];
    for (int64_t head = 0; head < shape.kv_heads; ++head) {
      std::memcpy(value + head * value_dim, values + (head * kKeyTile + place) * value_dim,
                  static_cast<size_t>(value_dim) * sizeof(float));
    }
    return;
  }
  const uint16_t* keys = static_cast<const uint16_t*>(key_slot);
  const uint16_t* values = static_cast<const uint16_t*>(value_slot);
  const int64_t groups = (head_dim + 1) / 2;
  for (int64_t head = 0; head < shape.kv_heads; ++head) {
    for (int64_t c = 0; c < head_dim; ++c) {
      Bf16ToF32(keys + ((head * groups + c / 2) * kKeyTile + place) * 2 + c % 2, 1, key + head * head_dim + c);
    }
    for (int64_t c = 0; c < value_dim; ++c) {
      Bf16ToF32(values + (head * kKeyTile + place / 2 * 2) * value_dim + 2 * c + place % 2, 1,
                value + head * value_dim + c);
    }
  }
}

void TileAttention(const AttentionBlock& block, int64_t head_begin, int64_t head_end) {
  if (block.shape.type == NumberType::kBf16) {
    TileAttentionBf16(block, head_begin, head_end);
  } else {
    TileAttentionF32(block, head_begin, head_end);
  }
}

}  // namespace lwave::kernels
