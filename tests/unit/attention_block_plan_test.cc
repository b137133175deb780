// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// BigBird's seeded plans are the published code's, number by number. Expected: numpy 2.4 and the plan functions of
// Hugging Face's modeling_big_bird.py (version 5.12) in training mode after numpy.random.seed; whole tables as FNV-1a
// over their numbers, in the order [heads, blocks - 2, random].

#include "attention/block_plan.h"

#include <catch2/catch_test_macros.hpp>
#include <numeric>

#include "attention/numpy_random.h"

namespace lwave::attention {
namespace {

uint64_t Fnv(const std::vector<int32_t>& ids) {
  uint64_t hash = 0xcbf29ce484222325;
  for (int32_t id : ids) hash = (hash ^ static_cast<uint64_t>(id)) * 0x100000001b3;
  return hash;
}

std::vector<int32_t> Row(const RandomBlocks& table, int64_t heads, int64_t head, int64_t x) {
  const int64_t random = static_cast<int64_t>(table.ids.size()) / heads / (table.blocks - 2);
  const auto from = table.ids.begin() + (head * (table.blocks - 2) + x - 1) * random;
  return std::vector<int32_t>(from, from + random);
}

std::vector<int32_t> From(int32_t first, size_t count) {
  std::vector<int32_t> list(count);
  std::iota(list.begin(), list.end(), first);
  return list;
}

using Ids = std::vector<int32_t>;

TEST_CASE("permutations after a seed are numpy's", "[attention]") {
  CHECK(NumpyRandom(0).Permutation(From(1, 13)) == Ids{7, 12, 5, 11, 3, 9, 2, 8, 10, 4, 1, 6, 13});
  CHECK(NumpyRandom(4294967295u).Permutation(From(0, 20)) ==
        Ids{11, 17, 19, 15, 1, 5, 8, 16, 13, 18, 14, 9, 10, 6, 0, 4, 7, 12, 2, 3});
  NumpyRandom later(5);
  for (int i = 0; i < 100; ++i) CHECK(later.Permutation(From(0, 50)).size() == 50);
  CHECK(later.Permutation(From(0, 10)) == Ids{8, 1, 9, 0, 6, 2, 5, 3, 4, 7});
  CHECK(later.Permutation({}).empty());
}

TEST_CASE("block_rand_mask gives the published tables", "[attention]") {
  struct Case {
    uint32_t seed;
    int64_t heads, blocks, random, last;
    uint64_t hash;  // 0: the published code fails
  };
  for (const Case& c : {Case{0, 12, 64, 3, 15, 0x97b5e86c36c808da}, {7, 2, 64, 3, 15, 0x3436e098287669d6},
                        {11, 3, 16, 2, 15, 0x593c22cfe14e6e3a}, {3, 2, 8, 2, 7, 0xd4065e8c3a786aaa},
                        {1, 1, 4, 3, 2, 0}, {4294967295u, 1, 40, 5, 7, 0}}) {
    INFO("seed " << c.seed << ", " << c.blocks << " blocks");
    const absl::StatusOr<RandomBlocks> table = BlockRandMask(c.seed, c.heads, c.blocks, c.random, c.last);
    REQUIRE(table.ok() == (c.hash != 0));
    if (table.ok()) CHECK(Fnv(table->ids) == c.hash);
  }
  const absl::StatusOr<RandomBlocks> base = BlockRandMask(0, 12, 64, 3, 15);
  REQUIRE(base.ok());
  CHECK(Row(*base, 12, 0, 1) == Ids{9, 14, 7});
  CHECK(Row(*base, 12, 0, 15) == Ids{2, 5, 6});
  CHECK(Row(*base, 12, 1, 1) == Ids{6, 11, 10});
  CHECK(Row(*base, 12, 11, 62) == Ids{3, 5, 7});
}

TEST_CASE("block_rand_mask_with_head gives the published tables or fails as the published code does", "[attention]") {
  struct Case {
    uint32_t seed;
    int64_t heads, blocks, random;
    uint64_t hash;
  };
  for (const Case& c : {Case{0, 12, 32, 3, 0xf0a164713450fbba}, {5, 2, 12, 3, 0x4c3cbb934481cc31}, {5, 2, 11, 3, 0},
                        {6, 3, 10, 4, 0}, {9, 2, 9, 3, 0}, {2, 1, 8, 3, 0x40647838381d3a94}, {2, 1, 5, 1, 0},
                        {4, 2, 7, 1, 0}, {1, 1, 6, 3, 0x374688040b6fcf09}, {3, 2, 100, 1, 0x1405a2330e8c1719},
                        {8, 1, 6, 2, 0xaac3e4ca52772c35}, {8, 1, 5, 2, 0}}) {
    INFO("seed " << c.seed << ", " << c.blocks << " blocks");
    const absl::StatusOr<RandomBlocks> table = BlockRandMaskWithHead(c.seed, c.heads, c.blocks, c.random);
    REQUIRE(table.ok() == (c.hash != 0));
    if (table.ok()) CHECK(Fnv(table->ids) == c.hash);
  }
}

TEST_CASE("a plan by length takes the algorithm that the published code takes", "[attention]") {
  SeededPlan plan;
  plan.seed = 3;
  plan.heads = 2;
  plan.random = 3;
  plan.full_up_to = 704;
  const absl::StatusOr<BlockPlans> plans = BlockPlans::Create(plan);
  REQUIRE(plans.ok());
  const absl::StatusOr<RandomBlocks> mask = BlockRandMask(3, 2, 64, 3, 15);
  REQUIRE(mask.ok());
  for (int64_t tokens = 705; tokens <= 4096; tokens += 13) {
    REQUIRE(plans->Check(tokens).ok());
    const int64_t blocks = (tokens + 63) / 64;
    const bool by_mask = blocks == 16 || blocks == 48 || blocks == 64;
    const absl::StatusOr<RandomBlocks> with_head = BlockRandMaskWithHead(3, 2, blocks, 3);
    REQUIRE(with_head.ok());
    INFO(tokens << " tokens");
    for (int64_t head = 0; head < 2; ++head) {
      for (int64_t x = 1; x < blocks - 1; ++x) {
        REQUIRE(Row(plans->At(tokens), 2, head, x) == Row(by_mask ? *mask : *with_head, 2, head, x));
      }
    }
  }
  CHECK(!plans->Check(4097).ok());
}

}  // namespace
}  // namespace lwave::attention
