// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Seeded random numbers: their bits are a promise, their distribution is what it says.

#include "base/random_numbers.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace lwave {
namespace {

TEST_CASE("bits are those of xoshiro256** seeded by SplitMix64", "[attention]") {
  RandomNumbers random(0);
  CHECK(random.Bits() == 11091344671253066420u);
  CHECK(random.Bits() == 13793997310169335082u);
  CHECK(random.Bits() == 1900383378846508768u);
  CHECK(random.Bits() == 7684712102626143532u);
}

TEST_CASE("numbers drawn from a seed never change", "[attention]") {
  RandomNumbers ordered(7);
  CHECK(ordered.Permutation(10) == std::vector<int64_t>{8, 3, 9, 0, 7, 2, 1, 6, 5, 4});
  for (int64_t expected : {655749613, 131019013, 111569253, 278185893}) CHECK(ordered.Below(1000000007) == expected);
  // To the last bit, and nothing else: a stored seed must give the same layer on another machine.
  RandomNumbers normal(42);
  for (double expected : {-0x1.368a97c38507ep-2, 0x1.27628399adbdap-2, 0x1.58040c37f1763p+0, -0x1.603e48643db8bp-1,
                          0x1.88aa35330a929p-2, -0x1.89b70e61a67a4p+1}) CHECK(normal.Normal() == expected);
}

TEST_CASE("normals are Box and Muller's to the last digits of a double", "[attention]") {
  RandomNumbers normal(123), uniform(123);
  for (int pair = 0; pair < 100000; ++pair) {
    const double radius = std::sqrt(-2 * std::log1p(-uniform.Uniform()));
    const double angle = 2 * 3.14159265358979323846 * uniform.Uniform();
    REQUIRE(std::abs(normal.Normal() - radius * std::cos(angle)) <= 1e-14);
    REQUIRE(std::abs(normal.Normal() - radius * std::sin(angle)) <= 1e-14);
  }
}

TEST_CASE("uniform and normal numbers have the moments of their distributions", "[attention]") {
  constexpr int kCount = 1000000;
  RandomNumbers random(1);
  double mean = 0, square = 0, least = 1, most = 0;
  for (int i = 0; i < kCount; ++i) {
    const double u = random.Uniform();
    mean += u / kCount;
    square += u * u / kCount;
    least = std::min(least, u);
    most = std::max(most, u);
  }
  CHECK((least >= 0 && least < 1e-4 && most < 1 && most > 1 - 1e-4));
  CHECK(std::abs(mean - 0.5) < 5 * 0.29 / 1000);  // five standard deviations
  CHECK(std::abs(square - 1.0 / 3) < 5 * 0.3 / 1000);
  double moments[5] = {0, 0, 0, 0, 0};
  for (int i = 0; i < kCount; ++i) {
    const double x = random.Normal();
    for (int k = 1; k <= 4; ++k) moments[k] += std::pow(x, k) / kCount;
  }
  CHECK(std::abs(moments[1]) < 5 * 1.0 / 1000);
  CHECK(std::abs(moments[2] - 1) < 5 * std::sqrt(2.0) / 1000);
  CHECK(std::abs(moments[3]) < 5 * std::sqrt(15.0) / 1000);
  CHECK(std::abs(moments[4] - 3) < 5 * std::sqrt(96.0) / 1000);
}

TEST_CASE("numbers below n are equally likely and a permutation holds each once", "[attention]") {
  RandomNumbers random(5);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts[static_cast<size_t>(random.Below(7))];
  for (int count : counts) CHECK(std::abs(count - 10000) < 5 * 93);
  CHECK(random.Below(1) == 0);
  CHECK(random.Permutation(0).empty());
  std::vector<int64_t> order = random.Permutation(1000);
  CHECK(!std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (int64_t i = 0; i < 1000; ++i) REQUIRE(order[static_cast<size_t>(i)] == i);
}

}  // namespace
}  // namespace lwave
