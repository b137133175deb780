// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Byte pair encoding as the SentencePiece library does it: of all neighbours whose joined text is a piece, those
// with the highest score are joined first, leftmost on ties. User-defined symbols are whole from the start.
// A text of n characters takes O(n log n) steps and no memory but the scratch.

#ifndef LONGWAVE_TOKENIZER_SENTENCEPIECE_BPE_H_
#define LONGWAVE_TOKENIZER_SENTENCEPIECE_BPE_H_

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tokenizer/piece_trie.h"

namespace lwave::tokenizer {

class SentencePieceBpe {
 public:
  struct Symbol {
    uint32_t begin, length;     // length 0: joined to another
    int32_t previous, next;     // -1: none
    int32_t id;                 // -1: no piece
    uint32_t frozen;            // 1: a user-defined symbol
  };
  struct Pair {
    float score;
    int32_t left, right;
    uint32_t length;
    int32_t id;
  };

  // `pieces` finds all that may result from joining, `symbols` the user-defined ones, `scores` is by id. All must
  // outlive it.
  SentencePieceBpe(const PieceTrie& pieces, const PieceTrie& symbols, absl::Span<const float> scores)
      : pieces_(pieces), user_symbols_(symbols), scores_(scores) {}

  static size_t ScratchBytes(size_t text_bytes);

  // Cuts `text` (valid UTF-8); returns the first symbol, the others follow by `next`. Null for an empty text.
  // `scratch` is aligned for Symbol and has ScratchBytes(text.size()).
  const Symbol* Encode(absl::string_view text, char* scratch) const;

 private:
  const PieceTrie& pieces_;
  const PieceTrie& user_symbols_;
  absl::Span<const float> scores_;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_SENTENCEPIECE_BPE_H_
