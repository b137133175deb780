// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The default allocator (aligned malloc) and the forwarding to a host's functions.

#include "base/allocator.h"

#include <cstdlib>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lwave {
namespace {
constexpr size_t kLargePage = size_t{2} << 20;
constexpr size_t kLargeBlock = 2 * kLargePage;
}  // namespace

void* Allocator::Allocate(size_t bytes) const {
  if (bytes == 0) return nullptr;
  if (allocate_ != nullptr) {
    return allocate_(opaque_, static_cast<int64_t>(bytes), static_cast<int64_t>(kAlignment));
  }
  if (bytes < kLargeBlock) return std::aligned_alloc(kAlignment, AlignUp(bytes));
  // Keys, values and weights are read in pieces of some kilobytes that lie far apart: with pages of 4 KB a good part of
  // the time goes into finding them.
  void* block = std::aligned_alloc(kLargePage, (bytes + kLargePage - 1) / kLargePage * kLargePage);
#if defined(MADV_HUGEPAGE)
  if (block != nullptr) (void)madvise(block, bytes / kLargePage * kLargePage, MADV_HUGEPAGE);  // a wish
#endif
  return block;
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
