// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Threads: results do not depend on how many there are or who runs them.

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <thread>

#include "host.h"
#include "law_support.h"

namespace lwave::test {
namespace {

// Everything a model gives for one seed, in bytes.
struct Answers {
  std::string items_of_text, items_of_ids;
  std::vector<float> rows, in_full, vectors;
};

Answers Answer(const Context& context, const std::string& directory, int64_t scale) {
  const Model model = OpenModel(context, directory);
  const bool text = ModelInt(model, "has_tokenizer") != 0;
  Random random(500);
  Window window;
  window.specials = text;
  const Config config = ToConfig(window);
  const std::vector<int32_t> ids = RandomIds(random, model, 100 * scale);
  Answers answers;
  if (text) answers.items_of_text = Serialize(ItemsOfText(model, config, NastyText()));
  answers.items_of_ids = Serialize(ItemsOfIds(model, config, ids));
  answers.rows = RowsOfIds(model, config, ids);
  Batch batch;
  batch.batch = 3, batch.tokens = 50;
  batch.ids = RandomIds(random, model, 150);
  answers.in_full = Forward(model, Config(), batch, LWAVE_HIDDEN_STATES);
  answers.vectors = Forward(model, config, batch, LWAVE_SENTENCE_EMBEDDING);
  return answers;
}

void CheckSame(const Answers& expected, const Answers& got) {
  CHECK(expected.items_of_text == got.items_of_text);
  CHECK(expected.items_of_ids == got.items_of_ids);
  CHECK(Difference(expected.rows, got.rows) == "");
  CHECK(Difference(expected.in_full, got.in_full) == "");
  CHECK(Difference(expected.vectors, got.vectors) == "");
}

std::vector<std::string> ModelsWithShipped() {
  std::vector<std::string> models = TinyModels();
  models.push_back(kMinilm);
  return models;
}

TEST_CASE("one, two and three threads give the same bits", "[laws][threads]") {
  for (const std::string& directory : ModelsWithShipped()) {
    const int64_t scale = directory == kMinilm ? 2 : 4;
    const Answers expected = Answer(MakeContext(1), directory, scale);
    for (const int32_t threads : {2, 3}) {
      INFO(directory << " with " << threads << " threads, seed 500");
      CheckSame(expected, Answer(MakeContext(threads), directory, scale));
    }
  }
}

TEST_CASE("a caller's runner gives the same bits in any order, on real threads, and when it fails", "[laws][wide][threads]") {
  for (const std::string& directory : ModelsWithShipped()) {
    const Answers expected = Answer(MakeContext(1), directory, 1);
    for (const RunOrder order :
         {RunOrder::kForward, RunOrder::kReversed, RunOrder::kThreads, RunOrder::kHalf, RunOrder::kNothing}) {
      INFO(directory << " order " << static_cast<int>(order) << ", seed 500");
      HostRunner host;
      host.order = order;
      CheckSame(expected, Answer(host.MakeContext(3), directory, 1));
      CHECK(host.regions > 0);
      CHECK(!host.out_of_range);
    }
  }
}

TEST_CASE("streams of one model in several threads at once give the bits of one alone", "[laws][threads]") {
  for (const int32_t pool : {1, 2}) {
    const Context context = MakeContext(pool);
    const std::vector<Item> expected = ItemsOfText(OpenModel(context, kEmbedder), ToConfig(Window()), NastyText());
    const Model model = OpenModel(context, kEmbedder);  // its weights are packed by whoever comes first
    std::atomic<int> same{0};
    std::vector<std::thread> workers;
    for (int t = 0; t < 3; ++t) {
      workers.emplace_back([&] {
        for (int repeat = 0; repeat < 5; ++repeat) {
          same += Difference(expected, ItemsOfText(model, ToConfig(Window()), NastyText())).empty() ? 1 : 0;
        }
      });
    }
    for (std::thread& worker : workers) worker.join();
    CHECK(same == 15);
  }
}

TEST_CASE("a stream may move between threads", "[laws][threads]") {
  const Model model = OpenModel(MakeContext(2), kEmbedder);
  const std::string text = NastyText();
  const std::vector<Item> expected = ItemsOfText(model, ToConfig(Window()), text);
  Reader reader(model, ToConfig(Window()));
  for (size_t at = 0; at < text.size(); at += 50) {
    std::thread([&] { reader.Text(text.substr(at, 50)); }).join();
  }
  CHECK(Difference(expected, reader.Finish()) == "");
}

TEST_CASE("handles outlive the context and the model they were made from", "[laws][threads]") {
  Context context = MakeContext(3);
  Model model = OpenModel(context, kEmbedder);
  const std::vector<Item> expected = ItemsOfText(model, ToConfig(Window()), NastyText());
  Reader reader(model, ToConfig(Window()));
  context.reset();
  model.reset();
  reader.Text(NastyText());
  CHECK(Difference(expected, reader.Finish()) == "");
}

TEST_CASE("cancelling from another thread at any time loses nothing", "[laws][threads]") {
  const Model model = OpenModel(MakeContext(1), kEmbedder);
  const std::string text = NastyText() + NastyText() + NastyText();
  const std::vector<Item> expected = ItemsOfText(model, ToConfig(Window()), text);
  for (int repeat = 0; repeat < 10; ++repeat) {
    Reader reader(model, ToConfig(Window()));
    std::atomic<bool> stop{false};
    std::thread canceller([&] {
      while (!stop) {
        lwave_stream_cancel(reader.get());
        int64_t bytes = 0, tokens = 0, passages = 0;
        lwave_stream_progress(reader.get(), &bytes, &tokens, &passages);
        std::this_thread::yield();
      }
    });
    reader.Text(text);
    stop = true;
    canceller.join();
    CHECK(Difference(expected, reader.Finish()) == "");
  }
}

TEST_CASE("cancel and progress from another thread are safe while a stream loads", "[laws][threads]") {
  const Model model = OpenModel(MakeContext(1), kEmbedder);
  const std::string text = NastyText();
  Reader reader(model, ToConfig(Window()));
  reader.Text(text.substr(0, 301));
  const std::string snapshot = Save(reader.get());
  const int64_t taken = StreamInt(reader.stream(), "bytes_taken");
  std::atomic<bool> stop{false}, wrong{false};
  std::thread other([&] {
    while (!stop) {
      lwave_stream_cancel(reader.get());
      int64_t bytes = 0, tokens = 0, passages = 0;
      lwave_stream_progress(reader.get(), &bytes, &tokens, &passages);
      if (bytes != taken) wrong = true;
    }
  });
  Error error;
  for (int repeat = 0; repeat < 100; ++repeat) {
    error.Check(lwave_stream_load(reader.get(), snapshot.data(), static_cast<int64_t>(snapshot.size()), error));
  }
  stop = true;
  other.join();
  CHECK(!wrong);
  reader.Text(text.substr(301));
  CHECK(Difference(ItemsOfText(model, ToConfig(Window()), text), reader.Finish()) == "");
}

}  // namespace
}  // namespace lwave::test
