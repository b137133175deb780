// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the random shapes meet rarely, said once: ALiBi and rotary layers whose keys are all closed, or some.

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <limits>

#include "random_layer.h"

namespace lwave::test {
namespace {

TEST_CASE("a layer whose keys are all closed gives zeros, whatever its bias or positions", "[laws][layers]") {
  const Context context = MakeContext(2);
  Random random(14000);
  for (const char* mechanism : {"full", "window", "sink_window", "sparse_transformer", "mixed"}) {
    for (const int64_t n : {1, 64, 130}) {
      INFO(mechanism << " " << n);
      const Config config = MakeConfig(mechanism);
      const std::string name = mechanism;
      Set(config, "heads", int64_t{4});
      Set(config, "kv_heads", int64_t{2});
      Set(config, "head_dim", int64_t{6});
      if (name == "full") Set(config, "alibi_slopes", std::vector<float>{0.5f, 0.25f, 0.125f, 0.0625f});
      if (name == "window") Set(config, "left", int64_t{500}), Set(config, "dilation", std::vector<int64_t>{1, 2, 3, 1});
      if (name == "sink_window") Set(config, "sinks", int64_t{3}), Set(config, "window", int64_t{9});
      if (name == "full" || name == "sink_window") Set(config, "rope.theta", 10000.0);
      if (name == "sparse_transformer") Set(config, "stride", int64_t{5});
      if (name == "mixed") {
        Set(config, "head_kinds", "full,window,union,adaptive_span");
        Set(config, "stride", int64_t{4}), Set(config, "left", int64_t{7}), Set(config, "dilation", int64_t{2});
        Set(config, "max_span", int64_t{5});
        Set(config, "span", std::vector<float>(4, 0.5f));
        Set(config, "key_pe", RandomFloats(random, 6 * 5));
      }
      Rows rows;
      rows.queries = rows.keys = n;
      rows.q = RandomFloats(random, n * 24);
      rows.k = RandomFloats(random, n * 12);
      rows.v = RandomFloats(random, n * 12);
      rows.mask.assign(static_cast<size_t>(n), 0);
      const std::vector<float> zeros(static_cast<size_t>(n * 24), 0.0f);
      REQUIRE(Difference(zeros, Forward(MakeAttention(context, config), rows)) == "");
    }
  }
}

TEST_CASE("a value of NaN beyond an adaptive span's own reach is not seen, in a layer of mixed heads either",
          "[laws][layers]") {
  const Context context = MakeContext(2);
  Random random(14200);
  const int64_t n = 150, span = 100;
  Rows rows;
  rows.queries = rows.keys = n;
  rows.q = RandomFloats(random, n * 8), rows.k = RandomFloats(random, n * 8), rows.v = RandomFloats(random, n * 8);
  rows.v[20 * 8 + 1] = std::numeric_limits<float>::quiet_NaN();  // of the first head
  const std::vector<float> key_pe = RandomFloats(random, 4 * span);
  std::vector<float> results[2];
  for (const bool mixed : {false, true}) {
    const Config config = MakeConfig(mixed ? "mixed" : "adaptive_span");
    Set(config, "heads", int64_t{2}), Set(config, "head_dim", int64_t{4});
    Set(config, "max_span", span), Set(config, "ramp", int64_t{3}), Set(config, "key_pe", key_pe);
    Set(config, "span", std::vector<float>{0.046f, 0.9f});
    if (mixed) Set(config, "head_kinds", "adaptive_span");
    if (!mixed) Set(config, "initial_cache", "empty");
    results[mixed] = Forward(MakeAttention(context, config), rows);
  }
  // Distances 1 to 8 have a weight: 3 + 4.6 + 1 - t > 0.
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t c = 0; c < 8; ++c) {
      const float got = results[1][static_cast<size_t>(i * 8 + c)], want = results[0][static_cast<size_t>(i * 8 + c)];
      INFO("row " << i << " number " << c << ": " << got << ", expected " << want);
      REQUIRE(std::isnan(got) == (c == 1 && i > 20 && i <= 28));
      REQUIRE((std::isnan(got) || std::abs(got - want) <= 1e-5f));
    }
  }
}

TEST_CASE("cross-attention with ALiBi, rotary positions and a query offset agrees with the formula in double",
          "[laws][layers]") {
  const Context context = MakeContext(2);
  for (uint64_t seed = 14100; seed < 14120; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    const int64_t offset = Between(random, 0, 40);
    const bool causal = Between(random, 0, 1) == 1;
    reference::ListedProblem problem;
    problem.rows = Between(random, 0, 100), problem.keys = Between(random, 0, 150);
    problem.heads = 4, problem.kv_heads = 2, problem.head_dim = 2 * Between(random, 1, 9), problem.value_dim = 5;
    problem.scale = 0.3;
    problem.query = RandomFloats(random, problem.rows * problem.heads * problem.head_dim);
    problem.key = RandomFloats(random, problem.keys * problem.kv_heads * problem.head_dim);
    problem.value = RandomFloats(random, problem.keys * problem.kv_heads * problem.value_dim);
    for (int64_t j = 0; j < problem.keys; ++j) problem.closed.push_back(Between(random, 0, 3) == 0);
    problem.listing = reference::FullListing(causal, offset);
    const std::vector<float> slopes = {0.5f, 0.25f, 0.125f, 0.0625f};
    problem.bias = [&](int64_t h, int64_t i, int64_t j) {
      return -static_cast<double>(slopes[static_cast<size_t>(h)]) * static_cast<double>(std::abs(i + offset - j));
    };
    problem.rotary.dim = problem.head_dim;
    problem.rotary.of_query = [&](int64_t i, int64_t) { return i + offset; };
    problem.rotary.of_key = [](int64_t, int64_t j) { return j; };
    const Config config = MakeConfig("full");
    Set(config, "heads", problem.heads);
    Set(config, "kv_heads", problem.kv_heads);
    Set(config, "head_dim", problem.head_dim);
    Set(config, "value_dim", problem.value_dim);
    Set(config, "scale", problem.scale);
    Set(config, "causal", int64_t{causal});
    Set(config, "query_offset", offset);
    Set(config, "alibi_slopes", slopes);
    Set(config, "rope.theta", 10000.0);
    Rows rows;
    rows.queries = problem.rows, rows.keys = problem.keys;
    rows.q = problem.query, rows.k = problem.key, rows.v = problem.value;
    for (int32_t closed : problem.closed) rows.mask.push_back(1 - closed);
    const std::vector<float> got = Forward(MakeAttention(context, config), rows);
    const std::vector<double> expected = reference::ListedAttention(problem);
    REQUIRE(got.size() == expected.size());
    for (size_t i = 0; i < got.size(); ++i) {
      INFO("number " << i << ": " << got[i] << ", expected " << expected[i]);
      REQUIRE(std::abs(static_cast<double>(got[i]) - expected[i]) <= 2e-5 + 2e-5 * std::abs(expected[i]));
    }
  }
}

}  // namespace
}  // namespace lwave::test
