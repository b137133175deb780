// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// States that become as others of their layer: whatever they held before, and wherever both are.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "attention_layer_fixture.h"
#include "memory/snapshot.h"

namespace lwave::attention {
namespace {

constexpr int64_t kDim = 8;

std::vector<float> Numbers(std::mt19937& random, int64_t count) {
  std::normal_distribution<float> normal(0, 0.5f);
  std::vector<float> numbers(static_cast<size_t>(count));
  for (float& number : numbers) number = normal(random);
  return numbers;
}

struct Case {
  std::string name;
  LayerPtr layer;
  bool segments = false;
};

std::vector<Case> Cases() {
  std::mt19937 random(1);
  const int64_t d = 2 * kDim;
  const std::vector<float> qkv = Numbers(random, 3 * d * d), o = Numbers(random, d * d), r = Numbers(random, d * d),
                           bias = Numbers(random, d);
  const auto heads = [](std::vector<OptionSetting> more) {
    std::vector<OptionSetting> settings = {{"heads", 2}, {"head_dim", kDim}};
    settings.insert(settings.end(), more.begin(), more.end());
    return settings;
  };
  return {
      {"full", MakeLayer("full", heads({{"causal", 1}, {"max_tokens", 400}}))},
      {"window", MakeLayer("window", heads({{"left", 5}, {"right", 3}}))},
      {"window with global tokens",
       MakeLayer("window", heads({{"left", 9}, {"causal", 1}, {"global", 2}, {"max_tokens", 400}}))},
      {"sink_window", MakeLayer("sink_window", heads({{"sinks", 3}, {"window", 20}, {"rope.theta", 100.0}}))},
      {"favor", MakeLayer("favor", heads({{"causal", 1}, {"features", 16}, {"projection_kind", std::string("iid")},
                                          {"key_shift", 0.0}}))},
      {"transformer_xl",
       MakeLayer("transformer_xl", {{"heads", 2}, {"d_model", d}, {"mem_len", 30}, {"max_tokens", 50},
                                    {"segment", std::string("explicit")}, {"w_qkv", qkv}, {"w_o", o}, {"w_r", r},
                                    {"bias_u", bias}, {"bias_v", bias}}),
       true},
      {"compressive",
       MakeLayer("compressive", {{"heads", 2}, {"d_model", d}, {"mem_len", 20}, {"cmem_len", 10}, {"ratio", 2},
                                 {"max_tokens", 50}, {"segment", std::string("explicit")}, {"w_qkv", qkv}, {"w_o", o},
                                 {"w_r", r}, {"bias_u", bias}, {"bias_v", bias}}),
       true},
  };
}

std::vector<uint8_t> Saved(const SequenceState& state) {
  memory::SnapshotWriter writer("{}");
  REQUIRE(state.Save(writer).ok());
  return writer.Finish();
}

// Rows of random numbers in random pieces, segments ended in between; what leaves.
std::vector<float> Feed(const Case& one, SequenceState& state, int64_t rows, std::mt19937& random) {
  const RowWidths width = one.layer->widths();
  std::vector<float> out;
  for (int64_t in_segment = 0; rows > 0;) {
    const int64_t count = std::min<int64_t>(rows, 1 + static_cast<int64_t>(random() % 20));
    if (one.segments && (in_segment + count > 25 || random() % 3 == 0)) {
      REQUIRE(state.EndSegment().ok());
      in_segment = 0;
    }
    in_segment += count;
    const std::vector<float> q = Numbers(random, count * width.q), k = Numbers(random, count * width.k),
                             v = Numbers(random, count * width.v);
    InputRows input;
    input.q = q.data();
    input.k = k.data();
    input.v = v.data();
    input.rows = input.keys = count;
    std::vector<float> piece(static_cast<size_t>((count + 40) * width.out));
    int64_t taken = 0, written = 0;
    bool full = false;
    const absl::Status status = state.Step(input, &taken, piece.data(), count + 40, &written, &full);
    INFO(status);
    REQUIRE(status.ok());
    REQUIRE((taken == count && !full));
    out.insert(out.end(), piece.begin(), piece.begin() + written * width.out);
    rows -= count;
  }
  // Half of them stay within a segment, with at most 25 rows.
  if (one.segments && random() % 2 == 0) REQUIRE(state.EndSegment().ok());
  return out;
}

TEST_CASE("a state that was copied over another goes on as the one it was copied from", "[unit][attention]") {
  for (const Case& one : Cases()) {
    for (uint32_t seed = 0; seed < 30; ++seed) {
      INFO(one.name << ", seed " << seed);
      std::mt19937 random(seed);
      OwnedState from(*one.layer), to(*one.layer);
      Feed(one, *from, static_cast<int64_t>(random() % 200), random);
      Feed(one, *to, static_cast<int64_t>(random() % 200), random);
      REQUIRE(to->CopyFrom(*from).ok());
      CHECK(Saved(*to) == Saved(*from));
      std::mt19937 same = random;
      CHECK(Feed(one, *to, 100, same) == Feed(one, *from, 100, random));
      CHECK(Saved(*to) == Saved(*from));
    }
  }
}

TEST_CASE("a finished state is not copied", "[unit][attention]") {
  for (const Case& one : Cases()) {
    INFO(one.name);
    OwnedState from(*one.layer), to(*one.layer);
    int64_t written = 0;
    bool full = false;
    std::vector<float> out(1000);
    REQUIRE(from->Finish(out.data(), 10, &written, &full).ok());
    CHECK(to->CopyFrom(*from).code() == absl::StatusCode::kFailedPrecondition);
  }
}

}  // namespace
}  // namespace lwave::attention
