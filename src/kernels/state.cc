// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Linear attention over a state, in blocks of 64 rows; the serial loop it equals is in the header.
//
// All four products of a block are the register tile of tile attention:
//   sums    = query S                     [rows, features] x [features, value_dim]
//   scores  = query keys                  [rows, features] x [features, 64]
//   sums   += scores values               [rows, seen]     x [seen, value_dim]
//   S      += keys values                 [features, 64]   x [64, value_dim], when the block is full
// Keys are kept transposed, which is what the second and the last of them read.
//
// Why a row's bits depend on nothing but the row and what it sees: its chain of operations is the same in a
// register tile of any height, and a score of a row not seen is +0, so that 0 * value adds nothing but the
// sign of a zero, which the end makes positive. Only 0 * NaN and 0 * infinity would: where such values stand
// among the rows that a tile sees in part, its rows are summed one by one over what they see. NaN becomes the
// one quiet NaN.

#include "kernels/state.h"

#include <cmath>
#include <cstdint>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/state.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "kernels/state_product-inl.h"
#include "kernels/state_store-inl.h"
#include "simd/hwy-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace {

using kernels::HeadOfState;
using kernels::kStateBlock;
using kernels::StateHead;
using kernels::StateRows;
using kernels::StateShape;
using Vector = hn::Vec<FloatTag>;

constexpr int64_t kMaxFeatures = 1024;
constexpr int64_t kMaxValueDim = 256;
constexpr float kOnes[kRegisterRows] = {1.0f, 1.0f, 1.0f, 1.0f, 1.0f, 1.0f};

int64_t Lanes() { return static_cast<int64_t>(hn::Lanes(FloatTag())); }

// (high, low) += addend, where high stays the nearest f32 to the sum. Infinity stays infinity (low is 0).
//   addend, high, low // [count], count a multiple of the lanes
HWY_INLINE void AddToPair(const float* addend, int64_t count, float* high, float* low) {
  const FloatTag d;
  for (int64_t c = 0; c < count; c += Lanes()) {
    const Vector before = hn::LoadU(d, high + c);
    const Vector add = hn::Add(hn::Load(d, addend + c), hn::LoadU(d, low + c));
    const Vector sum = hn::Add(before, add);
    const Vector added = hn::Sub(sum, before);
    const Vector lost = hn::Add(hn::Sub(before, hn::Sub(sum, added)), hn::Sub(add, added));
    hn::StoreU(sum, d, high + c);
    hn::StoreU(hn::IfThenElseZero(hn::Eq(lost, lost), lost), d, low + c);
  }
}

// S += keys values for kRows features.
template <int kRows>
HWY_INLINE void AddFeatures(const StateShape& shape, const StateHead& state, int64_t feature, int64_t skip) {
  HWY_ALIGN float products[kRows * kMaxValueDim];
  const int64_t stride = shape.ValueStride();
  const int64_t columns = kernels::RoundUp(shape.value_dim, Lanes());
  Multiply<kRows, Start::kZero>(state.keys + feature * kStateBlock, kStateBlock, state.values, stride,
                                kStateBlock, columns, nullptr, products, stride);
  for (int64_t r = skip; r < kRows; ++r) {
    const int64_t row = (feature + r) * stride;
    AddToPair(products + r * stride, columns, state.sums + row, state.sums_low + row);
  }
}

// The full block becomes part of S and z.
HWY_NOINLINE void AddBlock(const StateShape& shape, const StateHead& state) {
  const int64_t features = shape.features;
  int64_t f = 0;
  for (; f + kRegisterRows <= features; f += kRegisterRows) AddFeatures<kRegisterRows>(shape, state, f, 0);
  if (f < features && features >= kRegisterRows) {  // the last six once more, of which some were added
    AddFeatures<kRegisterRows>(shape, state, features - kRegisterRows, f + kRegisterRows - features);
  } else {
    for (; f < features; ++f) AddFeatures<1>(shape, state, f, 0);
  }
  if (!shape.normalised) return;
  const FloatTag d;
  HWY_ALIGN float sums[kMaxFeatures];
  for (f = 0; f < features; ++f) {
    const float* key = state.keys + f * kStateBlock;
    Vector sum = hn::LoadU(d, key);
    for (int64_t j = Lanes(); j < kStateBlock; j += Lanes()) sum = hn::Add(sum, hn::LoadU(d, key + j));
    sums[f] = hn::ReduceSum(d, sum);
  }
  const int64_t whole = kernels::RoundUp(features, Lanes());
  for (; f < whole; ++f) sums[f] = 0.0f;
  AddToPair(sums, whole, state.normaliser, state.normaliser_low);
}

// query . (z + eps).   query // [features]
float NormaliserOf(const float* query, const float* normaliser, float eps, int64_t features) {
  const FloatTag d;
  const int64_t lanes = Lanes();
  const Vector e = hn::Set(d, eps);
  Vector s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  int64_t f = 0;
  for (; f + 4 * lanes <= features; f += 4 * lanes) {
    const float* z = normaliser + f;
    s0 = hn::MulAdd(hn::LoadU(d, query + f), hn::Add(hn::LoadU(d, z), e), s0);
    s1 = hn::MulAdd(hn::LoadU(d, query + f + lanes), hn::Add(hn::LoadU(d, z + lanes), e), s1);
    s2 = hn::MulAdd(hn::LoadU(d, query + f + 2 * lanes), hn::Add(hn::LoadU(d, z + 2 * lanes), e), s2);
    s3 = hn::MulAdd(hn::LoadU(d, query + f + 3 * lanes), hn::Add(hn::LoadU(d, z + 3 * lanes), e), s3);
  }
  for (; f < features; f += lanes) {  // behind the last feature both are zero
    const int64_t left = features - f;
    const Vector q =
        left >= lanes ? hn::LoadU(d, query + f) : hn::LoadN(d, query + f, static_cast<size_t>(left));
    s0 = hn::MulAdd(q, hn::Add(hn::LoadU(d, normaliser + f), e), s0);
  }
  return hn::ReduceSum(d, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)));
}

// Scores of keys that the row does not see become +0, up to `end`; returns the sum of the others.
//   scores // [64], whole vectors valid
HWY_INLINE float SumSeen(int64_t seen, int64_t end, float* scores) {
  const FloatTag d;
  const int64_t lanes = Lanes();
  Vector total = hn::Zero(d);
  int64_t j = 0;
  for (; j < seen; j += lanes) {
    Vector s = hn::Load(d, scores + j);
    if (seen - j < lanes) {
      s = hn::IfThenElseZero(hn::FirstN(d, static_cast<size_t>(seen - j)), s);
      hn::Store(s, d, scores + j);
    }
    total = hn::Add(total, s);
  }
  for (; j < end; j += lanes) hn::Store(hn::Zero(d), d, scores + j);
  return hn::ReduceSum(d, total);
}

// x // [count], a multiple of the lanes
HWY_INLINE bool AllFinite(const float* x, int64_t count) {
  const FloatTag d;
  Vector sum = hn::Zero(d);
  for (int64_t i = 0; i < count; i += Lanes()) sum = hn::MulAdd(hn::LoadU(d, x + i), hn::Zero(d), sum);
  return hn::AllTrue(d, hn::Eq(sum, hn::Zero(d)));
}

// output = sums / denominator.   sums // [value_dim, to whole vectors]   output // [value_dim]
HWY_INLINE void FinishRow(const float* sums, float denominator, int64_t value_dim, float* output) {
  const FloatTag d;
  const Vector nan = hn::Set(d, std::numeric_limits<float>::quiet_NaN());
  const Vector divisor = hn::Set(d, denominator);
  const Vector inverse = hn::Set(d, 1.0f / denominator);
  const float magnitude = std::abs(denominator);
  const bool can_invert = magnitude > 0x1p-120f && magnitude < 0x1p120f;  // then the inverse is normal
  for (int64_t c = 0; c < value_dim; c += Lanes()) {
    Vector y = hn::Load(d, sums + c);
    y = can_invert ? hn::Mul(y, inverse) : hn::Div(y, divisor);
    y = hn::Add(y, hn::Zero(d));  // takes the sign from zeros
    y = hn::IfThenElse(hn::IsNaN(y), nan, y);
    if (value_dim - c >= Lanes()) {
      hn::StoreU(y, d, output + c);
    } else {
      hn::StoreN(y, d, output + c, static_cast<size_t>(value_dim - c));
    }
  }
}

// Which pending rows queries see: row r the first `seen` + r * step.
struct Seen {
  int64_t seen;
  int64_t step;
};

// What the next six queries need, and six keys and values of the next block.
void ListWanted(const StateRows& task, int64_t head, int64_t row, WantedLines& wanted) {
  const int64_t features = task.shape.features;
  const int64_t value_dim = task.shape.value_dim;
  for (int64_t r = row + kRegisterRows; r < HWY_MIN(row + 2 * kRegisterRows, task.rows); ++r) {
    wanted.Add(task.query + r * task.query_stride + head * features, features);
    wanted.Add(task.output + r * task.output_stride + head * value_dim, value_dim);
  }
  if (task.key == nullptr) return;
  const int64_t ahead = row + kStateBlock;
  for (int64_t r = ahead; r < HWY_MIN(ahead + kRegisterRows, task.rows); ++r) {
    wanted.Add(task.key + r * task.key_stride + head * features, features);
    wanted.Add(task.value + r * task.value_stride + head * value_dim, value_dim);
  }
}

// Rows [row, row + kRows) of the call.
template <int kRows>
HWY_NOINLINE void ReadRows(const StateRows& task, int64_t head, const StateHead& state, int64_t row,
                           const Seen& first) {
  const int64_t features = task.shape.features;
  const int64_t value_dim = task.shape.value_dim;
  const int64_t stride = task.shape.ValueStride();
  const int64_t columns = kernels::RoundUp(value_dim, Lanes());
  const float* query = task.query + row * task.query_stride + head * features;
  HWY_ALIGN float sums[kRows * kMaxValueDim];
  HWY_ALIGN float scores[kRows * kStateBlock];
  float in_block[kRows] = {};
  WantedLines wanted;
  if (LWAVE_MANY_REGISTERS && kRows == kRegisterRows) ListWanted(task, head, row, wanted);
  MultiplyFetching<kRows>(query, task.query_stride, state.sums, stride, features, columns, wanted, sums,
                          stride);
  const int64_t end = first.seen + (kRows - 1) * first.step;  // seen by the last row
  if (end > 0) {
    Multiply<kRows, Start::kZero>(query, task.query_stride, state.keys, kStateBlock, features,
                                  kernels::RoundUp(end, Lanes()), nullptr, scores, kStateBlock);
    for (int64_t r = 0; r < kRows; ++r) {
      in_block[r] = SumSeen(first.seen + r * first.step, end, scores + r * kStateBlock);
    }
    const int64_t partly = first.step == 0 ? 0 : end - first.seen;  // seen by some
    if (kRows == 1 || AllFinite(state.values + (end - partly) * stride, partly * stride)) {
      Multiply<kRows, Start::kScaled>(scores, kStateBlock, state.values, stride, end, columns, kOnes, sums,
                                      stride);
    } else {
      for (int64_t r = 0; r < kRows; ++r) {
        Multiply<1, Start::kScaled>(scores + r * kStateBlock, kStateBlock, state.values, stride,
                                    first.seen + r * first.step, columns, kOnes, sums + r * stride, stride);
      }
    }
  }
  for (int64_t r = 0; r < kRows; ++r) {
    float denominator = 1.0f;
    if (task.shape.normalised) {
      denominator =
          NormaliserOf(query + r * task.query_stride, state.normaliser, task.normaliser_eps, features) +
          in_block[r] + task.denominator_eps;
    }
    FinishRow(sums + r * stride, denominator, value_dim,
              task.output + (row + r) * task.output_stride + head * value_dim);
  }
}

// Rows [row + r, row + r + kRows); returns the next r.
template <int kRows>
HWY_INLINE int64_t ReadTile(const StateRows& task, int64_t head, const StateHead& state, int64_t row,
                            int64_t r, const Seen& first) {
  ReadRows<kRows>(task, head, state, row + r, {first.seen + r * first.step, first.step});
  return r + kRows;
}

// Rows [row, row + count): six at a time. The last ones go with some of those before, whose bits stay, where
// that is cheaper than going alone.
void ReadAllRows(const StateRows& task, int64_t head, const StateHead& state, int64_t row, int64_t count,
                 const Seen& first) {
  constexpr int kFew = 4;
  int64_t r = 0;
  while (count - r >= kRegisterRows) r = ReadTile<kRegisterRows>(task, head, state, row, r, first);
  if (count - r == kRegisterRows - 1 && count > kRegisterRows) {
    r = ReadTile<kRegisterRows>(task, head, state, row, count - kRegisterRows, first);
  }
  if (count - r >= 2 && count >= kFew) {
    r = ReadTile<kFew>(task, head, state, row, HWY_MIN(r, count - kFew), first);
  }
  while (r < count) r = ReadTile<1>(task, head, state, row, r, first);
}

template <bool kRead>
HWY_INLINE void AppendRows(const StateRows& task, int64_t head_begin, int64_t head_end) {
  for (int64_t head = head_begin; head < head_end; ++head) {
    const StateHead state = HeadOfState(task.shape, task.state, head);
    for (int64_t row = 0; row < task.rows;) {
      const int64_t pending = (task.position + row) % kStateBlock;
      const int64_t count = HWY_MIN(task.rows - row, kStateBlock - pending);
      StoreStateRows(task, head, row, count, pending, state);
      if (kRead) ReadAllRows(task, head, state, row, count, {pending + 1, 1});
      if (pending + count == kStateBlock) AddBlock(task.shape, state);
      row += count;
    }
  }
}

void AppendAndRead(const StateRows& task, int64_t head_begin, int64_t head_end) {
  AppendRows<true>(task, head_begin, head_end);
}

void Append(const StateRows& task, int64_t head_begin, int64_t head_end) {
  AppendRows<false>(task, head_begin, head_end);
}

void Read(const StateRows& task, int64_t head_begin, int64_t head_end) {
  for (int64_t head = head_begin; head < head_end; ++head) {
    if (task.position == 0) {
      for (int64_t row = 0; row < task.rows; ++row) {
        float* output = task.output + row * task.output_stride + head * task.shape.value_dim;
        for (int64_t c = 0; c < task.shape.value_dim; ++c) output[c] = 0.0f;
      }
      continue;
    }
    const StateHead state = HeadOfState(task.shape, task.state, head);
    ReadAllRows(task, head, state, 0, task.rows, {task.position % kStateBlock, 0});
  }
}

}  // namespace
}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lwave::kernels {

HWY_EXPORT(AppendAndRead);
HWY_EXPORT(Append);
HWY_EXPORT(Read);

void AppendAndReadState(const StateRows& rows, int64_t head_begin, int64_t head_end) {
  HWY_DYNAMIC_DISPATCH(AppendAndRead)(rows, head_begin, head_end);
}

void AppendState(const StateRows& rows, int64_t head_begin, int64_t head_end) {
  HWY_DYNAMIC_DISPATCH(Append)(rows, head_begin, head_end);
}

void ReadState(const StateRows& rows, int64_t head_begin, int64_t head_end) {
  HWY_DYNAMIC_DISPATCH(Read)(rows, head_begin, head_end);
}

}  // namespace lwave::kernels
#endif  // HWY_ONCE
