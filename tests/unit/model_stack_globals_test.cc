// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Longformer's second set of projections, for sequences that have no global token.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <memory>
#include <vector>

#include "attention_layer_fixture.h"
#include "base/random_numbers.h"
#include "model/stack_layers.h"
#include "model/stack_memory.h"
#include "model_checkpoint_support.h"
#include "stream/model.h"

namespace lwave::model {
namespace {

// A memory of the model's stack with these layers, and where it lives.
struct OwnedMemory {
  OwnedMemory(const stream::Model& model, const Weights& weights, const StackLayers& layers, const StackReading& reading) {
    const WholeStack::Parts parts = {&model.context(), model.spec().stack.get(), &weights.stack, &layers};
    Arena measure;
    StackMemory(measure, parts, reading);
    bytes = measure.used();
    REQUIRE(storage.Resize(model.context().allocator, static_cast<size_t>(bytes)).ok());
    Arena arena(absl::MakeSpan(storage.data(), storage.size()));
    memory = std::make_unique<StackMemory>(arena, parts, reading);
  }

  int64_t bytes = 0;
  Buffer<std::byte> storage;
  std::unique_ptr<StackMemory> memory;
};

std::vector<float> RowsOf(StackMemory& memory, const std::vector<int32_t>& ids, int64_t width, int64_t piece) {
  std::vector<float> rows;
  const auto drain = [&] {
    do {
      rows.insert(rows.end(), memory.WaitingRows(), memory.WaitingRows() + memory.waiting() * width);
      memory.Consume(memory.waiting());
    } while (memory.Step());
  };
  for (size_t at = 0; at < ids.size();) {
    const size_t count = std::min(static_cast<size_t>(piece), ids.size() - at);
    at += static_cast<size_t>(memory.Push(absl::MakeConstSpan(ids).subspan(at, count)));
    drain();
  }
  memory.Finish();
  drain();
  REQUIRE(memory.status().ok());
  return rows;
}

TEST_CASE("without a global token a Longformer has the bits of one whose second projections are computed too, in fewer bytes",
          "[unit][model]") {
  const auto model = stream::Model::Open(attention::TwoThreads(), Folder::OnDisk(testing::TinyModel("longformer-base")));
  REQUIRE(model.ok());
  const auto weights = (*model)->Prepare();
  REQUIRE(weights.ok());
  const StackSpec& spec = *(*model)->spec().stack;
  LayerSettings settings;
  settings.max_tokens = 120;
  settings.step_rows = 16;
  const auto layers = MakeLayers((*model)->context_ptr(), spec, (*model)->checkpoint(), settings);
  REQUIRE(layers.ok());
  std::vector<LayerOption> second_sets;
  for (size_t i = 0; i < spec.blocks.size(); ++i) {
    CHECK(layers->blocks[i].one_set.has_value());
    second_sets.push_back({static_cast<int64_t>(i), AttentionOption::Ints("global_projections", {1})});
  }
  settings.extra = second_sets;
  auto both = MakeLayers((*model)->context_ptr(), spec, (*model)->checkpoint(), settings);
  REQUIRE(both.ok());
  for (StackLayers::Block& block : both->blocks) block.one_set.reset();

  RandomNumbers random(3);
  std::vector<int32_t> ids(120);
  for (int32_t& id : ids) id = static_cast<int32_t>(random.Below(spec.vocabulary));
  for (const bool hold : {false, true}) {
    StackReading reading;
    reading.hold = hold;
    reading.max_rows = 120;
    reading.step_rows = 16;
    OwnedMemory one(**model, **weights, *layers, reading), two(**model, **weights, *both, reading);
    CHECK(one.bytes < two.bytes);
    const std::vector<float> rows = RowsOf(*one.memory, ids, spec.hidden, 7);
    const std::vector<float> expected = RowsOf(*two.memory, ids, spec.hidden, 31);
    REQUIRE(rows.size() == ids.size() * static_cast<size_t>(spec.hidden));
    REQUIRE(rows.size() == expected.size());
    CHECK(std::memcmp(rows.data(), expected.data(), rows.size() * sizeof(float)) == 0);
  }
}

TEST_CASE("layers keep their second projections where a sequence may have global tokens", "[unit][model]") {
  const auto model = stream::Model::Open(attention::TwoThreads(), Folder::OnDisk(testing::TinyModel("longformer-base")));
  REQUIRE(model.ok());
  const StackSpec& spec = *(*model)->spec().stack;
  LayerSettings settings;
  settings.most_globals = 4;
  const auto own = MakeLayers((*model)->context_ptr(), spec, (*model)->checkpoint(), settings);
  REQUIRE(own.ok());
  CHECK(!own->blocks[0].one_set.has_value());
  CHECK(own->blocks[0].attention->two_sets());
  settings.most_globals = 0;
  const std::vector<LayerOption> first = {{0, AttentionOption::Ints("global", {0})}};
  settings.extra = first;
  const auto fixed = MakeLayers((*model)->context_ptr(), spec, (*model)->checkpoint(), settings);
  REQUIRE(fixed.ok());
  CHECK(fixed->blocks[0].attention->two_sets());
  CHECK(!fixed->blocks[1].attention->two_sets());
}

}  // namespace
}  // namespace lwave::model
