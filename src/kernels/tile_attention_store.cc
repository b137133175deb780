// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rows of keys and values into and out of the tile layout. Keys are transposed on the way in.

#include <algorithm>
#include <cstring>

#include "kernels/convert.h"
#include "kernels/tile_attention.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/tile_attention_store.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "simd/bf16-inl.h"
#include "simd/hwy-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace {

using kernels::kKeyTile;
using kernels::TileShape;

// Keys of one head: rows [first, first + rows) of slot // [head_dim / 2][64][2].
HWY_INLINE void StoreHeadKeys(const float* key, int64_t key_stride, int64_t head_dim, int64_t first, int64_t rows,
                              uint16_t* slot) {
  constexpr int64_t kRows = 8;  // places that are filled side by side: half a cache line
  uint16_t piece[kRows][kernels::kMaxHeadDim + 1];
  const int64_t groups = (head_dim + 1) / 2;
  for (int64_t done = 0; done < rows; done += kRows) {
    const int64_t count = HWY_MIN(kRows, rows - done);
    for (int64_t r = 0; r < count; ++r) {
      RoundRow(key + (done + r) * key_stride, static_cast<size_t>(head_dim), 1.0f, piece[r]);
    }
    uint16_t* to = slot + (first + done) * 2;
    for (int64_t g = 0; g < groups; ++g, to += kKeyTile * 2) {
      for (int64_t r = 0; r < count; ++r) std::memcpy(to + 2 * r, piece[r] + 2 * g, 4);
    }
  }
}

// Values of one head: slot // [32][value_dim][2], two positions side by side.
HWY_INLINE void StoreHeadValues(const float* value, int64_t value_stride, int64_t value_dim, int64_t first, int64_t rows,
                                uint16_t* slot) {
  const size_t width = static_cast<size_t>(value_dim);
  for (int64_t r = 0; r < rows;) {
    const int64_t place = first + r;
    const bool both = place % 2 == 0 && r + 1 < rows;
    uint16_t row0[kernels::kMaxHeadDim + 1], row1[kernels::kMaxHeadDim + 1];
    uint16_t* to = slot + place / 2 * value_dim * 2;
    RoundRow(value + r * value_stride, width, 1.0f, row0);
    size_t c = 0;
    if (both) {
      RoundRow(value + (r + 1) * value_stride, width, 1.0f, row1);
#if HWY_TARGET != HWY_SCALAR
      const hn::Repartition<uint16_t, FloatTag> d16;
      const hn::Half<decltype(d16)> half;
      const size_t lanes = hn::Lanes(half);  // numbers of one row that a vector of pairs takes
      for (; c + lanes <= width; c += lanes) {
        const auto even = hn::PromoteTo(PairTag(), hn::LoadU(half, row0 + c));
        const auto odd = hn::PromoteTo(PairTag(), hn::LoadU(half, row1 + c));
        hn::StoreU(hn::BitCast(d16, hn::Or(even, hn::ShiftLeft<16>(odd))), d16, to + 2 * c);
      }
#endif
      for (; c < width; ++c) {
        to[2 * c] = row0[c];
        to[2 * c + 1] = row1[c];
      }
    } else {
      for (; c < width; ++c) to[2 * c + static_cast<size_t>(place % 2)] = row0[c];
    }
    r += both ? 2 : 1;
  }
}

void StoreBf16(const TileShape& shape, const float* key, int64_t key_stride, const float* value, int64_t value_stride,
               int64_t first, int64_t rows, uint16_t* key_slot, uint16_t* value_slot) {
  const int64_t key_numbers = shape.KeyHeadNumbers();
  const int64_t value_numbers = shape.ValueHeadNumbers();
  for (int64_t head = 0; head < shape.kv_heads; ++head) {
    StoreHeadKeys(key + head * shape.head_dim, key_stride, shape.head_dim, first, rows, key_slot + head * key_numbers);
    StoreHeadValues(value + head * shape.value_dim, value_stride, shape.value_dim, first, rows,
                    value_slot + head * value_numbers);
  }
}

}  // namespace
}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lwave {
namespace {
HWY_EXPORT(StoreBf16);
}  // namespace

namespace kernels {
namespace {

void StoreF32(const TileShape& shape, const float* key, int64_t key_stride, const float* value, int64_t value_stride,
              int64_t first, int64_t rows, float* key_slot, float* value_slot) {
  for (int64_t head = 0; head < shape.kv_heads; ++head) {
    // Four rows at a time: one place of 16 bytes is written per key number instead of four of 4.
    int64_t r = 0;
    for (; r + 4 <= rows; r += 4) {
      const float* row0 = key + r * key_stride + head * shape.head_dim;
      const float* row1 = row0 + key_stride;
      const float* row2 = row1 + key_stride;
      const float* row3 = row2 + key_stride;
      float* to = key_slot + head * shape.KeyHeadNumbers() + first + r;
      for (int64_t c = 0; c < shape.head_dim; ++c, to += kKeyTile) {
        to[0] = row0[c];
        to[1] = row1[c];
        to[2] = row2[c];
        to[3] = row3[c];
      }
    }
    for (; r < rows; ++r) {
      const float* row = key + r * key_stride + head * shape.head_dim;
      float* to = key_slot + head * shape.KeyHeadNumbers() + first + r;
      for (int64_t c = 0; c < shape.head_dim; ++c) to[c * kKeyTile] = row[c];
    }
    float* to = value_slot + head * shape.ValueHeadNumbers() + first * shape.value_dim;
    const float* from = value + head * shape.value_dim;
    for (int64_t i = 0; i < rows; ++i) {
      std::memcpy(to + i * shape.value_dim, from + i * value_stride,
                  static_cast<size_t>(shape.value_dim) * sizeof(float));
    }
  }
}

}  // namespace

void StoreTileRows(const TileShape& shape, const float* key, int64_t key_stride, const float* value,
                   int64_t value_stride, int64_t first, int64_t rows, void* key_slot, void* value_slot) {
  if (shape.type == NumberType::kBf16) {
    HWY_DYNAMIC_DISPATCH(StoreBf16)
    (shape, key, key_stride, value, value_stride, first, rows, static_cast<uint16_t*>(key_slot),
     static_cast<uint16_t*>(value_slot));
  } else {
    StoreF32(shape, key, key_stride, value, value_stride, first, rows, static_cast<float*>(key_slot),
             static_cast<float*>(value_slot));
  }
}

void LoadTileRow(const TileShape& shape, const void* key_slot, const void* value_slot, int64_t place,
                 float* key, float* value) {
  const int64_t head_dim = shape.head_dim;
  const int64_t value_dim = shape.value_dim;
  for (int64_t head = 0; head < shape.kv_heads; ++head, key += head_dim, value += value_dim) {
    const int64_t keys_at = head * shape.KeyHeadNumbers();
    const int64_t values_at = head * shape.ValueHeadNumbers();
    if (shape.type != NumberType::kBf16) {
      const float* keys = static_cast<const float*>(key_slot) + keys_at;
      const float* values = static_cast<const float*>(value_slot) + values_at;
      for (int64_t c = 0; c < head_dim; ++c) key[c] = keys[c * kKeyTile + place];
      std::memcpy(value, values + place * value_dim, static_cast<size_t>(value_dim) * sizeof(float));
      continue;
    }
    const uint16_t* keys = static_cast<const uint16_t*>(key_slot) + keys_at;
    const uint16_t* values = static_cast<const uint16_t*>(value_slot) + values_at;
    for (int64_t c = 0; c < head_dim; ++c) Bf16ToF32(keys + (c / 2 * kKeyTile + place) * 2 + c % 2, 1, key + c);
    for (int64_t c = 0; c < value_dim; ++c) {
      Bf16ToF32(values + place / 2 * 2 * value_dim + 2 * c + place % 2, 1, value + c);
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

void CopyTileRows(const TileShape& shape, int64_t head, const void* key_slot, const void* value_slot, int64_t first,
                  int64_t stride, int64_t count, int64_t to, float* keys, float* values) {
  const float* from_keys = static_cast<const float*>(key_slot) + head * shape.KeyHeadNumbers() + first;
  const float* from_values = static_cast<const float*>(value_slot) + head * shape.ValueHeadNumbers();
  for (int64_t c = 0; c < shape.head_dim; ++c) {
    const float* from = from_keys + c * kKeyTile;
    float* at = keys + c * kKeyTile + to;
    for (int64_t i = 0; i < count; ++i) at[i] = from[i * stride];
  }
  for (int64_t i = 0; i < count; ++i) {
    std::copy_n(from_values + (first + i * stride) * shape.value_dim, shape.value_dim, values + (to + i) * shape.value_dim);
  }
}

}  // namespace kernels
}  // namespace lwave
#endif  // HWY_ONCE
