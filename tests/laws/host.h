// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Hosts that count, refuse memory, and run tasks in their own way: what lwave_context_create_with is for.

#ifndef LONGWAVE_TESTS_LAWS_HOST_H_
#define LONGWAVE_TESTS_LAWS_HOST_H_

#include <cstdint>
#include <mutex>
#include <unordered_map>

#include "support/api.h"

namespace lwave::test {

// Counts every block of a context, checks what comes back, and can refuse. Any thread.
class CountingAllocator {
 public:
  ~CountingAllocator();
  Context MakeContext(int32_t threads = 1);

  int64_t bytes() const { return bytes_; }    // now
  int64_t peak() const { return peak_; }      // since ResetPeak
  int64_t blocks() const { return static_cast<int64_t>(sizes_.size()); }
  int64_t calls() const { return calls_; }    // allocations asked for, ever
  bool misused() const { return misused_; }   // a wrong size, an unknown block, a bad alignment
  void ResetPeak() { peak_ = bytes_; }
  // The n-th request from now on (1: the next) gets nothing; `all_after` refuses those after it as well. 0: none.
  void FailAt(int64_t n, bool all_after = false);

 private:
  static void* Allocate(void* opaque, int64_t bytes, int64_t alignment);
  static void Free(void* opaque, void* block, int64_t bytes);

  std::mutex mutex_;
  std::unordered_map<void*, int64_t> sizes_;
  int64_t bytes_ = 0, peak_ = 0, calls_ = 0;
  int64_t fail_in_ = 0;
  bool all_after_ = false;
  bool misused_ = false;
};

// A caller's runner. Every way of running a region must give the same bits.
enum class RunOrder { kForward, kReversed, kThreads, kHalf, kNothing };
// kHalf and kNothing report a failure after running only some or none of the tasks.
struct HostRunner {
  RunOrder order = RunOrder::kForward;
  int64_t regions = 0;       // calls with more than one task
  bool out_of_range = false; // a count above the context's threads
  int32_t threads = 1;

  Context MakeContext(int32_t thread_count);
};

}  // namespace lwave::test

#endif  // LONGWAVE_TESTS_LAWS_HOST_H_
