// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What Nystroemformer layers promise.

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <string>

#include "nystrom_reference.h"
#include "random_layer.h"

namespace lwave::test {
namespace {

TEST_CASE("a nystrom layer agrees with the paper's formulas in double, masks and convolution included",
          "[laws][layers]") {
  const Context context = MakeContext(2);
  for (uint64_t seed = 14000; seed < (kSanitized ? 14010u : 14200u); ++seed) {
    Random random(seed);
    const RandomLayer layer = MakeRandomLayer("nystrom", random);
    const Rows rows = Sequence(layer.rows, 0);
    reference::NystromProblem problem;
    problem.tokens = rows.keys, problem.heads = layer.heads;
    problem.head_dim = layer.head_dim, problem.value_dim = layer.value_dim;
    problem.landmarks = layer.landmarks, problem.convolution = layer.convolution;
    problem.query = rows.q, problem.key = rows.k, problem.value = rows.v, problem.mask = rows.mask;
    const std::vector<double> expected = reference::NystromAttention(problem);
    const std::vector<float> got = Forward(MakeAttention(context, layer.config), rows);
    REQUIRE(got.size() == expected.size());
    for (size_t i = 0; i < got.size(); ++i) {
      INFO("seed " << seed << ", " << layer.landmarks << " landmarks, number " << i);
      REQUIRE(std::abs(static_cast<double>(got[i]) - expected[i]) <= 5e-5 + 5e-5 * std::abs(expected[i]));
    }
  }
}

TEST_CASE("a nystrom layer says how many tokens it takes and why it cannot stream", "[laws][layers]") {
  const Context context = MakeContext(1);
  const Config config = MakeConfig("nystrom");
  Set(config, "heads", int64_t{1});
  Set(config, "head_dim", int64_t{2});
  Set(config, "landmarks", int64_t{4});
  Set(config, "tokens", int64_t{12});
  const Attention layer = MakeAttention(context, config);
  CHECK(AttentionInt(layer, "streams") == 0);
  Error error;
  std::vector<float> x(2 * 11), out(2 * 11);
  CHECK(lwave_attention_forward(layer.get(), nullptr, x.data(), 22, x.data(), 22, x.data(), 22, nullptr, 0, 1, 11, 11,
                                out.data(), 22, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(std::string(error.message()).find("exactly 12 tokens, got 11") != std::string::npos);
  lwave_memory* memory = nullptr;
  CHECK(lwave_memory_create_for_attention(layer.get(), &memory, error) == LWAVE_UNSUPPORTED);
  CHECK(std::string(error.message()).find("averages") != std::string::npos);
}

}  // namespace
}  // namespace lwave::test
