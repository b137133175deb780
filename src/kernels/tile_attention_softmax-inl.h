// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The softmax side of tile attention: what a row carries from step to step, and how a step's scores become
// probabilities. Scores are in units of log2, so exponentials are powers of two.
//
//   m' = max(m, scores);  p = 2^(score - m');  normaliser = normaliser * 2^(m - m') + sum p
//
// A closed key has probability exactly +0 whatever its score is, NaN included.

#include <cmath>
#include <cstdint>
#include <limits>

#include "kernels/tile_attention.h"
#include "kernels/register_tile-inl.h"
#include "simd/bf16-inl.h"
#include "simd/math-inl.h"

#if defined(LONGWAVE_KERNELS_TILE_ATTENTION_SOFTMAX_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LONGWAVE_KERNELS_TILE_ATTENTION_SOFTMAX_INL_H_
#undef LONGWAVE_KERNELS_TILE_ATTENTION_SOFTMAX_INL_H_
#else
#define LONGWAVE_KERNELS_TILE_ATTENTION_SOFTMAX_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {

inline constexpr int64_t kMaxLanes = 16;
// Scores of a step, one row after the other; a cache line more than the keys, so that rows do not share sets.
inline constexpr int64_t kScoreStride = kernels::kStepTiles * kernels::kKeyTile + 16;

// What up to six rows carry from step to step. Rows are lanes of the first three.
struct RowState {
  alignas(64) float maximum[kMaxLanes];              // of the scores so far; -infinity before the first
  alignas(64) float correction[kMaxLanes];           // 2^(old maximum - new maximum) of the last step
  alignas(64) float subtract[kMaxLanes];             // the maximum, or 0 while that is -infinity
  alignas(64) float sums[kRegisterRows][kMaxLanes];  // normaliser, one sum per lane of a tile's vectors
  bool any_open[kRegisterRows];
};

// One tile of a step as a group of rows sees it.
struct Segment {
  int64_t place;           // which tile of the step: its scores are numbers [64 place, 64 place + 64) of a row
  int64_t begin, end;      // keys that some row sees lie in [begin, end)
  int64_t first, last;     // vectors that hold them
  const uint64_t* masks;   // [rows], or null: all of [begin, end) = [0, 64) is open for all rows
  const void* values;      // of one head, from key values_begin on
  int64_t values_begin;
  bool holes;              // within [begin, end) some key is closed for some row
};

inline void ResetState(RowState& state) {
  for (int64_t i = 0; i < kMaxLanes; ++i) {
    state.maximum[i] = -std::numeric_limits<float>::infinity();
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

// What the bias adds to some of a row's scores: score += log2(e) * table.   table, scores // [vectors * lanes]
HWY_INLINE void AddBias(const float* HWY_RESTRICT table, int64_t vectors, float* HWY_RESTRICT scores) {
  const FloatTag d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const auto log2e = hn::Set(d, 1.44269504f);
  for (int64_t v = 0; v < vectors; ++v) {
    const auto s = hn::MulAdd(hn::LoadU(d, table + v * lanes), log2e, hn::Load(d, scores + v * lanes));
    hn::Store(s, d, scores + v * lanes);
  }
}

// Where probabilities go: in place of the scores, or rounded to bf16.
struct KeepF32 {
  using T = float;
  static HWY_INLINE void One(hn::Vec<FloatTag> p, float* to) { hn::Store(p, FloatTag(), to); }
  static HWY_INLINE void Two(hn::Vec<FloatTag> p0, hn::Vec<FloatTag> p1, float* to) {
    One(p0, to);
    One(p1, to + hn::Lanes(FloatTag()));
  }
};
struct RoundBf16 {
  using T = uint16_t;
#if LWAVE_NATIVE_PAIR_DOT && HWY_ARCH_X86
  // The instruction rounds to nearest even and flushes subnormals, which are nothing beside the largest p, 1.
  static HWY_INLINE void Two(hn::Vec<FloatTag> p0, hn::Vec<FloatTag> p1, uint16_t* to) {
    const hn::Repartition<hwy::bfloat16_t, FloatTag> dbf;
    const hn::Repartition<uint16_t, FloatTag> d16;
    hn::StoreU(hn::BitCast(d16, hn::OrderedDemote2To(dbf, p0, p1)), d16, to);
  }
  static HWY_INLINE void One(hn::Vec<FloatTag> p, uint16_t* to) {
    const hn::Repartition<hwy::bfloat16_t, FloatTag> dbf;
    const hn::Repartition<uint16_t, FloatTag> d16;
    const hn::Half<decltype(d16)> half;
    hn::StoreU(hn::LowerHalf(half, hn::BitCast(d16, hn::OrderedDemote2To(dbf, p, p))), half, to);
  }
#else
  static HWY_INLINE void One(hn::Vec<FloatTag> p, uint16_t* to) {
    const hn::Rebind<uint16_t, FloatTag> d16;
    hn::StoreU(hn::TruncateTo(d16, RoundToBf16(FloatTag(), p)), d16, to);
  }
  static HWY_INLINE void Two(hn::Vec<FloatTag> p0, hn::Vec<FloatTag> p1, uint16_t* to) {
    One(p0, to);
    One(p1, to + hn::Lanes(FloatTag()));
  }
#endif
};

// The largest of one row's open scores.
HWY_INLINE float HighestScore(const Segment* segments, int64_t count, int64_t row, const float* HWY_RESTRICT scores) {
  const FloatTag d;
  using V = hn::Vec<FloatTag>;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const V minus_infinity = hn::Set(d, -std::numeric_limits<float>::infinity());
  V high0 = minus_infinity, high1 = minus_infinity;
  for (int64_t s = 0; s < count; ++s) {
    const Segment& segment = segments[s];
    const float* from = scores + segment.place * kernels::kKeyTile;
    if (segment.masks == nullptr) {
      int64_t v = segment.first;
      for (; v + 2 <= segment.last; v += 2) {
        high0 = hn::Max(high0, hn::Load(d, from + v * lanes));
        high1 = hn::Max(high1, hn::Load(d, from + (v + 1) * lanes));
      }
      if (v < segment.last) high0 = hn::Max(high0, hn::Load(d, from + v * lanes));
    } else {
      const uint64_t mask = segment.masks[row];
      for (int64_t v = segment.first; v < segment.last; ++v) {
        high0 = hn::Max(high0, hn::IfThenElse(OpenLanes(d, mask, v), hn::Load(d, from + v * lanes), minus_infinity));
      }
    }
  }
  return hn::ReduceMax(d, hn::Max(high0, high1));
}

// Probabilities of one row; returns their sums per lane. Which lane a key's probability is added in depends on its
// position alone; vectors are added in ascending order in two chains, even and odd ones of a tile.
template <class Keep>
HWY_INLINE hn::Vec<FloatTag> Exponentials(const Segment* segments, int64_t count, int64_t row, float subtract,
                                          const float* HWY_RESTRICT scores, typename Keep::T* probabilities) {
  const FloatTag d;
  using V = hn::Vec<FloatTag>;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const V m = hn::Set(d, subtract);
  V even = hn::Zero(d), odd = hn::Zero(d);
  for (int64_t s = 0; s < count; ++s) {
    const Segment& segment = segments[s];
    const int64_t at = segment.place * kernels::kKeyTile;
    const float* from = scores + at;
    typename Keep::T* to = probabilities + at;
    int64_t v = segment.first;
    if (segment.masks == nullptr) {  // a whole tile: 64 / lanes vectors, an even number
      static_assert(kernels::kKeyTile >= 2 * kMaxLanes);
      for (; v + 2 <= segment.last; v += 2) {
        const V p0 = Exp2NonPositive(d, hn::Sub(hn::Load(d, from + v * lanes), m));
        const V p1 = Exp2NonPositive(d, hn::Sub(hn::Load(d, from + (v + 1) * lanes), m));
        Keep::Two(p0, p1, to + v * lanes);
        even = hn::Add(even, p0);
        odd = hn::Add(odd, p1);
      }
      continue;
    }
    const uint64_t mask = segment.masks[row];
    for (; v < segment.last; ++v) {
      const V p = hn::IfThenElseZero(OpenLanes(d, mask, v),
                                     Exp2NonPositive(d, hn::Sub(hn::Load(d, from + v * lanes), m)));
      Keep::One(p, to + v * lanes);
      if (v % 2 == 0) {
        even = hn::Add(even, p);
      } else {
        odd = hn::Add(odd, p);
      }
    }
  }
  return hn::Add(even, odd);
}

// One softmax step of `rows` rows: scores // [rows, kScoreStride] into probabilities // [rows, kScoreStride],
// which may be the same memory.
template <class Keep>
HWY_NOINLINE void SoftmaxStep(const Segment* segments, int64_t count, int64_t rows, const float* scores,
                              typename Keep::T* probabilities, RowState& state) {
  const FloatTag d;
  using V = hn::Vec<FloatTag>;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const V minus_infinity = hn::Set(d, -std::numeric_limits<float>::infinity());
  alignas(64) float top[kMaxLanes];
  for (int64_t i = 0; i < kMaxLanes; ++i) top[i] = -std::numeric_limits<float>::infinity();
  for (int64_t r = 0; r < rows; ++r) {
    top[r] = HighestScore(segments, count, r, scores + r * kScoreStride);
    for (int64_t s = 0; s < count; ++s) {
      state.any_open[r] |= segments[s].masks == nullptr || segments[s].masks[r] != 0;
    }
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
    const V total = Exponentials<Keep>(segments, count, r, state.subtract[r], scores + r * kScoreStride,
                                       probabilities + r * kScoreStride);
    const V sums = hn::Load(d, state.sums[r]);
    hn::Store(hn::MulAdd(sums, hn::Set(d, state.correction[r]), total), d, state.sums[r]);
  }
}

// output = sums / normaliser, zeros without an open key.   sums // [value_dim, to whole vectors], output //
// [value_dim]
inline void FinishRow(const float* sums, const float* normaliser_lanes, bool any_open, int64_t value_dim,
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

// ln of the normaliser times e^maximum; the maximum is in units of log2.
inline float LogSum(float maximum, const float* normaliser_lanes) {
  const float normaliser = hn::ReduceSum(FloatTag(), hn::Load(FloatTag(), normaliser_lanes));
  return static_cast<float>((maximum + std::log2(static_cast<double>(normaliser))) * 0.69314718055994531);
}

}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // LONGWAVE_KERNELS_TILE_ATTENTION_SOFTMAX_INL_H_
