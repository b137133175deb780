// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the laws of layers share: every mechanism over many random shapes, and memories stepped in random pieces.

#ifndef LONGWAVE_TESTS_LAWS_LAYER_LAWS_H_
#define LONGWAVE_TESTS_LAWS_LAYER_LAWS_H_

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "random_layer.h"

namespace lwave::test {

// Shapes of every mechanism in every law.
inline constexpr uint64_t kShapes = kSanitized ? 10 : 200;

// check(layer, random) for `shapes` seeds of every mechanism.
template <typename Check>
void ForRandomLayers(uint64_t first_seed, uint64_t shapes, const Check& check) {
  for (const std::string& mechanism : AllMechanisms()) {
    for (uint64_t seed = first_seed; seed < first_seed + shapes; ++seed) {
      Random random(seed);
      const RandomLayer layer = MakeRandomLayer(mechanism, random);
      INFO(mechanism << " seed " << seed << ": " << layer.rows.batch << " x " << layer.rows.keys);
      check(layer, random);
    }
  }
}
template <typename Check>
void ForRandomLayers(uint64_t first_seed, const Check& check) {
  ForRandomLayers(first_seed, kShapes, check);
}

// Steps [begin, end) in random pieces, with room for a random number of rows.
inline void StepRandomly(const Attention& attention, lwave_memory* memory, const Rows& rows, int64_t begin, int64_t end,
                         Random& random, std::vector<float>& out) {
  while (begin < end) {
    const int64_t count = Between(random, 1, std::min<int64_t>(end - begin, Between(random, 0, 1) == 0 ? 3 : 100));
    StepRows(attention, memory, rows, begin, count, Between(random, 1, 40), out);
    begin += count;
  }
}

// Steps row `at` with no room for output; returns how many rows were taken, 0 or 1.
inline int64_t StepWithoutRoom(const Attention& attention, lwave_memory* memory, const Rows& rows, int64_t at) {
  const int64_t q = AttentionInt(attention, "q_width"), k = AttentionInt(attention, "k_width");
  const int64_t v = AttentionInt(attention, "v_width");
  int64_t taken = 0, written = 0;
  Error error;
  const lwave_status status = lwave_memory_step(
      memory, rows.q.data() + at * q, q, k == 0 ? nullptr : rows.k.data() + at * k, k,
      v == 0 ? nullptr : rows.v.data() + at * v, v, rows.mask.empty() ? nullptr : rows.mask.data() + at,
      rows.mask.empty() ? 0 : 1, 1, &taken, nullptr, 0, &written, error);
  if (status != LWAVE_OUTPUT_FULL) error.Check(status);
  return taken;
}

}  // namespace lwave::test

#endif  // LONGWAVE_TESTS_LAWS_LAYER_LAWS_H_
