// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Chunking: any split of a text or of ids into calls gives the same items to the bit.

#include <catch2/catch_test_macros.hpp>

#include "law_support.h"

namespace lwave::test {
namespace {

// Windows that make a short text long, with several passages, more sinks than a step, and one kept in full.
std::vector<Window> HardWindows() {
  std::vector<Window> windows(3);
  windows[1].sinks = 20, windows[1].tile = 21, windows[1].step_rows = 7, windows[1].full_up_to = 0;
  windows[1].passage_tokens = 5, windows[1].right = {0}, windows[1].queue = 1;
  windows[2].full_up_to = 64, windows[2].passage_tokens = 33, windows[2].sinks = 0, windows[2].step_rows = 1;
  return windows;
}

void CheckEverySplit(const Model& model, const Window& window, const std::string& text, size_t stride) {
  INFO(ToString(window));
  const Config config = ToConfig(window);
  const std::vector<Item> whole = ItemsOfText(model, config, text);
  REQUIRE(whole.size() > 3);
  for (size_t cut = 0; cut <= text.size(); cut += stride) {
    INFO("cut at byte " << cut);
    Reader reader(model, config);
    reader.Text(text.substr(0, cut));
    if (cut % 2 == 0) reader.Read();
    reader.Text(text.substr(cut));
    REQUIRE(Difference(whole, reader.Finish()) == "");
  }
  for (const size_t piece : {1, 2, 3, 7, 16}) {
    INFO("in pieces of " << piece << " bytes");
    Reader reader(model, config);
    for (size_t at = 0; at < text.size(); at += piece) reader.Text(text.substr(at, piece));
    REQUIRE(Difference(whole, reader.Finish()) == "");
  }
}

TEST_CASE("a text split at any byte, and byte by byte, gives the items of one push", "[laws][wide]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : TinyBerts()) {
    INFO(directory);
    const Model model = OpenModel(context, directory);
    for (const Window& window : HardWindows()) CheckEverySplit(model, window, NastyText(), 1);
  }
}

TEST_CASE("the shipped model's items do not depend on where a text is split", "[laws]") {
  const Model model = OpenModel(MakeContext(1), kMinilm);
  Window window;
  window.left = {20}, window.right = {12};
  // 7 has no common factor with anything here, so that cuts fall into characters of every kind.
  CheckEverySplit(model, window, NastyText(), 7);
}

TEST_CASE("texts split at random give the items of one push", "[laws]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : TinyBerts()) {
    const Model model = OpenModel(context, directory);
    for (uint64_t seed = 0; seed < Share(40); ++seed) {
      Random random(seed);
      const Window window = RandomWindow(random, model);
      INFO(directory << " seed " << seed << " " << ToString(window));
      const Config config = ToConfig(window);
      const std::string text = RandomText(random, Between(random, 1, 120));
      const std::vector<Item> whole = ItemsOfText(model, config, text);
      const size_t longest = static_cast<size_t>(Between(random, 1, 60));
      Reader reader(model, config);
      for (size_t at = 0; at < text.size();) {
        const size_t piece = random() % (longest + 1);
        reader.Text(text.substr(at, piece));
        at += piece;
        if (random() % 3 == 0) reader.Read();
      }
      REQUIRE(Difference(whole, reader.Finish()) == "");
    }
  }
}

TEST_CASE("the shipped reading of a long text does not depend on the calls", "[laws]") {
  const Model model = OpenModel(MakeContext(1), kMinilm);
  const Config config = MakeConfig();  // the model's own window
  const std::string text = HandbookText(40000, 4500) + NastyText();
  const std::vector<Item> whole = ItemsOfText(model, config, text);
  REQUIRE(whole.size() > 4);
  for (uint64_t seed = 0; seed < Share(3); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    Reader reader(model, config);
    for (size_t at = 0; at < text.size();) {
      const size_t piece = seed == 0 ? 1 : static_cast<size_t>(Between(random, 0, 700));
      reader.Text(text.substr(at, piece));
      at += piece;
    }
    REQUIRE(Difference(whole, reader.Finish()) == "");
  }
}

TEST_CASE("ids split at random give the items of one push", "[laws]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : TinyModels()) {
    const Model model = OpenModel(context, directory);
    for (uint64_t seed = 100; seed < 100 + Share(30); ++seed) {
      Random random(seed);
      const Window window = RandomWindow(random, model);
      INFO(directory << " seed " << seed << " " << ToString(window));
      const Config config = ToConfig(window);
      const std::vector<int32_t> ids = RandomIds(random, model, Between(random, 1, 250));
      const std::vector<Item> whole = ItemsOfIds(model, config, ids);
      REQUIRE(!whole.empty());
      Reader reader(model, config);
      for (size_t at = 0; at < ids.size();) {
        const size_t piece = std::min(ids.size() - at, static_cast<size_t>(Between(random, 0, 30)));
        reader.Ids(ids.data() + at, static_cast<int64_t>(piece));
        at += piece;
        if (random() % 3 == 0) reader.Read();
      }
      REQUIRE(Difference(whole, reader.Finish()) == "");
    }
  }
}

TEST_CASE("neither the queue's size nor the rows of a step change an item", "[laws]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : {std::string(kEmbedder), std::string(kMinilm)}) {
    INFO(directory);
    const Model model = OpenModel(context, directory);
    Window window;
    window.queue = 1000;
    const std::vector<Item> expected = ItemsOfText(model, ToConfig(window), NastyText());
    window.queue = 1;
    CHECK(Difference(expected, ItemsOfText(model, ToConfig(window), NastyText())) == "");
    const int64_t stride = directory == kMinilm ? 37 : 1;
    for (window.step_rows = 1; window.step_rows <= 256; window.step_rows += stride) {
      INFO("step_rows " << window.step_rows);
      REQUIRE(Difference(expected, ItemsOfText(model, ToConfig(window), NastyText())) == "");
    }
  }
}

}  // namespace
}  // namespace lwave::test
