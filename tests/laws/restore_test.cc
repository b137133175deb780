// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Restore: saved anywhere, loaded in another process, a document goes on as if it had never stopped, and saving
// again gives the same bytes (which restore_main checks on its side).

#include <catch2/catch_test_macros.hpp>
#include <set>

#include "law_support.h"
#include "other_process.h"

namespace lwave::test {
namespace {

// Positions of a text worth saving at: all kinds of inner states, `count` of them.
std::set<size_t> Positions(Random& random, size_t size, size_t count) {
  std::set<size_t> positions = {0, 1, 2, 3, size};
  while (positions.size() < std::min(count, size + 1)) positions.insert(random() % (size + 1));
  return positions;
}

// Saves at each position: after one push that leaves results unread where the queue is large enough.
void SaveText(OtherProcess& other, const Model& model, const Config& config, const std::string& text,
              const std::set<size_t>& positions, const std::string& where) {
  const std::vector<Item> whole = ItemsOfText(model, config, text);
  Reader reader(model, config);
  size_t taken = 0;
  for (const size_t at : positions) {
    reader.Text(text.substr(taken, at - taken));
    taken = at;
    if (at % 3 == 0) reader.Read();
    const std::vector<Item> rest(whole.begin() + static_cast<int64_t>(reader.items.size()), whole.end());
    other.Add(Save(reader.get()), text.substr(at), Serialize(rest),
              where + " at byte " + std::to_string(at) + ", " + std::to_string(StreamInt(reader.stream(), "waiting")) +
                  " results unread");
  }
  CHECK(Difference(whole, reader.Finish()) == "");  // saving changed nothing
}

TEST_CASE("a text stream saved anywhere goes on in another process as if it had not stopped", "[laws]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : TinyBerts()) {
    INFO(directory);
    const Model model = OpenModel(context, directory);
    OtherProcess other;
    std::set<size_t> every = {NastyText().size()};  // the last one ends the text
    for (size_t at = 0; at <= NastyText().size(); at += kSanitized ? 5 : 1) every.insert(at);
    SaveText(other, model, ToConfig(Window()), NastyText(), every, "the nasty text");
    for (uint64_t seed = 600; seed < 600 + Share(12); ++seed) {
      Random random(seed);
      const Window window = RandomWindow(random, model);
      const std::string text = RandomText(random, Between(random, 1, 100));
      SaveText(other, model, ToConfig(window), text, Positions(random, text.size(), 12),
               "seed " + std::to_string(seed) + " " + ToString(window));
    }
    other.RunAndCheck(directory, "text");
  }
}

TEST_CASE("the shipped model's stream goes on in another process", "[laws]") {
  const Model model = OpenModel(MakeContext(1), kMinilm);
  Random random(620);
  OtherProcess other;
  Window window;
  SaveText(other, model, ToConfig(window), NastyText(), Positions(random, NastyText().size(), 20), "seed 620");
  // The model's own window: held back up to 256 rows, then long.
  const std::string text = HandbookText(90000, 2600);
  SaveText(other, model, MakeConfig(), text, {500, 1100, 1200, 1333, 2000, text.size()}, "the handbook");
  other.RunAndCheck(kMinilm, "text");
}

TEST_CASE("a stream of ids goes on in another process", "[laws]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : TinyModels()) {
    INFO(directory);
    const Model model = OpenModel(context, directory);
    OtherProcess other;
    for (uint64_t seed = 630; seed < 630 + Share(10); ++seed) {
      Random random(seed);
      const Window window = RandomWindow(random, model);
      const Config config = ToConfig(window);
      const std::vector<int32_t> ids = RandomIds(random, model, Between(random, 1, 200));
      const std::vector<Item> whole = ItemsOfIds(model, config, ids);
      for (int k = 0; k < 6; ++k) {
        const int64_t at = Between(random, 0, static_cast<int64_t>(ids.size()));
        Reader reader(model, config);
        reader.Ids(ids.data(), at);
        if (random() % 2 == 0) reader.Read();
        const std::vector<Item> rest(whole.begin() + static_cast<int64_t>(reader.items.size()), whole.end());
        other.Add(Save(reader.get()), ToBytes(std::vector<int32_t>(ids.begin() + at, ids.end())), Serialize(rest),
                  "seed " + std::to_string(seed) + " after " + std::to_string(at) + " ids, " + ToString(window));
      }
    }
    other.RunAndCheck(directory, "ids");
  }
}

TEST_CASE("a memory goes on in another process", "[laws]") {
  const Context context = MakeContext(1);
  std::vector<std::string> models = TinyModels();
  models.push_back(kMinilm);
  for (const std::string& directory : models) {
    INFO(directory << " seed 650");
    const Model model = OpenModel(context, directory);
    const int64_t hidden = ModelInt(model, "hidden");
    Random random(650);
    OtherProcess other;
    other.Options("left 9\nright 7\nsinks 5\ntile 40\nfull_up_to 24\npassage_tokens 12\nstep_rows 16\n");
    const Config config = ToConfig(Window());
    const std::vector<int32_t> ids = RandomIds(random, model, 150);
    const std::vector<float> whole = RowsOfIds(model, config, ids);
    for (const int64_t at : {0, 1, 5, 23, 24, 25, 26, 31, 32, 33, 40, 63, 64, 77, 100, 149, 150}) {
      const Memory memory = MakeMemory(model, config);
      std::vector<float> rows(static_cast<size_t>(150 * hidden));
      Error error;
      int64_t taken = 0, written = 0;
      // Room for few rows: finished ones wait inside and are saved with the rest.
      const int64_t capacity = at % 2 == 0 ? 150 : 3;
      const lwave_status status =
          lwave_memory_push(memory.get(), ids.data(), at, &taken, rows.data(), capacity * hidden, &written, error);
      REQUIRE((status == LWAVE_OK || status == LWAVE_OUTPUT_FULL));
      other.Add(Save(memory.get()), ToBytes(std::vector<int32_t>(ids.begin() + taken, ids.end())),
                ToBytes(std::vector<float>(whole.begin() + written * hidden, whole.end())),
                "after " + std::to_string(taken) + " ids");
    }
    other.RunAndCheck(directory, "rows");
  }
}

TEST_CASE("a stream loads a snapshot over whatever it held, and restarts from it any number of times", "[laws]") {
  const Model model = OpenModel(MakeContext(1), kEmbedder);
  const Config config = ToConfig(Window());
  const std::string text = NastyText();
  const std::vector<Item> whole = ItemsOfText(model, config, text);
  Reader first(model, config);
  first.Text(text.substr(0, 200));
  const std::string snapshot = Save(first.get());
  const std::vector<Item> rest(whole.begin() + static_cast<int64_t>(first.items.size()), whole.end());

  Reader other(model, config);
  Random random(660);
  INFO("seed 660");
  for (int repeat = 0; repeat < 8; ++repeat) {
    other.Text(RandomText(random, Between(random, 0, 60)));
    if (repeat % 2 == 1) other.Finish();
    Error error;
    error.Check(lwave_stream_load(other.get(), snapshot.data(), static_cast<int64_t>(snapshot.size()), error));
    CHECK(Save(other.get()) == snapshot);
    other.items.clear();
    other.Text(text.substr(200));
    if (repeat % 3 == 0) CHECK(Difference(rest, other.Finish()) == "");
    error.Check(lwave_stream_load(other.get(), snapshot.data(), static_cast<int64_t>(snapshot.size()), error));
  }
  CHECK(Save(first.get()) == snapshot);
}

}  // namespace
}  // namespace lwave::test
