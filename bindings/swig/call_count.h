// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How many calls a handle is in, and whether it was closed: one atomic word. A handle that is closed while others
// are inside is freed by the last of them to leave, so no caller ever holds a freed one.

#ifndef LONGWAVE_BINDINGS_CALL_COUNT_H_
#define LONGWAVE_BINDINGS_CALL_COUNT_H_

#include <atomic>
#include <cstdint>

namespace lwave::bindings {

class CallCount {
 public:
  enum class Entry { kEntered, kClosed, kBusy };

  // Beside any other caller.
  Entry Enter() {
    if ((word_.fetch_add(1, std::memory_order_acquire) & kClosed) == 0) return Entry::kEntered;
    return Entry::kClosed;  // counted all the same: the caller leaves, and may be the one who frees
  }

  // Beside callers of Enter, but only one of these at a time. Busy and closed are not counted.
  Entry EnterAlone() {
    int64_t word = word_.load(std::memory_order_relaxed);
    for (;;) {
      if ((word & kClosed) != 0) return Entry::kClosed;
      if ((word & kAlone) != 0) return Entry::kBusy;
      if (word_.compare_exchange_weak(word, (word | kAlone) + 1, std::memory_order_acquire)) return Entry::kEntered;
    }
  }

  // True: everyone is out of a closed handle, and the caller, and nobody else, is to free it.
  bool Leave() { return word_.fetch_sub(1, std::memory_order_acq_rel) - 1 == kClosed && Reap(); }
  bool LeaveAlone() { return word_.fetch_sub(kAlone + 1, std::memory_order_acq_rel) - kAlone - 1 == kClosed && Reap(); }

  // From inside: no one enters any more. True if a caller of EnterAlone is inside.
  bool Close() { return (word_.fetch_or(kClosed, std::memory_order_acq_rel) & kAlone) != 0; }

  bool closed() const { return (word_.load(std::memory_order_acquire) & kClosed) != 0; }

 private:
  static constexpr int64_t kClosed = int64_t{1} << 60;
  static constexpr int64_t kFreed = int64_t{1} << 61;
  static constexpr int64_t kAlone = int64_t{1} << 59;

  bool Reap() {
    int64_t expected = kClosed;
    return word_.compare_exchange_strong(expected, kClosed | kFreed, std::memory_order_acq_rel);
  }

  std::atomic<int64_t> word_{0};
};

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_CALL_COUNT_H_
