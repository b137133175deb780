// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Layer norm, softmax, activations and sums. A row's sums run in one fixed order: four vectors side by side,
// then their lanes; what is left of a row is filled up with zeros (with -infinity for a maximum), so nothing
// behind a row is read.

#include "kernels/rows.h"

#include <cmath>
#include <cstdint>
#include <limits>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/rows.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "simd/math-inl.h"
#include "simd/rows-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace {

using kernels::Activation;
using Vector = hn::Vec<FloatTag>;

float SumRow(const float* x, int64_t width) {
  const FloatTag d;
  const int64_t lanes = Lanes();
  Vector s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  int64_t c = 0;
  for (; c + 4 * lanes <= width; c += 4 * lanes) {
    s0 = hn::Add(s0, hn::LoadU(d, x + c));
    s1 = hn::Add(s1, hn::LoadU(d, x + c + lanes));
    s2 = hn::Add(s2, hn::LoadU(d, x + c + 2 * lanes));
    s3 = hn::Add(s3, hn::LoadU(d, x + c + 3 * lanes));
  }
  for (; c < width; c += lanes) s0 = hn::Add(s0, LoadSome(x + c, width - c));
  return hn::ReduceSum(d, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)));
}

// sum of (x - mean)^2
float SumSquaredDifferences(const float* x, int64_t width, float mean) {
  const FloatTag d;
  const int64_t lanes = Lanes();
  const Vector m = hn::Set(d, mean);
  Vector s0 = hn::Zero(d), s1 = s0, s2 = s0, s3 = s0;
  int64_t c = 0;
  for (; c + 4 * lanes <= width; c += 4 * lanes) {
    const Vector d0 = hn::Sub(hn::LoadU(d, x + c), m);
    const Vector d1 = hn::Sub(hn::LoadU(d, x + c + lanes), m);
    const Vector d2 = hn::Sub(hn::LoadU(d, x + c + 2 * lanes), m);
    const Vector d3 = hn::Sub(hn::LoadU(d, x + c + 3 * lanes), m);
    s0 = hn::MulAdd(d0, d0, s0);
    s1 = hn::MulAdd(d1, d1, s1);
    s2 = hn::MulAdd(d2, d2, s2);
    s3 = hn::MulAdd(d3, d3, s3);
  }
  for (; c < width; c += lanes) {
    Vector d0 = hn::Sub(LoadSome(x + c, width - c), m);
    if (width - c < lanes) d0 = hn::IfThenElseZero(hn::FirstN(d, static_cast<size_t>(width - c)), d0);
    s0 = hn::MulAdd(d0, d0, s0);
  }
  return hn::ReduceSum(d, hn::Add(hn::Add(s0, s1), hn::Add(s2, s3)));
}

void LayerNorm(const float* x, int64_t x_stride, int64_t rows, int64_t width, const float* gain,
               const float* bias, float epsilon, float* y, int64_t y_stride) {
  const FloatTag d;
  const int64_t lanes = Lanes();
  const float count = static_cast<float>(width);
  for (int64_t r = 0; r < rows; ++r, x += x_stride, y += y_stride) {
    const float mean = SumRow(x, width) / count;
    const float variance = SumSquaredDifferences(x, width, mean) / count;
    const Vector m = hn::Set(d, mean);
    const Vector inverse = hn::Set(d, 1.0f / std::sqrt(variance + epsilon));
    for (int64_t c = 0; c < width; c += lanes) {
      const int64_t left = width - c;
      const Vector normal = hn::Mul(hn::Sub(LoadSome(x + c, left), m), inverse);
      const Vector g = LoadSome(gain + c, left);
      const Vector out =
          bias == nullptr ? hn::Mul(normal, g) : hn::MulAdd(normal, g, LoadSome(bias + c, left));
      StoreSome(out, left, y + c);
    }
  }
}

void RmsNorm(const float* x, int64_t x_stride, int64_t rows, int64_t width, const float* gain, float epsilon, float* y,
             int64_t y_stride) {
  const FloatTag d;
  const int64_t lanes = Lanes();
  const float count = static_cast<float>(width);
  for (int64_t r = 0; r < rows; ++r, x += x_stride, y += y_stride) {
    const float square = SumSquaredDifferences(x, width, 0.0f) / count;
    const Vector inverse = hn::Set(d, 1.0f / std::sqrt(square + epsilon));
    for (int64_t c = 0; c < width; c += lanes) {
      const int64_t left = width - c;
      Vector out = hn::Mul(LoadSome(x + c, left), inverse);
      if (gain != nullptr) out = hn::Mul(out, LoadSome(gain + c, left));
      StoreSome(out, left, y + c);
    }
  }
}

void Softmax(float* x, int64_t stride, int64_t rows, int64_t width) {
  const FloatTag d;
  const int64_t lanes = Lanes();
  const Vector minus_infinity = hn::Set(d, -std::numeric_limits<float>::infinity());
  for (int64_t r = 0; r < rows; ++r, x += stride) {
    Vector highest = minus_infinity;
    for (int64_t c = 0; c < width; c += lanes) {
      const int64_t left = width - c;
      const Vector v = left >= lanes ? hn::LoadU(d, x + c)
                                     : hn::LoadNOr(minus_infinity, d, x + c, static_cast<size_t>(left));
      highest = hn::Max(highest, v);
    }
    // Max may lose a NaN; the exponential of that number is NaN again, and so is the sum.
    const Vector m = hn::Set(d, hn::ReduceMax(d, highest));
    Vector sum = hn::Zero(d);
    for (int64_t c = 0; c < width; c += lanes) {
      const int64_t left = width - c;
      Vector p = ExpNonPositive(d, hn::Sub(LoadSome(x + c, left), m));
      if (left < lanes) p = hn::IfThenElseZero(hn::FirstN(d, static_cast<size_t>(left)), p);
      StoreSome(p, left, x + c);
      sum = hn::Add(sum, p);
    }
    const Vector inverse = hn::Set(d, 1.0f / hn::ReduceSum(d, sum));
    for (int64_t c = 0; c < width; c += lanes) {
      StoreSome(hn::Mul(LoadSome(x + c, width - c), inverse), width - c, x + c);
    }
  }
}

template <Activation kActivation>
HWY_INLINE Vector ActivateVector(Vector x) {
  const FloatTag d;
  switch (kActivation) {
    case Activation::kNone:
      return x;
    case Activation::kGelu:
      return Gelu(d, x);
    case Activation::kGeluTanh:
      return GeluTanh(d, x);
    case Activation::kRelu:
      return AtLeast(d, x, 0.0f);
    case Activation::kTanh:
      return Tanh(d, x);
    case Activation::kSilu:
      return Silu(d, x);
  }
}

template <Activation kActivation>
void ActivateAll(const float* x, int64_t count, float* y) {
  const int64_t lanes = Lanes();
  for (int64_t i = 0; i < count; i += lanes) {
    StoreSome(ActivateVector<kActivation>(LoadSome(x + i, count - i)), count - i, y + i);
  }
}

void ActivateNumbers(Activation activation, const float* x, int64_t count, float* y) {
  switch (activation) {
    case Activation::kNone:
      return ActivateAll<Activation::kNone>(x, count, y);
    case Activation::kGelu:
      return ActivateAll<Activation::kGelu>(x, count, y);
    case Activation::kGeluTanh:
      return ActivateAll<Activation::kGeluTanh>(x, count, y);
    case Activation::kRelu:
      return ActivateAll<Activation::kRelu>(x, count, y);
    case Activation::kTanh:
      return ActivateAll<Activation::kTanh>(x, count, y);
    case Activation::kSilu:
      return ActivateAll<Activation::kSilu>(x, count, y);
  }
}

void Exponentials(const float* x, float subtract, int64_t count, float* y) {
  const FloatTag d;
  const int64_t lanes = Lanes();
  const Vector m = hn::Set(d, subtract);
  for (int64_t i = 0; i < count; i += lanes) {
    StoreSome(Exp(d, hn::Sub(LoadSome(x + i, count - i), m)), count - i, y + i);
  }
}

void Multiply(const float* x, int64_t count, float* y) {
  const int64_t lanes = Lanes();
  for (int64_t i = 0; i < count; i += lanes) {
    StoreSome(hn::Mul(LoadSome(y + i, count - i), LoadSome(x + i, count - i)), count - i, y + i);
  }
}

void Scale(float factor, int64_t count, float* y) {
  const int64_t lanes = Lanes();
  const Vector f = hn::Set(FloatTag(), factor);
  for (int64_t i = 0; i < count; i += lanes) {
    StoreSome(hn::Mul(LoadSome(y + i, count - i), f), count - i, y + i);
  }
}

void Add(const float* x, int64_t count, float* y) {
  const int64_t lanes = Lanes();
  for (int64_t i = 0; i < count; i += lanes) {
    StoreSome(hn::Add(LoadSome(y + i, count - i), LoadSome(x + i, count - i)), count - i, y + i);
  }
}

}  // namespace
}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lwave::kernels {

HWY_EXPORT(LayerNorm);
HWY_EXPORT(RmsNorm);
HWY_EXPORT(Multiply);
HWY_EXPORT(Scale);
HWY_EXPORT(Softmax);
HWY_EXPORT(ActivateNumbers);
HWY_EXPORT(Add);
HWY_EXPORT(Exponentials);

void LayerNormRows(const float* x, int64_t x_stride, int64_t rows, int64_t width, const float* gain,
                   const float* bias, float epsilon, float* y, int64_t y_stride) {
  HWY_DYNAMIC_DISPATCH(LayerNorm)(x, x_stride, rows, width, gain, bias, epsilon, y, y_stride);
}

void SoftmaxRows(float* x, int64_t stride, int64_t rows, int64_t width) {
  HWY_DYNAMIC_DISPATCH(Softmax)(x, stride, rows, width);
}

void Activate(Activation activation, const float* x, int64_t count, float* y) {
  HWY_DYNAMIC_DISPATCH(ActivateNumbers)(activation, x, count, y);
}

void ExpDifference(const float* x, float subtract, int64_t count, float* y) {
  HWY_DYNAMIC_DISPATCH(Exponentials)(x, subtract, count, y);
}

void RmsNormRows(const float* x, int64_t x_stride, int64_t rows, int64_t width, const float* gain, float epsilon,
                 float* y, int64_t y_stride) {
  HWY_DYNAMIC_DISPATCH(RmsNorm)(x, x_stride, rows, width, gain, epsilon, y, y_stride);
}

void MultiplyTo(const float* x, int64_t count, float* y) { HWY_DYNAMIC_DISPATCH(Multiply)(x, count, y); }

void ScaleBy(float factor, int64_t count, float* y) { HWY_DYNAMIC_DISPATCH(Scale)(factor, count, y); }

void AddTo(const float* x, int64_t count, float* y) { HWY_DYNAMIC_DISPATCH(Add)(x, count, y); }

}  // namespace lwave::kernels
#endif  // HWY_ONCE
