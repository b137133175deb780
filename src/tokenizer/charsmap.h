// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The table of a SentencePiece normaliser ("precompiled charsmap"): which sequences of characters become which
// others. The file form is the size of a double array (u32), the array (u32 units), then the replacements, each
// closed by a zero byte. Everything that a walk can reach is checked when the table is read: hostile offsets
// give an error there, and a walk needs no further checks.
//
// Immutable once built; any number of threads.

#ifndef LONGWAVE_TOKENIZER_CHARSMAP_H_
#define LONGWAVE_TOKENIZER_CHARSMAP_H_

#include <bitset>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/allocator.h"

namespace lwave::tokenizer {

inline constexpr size_t kMaxCharsmapBytes = size_t{16} << 20;

class Charsmap {
 public:
  // Replaces the contents by the table `blob` (empty: nothing is replaced). DataLoss naming `source` for sizes
  // that do not fit, a unit whose children or replacement lie outside, a replacement that is not UTF-8;
  // ResourceExhausted when the allocator fails.
  absl::Status Build(absl::string_view blob, absl::string_view source, const Allocator& allocator);

  bool empty() const { return units_.empty(); }

  // Bytes of the longest entry that `text` begins with, 0: none. *replacement becomes its text.
  size_t Longest(absl::string_view text, absl::string_view* replacement) const;
  // The same for the shortest entry.
  size_t Shortest(absl::string_view text, absl::string_view* replacement) const;
  // Whether an entry begins with `text` and goes on.
  bool CouldGrow(absl::string_view text) const;

  // Whether this character may stand in an entry behind its first character. (True for some that do not.)
  bool GoesOnWith(uint32_t c) const;

  // Bytes of the longest entry and of the longest replacement.
  size_t longest_key() const { return longest_key_; }
  size_t longest_replacement() const { return longest_replacement_; }

  uint64_t Fingerprint() const;
  size_t bytes() const { return units_.bytes() + text_.bytes() + grows_.bytes(); }

 private:
  size_t Walk(absl::string_view text, bool shortest, bool* grows, absl::string_view* replacement) const;
  void FindLaterLeads();
  absl::Status Check(absl::string_view source, const Allocator& allocator);

  Buffer<uint32_t> units_;
  Buffer<char> text_;
  Buffer<uint8_t> grows_;  // a bit a unit: it has children
  std::bitset<256> later_leads_;  // bytes that begin later characters of entries
  size_t longest_key_ = 0, longest_replacement_ = 0;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_CHARSMAP_H_
