// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Runners: every task once, whatever the threads and the host do.

#include "base/thread_pool.h"

#include <atomic>
#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <thread>
#include <vector>

namespace lwave {
namespace {

// Each index exactly once, thread numbers within bounds, no number used by two tasks at a time.
void CheckRunner(Runner& runner, int64_t count) {
  std::vector<std::atomic<int>> seen(static_cast<size_t>(count));
  std::vector<std::atomic<int>> inside(static_cast<size_t>(runner.threads()));
  std::atomic<int> wrong{0};
  runner.For(count, [&](int64_t index, int32_t thread) {
    if (thread < 0 || thread >= runner.threads()) {
      ++wrong;
      return;
    }
    if (inside[static_cast<size_t>(thread)].fetch_add(1) != 0) ++wrong;
    seen[static_cast<size_t>(index)].fetch_add(1);
    inside[static_cast<size_t>(thread)].fetch_sub(1);
  });
  CHECK(wrong == 0);
  for (const std::atomic<int>& times : seen) REQUIRE(times == 1);
}

TEST_CASE("A pool runs every task exactly once and names scratch that no other task uses", "[base][threads]") {
  for (int32_t threads : {1, 2, 3, 5}) {
    const std::unique_ptr<Runner> pool = MakeThreadPool(threads);
    CHECK(pool->threads() == threads);
    for (int64_t count : {0, 1, 2, 3, 7, 64, 1000}) CheckRunner(*pool, count);
  }
}

TEST_CASE("Thousands of short regions follow one another, with pauses in which workers sleep", "[base][threads]") {
  const std::unique_ptr<Runner> pool = MakeThreadPool(3);
  std::atomic<int64_t> sum{0};
  for (int i = 0; i < 3000; ++i) {
    pool->For(4, [&](int64_t index, int32_t) { sum += index; });
    if (i % 500 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(3));
  }
  CHECK(sum == 3000 * 6);
}

TEST_CASE("Several callers of one pool have all their tasks run", "[base][threads]") {
  const std::unique_ptr<Runner> pool = MakeThreadPool(2);
  std::atomic<int64_t> sum{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 3; ++c) {
    callers.emplace_back([&] {
      for (int i = 0; i < 200; ++i) pool->For(5, [&](int64_t, int32_t) { ++sum; });
    });
  }
  for (std::thread& caller : callers) caller.join();
  CHECK(sum == 3 * 200 * 5);
}

TEST_CASE("A caller that finds the workers at work computes on its own thread and does not wait", "[base][threads]") {
  const std::unique_ptr<Runner> pool = MakeThreadPool(2);
  std::atomic<bool> begun{false}, release{false};
  std::thread first([&] {
    pool->For(2, [&](int64_t, int32_t) {
      begun = true;
      while (!release) std::this_thread::yield();
    });
  });
  while (!begun) std::this_thread::yield();

  const std::thread::id own = std::this_thread::get_id();
  int64_t sum = 0, elsewhere = 0;
  pool->For(100, [&](int64_t index, int32_t thread) {
    sum += index;
    if (thread != 0 || std::this_thread::get_id() != own) ++elsewhere;
  });
  release = true;
  first.join();
  CHECK(sum == 4950);
  CHECK(elsewhere == 0);
}

TEST_CASE("A host's runner may run its jobs in any order, on any threads, or fail", "[base][threads]") {
  const HostRunFunction hosts[] = {
      [](void*, int64_t count, Runner::Task task, void* state) -> int32_t {
        for (int64_t i = count; i-- > 0;) task(state, i, static_cast<int32_t>(i));
        return 0;
      },
      [](void*, int64_t count, Runner::Task task, void* state) -> int32_t {
        std::vector<std::thread> threads;
        for (int64_t i = 0; i < count; ++i) threads.emplace_back([=] { task(state, i, 0); });
        for (std::thread& thread : threads) thread.join();
        return 0;
      },
      [](void*, int64_t, Runner::Task, void*) -> int32_t { return 1; },  // does nothing at all
  };
  for (const HostRunFunction host : hosts) {
    const std::unique_ptr<Runner> runner = MakeHostRunner(host, nullptr, 3);
    for (int64_t count : {0, 1, 2, 50}) CheckRunner(*runner, count);
  }
}

TEST_CASE("At least one processor is usable", "[base]") { CHECK(UsableProcessors() >= 1); }

}  // namespace
}  // namespace lwave
