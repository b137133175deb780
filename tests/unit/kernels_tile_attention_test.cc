// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Tile attention against the double reference, on every SIMD target, over sizes and patterns.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "each_target.h"
#include "kernels_tile_attention_fixture.h"

namespace lwave {
namespace {

using kernels::NumberType;
using testing::AttentionProblem;
using testing::ForEachTarget;
using testing::Listing;
using testing::RandomProblem;
using testing::SetOpen;
using testing::TiledProblem;
using testing::WorstDifference;

constexpr double kTolerance = 4e-6;
// Probabilities are rounded to 8 bits: half a unit each way, and their sum is not.
constexpr double kBf16Tolerance = 5e-3;

// The same problem on the grid of bf16, with a scale that leaves the queries on it: what is left of the error is that
// of the probabilities.
AttentionProblem OnBf16Grid(AttentionProblem p) {
  for (std::vector<float>* numbers : {&p.query, &p.key, &p.value}) {
    for (float& x : *numbers) {
      uint16_t half = 0;
      kernels::F32ToBf16(&x, 1, &half);
      kernels::Bf16ToF32(&half, 1, &x);
    }
  }
  const float spread = static_cast<float>(p.scale * 1.4426950408889634);
  for (float& x : p.query) {
    uint16_t half = 0;
    x *= spread;
    kernels::F32ToBf16(&x, 1, &half);
    kernels::Bf16ToF32(&half, 1, &x);
  }
  p.scale = 0.6931471805599453;
  return p;
}

void CheckBf16Problem(const AttentionProblem& given) {
  const AttentionProblem p = OnBf16Grid(given);
  const std::vector<double> expected = reference::Attention(p);
  const TiledProblem tiled(p, 0.0f, NumberType::kBf16);
  ForEachTarget([&] {
    CHECK(WorstDifference(tiled.Attend(Listing::kShortest), expected) < kBf16Tolerance);
    CHECK(WorstDifference(tiled.Attend(Listing::kAll), expected) < kBf16Tolerance);
  });
}

void CheckProblem(const AttentionProblem& p) {
  INFO("rows " << p.rows << " keys " << p.keys << " heads " << p.heads << "/" << p.kv_heads << " head_dim "
               << p.head_dim << " value_dim " << p.value_dim);
  const std::vector<double> expected = reference::Attention(p);
  const TiledProblem tiled(p);
  ForEachTarget([&] {
    CHECK(WorstDifference(tiled.Attend(Listing::kShortest), expected) < kTolerance);
    CHECK(WorstDifference(tiled.Attend(Listing::kAll), expected) < kTolerance);
  });
  CheckBf16Problem(p);
}

TEST_CASE("attention agrees with double for any number of rows and keys", "[kernels]") {
  std::mt19937 random(1);
  for (const int64_t rows : {0, 1, 2, 3, 5, 6, 7, 8, 13, 47, 48, 49, 100}) {
    for (const int64_t keys : {1, 63, 64, 65, 200}) {
      CheckProblem(RandomProblem(random, rows, keys, 1, 1, 32, 32));
    }
  }
  CheckProblem(RandomProblem(random, 5, 0, 1, 1, 32, 32));
}

TEST_CASE("attention agrees with double for any head width up to 256", "[kernels]") {
  std::mt19937 random(2);
  for (const int64_t width :
       {1, 2, 3, 4, 7, 8, 15, 16, 17, 24, 33, 40, 48, 64, 65, 80, 96, 127, 128, 200, 256}) {
    CheckProblem(RandomProblem(random, 14, 130, 1, 1, width, width));
    CheckProblem(RandomProblem(random, 7, 70, 1, 1, 257 - width, width));
  }
}

TEST_CASE("attention agrees with double when query heads share key heads", "[kernels]") {
  std::mt19937 random(3);
  CheckProblem(RandomProblem(random, 20, 100, 4, 4, 32, 32));
  CheckProblem(RandomProblem(random, 20, 100, 4, 2, 32, 16));
  CheckProblem(RandomProblem(random, 20, 100, 6, 1, 12, 20));
}

TEST_CASE("attention agrees with double for windows, sinks, causal and random masks", "[kernels]") {
  std::mt19937 random(4);
  AttentionProblem p = RandomProblem(random, 300, 300, 2, 1, 32, 32);
  SetOpen(p, [](int64_t i, int64_t j) { return j <= i; });
  CheckProblem(p);
  SetOpen(p, [](int64_t i, int64_t j) { return std::abs(i - j) <= 64 || j < 33; });
  CheckProblem(p);
  SetOpen(p, [](int64_t i, int64_t j) { return i - j <= 5 && j - i <= 0; });
  CheckProblem(p);
  SetOpen(p, [](int64_t i, int64_t j) { return i == j; });
  CheckProblem(p);
  SetOpen(p, [&](int64_t, int64_t) { return random() % 3 == 0; });
  CheckProblem(p);
  SetOpen(p, [&](int64_t i, int64_t j) { return i % 7 != 0 && (i * 31 + j * 17) % 50 == 0; });
  CheckProblem(p);
  p = RandomProblem(random, 70, 400, 1, 1, 64, 64);
  SetOpen(p, [&](int64_t i, int64_t j) { return (i + j / 16) % 3 == 0; });
  CheckProblem(p);
}

TEST_CASE("attention agrees with double over sequences of several steps of 512 keys", "[kernels]") {
  std::mt19937 random(8);
  CheckProblem(RandomProblem(random, 14, 1500, 1, 1, 32, 32));
  AttentionProblem p = RandomProblem(random, 100, 1300, 2, 1, 24, 40);
  SetOpen(p, [](int64_t i, int64_t j) { return std::abs(13 * i - j) <= 200 || j < 33; });
  CheckProblem(p);
  SetOpen(p, [](int64_t i, int64_t j) { return j <= 13 * i; });
  CheckProblem(p);
}

TEST_CASE("a bias is added to the scores of open keys and of no other", "[kernels]") {
  std::mt19937 random(11);
  std::normal_distribution<float> normal;
  for (const int64_t keys : {1, 64, 130, 700}) {
    AttentionProblem p = RandomProblem(random, 20, keys, 2, 1, 16, 24);
    p.bias.resize(static_cast<size_t>(p.heads * p.rows * p.keys));
    for (float& x : p.bias) x = normal(random);
    CheckProblem(p);
    SetOpen(p, [](int64_t i, int64_t j) { return j <= 40 * i; });
    CheckProblem(p);
  }
}

TEST_CASE("a table by distance serves all rows of a head", "[kernels]") {
  // ALiBi as the field writes it: -slope |i - j|.
  std::mt19937 random(12);
  AttentionProblem p = RandomProblem(random, 30, 30, 2, 2, 16, 16);
  const float slopes[] = {0.5f, 0.0625f};
  std::vector<float> table(2 * (30 + 64));  // [heads, rows - 1 + 64 keys of the one tile]
  for (int64_t h = 0; h < 2; ++h) {
    for (int64_t at = 0; at < 30 + 63; ++at) {
      table[static_cast<size_t>(h * 94 + at)] = -slopes[h] * static_cast<float>(std::abs(at - 29));
    }
    for (int64_t i = 0; i < 30; ++i) {
      for (int64_t j = 0; j < 30; ++j) p.bias.push_back(-slopes[h] * static_cast<float>(std::abs(j - i)));
    }
  }
  const std::vector<double> expected = reference::Attention(p);
  p.bias.clear();
  const TiledProblem tiled(p);
  ForEachTarget([&] {
    std::vector<float> output(tiled.OutputSize());
    tiled.Attend(0, 30, 0, 2, Listing::kAll, output.data(), [&](kernels::AttentionBlock& block) {
      block.bias = table.data();
      block.bias_head_stride = 94;
      block.bias_row_stride = -1;
      block.bias_first_key = -29;
    });
    CHECK(WorstDifference(output, expected) < kTolerance);
  });
}

TEST_CASE("a row that sees no key gets zeros", "[kernels]") {
  std::mt19937 random(5);
  AttentionProblem p = RandomProblem(random, 20, 128, 1, 1, 16, 16);
  SetOpen(p, [](int64_t i, int64_t) { return i % 2 == 1 && i != 7; });
  for (const NumberType type : {NumberType::kF32, NumberType::kBf16}) {
    const TiledProblem tiled(p, 0.0f, type);
    ForEachTarget([&] {
      const std::vector<float> output = tiled.Attend(Listing::kAll);
      for (int64_t i = 0; i < p.rows; ++i) {
        if (p.open[static_cast<size_t>(i * p.keys)] != 0) continue;
        for (int64_t c = 0; c < 16; ++c) {
          const float y = output[static_cast<size_t>(i * 16 + c)];
          REQUIRE((y == 0.0f && !std::signbit(y)));
        }
      }
    });
  }
}

TEST_CASE("large and equal scores neither overflow nor lose their weights", "[kernels]") {
  std::mt19937 random(6);
  AttentionProblem p = RandomProblem(random, 13, 300, 1, 1, 32, 32);
  p.scale = 0.0;
  CheckProblem(p);
  p.scale = 40.0;  // scores of some thousands: nearly one key takes all
  for (float& x : p.query) x = std::round(x * 4.0f) / 4.0f;  // products without rounding
  for (float& x : p.key) x = std::round(x * 4.0f) / 4.0f;
  const std::vector<double> expected = reference::Attention(p);
  const TiledProblem tiled(p);
  ForEachTarget([&] { CHECK(WorstDifference(tiled.Attend(), expected) < 2e-2); });
}

TEST_CASE("rows stored in a tile at any place can be read back", "[kernels]") {
  const NumberType type = GENERATE(NumberType::kF32, NumberType::kBf16);
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  const kernels::TileShape shape = {3, 5, 7, type};
  std::vector<std::byte> key_slot(static_cast<size_t>(shape.KeyBytes()));
  std::vector<std::byte> value_slot(static_cast<size_t>(shape.ValueBytes()));
  std::vector<float> key(64 * 15);
  std::vector<float> value(64 * 21);
  for (float& x : key) x = std::round(normal(random) * 16.0f) / 16.0f;  // exact in bf16
  for (float& x : value) x = std::round(normal(random) * 16.0f) / 16.0f;
  int64_t first = 0;
  for (const int64_t rows : {1, 6, 4, 0, 37, 1, 15}) {
    kernels::StoreTileRows(shape, key.data() + first * 15, 15, value.data() + first * 21, 21, first, rows,
                           key_slot.data(), value_slot.data());
    first += rows;
  }
  REQUIRE(first == 64);
  if (type == NumberType::kF32) {
    const float* keys = reinterpret_cast<const float*>(key_slot.data());
    const float* values = reinterpret_cast<const float*>(value_slot.data());
    CHECK(keys[(1 * 5 + 2) * 64 + 9] == key[9 * 15 + 1 * 5 + 2]);
    CHECK(values[(2 * 64 + 9) * 7 + 3] == value[9 * 21 + 2 * 7 + 3]);
  }
  for (int64_t place = 0; place < 64; ++place) {
    std::vector<float> k(15);
    std::vector<float> v(21);
    kernels::LoadTileRow(shape, key_slot.data(), value_slot.data(), place, k.data(), v.data());
    REQUIRE(std::equal(k.begin(), k.end(), key.begin() + place * 15));
    REQUIRE(std::equal(v.begin(), v.end(), value.begin() + place * 21));
  }
}

}  // namespace
}  // namespace lwave
