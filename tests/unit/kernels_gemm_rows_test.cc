// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Packing weights and preparing rows: exact round trips, rounding and quantisation against double.

#include <algorithm>
#include <array>
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cfloat>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "each_target.h"
#include "kernels/convert.h"
#include "kernels/gemm.h"
#include "kernels_gemm_problem.h"
#include "reference/gemm_reference.h"

namespace lwave::testing {
namespace {

using kernels::NumberType;

TEST_CASE("Unpacked panels are the weights as their type keeps them", "[kernels]") {
  std::mt19937 random(21);
  constexpr std::array<int64_t, 2> kShapes[] = {{0, 5},  {5, 0},  {1, 1},  {31, 3},
                                                {32, 4}, {33, 5}, {64, 7}, {70, 1030}};
  for (const auto& [columns, depth] : kShapes) {
    for (NumberType type : kPanelTypes) {
      INFO(NameOf(type) << " columns " << columns << " depth " << depth);
      const Weights weights(type, RandomFloats(random, columns * depth), columns, depth);
      std::vector<float> w(weights.w.size());
      kernels::UnpackPanels(weights.matrix, w.data());
      for (int64_t c = 0; c < columns; ++c) {
        int32_t sum = 0;
        for (int64_t k = 0; k < depth; ++k) {
          const size_t at = static_cast<size_t>(c * depth + k);
          if (type == NumberType::kF32) {
            REQUIRE(w[at] == weights.w[at]);
          } else if (type == NumberType::kBf16) {
            REQUIRE(w[at] == reference::RoundToBf16Reference(weights.w[at]));
          } else {
            const float scale = weights.scales[static_cast<size_t>(c)];
            REQUIRE(std::fabs(w[at] - weights.w[at]) <= 0.50001f * scale);
            sum += static_cast<int32_t>(std::lround(w[at] / scale));
          }
        }
        if (type == NumberType::kInt8) {
          REQUIRE(sum == weights.sums[static_cast<size_t>(c)]);
        }
      }
    }
  }
}

TEST_CASE("Panels packed in several calls are the panels packed in one", "[kernels]") {
  std::mt19937 random(22);
  constexpr int64_t kColumns = 100, kDepth = 45;
  for (NumberType type : kPanelTypes) {
    const Weights whole(type, RandomFloats(random, kColumns * kDepth), kColumns, kDepth);
    std::vector<char> panels(whole.panels.size(), 0x11);
    std::vector<float> scales(kColumns);
    for (const auto& [first, count] : {std::array<int64_t, 2>{96, 4}, {0, 32}, {32, 64}}) {
      const float* w = whole.w.data() + first * kDepth;
      if (type == NumberType::kInt8) {
        kernels::QuantizePanels(w, first, count, kDepth, panels.data(), scales.data());
      } else {
        kernels::PackPanels(type, w, first, count, kDepth, panels.data());
      }
    }
    CHECK(panels == whole.panels);
    if (type == NumberType::kInt8) CHECK(scales == whole.scales);
  }
}

TEST_CASE("A column of zeros has scale one, and a column with a NaN has scale NaN", "[kernels]") {
  std::vector<float> w(3 * 4, 0.0f);
  w[4] = 2.0f;
  w[9] = std::numeric_limits<float>::quiet_NaN();
  const Weights weights(NumberType::kInt8, w, 3, 4);
  CHECK(weights.scales[0] == 1.0f);
  CHECK(weights.scales[1] == 2.0f / 127.0f);
  CHECK(std::isnan(weights.scales[2]));
  SerialRunner runner;
  const std::vector<float> x = {1, 2, 3, 4};
  const std::vector<float> y = Multiply(runner, x.data(), 1, 4, weights);
  CHECK(y[0] == 0.0f);
  CHECK(std::fabs(y[1] - 2.0f) < 0.02f);
  CHECK(std::isnan(y[2]));
}

TEST_CASE("Rows are rounded to bf16 to nearest even, NaN and subnormal numbers included", "[kernels]") {
  std::mt19937 random(23);
  SerialRunner runner;
  ForEachTarget([&] {
    for (int64_t depth : {1, 2, 3, 15, 16, 17, 40, 1000}) {
      constexpr int64_t kRows = 3;
      std::vector<float> x(static_cast<size_t>(kRows * depth));
      // Any bits at all.
      for (float& value : x) value = std::bit_cast<float>(static_cast<uint32_t>(random()));
      Buffer<char> scratch = Scratch(NumberType::kBf16, kRows, depth);
      const kernels::PreparedRows rows =
          kernels::PrepareRows(runner, NumberType::kBf16, x.data(), kRows, depth, depth, scratch.data());
      std::vector<uint16_t> expected(x.size());
      kernels::F32ToBf16(x.data(), static_cast<int64_t>(x.size()), expected.data());
      for (int64_t r = 0; r < kRows; ++r) {
        const uint16_t* row = static_cast<const uint16_t*>(rows.data) + r * rows.stride;
        for (int64_t k = 0; k < depth; ++k) REQUIRE(row[k] == expected[static_cast<size_t>(r * depth + k)]);
        if (depth % 2 != 0) REQUIRE(row[depth] == 0);
      }
    }
  });
}

TEST_CASE("A row in u8 is within half a step of the row, and zero stays exactly zero", "[kernels]") {
  SerialRunner runner;
  ForEachTarget([&] {
    std::mt19937 random(24);
    for (int64_t depth : {1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65, 384}) {
      for (const auto& [low, high] : {std::array<float, 2>{-1.0f, 1.0f}, {0.5f, 2.0f}, {-7.0f, -3.0f},
                                      {-1e-3f, 40.0f}, {-3e38f, 3e38f}, {-1e-40f, 2e-40f}}) {
        INFO("depth " << depth << " from " << low << " to " << high);
        constexpr int64_t kRows = 5;
        std::vector<float> x = RandomFloats(random, kRows * depth, low / 2, high / 2);
        for (float& value : x) value *= 2;
        x[0] = 0.0f;
        Buffer<char> scratch = Scratch(NumberType::kInt8, kRows, depth);
        const kernels::PreparedRows rows =
            kernels::PrepareRows(runner, NumberType::kInt8, x.data(), kRows, depth, depth, scratch.data());
        for (int64_t r = 0; r < kRows; ++r) {
          const double scale = rows.scales[r];
          const int zero_point = rows.zero_points[r];
          REQUIRE((zero_point >= 0 && zero_point <= 255));
          double least = 0, most = 0;
          for (int64_t k = 0; k < depth; ++k) {
            least = std::min<double>(least, x[static_cast<size_t>(r * depth + k)]);
            most = std::max<double>(most, x[static_cast<size_t>(r * depth + k)]);
          }
          if (most - least > 1e-30) REQUIRE(std::fabs(scale - (most - least) / 255) <= 1e-6 * scale);
          for (int64_t k = 0; k < depth; ++k) {
            const float value = x[static_cast<size_t>(r * depth + k)];
            const int integer = static_cast<const uint8_t*>(rows.data)[r * rows.stride + k];
            if (value == 0.0f) REQUIRE(integer == zero_point);
            // Clamping at an end of the range may add the half step that the zero point was rounded by.
            const double error = std::fabs(scale * (integer - zero_point) - value);
            const bool end = integer == 0 || integer == 255;
            REQUIRE(error <= (end ? 1.0001 : 0.5001) * scale);
          }
        }
      }
    }
  });
}

TEST_CASE("A row of zeros has scale one, and a row with a NaN or an infinity has scale NaN", "[kernels]") {
  SerialRunner runner;
  ForEachTarget([&] {
    constexpr int64_t kRows = 4, kDepth = 33;
    for (int64_t at : {0, 16, 31, 32}) {
      std::vector<float> x(kRows * kDepth, 0.0f);
      x[static_cast<size_t>(1 * kDepth + at)] = std::numeric_limits<float>::quiet_NaN();
      x[static_cast<size_t>(2 * kDepth + at)] = -std::numeric_limits<float>::infinity();
      x[static_cast<size_t>(3 * kDepth + at)] = -0.0f;
      Buffer<char> scratch = Scratch(NumberType::kInt8, kRows, kDepth);
      const kernels::PreparedRows rows =
          kernels::PrepareRows(runner, NumberType::kInt8, x.data(), kRows, kDepth, kDepth, scratch.data());
      for (int64_t r : {0, 3}) {
        CHECK(rows.scales[r] == 1.0f);
        CHECK(rows.zero_points[r] == 0);
      }
      CHECK(std::isnan(rows.scales[1]));
      CHECK(std::isnan(rows.scales[2]));
    }
  });
}

TEST_CASE("Preparing rows with several threads changes no bit", "[kernels][laws]") {
  std::mt19937 random(25);
  constexpr int64_t kRows = 500, kDepth = 301;
  const std::vector<float> x = RandomFloats(random, kRows * kDepth);
  SerialRunner serial;
  for (NumberType type : {NumberType::kBf16, NumberType::kInt8}) {
    Buffer<char> expected = Scratch(type, kRows, kDepth);
    kernels::PrepareRows(serial, type, x.data(), kRows, kDepth, kDepth, expected.data());
    for (int32_t threads : {2, 3}) {
      const std::unique_ptr<Runner> runner = MakeThreadPool(threads);
      Buffer<char> got = Scratch(type, kRows, kDepth);
      kernels::PrepareRows(*runner, type, x.data(), kRows, kDepth, kDepth, got.data());
      CHECK(std::equal(got.begin(), got.end(), expected.begin()));
    }
  }
}

}  // namespace
}  // namespace lwave::testing
