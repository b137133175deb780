// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Fork: a fork and its origin never influence each other.

#include <catch2/catch_test_macros.hpp>

#include "law_support.h"

namespace lwave::test {
namespace {

Stream Fork(const Stream& stream) {
  Error error;
  lwave_stream* copy = nullptr;
  error.Check(lwave_stream_fork(stream.get(), &copy, error));
  return Stream(copy);
}

void CheckForks(const Model& model, const Config& config, const std::string& text, const std::string& other,
                size_t at) {
  INFO("forked at byte " << at);
  const std::vector<Item> expected = ItemsOfText(model, config, text);
  const std::vector<Item> expected_other = ItemsOfText(model, config, text.substr(0, at) + other);
  Reader origin(model, config);
  origin.Text(text.substr(0, at));
  const std::string saved = Save(origin.get());
  Reader fork(model, Fork(origin.stream()));
  fork.items = origin.items;
  REQUIRE(Save(fork.get()) == saved);

  // The fork goes another way, now ahead and now behind.
  fork.Text(other.substr(0, other.size() / 2));
  CHECK(Save(origin.get()) == saved);
  const std::string fork_saved = Save(fork.get());
  origin.Text(text.substr(at));
  CHECK(Save(fork.get()) == fork_saved);
  fork.Text(other.substr(other.size() / 2));
  CHECK(Difference(expected, origin.Finish()) == "");
  CHECK(Difference(expected_other, fork.Finish()) == "");
}

TEST_CASE("a stream's fork and its origin go their own ways", "[laws]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : TinyBerts()) {
    const Model model = OpenModel(context, directory);
    for (uint64_t seed = 700; seed < 700 + Share(30); ++seed) {
      Random random(seed);
      const Window window = RandomWindow(random, model);
      INFO(directory << " seed " << seed << " " << ToString(window));
      const std::string text = RandomText(random, Between(random, 1, 90));
      CheckForks(model, ToConfig(window), text, RandomText(random, Between(random, 1, 60)),
                 random() % (text.size() + 1));
    }
  }
  const Model shipped = OpenModel(context, kMinilm);
  CheckForks(shipped, ToConfig(Window()), NastyText(), "Something else. " + NastyText(), 300);
}

TEST_CASE("a fork outlives its origin, and the origin its fork", "[laws]") {
  const Model model = OpenModel(MakeContext(1), kEmbedder);
  const Config config = ToConfig(Window());
  const std::string text = NastyText();
  const std::vector<Item> expected = ItemsOfText(model, config, text);
  for (const bool origin_goes : {true, false}) {
    auto origin = std::make_unique<Reader>(model, config);
    origin->Text(text.substr(0, 250));
    auto fork = std::make_unique<Reader>(model, Fork(origin->stream()));
    fork->items = origin->items;
    (origin_goes ? origin : fork).reset();
    Reader& left = *(origin_goes ? fork : origin);
    left.Text(text.substr(250));
    CHECK(Difference(expected, left.Finish()) == "");
  }
}

TEST_CASE("a growing file is indexed by finishing forks, and its origin goes on", "[laws]") {
  const Model model = OpenModel(MakeContext(1), kEmbedder);
  const Config config = ToConfig(Window());
  const std::string text = NastyText();
  Reader origin(model, config);
  for (size_t at = 0; at <= text.size(); at += 31) {
    INFO("the file has " << at << " bytes");
    Reader fork(model, Fork(origin.stream()));
    fork.items = origin.items;
    REQUIRE(Difference(ItemsOfText(model, config, text.substr(0, at)), fork.Finish()) == "");
    origin.Text(text.substr(at, 31));
  }
  CHECK(Difference(ItemsOfText(model, config, text), origin.Finish()) == "");
}

TEST_CASE("a memory's fork and its origin go their own ways", "[laws]") {
  const Context context = MakeContext(1);
  for (const std::string& directory : TinyModels()) {
    const Model model = OpenModel(context, directory);
    const int64_t hidden = ModelInt(model, "hidden");
    for (uint64_t seed = 740; seed < 740 + Share(20); ++seed) {
      Random random(seed);
      const Window window = RandomWindow(random, model);
      INFO(directory << " seed " << seed << " " << ToString(window));
      const Config config = ToConfig(window);
      const int64_t at = Between(random, 0, 120);
      const std::vector<int32_t> first = RandomIds(random, model, 160);
      std::vector<int32_t> second(first.begin(), first.begin() + at);
      const std::vector<int32_t> tail = RandomIds(random, model, 70);
      second.insert(second.end(), tail.begin(), tail.end());

      const Memory origin = MakeMemory(model, config);
      std::vector<float> rows, other_rows;
      PushRows(origin.get(), first.data(), at, hidden, 9, rows);
      Error error;
      lwave_memory* copy = nullptr;
      error.Check(lwave_memory_fork(origin.get(), &copy, error));
      const Memory fork(copy);
      other_rows = rows;
      const std::string saved = Save(origin.get());
      CHECK(Save(fork.get()) == saved);
      PushRows(fork.get(), tail.data(), 70, hidden, 9, other_rows);
      CHECK(Save(origin.get()) == saved);
      PushRows(origin.get(), first.data() + at, 160 - at, hidden, 9, rows);
      FinishRows(fork.get(), hidden, 9, other_rows);
      FinishRows(origin.get(), hidden, 9, rows);
      CHECK(Difference(RowsOfIds(model, config, first), rows) == "");
      CHECK(Difference(RowsOfIds(model, config, second), other_rows) == "");
    }
  }
}

}  // namespace
}  // namespace lwave::test
