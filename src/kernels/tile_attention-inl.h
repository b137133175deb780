// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Softmax attention of a block of queries over tiles of 64 keys; the serial loop it equals is in the header.
//
// Keys are taken in steps of eight tiles, cut at absolute positions. For six query rows at a time: scores of a step
// (register tile product), softmax step, weighted sum of values (the same product). Between steps a row carries its
// maximum, its normaliser (one sum per lane) and its weighted sum, which shrink when the maximum rises. A step of
// 512 keys instead of a tile of 64 saves most of that traffic, and its keys and values still fit the second-level
// cache, where all query rows of the block find them again. Queries are scaled by scale * log2(e) once.
//
// Why a row's bits depend on nothing but the row and its open keys: every number of it comes from one chain of
// operations over ascending keys, whichever rows share the registers. A closed key has probability exactly +0, and
// adding 0 * value or a lane of +0 changes nothing but the sign of a zero, which the end makes positive (and NaN the
// one quiet NaN). Only 0 * NaN and 0 * infinity would; a tile that holds such values and is closed in part goes
// through the sums row by row over copies without them. Compile without contraction of floating-point expressions
// (-ffp-contract=off): fused or not must not depend on the path.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>

#include "kernels/tile_attention.h"
#include "kernels/tile_attention_softmax-inl.h"
#include "kernels/tile_attention_types-inl.h"

#if defined(LONGWAVE_KERNELS_TILE_ATTENTION_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LONGWAVE_KERNELS_TILE_ATTENTION_INL_H_
#undef LONGWAVE_KERNELS_TILE_ATTENTION_INL_H_
#else
#define LONGWAVE_KERNELS_TILE_ATTENTION_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {

using kernels::AttentionBlock;
using kernels::kKeyTile;
using kernels::kQueryTile;
using kernels::kStepTiles;
using kernels::KeyTile;

// Queries and weighted sums of one pass: 48 rows of 64 + 64.
inline constexpr int64_t kScratchFloats = 6144;

// Everything one task needs, on the stack.
template <class Type>
struct AttentionScratch {
  using T = typename Type::T;
  alignas(64) float rows[kScratchFloats];                       // weighted sums, then queries
  alignas(64) float scores[kRegisterRows * kScoreStride];       // f32: then probabilities
  alignas(64) T own[sizeof(T) == 4 ? 1 : kRegisterRows * kScoreStride];  // bf16: probabilities
  RowState state[kQueryTile / kRegisterRows + 2];
};

// The tiles of one step for one head, and what is known about their values.
template <typename T>
struct StepTiles {
  const T* keys[kStepTiles];    // [head_dim / kGroup][64][kGroup]
  const T* values[kStepTiles];  // [64 / kGroup][value_dim][kGroup]
  const uint64_t* masks[kStepTiles];
  const float* bias[kStepTiles];  // or null; its entry of the pass's first row and the tile's first key is at
  int64_t bias_at[kStepTiles];
  int64_t query_offset[kStepTiles];  // from the first query to the one that the tile asks for
  int64_t place[kStepTiles];
  bool checked[kStepTiles];
  bool finite[kStepTiles];
  int64_t count = 0;
  int64_t head_groups;
  int64_t value_dim;
};

// How a group of `rows` rows sees tile `t` of the step; false: not at all.
template <class Type>
HWY_INLINE bool MakeSegment(const StepTiles<typename Type::T>& step, int64_t t, int64_t row, int64_t rows,
                            Segment* segment) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(FloatTag()));
  const uint64_t* masks = step.masks[t] == nullptr ? nullptr : step.masks[t] + row;
  uint64_t open = ~uint64_t{0};    // for any row
  uint64_t common = ~uint64_t{0};  // for all rows
  if (masks != nullptr) {
    open = 0;
    for (int64_t r = 0; r < rows; ++r) {
      open |= masks[r];
      common &= masks[r];
    }
    if (open == 0) return false;
    if (common == ~uint64_t{0}) masks = nullptr;
  }
  constexpr int64_t kGroup = Type::Product::kGroup;
  segment->place = step.place[t];
  segment->begin = std::countr_zero(open) / kGroup * kGroup;
  segment->end = (kKeyTile - std::countl_zero(open) + kGroup - 1) / kGroup * kGroup;
  segment->first = segment->begin / lanes;
  segment->last = (segment->end + lanes - 1) / lanes;
  segment->masks = masks;
  segment->values = step.values[t];
  segment->values_begin = 0;
  segment->holes = open != common || std::popcount(open) != segment->end - segment->begin;
  return true;
}

// sums = sums * scale + probabilities * values over the keys of the segments.
template <class Type, int kRows>
HWY_INLINE void AddValues(const Segment* segments, int64_t count, const typename Type::T* probabilities,
                          int64_t value_dim, const float* scale, float* sums, int64_t sums_stride) {
  constexpr int64_t kGroup = Type::Product::kGroup;
  ProductRun<typename Type::T> runs[kStepTiles];
  for (int64_t s = 0; s < count; ++s) {
    const Segment& segment = segments[s];
    runs[s].b = static_cast<const typename Type::T*>(segment.values) + (segment.begin - segment.values_begin) * value_dim;
    runs[s].a_begin = segment.place * kKeyTile + segment.begin;
    runs[s].groups = (segment.end - segment.begin) / kGroup;
  }
  MultiplyColumns<typename Type::Product, kRows, Start::kScaled, true>(
      probabilities, kScoreStride, runs, count, value_dim * kGroup, value_dim, scale, sums, sums_stride);
}

// The same for one row and one segment whose closed values are not finite: a few keys at a time are copied, the
// closed ones as zeros.
template <class Type>
HWY_NOINLINE void AddOpenValues(const Segment& segment, int64_t row, const typename Type::T* probabilities,
                                int64_t value_dim, float scale, float* sums) {
  using T = typename Type::T;
  constexpr int64_t kGroup = Type::Product::kGroup;
  constexpr int64_t kKeys = 4;
  const uint64_t mask = segment.masks == nullptr ? ~uint64_t{0} : segment.masks[row];
  const T* values = static_cast<const T*>(segment.values);
  alignas(64) T copy[kKeys * kernels::kMaxHeadDim];
  for (int64_t key = segment.begin; key < segment.end; key += kKeys) {
    Segment part = segment;
    part.begin = key;
    part.end = HWY_MIN(key + kKeys, segment.end);
    std::copy_n(values + part.begin * value_dim, (part.end - part.begin) * value_dim, copy);
    for (int64_t k = part.begin; k < part.end; ++k) {
      if ((mask >> k & 1) != 0) continue;
      T* closed = copy + (k - part.begin) / kGroup * kGroup * value_dim + (k - part.begin) % kGroup;
      for (int64_t c = 0; c < value_dim; ++c) closed[c * kGroup] = 0;
    }
    part.values = copy;
    part.values_begin = part.begin;
    AddValues<Type, 1>(&part, 1, probabilities, value_dim, &scale, sums, 0);
    scale = 1.0f;
  }
}

// One step for the `rows` <= kRows rows that share the registers.
//   query // [kRows, query_stride] scaled   sums // [kRows, sums_stride]
template <class Type, int kRows>
HWY_NOINLINE void AttendStep(StepTiles<typename Type::T>& step, const typename Type::T* query, int64_t query_stride,
                             int64_t row, int64_t rows, int64_t bias_stride, float* scores,
                             typename Type::T* own, RowState& state, float* sums, int64_t sums_stride) {
  using T = typename Type::T;
  constexpr int64_t kGroup = Type::Product::kGroup;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(FloatTag()));
  Segment segments[kStepTiles];
  int64_t count = 0;
  bool special = false;
  bool not_finite[kStepTiles] = {};
  for (int64_t t = 0; t < step.count; ++t) {
    Segment& segment = segments[count];
    if (!MakeSegment<Type>(step, t, row, rows, &segment)) continue;
    ProductRun<T> run = {step.keys[t] + segment.first * lanes * kGroup, 0, step.head_groups};
    float* tile_scores = scores + segment.place * kKeyTile;
    MultiplyColumns<typename Type::Product, kRows, Start::kZero, false>(
        query + step.query_offset[t], query_stride, &run, 1, kKeyTile * kGroup, (segment.last - segment.first) * lanes, nullptr,
        tile_scores + segment.first * lanes, kScoreStride);
    if (step.bias[t] != nullptr) {
      for (int64_t r = 0; r < rows; ++r) {
        const int64_t at = step.bias_at[t] + (row + r) * bias_stride + segment.first * lanes;
        AddBias(step.bias[t] + at, segment.last - segment.first,
                tile_scores + r * kScoreStride + segment.first * lanes);
      }
    }
    if (segment.holes) {
      if (!step.checked[t]) {
        step.checked[t] = true;
        step.finite[t] = Type::AllFinite(step.values[t], kKeyTile * step.value_dim);
      }
      not_finite[count] = !step.finite[t];
      special |= not_finite[count];
    }
    ++count;
  }
  if (count == 0) return;
  T* probabilities = Type::Probabilities(scores, own);
  SoftmaxStep<typename Type::Keep>(segments, count, rows, scores, probabilities, state);
  if (!special) {
    AddValues<Type, kRows>(segments, count, probabilities, step.value_dim, state.correction, sums, sums_stride);
    return;
  }
  for (int64_t r = 0; r < rows; ++r) {
    float scale = state.correction[r];
    for (int64_t s = 0; s < count; ++s) {
      const T* row_probabilities = probabilities + r * kScoreStride;
      float* row_sums = sums + r * sums_stride;
      if (not_finite[s]) {
        AddOpenValues<Type>(segments[s], r, row_probabilities, step.value_dim, scale, row_sums);
      } else {
        AddValues<Type, 1>(&segments[s], 1, row_probabilities, step.value_dim, &scale, row_sums, sums_stride);
      }
      scale = 1.0f;
    }
  }
}

// Tiles [begin, end) of the block, all of one step, for one head.
template <class Type>
HWY_INLINE void LoadStep(const AttentionBlock& block, int64_t head, size_t begin, size_t end, int64_t row,
                         int64_t second_query, StepTiles<typename Type::T>& step) {
  using T = typename Type::T;
  const int64_t key_numbers = block.shape.KeyHeadNumbers();
  const int64_t value_numbers = block.shape.ValueHeadNumbers();
  const int64_t kv_head = head / (block.heads / block.shape.kv_heads);
  const int64_t bias_row = head * block.bias_head_stride + row * block.bias_row_stride;
  step.count = static_cast<int64_t>(end - begin);
  for (size_t t = begin; t < end; ++t) {
    const KeyTile& tile = block.tiles[t];
    const size_t at = t - begin;
    step.keys[at] = static_cast<const T*>(tile.keys) + kv_head * key_numbers;
    step.values[at] = static_cast<const T*>(tile.values) + kv_head * value_numbers;
    step.masks[at] = tile.masks == nullptr ? nullptr : tile.masks + row;
    step.bias[at] = nullptr;
    if (tile.bias != nullptr) {
      step.bias[at] = tile.bias;
      step.bias_at[at] = bias_row;
    } else if (block.bias != nullptr) {
      step.bias[at] = block.bias;
      step.bias_at[at] = bias_row + tile.index * kKeyTile - block.bias_first_key;
    }
    step.query_offset[at] = tile.second ? second_query : 0;
    step.place[at] = tile.index % kStepTiles;
    step.checked[at] = step.finite[at] = false;
  }
}

// x // [rows, stride], `width` numbers of each row
HWY_INLINE void PrefetchRows(const float* x, int64_t stride, int64_t rows, int64_t width) {
  constexpr int64_t kLine = 16;
  for (int64_t r = 0; r < rows; ++r, x += stride) {
    for (int64_t c = 0; c < width; c += kLine) __builtin_prefetch(x + c, 0, 2);
  }
}

// from // [block.rows, block.query_stride]   to // [count], zeros behind the rows
template <class Type>
HWY_INLINE void ScaleQueries(const AttentionBlock& block, const float* from, int64_t head, int64_t row_begin,
                             int64_t rows, float factor, typename Type::T* to, int64_t count) {
  const int64_t head_dim = block.shape.head_dim;
  const int64_t width = kernels::RoundUp(head_dim, Type::Product::kGroup);
  for (int64_t r = 0; r < rows; ++r) {
    Type::ScaleQuery(from + (row_begin + r) * block.query_stride + head * head_dim, head_dim, factor, to + r * width);
  }
  std::fill(to + rows * width, to + count, typename Type::T{0});
}

// Rows [row_begin, row_begin + rows) of the block, which fit the scratch, for one head.
template <class Type>
void AttendRows(const AttentionBlock& block, int64_t head, int64_t row_begin, int64_t rows,
                AttentionScratch<Type>& scratch) {
  using T = typename Type::T;
  constexpr int64_t kGroup = Type::Product::kGroup;
  const int64_t head_dim = block.shape.head_dim;
  const int64_t value_dim = block.shape.value_dim;
  const int64_t query_stride = kernels::RoundUp(head_dim, kGroup);
  const int64_t sums_stride = kernels::RoundUp(value_dim, kMaxLanes);
  // Groups of six rows; of a remainder, one or two rows go alone and more are filled up with zeros.
  const int64_t remainder = rows % kRegisterRows;
  const int64_t alone = remainder <= 2 ? remainder : 0;
  const int64_t padded = kernels::RoundUp(rows - alone, kRegisterRows);
  float* const sums = scratch.rows;
  T* const query = reinterpret_cast<T*>(scratch.rows + (padded + alone) * sums_stride);

  // Rows of queries and results lie apart and are met once: all are asked for before the first is needed.
  PrefetchRows(block.query + row_begin * block.query_stride + head * head_dim, block.query_stride, rows, head_dim);
  PrefetchRows(block.output + row_begin * block.output_stride + head * value_dim, block.output_stride, rows, value_dim);
  const float factor = static_cast<float>(static_cast<double>(block.scale) * 1.4426950408889634);
  const int64_t second_query = (padded + alone) * query_stride;
  ScaleQueries<Type>(block, block.query, head, row_begin, rows, factor, query, second_query);
  if (block.second_query != nullptr) {
    ScaleQueries<Type>(block, block.second_query, head, row_begin, rows, factor, query + second_query, second_query);
  }
  std::fill(sums, sums + (padded + alone) * sums_stride, 0.0f);
  const int64_t groups = padded / kRegisterRows;
  for (int64_t g = 0; g < groups + alone; ++g) ResetState(scratch.state[g]);

  StepTiles<T> step;
  step.head_groups = query_stride / kGroup;
  step.value_dim = value_dim;
  for (size_t begin = 0, end; begin < block.tiles.size(); begin = end) {
    const int64_t number = block.tiles[begin].index / kStepTiles;
    end = begin + 1;
    while (end < block.tiles.size() && block.tiles[end].index / kStepTiles == number) ++end;
    LoadStep<Type>(block, head, begin, end, row_begin, second_query, step);
    for (int64_t g = 0; g < groups + alone; ++g) {
      const int64_t r = g < groups ? g * kRegisterRows : padded + g - groups;
      if (g < groups) {
        AttendStep<Type, kRegisterRows>(step, query + r * query_stride, query_stride, r,
                                        HWY_MIN(rows - r, int64_t{kRegisterRows}), block.bias_row_stride,
                                        scratch.scores, scratch.own, scratch.state[g], sums + r * sums_stride,
                                        sums_stride);
      } else {
        AttendStep<Type, 1>(step, query + r * query_stride, query_stride, r, 1, block.bias_row_stride, scratch.scores,
                            scratch.own, scratch.state[g], sums + r * sums_stride, sums_stride);
      }
    }
  }

  for (int64_t r = 0; r < rows; ++r) {
    const int64_t g = r < padded ? r / kRegisterRows : groups + r - padded;
    const int64_t place = r < padded ? r % kRegisterRows : 0;
    const RowState& state = scratch.state[g];
    FinishRow(sums + r * sums_stride, state.sums[place], state.any_open[place], value_dim,
              block.output + (row_begin + r) * block.output_stride + head * value_dim);
    if (block.log_sums != nullptr) {
      block.log_sums[(row_begin + r) * block.heads + head] =
          state.any_open[place] ? LogSum(state.maximum[place], state.sums[place])
                                : -std::numeric_limits<float>::infinity();
    }
  }
}

template <class Type>
HWY_INLINE void Attend(const AttentionBlock& block, int64_t head_begin, int64_t head_end) {
  AttentionScratch<Type> scratch;
  const int64_t queries = block.second_query != nullptr ? 2 : 1;
  const int64_t row_floats = queries * kernels::RoundUp(block.shape.head_dim, 2) *
                                 static_cast<int64_t>(sizeof(typename Type::T)) / 4 +
                             kernels::RoundUp(block.shape.value_dim, kMaxLanes);
  const int64_t fitting = kScratchFloats / row_floats / kRegisterRows * kRegisterRows;
  const int64_t most = HWY_MIN(fitting, kQueryTile);
  for (int64_t row = 0; row < block.rows; row += most) {
    for (int64_t head = head_begin; head < head_end; ++head) {
      AttendRows<Type>(block, head, row, HWY_MIN(most, block.rows - row), scratch);
    }
  }
}

}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // LONGWAVE_KERNELS_TILE_ATTENTION_INL_H_
