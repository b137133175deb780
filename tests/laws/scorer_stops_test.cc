// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What stops a scorer loses nothing: somebody cancels within a window, memory runs out at any call; a reset stays within
// the plan; and what the model cannot do is refused when the scorer is made.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include "failing_new.h"
#include "host.h"
#include "law_files.h"
#include "law_support.h"
#include "support/scores.h"

namespace lwave::test {
namespace {

using Catch::Matchers::ContainsSubstring;

std::string Folder(const std::string& name) { return LWAVE_TEST_DATA "/models/tiny/" + name; }

bool SameBits(const Scores& a, const Scores& b) {
  return a.ids == b.ids && a.ranges == b.ranges && a.logs.size() == b.logs.size() &&
         std::memcmp(a.logs.data(), b.logs.data(), a.logs.size() * sizeof(float)) == 0;
}

// A runner that cancels a scorer in its n-th region.
struct CancellingRunner {
  lwave_scorer* scorer = nullptr;
  int64_t regions = 0, cancel_at = 0;

  Context MakeContext() {
    const lwave_run_function run = [](void* opaque, int64_t count, lwave_task_function task, void* state) -> int32_t {
      auto& self = *static_cast<CancellingRunner*>(opaque);
      if (++self.regions == self.cancel_at) lwave_scorer_cancel(self.scorer);
      for (int64_t i = 0; i < count; ++i) task(state, i, static_cast<int32_t>(i));
      return 0;
    };
    Error error;
    lwave_context* context = nullptr;
    error.Check(lwave_context_create_with(2, nullptr, nullptr, nullptr, run, this, nullptr, nullptr, &context, error));
    return Context(context);
  }
};

struct Reading {
  const char* model;
  const char* mode;
  int64_t length, left;
};
constexpr Reading kReadings[] = {{"gpt2-base", "sliding", 60, 0}, {"qwen3-lm", "segment", 60, 0},
                                 {"gpt2-base", "stream", 400, 6}, {"transfoxl-base", "stream", 400, 0}};

Config ToConfig(const Reading& reading) {
  Config config = MakeConfig("scoring");
  Set(config, "mode", reading.mode);
  Set(config, "length", reading.length);
  if (reading.left > 0) Set(config, "left", reading.left);
  return config;
}

TEST_CASE("a scorer that is cancelled within a window stops there, is saved there, and goes on with the same bits", "[laws]") {
  for (const Reading& reading : kReadings) {
    CancellingRunner runner;
    const Context context = runner.MakeContext();
    const Model model = OpenModel(context, Folder(reading.model));
    const Config config = ToConfig(reading);
    Random random(1);
    const std::vector<int32_t> ids = RandomIds(random, model, reading.length);
    const Scores expected = ScoresOf(model, config, ids);
    runner.regions = 0;
    CHECK(SameBits(expected, ScoresOf(model, config, ids)));
    const int64_t all = runner.regions;
    REQUIRE(all > 8);
    int64_t within = 0;
    for (int64_t at = 1; at < all; at += 1 + all / 40) {
      INFO(reading.model << ", " << reading.mode << ": cancelled at region " << at << " of " << all);
      const Scorer scorer = MakeScorer(model, config);
      runner.scorer = scorer.get();
      runner.regions = 0;
      runner.cancel_at = at;
      Error error;
      int64_t taken = 0;
      const lwave_status status =
          lwave_scorer_push_ids(scorer.get(), ids.data(), static_cast<int64_t>(ids.size()), &taken, error);
      runner.cancel_at = 0;
      if (status != LWAVE_CANCELLED) continue;  // all was done: the next call would have noticed
      within += runner.regions < all - 2 ? 1 : 0;
      const std::string saved = Save(scorer);
      lwave_scorer* made = nullptr;
      error.Check(lwave_scorer_restore(model.get(), saved.data(), static_cast<int64_t>(saved.size()), &made, error));
      const Scorer restored(made);
      CHECK(Save(restored) == saved);
      for (const Scorer* one : {&scorer, &restored}) {
        Scores scores;
        PushScored(*one, std::vector<int32_t>(ids.begin() + taken, ids.end()), scores);
        FinishScored(*one, scores);
        CHECK(SameBits(expected, scores));
      }
    }
    INFO(reading.model << ", " << reading.mode);
    CHECK(within >= 5);
  }
}

TEST_CASE("a scorer that was cancelled before reads none of a text that fills no window", "[laws]") {
  const Model model = OpenModel(MakeContext(1), Folder("gpt2-base"));
  const Scorer scorer = MakeScorer(model, MakeConfig("scoring"));
  const std::string text(100000, ' ');
  Error error;
  int64_t taken = 0;
  lwave_scorer_cancel(scorer.get());
  CHECK(lwave_scorer_push_text(scorer.get(), text.data(), 100000, &taken, error) == LWAVE_CANCELLED);
  CHECK(taken == 0);
}

TEST_CASE("a reset of a scorer or of a stream takes no memory at all", "[laws]") {
  for (const char* name : {"gpt2-base", "bert-minilm"}) {
    INFO(name);
    CountingAllocator allocator;
    {
      const Context context = allocator.MakeContext();
      const Model model = OpenModel(context, Folder(name));
      const std::string text = NastyText();
      Error error;
      if (std::string(name) == "gpt2-base") {
        const Config config = MakeConfig("scoring");
        Set(config, "length", int64_t{9});
        const Scores expected = ScoresOf(model, config, text);
        const Scorer scorer = MakeScorer(model, config);
        Scores scores;
        PushScored(scorer, text.substr(0, 301), scores);
        allocator.FailAt(1, true);
        ArmNew(1, true);
        const lwave_status status = lwave_scorer_reset(scorer.get(), error);
        DisarmNew();
        error.Check(status);
        scores = Scores();
        PushScored(scorer, text, scores);
        allocator.FailAt(0);
        FinishScored(scorer, scores);
        CHECK(SameBits(expected, scores));
      } else {
        const Config config = lwave::test::ToConfig(Window());
        const std::vector<Item> expected = ItemsOfText(model, config, text);
        Reader reader(model, config);
        reader.Text(text.substr(0, 301));
        allocator.FailAt(1, true);
        ArmNew(1, true);
        const lwave_status status = lwave_stream_reset(reader.get(), error);
        DisarmNew();
        allocator.FailAt(0);
        error.Check(status);
        reader.items.clear();
        reader.Text(text);
        CHECK(Difference(expected, reader.Finish()).empty());
      }
    }
    CHECK(allocator.bytes() == 0);
  }
}

TEST_CASE("operator new that throws at any call of push, finish or read loses nothing of a document", "[laws]") {
  for (const Reading& reading : kReadings) {
    const Context context = MakeContext(1);
    const Model model = OpenModel(context, Folder(reading.model));
    const Config config = ToConfig(reading);
    Set(config, "length", int64_t{20});
    Set(config, "queue", int64_t{20});
    const bool text = ModelInt(model, "has_tokenizer") != 0;
    const std::string document = text ? NastyText() + HandbookText(0, 300) : "";
    Random random(2);
    const std::vector<int32_t> ids = RandomIds(random, model, 90);
    const Scores expected = text ? ScoresOf(model, config, document) : ScoresOf(model, config, ids);
    for (int64_t n = 1;; ++n) {
      INFO(reading.model << ", " << reading.mode << ": call " << n << " fails");
      const Scorer scorer = MakeScorer(model, config);
      Scores scores;
      bool reached = false;
      int64_t calls = 0;
      const auto armed = [&](const auto& call) {
        lwave_error error = {};
        ArmNew(reached ? 0 : n - calls);
        const lwave_status status = call(&error);
        calls += DisarmNew();
        const bool now = !reached && calls >= n;
        reached = reached || now;
        INFO(error.message);
        REQUIRE((status == LWAVE_OK || status == LWAVE_OUTPUT_FULL || (now && status == LWAVE_OUT_OF_MEMORY)));
        ReadScores(scorer, 7, scores);
        return status;
      };
      const int64_t size = text ? static_cast<int64_t>(document.size()) : static_cast<int64_t>(ids.size());
      for (int64_t at = 0;;) {
        int64_t taken = 0;
        const lwave_status status = armed([&](lwave_error* error) {
          return text ? lwave_scorer_push_text(scorer.get(), document.data() + at, size - at, &taken, error)
                      : lwave_scorer_push_ids(scorer.get(), ids.data() + at, size - at, &taken, error);
        });
        at += taken;
        if (status == LWAVE_OK) break;
      }
      while (armed([&](lwave_error* error) { return lwave_scorer_finish(scorer.get(), error); }) != LWAVE_OK) {
      }
      CHECK(SameBits(expected, scores));
      if (!reached) break;
      REQUIRE(n < 2000);
    }
  }
}

TEST_CASE("a tokenizer with ids that the model does not have, and tiles of rotary positions, are refused", "[laws]") {
  const TemporaryFolder folder;
  std::filesystem::copy(Folder("gpt2-base"), folder.path(), std::filesystem::copy_options::recursive |
                                                                std::filesystem::copy_options::overwrite_existing);
  std::string file = ReadFile(folder.path() + "/tokenizer.json");
  const size_t at = file.find("\"added_tokens\"");
  REQUIRE(at != std::string::npos);
  const size_t begin = file.find('[', at) + 1;
  file.insert(begin, R"({"id":561,"content":"<beyond>","single_word":false,"lstrip":false,"rstrip":false,)"
                     R"("normalized":false,"special":true},)");
  WriteFile(folder.path() + "/tokenizer.json", file);
  const Context context = MakeContext(1);
  Error error;
  lwave_model* opened = nullptr;
  CHECK(lwave_model_open(context.get(), folder.path().c_str(), &opened, error) == LWAVE_CORRUPT_DATA);
  CHECK_THAT(error.message(), ContainsSubstring("561"));

  const Model model = OpenModel(context, Folder("qwen3-lm"));
  for (const char* kind : {"scoring", "generation"}) {
    INFO(kind);
    const Config config = MakeConfig(kind);
    if (std::string(kind) == "scoring") Set(config, "mode", "stream");
    Set(config, "left", int64_t{6});
    Set(config, "tile", int64_t{32});
    lwave_scorer* scorer = nullptr;
    lwave_generator* generator = nullptr;
    CHECK((std::string(kind) == "scoring" ? lwave_scorer_create(model.get(), config.get(), &scorer, error)
                                          : lwave_generator_create(model.get(), config.get(), &generator, error)) ==
          LWAVE_INVALID_ARGUMENT);
    CHECK_THAT(error.message(), ContainsSubstring("tile"));
  }
}

}  // namespace
}  // namespace lwave::test
