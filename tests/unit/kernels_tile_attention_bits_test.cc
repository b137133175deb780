// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the bits of a row of tile attention may depend on: the row, its tiles, its masks, and nothing else.

#include <catch2/catch_test_macros.hpp>

#include "each_target.h"
#include "kernels_tile_attention_fixture.h"

namespace lwave {
namespace {

using kernels::NumberType;
using testing::AttentionProblem;
using testing::ForEachTarget;
using testing::Listing;
using testing::RandomProblem;
using testing::SameBits;
using testing::SetOpen;
using testing::TiledProblem;
using testing::WorstDifference;

const float kInfinity = std::numeric_limits<float>::infinity();
const float kNaN = std::numeric_limits<float>::quiet_NaN();

// A pattern of one of several kinds.
void SetRandomPattern(AttentionProblem& p, std::mt19937& random) {
  const int64_t left = static_cast<int64_t>(random() % 100);
  const int64_t right = static_cast<int64_t>(random() % 100);
  const int64_t sinks = static_cast<int64_t>(random() % 40);
  switch (random() % 5) {
    case 0:
      break;
    case 1:
      SetOpen(p, [](int64_t i, int64_t j) { return j <= i; });
      break;
    case 2:
      SetOpen(p, [&](int64_t i, int64_t j) { return (i - j <= left && j - i <= right) || j < sinks; });
      break;
    case 3:
      SetOpen(p, [&](int64_t, int64_t) { return random() % 4 == 0; });
      break;
    default:
      SetOpen(p, [&](int64_t i, int64_t j) { return (i / 3 + j / 64) % 2 == 0 || i % 11 == j % 64; });
      break;
  }
}

TEST_CASE("a row's bits do not depend on how rows and heads are grouped", "[kernels]") {
  for (uint32_t seed = 0; seed < 40; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const int64_t rows = 1 + static_cast<int64_t>(random() % 150);
    const int64_t keys = 1 + static_cast<int64_t>(random() % (seed % 3 == 0 ? 1400 : 300));
    const int64_t widths[] = {1, 7, 16, 32, 40, 64, 100};
    AttentionProblem p = RandomProblem(random, rows, keys, 2, 1, widths[random() % 7], widths[random() % 7]);
    SetRandomPattern(p, random);
    const TiledProblem tiled(p, 0.0f, seed % 2 == 0 ? NumberType::kF32 : NumberType::kBf16);
    ForEachTarget([&] {
      const std::vector<float> whole = tiled.Attend();
      CHECK(SameBits(whole, tiled.Attend(Listing::kAll)));
      for (int repeat = 0; repeat < 3; ++repeat) {
        std::vector<float> pieces(tiled.OutputSize());
        for (int64_t first = 0; first < rows;) {
          const int64_t most = repeat == 0 ? 1 : repeat == 1 ? 9 : 60;
          const int64_t count = std::min(rows - first, 1 + static_cast<int64_t>(random()) % most);
          const Listing listing = random() % 2 == 0 ? Listing::kAll : Listing::kShortest;
          tiled.Attend(first, count, 0, 1, listing, pieces.data());
          tiled.Attend(first, count, 1, 2, listing, pieces.data());
          first += count;
        }
        CHECK(SameBits(whole, pieces));
      }
    });
  }
}

TEST_CASE("what closed keys and values hold never shows", "[kernels]") {
  for (uint32_t seed = 0; seed < 24; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const int64_t rows = 1 + static_cast<int64_t>(random() % 60);
    const int64_t keys = 64 + static_cast<int64_t>(random() % 150);
    const int64_t width = seed % 2 == 0 ? 32 : 19;
    AttentionProblem p = RandomProblem(random, rows, keys, 1, 1, width, width);
    SetRandomPattern(p, random);
    for (int64_t i = 0; i < rows; ++i) {  // keys that nobody sees, in runs and alone
      for (int64_t j = 0; j < keys; ++j) {
        if (j % 13 == 0 || (j >= 70 && j < 75)) p.open[static_cast<size_t>(i * keys + j)] = 0;
      }
    }
    AttentionProblem spoilt = p;
    const float poison[] = {kNaN, kInfinity, -kInfinity, 3e38f, -kNaN};
    for (int64_t j = 0; j < keys; ++j) {
      if (j % 13 != 0 && !(j >= 70 && j < 75)) continue;
      for (int64_t c = 0; c < width; ++c) {
        spoilt.key[static_cast<size_t>(j * width + c)] = poison[random() % 5];
        spoilt.value[static_cast<size_t>(j * width + c)] = poison[random() % 5];
      }
    }
    const NumberType type = seed % 4 < 2 ? NumberType::kF32 : NumberType::kBf16;
    const TiledProblem clean_tiles(p, 0.0f, type);
    const TiledProblem spoilt_tiles(spoilt, kNaN, type);  // NaN also beyond the last key
    ForEachTarget([&] {
      const std::vector<float> expected = clean_tiles.Attend();
      CHECK(SameBits(expected, spoilt_tiles.Attend(Listing::kShortest)));
      CHECK(SameBits(expected, spoilt_tiles.Attend(Listing::kAll)));
    });
  }
}

TEST_CASE("NaN and infinity reach the rows that see them and no other", "[kernels]") {
  for (const float poison : {kNaN, kInfinity, -kInfinity}) {
    for (int which = 0; which < 6; ++which) {
      const int kind = which % 3;
      const NumberType type = which < 3 ? NumberType::kF32 : NumberType::kBf16;
      INFO("poison " << poison << " kind " << kind << " type " << which / 3);
      std::mt19937 random(9);
      AttentionProblem clean = RandomProblem(random, 100, 200, 1, 1, 32, 32);
      SetOpen(clean, [](int64_t i, int64_t j) { return std::abs(i - j) <= 20 || j < 5; });
      AttentionProblem p = clean;
      const int64_t place = 50;
      float& spot = kind == 0   ? p.query[place * 32 + 3]
                    : kind == 1 ? p.key[place * 32 + 3]
                                : p.value[place * 32 + 3];
      spot = poison;
      const std::vector<double> expected = reference::Attention(p);
      const TiledProblem clean_tiles(clean, 0.0f, type);
      const TiledProblem tiles(p, 0.0f, type);
      ForEachTarget([&] {
        const std::vector<float> before = clean_tiles.Attend();
        const std::vector<float> after = tiles.Attend();
        // Also when the rows come one by one.
        std::vector<float> single(tiles.OutputSize());
        for (int64_t i = 0; i < p.rows; ++i) tiles.Attend(i, 1, 0, 1, Listing::kAll, single.data());
        CHECK(SameBits(after, single));
        CHECK(WorstDifference(after, expected) < (type == NumberType::kF32 ? 4e-6 : 8e-2));
        for (int64_t i = 0; i < p.rows; ++i) {
          const bool sees = kind == 0 ? i == place : std::abs(i - place) <= 20;
          if (!sees) {
            REQUIRE(
                std::equal(before.begin() + i * 32, before.begin() + (i + 1) * 32, after.begin() + i * 32));
          }
        }
        // An infinite score does to the row what it does in double: NaN throughout, or no weight for that
        // key.
        for (size_t i = 0; i < after.size(); ++i) {
          REQUIRE(std::isfinite(static_cast<double>(after[i])) == std::isfinite(expected[i]));
        }
      });
    }
  }
}

TEST_CASE("a row whose scores are all minus infinity is NaN, as in double", "[kernels]") {
  std::mt19937 random(10);
  AttentionProblem p = RandomProblem(random, 8, 130, 1, 1, 1, 8);
  for (float& x : p.query) x = 1.0f;
  for (float& x : p.key) x = -kInfinity;
  p.query[3] = -1.0f;  // sees +infinity
  p.key[129] = 0.5f;   // only rows that see key 129 have a finite score
  SetOpen(p, [](int64_t i, int64_t j) { return j < 129 || i >= 4; });
  const std::vector<double> expected = reference::Attention(p);
  const TiledProblem tiled(p);
  ForEachTarget([&] {
    const std::vector<float> output = tiled.Attend();
    CHECK(WorstDifference(output, expected) < 1e-6);
    for (size_t i = 0; i < output.size(); ++i) CHECK(std::isnan(output[i]) == std::isnan(expected[i]));
  });
}

}  // namespace
}  // namespace lwave
