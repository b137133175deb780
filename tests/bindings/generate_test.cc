// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Generators, scorers, inputs and lists of encodings behind the languages: results, statuses, and who may call what when.

#include <atomic>
#include <cmath>
#include <thread>

#include "binding_support.h"
#include "swig/encodings.h"
#include "swig/generator.h"
#include "swig/model_inputs.h"
#include "swig/scorer.h"

namespace lwave::bindings::test {
namespace {

std::unique_ptr<Model> CausalModel(Context& context) {
  return Own(Model::Open(&context, AsName(LWAVE_TEST_DATA "/models/tiny/gpt2-base")));
}

std::unique_ptr<Config> Tokens(int64_t count) {
  auto config = Own(Config::Create(AsName("generation")));
  config->SetInt(AsName("max_new_tokens"), count);
  config->SetInt(AsName("stop_at_end"), 0);
  REQUIRE(LastStatus() == LWAVE_OK);
  return config;
}

// Ids to the end.
std::vector<int64_t> Ids(Generator& generator) {
  std::vector<int64_t> ids;
  for (;;) {
    int64_t result[2] = {};
    std::vector<float> log_probability(1);
    REQUIRE(generator.Next(Out(result), Out(log_probability)) == LWAVE_OK);
    INFO(LastMessage());
    REQUIRE(LastStatus() == LWAVE_OK);
    if (result[1] != 0) return ids;
    CHECK(log_probability[0] < 0);
    ids.push_back(result[0]);
  }
}

TEST_CASE("A generator's fork and snapshot give the tokens that it gives itself", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto model = CausalModel(*context);
  const auto generator = Own(Generator::Create(model.get(), Tokens(12).get()));
  generator->PushText(AsText("one two three"), 1);
  REQUIRE(LastStatus() == LWAVE_OK);
  int64_t first[2] = {};
  REQUIRE(generator->Next(Out(first), {}) == LWAVE_OK);
  const auto fork = Own(generator->Fork());
  const Bytes snapshot = generator->Save();
  const auto restored =
      Own(Generator::Restore(model.get(), {snapshot.value.data(), static_cast<int64_t>(snapshot.value.size())}));
  const std::vector<int64_t> rest = Ids(*generator);
  CHECK(rest.size() == 11);
  CHECK(Ids(*fork) == rest);
  CHECK(Ids(*restored) == rest);
  CHECK(generator->GetInt(AsName("generated_tokens")) == 12);
  const std::string text = generator->TakeText().value;
  CHECK(!text.empty());
  CHECK(text.find('\0') == std::string::npos);
  CHECK(generator->TakeText().value.empty());
  CHECK(model->PlanGenerator(Tokens(12).get()) == generator->GetInt(AsName("bytes")));
}

TEST_CASE("Cancelling from another thread stops a generator, which can go on afterwards", "[bindings][threads]") {
  const auto context = Own(Context::Create(1));
  const auto model = CausalModel(*context);
  const auto generator = Own(Generator::Create(model.get(), Tokens(4).get()));
  generator->PushText(AsText("one two three"), 1);
  std::thread([&] { generator->Cancel(); }).join();
  int64_t result[2] = {};
  CHECK(generator->Next(Out(result), {}) == LWAVE_CANCELLED);
  CHECK(LastStatus() == LWAVE_OK);
  CHECK(Ids(*generator).size() == 4);
}

TEST_CASE("Closing a generator ends the call that goes on, and every later one", "[bindings][threads]") {
  const int64_t before = LiveHandles();
  {
    const auto context = Own(Context::Create(1));
    const auto model = CausalModel(*context);
    const auto config = Tokens(1 << 30);
    config->SetInt(AsName("left"), 16); // without end
    config->SetInt(AsName("sinks"), 2);
    const auto generator = Own(Generator::Create(model.get(), config.get()));
    generator->PushText(AsText("one two three"), 1);
    std::atomic<int> tokens{0};
    int32_t last = LWAVE_OK;
    std::thread thread([&] {
      int64_t result[2] = {};
      for (;;) {
        generator->Next(Out(result), {});
        last = LastStatus();
        if (last != LWAVE_OK) return;
        ++tokens;
      }
    });
    while (tokens < 3) std::this_thread::yield();
    generator->Close();
    thread.join();
    CHECK(last == kStatusClosed);
    generator->Cancel();
    CHECK(generator->Fork() == nullptr);
    CHECK(LastStatus() == kStatusClosed);
  }
  CHECK(LiveHandles() == before);
}

TEST_CASE("A scorer gives its tokens in pieces of any size, with their bytes, and a fork the same", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto model = CausalModel(*context);
  const auto config = Own(Config::Create(AsName("scoring")));
  config->SetInt(AsName("length"), 12);
  const auto scorer = Own(Scorer::Create(model.get(), config.get()));
  CHECK(model->PlanScorer(config.get()) == scorer->GetInt(AsName("bytes")));
  const std::string text = "one two three four five six seven eight nine ten eleven twelve";
  int64_t taken[1] = {};
  REQUIRE(scorer->PushText(AsText(text), Out(taken)) == LWAVE_OK);
  CHECK(taken[0] == static_cast<int64_t>(text.size()));
  const auto fork = Own(scorer->Fork());
  std::vector<std::vector<int64_t>> tokens;
  std::vector<std::vector<float>> scores;
  for (Scorer* one : {scorer.get(), fork.get()}) {
    REQUIRE(one->Finish() == LWAVE_OK);
    tokens.emplace_back();
    scores.emplace_back();
    for (;;) {
      int64_t piece[9] = {};
      std::vector<float> values(one == fork.get() ? 1 : 3);
      const int64_t count = one->Read(Out(piece), Out(values));
      REQUIRE(LastStatus() == LWAVE_OK);
      if (count == 0) break;
      tokens.back().insert(tokens.back().end(), piece, piece + 3 * count);
      scores.back().insert(scores.back().end(), values.begin(), values.begin() + count);
    }
    CHECK(static_cast<int64_t>(scores.back().size()) == one->GetInt(AsName("tokens")));
  }
  CHECK(tokens[0] == tokens[1]);
  CHECK(tokens[0].back() == static_cast<int64_t>(text.size()));
  double sum = 0;
  for (size_t i = 1; i < scores[0].size(); ++i) {
    CHECK(scores[0][i] == scores[1][i]);
    sum += static_cast<double>(scores[0][i]);
  }
  CHECK(std::abs(sum - scorer->GetFloat(AsName("log_probability"))) < 1e-4);
  int64_t small[2] = {};
  std::vector<float> value(1);
  scorer->Read(Out(small), Out(value));
  CHECK(LastStatus() == LWAVE_INVALID_ARGUMENT);
  scorer->PushText(AsText(text), Out(taken));
  CHECK(LastStatus() == LWAVE_INVALID_STATE);
  scorer->Close();
  scorer->Cancel();
  CHECK(scorer->GetFloat(AsName("perplexity")) == 0);
  CHECK(LastStatus() == kStatusClosed);
}

TEST_CASE("A run over inputs by name is a forward, and inputs are one thread's", "[bindings][threads]") {
  const auto context = Own(Context::Create(1));
  const auto model = TinyModel(*context);
  const auto inputs = Own(Inputs::Create(1, 4));
  const int32_t ids[4] = {2, 7, 8, 3};
  inputs->SetInts(AsName("ids"), {ids, 4});
  REQUIRE(LastStatus() == LWAVE_OK);
  const Longs shape = model->OutputShape(inputs.get(), LWAVE_LAST_HIDDEN_STATE);
  CHECK(shape.value == std::vector<int64_t>{1, 4, model->GetInt(AsName("hidden"))});
  std::vector<float> run(static_cast<size_t>(4 * shape.value[2])), forward(run.size());
  model->Run(nullptr, inputs.get(), LWAVE_LAST_HIDDEN_STATE, Out(run));
  CHECK(LastStatus() == LWAVE_OK);
  model->Forward(nullptr, nullptr, {ids, 4}, {}, {}, 1, 4, LWAVE_LAST_HIDDEN_STATE, Out(forward));
  CHECK(run == forward);
  model->Run(nullptr, nullptr, LWAVE_LAST_HIDDEN_STATE, Out(run));
  CHECK(std::string(LastMessage()) == "inputs must not be null");
  inputs->SetInts(AsName("no such input"), {ids, 4});
  CHECK(LastStatus() == LWAVE_INVALID_ARGUMENT);

  std::atomic<bool> wrong{false};
  std::atomic<int> busy{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      std::vector<float> rows(run.size());
      for (int i = 0; i < 100000 && busy == 0; ++i) {
        model->Run(nullptr, inputs.get(), LWAVE_LAST_HIDDEN_STATE, Out(rows));
        if (LastStatus() == kStatusBusy) {
          ++busy;
        } else if (LastStatus() != LWAVE_OK || rows != forward) {
          wrong = true;
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(busy > 0);
  CHECK_FALSE(wrong);
  inputs->Close();
  model->Run(nullptr, inputs.get(), LWAVE_LAST_HIDDEN_STATE, Out(run));
  CHECK(LastStatus() == kStatusClosed);
}

TEST_CASE("Packing that was cancelled is a failure with its status, and goes on in the next call", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto model = TinyModel(*context);
  int64_t progress[2] = {};
  model->Cancel();
  model->Prepare();
  CHECK(LastStatus() == LWAVE_CANCELLED);
  model->Cancel();
  CHECK(Stream::Create(model.get(), nullptr) == nullptr);
  CHECK(LastStatus() == LWAVE_CANCELLED);
  model->Progress(Out(progress));
  CHECK(progress[0] < progress[1]);
  model->Prepare();
  CHECK(LastStatus() == LWAVE_OK);
  model->Progress(Out(progress));
  CHECK(progress[0] == progress[1]);
}

TEST_CASE("Windows of a model's own tokenizer are read with eight numbers a token", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto model = TinyModel(*context);
  const auto tokenizer = Own(Tokenizer::OfModel(model.get()));
  model->Close(); // the tokenizer stays
  const auto windows = Own(Encodings::Create());
  windows->Add(tokenizer.get(), AsText("one two three four"), {}, 0, 1, 5, 1, LWAVE_LONGEST_FIRST, 0);
  REQUIRE(LastStatus() == LWAVE_OK);
  CHECK(windows->Size() > 1);
  windows->Pad(8, 0, 0, 0, 0);
  const Longs whole = tokenizer->Encode(AsText("one two three four"), {}, 0, 1);
  const std::vector<int64_t> first = windows->Read(0).value;
  REQUIRE(first.size() == 8 * 8);
  for (size_t t = 0; t < 4; ++t) {
    CHECK(first[8 * t] == whole.value[4 * t]);
    CHECK(first[8 * t + 2] == 1);
    CHECK(first[8 * t + 3] == (t == 0 ? 1 : 0));
    CHECK(first[8 * t + 6] == whole.value[4 * t + 2]);
    CHECK(first[8 * t + 7] == whole.value[4 * t + 3]);
  }
  CHECK(first[8 * 7 + 2] == 0);
  CHECK(first[8 * 7 + 4] == -1);
  windows->Read(windows->Size());
  CHECK(LastStatus() == LWAVE_INVALID_ARGUMENT);
  windows->Add(nullptr, AsText("one"), {}, 0, 1, 5, 1, LWAVE_LONGEST_FIRST, 0);
  CHECK(std::string(LastMessage()) == "tokenizer must not be null");
}

TEST_CASE("A stream takes vectors only where it was made for them", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto model = TinyModel(*context);
  const auto config = Own(Config::Create(AsName("stream")));
  config->SetText(AsName("long"), AsName("truncate"));
  const std::vector<float> rows(static_cast<size_t>(3 * model->GetInt(AsName("hidden"))), 0.5f);
  int64_t taken[1] = {};
  const auto plain = Own(Stream::Create(model.get(), config.get()));
  plain->PushVectors(In(rows), Out(taken));
  CHECK(LastStatus() == LWAVE_INVALID_STATE);
  config->SetInt(AsName("vectors"), 1);
  const auto stream = Own(Stream::Create(model.get(), config.get()));
  CHECK(stream->PushVectors(In(rows), Out(taken)) == LWAVE_OK);
  CHECK(taken[0] == 3);
  stream->PushText(AsText("text"), Out(taken));
  CHECK(LastStatus() == LWAVE_INVALID_STATE);
}

}  // namespace
}  // namespace lwave::bindings::test
