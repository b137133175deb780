// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The row kernels against the double reference, on every SIMD target. Buffers have exactly the stated size.

#include "kernels/rows.h"

#include <algorithm>
#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "each_target.h"
#include "reference/rows_reference.h"
#include "reference/safetensors_reference.h"

namespace lwave {
namespace {

using kernels::Activation;
using kernels::NumberType;
using testing::ForEachTarget;

const std::vector<int64_t> kWidths = {1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 33, 63, 64, 65, 127, 130, 384, 1000};
const float kInfinity = std::numeric_limits<float>::infinity();
const float kNaN = std::numeric_limits<float>::quiet_NaN();

std::vector<float> Normal(std::mt19937& random, int64_t count, float mean = 0.0f, float deviation = 1.0f) {
  std::normal_distribution<float> normal(mean, deviation);
  std::vector<float> x(static_cast<size_t>(count));
  for (float& number : x) number = normal(random);
  return x;
}

// The largest |got - expected| / (1 + |expected|); NaN where only one of them is finite.
double Worst(const float* got, const std::vector<double>& expected) {
  double worst = 0;
  for (size_t c = 0; c < expected.size(); ++c) {
    const double g = static_cast<double>(got[c]);
    if (std::isnan(expected[c]) && std::isnan(g)) continue;
    if (g == expected[c]) continue;
    const double difference = std::abs(g - expected[c]) / (1.0 + std::abs(expected[c]));
    if (!(difference <= worst)) return difference;
  }
  return worst;
}

std::vector<float> Row(const std::vector<float>& x, int64_t row, int64_t stride, int64_t width) {
  return {x.begin() + row * stride, x.begin() + row * stride + width};
}

TEST_CASE("layer norm agrees with double, in place or not, with or without bias", "[kernels]") {
  std::mt19937 random(1);
  for (const int64_t width : kWidths) {
    INFO("width " << width);
    const int64_t rows = 5;
    const int64_t stride = width + 3;
    // The last row ends the buffer.
    const std::vector<float> x = Normal(random, (rows - 1) * stride + width, 3.0f, 2.0f);
    const std::vector<float> gain = Normal(random, width, 1.0f, 0.2f);
    const std::vector<float> bias = Normal(random, width);
    ForEachTarget([&] {
      std::vector<float> y(static_cast<size_t>(rows * width), -9.0f);
      kernels::LayerNormRows(x.data(), stride, rows, width, gain.data(), bias.data(), 1e-5f, y.data(), width);
      std::vector<float> in_place = x;
      kernels::LayerNormRows(in_place.data(), stride, rows, width, gain.data(), nullptr, 1e-5f,
                             in_place.data(), stride);
      for (int64_t r = 0; r < rows; ++r) {
        const std::vector<float> row = Row(x, r, stride, width);
        CHECK(!(Worst(y.data() + r * width, reference::LayerNorm(row, gain, bias, 1e-5)) >= 4e-6));
        CHECK(!(Worst(in_place.data() + r * stride, reference::LayerNorm(row, gain, {}, 1e-5)) >= 4e-6));
        if (r > 0)
          CHECK(in_place[static_cast<size_t>(r * stride - 1)] == x[static_cast<size_t>(r * stride - 1)]);
      }
    });
  }
}

TEST_CASE("the variance of layer norm survives a mean far from zero", "[kernels]") {
  std::mt19937 random(2);
  std::vector<float> x = Normal(random, 384, 0.0f, 1.0f);
  for (float& v : x) v = std::round(v * 64.0f) / 64.0f + 4096.0f;
  const std::vector<float> gain(384, 1.0f);
  const std::vector<double> expected = reference::LayerNorm(x, gain, {}, 1e-12);
  ForEachTarget([&] {
    std::vector<float> y(384);
    kernels::LayerNormRows(x.data(), 384, 1, 384, gain.data(), nullptr, 1e-12f, y.data(), 384);
    CHECK(Worst(y.data(), expected) < 1e-3);
  });
}

TEST_CASE("a row's bits do not depend on its neighbours, and NaN stays in its row", "[kernels]") {
  std::mt19937 random(3);
  for (const int64_t width : {5, 32, 100, 384}) {
    const int64_t rows = 9;
    std::vector<float> x = Normal(random, rows * width);
    x[static_cast<size_t>(4 * width + 1)] = kNaN;
    x[static_cast<size_t>(7 * width + 2)] = kInfinity;
    const std::vector<float> gain = Normal(random, width);
    ForEachTarget([&] {
      std::vector<float> norm(x.size());
      kernels::LayerNormRows(x.data(), width, rows, width, gain.data(), gain.data(), 1e-5f, norm.data(),
                             width);
      std::vector<float> soft = x;
      kernels::SoftmaxRows(soft.data(), width, rows, width);
      std::vector<float> scores(static_cast<size_t>(rows));
      kernels::DotRows(gain.data(), x.data(), width, rows, width, scores.data());
      for (int64_t r = 0; r < rows; ++r) {
        std::vector<float> row = Row(x, r, width, width);
        std::vector<float> one(static_cast<size_t>(width));
        kernels::LayerNormRows(row.data(), width, 1, width, gain.data(), gain.data(), 1e-5f, one.data(),
                               width);
        const size_t bytes = static_cast<size_t>(width) * sizeof(float);
        CHECK(std::memcmp(one.data(), norm.data() + r * width, bytes) == 0);
        float score = 0;
        kernels::DotRows(gain.data(), row.data(), width, 1, width, &score);
        CHECK(std::memcmp(&score, &scores[static_cast<size_t>(r)], sizeof(float)) == 0);
        kernels::SoftmaxRows(row.data(), width, 1, width);
        CHECK(std::memcmp(row.data(), soft.data() + r * width, bytes) == 0);
        const bool poisoned = r == 4 || r == 7;
        for (int64_t c = 0; c < width; ++c) {
          CHECK(std::isnan(norm[static_cast<size_t>(r * width + c)]) == poisoned);
          CHECK(std::isnan(soft[static_cast<size_t>(r * width + c)]) == poisoned);
        }
      }
    });
  }
}

TEST_CASE("softmax agrees with double for any width and range", "[kernels]") {
  std::mt19937 random(4);
  for (const int64_t width : kWidths) {
    INFO("width " << width);
    for (const float deviation : {0.0f, 1.0f, 30.0f}) {
      std::vector<float> x = Normal(random, width, 5.0f, deviation);
      if (width > 4) x[2] = -kInfinity;
      const std::vector<double> expected = reference::Softmax(x);
      ForEachTarget([&] {
        std::vector<float> y = x;
        kernels::SoftmaxRows(y.data(), width, 1, width);
        CHECK(Worst(y.data(), expected) < 2e-6);
      });
    }
  }
  ForEachTarget([&] {
    std::vector<float> closed(19, -kInfinity);
    kernels::SoftmaxRows(closed.data(), 19, 1, 19);
    for (const float y : closed) CHECK(std::isnan(y));
    kernels::SoftmaxRows(nullptr, 0, 3, 0);
  });
}

TEST_CASE("a normalised row has length 1, and a row of zeros stays zeros", "[kernels]") {
  std::mt19937 random(5);
  for (const float scale : {1.0f, 1e-25f, 1e25f}) {
    for (const int64_t width : kWidths) {
      std::vector<float> x = Normal(random, 2 * width, 0.0f, scale);
      std::fill(x.begin() + width, x.end(), 0.0f);
      const std::vector<double> expected = reference::L2Normalize(Row(x, 0, width, width), 1e-30);
      kernels::L2NormalizeRows(x.data(), width, 2, width, 1e-30f);
      CHECK(Worst(x.data(), expected) < 1e-6);
      CHECK(std::all_of(x.begin() + width, x.end(), [](float v) { return v == 0.0f; }));
    }
  }
}

TEST_CASE("activations agree with double for any count", "[kernels]") {
  std::mt19937 random(6);
  struct Case {
    Activation activation;
    double (*reference)(double);
  };
  const Case cases[] = {{Activation::kNone, [](double x) { return x; }},
                        {Activation::kGelu, reference::Gelu},
                        {Activation::kGeluTanh, reference::GeluTanh},
                        {Activation::kRelu, reference::Relu},
                        {Activation::kTanh, [](double x) { return std::tanh(x); }},
                        {Activation::kSilu, reference::Silu}};
  for (const int64_t count : kWidths) {
    std::vector<float> x = Normal(random, count, 0.0f, 3.0f);
    x.back() = kNaN;
    for (const Case& c : cases) {
      INFO("activation " << static_cast<int>(c.activation) << " count " << count);
      std::vector<double> expected;
      for (const float v : x) expected.push_back(c.reference(static_cast<double>(v)));
      ForEachTarget([&] {
        std::vector<float> y(x.size());
        kernels::Activate(c.activation, x.data(), count, y.data());
        CHECK(Worst(y.data(), expected) < 5e-7);
        std::vector<float> in_place = x;
        kernels::Activate(c.activation, in_place.data(), count, in_place.data());
        CHECK(std::memcmp(y.data(), in_place.data(), y.size() * sizeof(float)) == 0);
      });
    }
  }
}

TEST_CASE("sums of rows do not drift over ten million tokens", "[kernels]") {
  std::vector<double> sum(2, 0.0);
  const float row[2] = {0.1f, -3.0f};
  for (int i = 0; i < 10000000; ++i) kernels::AccumulateRow(row, 2, sum.data());
  CHECK(std::abs(sum[0] / (1e7 * static_cast<double>(0.1f)) - 1.0) < 1e-8);
  CHECK(sum[1] == -3e7);
  std::mt19937 random(7);
  for (const int64_t width : kWidths) {
    const std::vector<float> x = Normal(random, width);
    const std::vector<float> start = Normal(random, width);
    ForEachTarget([&] {
      std::vector<float> y = start;
      kernels::AddTo(x.data(), width, y.data());
      for (size_t c = 0; c < y.size(); ++c) REQUIRE(y[c] == start[c] + x[c]);
    });
  }
}

TEST_CASE("dot products are summed in 64 chains and a tree, on every target", "[kernels]") {
  std::mt19937 random(8);
  for (const int64_t width : kWidths) {
    INFO("width " << width);
    // Small integers: products and sums are exact, so a missing or repeated element shows.
    std::vector<float> query = Normal(random, width, 0.0f, 20.0f);
    std::vector<float> x = Normal(random, 3 * (width + 2) - 2, 0.0f, 20.0f);
    for (float& v : query) v = std::round(v);
    for (float& v : x) v = std::round(v);
    ForEachTarget([&] {
      std::vector<float> score(3);
      kernels::DotRows(query.data(), x.data(), width + 2, 3, width, score.data());
      for (int64_t r = 0; r < 3; ++r) {
        CHECK(static_cast<double>(score[static_cast<size_t>(r)]) ==
              reference::Dot(query, Row(x, r, width + 2, width)));
      }
    });
    // The order itself: with one number per product exact, only the additions round.
    const std::vector<float> ones(static_cast<size_t>(width), 1.0f);
    const std::vector<float> y = Normal(random, width);
    std::vector<float> chain(64, 0.0f);
    for (size_t c = 0; c < y.size(); ++c) chain[c % 64] += y[c];
    for (size_t half = 32; half >= 1; half /= 2) {
      for (size_t i = 0; i < half; ++i) chain[i] += chain[i + half];
    }
    ForEachTarget([&] {
      float score = 0;
      kernels::DotRows(ones.data(), y.data(), width, 1, width, &score);
      CHECK(score == chain[0]);
    });
  }
}

TEST_CASE("a weighted sum of rows agrees with double, and a column's bits are the same whichever columns are asked for",
          "[kernels]") {
  std::mt19937 random(9);
  for (const int64_t width : kWidths) {
    for (const int64_t rows : {0, 1, 5, 64}) {
      INFO(rows << " rows of " << width);
      const std::vector<float> weight = Normal(random, rows);
      const std::vector<float> x = Normal(random, std::max<int64_t>(0, rows * (width + 3) - 3));
      std::vector<double> expected(static_cast<size_t>(width), 0.0);
      for (int64_t r = 0; r < rows; ++r) {
        for (int64_t c = 0; c < width; ++c) {
          expected[static_cast<size_t>(c)] += 0.25 * static_cast<double>(weight[static_cast<size_t>(r)]) *
                                              static_cast<double>(x[static_cast<size_t>(r * (width + 3) + c)]);
        }
      }
      ForEachTarget([&] {
        std::vector<float> y(static_cast<size_t>(width), -9.0f);
        kernels::WeightedSumOfRows(weight.data(), x.data(), width + 3, rows, width, 0.25f, y.data());
        CHECK(!(Worst(y.data(), expected) >= 4e-6));
        for (int64_t c = 0; c < width; c += 5) {
          float one = -9;
          kernels::WeightedSumOfRows(weight.data(), x.data() + c, width + 3, rows, 1, 0.25f, &one);
          CHECK(std::memcmp(&one, &y[static_cast<size_t>(c)], sizeof(float)) == 0);
        }
      });
    }
  }
}

TEST_CASE("exponentials of differences agree with double, NaN and infinity included", "[kernels]") {
  std::mt19937 random(10);
  for (const int64_t width : kWidths) {
    INFO("width " << width);
    std::vector<float> x = Normal(random, width, 0.0f, 8.0f);
    x.back() = kNaN;
    if (width > 1) x[0] = -kInfinity;
    std::vector<double> expected;
    for (const float v : x) expected.push_back(std::exp(static_cast<double>(v) - 1.5));
    ForEachTarget([&] {
      std::vector<float> y = x;
      kernels::ExpDifference(y.data(), 1.5f, width, y.data());
      CHECK(!(Worst(y.data(), expected) >= 4e-6));
    });
  }
}

// A row of a table from raw storage numbers, added to and overwritten.
template <typename T>
void CheckLoad(NumberType type, const std::vector<T>& table, const float* scales, int64_t width,
               const std::vector<float>& expected, int64_t row) {
  ForEachTarget([&] {
    std::vector<float> y(static_cast<size_t>(width), 0.5f);
    kernels::LoadRow(type, table.data(), scales, row, width, false, y.data());
    CHECK(std::memcmp(y.data(), expected.data(), y.size() * sizeof(float)) == 0);
    kernels::LoadRow(type, table.data(), scales, row, width, true, y.data());
    for (size_t c = 0; c < y.size(); ++c) CHECK(y[c] == 2.0f * expected[c]);
  });
}

TEST_CASE("rows of tables of every type are read exactly", "[kernels]") {
  std::mt19937 random(9);
  for (const int64_t width : kWidths) {
    INFO("width " << width);
    const int64_t row = 2;  // the last one of the table
    const std::vector<float> table = Normal(random, 3 * width);
    const std::vector<float> expected = Row(table, row, width, width);
    CheckLoad(NumberType::kF32, table, nullptr, width, expected, row);

    std::vector<uint16_t> bf16;
    std::vector<float> from_bf16;
    for (const float v : table) bf16.push_back(static_cast<uint16_t>(std::bit_cast<uint32_t>(v) >> 16));
    for (const uint16_t b : bf16) from_bf16.push_back(std::bit_cast<float>(static_cast<uint32_t>(b) << 16));
    CheckLoad(NumberType::kBf16, bf16, nullptr, width, Row(from_bf16, row, width, width), row);

    std::vector<int8_t> bytes;
    const float scales[3] = {9.0f, 9.0f, 0.03125f};
    std::vector<float> from_bytes;
    for (size_t i = 0; i < table.size(); ++i) bytes.push_back(static_cast<int8_t>(random() % 255) - 127);
    for (const int8_t b : bytes) from_bytes.push_back(static_cast<float>(b) * scales[2]);
    CheckLoad(NumberType::kInt8, bytes, scales, width, Row(from_bytes, row, width, width), row);
  }
}

TEST_CASE("all 65536 numbers of half precision are read as IEEE 754 defines them", "[kernels]") {
  std::vector<uint16_t> table(65536);
  std::vector<double> expected;
  for (size_t i = 0; i < table.size(); ++i) {
    table[i] = static_cast<uint16_t>(i);
    expected.push_back(reference::HalfToDouble(table[i]));
  }
  ForEachTarget([&] {
    std::vector<float> y(65536);
    kernels::LoadRow(NumberType::kF16, table.data(), nullptr, 0, 65536, false, y.data());
    int64_t wrong = 0;
    for (size_t i = 0; i < y.size(); ++i) {
      const bool same = std::isnan(expected[i]) ? std::isnan(y[i]) : static_cast<double>(y[i]) == expected[i];
      if (!same) ++wrong;
    }
    CHECK(wrong == 0);
  });
}

}  // namespace
}  // namespace lwave
