// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Families that are stacks, as memories and streams: the bits of one pass whatever the splits, restored, forked, reset;
// and the same whether rows go through as they come or when the sequence is finished.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>
#include <vector>

#include "law_support.h"
#include "support/api.h"

namespace lwave::test {
namespace {

using Catch::Matchers::ContainsSubstring;

// Families that stream as they come.
const std::vector<std::string>& Streaming() {
  static const std::vector<std::string> names = {"gpt2-base", "gpt2-hub"};
  return names;
}

std::string Folder(const std::string& name) { return LWAVE_TEST_DATA "/models/tiny/" + name; }

// The rows of one pass.
std::vector<float> WholeRows(const Model& model, const std::vector<int32_t>& ids) {
  const Inputs inputs = MakeInputs(1, static_cast<int64_t>(ids.size()));
  Set(inputs, "ids", ids);
  return Run(model, inputs, LWAVE_LAST_HIDDEN_STATE);
}

// Pushes ids in random pieces into a memory, read in random portions.
std::vector<float> RowsInPieces(Random& random, const Model& model, const Memory& memory, const std::vector<int32_t>& ids,
                                size_t begin) {
  std::vector<float> rows;
  const int64_t hidden = ModelInt(model, "hidden");
  for (size_t at = begin; at < ids.size();) {
    const size_t count = static_cast<size_t>(Between(random, 0, static_cast<int64_t>(ids.size() - at)));
    PushRows(memory.get(), ids.data() + at, static_cast<int64_t>(count), hidden, Between(random, 1, 9), rows);
    at += count;
  }
  return rows;
}

TEST_CASE("a causal stack gives the bits of one pass for any split into calls", "[laws][threads]") {
  for (const std::string& name : Streaming()) {
    for (const int32_t threads : {1, 2}) {
      const Context context = MakeContext(threads);
      const Model model = OpenModel(context, Folder(name));
      for (uint64_t seed = 0; seed < Share(15); ++seed) {
        INFO(name << ", " << threads << " threads, seed " << seed);
        Random random(seed);
        const std::vector<int32_t> ids = RandomIds(random, model, Between(random, 1, 60));
        const Config config = MakeConfig();
        Set(config, "step_rows", Between(random, 1, 40));
        Set(config, "execution", "stream");
        const Memory memory = MakeMemory(model, config);
        std::vector<float> rows = RowsInPieces(random, model, memory, ids, 0);
        FinishRows(memory.get(), ModelInt(model, "hidden"), Between(random, 1, 9), rows);
        CHECK(Difference(WholeRows(model, ids), rows).empty());
        Set(config, "execution", "whole");
        CHECK(Difference(RowsOfIds(model, config, ids), rows).empty());
      }
    }
  }
}

TEST_CASE("a causal stack that was saved and loaded goes on with the same bits, and saves the same bytes again", "[laws]") {
  for (const std::string& name : Streaming()) {
    const Context context = MakeContext(2);
    const Model model = OpenModel(context, Folder(name));
    for (uint64_t seed = 0; seed < Share(15); ++seed) {
      INFO(name << ", seed " << seed);
      Random random(seed);
      const std::vector<int32_t> ids = RandomIds(random, model, Between(random, 2, 60));
      const size_t cut = static_cast<size_t>(Between(random, 0, static_cast<int64_t>(ids.size()) - 1));
      const Config config = MakeConfig();
      Set(config, "step_rows", Between(random, 1, 40));
      const std::vector<float> expected = RowsOfIds(model, config, ids);
      const Memory memory = MakeMemory(model, config);
      const std::vector<int32_t> before(ids.begin(), ids.begin() + static_cast<int64_t>(cut));
      std::vector<float> rows = RowsInPieces(random, model, memory, before, 0);
      const std::string saved = Save(memory.get());
      const Memory other = MakeMemory(model, config);
      Error error;
      error.Check(lwave_memory_load(other.get(), saved.data(), static_cast<int64_t>(saved.size()), error));
      CHECK(Save(other.get()) == saved);
      const std::vector<float> rest = RowsInPieces(random, model, other, ids, cut);
      rows.insert(rows.end(), rest.begin(), rest.end());
      FinishRows(other.get(), ModelInt(model, "hidden"), 7, rows);
      CHECK(Difference(expected, rows).empty());
      lwave_memory* fork = nullptr;
      error.Check(lwave_memory_fork(memory.get(), &fork, error));
      const Memory owned(fork);
      CHECK(Save(owned.get()) == saved);
    }
  }
}

TEST_CASE("vectors in place of ids give the bits of the ids they stand for", "[laws]") {
  for (const std::string& name : {std::string("gpt2-base"), std::string("bert-minilm")}) {
    INFO(name);
    const Context context = MakeContext(2);
    const Model model = OpenModel(context, Folder(name));
    const int64_t hidden = ModelInt(model, "hidden"), width = ModelInt(model, "embedding_width");
    Random random(7);
    std::vector<float> vectors(static_cast<size_t>(23 * hidden));
    for (float& number : vectors) number = static_cast<float>(Between(random, -1000, 1000)) / 500.0f;
    const Config config = MakeConfig();
    Set(config, "vectors", int64_t{1});
    Set(config, "passage_tokens", int64_t{9});
    const auto read = [&](const std::vector<int64_t>& cuts) {
      const Stream stream = MakeStream(model, config);
      std::vector<Item> items;
      int64_t at = 0;
      for (const int64_t cut : cuts) {
        while (at < cut) {
          Error error;
          int64_t taken = 0;
          const lwave_status status = lwave_stream_push_vectors(stream.get(), vectors.data() + at * hidden,
                                                                (cut - at) * hidden, &taken, error);
          if (status != LWAVE_OUTPUT_FULL) error.Check(status);
          at += taken;
          ReadAll(stream.get(), width, items);
        }
      }
      FinishStream(stream.get(), width, items);
      return items;
    };
    const std::vector<Item> once = read({23});
    REQUIRE(once.size() == 4);
    CHECK(Difference(once, read({1, 2, 10, 11, 23})).empty());

    // The document's vector is what a run over the same rows gives.
    const Inputs inputs = MakeInputs(1, 23);
    Set(inputs, "vectors", vectors);
    CHECK(Difference(once.back().vector, Run(model, inputs, LWAVE_SENTENCE_EMBEDDING)).empty());
  }
}

TEST_CASE("passages of a stack that are read alone have the bits of runs over their tokens", "[laws]") {
  const Context context = MakeContext(2);
  for (const std::string& name : {std::string("gpt2-base"), std::string("modernbert-base")}) {
    INFO(name);
    const Model model = OpenModel(context, Folder(name));
    Random random(11);
    const std::vector<int32_t> ids = RandomIds(random, model, 60);
    const Config config = MakeConfig();
    Set(config, "long", "alone");
    Set(config, "add_special_tokens", int64_t{0});
    Set(config, "passage_tokens", int64_t{20});
    Set(config, "full_up_to", int64_t{8});  // fewer rows than a passage has
    const std::vector<Item> items = ItemsOfIds(model, config, ids);
    REQUIRE(items.size() == 4);
    for (size_t i = 0; i < 3; ++i) {
      const Inputs inputs = MakeInputs(1, 20);
      const auto begin = ids.begin() + static_cast<int64_t>(20 * i);
      Set(inputs, "ids", std::vector<int32_t>(begin, begin + 20));
      CHECK(Difference(items[i].vector, Run(model, inputs, LWAVE_SENTENCE_EMBEDDING)).empty());
    }
  }
}

TEST_CASE("a stack that must see everything says which layer stands in the way of a stream", "[laws]") {
  const Context context = MakeContext(1);
  const Model model = OpenModel(context, Folder("reformer-base"));
  const Config config = MakeConfig();
  Set(config, "execution", "stream");
  Error error;
  lwave_stream* stream = nullptr;
  CHECK(lwave_stream_create(model.get(), config.get(), &stream, error) == LWAVE_UNSUPPORTED);
  CHECK_THAT(error.message(), ContainsSubstring("layer "));
}

}  // namespace
}  // namespace lwave::test
