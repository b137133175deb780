// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The pool: workers wait for a generation number to change, claim task indices from one counter, and count
// themselves out. A worker spins briefly between two regions of one forward pass (they follow each other
// within microseconds) and sleeps on a condition variable otherwise.

#include "base/thread_pool.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "absl/base/no_destructor.h"
#include "base/cgroup.h"

namespace lwave {
namespace {

// About 30 to 50 microseconds: longer than the gap between two regions of a pass, far shorter than a time slice.
constexpr int kSpins = 4000;

inline void Pause() {
#if defined(__x86_64__) || defined(__i386__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Claims indices until none is left. What every participant of a region does.
struct Region {
  Runner::Task task = nullptr;
  void* state = nullptr;
  int64_t count = 0;
  std::atomic<int64_t> next{0};

  void Work(int32_t thread) {
    for (;;) {
      const int64_t index = next.fetch_add(1, std::memory_order_relaxed);
      if (index >= count) return;
      task(state, index, thread);
    }
  }
};

class Serial final : public Runner {
 public:
  int32_t threads() const override { return 1; }
  void Run(int64_t count, Task task, void* state) override {
    for (int64_t i = 0; i < count; ++i) task(state, i, 0);
  }
};

class ThreadPool final : public Runner {
 public:
  explicit ThreadPool(int32_t threads) {
    workers_.reserve(static_cast<size_t>(threads - 1));
    for (int32_t i = 1; i < threads; ++i) {
      try {
        workers_.emplace_back([this, i] { Loop(i); });
      } catch (const std::system_error&) {
        break;  // fewer threads than asked for; results are the same
      } catch (...) {
        Stop();  // no memory: those that run must not outlive this object
        throw;
      }
    }
    threads_ = static_cast<int32_t>(workers_.size()) + 1;
  }

  ~ThreadPool() override { Stop(); }

  int32_t threads() const override { return threads_; }

  void Run(int64_t count, Task task, void* state) override {
    if (count <= 0) return;
    // At work for another caller: waiting for it would leave a processor idle whose thread the host has given us.
    std::unique_lock<std::mutex> turn(run_mutex_, std::defer_lock);
    if (count == 1 || workers_.empty() || !turn.try_lock()) {
      for (int64_t i = 0; i < count; ++i) task(state, i, 0);
      return;
    }
    region_.task = task;
    region_.state = state;
    region_.count = count;
    region_.next.store(0, std::memory_order_relaxed);
    busy_.store(static_cast<int32_t>(workers_.size()), std::memory_order_relaxed);
    generation_.fetch_add(1, std::memory_order_seq_cst);
    if (sleepers_.load(std::memory_order_seq_cst) > 0) {
      // Taking the lock orders this wake-up after a worker's decision to sleep.
      { std::lock_guard<std::mutex> lock(wake_mutex_); }
      wake_.notify_all();
    }
    region_.Work(0);
    for (int spin = 0; busy_.load(std::memory_order_acquire) != 0; ++spin) {
      if (spin < kSpins) {
        Pause();
      } else {
        std::this_thread::yield();  // more threads than processors
      }
    }
  }

 private:
  void Stop() {
    {
      std::lock_guard<std::mutex> lock(wake_mutex_);
      stop_.store(true, std::memory_order_relaxed);
      generation_.fetch_add(1, std::memory_order_release);
    }
    wake_.notify_all();
    for (std::thread& worker : workers_) worker.join();
  }

  void Loop(int32_t thread) {
    uint64_t seen = 0;
    for (;;) {
      int spin = 0;
      while (generation_.load(std::memory_order_acquire) == seen && spin < kSpins) {
        Pause();
        ++spin;
      }
      if (generation_.load(std::memory_order_acquire) == seen) {
        std::unique_lock<std::mutex> lock(wake_mutex_);
        sleepers_.fetch_add(1, std::memory_order_seq_cst);
        wake_.wait(lock, [&] { return generation_.load(std::memory_order_seq_cst) != seen; });
        sleepers_.fetch_sub(1, std::memory_order_relaxed);
      }
      // Every worker takes part in every generation, so the number advances by one each time.
      ++seen;
      if (stop_.load(std::memory_order_relaxed)) return;
      region_.Work(thread);
      busy_.fetch_sub(1, std::memory_order_release);
    }
  }

  std::vector<std::thread> workers_;
  int32_t threads_ = 1;
  std::mutex run_mutex_;
  Region region_;
  alignas(64) std::atomic<uint64_t> generation_{0};
  alignas(64) std::atomic<int32_t> busy_{0};
  std::atomic<int32_t> sleepers_{0};
  std::atomic<bool> stop_{false};
  std::mutex wake_mutex_;
  std::condition_variable wake_;
};

// Each job that the host runs claims indices like a worker of the pool; what a failing host leaves undone is
// done here, so that a result is complete whatever the host does.
class HostRunner final : public Runner {
 public:
  HostRunner(HostRunFunction run, void* opaque, int32_t threads) : run_(run), opaque_(opaque), threads_(threads) {}
  int32_t threads() const override { return threads_; }

  void Run(int64_t count, Task task, void* state) override {
    if (count <= 0) return;
    std::lock_guard<std::mutex> turn(run_mutex_);
    Region region;
    region.task = task;
    region.state = state;
    region.count = count;
    const int64_t jobs = std::min<int64_t>(count, threads_);
    if (jobs > 1) {
      run_(
          opaque_, jobs,
          // The job's index names its scratch, whatever thread number the host passes.
          [](void* region_state, int64_t job, int32_t) {
            static_cast<Region*>(region_state)->Work(static_cast<int32_t>(job));
          },
          &region);
    }
    region.Work(0);
  }

 private:
  const HostRunFunction run_;
  void* const opaque_;
  const int32_t threads_;
  std::mutex run_mutex_;
};

}  // namespace

Runner& SerialRunner() {
  static absl::NoDestructor<Serial> runner;
  return *runner;
}

std::unique_ptr<Runner> MakeThreadPool(int32_t threads) {
  if (threads <= 1) return std::make_unique<Serial>();
  return std::make_unique<ThreadPool>(threads);
}

std::unique_ptr<Runner> MakeHostRunner(HostRunFunction run, void* opaque, int32_t threads) {
  return std::make_unique<HostRunner>(run, opaque, std::max(threads, 1));
}

int32_t UsableProcessors() {
  int32_t usable = 0;
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) usable = CPU_COUNT(&set);
#endif
  if (usable <= 0) usable = static_cast<int32_t>(std::thread::hardware_concurrency());
  const int32_t quota = CgroupProcessors();
  if (quota > 0) usable = std::min(usable, quota);
  return std::max(usable, 1);
}

}  // namespace lwave
