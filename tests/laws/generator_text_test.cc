// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Text of tokens that are no text by themselves: bytes of characters, whole or broken, and special tokens, without end.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "generator_support.h"

namespace lwave::test {
namespace {

// Byte tokens of the tiny gpt2: their ids are the order of the characters that stand for bytes.
int32_t ByteId(int32_t byte) {
  if (byte >= 33 && byte < 127) return byte - 33;
  if (byte >= 161 && byte < 173) return 94 + byte - 161;
  if (byte >= 174) return 106 + byte - 174;
  return byte < 33 ? 188 + byte : byte == 173 ? 255 : 188 + 33 + byte - 127;
}

// Draws among these ids alone, all about as likely.
Config DrawAmong(const Model& model, const std::vector<int32_t>& allowed, uint64_t seed, double temperature) {
  std::vector<int64_t> suppressed;
  for (int32_t id = 0; id < ModelInt(model, "vocabulary"); ++id) {
    if (std::find(allowed.begin(), allowed.end(), id) == allowed.end()) suppressed.push_back(id);
  }
  Config config = MakeConfig("generation");
  Set(config, "suppressed", suppressed);
  Set(config, "sample", int64_t{1});
  Set(config, "seed", static_cast<int64_t>(seed));
  Set(config, "top_k", int64_t{0});
  SetFloat(config, "temperature", temperature);
  return config;
}

TEST_CASE("the pieces of text add up to the decoded tokens, of broken characters without end too", "[laws][generator]") {
  const Context context = MakeContext(1);
  const Model model = OpenModel(context, Folder("gpt2-base"));
  const Tokenizer tokenizer = OpenTokenizer(context, Folder("gpt2-base"));
  constexpr int32_t kEnd = 560;
  const std::vector<std::vector<int32_t>> sets = {
      {0x80}, {0xF0}, {0xF0, 0x9F}, {0xF0, 0x9F, 0x98, 0x80}, {0xE2, 0x80, 'a'}, {0xC3, 0xA9, 'a', ' '}, {'a', ' '}};
  for (size_t set = 0; set < sets.size(); ++set) {
    for (const bool specials : {false, true}) {
      std::vector<int32_t> allowed;
      for (const int32_t byte : sets[set]) allowed.push_back(ByteId(byte));
      REQUIRE(Decode(tokenizer, {ByteId('a')}, true) == "a");
      if (specials) allowed.push_back(kEnd);
      for (uint64_t seed = 0; seed < Share(5); ++seed) {
        INFO("set " << set << ", specials " << specials << ", seed " << seed);
        const Config config = DrawAmong(model, allowed, seed, 50.0);
        Set(config, "left", int64_t{8});
        Set(config, "stop_at_end", int64_t{0});
        Set(config, "max_new_tokens", int64_t{400});
        Generator generator = MakeGenerator(model, config);
        Push(generator, {1, 2, 3});
        Random random(seed);
        std::vector<int32_t> ids;
        std::string text;
        size_t most = 0;
        for (;;) {
          Generated token;
          Some(generator, 1, token);
          text += TakeText(generator);
          if (token.ids.empty()) break;
          ids.push_back(token.ids[0]);
          if (random() % 50 == 0) generator = Restored(model, Save(generator));
          most = std::max(most, Save(generator).size());
        }
        REQUIRE(ids.size() == 400);
        CHECK(text == Decode(tokenizer, ids, true));
        // What is held back is bounded.
        CHECK(Save(generator).size() + 2000 > most);
      }
    }
  }
}

// A bad byte makes the whole run of byte tokens unreadable, what was given out of it as well: that cannot be taken back, and
// what follows must not get lost.
TEST_CASE("letters behind broken byte tokens are in the text, at its end too", "[laws][generator]") {
  const Context context = MakeContext(1);
  const Model model = OpenModel(context, Folder("gemma3-causal"));
  const Tokenizer tokenizer = OpenTokenizer(context, Folder("gemma3-causal"));
  constexpr int32_t kC3 = 202, kA9 = 176, kFF = 262;  // of tokenizer.json
  REQUIRE(Decode(tokenizer, {kC3, kA9}, true) == "\xC3\xA9");
  int32_t letter = 0;
  while (Decode(tokenizer, {letter}, true) != "h" || (letter >= 7 && letter < 263)) {
    REQUIRE(++letter < ModelInt(model, "vocabulary"));
  }
  for (uint64_t seed = 0; seed < Share(60); ++seed) {
    INFO("seed " << seed);
    const Config config = DrawAmong(model, {kC3, kA9, kFF, letter}, seed, 500.0);
    Set(config, "stop_at_end", int64_t{0});
    Set(config, "max_new_tokens", static_cast<int64_t>(3 + seed % 20));
    const Generator generator = MakeGenerator(model, config);
    Push(generator, {5, 6, 7});
    std::vector<int32_t> ids;
    std::string text;
    for (;;) {
      Generated token;
      Some(generator, 1, token);
      text += TakeText(generator);
      if (token.ids.empty()) break;
      ids.push_back(token.ids[0]);
    }
    CHECK(std::count(text.begin(), text.end(), 'h') == std::count(ids.begin(), ids.end(), letter));
  }
}

TEST_CASE("a stop string ends one turn alone", "[laws][generator]") {
  const Context context = MakeContext(1);
  const Model model = OpenModel(context, Folder("gpt2-base"));
  const Config config = DrawAmong(model, {ByteId('a'), ByteId('b')}, 0, 50.0);
  Set(config, "max_new_tokens", int64_t{30});
  const Generator generator = MakeGenerator(model, config);
  Error error;
  error.Check(lwave_generator_add_stop(generator.get(), "bb", 2, error));
  for (int turn = 0; turn < 3; ++turn) {
    INFO("turn " << turn);
    Push(generator, {1, 2, 3});
    const std::vector<int32_t> ids = Generate(generator);
    const std::string text = TakeText(generator);
    REQUIRE(Number(generator, "finish_reason") == LWAVE_FINISH_STOP_STRING);
    // Every turn goes on up to its own stop string, which is not given.
    CHECK(text.size() + 2 == ids.size());
    CHECK(text.find("bb") == std::string::npos);
  }
}

}  // namespace
}  // namespace lwave::test
