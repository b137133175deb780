// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The register tile of tile attention and of the state engine: a product of up to six rows with up to four vectors of
// columns. Scores (query rows with transposed keys), weighted sums (probabilities with values) and states are this loop:
//   for run: for row: for column: for k ascending: c[row][column] += a[row][run.a_begin + k] * run.b[k][column]
// Accumulators stay in registers over all runs, so that a weighted sum is read and written once per 512 keys.
// A row's chain of operations does not depend on how many rows share the registers.
//
// A Product says how numbers of one type are read and multiplied:
//   T          element type of a and b
//   kGroup     numbers of one column that lie together in b and that one instruction takes: 1 (f32), 2 (bf16)
//   kVectors   vectors of columns that fit the registers beside six rows
//   LoadColumns(p), LoadSomeColumns(p, count), NoColumns()   one vector of b: all lanes, some, none
//   ColumnLow, ColumnHigh, RowLow, RowHigh(v)   the halves of a group where no instruction takes it whole
//   Broadcast(p)   one group of a row in every lane
//   MulAdd(row low, row high, column low, column high, sum)

#include "simd/bf16-inl.h"
#include "simd/hwy-inl.h"

#if defined(LONGWAVE_KERNELS_REGISTER_TILE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LONGWAVE_KERNELS_REGISTER_TILE_INL_H_
#undef LONGWAVE_KERNELS_REGISTER_TILE_INL_H_
#else
#define LONGWAVE_KERNELS_REGISTER_TILE_INL_H_
#endif

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

inline constexpr int kRegisterRows = 6;

struct ProductF32 {
  using T = float;
  using V = hn::Vec<FloatTag>;
  static constexpr int64_t kGroup = 1;
  static constexpr int kVectors = LWAVE_MANY_REGISTERS ? 4 : 2;

  static HWY_INLINE V NoColumns() { return hn::Zero(FloatTag()); }
  static HWY_INLINE V LoadColumns(const T* p) { return hn::LoadU(FloatTag(), p); }
  static HWY_INLINE V LoadSomeColumns(const T* p, size_t count) { return hn::LoadN(FloatTag(), p, count); }
  static HWY_INLINE V ColumnLow(V v) { return v; }
  static HWY_INLINE V ColumnHigh(V v) { return v; }
  static HWY_INLINE V Broadcast(const T* p) { return hn::Set(FloatTag(), *p); }
  static HWY_INLINE V RowLow(V v) { return v; }
  static HWY_INLINE V RowHigh(V v) { return v; }
  static HWY_INLINE V MulAdd(V row, V, V column, V, V sum) { return hn::MulAdd(row, column, sum); }
};

struct ProductBf16 {
  using T = uint16_t;
  using V = hn::Vec<FloatTag>;
  using Pair = hn::Vec<PairTag>;
  static constexpr int64_t kGroup = 2;
#if LWAVE_NATIVE_PAIR_DOT
  static constexpr int kVectors = LWAVE_MANY_REGISTERS ? 4 : 2;
#else
  static constexpr int kVectors = LWAVE_MANY_REGISTERS ? 2 : 1;  // the halves of a column take a register each
#endif

  static HWY_INLINE Pair NoColumns() { return hn::Zero(PairTag()); }
  static HWY_INLINE Pair LoadColumns(const T* p) { return LoadPairs(p); }
  static HWY_INLINE Pair LoadSomeColumns(const T* p, size_t count) { return LoadSomePairs(p, count); }
  static HWY_INLINE PairPart ColumnLow(Pair v) { return LowOfPair(v); }
  static HWY_INLINE PairPart ColumnHigh(Pair v) { return HighOfPair(v); }
  static HWY_INLINE Pair Broadcast(const T* p) { return BroadcastPair(p); }
  static HWY_INLINE PairPart RowLow(Pair v) { return LowOfPair(v); }
  static HWY_INLINE PairPart RowHigh(Pair v) { return HighOfPair(v); }
  static HWY_INLINE V MulAdd(PairPart row_low, PairPart row_high, PairPart low, PairPart high, V sum) {
    return AddPairProduct(row_low, row_high, low, high, sum);
  }
};

// Consecutive groups of the inner dimension.
template <typename T>
struct ProductRun {
  const T* b;       // [groups][columns][kGroup]
  int64_t a_begin;  // first number of each row of a
  int64_t groups;
};

// Addresses that are wanted soon, asked for one at each step of a product (register_tile's kFetch): many requests at once
// would wait for each other, and for them the product. A hint, nothing is read.
struct WantedLines {
  static constexpr int64_t kMost = 512;
  static constexpr int64_t kLine = 16;  // floats

  // x // [width]
  void Add(const float* x, int64_t width) {
    for (int64_t c = 0; c < width && count < kMost; c += kLine) lines[count++] = x + c;
  }

  int64_t count = 0;
  const float* lines[kMost];
};

// How the accumulators begin.
enum class Start { kZero, kScaled };  // kScaled: c[row] * scale[row]

// Vectors may not be kept in arrays (scalable targets), hence one name per sum.
#define LWAVE_REGISTER_ROWS(OP) OP(0) OP(1) OP(2) OP(3) OP(4) OP(5)

//   a      // [kRows, a_stride]
//   scale  // [kRows], for Start::kScaled
//   c      // [kRows, c_stride], kVectors vectors of each row, aligned
//   tail   with kTail, the last vector has only that many columns
//   wanted with kFetch, at least one line
template <class Product, int kRows, int kVectors, Start kStart, bool kTail, bool kFetch = false>
HWY_NOINLINE void MultiplyRuns(const typename Product::T* HWY_RESTRICT a, int64_t a_stride,
                               const ProductRun<typename Product::T>* HWY_RESTRICT runs, int64_t run_count,
                               int64_t b_stride, size_t tail, const float* HWY_RESTRICT scale,
                               float* HWY_RESTRICT c, int64_t c_stride,
                               [[maybe_unused]] const WantedLines* wanted = nullptr) {
  static_assert(kRows >= 1 && kRows <= 6 && kVectors >= 1 && kVectors <= 4);
  using V = hn::Vec<FloatTag>;
  const FloatTag d;
  const size_t lanes = hn::Lanes(d);
  constexpr size_t kGroup = static_cast<size_t>(Product::kGroup);
#define LWAVE_DECLARE(i)                                                                                  \
  [[maybe_unused]] V c##i##0 = hn::Zero(d), c##i##1 = hn::Zero(d), c##i##2 = hn::Zero(d),                 \
                     c##i##3 = hn::Zero(d);                                                               \
  if constexpr (kStart == Start::kScaled && kRows > i) {                                                  \
    const V s = hn::Set(d, scale[i]);                                                                     \
    const float* from = c + i * c_stride;                                                                 \
    c##i##0 = hn::Mul(hn::Load(d, from), s);                                                              \
    if constexpr (kVectors > 1) c##i##1 = hn::Mul(hn::Load(d, from + lanes), s);                          \
    if constexpr (kVectors > 2) c##i##2 = hn::Mul(hn::Load(d, from + 2 * lanes), s);                      \
    if constexpr (kVectors > 3) c##i##3 = hn::Mul(hn::Load(d, from + 3 * lanes), s);                      \
  }
  LWAVE_REGISTER_ROWS(LWAVE_DECLARE)
#undef LWAVE_DECLARE

  for (int64_t run = 0; run < run_count; ++run) {
    const typename Product::T* HWY_RESTRICT b = runs[run].b;
    const typename Product::T* HWY_RESTRICT x = a + runs[run].a_begin;
    for (int64_t k = runs[run].groups; k > 0; --k, x += kGroup, b += b_stride) {
      if constexpr (kFetch) __builtin_prefetch(wanted->lines[HWY_MIN(k, wanted->count) - 1], 0, 2);
#define LWAVE_COLUMNS(v)                                                              \
  auto raw##v = Product::NoColumns();                                                 \
  if constexpr (kVectors > v) {                                                       \
    const typename Product::T* p = b + v * lanes * kGroup;                            \
    if constexpr (kTail && v == kVectors - 1) raw##v = Product::LoadSomeColumns(p, tail); \
    else raw##v = Product::LoadColumns(p);                                            \
  }                                                                                   \
  [[maybe_unused]] const auto low##v = Product::ColumnLow(raw##v);                    \
  [[maybe_unused]] const auto high##v = Product::ColumnHigh(raw##v);
      LWAVE_COLUMNS(0) LWAVE_COLUMNS(1) LWAVE_COLUMNS(2) LWAVE_COLUMNS(3)
#undef LWAVE_COLUMNS
#define LWAVE_MULTIPLY(i)                                                                              \
  if constexpr (kRows > i) {                                                                           \
    const auto row = Product::Broadcast(x + i * a_stride);                                             \
    const auto row_low = Product::RowLow(row);                                                         \
    const auto row_high = Product::RowHigh(row);                                                       \
    c##i##0 = Product::MulAdd(row_low, row_high, low0, high0, c##i##0);                                \
    if constexpr (kVectors > 1) c##i##1 = Product::MulAdd(row_low, row_high, low1, high1, c##i##1);    \
    if constexpr (kVectors > 2) c##i##2 = Product::MulAdd(row_low, row_high, low2, high2, c##i##2);    \
    if constexpr (kVectors > 3) c##i##3 = Product::MulAdd(row_low, row_high, low3, high3, c##i##3);    \
  }
      LWAVE_REGISTER_ROWS(LWAVE_MULTIPLY)
#undef LWAVE_MULTIPLY
    }
  }

#define LWAVE_STORE(i)                                                     \
  if constexpr (kRows > i) {                                               \
    float* to = c + i * c_stride;                                          \
    hn::Store(c##i##0, d, to);                                             \
    if constexpr (kVectors > 1) hn::Store(c##i##1, d, to + lanes);         \
    if constexpr (kVectors > 2) hn::Store(c##i##2, d, to + 2 * lanes);     \
    if constexpr (kVectors > 3) hn::Store(c##i##3, d, to + 3 * lanes);     \
  }
  LWAVE_REGISTER_ROWS(LWAVE_STORE)
#undef LWAVE_STORE
}

// Any number of columns, of which all are read in whole vectors but, with kTails, the last few.
//   b_stride  numbers from group to group   c // [kRows, c_stride], room for whole vectors
template <class Product, int kRows, Start kStart, bool kTails>
HWY_INLINE void MultiplyColumns(const typename Product::T* a, int64_t a_stride,
                                ProductRun<typename Product::T>* runs, int64_t run_count, int64_t b_stride,
                                int64_t columns, const float* scale, float* c, int64_t c_stride) {
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(FloatTag()));
  constexpr int kMost = Product::kVectors;
  for (int64_t column = 0;;) {
    const int64_t left = columns - column;
    const int64_t vectors = HWY_MIN((left + lanes - 1) / lanes, int64_t{kMost});
    const size_t tail = left >= vectors * lanes ? 0 : static_cast<size_t>(left % lanes);
#define LWAVE_CALL(count)                                                                              \
  if constexpr (kMost >= count) {                                                                      \
    if (vectors == count) {                                                                            \
      if (kTails && tail != 0) {                                                                       \
        MultiplyRuns<Product, kRows, count, kStart, kTails>(a, a_stride, runs, run_count, b_stride,    \
                                                            tail, scale, c + column, c_stride);        \
      } else {                                                                                         \
        MultiplyRuns<Product, kRows, count, kStart, false>(a, a_stride, runs, run_count, b_stride, 0,  \
                                                           scale, c + column, c_stride);               \
      }                                                                                                \
    }                                                                                                  \
  }
    LWAVE_CALL(4) LWAVE_CALL(3) LWAVE_CALL(2) LWAVE_CALL(1)
#undef LWAVE_CALL
    column += vectors * lanes;
    if (column >= columns) return;
    for (int64_t run = 0; run < run_count; ++run) runs[run].b += vectors * lanes * Product::kGroup;
  }
}

}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#endif  // LONGWAVE_KERNELS_REGISTER_TILE_INL_H_
