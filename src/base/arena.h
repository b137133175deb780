// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// One block for everything that a handle will ever use. The same layout code runs twice: first without a
// block, to measure (that is `plan`), then over the block, to place. So a plan is exact by construction, a
// handle is created by one allocation that either succeeds or changes nothing, and nothing grows later.

#ifndef LONGWAVE_BASE_ARENA_H_
#define LONGWAVE_BASE_ARENA_H_

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "absl/types/span.h"
#include "base/allocator.h"

namespace lwave {

class Arena {
 public:
  // Measures: every Take returns an empty span.
  Arena() = default;
  // Places into `block`, which was sized by a measuring pass and is zeroed.
  explicit Arena(absl::Span<std::byte> block) : base_(block.data()), capacity_(block.size()) {}

  // `count` zeroed values, aligned to kAlignment.
  template <typename T>
  absl::Span<T> Take(int64_t count) {
    static_assert(std::is_trivially_copyable_v<T>);
    const size_t bytes = AlignUp(static_cast<size_t>(count) * sizeof(T));
    const size_t at = used_;
    used_ += bytes;
    if (base_ == nullptr || used_ > capacity_) return {};
    return absl::MakeSpan(reinterpret_cast<T*>(base_ + at), static_cast<size_t>(count));
  }

  int64_t used() const { return static_cast<int64_t>(used_); }

 private:
  std::byte* base_ = nullptr;
  size_t capacity_ = 0;
  size_t used_ = 0;
};

}  // namespace lwave

#endif  // LONGWAVE_BASE_ARENA_H_
