// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Texts through a tokenizer that holds text back: nothing depends on how they come, runs that cannot be cut are
// errors that name their place or are cut and counted, and the plan knows what is held back.

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "law_support.h"

namespace lwave::test {
namespace {

const char* const kRoberta = LWAVE_TEST_DATA "/models/tiny/roberta-mlm";

Window ShortWindow() {
  Window window;
  window.left = {3}, window.right = {2};
  window.full_up_to = 0;
  window.passage_tokens = 9;
  return window;
}

TEST_CASE("a text of byte pairs split anywhere gives the items of one push", "[laws]") {
  const Model model = OpenModel(MakeContext(1), kRoberta);
  const Config config = ToConfig(ShortWindow());
  Set(config, "held_back", int64_t{256});
  const std::string text = NastyText() + " And a <mask> with\r\n\r\nmore. " + NastyText();
  const std::vector<Item> whole = ItemsOfText(model, config, text);
  REQUIRE(whole.size() > 3);
  for (size_t cut = 0; cut <= text.size(); cut += 7) {
    INFO("cut at byte " << cut);
    Reader reader(model, config);
    reader.Text(text.substr(0, cut));
    reader.Read();
    reader.Text(text.substr(cut));
    REQUIRE(Difference(whole, reader.Finish()) == "");
  }
  for (const size_t piece : {1, 5, 64}) {
    Reader reader(model, config);
    for (size_t at = 0; at < text.size(); at += piece) reader.Text(text.substr(at, piece));
    REQUIRE(Difference(whole, reader.Finish()) == "");
  }
}

TEST_CASE("a run that cannot be cut is an error naming its byte, or is cut and counted", "[laws]") {
  const Model model = OpenModel(MakeContext(1), kRoberta);
  const std::string text = "Two words" + std::string(3000, ' ') + "and more.";
  const Config config = ToConfig(ShortWindow());
  Set(config, "held_back", int64_t{1024});
  {
    const Stream stream = MakeStream(model, config);
    lwave_error error = {};
    int64_t taken = 0;
    lwave_status status = LWAVE_OK;
    for (size_t at = 0; at < text.size() && status == LWAVE_OK; at += static_cast<size_t>(taken)) {
      status = lwave_stream_push_text(stream.get(), text.data() + at, static_cast<int64_t>(text.size() - at), &taken,
                                      &error);
    }
    INFO(error.message);
    CHECK(status == LWAVE_CAPACITY_EXCEEDED);
    // The last word before the run is not known to end before what follows is looked at.
    CHECK(std::string(error.message).find("from byte 3 ") != std::string::npos);
    CHECK(lwave_stream_finish(stream.get(), &error) == LWAVE_CAPACITY_EXCEEDED);
  }
  Set(config, "split_long", int64_t{1});
  const Stream stream = MakeStream(model, config);
  std::vector<Item> items;
  const int64_t width = ModelInt(model, "hidden");
  PushText(stream.get(), text, width, items);
  FinishStream(stream.get(), width, items);
  CHECK(StreamInt(stream, "split_words") == 3);
  CHECK(StreamInt(stream, "bytes_taken") == static_cast<int64_t>(text.size()));
}

TEST_CASE("the plan counts what a tokenizer may hold back", "[laws]") {
  const Model model = OpenModel(MakeContext(1), kRoberta);
  int64_t before = 0;
  for (const int64_t held_back : {256, 4096, 65536}) {
    const Config config = ToConfig(ShortWindow());
    Set(config, "held_back", held_back);
    const int64_t bytes = StreamPlan(model, config).bytes;
    CHECK(bytes > before + held_back);
    const Stream stream = MakeStream(model, config);
    CHECK(StreamInt(stream, "bytes") == bytes);
    before = bytes;
  }
}

}  // namespace
}  // namespace lwave::test
