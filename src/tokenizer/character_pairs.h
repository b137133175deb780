// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Which characters stand side by side in some piece of a vocabulary: between all others a text may be cut
// without cutting a piece.
//
// Immutable once built; any number of threads.

#ifndef LONGWAVE_TOKENIZER_CHARACTER_PAIRS_H_
#define LONGWAVE_TOKENIZER_CHARACTER_PAIRS_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/allocator.h"

namespace lwave::tokenizer {

class CharacterPairs {
 public:
  // Replaces the contents by the pairs in these texts (valid UTF-8). ResourceExhausted when the allocator fails.
  absl::Status Build(absl::Span<const absl::string_view> pieces, const Allocator& allocator);

  bool Has(uint32_t first, uint32_t second) const;
  size_t bytes() const { return slots_.bytes(); }

 private:
  Buffer<uint64_t> slots_;  // open addressing; 0: free
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_CHARACTER_PAIRS_H_
