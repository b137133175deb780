// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "tokenizer/character_pairs.h"

#include <algorithm>
#include <bit>

#include "absl/container/flat_hash_set.h"
#include "tokenizer/aligned_text.h"

namespace lwave::tokenizer {
namespace {

// Never 0.
uint64_t Pair(uint32_t first, uint32_t second) { return uint64_t{1} << 63 | uint64_t{first} << 32 | second; }

size_t Mix(uint64_t pair) {
  pair *= uint64_t{0x9E3779B97F4A7C15};
  return static_cast<size_t>(pair >> 32);
}

}  // namespace

absl::Status CharacterPairs::Build(absl::Span<const absl::string_view> pieces, const Allocator& allocator) {
  absl::flat_hash_set<uint64_t> pairs;
  for (const absl::string_view piece : pieces) {
    uint32_t at = 0;
    const uint32_t size = static_cast<uint32_t>(piece.size());
    for (uint32_t before = 0, first = 1; at < size; first = 0) {
      const uint32_t after = NextCharacter(piece.data(), &at);
      if (first == 0) pairs.insert(Pair(before, after));
      before = after;
    }
  }
  Buffer<uint64_t> slots;
  const absl::Status status = slots.Resize(allocator, std::bit_ceil(2 * pairs.size() + 1));
  if (!status.ok()) return status;
  for (const uint64_t pair : pairs) {
    size_t at = Mix(pair) & (slots.size() - 1);
    while (slots[at] != 0) at = (at + 1) & (slots.size() - 1);
    slots[at] = pair;
  }
  slots_ = std::move(slots);
  return absl::OkStatus();
}

bool CharacterPairs::Has(uint32_t first, uint32_t second) const {
  const uint64_t pair = Pair(first, second);
  for (size_t at = Mix(pair) & (slots_.size() - 1); slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
    if (slots_[at] == pair) return true;
  }
  return false;
}

}  // namespace lwave::tokenizer
