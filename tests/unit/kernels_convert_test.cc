// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Conversions between storage types, exhaustively where the small type has 16 bits.

#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "kernels/convert.h"
#include "reference/gemm_reference.h"

namespace lwave::kernels {
namespace {

// The value of an IEEE half, from its definition.
double HalfValue(uint16_t half) {
  const int exponent = (half >> 10) & 31;
  const int fraction = half & 1023;
  const double sign = (half & 0x8000) != 0 ? -1.0 : 1.0;
  if (exponent == 31) return fraction != 0 ? std::nan("") : sign * HUGE_VAL;
  return exponent == 0 ? sign * std::ldexp(fraction, -24) : sign * std::ldexp(1024 + fraction, exponent - 25);
}

float FromHalf(uint16_t half) {
  float value = 0;
  F16ToF32(&half, 1, &value);
  return value;
}
uint16_t ToHalf(float value) {
  uint16_t half = 0;
  F32ToF16(&value, 1, &half);
  return half;
}
float FromBf16(uint16_t bits) {
  float value = 0;
  Bf16ToF32(&bits, 1, &value);
  return value;
}
uint16_t ToBf16(float value) {
  uint16_t bits = 0;
  F32ToBf16(&value, 1, &bits);
  return bits;
}

TEST_CASE("Every f16 number becomes its exact f32 value and comes back as itself", "[kernels]") {
  for (uint32_t i = 0; i < 65536; ++i) {
    const uint16_t half = static_cast<uint16_t>(i);
    const float value = FromHalf(half);
    if (std::isnan(HalfValue(half))) {
      REQUIRE(std::isnan(value));
      REQUIRE(std::isnan(FromHalf(ToHalf(value))));
    } else {
      REQUIRE(static_cast<double>(value) == HalfValue(half));
      REQUIRE(ToHalf(value) == half);
    }
  }
}

TEST_CASE("f32 is rounded to f16 to nearest, ties to even", "[kernels]") {
  // Between every two neighbours: just below the middle, the middle, just above.
  for (uint32_t i = 0; i < 0x7BFF; ++i) {
    const uint16_t lower = static_cast<uint16_t>(i);
    const uint16_t upper = static_cast<uint16_t>(i + 1);
    const float middle = static_cast<float>((HalfValue(lower) + HalfValue(upper)) / 2);
    REQUIRE(ToHalf(middle) == (i % 2 == 0 ? lower : upper));
    REQUIRE(ToHalf(std::nextafter(middle, 0.0f)) == lower);
    REQUIRE(ToHalf(std::nextafter(middle, 1e9f)) == upper);
    REQUIRE(ToHalf(-middle) == ((i % 2 == 0 ? lower : upper) | 0x8000));
  }
  CHECK(ToHalf(65519.996f) == 0x7BFF);
  CHECK(ToHalf(65520.0f) == 0x7C00);
  CHECK(ToHalf(1e30f) == 0x7C00);
  CHECK(ToHalf(-std::numeric_limits<float>::infinity()) == 0xFC00);
  CHECK(ToHalf(1e-30f) == 0);
  CHECK(ToHalf(-0.0f) == 0x8000);
  // A NaN whose payload lies only in the bits that are dropped stays a NaN.
  CHECK(std::isnan(FromHalf(ToHalf(std::bit_cast<float>(0x7F800001u)))));
}

TEST_CASE("f32 is rounded to bf16 to nearest, ties to even", "[kernels]") {
  for (uint32_t i = 0; i < 65536; ++i) {
    const uint16_t bits = static_cast<uint16_t>(i);
    const float value = FromBf16(bits);
    if (std::isnan(value)) {
      REQUIRE(std::isnan(FromBf16(ToBf16(value))));
    } else {
      REQUIRE(ToBf16(value) == bits);
    }
  }
  std::mt19937 random(31);
  for (int i = 0; i < 200000; ++i) {
    uint32_t bits = static_cast<uint32_t>(random());
    if (i % 3 == 0) bits = (bits & 0xFFFF0000u) | 0x8000u;  // ties
    const float value = std::bit_cast<float>(bits);
    const float rounded = FromBf16(ToBf16(value));
    if (std::isnan(value)) {
      REQUIRE(std::isnan(rounded));
    } else {
      REQUIRE(static_cast<double>(rounded) == reference::RoundToBf16Reference(value));
    }
  }
  CHECK(std::isnan(FromBf16(ToBf16(std::bit_cast<float>(0x7F800001u)))));
  CHECK(ToBf16(std::numeric_limits<float>::max()) == 0x7F80);
}

TEST_CASE("Symmetric quantisation keeps every number within half a step", "[kernels]") {
  std::mt19937 random(32);
  for (float size : {1.0f, 1e-6f, 1e30f, 1.6e38f}) {
    std::uniform_real_distribution<float> distribution(-size, size);
    for (int64_t count : {1, 2, 31, 384}) {
      std::vector<float> x(static_cast<size_t>(count));
      for (float& value : x) value = distribution(random);
      std::vector<int8_t> integers(x.size());
      const float scale = QuantizeSymmetric(x.data(), count, integers.data());
      const reference::SymmetricReference expected =
          reference::QuantizeSymmetricReference(std::vector<double>(x.begin(), x.end()));
      CHECK(std::fabs(scale - expected.scale) <= 1e-7 * expected.scale);
      for (size_t i = 0; i < x.size(); ++i) {
        REQUIRE(std::fabs(static_cast<double>(scale) * integers[i] - x[i]) <= 0.50001 * expected.scale);
        REQUIRE(integers[i] >= -127);
      }
    }
  }
}

TEST_CASE("Symmetric quantisation of zeros has scale one and of a NaN has scale NaN", "[kernels]") {
  const std::vector<float> zeros = {0.0f, -0.0f, 0.0f};
  std::vector<int8_t> integers(3, 5);
  CHECK(QuantizeSymmetric(zeros.data(), 3, integers.data()) == 1.0f);
  CHECK(integers == std::vector<int8_t>{0, 0, 0});
  CHECK(QuantizeSymmetric(zeros.data(), 0, integers.data()) == 1.0f);
  const std::vector<float> bad = {1.0f, std::numeric_limits<float>::quiet_NaN(), 2.0f};
  integers.assign(3, 5);
  CHECK(std::isnan(QuantizeSymmetric(bad.data(), 3, integers.data())));
  CHECK(integers == std::vector<int8_t>{0, 0, 0});
  const std::vector<float> tiny = {1e-45f, -1e-40f, 0.0f};
  CHECK(QuantizeSymmetric(tiny.data(), 3, integers.data()) > 0.0f);
}

}  // namespace
}  // namespace lwave::kernels
