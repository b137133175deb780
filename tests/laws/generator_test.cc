// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Generators: the same tokens whatever the splits, restored and forked at any point; drawn tokens by their seed; text that
// is held back until it is certain; a window with sinks in fixed memory; settings that are not done refused by name.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "generator_support.h"
#include "law_files.h"
#include "law_support.h"
#include "support/api.h"

namespace lwave::test {
namespace {

using Catch::Matchers::ContainsSubstring;

struct Family {
  const char* name;
  int64_t most_prompt;
};
constexpr Family kFamilies[] = {{"gpt2-base", 30}, {"qwen3-lm", 30}, {"bart-base", 40}, {"led-base", 60},
                                {"transfoxl-base", 30}, {"transfoxl-plain", 30}, {"reformer-lm", 30}};

TEST_CASE("a prompt gives the same tokens for any split into pushes and any number of threads", "[laws][threads]") {
  for (const Family& family : kFamilies) {
    const Context one = MakeContext(1), two = MakeContext(2);
    const Model first = OpenModel(one, Folder(family.name)), second = OpenModel(two, Folder(family.name));
    for (uint64_t seed = 0; seed < Share(9); ++seed) {
      INFO(family.name << ", seed " << seed);
      Random random(seed);
      const std::vector<int32_t> ids = RandomIds(random, first, Between(random, 1, family.most_prompt));
      const Config config = RandomGeneration(seed, 8);
      const Generator whole = MakeGenerator(first, config), pieces = MakeGenerator(second, config);
      Push(whole, ids);
      for (size_t at = 0; at < ids.size();) {
        const size_t count = static_cast<size_t>(Between(random, 1, static_cast<int64_t>(ids.size() - at)));
        Push(pieces, std::vector<int32_t>(ids.begin() + static_cast<int64_t>(at),
                                          ids.begin() + static_cast<int64_t>(at + count)));
        at += count;
      }
      const Generated expected = All(whole);
      CHECK(expected.ids.size() == 8);
      CHECK(All(pieces) == expected);
    }
  }
}

TEST_CASE("a generator that was restored or forked at any point goes on with the same tokens", "[laws]") {
  for (const Family& family : kFamilies) {
    const Context context = MakeContext(2);
    const Model model = OpenModel(context, Folder(family.name));
    for (uint64_t seed = 0; seed < Share(12); ++seed) {
      INFO(family.name << ", seed " << seed);
      Random random(seed);
      const std::vector<int32_t> ids = RandomIds(random, model, Between(random, 1, family.most_prompt));
      const Config config = RandomGeneration(seed, 10);
      const Generator whole = MakeGenerator(model, config);
      Push(whole, ids);
      const Generated expected = All(whole);
      // Before anything, within the prompt, and after some tokens.
      const Generator generator = MakeGenerator(model, config);
      const int64_t cut = Between(random, 0, static_cast<int64_t>(ids.size()));
      Push(generator, std::vector<int32_t>(ids.begin(), ids.begin() + cut));
      const Generator early = Restored(model, Save(generator)), other = Forked(generator);
      const std::vector<int32_t> rest(ids.begin() + cut, ids.end());
      for (const Generator* one : {&early, &other, &generator}) Push(*one, rest);
      CHECK(All(early) == expected);
      CHECK(All(other) == expected);
      Generated some;
      Some(generator, Between(random, 0, 10), some);
      const std::string saved = Save(generator);
      const Generator late = Restored(model, saved), fork = Forked(generator);
      CHECK(Save(late) == saved);
      for (const Generator* one : {&late, &fork, &generator}) {
        Generated all = some;
        Some(*one, 100, all);
        CHECK(all == expected);
        CHECK(Number(*one, "finish_reason") == LWAVE_FINISH_LENGTH);
        CHECK(Number(*one, "generated_tokens") == 10);
      }
    }
  }
}

TEST_CASE("a conversation goes on behind what was generated, as if it had been read", "[laws]") {
  const Context context = MakeContext(1);
  const Model model = OpenModel(context, Folder("gpt2-base"));
  for (const uint64_t seed : {uint64_t{0}, uint64_t{2}}) {
    INFO("seed " << seed);
    Random random(seed);
    const std::vector<int32_t> first = RandomIds(random, model, 9), second = RandomIds(random, model, 5);
    const Config config = RandomGeneration(seed, 6);
    const Generator talk = MakeGenerator(model, config);
    Push(talk, first);
    const std::vector<int32_t> said = Generate(talk);
    const Generator copy = Restored(model, Save(talk));
    Push(talk, second);
    Push(copy, second);
    std::vector<int32_t> all = first;
    all.insert(all.end(), said.begin(), said.end());
    all.insert(all.end(), second.begin(), second.end());
    const Generator afresh = MakeGenerator(model, config);
    Push(afresh, all);
    const Generated expected = All(afresh);
    CHECK(All(talk) == expected);
    CHECK(All(copy) == expected);
  }
}

TEST_CASE("drawn tokens follow from the seed, and from one token alone are the best", "[laws]") {
  const Context context = MakeContext(1);
  const Model model = OpenModel(context, Folder("gpt2-base"));
  Random random(1);
  const std::vector<int32_t> ids = RandomIds(random, model, 7);
  const auto drawn = [&](int64_t seed, int64_t top_k, double temperature) {
    const Config config = MakeConfig("generation");
    Set(config, "sample", int64_t{1});
    Set(config, "seed", seed);
    Set(config, "top_k", top_k);
    SetFloat(config, "temperature", temperature);
    Set(config, "max_new_tokens", int64_t{20});
    Set(config, "stop_at_end", int64_t{0});
    const Generator generator = MakeGenerator(model, config);
    Push(generator, ids);
    return Generate(generator);
  };
  const Config greedy = MakeConfig("generation");
  Set(greedy, "max_new_tokens", int64_t{20});
  Set(greedy, "stop_at_end", int64_t{0});
  const Generator best = MakeGenerator(model, greedy);
  Push(best, ids);
  const std::vector<int32_t> expected = Generate(best);
  CHECK(drawn(1, 1, 1.0) == expected);
  CHECK(drawn(1, 0, 1e-4) == expected);
  CHECK(drawn(5, 0, 2.0) == drawn(5, 0, 2.0));
  CHECK(drawn(5, 0, 2.0) != drawn(6, 0, 2.0));
}

TEST_CASE("text is given as whole characters that are certain, and ends before a stop string", "[laws]") {
  const Context context = MakeContext(1);
  const Model model = OpenModel(context, Folder("gpt2-base"));
  for (int64_t seed = 0; seed < 20; ++seed) {
    INFO("seed " << seed);
    const Config config = MakeConfig("generation");
    Set(config, "sample", int64_t{1});
    Set(config, "seed", seed);
    Set(config, "top_k", int64_t{0});
    SetFloat(config, "temperature", 3.0);
    Set(config, "max_new_tokens", int64_t{40});
    Set(config, "stop_at_end", int64_t{0});
    const Generator free = MakeGenerator(model, config);
    Push(free, "The work", false);
    std::string text;
    for (int i = 0; i < 41; ++i) {
      Generated token;
      Some(free, 1, token);
      const std::string piece = TakeText(free);
      // No piece begins or ends inside a character.
      CHECK((piece.empty() || (static_cast<uint8_t>(piece[0]) & 0xC0) != 0x80));
      text += piece;
    }
    REQUIRE(text.size() > 12);
    // A stop string from the middle, over tokens and perhaps characters: its first place ends the text.
    size_t begin = text.size() / 2;
    while ((static_cast<uint8_t>(text[begin]) & 0xC0) == 0x80) ++begin;
    const std::string stop = text.substr(begin, 5);
    const Generator stopped = MakeGenerator(model, config);
    Error error;
    error.Check(lwave_generator_add_stop(stopped.get(), stop.data(), static_cast<int64_t>(stop.size()), error));
    Push(stopped, "The work", false);
    std::string got;
    for (;;) {
      Generated token;
      Some(stopped, 1, token);
      const std::string piece = TakeText(stopped);
      got += piece;
      // Nothing is given that the stop string takes back.
      CHECK(text.substr(0, got.size()) == got);
      if (token.ids.empty()) break;
    }
    CHECK(got == text.substr(0, text.find(stop)));
    CHECK(Number(stopped, "finish_reason") == LWAVE_FINISH_STOP_STRING);
  }
}

TEST_CASE("a window with sinks generates beyond the model's positions in fixed memory", "[laws]") {
  const Context context = MakeContext(1);
  for (const char* name : {"gpt2-base", "qwen3-lm"}) {
    INFO(name);
    const Model model = OpenModel(context, Folder(name));
    const Config config = MakeConfig("generation");
    Set(config, "left", int64_t{16});
    Set(config, "sinks", int64_t{3});
    Set(config, "max_new_tokens", int64_t{300});
    Set(config, "stop_at_end", int64_t{0});
    Error error;
    int64_t plan = 0;
    error.Check(lwave_generator_plan(model.get(), config.get(), &plan, error));
    const Generator generator = MakeGenerator(model, config);
    Random random(2);
    Push(generator, RandomIds(random, model, 20));
    Generated tokens;
    Some(generator, 10, tokens);
    TakeText(generator);
    const size_t early = Save(generator).size();
    CHECK(Number(generator, "bytes") == plan);
    Some(generator, 1000, tokens);
    CHECK(tokens.ids.size() == 300);
    CHECK(Number(generator, "bytes") == plan);
    TakeText(generator);
    // By no more than the rows of a window that has filled up.
    CHECK(Save(generator).size() < early + 10000);
    CHECK(Number(generator, "finish_reason") == LWAVE_FINISH_LENGTH);
  }
  // Without a window gpt2's positions are used up.
  const Model model = OpenModel(context, Folder("gpt2-base"));
  const Config config = MakeConfig("generation");
  Set(config, "max_new_tokens", int64_t{300});
  Set(config, "stop_at_end", int64_t{0});
  const Generator generator = MakeGenerator(model, config);
  Random random(2);
  Push(generator, RandomIds(random, model, 20));
  CHECK(static_cast<int64_t>(Generate(generator).size()) <= ModelInt(model, "positions") - 20 + 1);
  CHECK(Number(generator, "finish_reason") == LWAVE_FINISH_CAPACITY);
}

TEST_CASE("tile is refused where a model has no table of positions, instead of being passed over", "[laws]") {
  const Context context = MakeContext(1);
  for (const char* kind : {"generation", "scoring"}) {
    INFO(kind);
    const Config config = MakeConfig(kind);
    Set(config, "left", int64_t{8});
    Set(config, "tile", int64_t{32});
    if (kind == std::string("scoring")) Set(config, "mode", "stream");
    for (const char* name : {"gpt2-base", "qwen3-lm"}) {
      const Model model = OpenModel(context, Folder(name));
      lwave_generator* generator = nullptr;
      lwave_scorer* scorer = nullptr;
      Error error;
      const lwave_status status = kind == std::string("scoring")
                                      ? lwave_scorer_create(model.get(), config.get(), &scorer, error)
                                      : lwave_generator_create(model.get(), config.get(), &generator, error);
      const Generator owner(generator);
      const Scorer other(scorer);
      if (name == std::string("gpt2-base")) {
        CHECK(status == LWAVE_OK);
        continue;
      }
      CHECK(status == LWAVE_INVALID_ARGUMENT);
      CHECK_THAT(error.message(), ContainsSubstring("tile"));
    }
  }
}

TEST_CASE("settings of generation_config.json that are not done are refused by name, unless it is not looked at", "[laws]") {
  const Context context = MakeContext(1);
  const std::pair<const char*, const char*> settings[] = {
      {"num_beam_groups", R"("num_beam_groups": 2)"},    {"typical_p", R"("typical_p": 0.9)"},
      {"penalty_alpha", R"("penalty_alpha": 0.6)"},      {"bad_words_ids", R"("bad_words_ids": [[3]])"},
      {"sequence_bias", R"("sequence_bias": [[[3], 1.0]])"}, {"min_p", R"("min_p": 0.1)"},
      {"guidance_scale", R"("guidance_scale": 1.5)"},    {"stop_strings", R"("stop_strings": ["a"])"},
  };
  for (const auto& [name, text] : settings) {
    INFO(name);
    const TemporaryFolder folder;
    std::filesystem::copy(Folder("gpt2-base"), folder.path(), std::filesystem::copy_options::recursive);
    WriteFile(folder.path() + "/generation_config.json", std::string("{") + text + "}");
    const Model model = OpenModel(context, folder.path());
    Error error;
    lwave_generator* made = nullptr;
    CHECK(lwave_generator_create(model.get(), nullptr, &made, error) == LWAVE_UNSUPPORTED);
    CHECK_THAT(error.message(), ContainsSubstring(name));
    const Config config = MakeConfig("generation");
    Set(config, "model_settings", int64_t{0});
    const Generator generator = MakeGenerator(model, config);
    CHECK(generator != nullptr);
  }
}

TEST_CASE("settings of generation_config.json are followed where the caller sets nothing else", "[laws]") {
  const Context context = MakeContext(1);
  const TemporaryFolder folder;
  std::filesystem::copy(Folder("gpt2-base"), folder.path(), std::filesystem::copy_options::recursive);
  WriteFile(folder.path() + "/generation_config.json", R"({"max_new_tokens": 7, "no_repeat_ngram_size": 1})");
  const Model model = OpenModel(context, folder.path());
  Random random(4);
  const std::vector<int32_t> ids = RandomIds(random, model, 5);
  const Generator settled = MakeGenerator(model, MakeConfig("generation"));
  Push(settled, ids);
  std::vector<int32_t> tokens = Generate(settled);
  CHECK(tokens.size() == 7);
  std::sort(tokens.begin(), tokens.end());
  CHECK(std::adjacent_find(tokens.begin(), tokens.end()) == tokens.end());
  const Config config = MakeConfig("generation");
  Set(config, "max_new_tokens", int64_t{11});
  const Generator longer = MakeGenerator(model, config);
  Push(longer, ids);
  CHECK(Generate(longer).size() == 11);
}

}  // namespace
}  // namespace lwave::test
