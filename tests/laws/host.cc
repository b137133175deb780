// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "host.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include <thread>
#include <vector>

namespace lwave::test {

CountingAllocator::~CountingAllocator() {
  for (const auto& [block, bytes] : sizes_) std::free(block);  // a leak, which the test has reported
}

Context CountingAllocator::MakeContext(int32_t threads) {
  Error error;
  lwave_context* context = nullptr;
  error.Check(lwave_context_create_with(threads, Allocate, Free, this, nullptr, nullptr, nullptr, nullptr, &context,
                                        error));
  return Context(context);
}

void CountingAllocator::FailAt(int64_t n, bool all_after) {
  std::lock_guard<std::mutex> lock(mutex_);
  fail_in_ = n;
  all_after_ = all_after;
}

void* CountingAllocator::Allocate(void* opaque, int64_t bytes, int64_t alignment) {
  auto& self = *static_cast<CountingAllocator*>(opaque);
  std::lock_guard<std::mutex> lock(self.mutex_);
  ++self.calls_;
  if (self.fail_in_ == 1) {
    if (!self.all_after_) self.fail_in_ = 0;
    return nullptr;
  }
  if (self.fail_in_ > 1) --self.fail_in_;
  if (bytes <= 0 || alignment <= 0 || (alignment & (alignment - 1)) != 0) {
    self.misused_ = true;
    return nullptr;
  }
  const int64_t whole = (bytes + alignment - 1) / alignment * alignment;
  void* block = std::aligned_alloc(static_cast<size_t>(alignment), static_cast<size_t>(whole));
  if (block == nullptr) return nullptr;
  try {
    self.sizes_[block] = bytes;
  } catch (const std::bad_alloc&) {  // tests make operator new fail; a host does not throw
    std::free(block);
    return nullptr;
  }
  std::memset(block, 0xA5, static_cast<size_t>(bytes));  // nobody may rely on zeros
  self.bytes_ += bytes;
  self.peak_ = std::max(self.peak_, self.bytes_);
  return block;
}

void CountingAllocator::Free(void* opaque, void* block, int64_t bytes) {
  auto& self = *static_cast<CountingAllocator*>(opaque);
  std::lock_guard<std::mutex> lock(self.mutex_);
  const auto found = self.sizes_.find(block);
  if (found == self.sizes_.end() || found->second != bytes) {
    self.misused_ = true;
    return;
  }
  self.bytes_ -= bytes;
  self.sizes_.erase(found);
  std::free(block);
}

Context HostRunner::MakeContext(int32_t thread_count) {
  threads = thread_count;
  const lwave_run_function run = [](void* opaque, int64_t count, lwave_task_function task, void* state) -> int32_t {
    auto& self = *static_cast<HostRunner*>(opaque);
    ++self.regions;
    if (count > self.threads) self.out_of_range = true;
    switch (self.order) {
      case RunOrder::kForward:
        for (int64_t i = 0; i < count; ++i) task(state, i, static_cast<int32_t>(i));
        return 0;
      case RunOrder::kReversed:
        for (int64_t i = count; i-- > 0;) task(state, i, static_cast<int32_t>(i));
        return 0;
      case RunOrder::kThreads: {
        std::vector<std::thread> workers;
        for (int64_t i = 0; i < count; ++i) workers.emplace_back(task, state, i, static_cast<int32_t>(i));
        for (std::thread& worker : workers) worker.join();
        return 0;
      }
      case RunOrder::kHalf:
        for (int64_t i = 0; i < count / 2; ++i) task(state, i, static_cast<int32_t>(i));
        return 1;
      case RunOrder::kNothing: return 1;
    }
    return 1;
  };
  Error error;
  lwave_context* context = nullptr;
  error.Check(lwave_context_create_with(thread_count, nullptr, nullptr, nullptr, run, this, nullptr, nullptr,
                                        &context, error));
  return Context(context);
}

}  // namespace lwave::test
