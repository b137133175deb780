// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a generator takes: all of it at creation and as its plan says, and no more however long it goes on.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "generator_support.h"
#include "host.h"

namespace lwave::test {
namespace {

int64_t PlanOf(const Model& model, const Config& config) {
  Error error;
  int64_t bytes = 0;
  error.Check(lwave_generator_plan(model.get(), config.get(), &bytes, error));
  return bytes;
}

TEST_CASE("a window with sinks goes on without end in the memory of its plan, its snapshots too", "[laws][generator]") {
  struct Kind {
    const char* name;
    bool takes_text;
    double penalty;
    bool draws;
  };
  for (const Kind& kind : {Kind{"takes text", true, 1, true}, Kind{"takes no text", false, 1, true},
                           Kind{"with a penalty", true, 1.2, false}}) {
    INFO(kind.name);
    CountingAllocator allocator;
    const Context context = allocator.MakeContext(1);
    const Model model = OpenModel(context, Folder("gpt2-base"));
    const int64_t tokens = static_cast<int64_t>(Share(kind.takes_text ? 20000 : 50000));
    const Config config = MakeConfig("generation");
    Set(config, "left", int64_t{16});
    Set(config, "sinks", int64_t{3});
    Set(config, "max_new_tokens", tokens);
    Set(config, "stop_at_end", int64_t{0});
    if (kind.draws) {
      Set(config, "sample", int64_t{1});
      Set(config, "top_k", int64_t{0});
      SetFloat(config, "temperature", 3.0);
    }
    if (kind.penalty != 1) SetFloat(config, "repetition_penalty", kind.penalty);
    const int64_t plan = PlanOf(model, config), before = allocator.bytes();
    const Generator generator = MakeGenerator(model, config);
    CHECK(allocator.bytes() - before == plan);
    CHECK(Number(generator, "bytes") == plan);
    const int64_t calls = allocator.calls();
    Error error;
    // So that text is held back, now and then.
    error.Check(lwave_generator_add_stop(generator.get(), "e\1e\1e", 5, error));
    Random random(2);
    Push(generator, RandomIds(random, model, 20));
    Generated some;
    Some(generator, 100, some);
    const size_t early = Save(generator).size();
    // What can be added: ids that there were, text that waits, digits of a count.
    const size_t room = static_cast<size_t>(kind.penalty != 1 ? 4 * ModelInt(model, "vocabulary") : 0) +
                        (kind.takes_text ? 0 : 65536) + 400;
    int64_t text = static_cast<int64_t>(TakeText(generator).size());
    for (int64_t made = 100; made < tokens; ++made) {
      Generated token;
      Some(generator, 1, token);
      if (kind.takes_text) text += static_cast<int64_t>(TakeText(generator).size());
      if (made % 5000 == 0 || made == tokens - 1) REQUIRE(Save(generator).size() < early + room);
    }
    CHECK(Number(generator, "generated_tokens") == tokens);
    CHECK(Number(generator, "bytes") == plan);
    CHECK(allocator.calls() == calls);
    if (kind.takes_text) {
      CHECK(Number(generator, "dropped_text") == 0);
      CHECK(text > tokens / 2);
    }
  }
}

TEST_CASE("of text that nobody takes the last waits, whole characters of it, and the rest is counted", "[laws][generator][slow]") {
  const Context context = MakeContext(1);
  const Model model = OpenModel(context, Folder("gpt2-base"));
  const int64_t tokens = 60000;
  const auto make = [&] {
    const Config config = MakeConfig("generation");
    Set(config, "left", int64_t{4});
    Set(config, "max_new_tokens", tokens);
    Set(config, "stop_at_end", int64_t{0});
    Set(config, "sample", int64_t{1});
    Set(config, "top_k", int64_t{0});
    SetFloat(config, "temperature", 5.0);
    Generator generator = MakeGenerator(model, config);
    Push(generator, {5, 6, 7});
    return generator;
  };
  const Generator reader = make(), silent = make();
  std::string text;
  for (int64_t i = 0; i <= tokens; ++i) {
    Generated token;
    Some(reader, 1, token);
    text += TakeText(reader);
    Some(silent, 1, token);
  }
  REQUIRE(text.size() > 70000);
  const int64_t dropped = Number(silent, "dropped_text");
  const std::string waiting = TakeText(silent);
  CHECK(Number(reader, "dropped_text") == 0);
  CHECK(waiting.size() <= 65536);
  CHECK(waiting.size() > 65536 - 4);
  CHECK(static_cast<size_t>(dropped) + waiting.size() == text.size());
  CHECK(waiting == text.substr(static_cast<size_t>(dropped)));
  CHECK((static_cast<uint8_t>(waiting[0]) & 0xC0) != 0x80);
}

TEST_CASE("a generator takes what its plan says, beams included, and nothing while it works", "[laws][generator]") {
  for (const char* name : {"gpt2-base", "qwen3-lm", "gemma3-causal", "transfoxl-base", "transfoxl-plain"}) {
    for (const int64_t beams : {1, 2, 5}) {
      INFO(name << ", beams " << beams);
      CountingAllocator allocator;
      const Context context = allocator.MakeContext(2);
      const Model model = OpenModel(context, Folder(name));
      const Config config = MakeConfig("generation");
      Set(config, "beams", beams);
      Set(config, "max_new_tokens", int64_t{12});
      const int64_t plan = PlanOf(model, config), before = allocator.bytes();
      const Generator generator = MakeGenerator(model, config);
      const int64_t calls = allocator.calls();
      allocator.ResetPeak();
      Random random(3);
      for (int turn = 0; turn < 2; ++turn) {
        Push(generator, RandomIds(random, model, 20));
        Generate(generator);
      }
      CHECK(allocator.calls() == calls);
      CHECK(allocator.peak() - before == plan);
      CHECK(Number(generator, "bytes") == plan);
    }
  }
}

TEST_CASE("a stack that is run anew for each token is planned for its longest run", "[laws][generator]") {
  for (const int64_t beams : {1, 3}) {
    INFO("beams " << beams);
    CountingAllocator allocator;
    const Context context = allocator.MakeContext(1);
    const Model model = OpenModel(context, Folder("reformer-lm"));
    const Config config = MakeConfig("generation");
    Set(config, "beams", beams);
    Set(config, "max_new_tokens", int64_t{200});
    Set(config, "stop_at_end", int64_t{0});
    const int64_t plan = PlanOf(model, config), before = allocator.bytes();
    const Generator generator = MakeGenerator(model, config);
    allocator.ResetPeak();
    Random random(3);
    Push(generator, RandomIds(random, model, 80));
    // Up to the last position.
    CHECK(Generate(generator).size() == static_cast<size_t>(ModelInt(model, "positions") - 80 + 1));
    CHECK(allocator.peak() - before <= plan);
    CHECK(allocator.peak() - before > plan / 2);
    CHECK(Number(generator, "bytes") <= plan);
  }
}

TEST_CASE("beside an encoder a generator's bytes are those it has, and its tokens take no more", "[laws][generator]") {
  for (const char* name : {"bart-base", "led-base"}) {
    for (const int64_t beams : {1, 4}) {
      INFO(name << ", beams " << beams);
      CountingAllocator allocator;
      const Context context = allocator.MakeContext(1);
      const Model model = OpenModel(context, Folder(name));
      const Config config = MakeConfig("generation");
      Set(config, "beams", beams);
      Set(config, "max_new_tokens", int64_t{10});
      const int64_t plan = PlanOf(model, config), before = allocator.bytes();
      const Generator generator = MakeGenerator(model, config);
      Random random(4);
      Push(generator, RandomIds(random, model, 40));
      Generated tokens;
      Some(generator, 1, tokens);
      const int64_t calls = allocator.calls(), bytes = Number(generator, "bytes");
      CHECK(allocator.bytes() - before == bytes);
      CHECK(bytes > plan);  // the source's rows, and their keys in each line
      Generate(generator);
      CHECK(allocator.calls() == calls);
    }
  }
}

}  // namespace
}  // namespace lwave::test
