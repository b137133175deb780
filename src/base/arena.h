// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// One block for everything that a handle will ever use. The same layout code runs twice: first without a
// block, to measure (that is `plan`), then over the block, to place. So a plan is exact by construction, a
// handle is created by one allocation that either succeeds or changes nothing, and nothing grows later.
//
// Every span says what it is for, so that a handle can account for all of its bytes; see memory/parts.h.

#ifndef LONGWAVE_BASE_ARENA_H_
#define LONGWAVE_BASE_ARENA_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "absl/types/span.h"
#include "base/allocator.h"

namespace lwave {

// What bytes are for.
enum class Use : int32_t {
  kPayload = 0,    // rows and sums that the mechanism remembers: what its formula counts
  kPending = 1,    // rows that wait: for what they will see, for a block or a segment to fill, for a reader
  kScratch = 2,    // work of a step, and bookkeeping such as masks
  kPadding = 3,    // what spans and vectors are filled up with
};

// Bytes by use.
struct UsedBytes {
  int64_t of[4] = {0, 0, 0, 0};
  int64_t operator[](Use use) const { return of[static_cast<int32_t>(use)]; }
  int64_t total() const { return of[0] + of[1] + of[2] + of[3]; }
};

class Arena {
 public:
  // Measures: every Take returns an empty span.
  Arena() = default;
  // Places into `block`, which was sized by a measuring pass and is zeroed.
  explicit Arena(absl::Span<std::byte> block) : base_(block.data()), capacity_(block.size()) {}

  // `count` zeroed values, aligned to kAlignment.
  template <typename T>
  absl::Span<T> Take(int64_t count, Use use = Use::kScratch) {
    static_assert(std::is_trivially_copyable_v<T>);
    const size_t asked = static_cast<size_t>(count) * sizeof(T);
    const size_t bytes = AlignUp(asked);
    const size_t at = used_;
    used_ += bytes;
    uses_.of[static_cast<int32_t>(use)] += static_cast<int64_t>(asked);
    uses_.of[static_cast<int32_t>(Use::kPadding)] += static_cast<int64_t>(bytes - asked);
    if (base_ == nullptr || used_ > capacity_) return {};
    return absl::MakeSpan(reinterpret_cast<T*>(base_ + at), static_cast<size_t>(count));
  }

  // `bytes` of what was taken for `from` are for `to`: a span of several parts.
  void Recount(Use from, Use to, int64_t bytes) {
    uses_.of[static_cast<int32_t>(from)] -= bytes;
    uses_.of[static_cast<int32_t>(to)] += bytes;
  }

  int64_t used() const { return static_cast<int64_t>(used_); }
  const UsedBytes& uses() const { return uses_; }  // their total is used()

 private:
  std::byte* base_ = nullptr;
  size_t capacity_ = 0;
  size_t used_ = 0;
  UsedBytes uses_;
};

}  // namespace lwave

#endif  // LONGWAVE_BASE_ARENA_H_
