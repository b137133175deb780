// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rows to features. The projection is the matrix kernel's, 28 rows (two tiles) through panel after panel, because rows
// and a panel fit the first-level cache. What needs no more than its own projection becomes a feature as it leaves a
// tile; where a row's maximum is wanted first, there is a second pass over the 28 rows. The rows to come are asked for
// meanwhile: a head's part of a row is a few lines, far from the next row's, which the processor does not foresee.

#include "kernels/features.h"

#include <cmath>
#include <cstdint>
#include <limits>

#include "kernels/gemm_task.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/features.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "simd/math-inl.h"
#include "simd/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace {

using kernels::FeatureKind;
using kernels::FeatureShift;
using kernels::FeatureTask;
using Vector = hn::Vec<FloatTag>;

constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

// sum of x^2
float SumOfSquares(const float* x, int64_t width) {
  const FloatTag d;
  const int64_t lanes = Lanes();
  Vector s0 = hn::Zero(d), s1 = s0;
  int64_t c = 0;
  for (; c + 2 * lanes <= width; c += 2 * lanes) {
    const Vector a = hn::LoadU(d, x + c);
    const Vector b = hn::LoadU(d, x + c + lanes);
    s0 = hn::MulAdd(a, a, s0);
    s1 = hn::MulAdd(b, b, s1);
  }
  for (; c < width; c += lanes) {
    const Vector a = LoadSome(x + c, width - c);
    s0 = hn::MulAdd(a, a, s0);
  }
  return hn::ReduceSum(d, hn::Add(s0, s1));
}

// max of u, or of |u|; -infinity where there is none but NaN.
template <bool kMagnitude>
float Largest(const float* u, int64_t count) {
  const FloatTag d;
  const int64_t lanes = Lanes();
  const Vector none = hn::Set(d, kMinusInfinity);
  Vector highest = none;
  for (int64_t r = 0; r < count; r += lanes) {
    const int64_t left = count - r;
    Vector v = LoadSome(u + r, left);
    if (kMagnitude) v = hn::Abs(v);
    if (left < lanes) v = hn::IfThenElse(hn::FirstN(d, static_cast<size_t>(left)), v, none);
    highest = hn::IfThenElse(hn::Gt(v, highest), v, highest);
  }
  return hn::ReduceMax(d, highest);
}

// e^x as ExpNonPositive for x up to 88.37, and infinity above.
HWY_INLINE Vector ExpEitherSide(Vector x) {
  const FloatTag d;
  return ExpNonPositive(d, AtMost(d, x, 88.8f));  // 2^128 is infinity
}

// factor exp(exponent) + floor
template <bool kNonPositive>
HWY_INLINE Vector ExpFeature(Vector exponent, Vector factor, Vector floor) {
  const FloatTag d;
  return hn::MulAdd(kNonPositive ? ExpNonPositive(d, exponent) : ExpEitherSide(exponent), factor, floor);
}

// to[r] = norm (exp(u[r] - t) + eps), and where kBoth to[columns + r] = norm (exp(-u[r] - t) + eps), r < count.
template <bool kBoth, bool kNonPositive>
HWY_INLINE void Exponentials(const float* u, float t, float norm, float eps, int64_t count, int64_t columns, float* to) {
  const FloatTag d;
  const Vector off = hn::Set(d, t), factor = hn::Set(d, norm), floor = hn::Set(d, norm * eps);
  for (int64_t r = 0; r < count; r += Lanes()) {
    const int64_t left = count - r;
    const Vector v = LoadSome(u + r, left);
    if (kBoth) {
      StoreSome(ExpFeature<kNonPositive>(hn::Sub(hn::Neg(v), off), factor, floor), left, to + columns + r);
    }
    StoreSome(ExpFeature<kNonPositive>(hn::Sub(v, off), factor, floor), left, to + r);
  }
}

// In place, from a whole row of projections.
template <bool kBoth>
HWY_NOINLINE void SoftmaxRow(const FeatureTask& task, float h, float* to) {
  const int64_t count = task.projection.columns;
  const float t = Largest<kBoth>(to, count) + (task.shift_kind == FeatureShift::kRowMax ? h : 0.0f);
  Exponentials<kBoth, true>(to, t, task.norm, task.eps, count, count, to);
}

// From a part of a row of projections, whose shift is known.
template <bool kBoth>
HWY_INLINE void SoftmaxPart(const FeatureTask& task, const float* u, float h, int64_t count, float* to) {
  const float t = h + task.shift;
  const int64_t columns = task.projection.columns;
  if (task.shift_kind == FeatureShift::kFixedMost) {
    Exponentials<kBoth, true>(u, t, task.norm, task.eps, count, columns, to);
  } else {
    Exponentials<kBoth, false>(u, t, task.norm, task.eps, count, columns, to);
  }
}

void TrigonometricRow(const FeatureTask& task, float h, float* to) {
  const FloatTag d;
  const int64_t count = task.projection.columns;
  const bool fixed = task.shift_kind == FeatureShift::kFixed || task.shift_kind == FeatureShift::kFixedMost;
  const float exponent = fixed ? h - task.shift : h - h;  // NaN and infinity show in the row
  const float scale = task.norm * hn::GetLane(Exp(d, hn::Set(d, exponent)));
  const Vector factor = hn::Set(d, scale);
  float furthest = Largest<true>(to, count);
  if (!(furthest > kMostAngle)) {
    for (int64_t r = 0; r < count; r += Lanes()) {
      Vector sine, cosine;
      SinCos(d, LoadSome(to + r, count - r), sine, cosine);
      StoreSome(hn::Mul(factor, cosine), count - r, to + r);
      StoreSome(hn::Mul(factor, sine), count - r, to + count + r);
    }
    return;
  }
  for (int64_t r = 0; r < count; ++r) {
    const double u = static_cast<double>(to[r]);
    to[r] = scale * static_cast<float>(std::cos(u));
    to[count + r] = scale * static_cast<float>(std::sin(u));
  }
}

template <bool kIsExp>
HWY_INLINE void GeneralPart(const float* u, float eps, int64_t count, float* to) {
  const FloatTag d;
  const Vector floor = hn::Set(d, eps);
  for (int64_t r = 0; r < count; r += Lanes()) {
    const Vector v = LoadSome(u + r, count - r);
    StoreSome(hn::Add(kIsExp ? Exp(d, v) : AtLeast(d, v, 0.0f), floor), count - r, to + r);
  }
}

void EluRow(const float* x, int64_t count, float* to) {
  const FloatTag d;
  for (int64_t c = 0; c < count; c += Lanes()) {
    const Vector v = LoadSome(x + c, count - c);
    const Vector above = hn::Add(v, hn::Set(d, 1.0f));
    StoreSome(hn::IfThenElse(hn::Gt(v, hn::Zero(d)), above, ExpNonPositive(d, AtMost(d, v, 0.0f))), count - c, to + c);
  }
}

// Projections of 28 rows, and their halved squared lengths.
constexpr int64_t kRowsAtOnce = 2 * kernels::kMostTileRowsF32;

// Whether features are made of whole rows of projections, in place.
bool ByRow(const FeatureTask& task) {
  const bool softmax = task.kind == FeatureKind::kSoftmax || task.kind == FeatureKind::kHyperbolic;
  const bool fixed = task.shift_kind == FeatureShift::kFixed || task.shift_kind == FeatureShift::kFixedMost;
  return task.kind == FeatureKind::kTrigonometric || (softmax && !fixed);
}

// What leaves a tile: `count` columns of one row.
HWY_INLINE void FinishPart(const FeatureTask& task, bool as_it_is, const float* u, float h, int64_t count, float* to) {
  if (as_it_is) {
    for (int64_t c = 0; c < count; c += Lanes()) StoreSome(LoadSome(u + c, count - c), count - c, to + c);
  } else if (task.kind == FeatureKind::kSoftmax) {
    SoftmaxPart<false>(task, u, h, count, to);
  } else if (task.kind == FeatureKind::kHyperbolic) {
    SoftmaxPart<true>(task, u, h, count, to);
  } else if (task.kind == FeatureKind::kRelu) {
    GeneralPart<false>(u, task.eps, count, to);
  } else {
    GeneralPart<true>(u, task.eps, count, to);
  }
}

HWY_INLINE void Ask(const float* x, int64_t width) {
  for (int64_t c = 0; c < width; c += 16) __builtin_prefetch(x + c, 0, 3);
}

// Asks for part `part` of `parts` of what is wanted after rows [begin, end).
HWY_INLINE void AskForNext(const FeatureTask& task, int64_t begin, int64_t end, int64_t part, int64_t parts) {
  const int64_t count = end - begin;
  const int64_t first = count * part / parts, last = count * (part + 1) / parts;
  const int64_t readable = task.rows + task.rows_after;
  for (int64_t r = first; r < last; ++r) {
    if (end + r < readable) Ask(task.x + (end + r) * task.x_stride, task.projection.depth);
    if (task.beside != nullptr) Ask(task.beside + (begin + r) * task.beside_stride, task.beside_width);
  }
}

// Rows [begin, end) to projections, or where nothing else is wanted to features.   h // [end - begin]
HWY_NOINLINE void ProjectRows(const FeatureTask& task, int64_t begin, int64_t end, bool as_it_is, float* h) {
  HWY_ALIGN float tile[kRowsAtOnce * kernels::kPanelColumns];
  const float* x = task.x + begin * task.x_stride;
  const int64_t rows = end - begin, depth = task.projection.depth, columns = task.projection.columns;
  for (int64_t r = 0; r < rows; ++r) h[r] = task.half_scale * SumOfSquares(x + r * task.x_stride, depth);
  const int64_t panels = (columns + kernels::kPanelColumns - 1) / kernels::kPanelColumns;
  const float* panel = static_cast<const float*>(task.projection.panels);
  for (int64_t p = 0; p < panels; ++p, panel += depth * kernels::kPanelColumns) {
    AskForNext(task, begin, end, p, panels);
    kernels::MultiplyTileF32(x, task.x_stride, rows, panel, depth, tile);
    const int64_t first = p * kernels::kPanelColumns;
    const int64_t count = HWY_MIN(columns - first, kernels::kPanelColumns);
    for (int64_t r = 0; r < rows; ++r) {
      FinishPart(task, as_it_is, tile + r * kernels::kPanelColumns, h[r], count,
                 task.to + (begin + r) * task.to_stride + first);
    }
  }
}

void Map(const FeatureTask& task) {
  float h[kRowsAtOnce];
  const bool by_row = ByRow(task);
  for (int64_t begin = 0; begin < task.rows; begin += kRowsAtOnce) {
    const int64_t end = HWY_MIN(begin + kRowsAtOnce, task.rows);
    if (task.kind != FeatureKind::kElu) ProjectRows(task, begin, end, by_row, h);
    for (int64_t row = begin; row < end; ++row) {
      float* to = task.to + row * task.to_stride;
      if (task.mask != nullptr && task.mask[row] == 0) {
        for (int64_t f = 0; f < task.Features(); ++f) to[f] = 0.0f;
      } else if (task.kind == FeatureKind::kElu) {
        EluRow(task.x + row * task.x_stride, task.projection.columns, to);
      } else if (task.kind == FeatureKind::kTrigonometric) {
        TrigonometricRow(task, h[row - begin], to);
      } else if (by_row && task.kind == FeatureKind::kHyperbolic) {
        SoftmaxRow<true>(task, h[row - begin], to);
      } else if (by_row) {
        SoftmaxRow<false>(task, h[row - begin], to);
      }
    }
  }
}

float LargestOfRows(const FeatureTask& task, bool of_sum, float highest) {
  float h[kRowsAtOnce];
  for (int64_t begin = 0; begin < task.rows; begin += kRowsAtOnce) {
    const int64_t end = HWY_MIN(begin + kRowsAtOnce, task.rows);
    ProjectRows(task, begin, end, true, h);
    for (int64_t row = begin; row < end; ++row) {
      if (task.mask != nullptr && task.mask[row] == 0) continue;
      const float* u = task.to + row * task.to_stride;
      const int64_t columns = task.projection.columns;
      float largest = h[row - begin];
      if (task.kind != FeatureKind::kTrigonometric) {
        largest = task.kind == FeatureKind::kHyperbolic ? Largest<true>(u, columns) : Largest<false>(u, columns);
        if (of_sum) largest -= h[row - begin];
      }
      if (largest > highest) highest = largest;
    }
  }
  return highest;
}

}  // namespace
}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lwave::kernels {

HWY_EXPORT(Map);
HWY_EXPORT(LargestOfRows);

void MapFeatures(const FeatureTask& task) { HWY_DYNAMIC_DISPATCH(Map)(task); }

float LargestExponent(const FeatureTask& task, bool of_sum, float highest) {
  return HWY_DYNAMIC_DISPATCH(LargestOfRows)(task, of_sum, highest);
}

}  // namespace lwave::kernels
#endif  // HWY_ONCE
