// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Feature maps against the double reference, on every SIMD target, and what a row's bits may depend on.

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "each_target.h"
#include "kernels/features.h"
#include "reference/favor_reference.h"

namespace lwave {
namespace {

using kernels::FeatureKind;
using kernels::FeatureShift;
using kernels::FeatureTask;
using testing::ForEachTarget;

const float kInfinity = std::numeric_limits<float>::infinity();
const float kNaN = std::numeric_limits<float>::quiet_NaN();
const FeatureKind kKinds[] = {FeatureKind::kSoftmax, FeatureKind::kHyperbolic, FeatureKind::kTrigonometric,
                              FeatureKind::kRelu,    FeatureKind::kExp,        FeatureKind::kElu};
const char* const kNames[] = {"softmax", "hyperbolic", "trigonometric", "relu", "exp", "elu"};

std::vector<float> Normal(std::mt19937& random, int64_t count, float deviation) {
  std::normal_distribution<float> normal(0.0f, deviation);
  std::vector<float> x(static_cast<size_t>(count));
  for (float& number : x) number = normal(random);
  return x;
}

// One head's rows, packed weights and buffers of exactly the sizes that a task states.
struct Problem {
  Problem(std::mt19937& random, FeatureKind kind, int64_t rows, int64_t dim, int64_t columns) {
    if (kind == FeatureKind::kElu) columns = dim;
    expected.kernel = kNames[static_cast<int>(kind)];
    expected.head_dim = dim;
    expected.projection = Normal(random, columns * dim, 1.0f);
    task.kind = kind;
    task.projection.columns = columns;
    task.projection.depth = dim;
    panels.resize(static_cast<size_t>(kernels::PanelBytes(kernels::NumberType::kF32, columns, dim)) / sizeof(float));
    kernels::PackPanels(kernels::NumberType::kF32, expected.projection.data(), 0, columns, dim, panels.data());
    task.projection.panels = panels.data();
    task.rows = rows;
    task.x_stride = dim + 3;
    x = Normal(random, std::max<int64_t>(rows * task.x_stride - 3, 0), 0.5f);
    task.x = x.data();
    task.to_stride = task.Features() + 2;
    to.assign(static_cast<size_t>(std::max<int64_t>(rows * task.to_stride - 2, 0)), 77.0f);
    task.to = to.data();
    if (kind == FeatureKind::kSoftmax || kind == FeatureKind::kHyperbolic) {
      expected.eps = random() % 2 == 0 ? 0.0 : 0.125;
      task.eps = static_cast<float>(expected.eps);
      task.norm = 1 / std::sqrt(static_cast<float>(task.Features()));
    } else if (kind == FeatureKind::kTrigonometric) {
      task.norm = 1 / std::sqrt(static_cast<float>(columns));
    } else if (kind != FeatureKind::kElu) {
      expected.kernel_eps = 0.125;
      task.eps = 0.125f;
    }
  }
  const float* Row(int64_t r) const { return x.data() + r * task.x_stride; }
  // Of all rows, those between the strides left out.
  std::vector<float> Map() {
    std::fill(to.begin(), to.end(), 77.0f);
    task.to = to.data();
    kernels::MapFeatures(task);
    std::vector<float> features;
    for (int64_t r = 0; r < task.rows; ++r) {
      const auto begin = to.begin() + r * task.to_stride;
      features.insert(features.end(), begin, begin + task.Features());
      if (r + 1 < task.rows) CHECK((begin[task.Features()] == 77.0f && begin[task.Features() + 1] == 77.0f));
    }
    return features;
  }

  reference::FavorProblem expected;
  std::vector<float> x, panels, to;
  FeatureTask task;
};

// Cosines near 0 are as exact as the angle is: `of_row` measures them by the row's largest number.
void CheckRow(const float* got, const std::vector<double>& expected, bool of_row) {
  double largest = 0;
  for (const double feature : expected) largest = std::max(largest, std::abs(feature));
  for (size_t f = 0; f < expected.size(); ++f) {
    INFO("feature " << f << ": " << got[f] << ", expected " << expected[f]);
    REQUIRE(std::abs(static_cast<double>(got[f]) - expected[f]) <= 1e-5 * (of_row ? largest : std::abs(expected[f])));
  }
}

TEST_CASE("features of every kind and shift agree with double for any sizes", "[kernels][features]") {
  std::mt19937 random(1);
  for (int kind = 0; kind < 6; ++kind) {
    for (const auto& [rows, dim, columns] : std::vector<std::array<int64_t, 3>>{
             {0, 4, 4}, {1, 1, 1}, {2, 3, 5}, {13, 16, 31}, {14, 17, 32}, {15, 8, 33}, {28, 64, 64}, {29, 5, 100}, {61, 40, 129}}) {
      Problem p(random, kKinds[kind], rows, dim, columns);
      for (FeatureShift shift : {FeatureShift::kFixed, FeatureShift::kFixedMost, FeatureShift::kRowMax}) {
        INFO(kNames[kind] << " rows " << rows << " dim " << dim << " columns " << columns << " shift " << static_cast<int>(shift));
        p.task.shift_kind = shift;
        p.task.shift = shift == FeatureShift::kFixed ? 0.5f : 0.0f;
        if (shift == FeatureShift::kFixedMost) p.task.shift = kernels::LargestExponent(p.task, false, -kInfinity);
        const bool by_row = shift == FeatureShift::kRowMax;
        if (rows == 0) p.task.shift = 0;
        ForEachTarget([&] {
          const std::vector<float> got = p.Map();
          for (int64_t r = 0; r < rows; ++r) {
            const bool shifted = kind < 3;
            const double c = !shifted ? 0 : by_row ? FavorShift(p.expected, p.Row(r)) : static_cast<double>(p.task.shift);
            CheckRow(got.data() + r * p.task.Features(), FavorFeatures(p.expected, p.Row(r), c), kind == 2);
          }
        });
      }
    }
  }
}

TEST_CASE("the largest exponent is that of open rows, with or without the length", "[kernels][features]") {
  std::mt19937 random(2);
  for (int kind = 0; kind < 3; ++kind) {
    Problem p(random, kKinds[kind], 47, 9, 37);
    std::vector<int32_t> open(47, 1);
    double largest = -1e30, of_sum = -1e30;
    for (int64_t r = 0; r < 47; ++r) {
      open[static_cast<size_t>(r)] = r % 5 != 2;
      if (r % 5 == 2) continue;
      double h = 0;
      for (int64_t c = 0; c < 9; ++c) h += std::pow(static_cast<double>(p.Row(r)[c]), 2) / 2;
      const double row = FavorShift(p.expected, p.Row(r));
      largest = std::max(largest, row);
      of_sum = std::max(of_sum, kind == 2 ? row : row - h);
    }
    for (int64_t r = 2; r < 47; r += 5) p.x[static_cast<size_t>(r * p.task.x_stride)] = 1e6f;  // closed
    p.task.mask = open.data();
    ForEachTarget([&] {
      CHECK(std::abs(static_cast<double>(kernels::LargestExponent(p.task, false, -kInfinity)) - largest) < 1e-5);
      CHECK(std::abs(static_cast<double>(kernels::LargestExponent(p.task, true, -kInfinity)) - of_sum) < 1e-5);
      CHECK(kernels::LargestExponent(p.task, false, 1e9f) == 1e9f);
    });
  }
}

TEST_CASE("rows far too long for the exponential keep their largest feature at one where the whole exponent is shifted",
          "[kernels][features]") {
  std::mt19937 random(3);
  Problem p(random, FeatureKind::kSoftmax, 20, 16, 40);
  p.task.eps = 0;
  p.task.norm = 1;
  for (float& number : p.x) number *= 100;
  p.task.shift_kind = FeatureShift::kRowMaxOfSum;
  ForEachTarget([&] {
    const std::vector<float> got = p.Map();
    for (int64_t r = 0; r < 20; ++r) {
      const float* row = got.data() + r * 40;
      CHECK(*std::max_element(row, row + 40) == 1.0f);
    }
  });
}

TEST_CASE("angles beyond the vector functions' reach are still cosines and sines", "[kernels][features]") {
  std::mt19937 random(4);
  Problem p(random, FeatureKind::kTrigonometric, 6, 4, 19);
  for (float& number : p.x) number *= 4e4f;
  p.task.shift_kind = FeatureShift::kRowMax;
  ForEachTarget([&] {
    const std::vector<float> got = p.Map();
    for (int64_t r = 0; r < 6; ++r) {
      for (int64_t f = 0; f < 19; ++f) {  // the projection's own rounding turns such an angle: only the circle is left
        const double cosine = static_cast<double>(got[static_cast<size_t>(r * 38 + f)]);
        const double sine = static_cast<double>(got[static_cast<size_t>(r * 38 + 19 + f)]);
        REQUIRE(std::abs(19 * (cosine * cosine + sine * sine) - 1) < 1e-5);
      }
    }
  });
}

TEST_CASE("a row's features depend on that row alone, to the bit", "[kernels][features][laws]") {
  std::mt19937 random(5);
  for (int kind = 0; kind < 6; ++kind) {
    for (FeatureShift shift : {FeatureShift::kFixed, FeatureShift::kRowMax, FeatureShift::kRowMaxOfSum}) {
      INFO(kNames[kind] << " shift " << static_cast<int>(shift));
      Problem p(random, kKinds[kind], 45, 21, 70);
      p.task.shift_kind = shift;
      p.x[static_cast<size_t>(7 * p.task.x_stride + 1)] = kNaN;
      p.x[static_cast<size_t>(40 * p.task.x_stride + 2)] = kInfinity;
      std::vector<int32_t> open(45, 1);
      open[20] = open[40] = 0;
      p.task.mask = open.data();
      ForEachTarget([&] {
        const std::vector<float> whole = p.Map();
        const int64_t features = p.task.Features();
        FeatureTask one = p.task;
        std::vector<float> row(static_cast<size_t>(features));
        for (int64_t r = 0; r < 45; ++r) {
          one.rows = 1;
          one.x = p.Row(r);
          one.mask = open.data() + r;
          one.to = row.data();
          kernels::MapFeatures(one);
          const float* same = whole.data() + r * features;
          REQUIRE(std::memcmp(row.data(), same, row.size() * sizeof(float)) == 0);
          bool finite = true, zero = true;
          for (float number : row) finite = finite && std::isfinite(number), zero = zero && number == 0.0f;
          REQUIRE(finite == (r != 7));
          REQUIRE(zero == (r == 20 || r == 40));
        }
      });
    }
  }
}

}  // namespace
}  // namespace lwave
