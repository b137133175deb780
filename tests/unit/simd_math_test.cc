// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The vector functions of simd/math-inl.h against double, on every SIMD target.

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "../tests/unit/simd_math_test.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "simd/math-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace {

enum Function : int { kExp, kExpNonPositive, kExp2NonPositive, kErf, kTanh, kGelu, kGeluCoarse, kGeluTanh, kSilu, kSin, kCos };

template <class D, class V>
HWY_INLINE V Call(D d, int function, V x) {
  switch (function) {
    case kExp:
      return Exp(d, x);
    case kExpNonPositive:
      return ExpNonPositive(d, x);
    case kExp2NonPositive:
      return Exp2NonPositive(d, x);
    case kErf:
      return Erf(d, x);
    case kTanh:
      return Tanh(d, x);
    case kGelu:
      return Gelu(d, x);
    case kGeluCoarse:
      return GeluCoarse(d, x);
    case kGeluTanh:
      return GeluTanh(d, x);
    case kSin:
    case kCos: {
      V sine, cosine;
      SinCos(d, x, sine, cosine);
      return function == kSin ? sine : cosine;
    }
    default:
      return Silu(d, x);
  }
}

// y = function(x).   x, y // [count], count a multiple of 16
void Apply(int function, const float* x, int64_t count, float* y) {
  const FloatTag d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  for (int64_t i = 0; i < count; i += lanes) hn::StoreU(Call(d, function, hn::LoadU(d, x + i)), d, y + i);
}

}  // namespace
}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include "each_target.h"

namespace lwave {
namespace {

HWY_EXPORT(Apply);

enum Function : int { kExp, kExpNonPositive, kExp2NonPositive, kErf, kTanh, kGelu, kGeluCoarse, kGeluTanh, kSilu, kSin, kCos };
using Reference = std::function<double(double)>;

double GeluReference(double x) { return 0.5 * x * std::erfc(-x / std::sqrt(2.0)); }
double GeluTanhReference(double x) {
  const double u = std::sqrt(2.0 / 3.14159265358979323846) * (x + 0.044715 * x * x * x);
  return x / (1.0 + std::exp(-2.0 * u));
}
double SiluReference(double x) { return x / (1.0 + std::exp(-x)); }

std::vector<float> Evaluate(int function, std::vector<float> x) {
  const size_t count = x.size();
  x.resize((count + 15) / 16 * 16, 0.0f);
  std::vector<float> y(x.size());
  HWY_DYNAMIC_DISPATCH(Apply)(function, x.data(), static_cast<int64_t>(x.size()), y.data());
  y.resize(count);
  return y;
}

// The largest error over a dense grid: relative where |expected| >= floor, below that relative to floor.
double WorstError(int function, const Reference& reference, double low, double high, double floor) {
  constexpr int kSamples = 400000;
  std::vector<float> x(kSamples + 1);
  for (int i = 0; i <= kSamples; ++i)
    x[static_cast<size_t>(i)] = static_cast<float>(low + (high - low) * i / kSamples);
  const std::vector<float> y = Evaluate(function, x);
  double worst = 0;
  for (size_t i = 0; i < x.size(); ++i) {
    const double expected = reference(x[i]);
    const double error = std::abs(y[i] - expected) / std::max(std::abs(expected), floor);
    if (!(error <= worst)) worst = error;  // a NaN stays
  }
  return worst;
}

const float kInfinity = std::numeric_limits<float>::infinity();
const float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr double kSmallestNormal = 1.1754943508222875e-38;

TEST_CASE("exp agrees with double within 2e-7 from the smallest to the largest result", "[simd]") {
  const Reference exponential = [](double x) { return std::exp(x); };
  testing::ForEachTarget([&] {
    CHECK(WorstError(kExp, exponential, -110, 88.7228, kSmallestNormal) < 2e-7);
    CHECK(WorstError(kExp, exponential, -1, 1, 0) < 2e-7);
    CHECK(WorstError(kExp, exponential, -1e-4, 1e-4, 0) < 1.2e-7);
    CHECK(WorstError(kExpNonPositive, exponential, -87.3, 0, 0) < 2e-7);
    const std::vector<float> y =
        Evaluate(kExp, {0.0f, -0.0f, -kInfinity, kInfinity, 88.73f, -103.98f, -1e30f, 1e30f, kNaN});
    CHECK(y[0] == 1.0f);
    CHECK(y[1] == 1.0f);
    CHECK(y[2] == 0.0f);
    CHECK(y[3] == kInfinity);
    CHECK(y[4] == kInfinity);
    CHECK(y[5] == 0.0f);
    CHECK(y[6] == 0.0f);
    CHECK(y[7] == kInfinity);
    CHECK(std::isnan(y[8]));
  });
}

TEST_CASE("the softmax exponentials are exactly 1 at 0 and exactly 0 far below", "[simd]") {
  testing::ForEachTarget([&] {
    CHECK(WorstError(
              kExp2NonPositive, [](double x) { return std::exp2(x); }, -126, 0, 0) < 2e-7);
    for (const int function : {static_cast<int>(kExpNonPositive), static_cast<int>(kExp2NonPositive)}) {
      const std::vector<float> y = Evaluate(function, {0.0f, -0.0f, -kInfinity, -127.0f, -3e38f, kNaN});
      CHECK(y[0] == 1.0f);
      CHECK(y[1] == 1.0f);
      CHECK(y[2] == 0.0f);
      CHECK(y[3] == 0.0f);
      CHECK(y[4] == 0.0f);
      CHECK_FALSE(std::signbit(y[2]));
      CHECK(std::isnan(y[5]));
    }
  });
}

TEST_CASE("erf and tanh agree with double", "[simd]") {
  const Reference erf = [](double x) { return std::erf(x); };
  const Reference tanh = [](double x) { return std::tanh(x); };
  testing::ForEachTarget([&] {
    CHECK(WorstError(kErf, erf, -6, 6, 1) < 1.5e-7);
    CHECK(WorstError(kErf, erf, -6, 6, 0) < 2e-7);
    CHECK(WorstError(kErf, erf, -1e-3, 1e-3, 0) < 2e-7);
    CHECK(WorstError(kTanh, tanh, -12, 12, 0) < 3e-7);
    CHECK(WorstError(kTanh, tanh, -1e-3, 1e-3, 0) < 2e-7);
    for (const int function : {static_cast<int>(kErf), static_cast<int>(kTanh)}) {
      const std::vector<float> y = Evaluate(function, {kInfinity, -kInfinity, 1e30f, -0.0f, kNaN});
      CHECK(y[0] == 1.0f);
      CHECK(y[1] == -1.0f);
      CHECK(y[2] == 1.0f);
      CHECK((y[3] == 0.0f && std::signbit(y[3])));
      CHECK(std::isnan(y[4]));
    }
  });
}

TEST_CASE("sine and cosine agree with double up to the largest angle they take", "[simd]") {
  const Reference sine = [](double x) { return std::sin(x); };
  const Reference cosine = [](double x) { return std::cos(x); };
  testing::ForEachTarget([&] {
    for (const double reach : {1.0, 10.0, 700.0, 8192.0}) {
      CHECK(WorstError(kSin, sine, -reach, reach, 1) < 1.2e-7);
      CHECK(WorstError(kCos, cosine, -reach, reach, 1) < 1.2e-7);
    }
    CHECK(WorstError(kSin, sine, -1e-3, 1e-3, 0) < 2e-7);
    CHECK(Evaluate(kCos, {0.0f})[0] == 1.0f);
    CHECK(std::isnan(Evaluate(kSin, {kNaN})[0]));
    CHECK(std::isnan(Evaluate(kCos, {kInfinity})[0]));
  });
}

TEST_CASE("gelu keeps its relative accuracy at negative numbers", "[simd]") {
  testing::ForEachTarget([&] {
    CHECK(WorstError(kGelu, GeluReference, -13, 20, 0) < 6e-7);
    CHECK(WorstError(kGelu, GeluReference, -1, 1, 0) < 6e-7);
    CHECK(WorstError(kGelu, GeluReference, -100, -12, 1e-32) < 6e-7);
    CHECK(WorstError(kGelu, GeluReference, -1e-3, 1e-3, 0) < 4e-7);
    CHECK(WorstError(kGeluTanh, GeluTanhReference, -5, 20, 0) < 1e-6);
    CHECK(WorstError(kGeluTanh, GeluTanhReference, -10, -5, 0) < 2e-5);
    CHECK(WorstError(kGeluTanh, GeluTanhReference, -10, 10, 1) < 3e-7);
    CHECK(WorstError(kSilu, SiluReference, -80, 80, 0) < 4e-7);
    CHECK(WorstError(kSilu, SiluReference, -120, 120, 1) < 4e-7);
  });
}

TEST_CASE("the cheaper gelu is within a hundredth of a step of eight bits", "[simd]") {
  testing::ForEachTarget([&] {
    CHECK(WorstError(kGeluCoarse, GeluReference, -4.5, 4.5, 1e9) * 1e9 < 8e-6);
    CHECK(WorstError(kGeluCoarse, GeluReference, -100, -4.5, 1e9) * 1e9 < 3e-5);
    CHECK(WorstError(kGeluCoarse, GeluReference, 4.5, 1e6, 0) < 6e-6);
    const std::vector<float> y = Evaluate(kGeluCoarse, {kNaN, kInfinity, 0.0f, -kInfinity, -3e38f});
    CHECK(std::isnan(y[0]));
    CHECK(y[1] == kInfinity);
    CHECK(y[2] == 0.0f);
    CHECK(std::abs(y[3]) < 3e-5);
    CHECK(std::abs(y[4]) < 3e-5);
  });
}

TEST_CASE("activations of NaN and infinity are what the formula gives in double", "[simd]") {
  testing::ForEachTarget([&] {
    for (const int function :
         {static_cast<int>(kGelu), static_cast<int>(kGeluTanh), static_cast<int>(kSilu)}) {
      const std::vector<float> y = Evaluate(function, {kNaN, kInfinity, -kInfinity, 0.0f, 3e38f, -3e38f});
      INFO("function " << function);
      CHECK(std::isnan(y[0]));
      CHECK(y[1] == kInfinity);
      CHECK(std::isnan(y[2]));
      CHECK(y[3] == 0.0f);
      CHECK(y[4] == 3e38f);
      CHECK(y[5] == 0.0f);
    }
  });
}

}  // namespace
}  // namespace lwave
#endif  // HWY_ONCE
