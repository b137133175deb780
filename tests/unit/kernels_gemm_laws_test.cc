// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The laws of the design for matrix products: a row's bits depend on that row alone.

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "each_target.h"
#include "kernels/gemm.h"
#include "kernels_gemm_problem.h"

namespace lwave::testing {
namespace {

using kernels::Activation;
using kernels::NumberType;

TEST_CASE("A row of a product has the same bits alone, in any batch and in any split", "[kernels][laws]") {
  SerialRunner runner;
  ForEachTarget([&] {
    std::mt19937 random(11);
    constexpr int64_t kRows = 64, kColumns = 75, kDepth = 101;
    const std::vector<float> x = RandomFloats(random, kRows * kDepth, -3.0f, 2.0f);
    const std::vector<float> bias = RandomFloats(random, kColumns);
    for (NumberType type : kPanelTypes) {
      INFO(NameOf(type));
      const Weights weights(type, RandomFloats(random, kColumns * kDepth), kColumns, kDepth);
      const std::vector<float> whole =
          Multiply(runner, x.data(), kRows, kDepth, weights, bias.data(), Activation::kGelu);
      // Every batch size that a tile or a rest of tiles can have, at several starts.
      for (int64_t size = 1; size <= 33; ++size) {
        for (int64_t first = 0; first + size <= kRows; first += 1 + static_cast<int64_t>(random() % 17)) {
          const std::vector<float> part = Multiply(runner, x.data() + first * kDepth, size, kDepth, weights,
                                                   bias.data(), Activation::kGelu);
          INFO("rows " << first << " to " << first + size);
          REQUIRE(SameBits(part.data(), whole.data() + first * kColumns, size * kColumns));
        }
      }
    }
  });
}

TEST_CASE("The number of threads and the order of tasks change no bit of a product", "[kernels][laws]") {
  std::vector<std::unique_ptr<Runner>> runners;
  for (int32_t threads : {1, 2, 3}) runners.push_back(MakeThreadPool(threads));
  runners.push_back(std::make_unique<BackwardRunner>());
  ForEachTarget([&] {
    std::mt19937 random(12);
    for (NumberType type : kPanelTypes) {
      for (const auto& [rows, columns, depth] :
           {std::array<int64_t, 3>{1, 700, 300}, {16, 200, 256}, {300, 260, 130}, {50, 40, 2100}}) {
        INFO(NameOf(type) << " " << rows << "x" << columns << "x" << depth);
        const std::vector<float> x = RandomFloats(random, rows * depth);
        const Weights weights(type, RandomFloats(random, columns * depth), columns, depth);
        SerialRunner serial;
        const std::vector<float> expected = Multiply(serial, x.data(), rows, depth, weights);
        for (const auto& runner : runners) {
          const std::vector<float> y = Multiply(*runner, x.data(), rows, depth, weights);
          REQUIRE(SameBits(expected.data(), y.data(), rows * columns));
        }
      }
    }
  });
}

TEST_CASE("Columns keep their bits whatever columns are packed beside them", "[kernels][laws]") {
  SerialRunner runner;
  ForEachTarget([&] {
    std::mt19937 random(13);
    constexpr int64_t kRows = 19, kColumns = 90, kDepth = 50;
    const std::vector<float> x = RandomFloats(random, kRows * kDepth);
    const std::vector<float> w = RandomFloats(random, kColumns * kDepth);
    for (NumberType type : kPanelTypes) {
      const Weights weights(type, w, kColumns, kDepth);
      const std::vector<float> whole = Multiply(runner, x.data(), kRows, kDepth, weights);
      for (int64_t column : {0, 15, 16, 31, 32, 89}) {
        const auto start = w.begin() + column * kDepth;
        const Weights one(type, std::vector<float>(start, start + kDepth), 1, kDepth);
        const std::vector<float> y = Multiply(runner, x.data(), kRows, kDepth, one);
        for (int64_t r = 0; r < kRows; ++r) {
          REQUIRE(SameBits(y.data() + r, whole.data() + r * kColumns + column, 1));
        }
      }
    }
  });
}

TEST_CASE("A NaN or an infinity reaches its own row of a product and no other", "[kernels][laws]") {
  SerialRunner runner;
  ForEachTarget([&] {
    std::mt19937 random(14);
    constexpr int64_t kRows = 31, kColumns = 40, kDepth = 37;
    const std::vector<float> clean = RandomFloats(random, kRows * kDepth);
    for (float poison : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                         -std::numeric_limits<float>::infinity()}) {
      for (NumberType type : kPanelTypes) {
        const Weights weights(type, RandomFloats(random, kColumns * kDepth, 0.1f, 1.0f), kColumns, kDepth);
        const std::vector<float> expected = Multiply(runner, clean.data(), kRows, kDepth, weights);
        for (int64_t at : {0, 3, 36}) {
          std::vector<float> x = clean;
          constexpr int64_t kRow = 13;
          x[static_cast<size_t>(kRow * kDepth + at)] = poison;
          const std::vector<float> y = Multiply(runner, x.data(), kRows, kDepth, weights);
          for (int64_t r = 0; r < kRows; ++r) {
            INFO(NameOf(type) << " row " << r << " position " << at << " value " << poison);
            if (r != kRow) {
              REQUIRE(SameBits(y.data() + r * kColumns, expected.data() + r * kColumns, kColumns));
              continue;
            }
            for (int64_t n = 0; n < kColumns; ++n) {
              const float value = y[static_cast<size_t>(r * kColumns + n)];
              if (type == NumberType::kInt8 || std::isnan(poison)) {
                REQUIRE(std::isnan(value));
              } else {
                REQUIRE(value == poison);  // weights are positive here
              }
            }
          }
        }
      }
    }
  });
}

TEST_CASE("A NaN passes every activation of a product", "[kernels][laws]") {
  SerialRunner runner;
  ForEachTarget([&] {
    std::mt19937 random(15);
    constexpr int64_t kColumns = 35, kDepth = 8;
    std::vector<float> x = RandomFloats(random, kDepth);
    x[5] = std::numeric_limits<float>::quiet_NaN();
    for (NumberType type : kPanelTypes) {
      const Weights weights(type, RandomFloats(random, kColumns * kDepth), kColumns, kDepth);
      for (int activation = 0; activation <= static_cast<int>(Activation::kSilu); ++activation) {
        INFO(NameOf(type) << " activation " << activation);
        for (float value : Multiply(runner, x.data(), 1, kDepth, weights, nullptr,
                                    static_cast<Activation>(activation))) {
          REQUIRE(std::isnan(value));
        }
      }
    }
  });
}

}  // namespace
}  // namespace lwave::testing
