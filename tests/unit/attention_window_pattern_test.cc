// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Tiles and masks against the rule, entry by entry.

#include "attention/window_pattern.h"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <set>
#include <vector>

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

bool Sees(const WindowPattern& p, int64_t row, int64_t key) {
  if (key >= p.total) return false;
  if (p.key_mask != nullptr && (p.key_mask[key / 64] >> (key % 64) & 1) == 0) return false;
  return p.full || key < p.sinks || (-p.left <= key - row && key - row <= p.right);
}

TEST_CASE("The listed tiles hold exactly the keys that each row sees, in ascending order", "[attention]") {
  for (uint32_t seed = 1; seed <= 200; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const auto pick = [&](int64_t most) { return static_cast<int64_t>(random() % static_cast<uint32_t>(most + 1)); };
    WindowPattern pattern;
    pattern.full = pick(3) == 0;
    pattern.left = pick(150);
    pattern.right = pick(150);
    pattern.sinks = pick(1) * pick(140);
    pattern.total = 1 + pick(400);
    std::vector<uint64_t> mask(8);
    for (uint64_t& word : mask) word = (uint64_t{random()} << 32) | random();
    if (pick(2) == 0) pattern.key_mask = mask.data();
    const int64_t first = pick(pattern.total - 1);
    const int64_t rows = 1 + pick(std::min<int64_t>(47, pattern.total - first - 1));

    TileStore store;
    store.shape = {1, 1, 1};
    store.ring = {0, 8};
    store.shape.slots = 8;
    std::vector<std::byte> keys(static_cast<size_t>(store.KeyBytes())), values(static_cast<size_t>(store.ValueBytes()));
    store.keys = keys.data();
    store.values = values.data();
    const int64_t most = pattern.MaxTiles(rows);
    std::vector<kernels::KeyTile> tiles(static_cast<size_t>(most));
    std::vector<uint64_t> masks(static_cast<size_t>(most * rows));
    const auto listed =
        ListTiles(pattern, store, first, rows, {absl::MakeSpan(tiles), absl::MakeSpan(masks)});

    std::set<std::pair<int64_t, int64_t>> seen;
    int64_t previous = -1;
    for (const kernels::KeyTile& tile : listed) {
      const int64_t number = tile.index;
      REQUIRE(number > previous);
      REQUIRE(tile.keys == store.KeySlot(number));
      REQUIRE(tile.values == store.ValueSlot(number));
      previous = number;
      for (int64_t r = 0; r < rows; ++r) {
        const uint64_t open = tile.masks == nullptr ? ~uint64_t{0} : tile.masks[r];
        for (int64_t k = 0; k < 64; ++k) {
          if (open >> k & 1) seen.insert({r, number * 64 + k});
        }
      }
    }
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t key = 0; key < 512; ++key) {
        REQUIRE(seen.contains({r, key}) == Sees(pattern, first + r, key));
      }
    }
  }
}

TEST_CASE("A ring gives every position that is still needed a slot of its own", "[memory]") {
  for (int64_t sinks : {0, 1, 33, 64, 65, 200}) {
    for (int64_t span : {1, 5, 64, 65, 128, 321}) {
      const memory::TileRing ring = memory::TileRing::For(sinks, span, 0, kKeyTile);
      for (int64_t begin = 0; begin < 1000; begin += 7) {
        std::set<int64_t> tiles, slots;
        for (int64_t i = 0; i < sinks; ++i) tiles.insert(i / kKeyTile);
        for (int64_t i = begin; i < begin + span; ++i) tiles.insert(i / kKeyTile);
        for (int64_t tile : tiles) slots.insert(ring.Slot(tile));
        REQUIRE(slots.size() == tiles.size());
        REQUIRE(*slots.rbegin() < ring.slots());
      }
    }
  }
}

}  // namespace
}  // namespace lwave::attention
