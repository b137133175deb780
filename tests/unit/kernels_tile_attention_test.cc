// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Tile attention against the double reference, on every SIMD target, over sizes and patterns.

#include <catch2/catch_test_macros.hpp>

#include "each_target.h"
#include "kernels_tile_attention_fixture.h"

namespace lwave {
namespace {

using testing::AttentionProblem;
using testing::ForEachTarget;
using testing::Listing;
using testing::RandomProblem;
using testing::SetOpen;
using testing::TiledProblem;
using testing::WorstDifference;

constexpr double kTolerance = 4e-6;

void CheckProblem(const AttentionProblem& p) {
  INFO("rows " << p.rows << " keys " << p.keys << " heads " << p.heads << "/" << p.kv_heads << " head_dim "
               << p.head_dim << " value_dim " << p.value_dim);
  const std::vector<double> expected = reference::Attention(p);
  const TiledProblem tiled(p);
  ForEachTarget([&] {
    CHECK(WorstDifference(tiled.Attend(Listing::kShortest), expected) < kTolerance);
    CHECK(WorstDifference(tiled.Attend(Listing::kAll), expected) < kTolerance);
  });
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

TEST_CASE("a row that sees no key gets zeros", "[kernels]") {
  std::mt19937 random(5);
  AttentionProblem p = RandomProblem(random, 20, 128, 1, 1, 16, 16);
  SetOpen(p, [](int64_t i, int64_t) { return i % 2 == 1 && i != 7; });
  const TiledProblem tiled(p);
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
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  const kernels::TileShape shape = {3, 5, 7};
  std::vector<float> key_slot(static_cast<size_t>(shape.KeySlotFloats()), -1.0f);
  std::vector<float> value_slot(static_cast<size_t>(shape.ValueSlotFloats()), -1.0f);
  std::vector<float> key(64 * 15);
  std::vector<float> value(64 * 21);
  for (float& x : key) x = normal(random);
  for (float& x : value) x = normal(random);
  int64_t first = 0;
  for (const int64_t rows : {1, 6, 4, 0, 37, 16}) {
    kernels::StoreTileRows(shape, key.data() + first * 15, 15, value.data() + first * 21, 21, first, rows,
                           key_slot.data(), value_slot.data());
    first += rows;
  }
  REQUIRE(first == 64);
  CHECK(key_slot[(1 * 5 + 2) * 64 + 9] == key[9 * 15 + 1 * 5 + 2]);
  CHECK(value_slot[(2 * 64 + 9) * 7 + 3] == value[9 * 21 + 2 * 7 + 3]);
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
