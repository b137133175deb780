// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How work is shared among threads: `count` independent tasks, numbered, in any order. Which thread runs a
// task never changes its result, because tasks are fixed tiles of the output and share nothing.

#ifndef LONGWAVE_BASE_THREAD_POOL_H_
#define LONGWAVE_BASE_THREAD_POOL_H_

#include <cstdint>
#include <memory>
#include <type_traits>

namespace lwave {

// Runs numbered tasks. Threads: Run may be called from any thread, by several at a time, but not from a task.
class Runner {
 public:
  // thread: 0 .. threads() - 1, names the scratch a task may use; two tasks that run at the same time within
  // one Run never have the same number.
  using Task = void (*)(void* state, int64_t index, int32_t thread);

  virtual ~Runner() = default;
  virtual int32_t threads() const = 0;

  // for (index = 0; index < count; ++index) task(state, index, thread);   returns when all are done.
  virtual void Run(int64_t count, Task task, void* state) = 0;

  // The same for any callable f(index, thread); nothing is allocated.
  template <typename Function>
  void For(int64_t count, const Function& function) {
    Run(
        count,
        [](void* state, int64_t index, int32_t thread) {
          (*static_cast<const Function*>(state))(index, thread);
        },
        const_cast<void*>(static_cast<const void*>(&function)));
  }
};

// A runner without any thread, for work that is one task of another runner's already. Any thread; lives for ever, and
// taking it allocates nothing.
Runner& SerialRunner();

// The context's own threads: `threads` - 1 workers beside the calling thread. Workers spin for some
// microseconds after each Run, then sleep. If the system refuses to start a thread, fewer are used.
// One caller at a time has the workers; others meanwhile run their tasks on their own thread.
// 1 gives a runner without any thread.
std::unique_ptr<Runner> MakeThreadPool(int32_t threads);

// A host's runner: calls `run` with a task and a count; `run` must call task(state, index, thread) for every
// index below count exactly once, 0 <= thread < threads, and return 0 when all are done. Tasks that a failing
// runner leaves undone are run by the caller, so a result is never wrong.
using HostRunFunction = int32_t (*)(void* opaque, int64_t count, Runner::Task task, void* state);
std::unique_ptr<Runner> MakeHostRunner(HostRunFunction run, void* opaque, int32_t threads);

// Processors this process may use: affinity mask and the cgroup's quota (v1 and v2), at least 1.
int32_t UsableProcessors();

}  // namespace lwave

#endif  // LONGWAVE_BASE_THREAD_POOL_H_
