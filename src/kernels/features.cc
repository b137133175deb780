// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rows to features: the projection goes through the matrix kernel, 28 rows at a time (two of its tiles), straight from
// the caller's rows to where the features are wanted, and is made into features there while it is in the first-level
// cache.

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

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace {

using kernels::FeatureKind;
using kernels::FeatureShift;
using kernels::FeatureTask;
using Vector = hn::Vec<FloatTag>;

constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

int64_t Lanes() { return static_cast<int64_t>(hn::Lanes(FloatTag())); }

HWY_INLINE Vector LoadSome(const float* x, int64_t count) {
  const FloatTag d;
  return count >= Lanes() ? hn::LoadU(d, x) : hn::LoadN(d, x, static_cast<size_t>(count));
}
HWY_INLINE void StoreSome(Vector v, int64_t count, float* y) {
  const FloatTag d;
  if (count >= Lanes()) {
    hn::StoreU(v, d, y);
  } else {
    hn::StoreN(v, d, y, static_cast<size_t>(count));
  }
}

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
  Vector highest = hn::Set(d, kMinusInfinity);
  for (int64_t r = 0; r < count; r += lanes) {
    const int64_t left = count - r;
    Vector v = left >= lanes ? hn::LoadU(d, u + r) : hn::LoadNOr(highest, d, u + r, static_cast<size_t>(left));
    if (kMagnitude) v = hn::IfThenElse(hn::Lt(v, hn::Neg(v)), hn::Neg(v), v);
    highest = hn::IfThenElse(hn::Gt(v, highest), v, highest);
  }
  return hn::ReduceMax(d, highest);
}

// factor exp(exponent) + floor
template <bool kNonPositive>
HWY_INLINE Vector ExpFeature(Vector exponent, Vector factor, Vector floor) {
  const FloatTag d;
  return hn::MulAdd(kNonPositive ? ExpNonPositive(d, exponent) : Exp(d, exponent), factor, floor);
}

// to[r] = norm (exp(to[r] - t) + eps), and where kBoth to[count + r] = norm (exp(-to[r] - t) + eps).
template <bool kBoth, bool kNonPositive>
void Exponentials(float t, float norm, float eps, int64_t count, float* to) {
  const FloatTag d;
  const Vector off = hn::Set(d, t), factor = hn::Set(d, norm), floor = hn::Set(d, norm * eps);
  for (int64_t r = 0; r < count; r += Lanes()) {
    const int64_t left = count - r;
    const Vector u = LoadSome(to + r, left);
    if (kBoth) {
      StoreSome(ExpFeature<kNonPositive>(hn::Sub(hn::Neg(u), off), factor, floor), left, to + count + r);
    }
    StoreSome(ExpFeature<kNonPositive>(hn::Sub(u, off), factor, floor), left, to + r);
  }
}

template <bool kBoth>
void SoftmaxRow(const FeatureTask& task, float h, float* to) {
  const int64_t count = task.projection.columns;
  float t = h + task.shift;
  if (task.shift_kind == FeatureShift::kRowMax) t = h + Largest<kBoth>(to, count);
  if (task.shift_kind == FeatureShift::kRowMaxOfSum) t = Largest<kBoth>(to, count);
  if (task.shift_kind == FeatureShift::kFixed) {
    Exponentials<kBoth, false>(t, task.norm, task.eps, count, to);
  } else {
    Exponentials<kBoth, true>(t, task.norm, task.eps, count, to);
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
void GeneralRow(float eps, int64_t count, float* to) {
  const FloatTag d;
  const Vector floor = hn::Set(d, eps);
  for (int64_t r = 0; r < count; r += Lanes()) {
    const Vector u = LoadSome(to + r, count - r);
    const Vector value = kIsExp ? Exp(d, u) : AtLeast(d, u, 0.0f);
    StoreSome(hn::Add(value, floor), count - r, to + r);
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

// Rows [begin, end), of which `to` holds the projections.
void FinishRows(const FeatureTask& task, int64_t begin, int64_t end) {
  for (int64_t row = begin; row < end; ++row) {
    const float* x = task.x + row * task.x_stride;
    float* to = task.to + row * task.to_stride;
    if (task.mask != nullptr && task.mask[row] == 0) {
      for (int64_t f = 0; f < task.Features(); ++f) to[f] = 0.0f;
      continue;
    }
    const bool wants_h = task.kind == FeatureKind::kTrigonometric || task.shift_kind != FeatureShift::kRowMaxOfSum;
    switch (task.kind) {
      case FeatureKind::kSoftmax:
        SoftmaxRow<false>(task, wants_h ? task.half_scale * SumOfSquares(x, task.projection.depth) : 0.0f, to);
        break;
      case FeatureKind::kHyperbolic:
        SoftmaxRow<true>(task, wants_h ? task.half_scale * SumOfSquares(x, task.projection.depth) : 0.0f, to);
        break;
      case FeatureKind::kTrigonometric:
        TrigonometricRow(task, task.half_scale * SumOfSquares(x, task.projection.depth), to);
        break;
      case FeatureKind::kRelu:
        GeneralRow<false>(task.eps, task.projection.columns, to);
        break;
      case FeatureKind::kExp:
        GeneralRow<true>(task.eps, task.projection.columns, to);
        break;
      case FeatureKind::kElu:
        EluRow(x, task.projection.columns, to);
        break;
    }
  }
}

float LargestOfRows(const FeatureTask& task, int64_t begin, int64_t end, bool of_sum, float highest) {
  for (int64_t row = begin; row < end; ++row) {
    if (task.mask != nullptr && task.mask[row] == 0) continue;
    const float* u = task.to + row * task.to_stride;
    const bool trigonometric = task.kind == FeatureKind::kTrigonometric;
    const float h = trigonometric || of_sum
                        ? task.half_scale * SumOfSquares(task.x + row * task.x_stride, task.projection.depth)
                        : 0.0f;
    const float largest = trigonometric                           ? h
                          : task.kind == FeatureKind::kHyperbolic ? Largest<true>(u, task.projection.columns) - h
                                                                  : Largest<false>(u, task.projection.columns) - h;
    if (largest > highest) highest = largest;
  }
  return highest;
}

}  // namespace
}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lwave::kernels {
namespace {

HWY_EXPORT(FinishRows);
HWY_EXPORT(LargestOfRows);

constexpr int64_t kRowsAtOnce = 28;

// work(begin, end) for rows whose projections were just written.
template <typename Work>
void ForProjectedRows(const FeatureTask& task, const Work& work) {
  GemmOutput output;
  output.weight = task.projection;
  output.y = task.to;
  output.y_stride = task.to_stride;
  PreparedRows rows;
  rows.rows = kRowsAtOnce;  // what is in the caches; the task's are bounded below
  rows.depth = task.projection.depth;
  rows.stride = task.x_stride;
  rows.data = task.x;
  PanelTask panels;
  panels.x = &rows;
  panels.output = &output;
  panels.panel_end = task.kind == FeatureKind::kElu ? 0 : (task.projection.columns + kPanelColumns - 1) / kPanelColumns;
  for (int64_t begin = 0; begin < task.rows; begin += kRowsAtOnce) {
    panels.row_begin = begin;
    panels.row_end = begin + kRowsAtOnce < task.rows ? begin + kRowsAtOnce : task.rows;
    if (panels.panel_end > 0) MultiplyPanelsF32(panels);
    work(begin, panels.row_end);
  }
}

}  // namespace

void MapFeatures(const FeatureTask& task) {
  ForProjectedRows(task, [&](int64_t begin, int64_t end) { HWY_DYNAMIC_DISPATCH(FinishRows)(task, begin, end); });
}

float LargestExponent(const FeatureTask& task, bool of_sum, float highest) {
  ForProjectedRows(task, [&](int64_t begin, int64_t end) {
    highest = HWY_DYNAMIC_DISPATCH(LargestOfRows)(task, begin, end, of_sum, highest);
  });
  return highest;
}

}  // namespace lwave::kernels
#endif  // HWY_ONCE
