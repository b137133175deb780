// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How far a row is felt through stacks of layers with windows: exactly layers x window x dilation, in both directions,
// and no bit further.

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <set>

#include "random_layer.h"

namespace lwave::test {
namespace {

constexpr int64_t kHeads = 2, kDim = 8, kWidth = kHeads * kDim, kRows = 400, kChanged = 200;

struct Stack {
  std::string name;
  std::function<void(const Config&)> set;
  // Offsets j - i of the keys j that some head of row i sees.
  std::vector<int64_t> offsets;
  std::string mechanism = "window";
};

std::vector<int64_t> Span(int64_t left, int64_t right, int64_t step = 1) {
  std::vector<int64_t> offsets;
  for (int64_t s = -left; s <= right; ++s) offsets.push_back(s * step);
  return offsets;
}
std::vector<int64_t> Both(std::vector<int64_t> a, const std::vector<int64_t>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

std::vector<Stack> Stacks() {
  return {
      {"two-sided", [](const Config& c) { Set(c, "left", int64_t{5}), Set(c, "right", int64_t{3}); }, Span(5, 3)},
      {"causal", [](const Config& c) { Set(c, "left", int64_t{6}), Set(c, "causal", int64_t{1}); }, Span(6, 0)},
      {"dilated",
       [](const Config& c) {
         Set(c, "left", int64_t{2}), Set(c, "right", int64_t{2}), Set(c, "dilation", int64_t{5});
       },
       Span(2, 2, 5)},
      {"dilated for one head",
       [](const Config& c) {
         Set(c, "left", std::vector<int64_t>{2, 3}), Set(c, "right", std::vector<int64_t>{0, 2});
         Set(c, "dilation", std::vector<int64_t>{1, 7});
       },
       Both(Span(2, 0), Span(3, 2, 7))},
      {"sparse local", [](const Config& c) { Set(c, "stride", int64_t{6}), Set(c, "head_sets", "local"); }, Span(5, 0),
       "sparse_transformer"},
      {"window behind", [](const Config& c) { Set(c, "window", int64_t{7}), Set(c, "sinks", int64_t{0}); }, Span(6, 0),
       "sink_window"},
      {"mixed",
       [](const Config& c) {
         Set(c, "head_kinds", "window,adaptive_span");
         Set(c, "left", int64_t{0}), Set(c, "right", int64_t{2});
         Set(c, "max_span", int64_t{4}), Set(c, "ramp", int64_t{8});
         Set(c, "span", std::vector<float>{0.0f, 1.0f});
         Set(c, "key_pe", std::vector<float>(4 * kDim, 0.0f));
       },
       Both(Span(0, 2), {-4, -3, -2, -1}), "mixed"},
  };
}

// Layers have projections, so that what one head saw reaches all heads of the next.
std::vector<float> Through(const std::vector<Attention>& layers, size_t count, std::vector<float> x) {
  for (size_t l = 0; l < count; ++l) {
    Rows rows;
    rows.queries = rows.keys = kRows;
    rows.q = x;
    x = Forward(layers[l], rows);
  }
  return x;
}

TEST_CASE("one changed row changes exactly the outputs within layers x window x dilation", "[laws][layers]") {
  const Context context = MakeContext(2);
  Random random(13000);
  const std::vector<float> x = RandomFloats(random, kRows * kWidth);
  std::vector<float> changed = x;
  for (int64_t c = 0; c < kWidth; ++c) changed[static_cast<size_t>(kChanged * kWidth + c)] += 3;
  for (const Stack& stack : Stacks()) {
    std::vector<Attention> layers;
    std::set<int64_t> felt = {kChanged};
    for (size_t count = 1; count <= 4; ++count) {
      const Config config = MakeConfig(stack.mechanism.c_str());
      Set(config, "heads", kHeads);
      Set(config, "head_dim", kDim);
      stack.set(config);
      Set(config, "d_model", kWidth);
      for (const char* name : {"w_q", "w_k", "w_v", "w_o"}) {
        std::vector<float> weight = RandomFloats(random, kWidth * kWidth);
        for (float& w : weight) w /= 4;
        Set(config, name, weight);
      }
      layers.push_back(MakeAttention(context, config));
      // Row i of a layer depends on itself, its query, and on the keys it sees.
      std::set<int64_t> next = felt;
      for (int64_t j : felt) {
        for (int64_t offset : stack.offsets) next.insert(j - offset);
      }
      felt = next;
      const std::vector<float> before = Through(layers, count, x), after = Through(layers, count, changed);
      for (int64_t i = 0; i < kRows; ++i) {
        const auto row = [&](const std::vector<float>& rows) {
          return std::vector<float>(rows.begin() + i * kWidth, rows.begin() + (i + 1) * kWidth);
        };
        INFO(stack.name << ", " << count << " layers, row " << i);
        REQUIRE((Difference(row(before), row(after)) != "") == (felt.count(i) > 0));
      }
    }
  }
}

}  // namespace
}  // namespace lwave::test
