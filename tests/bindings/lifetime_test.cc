// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Whatever a program does with the objects, in whatever order and from whatever thread, is a status.

#include <atomic>
#include <chrono>
#include <thread>

#include "binding_support.h"

namespace lwave::bindings::test {
namespace {

// A handle that notices when it is freed while in use.
struct Probe {
  std::atomic<int> inside{0}, freed{0};
  std::atomic<bool> wrong{false};
};
void FreeProbe(Probe* probe) {
  if (probe->inside.load() != 0) probe->wrong = true;
  ++probe->freed;
}
using ProbeShell = Shell<Probe, FreeProbe>;

template <typename Use>
void Enter(const ProbeShell& shell) {
  lwave_error error = {};
  const Use use(shell, &error);
  if (!use) return;
  ++use.get()->inside;
  if (use.get()->freed.load() != 0) use.get()->wrong = true;
  --use.get()->inside;
}

TEST_CASE("A closed handle is freed once, by whoever is last, and no call is inside then", "[bindings][threads]") {
  for (int round = 0; round < 300; ++round) {
    Probe probe;
    ProbeShell shell(&probe, "probe");
    std::vector<std::thread> threads;
    std::atomic<bool> go{false};
    for (int t = 0; t < 5; ++t) {
      threads.emplace_back([&, t] {
        while (!go) std::this_thread::yield();
        if (t >= 3) shell.Close();
        for (int i = 0; i < 200; ++i) {
          if (t == 0) {
            Enter<ProbeShell::Alone>(shell);
          } else {
            Enter<ProbeShell::Shared>(shell);
          }
        }
      });
    }
    go = true;
    for (std::thread& thread : threads) thread.join();
    REQUIRE_FALSE(probe.wrong);
    REQUIRE(probe.freed == 1);
  }
}

TEST_CASE("Closing a layer while others compute with it ends every call in a result or in closed",
          "[bindings][threads]") {
  const int64_t before = LiveHandles();
  {
    const auto context = Own(Context::Create(1));
    for (int round = 0; round < 300; ++round) {
      const auto layer = SmallLayer(*context);
      std::vector<std::thread> threads;
      std::atomic<bool> wrong{false};
      std::atomic<int> running{0};
      for (int t = 0; t < 2; ++t) {
        threads.emplace_back([&] {
          const std::vector<float> row(8, 0.5f);
          std::vector<float> out(8);
          for (;;) {
            layer->Forward(nullptr, In(row), In(row), In(row), {}, 1, 1, 1, Out(out));
            ++running;
            if (LastStatus() == kStatusClosed) break;
            if (LastStatus() != LWAVE_OK || out != row) wrong = true;
          }
        });
      }
      while (running < 20) std::this_thread::yield();
      layer->Close();
      for (std::thread& thread : threads) thread.join();
      REQUIRE_FALSE(wrong);
    }
  }
  CHECK(LiveHandles() == before);
}

TEST_CASE("Use after close is a status, closing twice is nothing", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto layer = SmallLayer(*context);
  CHECK_FALSE(layer->IsClosed());
  layer->Close();
  layer->Close();
  CHECK(layer->IsClosed());
  CHECK(layer->GetInt(AsName("q_width")) == 0);
  CHECK(LastStatus() == kStatusClosed);
  CHECK(std::string(LastMessage()) == "the attention layer is closed");
  CHECK(Memory::CreateForAttention(layer.get()) == nullptr);
  CHECK(LastStatus() == kStatusClosed);
  CHECK(context->Threads() == 1);
  CHECK(LastStatus() == LWAVE_OK);
}

TEST_CASE("Children work after their parents were closed", "[bindings]") {
  auto context = Own(Context::Create(1));
  auto layer = SmallLayer(*context);
  auto model = TinyModel(*context);
  const auto memory = Own(Memory::CreateForAttention(layer.get()));
  const auto stream = Own(Stream::Create(model.get(), Alone(20, 4).get()));
  const int64_t width = model->GetInt(AsName("embedding_width"));
  context->Close();
  layer->Close();
  model->Close();
  context.reset(), layer.reset(), model.reset();

  const std::vector<float> row(8, 0.25f);
  std::vector<float> out(8);
  int64_t result[2] = {};
  CHECK(memory->Step(In(row), In(row), In(row), {}, 1, Out(out), Out(result)) == LWAVE_OK);
  CHECK(LastStatus() == LWAVE_OK);
  CHECK(out == row);
  std::vector<Item> items;
  int64_t taken[1] = {};
  CHECK(stream->PushText(AsText("the parents are gone"), Out(taken)) == LWAVE_OK);
  Finish(*stream, width, items);
  CHECK(items.size() == 2);
}

TEST_CASE("An object that takes one thread at a time says busy to the second", "[bindings]") {
  const auto context = Own(Context::Create(1));
  const auto layer = SmallLayer(*context);
  const auto memory = Own(Memory::CreateForAttention(layer.get()));
  const auto workspace = Own(Workspace::CreateForAttention(layer.get(), 4, 4));
  const std::vector<float> row(8, 1.0f);
  std::vector<float> out(8);
  int64_t result[2] = {};
  {
    const Memory::Handle::Alone other(memory->shell(), BeginCall());
    CHECK(memory->Step(In(row), In(row), In(row), {}, 1, Out(out), Out(result)) == kStatusBusy);
    CHECK(LastStatus() == kStatusBusy);
    CHECK(std::string(LastMessage()) == "the memory is in use by another thread; it takes one at a time");
    const Workspace::Handle::Alone scratch(workspace->shell(), BeginCall());
    layer->Forward(workspace.get(), In(row), In(row), In(row), {}, 1, 1, 1, Out(out));
    CHECK(LastStatus() == kStatusBusy);
  }
  CHECK(memory->Step(In(row), In(row), In(row), {}, 1, Out(out), Out(result)) == LWAVE_OK);
  layer->Forward(workspace.get(), In(row), In(row), In(row), {}, 1, 1, 1, Out(out));
  CHECK(LastStatus() == LWAVE_OK);
}

TEST_CASE("Two threads in one memory never run at once: each call is a result or busy", "[bindings][threads]") {
  const auto context = Own(Context::Create(1));
  const auto layer = SmallLayer(*context);
  const auto memory = Own(Memory::CreateForAttention(layer.get()));
  std::atomic<int64_t> rows{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      const std::vector<float> row(8, 1.0f);
      std::vector<float> out(8);
      for (int i = 0; i < 20;) {
        int64_t result[2] = {};
        const int32_t stop = memory->Step(In(row), In(row), In(row), {}, 1, Out(out), Out(result));
        if (stop == kStatusBusy) continue;
        rows += result[0];
        ++i;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(rows == 40);
  CHECK(memory->GetInt(AsName("position")) == 40);
}

TEST_CASE("Closing a stream stops the push that is going on", "[bindings][threads]") {
  const auto context = Own(Context::Create(1));
  const auto model = TinyModel(*context);
  for (int round = 0; round < 20; ++round) {
    const auto stream = Own(Stream::Create(model.get(), Alone(8, 16).get()));
    const int64_t width = model->GetInt(AsName("embedding_width"));
    std::atomic<bool> pushing{false};
    int32_t last = LWAVE_OK;
    std::thread pusher([&] {
      std::string text;
      for (int i = 0; i < 64; ++i) text += "one two three four five six. ";
      std::vector<float> vector(static_cast<size_t>(width));
      for (;;) {
        int64_t taken[1] = {}, numbers[7] = {};
        last = stream->PushText(AsText(text), Out(taken));
        pushing = true;
        if (LastStatus() != LWAVE_OK) break;
        while (stream->Read(Out(vector), Out(numbers)) != LWAVE_ITEM_NONE) continue;
      }
    });
    while (!pushing) std::this_thread::yield();
    int64_t progress[3] = {};
    stream->Progress(Out(progress));
    CHECK(LastStatus() == LWAVE_OK);
    CHECK(progress[0] > 0);
    stream->Close();
    pusher.join();
    CHECK(last == kStatusClosed);
  }
}

TEST_CASE("Cancelling from another thread stops a push, which can go on afterwards", "[bindings][threads]") {
  const auto context = Own(Context::Create(1));
  const auto model = TinyModel(*context);
  const auto stream = Own(Stream::Create(model.get(), Alone(8, 4096).get()));
  std::string text;
  for (int i = 0; i < 500; ++i) text += "one two three four five six. ";
  std::thread canceller([&] { stream->Cancel(); });
  int64_t done = 0, cancelled = 0;
  canceller.join();
  while (done < static_cast<int64_t>(text.size())) {
    int64_t taken[1] = {};
    const int32_t stop = stream->PushText(AsText(std::string_view(text).substr(static_cast<size_t>(done))), Out(taken));
    REQUIRE(LastStatus() == LWAVE_OK);
    REQUIRE((stop == LWAVE_OK || stop == LWAVE_CANCELLED));
    if (stop == LWAVE_CANCELLED) ++cancelled;
    done += taken[0];
  }
  CHECK(cancelled == 1);
}

TEST_CASE("Objects that were dropped unclosed leave nothing behind", "[bindings]") {
  const int64_t handles = LiveHandles(), objects = LiveObjects();
  {
    const auto context = Own(Context::Create(1));
    const auto layer = SmallLayer(*context);
    for (int i = 0; i < 100; ++i) {
      const auto memory = Own(Memory::CreateForAttention(layer.get()));
      const auto copy = Own(memory->Fork());
      if (i % 2 == 0) memory->Close();
    }
    CHECK(LiveHandles() == handles + 2);
    CHECK(LiveObjects() == objects + 2);
  }
  CHECK(LiveHandles() == handles);
  CHECK(LiveObjects() == objects);
}

}  // namespace
}  // namespace lwave::bindings::test
