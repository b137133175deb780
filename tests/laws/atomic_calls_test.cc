// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Atomic, when the caller errs, a snapshot is damaged or somebody cancels: the handle is as after its last
// completed step, the call says how much it took, and going on gives the same bits.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>

#include "law_support.h"

namespace lwave::test {
namespace {

TEST_CASE("bad arguments leave a stream as it was", "[laws]") {
  const Model model = OpenModel(MakeContext(1), kEmbedder);
  const Config config = ToConfig(Window());
  Reader reader(model, config);
  reader.Text(NastyText().substr(0, 301));
  lwave_stream* stream = reader.get();
  const std::string state = Save(stream);
  const int64_t width = reader.width();
  Error error;
  std::vector<float> vector(static_cast<size_t>(width + 1));
  int64_t taken = 7, needed = 0, ranges[4];
  int32_t kind = 0;
  const int32_t id = 5;
  char byte = 0;
  CHECK(lwave_stream_push_text(stream, nullptr, 3, &taken, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(taken == 0);
  CHECK(lwave_stream_push_text(stream, "abc", -1, &taken, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_stream_push_text(stream, "abc", 3, nullptr, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_stream_push_text(nullptr, "abc", 3, &taken, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_stream_push_text(stream, nullptr, 0, &taken, error) == LWAVE_OK);
  CHECK(lwave_stream_push_ids(stream, &id, 1, &taken, error) == LWAVE_INVALID_STATE);  // it reads text
  CHECK(lwave_stream_read(stream, &kind, vector.data(), width + 1, ranges, nullptr, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_stream_read(stream, &kind, nullptr, width, ranges, nullptr, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_stream_read(stream, nullptr, vector.data(), width, ranges, nullptr, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_stream_read(stream, &kind, vector.data(), width, nullptr, nullptr, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_stream_get_int(stream, "nothing", &needed, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_stream_save(stream, &byte, 1, &needed, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_stream_save(stream, nullptr, 9, &needed, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_stream_load(stream, nullptr, 9, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_stream_load(stream, &byte, -1, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(lwave_stream_fork(stream, nullptr, error) == LWAVE_INVALID_ARGUMENT);
  CHECK(Save(stream) == state);
  reader.Text(NastyText().substr(301));
  CHECK(Difference(ItemsOfText(model, config, NastyText()), reader.Finish()) == "");

  // Finished: only reading is left.
  lwave_stream* copy = nullptr;
  CHECK(lwave_stream_push_text(stream, "abc", 3, &taken, error) == LWAVE_INVALID_STATE);
  CHECK(lwave_stream_save(stream, nullptr, 0, &needed, error) == LWAVE_INVALID_STATE);
  CHECK(lwave_stream_fork(stream, &copy, error) == LWAVE_INVALID_STATE);
  CHECK(copy == nullptr);
  CHECK(lwave_stream_finish(stream, error) == LWAVE_OK);
  CHECK(ReadItem(stream, width).kind == LWAVE_ITEM_NONE);
}

TEST_CASE("an id out of the vocabulary is refused after those before it, and the rest goes on", "[laws]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : TinyModels()) {
    const Model model = OpenModel(context, directory);
    Window window;
    window.specials = ModelInt(model, "has_tokenizer") != 0;
    const Config config = ToConfig(window);
    for (uint64_t seed = 1000; seed < 1000 + Share(10); ++seed) {
      Random random(seed);
      const std::vector<int32_t> ids = RandomIds(random, model, 90);
      const int64_t at = Between(random, 0, 89);
      INFO(directory << " seed " << seed << ", wrong id at " << at);
      std::vector<int32_t> broken = ids;
      broken[static_cast<size_t>(at)] = random() % 2 == 0 ? -1 : static_cast<int32_t>(ModelInt(model, "vocabulary"));
      Error error;
      int64_t taken = 0, written = 0;

      Reader reader(model, config);
      lwave_status status = LWAVE_OUTPUT_FULL;
      int64_t total = 0;
      while (status == LWAVE_OUTPUT_FULL) {
        status = lwave_stream_push_ids(reader.get(), broken.data() + total, 90 - total, &taken, error);
        total += taken;
        reader.Read();
      }
      CHECK(status == LWAVE_INVALID_ARGUMENT);
      REQUIRE(total == at);
      reader.Ids(ids.data() + at, 90 - at);
      CHECK(Difference(ItemsOfIds(model, config, ids), reader.Finish()) == "");

      const int64_t hidden = ModelInt(model, "hidden");
      const Memory memory = MakeMemory(model, config);
      std::vector<float> rows(static_cast<size_t>(90 * hidden));
      CHECK(lwave_memory_push(memory.get(), broken.data(), 90, &taken, rows.data(), 90 * hidden, &written, error) ==
            LWAVE_INVALID_ARGUMENT);
      REQUIRE(taken == at);
      rows.resize(static_cast<size_t>(written * hidden));
      PushRows(memory.get(), ids.data() + at, 90 - at, hidden, 8, rows);
      FinishRows(memory.get(), hidden, 8, rows);
      CHECK(Difference(RowsOfIds(model, config, ids), rows) == "");
    }
  }
}

TEST_CASE("beyond its limit a stream that refuses says so and nothing else happens", "[laws]") {
  const Model model = OpenModel(MakeContext(1), kEmbedder);
  const Config config = MakeConfig();
  Set(config, "long", "refuse");
  Reader reader(model, config);
  Error error;
  int64_t taken = 0;
  const std::string text = NastyText();
  for (int repeat = 0; repeat < 3; ++repeat) {
    CHECK(lwave_stream_push_text(reader.get(), text.data(), static_cast<int64_t>(text.size()), &taken, error) ==
          LWAVE_CAPACITY_EXCEEDED);
  }
  CHECK(lwave_stream_finish(reader.get(), error) == LWAVE_CAPACITY_EXCEEDED);
  reader.Read();
  CHECK(reader.items.empty());
}

// Every truncation and a flip of every byte: refused as corrupt (or, for none here, as another model's).
template <typename Load, typename State>
void CheckDamage(const std::string& snapshot, size_t stride, const Load& load, const State& state) {
  const std::string before = state();
  for (size_t size = 0; size < snapshot.size(); size += stride) {
    INFO("cut to " << size << " of " << snapshot.size() << " bytes");
    REQUIRE(load(snapshot.substr(0, size)) == LWAVE_CORRUPT_DATA);
  }
  REQUIRE(load(snapshot + '\0') == LWAVE_CORRUPT_DATA);
  for (size_t at = 0; at < snapshot.size(); at += stride) {
    INFO("flipped at " << at << " of " << snapshot.size());
    std::string broken = snapshot;
    broken[at] = static_cast<char>(broken[at] ^ (1 << (at % 8)));
    REQUIRE(load(broken) == LWAVE_CORRUPT_DATA);
  }
  REQUIRE(state() == before);
}

TEST_CASE("a truncated or flipped snapshot is refused and the handle stays as it was", "[laws]") {
  const Model model = OpenModel(MakeContext(1), kEmbedder);
  const Config config = ToConfig(Window());
  Reader reader(model, config), other(model, config);
  reader.Text(NastyText().substr(0, 301));
  other.Text("Another state. " + NastyText().substr(100, 150));
  Error error;
  const auto load_stream = [&](const std::string& bytes) {
    return lwave_stream_load(reader.get(), bytes.data(), static_cast<int64_t>(bytes.size()), error);
  };
  const std::string held = Save(other.get());
  // Every byte of the part before the payload, and a sample of the rest.
  CheckDamage(held.substr(0), 11, load_stream, [&] { return Save(reader.get()); });
  for (size_t at = 0; at < std::min<size_t>(held.size(), 2000); ++at) {
    std::string broken = held;
    broken[at] = static_cast<char>(broken[at] ^ 0x10);
    INFO("flipped at " << at);
    REQUIRE(load_stream(broken) == LWAVE_CORRUPT_DATA);
  }
  reader.Text(NastyText().substr(301));
  CHECK(Difference(ItemsOfText(model, config, NastyText()), reader.Finish()) == "");

  const int64_t hidden = ModelInt(model, "hidden");
  Random random(1020);
  INFO("seed 1020");
  const std::vector<int32_t> ids = RandomIds(random, model, 100);
  const Memory memory = MakeMemory(model, config);
  std::vector<float> rows;
  PushRows(memory.get(), ids.data(), 60, hidden, 8, rows);
  CheckDamage(Save(memory.get()), 11,
              [&](const std::string& bytes) {
                return lwave_memory_load(memory.get(), bytes.data(), static_cast<int64_t>(bytes.size()), error);
              },
              [&] { return Save(memory.get()); });
  PushRows(memory.get(), ids.data() + 60, 40, hidden, 8, rows);
  FinishRows(memory.get(), hidden, 8, rows);
  CHECK(Difference(RowsOfIds(model, config, ids), rows) == "");
}

TEST_CASE("a snapshot of another model, other options or another kind is refused by name", "[laws]") {
  const Context context = MakeContext(1);
  const Model model = OpenModel(context, kEmbedder), another = OpenModel(context, TinyBerts()[0]);
  Window window;
  const Config config = ToConfig(window);
  window.left = {8};
  Reader reader(model, config), options(model, ToConfig(window)), foreign(another, config);
  for (Reader* each : {&reader, &options, &foreign}) each->Text(NastyText().substr(0, 301));
  const Memory memory = MakeMemory(model, config);
  const std::string before = Save(reader.get());
  for (const std::string& bytes : {Save(options.get()), Save(foreign.get()), Save(memory.get())}) {
    Error error;
    CHECK(lwave_stream_load(reader.get(), bytes.data(), static_cast<int64_t>(bytes.size()), error) == LWAVE_MISMATCH);
    CHECK(std::string(error.message()).size() > 10);
  }
  Error error;
  CHECK(lwave_memory_load(memory.get(), before.data(), static_cast<int64_t>(before.size()), error) == LWAVE_MISMATCH);
  CHECK(Save(reader.get()) == before);
}

// Cancels at random steps, by the callback or by a call made before.
struct Canceller {
  Random random;
  int64_t cancelled = 0;
  static int32_t Step(void* opaque, int64_t, int64_t, int64_t) {
    auto& self = *static_cast<Canceller*>(opaque);
    return self.random() % 3 == 0 ? 1 : 0;
  }
};

TEST_CASE("a cancelled push says how much it took, and going on gives the same bits", "[laws]") {
  const Context context = MakeContext(1);
  std::vector<std::string> models = TinyBerts();
  models.push_back(kMinilm);
  for (const std::string& directory : models) {
    const Model model = OpenModel(context, directory);
    for (uint64_t seed = 1030; seed < (directory == kMinilm ? 1032 : 1050); ++seed) {
      Random random(seed);
      const Window window = RandomWindow(random, model);
      INFO(directory << " seed " << seed << " " << ToString(window));
      const Config config = ToConfig(window);
      const std::string text = NastyText() + RandomText(random, 30);
      const std::vector<Item> expected = ItemsOfText(model, config, text);
      Reader reader(model, config);
      Canceller canceller{Random(seed)};
      Error error;
      error.Check(lwave_stream_set_progress(reader.get(), Canceller::Step, &canceller, error));
      for (size_t at = 0;;) {
        if (random() % 4 == 0) lwave_stream_cancel(reader.get());
        int64_t taken = 0;
        const lwave_status status = lwave_stream_push_text(reader.get(), text.data() + at,
                                                           static_cast<int64_t>(text.size() - at), &taken, error);
        at += static_cast<size_t>(taken);
        REQUIRE(StreamInt(reader.stream(), "bytes_taken") == static_cast<int64_t>(at));
        if (status == LWAVE_OUTPUT_FULL) reader.Read();
        if (status == LWAVE_CANCELLED) {
          ++canceller.cancelled;
          // What a cancelled call left is a sound state: it saves, loads and saves to the same bytes.
          const std::string saved = Save(reader.get());
          error.Check(lwave_stream_load(reader.get(), saved.data(), static_cast<int64_t>(saved.size()), error));
          REQUIRE(Save(reader.get()) == saved);
        }
        if (status == LWAVE_OK) break;
      }
      REQUIRE(Difference(expected, reader.Finish()) == "");
    }
  }
}

TEST_CASE("loading keeps the progress function and a cancel that waits, and shows where the loaded stream is", "[laws]") {
  const Model model = OpenModel(MakeContext(1), kEmbedder);
  const Config config = ToConfig(Window());
  const std::string text = NastyText();
  Reader ahead(model, config), reader(model, config);
  ahead.Text(text.substr(0, 301));
  const std::string snapshot = Save(ahead.get());
  const auto load = [&](const std::string& data) {
    return lwave_stream_load(reader.get(), data.data(), static_cast<int64_t>(data.size()), nullptr);
  };
  int64_t steps = 0, taken = 0;
  Error error;
  error.Check(lwave_stream_set_progress(
      reader.get(), [](void* opaque, int64_t, int64_t, int64_t) { return ++*static_cast<int64_t*>(opaque), 0; }, &steps,
      error));
  lwave_stream_cancel(reader.get());
  REQUIRE(load(snapshot) == LWAVE_OK);
  REQUIRE(load(snapshot.substr(1)) == LWAVE_CORRUPT_DATA);
  int64_t bytes = 0, tokens = 0, passages = 0;
  lwave_stream_progress(reader.get(), &bytes, &tokens, &passages);
  CHECK(bytes == StreamInt(ahead.stream(), "bytes_taken"));
  CHECK(tokens == StreamInt(ahead.stream(), "tokens"));
  CHECK(passages == StreamInt(ahead.stream(), "passages"));

  const std::string rest = text.substr(301);
  CHECK(lwave_stream_push_text(reader.get(), rest.data(), static_cast<int64_t>(rest.size()), &taken, error) ==
        LWAVE_CANCELLED);
  CHECK(steps == 1);
  reader.Text(rest.substr(static_cast<size_t>(taken)));
  CHECK(steps > 1);
  reader.items.insert(reader.items.begin(), ahead.items.begin(), ahead.items.end());
  CHECK(Difference(ItemsOfText(model, config, text), reader.Finish()) == "");
}

}  // namespace
}  // namespace lwave::test
