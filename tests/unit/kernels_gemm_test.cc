// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Matrix products against the double reference, on every SIMD target.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "each_target.h"
#include "kernels/gemm.h"
#include "kernels_gemm_problem.h"
#include "reference/gemm_reference.h"

namespace lwave::testing {
namespace {

using kernels::Activation;
using kernels::NumberType;

// What the product of one element should be made of: the numbers as the type keeps them, in double.
std::vector<double> RowAsKept(const kernels::PreparedRows& rows, const float* x, int64_t row) {
  std::vector<double> kept;
  for (int64_t k = 0; k < rows.depth; ++k) {
    if (rows.type == NumberType::kInt8) {
      const int integer = static_cast<const uint8_t*>(rows.data)[row * rows.stride + k];
      kept.push_back(static_cast<double>(rows.scales[row]) * (integer - rows.zero_points[row]));
    } else if (rows.type == NumberType::kBf16) {
      kept.push_back(reference::RoundToBf16Reference(x[k]));
    } else {
      kept.push_back(x[k]);
    }
  }
  return kept;
}

std::vector<double> ColumnAsKept(const Weights& weights, int64_t column) {
  const int64_t depth = weights.matrix.depth;
  std::vector<double> w(weights.w.begin() + column * depth, weights.w.begin() + (column + 1) * depth);
  if (weights.matrix.type == NumberType::kBf16) {
    for (double& value : w) value = reference::RoundToBf16Reference(value);
  } else if (weights.matrix.type == NumberType::kInt8) {
    const reference::SymmetricReference quantised = reference::QuantizeSymmetricReference(w);
    const double scale = weights.matrix.scales[column];
    CHECK(std::fabs(scale - quantised.scale) <= 1e-7 * quantised.scale);
    for (size_t k = 0; k < w.size(); ++k) w[k] = scale * quantised.integers[k];
  }
  return w;
}

// The condition of a sum times what a chain of `depth` roundings usually costs (it grows with the root).
double Tolerance(NumberType type, int64_t depth, Activation activation, const reference::GemmElement& element) {
  constexpr double kUnit = 0x1p-24;
  const double roundings = type == NumberType::kInt8 ? 8 : 8 + 3 * std::sqrt(static_cast<double>(depth));
  // The cheaper gelu of types that round to eight bits.
  const bool coarse = type != NumberType::kF32 && activation == Activation::kGelu;
  const double gelu = coarse ? 3e-5 + 6e-6 * std::max(element.linear, 0.0) : 0;
  return gelu + roundings * kUnit * (element.absolute + std::fabs(element.linear)) +
         8 * kUnit * (std::fabs(element.value) + std::fabs(element.linear)) + 1e-30;
}

struct Case {
  int64_t rows, columns, depth;
  Activation activation = Activation::kNone;
  bool bias = true;
  bool residual = false;
};

// Computes with strides wider than the rows, in arrays of the exact size.
void CheckAgainstReference(Runner& runner, NumberType type, const Case& c, uint32_t seed) {
  INFO(NameOf(type) << " rows " << c.rows << " columns " << c.columns << " depth " << c.depth);
  INFO("activation " << static_cast<int>(c.activation) << " seed " << seed);
  std::mt19937 random(seed);
  const int64_t x_stride = c.depth + 3;
  const int64_t y_stride = c.columns + 5;
  const int64_t residual_stride = c.columns + 2;
  const auto extent = [](int64_t rows, int64_t stride, int64_t width) {
    return rows == 0 ? int64_t{0} : (rows - 1) * stride + width;
  };
  const std::vector<float> x = RandomFloats(random, extent(c.rows, x_stride, c.depth), -1.0f, 1.5f);
  const std::vector<float> bias = RandomFloats(random, c.columns);
  const std::vector<float> residual = RandomFloats(random, extent(c.rows, residual_stride, c.columns));
  const Weights weights(type, RandomFloats(random, c.columns * c.depth, -0.5f, 0.5f), c.columns, c.depth);
  std::vector<float> y(static_cast<size_t>(extent(c.rows, y_stride, c.columns)), 123.0f);

  Buffer<char> scratch = Scratch(type, c.rows, c.depth);
  const kernels::PreparedRows prepared =
      kernels::PrepareRows(runner, type, x.data(), c.rows, c.depth, x_stride, scratch.data());
  kernels::GemmOutput output;
  output.weight = weights.matrix;
  output.bias = c.bias ? bias.data() : nullptr;
  output.activation = c.activation;
  output.residual = c.residual ? residual.data() : nullptr;
  output.residual_stride = residual_stride;
  output.y = y.data();
  output.y_stride = y_stride;
  kernels::Gemm(runner, prepared, {&output, 1});

  std::vector<std::vector<double>> columns;
  for (int64_t n = 0; n < c.columns; ++n) columns.push_back(ColumnAsKept(weights, n));
  for (int64_t r = 0; r < c.rows; ++r) {
    const std::vector<double> row = RowAsKept(prepared, x.data() + r * x_stride, r);
    for (int64_t n = 0; n < c.columns; ++n) {
      const reference::GemmElement expected = reference::GemmReference(
          row, columns[static_cast<size_t>(n)], c.bias ? bias[static_cast<size_t>(n)] : 0.0,
          static_cast<reference::GemmActivation>(c.activation),
          c.residual ? residual[static_cast<size_t>(r * residual_stride + n)] : 0.0);
      const double got = y[static_cast<size_t>(r * y_stride + n)];
      if (!(std::fabs(got - expected.value) <= Tolerance(type, c.depth, c.activation, expected))) {
        INFO("row " << r << " column " << n);
        REQUIRE(got == expected.value);
      }
    }
    for (int64_t n = c.columns; r + 1 < c.rows && n < y_stride; ++n) {
      REQUIRE(y[static_cast<size_t>(r * y_stride + n)] == 123.0f);
    }
  }
}

TEST_CASE("A product agrees with double for every small number of rows, columns and inputs", "[kernels]") {
  SerialRunner runner;
  ForEachTarget([&] {
    uint32_t seed = 100;
    for (NumberType type : kPanelTypes) {
      for (int64_t rows = 0; rows <= 30; ++rows) {
        CheckAgainstReference(runner, type, {rows, 33, 7}, ++seed);
      }
      for (int64_t columns = 0; columns <= 66; ++columns) {
        CheckAgainstReference(runner, type, {3, columns, 5}, ++seed);
      }
      for (int64_t depth : {0, 1, 2, 3, 4, 5, 31, 32, 33, 63, 64, 65, 129}) {
        CheckAgainstReference(runner, type, {5, 40, depth}, ++seed);
      }
    }
  });
}

TEST_CASE("A product agrees with double for the shapes of a small encoder and random ones", "[kernels]") {
  const std::unique_ptr<Runner> runner = MakeThreadPool(2);
  ForEachTarget([&] {
    std::mt19937 random(2);
    for (NumberType type : kPanelTypes) {
      CheckAgainstReference(*runner, type, {97, 384, 384}, 1);
      CheckAgainstReference(*runner, type, {1, 96, 1536}, 2);
      CheckAgainstReference(*runner, type, {200, 65, 130}, 3);
      for (uint32_t seed = 10; seed < 20; ++seed) {
        const auto up_to = [&](int64_t most) { return static_cast<int64_t>(random() % (most + 1)); };
        CheckAgainstReference(*runner, type, {up_to(90), up_to(150), up_to(300)}, seed);
      }
    }
  });
}

TEST_CASE("Bias, activation and residual are applied to every column, the last ones too", "[kernels]") {
  SerialRunner runner;
  ForEachTarget([&] {
    uint32_t seed = 500;
    for (NumberType type : kPanelTypes) {
      for (int activation = 0; activation <= static_cast<int>(Activation::kSilu); ++activation) {
        for (int options = 0; options < 4; ++options) {
          const Case c = {9, 45, 33, static_cast<Activation>(activation), (options & 1) != 0, options > 1};
          CheckAgainstReference(runner, type, c, ++seed);
        }
      }
    }
  });
}

TEST_CASE("Rows a power of two apart give the bits of rows that lie elsewhere", "[kernels][laws]") {
  SerialRunner runner;
  ForEachTarget([&] {
    std::mt19937 random(5);
    constexpr int64_t kRows = 29, kColumns = 34;
    for (int64_t depth : {1, 511, 512, 513, 1024, 1500}) {
      constexpr int64_t kStride = 2048;  // 8 KB
      const std::vector<float> x = RandomFloats(random, (kRows - 1) * kStride + depth);
      std::vector<float> dense;
      for (int64_t r = 0; r < kRows; ++r) {
        dense.insert(dense.end(), x.begin() + r * kStride, x.begin() + r * kStride + depth);
        dense.push_back(0.0f);  // rows depth + 1 apart
      }
      const Weights weights(NumberType::kF32, RandomFloats(random, kColumns * depth), kColumns, depth);
      const std::vector<float> expected = Multiply(runner, dense.data(), kRows, depth + 1, weights);
      const std::vector<float> y = Multiply(runner, x.data(), kRows, kStride, weights);
      INFO("depth " << depth);
      REQUIRE(SameBits(expected.data(), y.data(), kRows * kColumns));
    }
  });
}

TEST_CASE("The residual may be the output itself", "[kernels]") {
  SerialRunner runner;
  std::mt19937 random(3);
  constexpr int64_t kRows = 17, kColumns = 70, kDepth = 40;
  const std::vector<float> x = RandomFloats(random, kRows * kDepth);
  const std::vector<float> residual = RandomFloats(random, kRows * kColumns);
  for (NumberType type : kPanelTypes) {
    const Weights weights(type, RandomFloats(random, kColumns * kDepth), kColumns, kDepth);
    const std::vector<float> apart = Multiply(runner, x.data(), kRows, kDepth, weights, nullptr,
                                              Activation::kNone, residual.data());
    std::vector<float> y = residual;
    Buffer<char> scratch = Scratch(type, kRows, kDepth);
    kernels::GemmOutput output;
    output.weight = weights.matrix;
    output.residual = y.data();
    output.residual_stride = kColumns;
    output.y = y.data();
    output.y_stride = kColumns;
    const kernels::PreparedRows rows =
        kernels::PrepareRows(runner, type, x.data(), kRows, kDepth, kDepth, scratch.data());
    kernels::Gemm(runner, rows, {&output, 1});
    CHECK(SameBits(apart.data(), y.data(), kRows * kColumns));
  }
}

TEST_CASE("Products computed together have the bits of products computed alone", "[kernels]") {
  const std::unique_ptr<Runner> runner = MakeThreadPool(2);
  ForEachTarget([&] {
    std::mt19937 random(4);
    constexpr int64_t kRows = 37, kDepth = 96;
    constexpr int64_t kColumns[] = {96, 1, 0, 64, 33, 500};
    const std::vector<float> x = RandomFloats(random, kRows * kDepth);
    for (NumberType type : kPanelTypes) {
      std::vector<std::unique_ptr<Weights>> weights;
      std::vector<std::vector<float>> together;
      std::vector<kernels::GemmOutput> outputs;
      for (int64_t columns : kColumns) {
        weights.push_back(
            std::make_unique<Weights>(type, RandomFloats(random, columns * kDepth), columns, kDepth));
        together.emplace_back(static_cast<size_t>(kRows * columns));
        kernels::GemmOutput output;
        output.weight = weights.back()->matrix;
        output.y = together.back().data();
        output.y_stride = columns;
        outputs.push_back(output);
      }
      Buffer<char> scratch = Scratch(type, kRows, kDepth);
      kernels::Gemm(*runner,
                    kernels::PrepareRows(*runner, type, x.data(), kRows, kDepth, kDepth, scratch.data()),
                    outputs);
      for (size_t i = 0; i < weights.size(); ++i) {
        const std::vector<float> alone = Multiply(*runner, x.data(), kRows, kDepth, *weights[i]);
        CHECK(SameBits(alone.data(), together[i].data(), static_cast<int64_t>(alone.size())));
      }
    }
  });
}

}  // namespace
}  // namespace lwave::testing
