// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Documents scored by causal models: the numbers of the model's own logits under the window that the mode says, the same
// bits for any split of the input, restored and forked, in the memory that the plan says.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "law_support.h"
#include "support/api.h"
#include "support/scores.h"

namespace lwave::test {
namespace {

using Catch::Matchers::ContainsSubstring;

const std::vector<std::string>& Causal() {
  static const std::vector<std::string> names = {"gpt2-base", "gpt2-hub", "qwen3-lm"};
  return names;
}

std::string Folder(const std::string& name) { return LWAVE_TEST_DATA "/models/tiny/" + name; }

bool SameBits(const Scores& a, const Scores& b) {
  return a.ids == b.ids && a.ranges == b.ranges && a.logs.size() == b.logs.size() &&
         std::memcmp(a.logs.data(), b.logs.data(), a.logs.size() * sizeof(float)) == 0;
}

// ln p of ids[i], from one pass over ids[begin, i).
double Expected(const Model& model, const std::vector<int32_t>& ids, size_t begin, size_t i) {
  const std::vector<int32_t> before(ids.begin() + static_cast<int64_t>(begin), ids.begin() + static_cast<int64_t>(i));
  const Inputs inputs = MakeInputs(1, static_cast<int64_t>(before.size()));
  Set(inputs, "ids", before);
  const std::vector<float> logits = Run(model, inputs, LWAVE_LOGITS);
  const size_t width = logits.size() / before.size();
  const float* row = logits.data() + (before.size() - 1) * width;
  double sum = 0;
  const double most = static_cast<double>(*std::max_element(row, row + width));
  for (size_t w = 0; w < width; ++w) sum += std::exp(static_cast<double>(row[w]) - most);
  return static_cast<double>(row[ids[i]]) - most - std::log(sum);
}

// A scoring config of a random mode, as short as documents here are.
Config RandomScoring(Random& random) {
  Config made = MakeConfig("scoring");
  const int64_t mode = Between(random, 0, 2), length = Between(random, 2, 20);
  Set(made, "mode", mode == 0 ? "sliding" : mode == 1 ? "segment" : "stream");
  Set(made, "length", length);
  if (mode == 0) Set(made, "stride", Between(random, 1, length - 1));
  if (mode == 2) {
    Set(made, "left", Between(random, 0, 9));
    Set(made, "sinks", Between(random, 0, 3));
  }
  Set(made, "queue", Between(random, 1, 30));
  if (Between(random, 0, 1) == 1) Set(made, "begin", Between(random, 0, 30));
  return made;
}

TEST_CASE("a scorer gives the log-probabilities of the model's own logits under its window", "[laws]") {
  for (const std::string& name : Causal()) {
    const Context context = MakeContext(2);
    const Model model = OpenModel(context, Folder(name));
    for (uint64_t seed = 0; seed < Share(5); ++seed) {
      Random random(seed);
      const std::vector<int32_t> ids = RandomIds(random, model, Between(random, 1, 50));
      const int64_t length = Between(random, 2, 20), stride = Between(random, 1, length - 1);
      INFO(name << ", seed " << seed << ", length " << length << ", stride " << stride);
      const Config config = MakeConfig("scoring");
      Set(config, "length", length);
      Set(config, "stride", stride);
      const Scores scores = ScoresOf(model, config, ids);
      REQUIRE(scores.ids == ids);
      CHECK(std::isnan(scores.logs[0]));
      size_t begin = 0;
      for (size_t i = 1; i < ids.size(); ++i) {
        while (i >= begin + static_cast<size_t>(length)) begin += static_cast<size_t>(stride);
        CHECK(std::abs(static_cast<double>(scores.logs[i]) - Expected(model, ids, begin, i)) < 1e-4);
      }
    }
  }
}

TEST_CASE("segments are windows that share one token, and a document that fits is one pass in every mode", "[laws]") {
  const Context context = MakeContext(2);
  for (const std::string& name : Causal()) {
    const Model model = OpenModel(context, Folder(name));
    Random random(7);
    const std::vector<int32_t> ids = RandomIds(random, model, 40);
    const Config sliding = MakeConfig("scoring"), segment = MakeConfig("scoring"), whole = MakeConfig("scoring"),
                 stream = MakeConfig("scoring");
    Set(sliding, "length", int64_t{9});
    Set(sliding, "stride", int64_t{8});
    Set(segment, "length", int64_t{9});
    Set(segment, "mode", "segment");
    CHECK(SameBits(ScoresOf(model, sliding, ids), ScoresOf(model, segment, ids)));
    Set(whole, "length", int64_t{40});
    Set(stream, "mode", "stream");
    Set(stream, "length", int64_t{6});
    CHECK(SameBits(ScoresOf(model, whole, ids), ScoresOf(model, stream, ids)));
    CHECK(!SameBits(ScoresOf(model, whole, ids), ScoresOf(model, segment, ids)));
  }
}

TEST_CASE("a document has the same scores to the bit for any split, queue and number of threads", "[laws][threads]") {
  for (const std::string& name : Causal()) {
    const Context one = MakeContext(1), two = MakeContext(2);
    const Model first = OpenModel(one, Folder(name)), second = OpenModel(two, Folder(name));
    for (uint64_t seed = 0; seed < Share(20); ++seed) {
      INFO(name << ", seed " << seed);
      Random random(seed);
      const Config config = RandomScoring(random);
      const std::string text = seed == 0 ? NastyText() : RandomText(random, Between(random, 0, 60));
      const Scores expected = ScoresOf(first, config, text);
      const Scorer scorer = MakeScorer(second, config);
      Scores scores;
      for (size_t at = 0; at < text.size();) {
        const size_t count = static_cast<size_t>(Between(random, 0, 9));
        PushScored(scorer, text.substr(at, count), scores);
        at += count;
        if (Between(random, 0, 3) == 0) ReadScores(scorer, Between(random, 1, 9), scores);
      }
      FinishScored(scorer, scores);
      CHECK(SameBits(expected, scores));
      CHECK(ScorerInt(scorer, "tokens") == static_cast<int64_t>(scores.ids.size()));
      CHECK(ScorerInt(scorer, "bytes_taken") == static_cast<int64_t>(text.size()));
    }
  }
}

TEST_CASE("a scorer that was restored or forked goes on with the same bits", "[laws]") {
  for (const std::string& name : Causal()) {
    const Context context = MakeContext(2);
    const Model model = OpenModel(context, Folder(name));
    for (uint64_t seed = 0; seed < Share(20); ++seed) {
      INFO(name << ", seed " << seed);
      Random random(seed);
      const Config config = RandomScoring(random);
      const std::string text = RandomText(random, Between(random, 0, 60));
      const size_t cut = static_cast<size_t>(Between(random, 0, static_cast<int64_t>(text.size())));
      const Scores expected = ScoresOf(model, config, text);
      const Scorer scorer = MakeScorer(model, config);
      Scores scores;
      PushScored(scorer, text.substr(0, cut), scores);
      const std::string saved = Save(scorer);
      Error error;
      lwave_scorer *restored = nullptr, *forked = nullptr;
      error.Check(lwave_scorer_restore(model.get(), saved.data(), static_cast<int64_t>(saved.size()), &restored, error));
      error.Check(lwave_scorer_fork(scorer.get(), &forked, error));
      const Scorer others[] = {Scorer(restored), Scorer(forked)};
      CHECK(Save(others[0]) == saved);
      for (const Scorer& other : others) {
        Scores rest = scores;
        PushScored(other, text.substr(cut), rest);
        FinishScored(other, rest);
        CHECK(SameBits(expected, rest));
      }
      PushScored(scorer, text.substr(cut), scores);
      FinishScored(scorer, scores);
      CHECK(SameBits(expected, scores));
      // And again after a reset.
      error.Check(lwave_scorer_reset(scorer.get(), error));
      Scores again;
      PushScored(scorer, text, again);
      FinishScored(scorer, again);
      CHECK(SameBits(expected, again));
    }
  }
}

TEST_CASE("damaged snapshots of a scorer are refused", "[laws]") {
  const Context context = MakeContext(1);
  const Model model = OpenModel(context, Folder("gpt2-base"));
  const Config config = MakeConfig("scoring");
  Set(config, "length", int64_t{8});
  const Scorer scorer = MakeScorer(model, config);
  Scores scores;
  PushScored(scorer, std::string("a few words that fill a block and begin another"), scores);
  const std::string saved = Save(scorer);
  for (size_t i = 0; i < saved.size(); i += 7) {
    std::string damaged = saved;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x20);
    Error error;
    lwave_scorer* restored = nullptr;
    CHECK(lwave_scorer_restore(model.get(), damaged.data(), static_cast<int64_t>(damaged.size()), &restored, error) !=
          LWAVE_OK);
    CHECK(restored == nullptr);
  }
}

TEST_CASE("a window with sinks scores without end in the memory of the plan", "[laws]") {
  const Context context = MakeContext(2);
  const Model model = OpenModel(context, Folder("gpt2-base"));
  const Config config = MakeConfig("scoring");
  Set(config, "mode", "stream");
  Set(config, "left", int64_t{12});
  Set(config, "sinks", int64_t{2});
  const Scorer scorer = MakeScorer(model, config);
  Error error;
  int64_t plan = 0;
  error.Check(lwave_scorer_plan(model.get(), config.get(), &plan, error));
  CHECK(plan == ScorerInt(scorer, "bytes"));
  Random random(3);
  const int64_t positions = ModelInt(model, "positions");
  const std::vector<int32_t> ids = RandomIds(random, model, 5 * positions);
  Scores scores;
  PushScored(scorer, ids, scores);
  FinishScored(scorer, scores);
  CHECK(scores.ids == ids);
  CHECK(std::all_of(scores.logs.begin() + 1, scores.logs.end(), [](float x) { return std::isfinite(x) && x <= 0; }));
  CHECK(ScorerInt(scorer, "bytes") == plan);
  // Without a window the positions end.
  const Config bounded = MakeConfig("scoring");
  Set(bounded, "mode", "stream");
  const Scorer short_one = MakeScorer(model, bounded);
  int64_t taken = 0;
  CHECK(lwave_scorer_push_ids(short_one.get(), ids.data(), static_cast<int64_t>(ids.size()), &taken, error) ==
        LWAVE_CAPACITY_EXCEEDED);
  CHECK_THAT(error.message(), ContainsSubstring("option left"));
}

TEST_CASE("a model that remembers scores a document of any length through its memory", "[laws]") {
  const Context context = MakeContext(2);
  for (const char* name : {"transfoxl-base", "transfoxl-plain"}) {
    INFO(name);
    const Model model = OpenModel(context, Folder(name));
    Random random(5);
    const std::vector<int32_t> ids = RandomIds(random, model, 90);
    const auto config_of = [](const char* mode, int64_t length) {
      Config config = MakeConfig("scoring");
      Set(config, "mode", mode);
      Set(config, "length", length);
      return config;
    };
    // One segment has nothing to remember; segments with a memory know more than blocks do.
    CHECK(SameBits(ScoresOf(model, config_of("stream", 90), ids), ScoresOf(model, config_of("sliding", 90), ids)));
    const Scores streamed = ScoresOf(model, config_of("stream", 8), ids);
    CHECK(!SameBits(streamed, ScoresOf(model, config_of("segment", 8), ids)));
    CHECK(std::all_of(streamed.logs.begin() + 1, streamed.logs.end(), [](float x) { return std::isfinite(x) && x <= 0; }));
    // In pieces, saved and restored on the way.
    Scorer scorer = MakeScorer(model, config_of("stream", 8));
    Scores scores;
    for (size_t at = 0; at < ids.size(); at += 9) {
      PushScored(scorer, std::vector<int32_t>(ids.begin() + static_cast<int64_t>(at), ids.begin() + static_cast<int64_t>(at + 9)),
                 scores);
      const std::string saved = Save(scorer);
      Error error;
      lwave_scorer* restored = nullptr;
      error.Check(lwave_scorer_restore(model.get(), saved.data(), static_cast<int64_t>(saved.size()), &restored, error));
      scorer.reset(restored);
    }
    FinishScored(scorer, scores);
    CHECK(SameBits(streamed, scores));
  }
}

TEST_CASE("sums and byte ranges are those of the tokens", "[laws]") {
  const Context context = MakeContext(2);
  for (const std::string& name : Causal()) {
    const Model model = OpenModel(context, Folder(name));
    const Config config = MakeConfig("scoring");
    Set(config, "length", int64_t{16});
    const std::string text = HandbookText(1000, 700);
    const Scorer scorer = MakeScorer(model, config);
    Scores scores;
    PushScored(scorer, text, scores);
    FinishScored(scorer, scores);
    double sum = 0;
    for (size_t i = 1; i < scores.logs.size(); ++i) sum += static_cast<double>(scores.logs[i]);
    CHECK(ScorerFloat(scorer, "log_probability") == sum);
    const int64_t count = static_cast<int64_t>(scores.ids.size());
    CHECK(ScorerInt(scorer, "scored") == count - 1);
    CHECK(ScorerFloat(scorer, "perplexity") == std::exp(-sum / static_cast<double>(count - 1)));
    const int64_t bytes = static_cast<int64_t>(text.size()) - scores.ranges[1];
    CHECK(ScorerInt(scorer, "scored_bytes") == bytes);
    CHECK(ScorerFloat(scorer, "bits_per_byte") == -sum / std::log(2.0) / static_cast<double>(bytes));
    for (size_t i = 1; i < scores.ids.size(); ++i) CHECK(scores.ranges[2 * i] >= scores.ranges[2 * i - 2]);
    CHECK(scores.ranges.back() <= static_cast<int64_t>(text.size()));
    // With an id in front the first token has a score as well, and all bytes count.
    Set(config, "begin", int64_t{1});
    const Scorer begun = MakeScorer(model, config);
    Scores all;
    PushScored(begun, text, all);
    FinishScored(begun, all);
    CHECK(all.ids == scores.ids);
    CHECK(std::isfinite(all.logs[0]));
    CHECK(ScorerInt(begun, "scored_bytes") == static_cast<int64_t>(text.size()));
  }
}

TEST_CASE("what cannot be scored is refused by name", "[laws]") {
  const Context context = MakeContext(1);
  Error error;
  lwave_scorer* made = nullptr;
  const auto refuse = [&](const char* name, const Config& config, lwave_status status, const char* what) {
    const Model model = OpenModel(context, Folder(name));
    CHECK(lwave_scorer_create(model.get(), config.get(), &made, error) == status);
    CHECK_THAT(error.message(), ContainsSubstring(what));
    CHECK(made == nullptr);
  };
  refuse("bert-base", MakeConfig("scoring"), LWAVE_UNSUPPORTED, "which token comes next");
  refuse("bart-base", MakeConfig("scoring"), LWAVE_UNSUPPORTED, "beside an encoder");
  refuse("gpt2-base", MakeConfig("stream"), LWAVE_INVALID_ARGUMENT, "kind scoring");
  const Config left = MakeConfig("scoring"), stride = MakeConfig("scoring"), length = MakeConfig("scoring"),
               segment = MakeConfig("scoring"), stream = MakeConfig("scoring");
  Set(left, "left", int64_t{4});
  refuse("gpt2-base", left, LWAVE_INVALID_ARGUMENT, "for mode stream");
  Set(stride, "length", int64_t{8});
  Set(stride, "stride", int64_t{8});
  refuse("gpt2-base", stride, LWAVE_INVALID_ARGUMENT, "stride must be at most 7");
  Set(length, "length", int64_t{1 << 20});
  refuse("gpt2-base", length, LWAVE_INVALID_ARGUMENT, "positions");
  Set(segment, "mode", "segment");
  Set(segment, "stride", int64_t{2});
  refuse("gpt2-base", segment, LWAVE_INVALID_ARGUMENT, "mode sliding");
  Set(stream, "mode", "stream");
  refuse("reformer-lm", stream, LWAVE_UNSUPPORTED, "layer");
  const Model model = OpenModel(context, Folder("gpt2-base"));
  const Scorer scorer = MakeScorer(model, MakeConfig("scoring"));
  const std::vector<int32_t> ids = {1, 2, -1};
  int64_t taken = 0;
  CHECK(lwave_scorer_push_ids(scorer.get(), ids.data(), 3, &taken, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(taken == 2);
  CHECK(lwave_scorer_push_text(scorer.get(), "a", 1, &taken, error) == LWAVE_INVALID_STATE);
  error.Check(lwave_scorer_finish(scorer.get(), error));
  CHECK(lwave_scorer_push_ids(scorer.get(), ids.data(), 1, &taken, error) == LWAVE_INVALID_STATE);
  CHECK(lwave_scorer_save(scorer.get(), nullptr, 0, &taken, error) == LWAVE_INVALID_STATE);
}

}  // namespace
}  // namespace lwave::test
