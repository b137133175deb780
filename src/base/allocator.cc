// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The default allocator (aligned malloc) and the forwarding to a host's functions.

#include "base/allocator.h"

#include <cstdlib>

namespace lwave {

void* Allocator::Allocate(size_t bytes) const {
  if (bytes == 0) return nullptr;
  if (allocate_ != nullptr) {
    return allocate_(opaque_, static_cast<int64_t>(bytes), static_cast<int64_t>(kAlignment));
  }
  return std::aligned_alloc(kAlignment, AlignUp(bytes));
}

void Allocator::Free(void* block, size_t bytes) const {
  if (block == nullptr) return;
  if (free_ != nullptr) {
    free_(opaque_, block, static_cast<int64_t>(bytes));
    return;
  }
  std::free(block);
}

const Allocator& Allocator::Default() {
  static const Allocator allocator;
  return allocator;
}

}  // namespace lwave
