// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Softmax attention of a block of queries over tiles of 64 keys; the serial loop it equals is in the header.
//
// Six query rows at a time: scores of a tile (register tile product), softmax step, weighted sum of values
// (the same product). Between tiles a row carries its maximum m, its normaliser, kept as one sum per lane,
// and its weighted sum, which shrink by exp(m_old - m_new) when the maximum rises. Scores are in units of
// log2 (the queries are scaled by scale * log2(e) once), so that exponentials are powers of two.
//
// Why a row's bits depend on nothing but the row and its open keys: every number of it comes from one chain
// of operations over ascending keys, whichever rows share the registers. A closed key has probability exactly
// +0, and adding 0 * value or a lane of +0 changes nothing but the sign of a zero, which the end makes
// positive (and NaN the one quiet NaN). Only 0 * NaN and 0 * infinity would; a tile that holds such values
// and is closed in part goes through the sums row by row over open keys alone. Compile without contraction of
// floating-point expressions (-ffp-contract=off): fused or not must not depend on the path.

#include "kernels/tile_attention.h"

#include <bit>
#include <cstdint>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/tile_attention.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "kernels/tile_attention_product-inl.h"
#include "simd/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace {

using kernels::AttentionBlock;
using kernels::KeyTile;
using kernels::kKeyTile;
using kernels::kQueryTile;

constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();
constexpr int64_t kMaxLanes = 16;
constexpr int64_t kScratchFloats = 6144;  // queries and weighted sums: 48 rows of 64 + 64

// What up to six rows carry from tile to tile. Rows are lanes of the first three.
struct RowState {
  alignas(64) float maximum[kMaxLanes];              // of the scores so far; -infinity before the first
  alignas(64) float correction[kMaxLanes];           // exp(old maximum - new maximum) of the last step
  alignas(64) float subtract[kMaxLanes];             // the maximum, or 0 while that is -infinity
  alignas(64) float sums[kRegisterRows][kMaxLanes];  // normaliser, one sum per lane of a tile's vectors
  bool any_open[kRegisterRows];
};

// Everything one task needs, on the stack.
struct Scratch {
  alignas(64) float rows[kScratchFloats];              // queries, then weighted sums
  alignas(64) float scores[kRegisterRows * kKeyTile];  // then probabilities
  RowState state[kQueryTile / kRegisterRows + 1];
};

void ResetState(RowState& state) {
  for (int64_t i = 0; i < kMaxLanes; ++i) {
    state.maximum[i] = kMinusInfinity;
    state.correction[i] = 1.0f;
    state.subtract[i] = 0.0f;
  }
  for (int64_t r = 0; r < kRegisterRows; ++r) {
    for (int64_t i = 0; i < kMaxLanes; ++i) state.sums[r][i] = 0.0f;
    state.any_open[r] = false;
  }
}

// The lanes of vector number `vector` that a row's mask opens.
template <class D>
HWY_INLINE hn::Mask<D> OpenLanes(D d, uint64_t mask, int64_t vector) {
  const uint64_t bits = mask >> (vector * static_cast<int64_t>(hn::Lanes(d)));
  const uint8_t bytes[8] = {static_cast<uint8_t>(bits), static_cast<uint8_t>(bits >> 8)};
  return hn::LoadMaskBits(d, bytes);
}

// One softmax step of `rows` rows over vectors [first, last) of a tile; turns scores into probabilities,
// closed ones into +0.   scores // [rows, 64]   masks // [rows] or null
HWY_NOINLINE void SoftmaxStep(const uint64_t* masks, int64_t rows, int64_t first, int64_t last,
                              float* HWY_RESTRICT scores, RowState& state) {
  const FloatTag d;
  using V = hn::Vec<FloatTag>;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const V minus_infinity = hn::Set(d, kMinusInfinity);
  alignas(64) float top[kMaxLanes];
  for (int64_t i = 0; i < kMaxLanes; ++i) top[i] = kMinusInfinity;
  for (int64_t r = 0; r < rows; ++r) {
    float* row = scores + r * kKeyTile;
    V highest = minus_infinity;
    if (masks == nullptr) {
      for (int64_t v = first; v < last; ++v) highest = hn::Max(highest, hn::Load(d, row + v * lanes));
      state.any_open[r] = true;
    } else {
      for (int64_t v = first; v < last; ++v) {
        const V s = hn::IfThenElse(OpenLanes(d, masks[r], v), hn::Load(d, row + v * lanes), minus_infinity);
        hn::Store(s, d, row + v * lanes);
        highest = hn::Max(highest, s);
      }
      state.any_open[r] |= masks[r] != 0;
    }
    top[r] = hn::ReduceMax(d, highest);
  }
  for (int64_t i = 0; i < rows; i += lanes) {
    const V before = hn::Load(d, state.maximum + i);
    const V now = hn::Max(before, hn::Load(d, top + i));
    const V subtract = hn::IfThenElse(hn::Eq(now, minus_infinity), hn::Zero(d), now);
    hn::Store(now, d, state.maximum + i);
    hn::Store(subtract, d, state.subtract + i);
    hn::Store(Exp2NonPositive(d, hn::Sub(before, subtract)), d, state.correction + i);
  }
  for (int64_t r = 0; r < rows; ++r) {
    float* row = scores + r * kKeyTile;
    const V subtract = hn::Set(d, state.subtract[r]);
    V total = hn::Zero(d);
    for (int64_t v = first; v < last; ++v) {
      const V p = Exp2NonPositive(d, hn::Sub(hn::Load(d, row + v * lanes), subtract));
      hn::Store(p, d, row + v * lanes);
      total = hn::Add(total, p);
    }
    const V sums = hn::Load(d, state.sums[r]);
    hn::Store(hn::MulAdd(sums, hn::Set(d, state.correction[r]), total), d, state.sums[r]);
  }
}

// Whether all of x // [count] are finite: x * 0 is NaN for the others, and a sum keeps it.
bool AllFinite(const float* x, int64_t count) {
  const FloatTag d;
  using V = hn::Vec<FloatTag>;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const V zero = hn::Zero(d);
  V s0 = zero, s1 = zero, s2 = zero, s3 = zero;
  int64_t i = 0;
  for (; i + 4 * lanes <= count; i += 4 * lanes) {
    s0 = hn::MulAdd(hn::LoadU(d, x + i), zero, s0);
    s1 = hn::MulAdd(hn::LoadU(d, x + i + lanes), zero, s1);
    s2 = hn::MulAdd(hn::LoadU(d, x + i + 2 * lanes), zero, s2);
    s3 = hn::MulAdd(hn::LoadU(d, x + i + 3 * lanes), zero, s3);
  }
  for (; i < count; i += lanes) {
    s0 = hn::MulAdd(hn::LoadN(d, x + i, static_cast<size_t>(HWY_MIN(lanes, count - i))), zero, s0);
  }
  const V sum = hn::Add(hn::Add(s0, s1), hn::Add(s2, s3));
  return hn::AllTrue(d, hn::Eq(sum, zero));
}

// sums = sums * correction + probabilities * values over keys [begin, end).
template <int kRows>
HWY_INLINE void AddValues(const float* probabilities, const float* values, int64_t value_dim, int64_t begin,
                          int64_t end, const float* correction, float* sums, int64_t sums_stride) {
  Multiply<kRows, Start::kScaled>(probabilities + begin, kKeyTile, values + begin * value_dim, value_dim,
                                  end - begin, value_dim, correction, sums, sums_stride);
}

// The same for one row over its open keys alone, for tiles whose closed values are not finite.
void AddOpenValues(const float* probabilities, const float* values, int64_t value_dim, uint64_t mask,
                   float correction, float* sums) {
  while (mask != 0) {
    const int64_t begin = std::countr_zero(mask);
    const int64_t end = begin + std::countr_one(mask >> begin);
    AddValues<1>(probabilities, values, value_dim, begin, end, &correction, sums, 0);
    correction = 1.0f;
    mask = end == kKeyTile ? 0 : mask >> end << end;
  }
}

// One key tile for one head, and what is known about its values.
struct HeadTile {
  const float* keys;    // [head_dim, 64]
  const float* values;  // [64, value_dim]
  int64_t head_dim;
  int64_t value_dim;
  bool checked;
  bool finite;
};

// One tile for the `rows` <= kRows rows that share the registers.
//   query // [kRows, head_dim] scaled   masks // [rows] or null   sums // [kRows, sums_stride]
template <int kRows>
HWY_NOINLINE void TileStep(HeadTile& tile, const float* query, const uint64_t* masks, int64_t rows,
                           float* scores, RowState& state, float* sums, int64_t sums_stride) {
  uint64_t open = ~uint64_t{0};    // for any row
  uint64_t common = ~uint64_t{0};  // for all rows
  if (masks != nullptr) {
    open = 0;
    for (int64_t r = 0; r < rows; ++r) {
      open |= masks[r];
      common &= masks[r];
    }
    if (open == 0) return;
    if (common == ~uint64_t{0}) masks = nullptr;
  }
  const int64_t begin = std::countr_zero(open);
  const int64_t end = kKeyTile - std::countl_zero(open);
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(FloatTag()));
  const int64_t first = begin / lanes;
  const int64_t last = (end + lanes - 1) / lanes;
  Multiply<kRows, Start::kZero>(query, tile.head_dim, tile.keys + first * lanes, kKeyTile, tile.head_dim,
                                (last - first) * lanes, nullptr, scores + first * lanes, kKeyTile);
  SoftmaxStep(masks, rows, first, last, scores, state);
  // Within [begin, end) some key is closed for some row, unless the rows agree on one run of keys.
  const bool holes = open != common || std::popcount(open) != end - begin;
  if (holes && !tile.checked) {
    tile.checked = true;
    tile.finite = AllFinite(tile.values, kKeyTile * tile.value_dim);
  }
  if (!holes || tile.finite) {
    AddValues<kRows>(scores, tile.values, tile.value_dim, begin, end, state.correction, sums, sums_stride);
    return;
  }
  for (int64_t r = 0; r < rows; ++r) {
    AddOpenValues(scores + r * kKeyTile, tile.values, tile.value_dim, masks[r], state.correction[r],
                  sums + r * sums_stride);
  }
}

// Asks the cache for part number `part` of `parts` equal ones.   x // [count]
void PrefetchPart(const float* x, int64_t count, int64_t part, int64_t parts) {
  constexpr int64_t kLine = 16;
  const int64_t end = count * (part + 1) / parts;
  for (int64_t i = count * part / parts; i < end; i += kLine) __builtin_prefetch(x + i, 0, 2);
}

// output = sums / normaliser, zeros without an open key.   sums // [value_dim, to whole vectors], output //
// [value_dim]
void FinishRow(const float* sums, const float* normaliser_lanes, bool any_open, int64_t value_dim,
               float* output) {
  const FloatTag d;
  using V = hn::Vec<FloatTag>;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const float normaliser = hn::ReduceSum(d, hn::Load(d, normaliser_lanes));
  const V inverse = hn::Set(d, 1.0f / normaliser);
  const V nan = hn::Set(d, std::numeric_limits<float>::quiet_NaN());
  for (int64_t c = 0; c < value_dim; c += lanes) {
    V y = hn::MulAdd(hn::Load(d, sums + c), inverse, hn::Zero(d));  // + 0 takes the sign from zeros
    y = hn::IfThenElse(hn::IsNaN(y), nan, y);
    if (!any_open) y = hn::Zero(d);
    if (value_dim - c >= lanes) {
      hn::StoreU(y, d, output + c);
    } else {
      hn::StoreN(y, d, output + c, static_cast<size_t>(value_dim - c));
    }
  }
}

// y = x * factor.   x, y // [count]
void ScaleRow(const float* x, int64_t count, float factor, float* y) {
  const FloatTag d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto f = hn::Set(d, factor);
  int64_t i = 0;
  for (; i + lanes <= count; i += lanes) hn::StoreU(hn::Mul(hn::LoadU(d, x + i), f), d, y + i);
  for (; i < count; ++i) y[i] = x[i] * factor;
}

// Rows [row_begin, row_begin + rows) of the block, which fit the scratch, for one head.
void AttendRows(const AttentionBlock& block, int64_t head, int64_t row_begin, int64_t rows,
                Scratch& scratch) {
  const int64_t head_dim = block.shape.head_dim;
  const int64_t value_dim = block.shape.value_dim;
  const int64_t kv_head = head / (block.heads / block.shape.kv_heads);
  const int64_t sums_stride = kernels::RoundUp(value_dim, kMaxLanes);
  // Groups of six rows; of a remainder, one or two rows go alone and more are filled up with zeros.
  const int64_t remainder = rows % kRegisterRows;
  const int64_t alone = remainder <= 2 ? remainder : 0;
  const int64_t padded = kernels::RoundUp(rows - alone, kRegisterRows);
  float* const sums = scratch.rows;
  float* const query = scratch.rows + (padded + alone) * sums_stride;

  const float factor = static_cast<float>(static_cast<double>(block.scale) * 1.4426950408889634);
  for (int64_t r = 0; r < rows; ++r) {
    ScaleRow(block.query + (row_begin + r) * block.query_stride + head * head_dim, head_dim, factor,
             query + r * head_dim);
  }
  for (int64_t i = rows * head_dim; i < (padded + alone) * head_dim; ++i) query[i] = 0.0f;
  for (int64_t i = 0; i < (padded + alone) * sums_stride; ++i) sums[i] = 0.0f;
  const int64_t groups = padded / kRegisterRows;
  for (int64_t g = 0; g < groups + alone; ++g) ResetState(scratch.state[g]);

  const int64_t key_floats = head_dim * kKeyTile;
  const int64_t value_floats = kKeyTile * value_dim;
  for (size_t t = 0; t < block.tiles.size(); ++t) {
    const KeyTile& slot = block.tiles[t];
    HeadTile tile = {slot.keys + kv_head * key_floats,
                     slot.values + kv_head * value_floats,
                     head_dim,
                     value_dim,
                     false,
                     false};
    // What comes after this tile: the next one, or the next head's first.
    const bool last = t + 1 == block.tiles.size();
    const KeyTile& next_slot = block.tiles[last ? 0 : t + 1];
    const int64_t next_head = last ? (kv_head + 1) % block.shape.kv_heads : kv_head;
    for (int64_t g = 0; g < groups + alone; ++g) {
      const bool single = g >= groups;
      // Tiles of a window are too short for the processor's own prefetching (7 % at 12 heads of 32, window
      // 64, EPYC 9004); at whole tiles asking only costs.
      if (slot.masks != nullptr && groups > 1) {
        PrefetchPart(next_slot.keys + next_head * key_floats, key_floats, g, groups + alone);
        PrefetchPart(next_slot.values + next_head * value_floats, value_floats, g, groups + alone);
      }
      const int64_t r = single ? padded + g - groups : g * kRegisterRows;
      const uint64_t* masks = slot.masks == nullptr ? nullptr : slot.masks + row_begin + r;
      if (single) {
        TileStep<1>(tile, query + r * head_dim, masks, 1, scratch.scores, scratch.state[g],
                    sums + r * sums_stride, sums_stride);
      } else {
        TileStep<kRegisterRows>(tile, query + r * head_dim, masks, HWY_MIN(rows - r, int64_t{kRegisterRows}),
                                scratch.scores, scratch.state[g], sums + r * sums_stride, sums_stride);
      }
    }
  }

  for (int64_t r = 0; r < rows; ++r) {
    const int64_t g = r < padded ? r / kRegisterRows : groups + r - padded;
    const int64_t place = r < padded ? r % kRegisterRows : 0;
    const RowState& state = scratch.state[g];
    FinishRow(sums + r * sums_stride, state.sums[place], state.any_open[place], value_dim,
              block.output + (row_begin + r) * block.output_stride + head * value_dim);
  }
}

void Attend(const AttentionBlock& block, int64_t head_begin, int64_t head_end) {
  Scratch scratch;
  const int64_t row_floats = block.shape.head_dim + kernels::RoundUp(block.shape.value_dim, kMaxLanes);
  const int64_t fitting = kScratchFloats / row_floats / kRegisterRows * kRegisterRows;
  const int64_t step = HWY_MIN(fitting, kQueryTile);
  for (int64_t row = 0; row < block.rows; row += step) {
    for (int64_t head = head_begin; head < head_end; ++head) {
      AttendRows(block, head, row, HWY_MIN(step, block.rows - row), scratch);
    }
  }
}

}  // namespace
}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lwave::kernels {

HWY_EXPORT(Attend);

void TileAttention(const AttentionBlock& block, int64_t head_begin, int64_t head_end) {
  HWY_DYNAMIC_DISPATCH(Attend)(block, head_begin, head_end);
}

}  // namespace lwave::kernels
#endif  // HWY_ONCE
