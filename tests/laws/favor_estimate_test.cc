// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How far favor is from softmax attention: the library's own estimate of it, the published statistics, and what is left
// of a state after ten million rows.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "favor_reference.h"
#include "random_layer.h"
#include "safetensors_reference.h"

namespace lwave::test {
namespace {

struct Estimate {
  double relative = -1, mean = -1, max = -1;
};

lwave_status TryEstimate(const Attention& attention, const Rows& rows, const std::vector<float>& out, int64_t samples,
                         int64_t seed, Estimate* estimate, lwave_error* error) {
  return lwave_attention_estimate_error(attention.get(), rows.q.data(), Size(rows.q), rows.k.data(), Size(rows.k),
                                        rows.v.data(), Size(rows.v), rows.mask.data(),
                                        static_cast<int64_t>(rows.mask.size()), rows.queries, rows.keys,
                                        out.empty() ? nullptr : out.data(), Size(out), samples, seed,
                                        &estimate->relative, &estimate->mean, &estimate->max, error);
}
Estimate EstimateError(const Attention& attention, const Rows& rows, const std::vector<float>& out, int64_t samples,
                       int64_t seed) {
  Error error;
  Estimate estimate;
  error.Check(TryEstimate(attention, rows, out, samples, seed, &estimate, error));
  return estimate;
}

Config FavorConfig(int64_t heads, int64_t head_dim, int64_t value_dim, bool causal) {
  Config config = MakeConfig("favor");
  Set(config, "heads", heads);
  Set(config, "head_dim", head_dim);
  Set(config, "value_dim", value_dim);
  Set(config, "causal", int64_t{causal});
  Set(config, "features", int64_t{48});
  return config;
}

TEST_CASE("the estimated error over all rows is that against softmax attention in double", "[laws][favor]") {
  const Context context = MakeContext(2), one_thread = MakeContext(1);
  for (uint64_t seed = 12000; seed < 12040; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    reference::FavorProblem p;
    p.causal = Between(random, 0, 1) == 1;
    p.rows = Between(random, 1, 60), p.keys = p.causal ? p.rows : Between(random, 1, 60);
    p.heads = Between(random, 1, 3), p.head_dim = Between(random, 1, 20), p.value_dim = Between(random, 1, 20);
    p.scale = 1 / std::sqrt(static_cast<double>(p.head_dim));
    p.query = RandomFloats(random, p.rows * p.heads * p.head_dim);
    p.key = RandomFloats(random, p.keys * p.heads * p.head_dim);
    p.value = RandomFloats(random, p.keys * p.heads * p.value_dim);
    if (Between(random, 0, 1) == 1) {
      p.open.assign(static_cast<size_t>(p.keys), 1);
      for (size_t j = 1; j < p.open.size(); ++j) p.open[j] = Between(random, 0, 3) != 0;
    }
    const Config config = FavorConfig(p.heads, p.head_dim, p.value_dim, p.causal);
    const Attention attention = MakeAttention(context, config);
    Rows rows;
    rows.queries = p.rows, rows.keys = p.keys;
    rows.q = p.query, rows.k = p.key, rows.v = p.value, rows.mask = p.open;
    const std::vector<float> out = Forward(attention, rows);
    const std::vector<double> exact = ExactAttention(p);
    double difference = 0, total = 0, mean = 0, most = 0;
    const size_t width = static_cast<size_t>(p.value_dim);
    for (size_t at = 0; at < out.size(); at += width) {
      double part_difference = 0, part = 0;
      for (size_t c = at; c < at + width; ++c) {
        part_difference += std::pow(static_cast<double>(out[c]) - exact[c], 2);
        part += exact[c] * exact[c];
      }
      difference += part_difference, total += part;
      mean += std::sqrt(part_difference / part) * static_cast<double>(width) / static_cast<double>(out.size());
      most = std::max(most, std::sqrt(part_difference / part));
    }
    const Estimate estimate = EstimateError(attention, rows, out, 1000, 1);
    CHECK(std::abs(estimate.relative - std::sqrt(difference / total)) < 1e-9 * estimate.relative);
    CHECK(std::abs(estimate.mean - mean) < 1e-9 * mean);
    CHECK(std::abs(estimate.max - most) < 1e-9 * most);
    // The rows may be left to the function, and threads change no bit.
    const Estimate own = EstimateError(MakeAttention(one_thread, config), rows, {}, 1000, 2);
    CHECK((own.relative == estimate.relative && own.mean == estimate.mean && own.max == estimate.max));
    // A sample is of these rows, and the same for the same seed.
    const Estimate some = EstimateError(attention, rows, out, 5, 3), again = EstimateError(attention, rows, out, 5, 3);
    CHECK((some.mean == again.mean && some.max <= most * (1 + 1e-9) && some.relative <= most * (1 + 1e-9)));
  }
}

TEST_CASE("exact attention has no error to speak of, and another seed samples other rows", "[laws][favor]") {
  const Context context = MakeContext(2);
  Random random(5);
  Rows rows;
  rows.queries = rows.keys = 300;
  for (std::vector<float>* x : {&rows.q, &rows.k, &rows.v}) *x = RandomFloats(random, 300 * 32);
  for (const char* mechanism : {"full", "favor"}) {
    Config config = MakeConfig(mechanism);
    Set(config, "heads", int64_t{2});
    Set(config, "head_dim", int64_t{16});
    Set(config, "causal", int64_t{1});
    if (mechanism == std::string("favor")) Set(config, "kernel", "exact");
    CHECK(EstimateError(MakeAttention(context, config), rows, {}, 50, 1).max < 2e-6);
  }
  const Attention attention = MakeAttention(context, FavorConfig(2, 16, 16, true));
  const std::vector<float> out = Forward(attention, rows);
  CHECK(EstimateError(attention, rows, out, 10, 1).mean != EstimateError(attention, rows, out, 10, 2).mean);
}

TEST_CASE("an estimate is refused of kernels of their own, of other kinds, and with wrong arguments", "[laws][favor]") {
  const Context context = MakeContext(1);
  Rows rows;
  rows.queries = rows.keys = 2;
  rows.q = rows.k = rows.v = std::vector<float>(64, 0.5f);
  Estimate estimate;
  lwave_error error = {};
  for (const char* kernel : {"relu", "exp", "elu", "given"}) {
    Config config = MakeConfig("favor");
    Set(config, "heads", int64_t{2});
    Set(config, "head_dim", int64_t{16});
    Set(config, "kernel", kernel);
    if (kernel == std::string("relu") || kernel == std::string("exp")) Set(config, "features", int64_t{8});
    CHECK(TryEstimate(MakeAttention(context, config), rows, {}, 1, 0, &estimate, &error) == LWAVE_UNSUPPORTED);
  }
  Config window = MakeConfig("window");
  Set(window, "heads", int64_t{2});
  Set(window, "head_dim", int64_t{16});
  CHECK(TryEstimate(MakeAttention(context, window), rows, {}, 1, 0, &estimate, &error) == LWAVE_UNSUPPORTED);
  Config turned = MakeConfig("full");
  Set(turned, "heads", int64_t{2});
  Set(turned, "head_dim", int64_t{16});
  Set(turned, "rope.theta", 1e4);
  CHECK(TryEstimate(MakeAttention(context, turned), rows, {}, 1, 0, &estimate, &error) == LWAVE_UNSUPPORTED);
  const Attention attention = MakeAttention(context, FavorConfig(2, 16, 16, false));
  CHECK(TryEstimate(attention, rows, {}, 0, 0, &estimate, &error) == LWAVE_INVALID_ARGUMENT);
  CHECK(TryEstimate(attention, rows, std::vector<float>(63), 1, 0, &estimate, &error) == LWAVE_INVALID_ARGUMENT);
  CHECK(TryEstimate(nullptr, rows, {}, 1, 0, &estimate, &error) == LWAVE_INVALID_ARGUMENT);
  CHECK(estimate.mean == -1);
  rows.queries = rows.keys = 0;
  rows.q.clear(), rows.k.clear(), rows.v.clear();
  CHECK(EstimateError(attention, rows, {}, 1, 0).max == 0);
}

TEST_CASE("the error of softmax features is the published one, and orthogonal rows make it smaller", "[laws][favor]") {
  const reference::StoredFile file =
      reference::ReadSafetensors(LWAVE_SOURCE_DIR "/tests/golden/cases/favor/approximation_error.safetensors");
  const nlohmann::json statistics = nlohmann::json::parse(file.metadata.at("case")).at("statistics");
  Rows rows;  // one head: the order of the file is ours
  rows.q = file.At("q").Floats(), rows.k = file.At("k").Floats(), rows.v = file.At("v").Floats();
  rows.queries = rows.keys = file.At("q").shape[2];
  const Context context = MakeContext(2);
  constexpr int64_t kDraws = 400;
  for (const nlohmann::json& expected : statistics.at("table")) {
    double mean[2] = {0, 0};
    for (int orthogonal = 0; orthogonal < 2; ++orthogonal) {
      for (int64_t draw = 0; draw < kDraws; ++draw) {
        Config config = FavorConfig(1, file.At("q").shape[3], file.At("v").shape[3], false);
        Set(config, "features", expected.at("features").get<int64_t>());
        Set(config, "projection_kind", orthogonal == 1 ? "orthogonal" : "iid");
        Set(config, "eps", statistics.at("eps").get<double>());
        Set(config, "seed", int64_t{2026});
        Set(config, "draw", draw);
        mean[orthogonal] += EstimateError(MakeAttention(context, config), rows, {}, 1000, 0).relative / kDraws;
      }
      const double published = expected.at(orthogonal == 1 ? "orthogonal" : "iid").at("output_error_mean").get<double>();
      INFO(expected.at("features") << " features, " << (orthogonal == 1 ? "orthogonal" : "iid"));
      CHECK(std::abs(mean[orthogonal] / published - 1) < 0.07);
    }
    CHECK(mean[1] < mean[0]);
  }
}

TEST_CASE("after ten million rows a memory's state is that of double within 1e-4", "[laws][favor][slow]") {
  constexpr int64_t kRows = 10000000, kPeriod = 9973;  // rows come again and again, out of step with any block
  Random random(6);
  reference::FavorProblem p;
  p.causal = true;
  p.head_dim = 4, p.value_dim = 3;
  p.scale = 0.5;
  p.eps = 1e-4;
  p.global_max = false;
  p.rows = p.keys = kPeriod;
  p.query = RandomFloats(random, kPeriod * p.head_dim);
  p.key = RandomFloats(random, kPeriod * p.head_dim);
  p.value = RandomFloats(random, kPeriod * p.value_dim);
  for (float& value : p.value) value += 0.5f;  // sums that grow
  p.projection = RandomFloats(random, 6 * p.head_dim);
  Config config = FavorConfig(1, p.head_dim, p.value_dim, true);
  Set(config, "features", int64_t{6});
  Set(config, "projection", p.projection);
  Set(config, "key_shift", 0.0);
  Set(config, "step_rows", int64_t{1024});
  const Context context = MakeContext(1);
  const Attention attention = MakeAttention(context, config);
  const Memory memory = MakeMemory(attention);
  std::vector<float> out(static_cast<size_t>(kPeriod * p.value_dim));
  for (int64_t at = 0; at < kRows; at += kPeriod) {
    const int64_t rows = std::min(kPeriod, kRows - at);
    Error error;
    int64_t taken = 0, written = 0;
    error.Check(lwave_memory_step(memory.get(), p.query.data(), rows * 4, p.key.data(), rows * 4, p.value.data(), rows * 3,
                                  nullptr, 0, rows, &taken, out.data(), Size(out), &written, error));
    REQUIRE((taken == rows && written == rows));
  }
  const reference::FavorSums period = SumFavorKeys(p, 0);
  reference::FavorProblem last = p;
  last.rows = last.keys = kRows % kPeriod;
  const reference::FavorSums rest = SumFavorKeys(last, 0);
  const auto worst = [&](const std::vector<float>& got, const std::vector<double>& each, const std::vector<double>& more) {
    REQUIRE(got.size() == each.size());
    double error = 0;
    for (size_t i = 0; i < got.size(); ++i) {
      const double expected = each[i] * static_cast<double>(kRows / kPeriod) + more[i];
      error = std::max(error, std::abs(static_cast<double>(got[i]) / expected - 1));
    }
    return error;
  };
  const double s = worst(ReadPart(memory.get(), "state_s"), period.s, rest.s);
  const double z = worst(ReadPart(memory.get(), "state_z"), period.z, rest.z);
  INFO("worst relative error of s " << s << ", of z " << z);
  CHECK(s < 1e-5);
  CHECK(z < 1e-5);
}

}  // namespace
}  // namespace lwave::test
