// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// XLNet's content stream against its formula in double: a memory in front, distances on both sides, token types.

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <random>
#include <vector>

#include "attention_layer_fixture.h"

namespace lwave::attention {
namespace {

struct Xlnet {
  int64_t heads, dim, depth, memory, rows, clamp;
  bool causal, typed;
  std::vector<float> q, k, v, w_r, u, w, s, segments;
  std::vector<int32_t> types, mask;
};

Xlnet MakeXlnet(uint32_t seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  const auto between = [&](int64_t low, int64_t high) { return low + static_cast<int64_t>(random() % static_cast<uint32_t>(high - low + 1)); };
  Xlnet x = {between(1, 3), between(1, 20), 2 * between(1, 10), between(0, 1) * between(0, 70), between(1, 120),
             between(0, 1) * between(1, 30), random() % 3 == 0, random() % 2 == 0, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  const int64_t width = x.heads * x.dim, keys = x.memory + x.rows;
  const auto fill = [&](std::vector<float>& to, int64_t count) {
    for (int64_t i = 0; i < count; ++i) to.push_back(normal(random));
  };
  fill(x.q, x.rows * width), fill(x.k, keys * width), fill(x.v, keys * width), fill(x.w_r, width * x.depth);
  fill(x.u, width), fill(x.w, width), fill(x.s, width), fill(x.segments, 2 * width);
  for (int64_t i = 0; i < keys; ++i) {
    x.types.push_back(i < x.memory ? 0 : static_cast<int32_t>(random() % 4));
    x.mask.push_back(random() % 6 != 0);
  }
  return x;
}

// One row of one head.   out // [dim]
std::vector<double> Expected(const Xlnet& x, int64_t i, int64_t h) {
  const int64_t width = x.heads * x.dim, keys = x.memory + x.rows, place = x.memory + i;
  const auto at = [&](const std::vector<float>& m, int64_t row, int64_t c) {
    return static_cast<double>(m[static_cast<size_t>(row * width + h * x.dim + c)]);
  };
  std::vector<double> out(static_cast<size_t>(x.dim), 0.0), weights;
  double total = 0;
  for (int64_t j = 0; j < keys; ++j) {
    double t = static_cast<double>(place - j), score = 0;
    if (x.clamp > 0) t = std::fmin(std::fmax(t, -static_cast<double>(x.clamp)), static_cast<double>(x.clamp));
    const bool other = x.types[static_cast<size_t>(place)] != x.types[static_cast<size_t>(j)];
    for (int64_t c = 0; c < x.dim; ++c) {
      double r = 0;
      for (int64_t f = 0; f < x.depth / 2; ++f) {
        const double angle = t * std::pow(10000.0, -2.0 * static_cast<double>(f) / static_cast<double>(x.depth));
        const float* row = x.w_r.data() + (h * x.dim + c) * x.depth;
        r += static_cast<double>(row[f]) * std::sin(angle) + static_cast<double>(row[x.depth / 2 + f]) * std::cos(angle);
      }
      score += (at(x.q, i, c) + at(x.u, 0, c)) * at(x.k, j, c) + (at(x.q, i, c) + at(x.w, 0, c)) * r;
      if (x.typed) score += (at(x.q, i, c) + at(x.s, 0, c)) * at(x.segments, other ? 1 : 0, c);
    }
    const bool open = x.mask[static_cast<size_t>(j)] != 0 && (!x.causal || j <= place);
    weights.push_back(open ? std::exp(score / std::sqrt(static_cast<double>(x.dim))) : 0);
    total += weights.back();
  }
  if (total == 0 || x.mask[static_cast<size_t>(place)] == 0) return out;
  for (int64_t j = 0; j < keys; ++j) {
    for (int64_t c = 0; c < x.dim; ++c) out[static_cast<size_t>(c)] += weights[static_cast<size_t>(j)] / total * at(x.v, j, c);
  }
  return out;
}

TEST_CASE("an xlnet layer agrees with its formula in double, in one piece and in many", "[unit][attention]") {
  for (uint32_t seed = 0; seed < 60; ++seed) {
    const Xlnet x = MakeXlnet(seed);
    std::vector<OptionSetting> options = {{"heads", x.heads},    {"head_dim", x.dim},      {"causal", x.causal},
                                          {"clamp_len", x.clamp}, {"d_position", x.depth}, {"w_r", x.w_r},
                                          {"bias_u", x.u},        {"bias_v", x.w}};
    if (x.typed) options.insert(options.end(), {{"bias_s", x.s}, {"seg_embed", x.segments}});
    const LayerPtr layer = MakeLayer("xlnet", options);
    const int64_t width = x.heads * x.dim, keys = x.memory + x.rows;
    std::vector<float> whole(static_cast<size_t>(x.rows * width)), pieces(whole.size());
    InputRows input = {x.q.data(), x.k.data(), x.v.data(), x.mask.data(), x.rows, keys};
    input.types = x.types.data();
    REQUIRE(OwnedState(*layer, x.rows, keys)->Whole(input, whole.data()).ok());
    OwnedState state(*layer, x.rows, keys);
    REQUIRE(state->WholeBegin(x.rows, keys).ok());
    for (int64_t begin = 0; begin < keys; begin += 50) {
      InputRows piece = {nullptr, x.k.data() + begin * width, x.v.data() + begin * width, x.mask.data() + begin, 0,
                         std::min<int64_t>(50, keys - begin)};
      piece.types = x.types.data() + begin;
      state->WholeKeys(piece);
    }
    for (int64_t begin = 0; begin < x.rows; begin += 37) {
      state->WholeQueries(x.q.data() + begin * width, std::min<int64_t>(37, x.rows - begin), pieces.data() + begin * width);
    }
    REQUIRE(whole == pieces);
    for (int64_t i = 0; i < x.rows; ++i) {
      for (int64_t h = 0; h < x.heads; ++h) {
        const std::vector<double> expected = Expected(x, i, h);
        for (int64_t c = 0; c < x.dim; ++c) {
          const double want = expected[static_cast<size_t>(c)];
          INFO("seed " << seed << " row " << i << " head " << h);
          REQUIRE(std::abs(static_cast<double>(whole[static_cast<size_t>(i * width + h * x.dim + c)]) - want) <=
                  5e-5 + 5e-5 * std::abs(want));
        }
      }
    }
  }
}

TEST_CASE("an xlnet layer with fewer keys than rows, or an odd width of positions, is refused", "[unit][attention]") {
  const std::vector<float> two(2), four(4);
  std::vector<OptionSetting> options = {{"heads", 1}, {"head_dim", 2}, {"bias_u", two}, {"bias_v", two}, {"w_r", four}};
  const LayerPtr layer = MakeLayer("xlnet", options);
  CHECK(OwnedState(*layer, 3, 3)->WholeBegin(3, 2).code() == absl::StatusCode::kInvalidArgument);
  CHECK(layer->CanStream().code() == absl::StatusCode::kUnimplemented);
  options.push_back({"d_position", 3});
  CHECK(TryLayer("xlnet", options).status().code() == absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace lwave::attention
