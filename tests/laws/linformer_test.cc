// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Linformer layers against the paper's equation in double, over random shapes: every projection and sharing, seeded
// ones as the layer says they are.

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <string>

#include "linformer_reference.h"
#include "random_layer.h"

namespace lwave::test {
namespace {

struct Linformer {
  Config config = MakeConfig("linformer");
  reference::LinformerProblem problem;
  Rows rows;
};

int64_t RandomTokens(Random& random) {
  return Between(random, 0, 4) == 0 ? Between(random, 0, 2) : Between(random, 3, 150);
}

std::vector<float> Scaled(std::vector<float> numbers, double factor) {
  for (float& number : numbers) number *= static_cast<float>(factor);
  return numbers;
}

// Sets e and f, or lets them be drawn: then the problem's are read from the layer.
void SetLinear(Linformer& l, Random& random, const std::string& projection, int64_t keys) {
  reference::LinformerProblem& p = l.problem;
  const char* const sharings[] = {"none", "headwise", "kv", "layerwise"};
  const std::string sharing = sharings[Between(random, 0, 3)];
  const bool per_head = sharing == "none", same = sharing == "kv" || sharing == "layerwise";
  const int64_t most = keys + Between(random, 1, 30), sets = per_head ? p.heads : 1;
  const int64_t slots = Between(random, 1, projection == "orthonormal" ? std::min<int64_t>(most, 70) : 150);
  Set(l.config, "projection", projection.c_str());
  Set(l.config, "sharing", sharing.c_str());
  Set(l.config, "slots", slots);
  reference::SlotProjection* const both[] = {&p.keys_to_slots, &p.values_to_slots};
  if (projection == "linear") {
    const std::vector<float> e = Scaled(RandomFloats(random, sets * slots * most), 1 / std::sqrt(most));
    const std::vector<float> f = same ? e : Scaled(RandomFloats(random, sets * slots * most), 1 / std::sqrt(most));
    Set(l.config, "e", e);
    if (!same) Set(l.config, "f", f);
    both[0]->matrix = e, both[1]->matrix = f;
  } else {
    Set(l.config, "seed", Between(random, 0, 1000));
    Set(l.config, "max_tokens", most);
    const Attention attention = MakeAttention(MakeContext(1), l.config);
    both[0]->matrix = ReadPart(attention.get(), "e");
    both[1]->matrix = ReadPart(attention.get(), "f");
    REQUIRE((both[0]->matrix == both[1]->matrix) == same);
  }
  if (Between(random, 0, 1) == 1) {
    const int64_t count = (Between(random, 0, 1) == 1 ? p.heads : 1) * slots;
    both[0]->slot_bias = RandomFloats(random, count);
    both[1]->slot_bias = same ? both[0]->slot_bias : RandomFloats(random, count);
    Set(l.config, "e_bias", both[0]->slot_bias);
    if (!same) Set(l.config, "f_bias", both[1]->slot_bias);
  }
  for (reference::SlotProjection* one : both) {
    one->slots = slots, one->columns = most;
    REQUIRE(static_cast<int64_t>(one->matrix.size()) == sets * slots * most);
  }
}

void SetStrided(Linformer& l, Random& random, const std::string& projection) {
  reference::LinformerProblem& p = l.problem;
  Set(l.config, "projection", projection.c_str());
  const int64_t stride = Between(random, 1, 9);
  Set(l.config, "stride", stride);
  const auto set = [&](reference::SlotProjection& one, int64_t width, const char* weight, const char* bias) {
    one.stride = stride;
    one.mean = projection == "mean_pool";
    one.maximum = projection == "max_pool";
    if (projection != "conv") return;
    one.weight = Scaled(RandomFloats(random, width * width * stride), 1 / std::sqrt(width * stride));
    one.bias = RandomFloats(random, width);
    Set(l.config, weight, one.weight);
    Set(l.config, bias, one.bias);
  };
  set(p.keys_to_slots, p.head_dim, "conv_weight_k", "conv_bias_k");
  set(p.values_to_slots, p.value_dim, "conv_weight_v", "conv_bias_v");
}

Linformer RandomLinformer(Random& random, const std::string& projection) {
  Linformer l;
  reference::LinformerProblem& p = l.problem;
  p.heads = Between(random, 1, 5);
  p.head_dim = Between(random, 1, 70), p.value_dim = Between(random, 1, 70);
  p.keys = RandomTokens(random);
  p.rows = Between(random, 0, 1) == 1 ? p.keys : RandomTokens(random);
  p.scale = 1 / std::sqrt(static_cast<double>(p.head_dim));
  Set(l.config, "heads", p.heads);
  Set(l.config, "head_dim", p.head_dim);
  Set(l.config, "value_dim", p.value_dim);
  if (projection == "linear" || projection == "gaussian" || projection == "orthonormal") {
    SetLinear(l, random, projection, p.keys);
  } else {
    SetStrided(l, random, projection);
  }
  l.rows.queries = p.rows, l.rows.keys = p.keys;
  l.rows.q = p.query = RandomFloats(random, p.rows * p.heads * p.head_dim);
  l.rows.k = p.key = RandomFloats(random, p.keys * p.heads * p.head_dim);
  l.rows.v = p.value = RandomFloats(random, p.keys * p.heads * p.value_dim);
  if (p.keys > 0 && Between(random, 0, 1) == 1) {
    const int64_t open = Between(random, 0, 4);  // of 4; 0: everything is closed
    for (int64_t i = 0; i < p.keys; ++i) {
      l.rows.mask.push_back(Between(random, 1, 4) <= open);
      p.closed.push_back(l.rows.mask.back() == 0);
    }
  }
  return l;
}

TEST_CASE("linformer agrees with attention over projected keys and values in double", "[laws][layers]") {
  const Context context = MakeContext(2);
  for (const char* projection : {"linear", "gaussian", "orthonormal", "mean_pool", "max_pool", "conv"}) {
    for (uint64_t seed = 0; seed < 200; ++seed) {
      Random random(seed);
      const Linformer l = RandomLinformer(random, projection);
      INFO(projection << " seed " << seed << ": " << l.problem.rows << " rows, " << l.problem.keys << " keys, "
                      << l.problem.heads << " heads of " << l.problem.head_dim << " and " << l.problem.value_dim);
      const std::vector<float> got = Forward(MakeAttention(context, l.config), l.rows);
      const std::vector<double> expected = reference::LinformerAttention(l.problem);
      REQUIRE(got.size() == expected.size());
      size_t worst = 0;
      double largest = 0;  // error as a share of what is allowed
      for (size_t i = 0; i < got.size(); ++i) {
        const double error =
            std::abs(static_cast<double>(got[i]) - expected[i]) / (1e-4 + 1e-4 * std::abs(expected[i]));
        if (!(error <= largest)) largest = error, worst = i;
        if (std::isnan(error)) break;
      }
      INFO("number " << worst << " of " << got.size() << " is wrong by " << largest << " times what is allowed");
      REQUIRE(largest <= 1);
    }
  }
}

TEST_CASE("seeded projections are the same again from the same seed and others from another", "[laws][layers]") {
  const auto draw = [](const char* projection, int64_t seed, const char* part) {
    const Config config = MakeConfig("linformer");
    Set(config, "heads", int64_t{2});
    Set(config, "head_dim", int64_t{4});
    Set(config, "projection", projection);
    Set(config, "seed", seed);
    Set(config, "slots", int64_t{3});
    Set(config, "max_tokens", int64_t{50});
    return ReadPart(MakeAttention(MakeContext(1), config).get(), part);
  };
  for (const char* projection : {"gaussian", "orthonormal"}) {
    CHECK(draw(projection, 7, "e") == draw(projection, 7, "e"));
    CHECK(draw(projection, 7, "e") != draw(projection, 8, "e"));
    CHECK(draw(projection, 7, "e") != draw(projection, 7, "f"));
    CHECK(draw(projection, 7, "e").size() == 150);
  }
  // A promise, to the bit: normals of seed 7 over sqrt(3).
  CHECK(draw("gaussian", 7, "e")[0] == -0x1.49ebf4p-3f);
  CHECK(draw("orthonormal", 7, "f")[149] == -0x1.629a76p-3f);
}

TEST_CASE("a linformer's slots from a tolerance are ceil(8 ln max_tokens / tolerance^2)", "[laws][layers]") {
  const Context context = MakeContext(1);
  const auto make = [&](double tolerance, int64_t most, lwave_error* error) {
    const Config config = MakeConfig("linformer");
    Set(config, "heads", int64_t{1});
    Set(config, "head_dim", int64_t{4});
    Set(config, "projection", "gaussian");
    Set(config, "seed", int64_t{1});
    Set(config, "tolerance", tolerance);
    Set(config, "max_tokens", most);
    lwave_attention* attention = nullptr;
    const lwave_status status = lwave_attention_create(context.get(), config.get(), &attention, error);
    CHECK((status == LWAVE_OK) == (attention != nullptr));
    return Attention(attention);
  };
  CHECK(ReadPart(make(0.5, 4096, nullptr).get(), "e").size() == 267 * 4096);
  CHECK(ReadPart(make(1, 3000, nullptr).get(), "e").size() == 65 * 3000);
  lwave_error error = {};
  CHECK(make(0.1, 4096, &error) == nullptr);
  CHECK(std::string(error.message).find("6655 slots") != std::string::npos);
}

TEST_CASE("a linformer whose options contradict each other is not made", "[layers]") {
  const Context context = MakeContext(1);
  const auto refused = [&](const char* projection, const auto& set, const char* word) {
    const Config config = MakeConfig("linformer");
    Set(config, "heads", int64_t{1});
    Set(config, "head_dim", int64_t{4});
    Set(config, "projection", projection);
    set(config);
    lwave_attention* attention = nullptr;
    lwave_error error = {};
    CHECK(lwave_attention_create(context.get(), config.get(), &attention, &error) == LWAVE_INVALID_ARGUMENT);
    INFO(error.message);
    CHECK(std::string(error.message).find(word) != std::string::npos);
  };
  const std::vector<float> e(2 * 8, 0.5f);
  refused("gaussian", [](const Config&) {}, "seed");
  refused("gaussian", [](const Config& c) { Set(c, "seed", int64_t{1}); }, "max_tokens");
  refused("gaussian", [](const Config& c) { Set(c, "seed", int64_t{1}), Set(c, "max_tokens", int64_t{9}); }, "slots");
  refused("orthonormal", [](const Config& c) {
    Set(c, "seed", int64_t{1}), Set(c, "max_tokens", int64_t{9}), Set(c, "slots", int64_t{10});
  }, "orthonormal");
  refused("gaussian", [&](const Config& c) {
    Set(c, "seed", int64_t{1}), Set(c, "max_tokens", int64_t{9}), Set(c, "slots", int64_t{2}), Set(c, "e", e);
  }, "e and f");
  refused("linear", [&](const Config& c) {
    Set(c, "slots", int64_t{2}), Set(c, "e", e), Set(c, "f", e), Set(c, "max_tokens", int64_t{9});
  }, "max_tokens");
  refused("mean_pool", [](const Config&) {}, "stride");
}

}  // namespace
}  // namespace lwave::test
