// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Batch: the bits of a sequence's result do not depend on what else is in the batch.

#include <catch2/catch_test_macros.hpp>

#include "batch_slices.h"
#include "host.h"
#include "law_support.h"

namespace lwave::test {
namespace {

Batch RandomBatch(Random& random, const Model& model, int64_t sequences, int64_t tokens, bool types) {
  Batch batch;
  batch.batch = sequences, batch.tokens = tokens;
  batch.ids = RandomIds(random, model, sequences * tokens);
  for (int64_t i = 0; i < sequences * tokens; ++i) {
    // The first row of every sequence stays open; some sequences are open altogether.
    const bool open = i % tokens == 0 || (i / tokens) % 3 == 2 || random() % 4 != 0;
    batch.mask.push_back(open ? 1 : 0);
    if (types) batch.types.push_back(static_cast<int32_t>(random() % 2));
  }
  return batch;
}

Batch Sequence(const Batch& batch, int64_t index) {
  const auto part = [&](const std::vector<int32_t>& all) {
    if (all.empty()) return all;
    return std::vector<int32_t>(all.begin() + index * batch.tokens, all.begin() + (index + 1) * batch.tokens);
  };
  Batch one;
  one.tokens = batch.tokens;
  one.ids = part(batch.ids), one.mask = part(batch.mask), one.types = part(batch.types);
  return one;
}

void CheckBatch(const Model& model, const Config& config, const Batch& batch) {
  std::vector<int32_t> outputs = {LWAVE_LAST_HIDDEN_STATE, LWAVE_HIDDEN_STATES, LWAVE_SENTENCE_EMBEDDING,
                                  LWAVE_QUERIES, LWAVE_KEYS, LWAVE_VALUES};
  if (ModelInt(model, "has_pooler") != 0) outputs.push_back(LWAVE_POOLER_OUTPUT);
  for (const int32_t output : outputs) {
    const int64_t layers = ModelInt(model, "layers");
    const bool projected = output == LWAVE_QUERIES || output == LWAVE_KEYS || output == LWAVE_VALUES;
    const int64_t planes = output == LWAVE_HIDDEN_STATES ? layers + 1 : projected ? layers : 1;
    const std::vector<float> together = Forward(model, config, batch, output);
    for (int64_t i = 0; i < batch.batch; ++i) {
      INFO("output " << output << ", sequence " << i << " of " << batch.batch << " x " << batch.tokens);
      const std::vector<float> alone = Forward(model, config, Sequence(batch, i), output);
      REQUIRE(Difference(alone, Slice(together, planes, batch.batch, i)) == "");
    }
  }
}

TEST_CASE("a sequence's result does not depend on its batch, masks and types included", "[laws]") {
  const Context context = MakeContext(2);
  for (const std::string& directory : TinyModels()) {
    const Model model = OpenModel(context, directory);
    const bool types = directory.find("roberta") == std::string::npos;
    for (uint64_t seed = 400; seed < 400 + Share(25); ++seed) {
      Random random(seed);
      const Window window = RandomWindow(random, model);
      const bool windowed = seed % 2 == 0;
      INFO(directory << " seed " << seed << (windowed ? " window " + ToString(window) : " in full"));
      const Batch batch = RandomBatch(random, model, Between(random, 1, 9), Between(random, 1, windowed ? 120 : 60), types);
      CheckBatch(model, windowed ? ToConfig(window) : Config(), batch);
    }
  }
}

TEST_CASE("the shipped model's result does not depend on the batch", "[laws]") {
  const Model model = OpenModel(MakeContext(2), kMinilm);
  Random random(430);
  INFO("seed 430");
  CheckBatch(model, Config(), RandomBatch(random, model, 5, 47, true));
  const Config config = MakeConfig();
  Set(config, "long", "window");
  CheckBatch(model, config, RandomBatch(random, model, 3, 300, true));
}

TEST_CASE("a workspace, however large, changes no bit and nothing is allocated with it", "[laws]") {
  CountingAllocator allocator;
  {
    const Context context = allocator.MakeContext(2);
    for (const std::string& directory : TinyModels()) {
      const Model model = OpenModel(context, directory);
      Random random(440);
      INFO(directory << " seed 440");
      const Batch batch = RandomBatch(random, model, 4, 50, false);
      for (const bool windowed : {false, true}) {
        const Config config = windowed ? ToConfig(Window()) : Config();
        const std::vector<float> expected = Forward(model, config, batch, LWAVE_LAST_HIDDEN_STATE);
        for (const auto& [rows, tokens] : {std::pair<int64_t, int64_t>{4, 50}, {7, 64}}) {
          int64_t planned = 0;
          Error error;
          error.Check(lwave_workspace_plan(model.get(), config.get(), rows, tokens, &planned, error));
          const int64_t before = allocator.bytes();
          const Workspace workspace = MakeWorkspace(model, config, rows, tokens);
          CHECK(allocator.bytes() - before == planned);
          const int64_t calls = allocator.calls();
          for (int repeat = 0; repeat < 2; ++repeat) {
            CHECK(Difference(expected, Forward(model, config, batch, LWAVE_LAST_HIDDEN_STATE, workspace.get())) == "");
          }
          CHECK(allocator.calls() == calls);
        }
      }
    }
  }
  CHECK(allocator.bytes() == 0);
  CHECK(!allocator.misused());
}

}  // namespace
}  // namespace lwave::test
