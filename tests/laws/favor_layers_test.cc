// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// favor against the double reference, what its streams may look at, and its projections: given, drawn, drawn anew.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "favor_reference.h"
#include "random_layer.h"

namespace lwave::test {
namespace {

struct FavorLayer {
  Config config = MakeConfig("favor");
  Rows rows;
  reference::FavorProblem problem;
};

std::vector<float> Scaled(std::vector<float> values, float factor) {
  for (float& value : values) value *= factor;
  return values;
}

// A layer of one kernel and its problem for the oracle; the numbers of rows are such that no denominator comes near 0.
FavorLayer MakeFavorLayer(const std::string& kernel, Random& random, int64_t rows, int64_t keys) {
  FavorLayer layer;
  reference::FavorProblem& p = layer.problem;
  p.kernel = kernel;
  p.rows = rows, p.keys = keys;
  p.heads = Between(random, 1, 3);
  p.head_dim = Between(random, 1, 40);
  p.value_dim = Between(random, 1, 40);
  p.causal = rows == keys && Between(random, 0, 1) == 1;
  p.scale = Between(random, 0, 2) == 0 ? 0.25 : 1 / std::sqrt(static_cast<double>(p.head_dim));
  const bool has_projection = kernel != "elu" && kernel != "given";
  const float size = kernel == "trigonometric" ? 0.2f : 0.7f;
  p.query = Scaled(RandomFloats(random, rows * p.heads * p.head_dim), size);
  p.key = Scaled(RandomFloats(random, keys * p.heads * p.head_dim), size);
  p.value = RandomFloats(random, keys * p.heads * p.value_dim);
  if (kernel == "given") {
    for (float& x : p.query) x = std::abs(x);
    for (float& x : p.key) x = std::abs(x);
  }
  Set(layer.config, "kernel", kernel.c_str());
  Set(layer.config, "heads", p.heads);
  Set(layer.config, "head_dim", p.head_dim);
  Set(layer.config, "value_dim", p.value_dim);
  Set(layer.config, "causal", int64_t{p.causal});
  if (has_projection) {
    const int64_t m = kernel == "trigonometric" ? Between(random, 200, 400) : Between(random, 1, 150);
    p.projection = RandomFloats(random, m * p.head_dim);
    Set(layer.config, "projection", p.projection);
    Set(layer.config, "scale", p.scale);
  }
  if (kernel == "softmax" || kernel == "hyperbolic" || kernel == "trigonometric") {
    p.eps = Between(random, 0, 1) == 0 || kernel == "trigonometric" ? 0 : 1e-4;
    p.row_max = Between(random, 0, 1) == 0;
    p.global_max = Between(random, 0, 1) == 0;
    p.key_shift = p.global_max ? 0 : 0.5;
    Set(layer.config, "eps", p.eps);
    Set(layer.config, "query_shift", p.row_max ? "row_max" : "none");
    if (p.global_max) Set(layer.config, "key_shift", "global_max");
    if (!p.global_max) Set(layer.config, "key_shift", p.key_shift);
  }
  if (kernel == "relu" || kernel == "exp") {
    p.kernel_eps = 0.01;
    Set(layer.config, "kernel_eps", p.kernel_eps);
  }
  p.denominator_eps = Between(random, 0, 1) == 0 ? 0 : 1e-3;
  p.denominator_constant = Between(random, 0, 1) == 0 ? 0 : 1e-3;
  Set(layer.config, "denominator_eps", p.denominator_eps);
  Set(layer.config, "denominator_constant", p.denominator_constant);
  if (Between(random, 0, 1) == 1) p.open.assign(static_cast<size_t>(keys), 1);
  for (int32_t& open : p.open) open = Between(random, 0, 3) != 0;
  layer.rows.queries = rows, layer.rows.keys = keys;
  layer.rows.q = p.query, layer.rows.k = p.key, layer.rows.v = p.value, layer.rows.mask = p.open;
  return layer;
}

const char* const kKernels[] = {"softmax", "hyperbolic", "trigonometric", "relu", "exp", "elu", "given"};

TEST_CASE("linear attention with every feature map agrees with double over random shapes", "[laws][favor]") {
  const Context context = MakeContext(2);
  for (const char* kernel : kKernels) {
    for (uint64_t seed = 11000; seed < 11200; ++seed) {
      Random random(seed);
      const int64_t keys = seed % 20 == 0 ? Between(random, 0, 2) : Between(random, 1, 40);
      FavorLayer layer = MakeFavorLayer(kernel, random, Between(random, 0, 1) == 0 ? keys : Between(random, 0, 20), keys);
      INFO(kernel << " seed " << seed);
      const std::vector<float> got = Forward(MakeAttention(context, layer.config), layer.rows);
      const std::vector<double> expected = FavorAttention(layer.problem);
      REQUIRE(got.size() == expected.size());
      for (size_t i = 0; i < got.size(); ++i) {
        INFO("number " << i << ": " << got[i] << ", expected " << expected[i]);
        REQUIRE(std::abs(static_cast<double>(got[i]) - expected[i]) <= 2e-4 * std::max(std::abs(expected[i]), 1.0));
      }
    }
  }
}

TEST_CASE("long sequences of heads that take turns give the bits of a stream", "[laws][favor][threads]") {
  Random random(1);
  FavorLayer layer = MakeFavorLayer("softmax", random, 1, 1);
  Set(layer.config, "causal", int64_t{1});
  Set(layer.config, "key_shift", 0.5);
  Rows rows;
  rows.queries = rows.keys = 2500;
  rows.q = RandomFloats(random, 2500 * layer.problem.heads * layer.problem.head_dim);
  rows.k = RandomFloats(random, 2500 * layer.problem.heads * layer.problem.head_dim);
  rows.v = RandomFloats(random, 2500 * layer.problem.heads * layer.problem.value_dim);
  const Context two = MakeContext(2), one = MakeContext(1);
  const std::vector<float> whole = Forward(MakeAttention(two, layer.config), rows);
  REQUIRE(Difference(whole, Forward(MakeAttention(one, layer.config), rows)) == "");
  const Attention attention = MakeAttention(two, layer.config);
  const Memory memory = MakeMemory(attention);
  std::vector<float> out;
  for (int64_t begin = 0; begin < 2500; begin += 500) StepRows(attention, memory.get(), rows, begin, 500, 130, out);
  CHECK(Difference(whole, out) == "");
}

TEST_CASE("with a fixed key shift no row looks ahead: what comes later changes no bit", "[laws][favor]") {
  const Context context = MakeContext(2);
  for (uint64_t seed = 11500; seed < 11530; ++seed) {
    Random random(seed);
    const char* kernel = kKernels[seed % 7];
    const int64_t n = Between(random, 2, 200), at = Between(random, 1, n - 1);
    FavorLayer layer = MakeFavorLayer(kernel, random, n, n);
    Set(layer.config, "causal", int64_t{1});
    Set(layer.config, "key_shift", 0.5);
    const Attention attention = MakeAttention(context, layer.config);
    const std::vector<float> before = Forward(attention, layer.rows);
    const int64_t keys = AttentionInt(attention, "k_width"), values = AttentionInt(attention, "v_width");
    for (int64_t i = at * keys; i < n * keys; ++i) layer.rows.k[static_cast<size_t>(i)] += 3;
    for (int64_t i = at * values; i < n * values; ++i) layer.rows.v[static_cast<size_t>(i)] -= 3;
    const std::vector<float> after = Forward(attention, layer.rows);
    const int64_t same = at * AttentionInt(attention, "out_width");
    INFO(kernel << " seed " << seed << " at " << at << " of " << n);
    const auto first = [&](const std::vector<float>& x) { return std::vector<float>(x.begin(), x.begin() + same); };
    CHECK(Difference(first(before), first(after)) == "");
    CHECK(AttentionInt(attention, "streams") == 1);
  }
}

TEST_CASE("a layer whose key shift looks at all keys, or that is not causal, says that it cannot stream", "[laws][favor]") {
  const Context context = MakeContext(1);
  Random random(2);
  for (const auto& [causal, shift] : {std::pair{1, "global_max"}, std::pair{1, ""}, std::pair{0, "number"}}) {
    FavorLayer layer = MakeFavorLayer("exp", random, 1, 1);
    Set(layer.config, "kernel", "softmax");
    Set(layer.config, "causal", int64_t{causal});
    if (std::string(shift) == "number") Set(layer.config, "key_shift", 0.0);
    if (std::string(shift) == "global_max") Set(layer.config, "key_shift", shift);
    lwave_error error = {};
    lwave_memory* memory = nullptr;
    CHECK(lwave_memory_create_for_attention(MakeAttention(context, layer.config).get(), &memory, &error) == LWAVE_UNSUPPORTED);
    CHECK(std::string(error.message).find(causal == 1 ? "key_shift" : "causal") != std::string::npos);
  }
}

Config DrawnLayer(const char* kind, int64_t seed, int64_t draw) {
  Config config = MakeConfig("favor");
  Set(config, "heads", int64_t{2});
  Set(config, "head_dim", int64_t{12});
  Set(config, "causal", int64_t{1});
  Set(config, "key_shift", 0.0);
  Set(config, "features", int64_t{30});
  Set(config, "projection_kind", kind);
  Set(config, "seed", seed);
  Set(config, "draw", draw);
  return config;
}

TEST_CASE("a drawn projection can be read, and given as it was read makes the same layer", "[laws][favor]") {
  const Context context = MakeContext(2);
  Random random(3);
  Rows rows;
  rows.queries = rows.keys = 100;
  for (std::vector<float>* x : {&rows.q, &rows.k, &rows.v}) *x = RandomFloats(random, 100 * 24);
  for (const char* kind : {"iid", "orthogonal", "hadamard"}) {
    INFO(kind);
    const Attention drawn = MakeAttention(context, DrawnLayer(kind, 7, 1));
    const std::vector<float> projection = ReadPart(drawn.get(), "projection");
    REQUIRE(projection.size() == 30 * 12);
    Config config = MakeConfig("favor");
    Set(config, "heads", int64_t{2});
    Set(config, "head_dim", int64_t{12});
    Set(config, "causal", int64_t{1});
    Set(config, "key_shift", 0.0);
    Set(config, "projection", projection);
    const Attention given = MakeAttention(context, config);
    CHECK(ReadPart(given.get(), "projection") == projection);
    const std::vector<float> out = Forward(drawn, rows);
    CHECK(Difference(out, Forward(given, rows)) == "");
    CHECK(Difference(out, Forward(MakeAttention(context, DrawnLayer(kind, 7, 2)), rows)) != "");
    CHECK(Difference(out, Forward(MakeAttention(context, DrawnLayer(kind, 8, 1)), rows)) != "");
  }
}

TEST_CASE("a memory belongs to one draw: the layer of another draw refuses its snapshot", "[laws][favor]") {
  const Context context = MakeContext(1);
  const Memory memory = MakeMemory(MakeAttention(context, DrawnLayer("orthogonal", 7, 0)));
  const std::string saved = Save(memory.get());
  const auto load = [&](int64_t draw) {
    const Memory other = MakeMemory(MakeAttention(context, DrawnLayer("orthogonal", 7, draw)));
    return lwave_memory_load(other.get(), saved.data(), static_cast<int64_t>(saved.size()), nullptr);
  };
  CHECK(load(0) == LWAVE_OK);
  CHECK(load(1) == LWAVE_MISMATCH);
}

TEST_CASE("projections and feature counts that contradict each other are refused with a message", "[laws][favor]") {
  const Context context = MakeContext(1);
  const auto refused = [&](const Config& config, const char* word) {
    lwave_attention* attention = nullptr;
    lwave_error error = {};
    CHECK(lwave_attention_create(context.get(), config.get(), &attention, &error) == LWAVE_INVALID_ARGUMENT);
    INFO(error.message);
    CHECK(std::string(error.message).find(word) != std::string::npos);
  };
  Config config = DrawnLayer("iid", 0, 0);
  Set(config, "projection", std::vector<float>(360, 1.0f));
  refused(config, "projection_kind");
  Set(config, "projection_kind", "given");
  Set(config, "projection", std::vector<float>(359, 1.0f));
  refused(config, "360");
  config = DrawnLayer("given", 0, 0);
  refused(config, "projection");
  config = DrawnLayer("hadamard", 0, 0);
  Set(config, "kernel", "elu");
  refused(config, "elu");
  config = DrawnLayer("hadamard", 0, 0);
  Set(config, "kernel", "hyperbolic");
  Set(config, "features", int64_t{600});
  refused(config, "1024");
  config = DrawnLayer("iid", 0, 0);
  Set(config, "scale", -1.0);
  refused(config, "scale");
}

}  // namespace
}  // namespace lwave::test
