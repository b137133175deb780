// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Budget: the bytes a stream or memory may ever use are known before it is created and never exceeded. Beyond
// the context's allocator, operator new is counted too: reading a document calls neither.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <functional>

#include "failing_new.h"
#include "host.h"
#include "law_support.h"

namespace lwave::test {
namespace {

struct Facts {
  int64_t tokens = 0, items = 0;
};

// Runs a whole document through a stream with `next` giving its pieces (empty: the end); nothing of this program
// allocates while the library is called.
Facts DriveText(const Stream& stream, int64_t width, const std::function<const std::string&()>& next) {
  std::vector<float> vector(static_cast<size_t>(width));
  Facts facts;
  int64_t allocated = 0;
  const auto drain = [&] {
    for (int32_t kind = LWAVE_ITEM_PASSAGE; kind != LWAVE_ITEM_NONE;) {
      int64_t ranges[4];
      REQUIRE(lwave_stream_read(stream.get(), &kind, vector.data(), width, ranges, nullptr, nullptr) == LWAVE_OK);
      facts.items += kind != LWAVE_ITEM_NONE ? 1 : 0;
    }
  };
  for (const std::string* piece = &next(); !piece->empty(); piece = &next()) {
    for (size_t at = 0; at < piece->size();) {
      int64_t taken = 0;
      ArmNew(0);
      const lwave_status status = lwave_stream_push_text(
          stream.get(), piece->data() + at, static_cast<int64_t>(piece->size() - at), &taken, nullptr);
      allocated += DisarmNew();
      at += static_cast<size_t>(taken);
      REQUIRE((status == LWAVE_OK || status == LWAVE_OUTPUT_FULL));
      drain();
    }
  }
  for (lwave_status status = LWAVE_OUTPUT_FULL; status != LWAVE_OK;) {
    ArmNew(0);
    status = lwave_stream_finish(stream.get(), nullptr);
    allocated += DisarmNew();
    REQUIRE((status == LWAVE_OK || status == LWAVE_OUTPUT_FULL));
    drain();
  }
  CHECK(allocated == 0);
  facts.tokens = StreamInt(stream, "tokens");
  return facts;
}

// Creates within the plan, reads until `tokens` have gone through, and looks at every byte on the way.
void CheckBudget(const std::string& directory, const Config& config, const std::string& text, int64_t tokens) {
  CountingAllocator allocator;
  {
    const Context context = allocator.MakeContext(1);
    const Model model = OpenModel(context, directory);
    const int64_t width = ModelInt(model, "embedding_width");
    const int64_t opened = allocator.bytes();
    Error error;
    error.Check(lwave_model_prepare(model.get(), error));
    CHECK(allocator.bytes() - opened == ModelInt(model, "packed_bytes"));

    const Plan plan = StreamPlan(model, config);
    const int64_t before = allocator.bytes();
    allocator.ResetPeak();
    const Stream stream = MakeStream(model, config);
    CHECK(allocator.peak() - before <= plan.bytes);
    CHECK(allocator.bytes() - before == StreamInt(stream, "bytes"));

    const int64_t calls = allocator.calls();
    const std::string none;
    int64_t pushed = 0;
    const Facts facts = DriveText(stream, width, [&]() -> const std::string& {
      const bool enough = StreamInt(stream, "tokens") >= tokens;
      pushed += enough ? 0 : static_cast<int64_t>(text.size());
      return enough ? none : text;
    });
    CHECK(facts.tokens >= tokens);
    CHECK(facts.items > 1);
    CHECK(StreamInt(stream, "bytes_taken") == pushed);
    CHECK(allocator.calls() == calls);
    CHECK(allocator.peak() - before <= plan.bytes);
  }
  CHECK(allocator.bytes() == 0);
  CHECK(!allocator.misused());
}

TEST_CASE("reading a long text takes the planned bytes and allocates nothing on the way", "[laws]") {
  for (const std::string& directory : TinyBerts()) {
    INFO(directory);
    CheckBudget(directory, ToConfig(Window()), NastyText(), 5000);
    Window other;
    other.queue = 1, other.step_rows = 128, other.sinks = 0, other.full_up_to = 64, other.passage_tokens = 254;
    CheckBudget(directory, ToConfig(other), NastyText(), 5000);
  }
  for (const char* reading : {"alone", "truncate"}) {
    INFO(reading);
    const Config config = MakeConfig();
    Set(config, "long", reading);
    Set(config, "passage_tokens", 20);
    CheckBudget(kEmbedder, config, NastyText(), 5000);
  }
}

TEST_CASE("the shipped model reads within its plan", "[laws]") {
  CheckBudget(kMinilm, Config(), HandbookText(0, 9000), 3000);
}

TEST_CASE("a million tokens of text stay within the plan", "[laws][slow]") {
  CheckBudget(kEmbedder, ToConfig(Window()), HandbookText(0, 100000) + NastyText(), 1000000);
}

TEST_CASE("a million ids of every tiny model's memory stay within the plan", "[laws][slow]") {
  for (const std::string& directory : {std::string(kEmbedder), TinyRobertas()[0]}) {
    INFO(directory << " seed 800");
    CountingAllocator allocator;
    const Context context = allocator.MakeContext(1);
    const Model model = OpenModel(context, directory);
    const Config config = ToConfig(Window());
    Error error;
    error.Check(lwave_model_prepare(model.get(), error));
    const Plan plan = MemoryPlan(model, config);
    const int64_t before = allocator.bytes();
    allocator.ResetPeak();
    const Memory memory = MakeMemory(model, config);
    CHECK(allocator.bytes() - before == plan.bytes);
    const int64_t calls = allocator.calls(), hidden = ModelInt(model, "hidden");
    Random random(800);
    const std::vector<int32_t> ids = RandomIds(random, model, 5000);
    std::vector<float> rows(static_cast<size_t>(6000 * hidden));
    int64_t news = 0, emitted = 0;
    for (int repeat = 0; repeat < 200; ++repeat) {
      int64_t taken = 0, written = 0;
      ArmNew(0);
      const lwave_status status = lwave_memory_push(memory.get(), ids.data(), 5000, &taken, rows.data(), 6000 * hidden,
                                                    &written, nullptr);
      news += DisarmNew();
      REQUIRE(status == LWAVE_OK);
      emitted += written;
    }
    CHECK(news == 0);
    CHECK(MemoryInt(memory, "position") == 1000000);
    CHECK(emitted > 1000000 - plan.steady_rows - 16);
    CHECK(allocator.calls() == calls);
    CHECK(allocator.peak() - before == plan.bytes);
  }
}

TEST_CASE("random readings are created within their plan and load within load_bytes", "[laws]") {
  for (const std::string& directory : TinyModels()) {
    CountingAllocator allocator;
    {
      const Context context = allocator.MakeContext(3);
      const Model model = OpenModel(context, directory);
      Error error;
      error.Check(lwave_model_prepare(model.get(), error));
      for (uint64_t seed = 810; seed < 810 + Share(30); ++seed) {
        Random random(seed);
        const Window window = RandomWindow(random, model);
        INFO(directory << " seed " << seed << " " << ToString(window));
        const Config config = ToConfig(window);
        const Plan plan = StreamPlan(model, config);
        const int64_t before = allocator.bytes();
        allocator.ResetPeak();
        Reader reader(model, config);
        CHECK(allocator.peak() - before <= plan.bytes);
        reader.Ids(RandomIds(random, model, Between(random, 0, 150)));
        const std::string snapshot = Save(reader.get());
        CHECK(allocator.peak() - before <= plan.bytes);

        const int64_t loaded = allocator.bytes();
        error.Check(lwave_stream_load(reader.get(), snapshot.data(), static_cast<int64_t>(snapshot.size()), error));
        CHECK(allocator.peak() - loaded <= plan.load_bytes);
        CHECK(allocator.bytes() == loaded);

        const Plan memory_plan = MemoryPlan(model, config);
        const Memory memory = MakeMemory(model, config);
        CHECK(allocator.bytes() - loaded <= memory_plan.bytes);
        const std::string memory_snapshot = Save(memory.get());
        const int64_t with_memory = allocator.bytes();
        allocator.ResetPeak();
        error.Check(lwave_memory_load(memory.get(), memory_snapshot.data(),
                                      static_cast<int64_t>(memory_snapshot.size()), error));
        CHECK(allocator.peak() - with_memory <= memory_plan.load_bytes);
        CHECK(allocator.bytes() == with_memory);
      }
    }
    CHECK(allocator.bytes() == 0);
    CHECK(!allocator.misused());
  }
}

TEST_CASE("forward with a workspace allocates nothing, in full and through the window it was made for", "[laws]") {
  for (const std::string& directory : TinyModels()) {
    CountingAllocator allocator;
    const Context context = allocator.MakeContext(1);
    const Model model = OpenModel(context, directory);
    Window window;
    const Config config = ToConfig(window), equal = ToConfig(window);
    window.left = {3};
    const Config another = ToConfig(window);
    constexpr int64_t kBatch = 2, kTokens = 50;
    const Workspace workspace = MakeWorkspace(model, config, kBatch, kTokens);
    Random random(850);
    Batch batch;
    batch.batch = kBatch, batch.tokens = kTokens;
    batch.ids = RandomIds(random, model, kBatch * kTokens);
    const Config none;
    for (const int32_t output : {LWAVE_LAST_HIDDEN_STATE, LWAVE_HIDDEN_STATES, LWAVE_SENTENCE_EMBEDDING}) {
      std::vector<float> result(static_cast<size_t>(OutputSize(model, batch, output)));
      for (const Config* each : {&config, &equal, &none}) {
        INFO(directory << " output " << output << (each == &none ? " in full" : " window") << ", seed 850");
        const int64_t calls = allocator.calls();
        ArmNew(0);
        const lwave_status status = lwave_model_forward(model.get(), workspace.get(), each->get(), batch.ids.data(),
                                                        nullptr, nullptr, kBatch, kTokens, output, result.data(),
                                                        static_cast<int64_t>(result.size()), nullptr);
        CHECK(DisarmNew() == 0);
        REQUIRE(status == LWAVE_OK);
        CHECK(allocator.calls() == calls);
        CHECK(Difference(Forward(model, *each, batch, output), result) == "");
      }
      // A window that the workspace was not made for is read as it says, not as the workspace's.
      const std::vector<float> expected = Forward(model, another, batch, output);
      CHECK(Difference(expected, Forward(model, another, batch, output, workspace.get())) == "");
      CHECK(Difference(expected, result) != "");
    }
  }
}

}  // namespace
}  // namespace lwave::test
