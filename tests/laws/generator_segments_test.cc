// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Generators of models whose rows depend on where segments end: what is pushed before a token is one segment, in however
// many calls it comes.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>
#include <vector>

#include "generator_support.h"

namespace lwave::test {
namespace {

// Pushes in random pieces, some of them empty; sometimes through a snapshot.
Generator PushPieces(const Model& model, Generator generator, const std::vector<int32_t>& ids, Random& random) {
  for (size_t at = 0; at < ids.size();) {
    const int64_t count = Between(random, 0, std::min<int64_t>(7, static_cast<int64_t>(ids.size() - at)));
    const auto begin = ids.begin() + static_cast<int64_t>(at);
    Push(generator, std::vector<int32_t>(begin, begin + count));
    at += static_cast<size_t>(count);
    if (random() % 4 == 0) generator = Restored(model, Save(generator));
    if (random() % 4 == 0) generator = Forked(generator);
  }
  return generator;
}

TEST_CASE("a turn is one segment whatever the pushes, over turns, snapshots and forks", "[laws][generator]") {
  for (const char* name : {"transfoxl-base", "transfoxl-plain"}) {
    const Context context = MakeContext(1);
    const Model model = OpenModel(context, Folder(name));
    for (uint64_t seed = 0; seed < Share(30); ++seed) {
      INFO(name << ", seed " << seed);
      Random random(seed);
      const Config config = RandomGeneration(seed, 5);
      const Generator whole = MakeGenerator(model, config);
      Generator pieces = MakeGenerator(model, config);
      for (int turn = 0; turn < 3; ++turn) {
        const std::vector<int32_t> ids = RandomIds(random, model, Between(random, 1, 30));
        Push(whole, ids);
        pieces = PushPieces(model, std::move(pieces), ids, random);
        CHECK(All(pieces) == All(whole));
        CHECK(Number(pieces, "prompt_tokens") == Number(whole, "prompt_tokens"));
      }
    }
  }
}

TEST_CASE("a segment that grows too long over pushes is refused, and the push that did is not taken", "[laws][generator]") {
  const Context context = MakeContext(1);
  const Model model = OpenModel(context, Folder("transfoxl-plain"));
  const Config config = MakeConfig("generation");
  Set(config, "max_tokens", int64_t{20});
  Set(config, "max_new_tokens", int64_t{5});
  Random random(1);
  const std::vector<int32_t> ids = RandomIds(random, model, 12), more = RandomIds(random, model, 9);
  const Generator whole = MakeGenerator(model, config), refused = MakeGenerator(model, config);
  Push(whole, ids);
  Push(refused, ids);
  Error error;
  CHECK(lwave_generator_push_ids(refused.get(), more.data(), 9, error) == LWAVE_CAPACITY_EXCEEDED);
  CHECK(All(refused) == All(whole));
  // The next turn begins with the last token, which no segment has taken yet.
  const std::vector<int32_t> full = RandomIds(random, model, 20);
  CHECK(lwave_generator_push_ids(refused.get(), full.data(), 20, error) == LWAVE_CAPACITY_EXCEEDED);
  for (const Generator* one : {&refused, &whole}) Push(*one, std::vector<int32_t>(full.begin(), full.end() - 1));
  CHECK(All(refused) == All(whole));
}

}  // namespace
}  // namespace lwave::test
