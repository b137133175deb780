// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What mechanisms ask of tile attention beyond one query and one bias a row: a bias and a query for single tiles, and
// the logarithm of a row's normaliser.

#include <catch2/catch_test_macros.hpp>

#include "each_target.h"
#include "kernels_tile_attention_fixture.h"

namespace lwave::testing {
namespace {

using kernels::AttentionBlock;
using kernels::kKeyTile;
using kernels::KeyTile;

// 150 keys in three tiles, some closed.
AttentionProblem SomeProblem(std::mt19937& random, int64_t head_dim) {
  AttentionProblem p = RandomProblem(random, 20, 150, 2, 1, head_dim, 24);
  SetOpen(p, [](int64_t i, int64_t j) { return i != 3 && (i * 7 + j) % 3 != 0; });
  return p;
}

TEST_CASE("a bias given tile by tile is the same as one of the block, to the bit", "[kernels]") {
  std::mt19937 random(31);
  std::normal_distribution<float> normal;
  AttentionProblem p = SomeProblem(random, 16);
  p.bias.resize(static_cast<size_t>(p.heads * p.rows * p.keys));
  for (size_t i = 0; i < p.bias.size(); ++i) p.bias[i] = i / 10 % 2 == 0 ? normal(random) : 0.0f;
  const TiledProblem tiled(p);
  ForEachTarget([&] {
    const std::vector<float> expected = tiled.Attend(Listing::kAll);
    std::vector<float> output(tiled.OutputSize());
    std::vector<KeyTile> tiles;
    std::vector<std::vector<float>> tables;
    tiled.Attend(0, p.rows, 0, p.heads, Listing::kAll, output.data(), [&](AttentionBlock& block) {
      tiles.assign(block.tiles.begin(), block.tiles.end());
      for (KeyTile& tile : tiles) {
        std::vector<float>& table = tables.emplace_back();
        for (int64_t h = 0; h < p.heads; ++h) {
          for (int64_t r = 0; r < p.rows; ++r) {
            const float* row = block.bias + h * block.bias_head_stride + r * block.bias_row_stride + tile.index * kKeyTile;
            table.insert(table.end(), row, row + kKeyTile);
          }
        }
      }
      for (size_t t = 0; t < tiles.size(); ++t) tiles[t].bias = tables[t].data();
      block.bias = nullptr;
      block.bias_head_stride = p.rows * kKeyTile;
      block.bias_row_stride = kKeyTile;
      block.tiles = tiles;
    });
    CHECK(std::memcmp(output.data(), expected.data(), output.size() * sizeof(float)) == 0);
  });
}

TEST_CASE("a tile can be seen with a second query", "[kernels]") {
  std::mt19937 random(32);
  for (const int64_t width : {5, 16, 128}) {
    const AttentionProblem p = SomeProblem(random, width);
    const AttentionProblem other = RandomProblem(random, p.rows, 1, p.heads, 1, width, 1);
    // The same as one query of both, before keys that are zeros where the other query stands.
    AttentionProblem both = p;
    both.head_dim = 2 * width;
    both.query.clear(), both.key.clear();
    for (size_t at = 0; at < p.query.size(); at += static_cast<size_t>(width)) {
      const auto begin = static_cast<int64_t>(at);
      both.query.insert(both.query.end(), p.query.begin() + begin, p.query.begin() + begin + width);
      both.query.insert(both.query.end(), other.query.begin() + begin, other.query.begin() + begin + width);
    }
    for (int64_t j = 0; j < p.keys; ++j) {
      const std::vector<float> zeros(static_cast<size_t>(width), 0.0f);
      const auto key = p.key.begin() + j * width;
      if (j < kKeyTile) both.key.insert(both.key.end(), zeros.begin(), zeros.end());
      both.key.insert(both.key.end(), key, key + width);
      if (j >= kKeyTile) both.key.insert(both.key.end(), zeros.begin(), zeros.end());
    }
    const std::vector<double> expected = reference::Attention(both);
    const TiledProblem tiled(p);
    ForEachTarget([&] {
      std::vector<float> output(tiled.OutputSize());
      std::vector<KeyTile> tiles;
      tiled.Attend(0, p.rows, 0, p.heads, Listing::kAll, output.data(), [&](AttentionBlock& block) {
        tiles.assign(block.tiles.begin(), block.tiles.end());
        tiles[0].second = true;
        block.tiles = tiles;
        block.second_query = other.query.data();
      });
      for (size_t i = 0; i < output.size(); ++i) {
        REQUIRE(std::abs(static_cast<double>(output[i]) - expected[i]) < 1e-5 * (1 + std::abs(expected[i])));
      }
    });
  }
}

TEST_CASE("a row's log sum is the logarithm of its normaliser, minus infinity without a key", "[kernels]") {
  std::mt19937 random(33);
  const AttentionProblem p = SomeProblem(random, 16);
  const TiledProblem tiled(p);
  ForEachTarget([&] {
    std::vector<float> output(tiled.OutputSize()), sums(static_cast<size_t>(p.rows * p.heads));
    tiled.Attend(0, p.rows, 0, p.heads, Listing::kAll, output.data(),
                 [&](AttentionBlock& block) { block.log_sums = sums.data(); });
    for (int64_t i = 0; i < p.rows; ++i) {
      for (int64_t h = 0; h < p.heads; ++h) {
        double sum = 0;
        for (int64_t j = 0; j < p.keys; ++j) {
          if (p.open[static_cast<size_t>(i * p.keys + j)] == 0) continue;
          double score = 0;
          for (int64_t c = 0; c < p.head_dim; ++c) {
            score += static_cast<double>(p.query[static_cast<size_t>((i * p.heads + h) * p.head_dim + c)]) *
                     static_cast<double>(p.key[static_cast<size_t>(j * p.head_dim + c)]);
          }
          sum += std::exp(score * p.scale);
        }
        const double got = static_cast<double>(sums[static_cast<size_t>(i * p.heads + h)]);
        if (i == 3) {
          CHECK(got == -std::numeric_limits<double>::infinity());
        } else {
          CHECK(std::abs(got - std::log(sum)) < 1e-5 * (1 + std::abs(got)));
        }
      }
    }
  });
}

}  // namespace
}  // namespace lwave::testing
