// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Layers with projection weights against the same layers without. Their laws are tested with all layers' (the
// mechanisms called "projected ...").

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "random_layer.h"

namespace lwave::test {
namespace {

// [columns, depth] that copies numbers [first, first + columns) of a row of `depth`.
std::vector<float> Selection(int64_t columns, int64_t depth, int64_t first) {
  std::vector<float> weight(static_cast<size_t>(columns * depth), 0.0f);
  for (int64_t c = 0; c < columns; ++c) weight[static_cast<size_t>(c * depth + first + c)] = 1;
  return weight;
}

// Rows of several widths side by side, each with its first number and its width in a row of `from`.
struct Columns {
  const std::vector<float>* from;
  int64_t width, first, count;
};
std::vector<float> SideBySide(int64_t rows, const std::vector<Columns>& parts) {
  std::vector<float> all;
  for (int64_t r = 0; r < rows; ++r) {
    for (const Columns& part : parts) {
      const auto row = part.from->begin() + r * part.width + part.first;
      all.insert(all.end(), row, row + part.count);
    }
  }
  return all;
}

TEST_CASE("weights that copy numbers change no bit of any layer's result", "[laws][layers]") {
  const Context context = MakeContext(2);
  for (const std::string& mechanism : MechanismsWithoutWeights()) {
    for (uint64_t seed = 12000; seed < 12020; ++seed) {
      INFO(mechanism << " seed " << seed);
      Random random(seed), same(seed);
      const RandomLayer plain = MakeRandomLayer(mechanism, random), projected = MakeRandomLayer(mechanism, same);
      const Attention layer = MakeAttention(context, plain.config);
      const int64_t q = AttentionInt(layer, "q_width"), k = AttentionInt(layer, "k_width");
      const int64_t v = AttentionInt(layer, "v_width"), out = AttentionInt(layer, "out_width");
      // x = [q, k, v], and room for the heads' results.
      const int64_t d = std::max(q + k + v, out), n = plain.rows.batch * plain.rows.keys;
      const std::vector<float> zeros(static_cast<size_t>(d), 0.0f);
      Set(projected.config, "d_model", d);
      Set(projected.config, "w_q", Selection(q, d, 0));
      if (k > 0) Set(projected.config, "w_k", Selection(k, d, q));
      Set(projected.config, "w_v", Selection(v, d, q + k));
      const bool with_output = seed % 2 == 0;
      if (with_output) {
        std::vector<float> last = Selection(out, out, 0);
        last.resize(static_cast<size_t>(d * out), 0.0f);  // rows of zeros behind
        Set(projected.config, "w_o", last);
      }
      Rows rows = plain.rows;
      rows.q = SideBySide(n, {{&plain.rows.q, q, 0, q}, {&plain.rows.k, k, 0, k}, {&plain.rows.v, v, 0, v},
                              {&zeros, 0, 0, d - q - k - v}});
      rows.k.clear(), rows.v.clear();
      const std::vector<float> got = Forward(MakeAttention(context, projected.config), rows);
      const int64_t width = with_output ? d : out;
      REQUIRE(Size(got) == n * width);
      REQUIRE(Difference(Forward(layer, plain.rows), SideBySide(n, {{&got, width, 0, out}})) == "");
    }
  }
}

TEST_CASE("keys of another sequence come from its own rows", "[laws][layers]") {
  const Context context = MakeContext(2);
  Random random(12100);
  const int64_t heads = 2, dim = 5, queries = 7, keys = 70;
  const auto config = [&] {
    Config made = MakeConfig("full");
    Set(made, "heads", heads);
    Set(made, "head_dim", dim);
    return made;
  };
  Rows rows;
  rows.queries = queries, rows.keys = keys;
  rows.q = RandomFloats(random, queries * heads * dim);
  rows.k = RandomFloats(random, keys * heads * dim);
  rows.v = RandomFloats(random, keys * heads * dim);
  const Config projected = config();
  const int64_t width = heads * dim;
  Set(projected, "d_model", width);
  Set(projected, "cross", int64_t{1});
  Set(projected, "d_context", 2 * width);
  Set(projected, "w_q", Selection(width, width, 0));
  Set(projected, "w_k", Selection(width, 2 * width, 0));
  Set(projected, "w_v", Selection(width, 2 * width, width));
  Rows hidden;
  hidden.queries = queries, hidden.keys = keys, hidden.q = rows.q;
  hidden.k = SideBySide(keys, {{&rows.k, width, 0, width}, {&rows.v, width, 0, width}});
  REQUIRE(Difference(Forward(MakeAttention(context, config()), rows),
                     Forward(MakeAttention(context, projected), hidden)) == "");
}

TEST_CASE("global rows of a projected window use weights of their own", "[laws][layers]") {
  const Context context = MakeContext(2);
  Random random(12200);
  const int64_t heads = 2, dim = 3, width = heads * dim, n = 150;
  const auto config = [&] {
    Config made = MakeConfig("window");
    Set(made, "heads", heads);
    Set(made, "head_dim", dim);
    Set(made, "left", int64_t{9});
    Set(made, "right", int64_t{4});
    Set(made, "global", std::vector<int64_t>{0, 1, 77, 149});
    Set(made, "global_projections", int64_t{1});
    Set(made, "max_tokens", n);
    return made;
  };
  Rows rows;
  rows.queries = rows.keys = n;
  for (std::vector<float>* part : {&rows.q, &rows.k, &rows.v}) *part = RandomFloats(random, n * 2 * width);
  const Config projected = config();
  const int64_t d = 6 * width;
  Set(projected, "d_model", d);
  int64_t first = 0;
  for (const char* name : {"w_q", "w_q_global", "w_k", "w_k_global", "w_v", "w_v_global"}) {
    Set(projected, name, Selection(width, d, first));
    first += width;
  }
  Rows hidden;
  hidden.queries = hidden.keys = n;
  hidden.q = SideBySide(n, {{&rows.q, 2 * width, 0, 2 * width}, {&rows.k, 2 * width, 0, 2 * width},
                            {&rows.v, 2 * width, 0, 2 * width}});
  const std::vector<float> expected = Forward(MakeAttention(context, config()), rows);
  const Attention layer = MakeAttention(context, projected);
  REQUIRE(Difference(expected, Forward(layer, hidden)) == "");
  const Memory memory = MakeMemory(layer);
  std::vector<float> streamed;
  for (int64_t begin = 0; begin < n; begin += 50) StepRows(layer, memory.get(), hidden, begin, 50, 7, streamed);
  FinishRows(memory.get(), width, 7, streamed);
  REQUIRE(Difference(expected, streamed) == "");
}

// y = x W^T + b in double.
std::vector<double> Project(const std::vector<double>& x, const std::vector<float>& weight,
                            const std::vector<float>& bias) {
  const size_t columns = bias.size(), depth = weight.size() / columns;
  std::vector<double> y;
  for (size_t r = 0; r < x.size() / depth; ++r) {
    for (size_t c = 0; c < columns; ++c) {
      double sum = static_cast<double>(bias[c]);
      for (size_t i = 0; i < depth; ++i) sum += x[r * depth + i] * static_cast<double>(weight[c * depth + i]);
      y.push_back(sum);
    }
  }
  return y;
}

TEST_CASE("hidden rows through weights and biases agree with the formula in double", "[laws][layers]") {
  const Context context = MakeContext(2);
  Random random(12300);
  const int64_t heads = 3, dim = 7, d = 20, n = 90, width = heads * dim;
  Config config = MakeConfig("window");
  Set(config, "heads", heads);
  Set(config, "head_dim", dim);
  Set(config, "left", int64_t{12});
  Set(config, "right", int64_t{5});
  Set(config, "d_model", d);
  std::vector<std::vector<float>> weights, biases;
  for (const char* name : {"q", "k", "v", "o"}) {
    const bool last = *name == 'o';
    std::vector<float> weight = RandomFloats(random, d * width);
    for (float& w : weight) w /= 4;
    weights.push_back(weight), biases.push_back(RandomFloats(random, last ? d : width));
    Set(config, (std::string("w_") + name).c_str(), weights.back());
    Set(config, (std::string("b_") + name).c_str(), biases.back());
  }
  Rows rows;
  rows.queries = rows.keys = n;
  rows.q = RandomFloats(random, n * d);
  for (int64_t i = 0; i < n; ++i) rows.mask.push_back(i % 11 != 3);
  const std::vector<float> got = Forward(MakeAttention(context, config), rows);

  const std::vector<double> x(rows.q.begin(), rows.q.end());
  std::vector<float> inputs[3];
  for (size_t i = 0; i < 3; ++i) {
    for (double y : Project(x, weights[i], biases[i])) inputs[i].push_back(static_cast<float>(y));
  }
  reference::ListedProblem problem;
  problem.rows = problem.keys = n, problem.heads = problem.kv_heads = heads;
  problem.head_dim = problem.value_dim = dim;
  problem.scale = 1 / std::sqrt(static_cast<double>(dim));
  problem.query = inputs[0], problem.key = inputs[1], problem.value = inputs[2];
  for (int32_t open : rows.mask) problem.closed.push_back(open == 0);
  reference::LongformerPattern pattern;
  pattern.left.assign(heads, 12), pattern.right.assign(heads, 5), pattern.dilation.assign(heads, 1);
  problem.listing = reference::LongformerListing(pattern);
  std::vector<double> result = reference::ListedAttention(problem);
  for (int64_t i = 0; i < n; ++i) {
    if (rows.mask[static_cast<size_t>(i)] == 0) std::fill_n(result.begin() + i * width, width, 0.0);
  }
  const std::vector<double> expected = Project(result, weights[3], biases[3]);
  for (size_t i = 0; i < got.size(); ++i) {
    INFO("number " << i << ": " << got[i] << ", expected " << expected[i]);
    REQUIRE(std::abs(static_cast<double>(got[i]) - expected[i]) <= 2e-4 + 2e-5 * std::abs(expected[i]));
  }
}

TEST_CASE("weights that do not fit are refused by name", "[laws][layers]") {
  const Context context = MakeContext(1);
  const auto refused = [&](const char* mechanism, const std::vector<std::pair<const char*, int64_t>>& floats,
                           const std::vector<std::pair<const char*, int64_t>>& ints, const std::string& word) {
    const Config config = MakeConfig(mechanism);
    Set(config, "heads", int64_t{2});
    Set(config, "head_dim", int64_t{3});
    for (const auto& [name, value] : ints) Set(config, name, value);
    for (const auto& [name, count] : floats) Set(config, name, std::vector<float>(static_cast<size_t>(count), 0.5f));
    Error error;
    lwave_attention* attention = nullptr;
    CHECK(lwave_attention_create(context.get(), config.get(), &attention, error) == LWAVE_INVALID_ARGUMENT);
    INFO(error.message());
    CHECK(std::string(error.message()).find(word) != std::string::npos);
    lwave_attention_destroy(attention);
  };
  refused("window", {{"w_q", 24}, {"w_k", 24}, {"w_v", 24}}, {}, "d_model");
  refused("window", {{"w_q", 24}, {"w_k", 23}, {"w_v", 24}}, {{"d_model", 4}}, "w_k");
  refused("window", {{"w_q", 24}, {"w_v", 24}}, {{"d_model", 4}}, "w_k");
  refused("window", {{"w_k", 24}}, {{"d_model", 4}}, "w_q");
  refused("window", {{"w_q", 24}, {"w_k", 24}, {"w_v", 24}, {"b_o", 4}}, {{"d_model", 4}}, "w_o");
  refused("window", {{"w_q", 24}, {"w_k", 24}, {"w_v", 24}, {"w_q_global", 24}}, {{"d_model", 4}}, "w_q_global");
  refused("window", {{"w_q", 24}, {"w_k", 24}, {"w_v", 24}}, {{"d_model", 4}, {"cross", 1}}, "cross");
  refused("full", {{"w_q", 24}, {"w_k", 24}, {"w_v", 24}}, {{"d_model", 4}, {"d_context", 9}}, "d_context");
}

TEST_CASE("a projected memory that is full refuses a step as a whole and stays as it was", "[laws][layers]") {
  const Context context = MakeContext(1);
  const Config config = MakeConfig("full");
  Set(config, "heads", int64_t{1});
  Set(config, "head_dim", int64_t{2});
  Set(config, "causal", int64_t{1});
  Set(config, "max_tokens", int64_t{10});
  Set(config, "step_rows", int64_t{3});
  Set(config, "d_model", int64_t{2});
  for (const char* name : {"w_q", "w_k", "w_v"}) Set(config, name, std::vector<float>{1, 0, 0, 1});
  const Attention layer = MakeAttention(context, config);
  const Memory memory = MakeMemory(layer);
  const std::vector<float> rows(22, 1.0f);
  std::vector<float> out(22);
  Error error;
  int64_t taken = -1, written = -1;
  CHECK(lwave_memory_step(memory.get(), rows.data(), 22, nullptr, 0, nullptr, 0, nullptr, 0, 11, &taken, out.data(), 22,
                          &written, error) == LWAVE_CAPACITY_EXCEEDED);
  CHECK(taken == 0);
  CHECK(written == 0);
  CHECK(MemoryInt(memory, "position") == 0);
  error.Check(lwave_memory_step(memory.get(), rows.data(), 20, nullptr, 0, nullptr, 0, nullptr, 0, 10, &taken,
                                out.data(), 22, &written, error));
  CHECK(taken == 10);
  CHECK(written == 10);
}

}  // namespace
}  // namespace lwave::test
