// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chunking of a memory's rows, and that streaming equals the whole sequence at once, to the bit.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "law_support.h"

namespace lwave::test {
namespace {

std::vector<float> WholeSequence(const Model& model, const Config& config, const std::vector<int32_t>& ids) {
  return Forward(model, config, OneSequence(ids), LWAVE_LAST_HIDDEN_STATE);
}

// The rows through a memory, ids and room for rows cut at random.
std::vector<float> InRandomCalls(Random& random, const Model& model, const Config& config,
                                 const std::vector<int32_t>& ids) {
  const int64_t hidden = ModelInt(model, "hidden");
  const Memory memory = MakeMemory(model, config);
  std::vector<float> rows;
  for (int64_t at = 0, count = static_cast<int64_t>(ids.size()); at < count;) {
    const int64_t piece = std::min(count - at, Between(random, 0, 40));
    PushRows(memory.get(), ids.data() + at, piece, hidden, Between(random, 1, 20), rows);
    at += piece;
  }
  FinishRows(memory.get(), hidden, Between(random, 1, 20), rows);
  CHECK(MemoryInt(memory, "position") == static_cast<int64_t>(ids.size()));
  CHECK(MemoryInt(memory, "emitted") == static_cast<int64_t>(ids.size()));
  return rows;
}

TEST_CASE("a memory's rows equal the whole sequence's, however ids and room for rows are cut", "[laws]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : TinyModels()) {
    const Model model = OpenModel(context, directory);
    for (uint64_t seed = 200; seed < 200 + Share(40); ++seed) {
      Random random(seed);
      const Window window = RandomWindow(random, model);
      INFO(directory << " seed " << seed << " " << ToString(window));
      const Config config = ToConfig(window);
      const std::vector<int32_t> ids = RandomIds(random, model, Between(random, 1, 300));
      const std::vector<float> expected = WholeSequence(model, config, ids);
      REQUIRE(Difference(expected, RowsOfIds(model, config, ids)) == "");
      REQUIRE(Difference(expected, InRandomCalls(random, model, config, ids)) == "");
    }
  }
}

TEST_CASE("streaming equals the whole sequence for every length around limits, sinks and tiles", "[laws]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : TinyModels()) {
    const Model model = OpenModel(context, directory);
    Random random(7);
    std::vector<Window> windows(3);
    windows[1].sinks = 30, windows[1].full_up_to = 20, windows[1].step_rows = 5;  // sinks beyond the limit
    windows[2].sinks = 0, windows[2].full_up_to = 0, windows[2].left = {0}, windows[2].tile = 17;
    for (const Window& window : windows) {
      const Config config = ToConfig(window);
      for (int64_t length = 1; length <= 140; ++length) {
        INFO(directory << " " << length << " rows, seed 7, " << ToString(window));
        const std::vector<int32_t> ids = RandomIds(random, model, length);
        REQUIRE(Difference(WholeSequence(model, config, ids), RowsOfIds(model, config, ids)) == "");
      }
    }
  }
}

TEST_CASE("the shipped model streams to the bits of the whole sequence", "[laws]") {
  const Model model = OpenModel(MakeContext(1), kMinilm);
  const Config config = MakeConfig();
  Set(config, "long", "window");
  Random random(11);
  // full_up_to is 256, sinks 33, positions are tiled at 256: 256 + 223 begins the third tile.
  for (const int64_t length : {1, 2, 3, 32, 33, 34, 255, 256, 257, 258, 289, 321, 479, 480, 640}) {
    INFO(length << " rows, seed 11");
    const std::vector<int32_t> ids = RandomIds(random, model, length);
    const std::vector<float> expected = WholeSequence(model, config, ids);
    REQUIRE(Difference(expected, RowsOfIds(model, config, ids)) == "");
    REQUIRE(Difference(expected, InRandomCalls(random, model, config, ids)) == "");
  }
}

TEST_CASE("a sequence of at most full_up_to rows is the original model's", "[laws]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : TinyModels()) {
    INFO(directory);
    const Model model = OpenModel(context, directory);
    Random random(13);
    for (const int64_t length : {1, 2, 23, 24}) {
      const std::vector<int32_t> ids = RandomIds(random, model, length);
      const std::vector<float> original = WholeSequence(model, Config(), ids);
      CHECK(Difference(original, RowsOfIds(model, ToConfig(Window()), ids)) == "");
    }
  }
}

TEST_CASE("the rows of a step do not change a row", "[laws]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : TinyModels()) {
    const Model model = OpenModel(context, directory);
    Random random(17);
    const std::vector<int32_t> ids = RandomIds(random, model, 200);
    Window window;
    const std::vector<float> expected = WholeSequence(model, ToConfig(window), ids);
    for (window.step_rows = 1; window.step_rows <= 256; ++window.step_rows) {
      INFO(directory << " seed 17 step_rows " << window.step_rows);
      REQUIRE(Difference(expected, RowsOfIds(model, ToConfig(window), ids)) == "");
    }
  }
}

TEST_CASE("a row leaves neither before its context is in nor later than the plan's latency and a step say", "[laws]") {
  const Model model = OpenModel(MakeContext(1), kEmbedder);
  const int64_t hidden = ModelInt(model, "hidden");
  for (uint64_t seed = 300; seed < 300 + Share(30); ++seed) {
    Random random(seed);
    const Window window = RandomWindow(random, model);
    INFO("seed " << seed << " " << ToString(window));
    const Config config = ToConfig(window);
    const Plan plan = MemoryPlan(model, config);
    const std::vector<int32_t> ids = RandomIds(random, model, 300);
    const Memory memory = MakeMemory(model, config);
    std::vector<float> rows;
    for (int64_t at = 0; at < 300; ++at) {
      PushRows(memory.get(), ids.data() + at, 1, hidden, 64, rows);
      const int64_t emitted = MemoryInt(memory, "emitted");
      if (at < plan.first_rows) REQUIRE(emitted == 0);
      // Rows are fed in blocks of step_rows, so the newest block may still be incomplete.
      const int64_t fed = at - (window.step_rows - 1);
      if (fed >= plan.first_rows) REQUIRE(emitted >= fed - plan.steady_rows + 1);
    }
  }
}

}  // namespace
}  // namespace lwave::test
