// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Search against sorting everything.

#include "stream/search.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

namespace lwave::stream {
namespace {

TEST_CASE("The k best come in order, equal scores by the lower index, NaN last", "[stream]") {
  for (uint32_t seed = 1; seed <= 50; ++seed) {
    INFO("seed " << seed);
    std::mt19937 random(seed);
    const int64_t width = 1 + random() % 70, count = random() % 600, k = random() % 40;
    std::vector<float> query(static_cast<size_t>(width)), vectors(static_cast<size_t>(count * width));
    for (float& x : query) x = static_cast<float>(random() % 5) - 2.0f;  // many ties
    for (float& x : vectors) x = static_cast<float>(random() % 3) - 1.0f;
    if (count > 3) vectors[static_cast<size_t>(2 * width)] = std::numeric_limits<float>::quiet_NaN();

    std::vector<int64_t> indices(static_cast<size_t>(count)), all_indices(static_cast<size_t>(count));
    std::vector<float> scores(static_cast<size_t>(count)), all_scores(static_cast<size_t>(count));
    const int64_t found =
        SearchVectors(query.data(), width, vectors.data(), count, k, indices.data(), scores.data());
    REQUIRE(found == std::min(k, count));
    std::vector<int64_t> order(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) {
      order[static_cast<size_t>(i)] = i;
      float sum = 0;  // exact: small integers
      for (int64_t c = 0; c < width; ++c) {
        sum += query[static_cast<size_t>(c)] * vectors[static_cast<size_t>(i * width + c)];
      }
      all_scores[static_cast<size_t>(i)] = sum;
    }
    std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
      const float x = all_scores[static_cast<size_t>(a)], y = all_scores[static_cast<size_t>(b)];
      return std::isnan(y) ? !std::isnan(x) : x > y;
    });
    for (int64_t i = 0; i < found; ++i) {
      REQUIRE(indices[static_cast<size_t>(i)] == order[static_cast<size_t>(i)]);
    }
  }
}

}  // namespace
}  // namespace lwave::stream
