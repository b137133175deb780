// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Global tokens that are a sequence's own: as if the layer had been made with them.

#include <catch2/catch_test_macros.hpp>
#include <numeric>
#include <random>
#include <vector>

#include "attention/mechanisms.h"
#include "attention_layer_fixture.h"

namespace lwave::attention {
namespace {

struct Problem {
  int64_t rows = 0;
  std::vector<float> q, k, v;
  std::vector<int32_t> mask;
};

Problem MakeProblem(uint32_t seed, int64_t rows, int64_t width) {
  Problem problem;
  problem.rows = rows;
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  for (std::vector<float>* numbers : {&problem.q, &problem.k, &problem.v}) {
    for (int64_t i = 0; i < rows * width; ++i) numbers->push_back(normal(random));
  }
  for (int64_t i = 0; i < rows; ++i) problem.mask.push_back(random() % 5 != 0);
  return problem;
}

std::vector<OptionSetting> Options(bool causal, bool two_sets, bool biased) {
  std::vector<OptionSetting> options = {{"heads", 3}, {"head_dim", 5}, {"left", 9}, {"right", 4},
                                        {"causal", causal}, {"global_projections", two_sets}, {"max_tokens", 400}};
  if (biased) options.push_back({"relative_bias", std::vector<float>(3 * 32, 0.25f)});
  return options;
}

std::vector<float> Whole(const LayerPtr& layer, const Problem& problem, const std::vector<int64_t>* globals) {
  OwnedState whole(*layer, problem.rows, problem.rows);
  if (globals != nullptr) REQUIRE(whole->SetGlobals(*globals).ok());
  std::vector<float> out(static_cast<size_t>(problem.rows * layer->widths().out));
  const InputRows input = {problem.q.data(), problem.k.data(), problem.v.data(), problem.mask.data(), problem.rows,
                           problem.rows};
  REQUIRE(whole->Whole(input, out.data()).ok());
  return out;
}

TEST_CASE("global tokens given to a sequence are those of the option, to the bit", "[unit][attention]") {
  for (int64_t count : {0, 1, 2, 20, 60, 300}) {
    for (int kind = 0; kind < 8; ++kind) {
      const bool causal = kind & 1, two_sets = kind & 2, biased = kind & 4;
      const Problem problem = MakeProblem(static_cast<uint32_t>(count), 300, two_sets ? 30 : 15);
      std::vector<int64_t> tokens;
      for (int64_t i = 0; i < count; ++i) tokens.push_back(i * 300 / count);
      tokens.push_back(1000);  // behind the end: none
      std::vector<OptionSetting> fixed = Options(causal, two_sets, biased), own = fixed;
      fixed.push_back({"global", tokens});
      own.push_back({"most_globals", 301});
      own.push_back({"global", std::vector<int64_t>{7, 8}});
      INFO(count << " tokens, causal " << causal << ", two sets " << two_sets << ", biased " << biased);
      REQUIRE(Whole(MakeLayer("window", fixed), problem, nullptr) == Whole(MakeLayer("window", own), problem, &tokens));
    }
  }
}

TEST_CASE("a memory with global tokens of its own is saved, loaded and reset with them", "[unit][attention]") {
  const Problem problem = MakeProblem(5, 50, 15);
  const std::vector<int64_t> tokens = {0, 3, 40};
  std::vector<OptionSetting> options = Options(false, false, false);
  options.push_back({"most_globals", 3});
  const LayerPtr layer = MakeLayer("window", options);
  const std::vector<float> expected = Whole(layer, problem, &tokens);
  const auto feed = [&](SequenceState& state, int64_t begin, int64_t end) {
    const int64_t at = begin * 15;
    int64_t taken = 0, written = 0;
    bool full = false;
    REQUIRE(state.Step({problem.q.data() + at, problem.k.data() + at, problem.v.data() + at,
                        problem.mask.data() + begin, end - begin, end - begin},
                       &taken, nullptr, 0, &written, &full)
                .ok());
    REQUIRE(taken == end - begin);
  };
  const auto finish = [&](SequenceState& state) {
    std::vector<float> out(expected.size());
    int64_t written = 0;
    bool full = false;
    REQUIRE(state.Finish(out.data(), 50, &written, &full).ok());
    REQUIRE(written == 50);
    return out;
  };
  OwnedState first(*layer), second(*layer);
  REQUIRE(first->SetGlobals(tokens).ok());
  CHECK(first->UsesSecondQuery(3));
  CHECK(!first->UsesSecondQuery(4));
  feed(*first, 0, 30);
  CHECK(!first->SetGlobals(tokens).ok());  // too late
  memory::SnapshotWriter writer("{}");
  REQUIRE(first->Save(writer).ok());
  const std::vector<uint8_t> file = writer.Finish();
  REQUIRE(second->Load(*memory::SnapshotReader::Parse(file)).ok());
  for (OwnedState* state : {&first, &second}) {
    feed(**state, 30, 50);
    CHECK(finish(**state) == expected);
  }
  first->Reset();
  CHECK(!first->UsesSecondQuery(3));
  feed(*first, 0, 50);
  CHECK(finish(*first) == Whole(layer, problem, nullptr));
}

TEST_CASE("global tokens that do not fit are refused and change nothing", "[unit][attention]") {
  std::vector<OptionSetting> options = Options(false, false, false);
  CHECK(OwnedState(*MakeLayer("window", options))->SetGlobals({1}).code() == absl::StatusCode::kFailedPrecondition);
  options.push_back({"most_globals", 2});
  const LayerPtr layer = MakeLayer("window", options);
  OwnedState state(*layer);
  REQUIRE(state->SetGlobals({4, 6}).ok());
  for (const std::vector<int64_t>& wrong : {std::vector<int64_t>{1, 2, 3}, {2, 1}, {1, 1}, {-1}}) {
    CHECK(state->SetGlobals(wrong).code() == absl::StatusCode::kInvalidArgument);
    CHECK(state->UsesSecondQuery(4));
    CHECK(state->UsesSecondQuery(6));
  }
}

}  // namespace
}  // namespace lwave::attention
