// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The state of one document under WordPiece. Bytes pass through four stages, each of bounded size:
//   1. bytes that may be the beginning of an added token wait (at most its length);
//   2. the UTF-8 decoder (at most one unfinished character);
//   3. the open word: normalised characters with their source ranges (at most max_chars; a longer word is
//   known to
//      become the unknown token, so only its range and last character matter);
//   4. the queue of finished tokens.

#ifndef LONGWAVE_TOKENIZER_WORDPIECE_STREAM_H_
#define LONGWAVE_TOKENIZER_WORDPIECE_STREAM_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/allocator.h"
#include "tokenizer/added_tokens.h"
#include "tokenizer/tokenizer.h"
#include "tokenizer/wordpiece.h"

namespace lwave::tokenizer {

class WordPieceStream final : public TokenStream {
 public:
  static absl::StatusOr<TokenStreamPtr> Create(const WordPieceTokenizer& tokenizer,
                                               const StreamOptions& options, const Allocator& allocator);
  static size_t MaxSavedBytes(const WordPieceLayout& layout);

  size_t Push(absl::Span<const char> text) override;
  void Finish() override;
  bool Next(Token* token) override;
  bool finished() const override { return s_.finished != 0; }
  int64_t bytes_taken() const override { return s_.offset + s_.pending_count; }
  int64_t invalid_count() const override { return s_.invalid_count; }
  int64_t first_invalid() const override { return s_.first_invalid; }
  void Reset() override;
  size_t SavedBytes() const override;
  void Save(char* out) const override;
  absl::Status Load(absl::Span<const char> saved) override;
  absl::Status CopyFrom(const TokenStream& other) override;

 private:
  // The line ends seen in the gap: none since anything else, one that may be half of CRLF, one.
  enum LineState : uint8_t { kNoLineEnd, kAfterCarriageReturn, kAfterLineEnd };

  // Everything that is not an array. Trivially copyable.
  struct Scalars {
    uint8_t skip_byte_order_mark = 0;
    uint8_t finished = 0;
    int64_t offset = 0;          // bytes that left stage 1
    uint32_t pending_count = 0;  // bytes in stage 1
    // Stage 2: the unfinished character.
    uint8_t bytes_needed = 0, lower = 0x80, upper = 0xBF;
    uint32_t partial = 0;
    int64_t partial_begin = 0;
    int64_t invalid_count = 0;
    int64_t first_invalid = -1;
    // The gap since the last kept character.
    uint8_t gap_flags = 0;
    uint8_t line_state = kNoLineEnd;
    int64_t space_begin = -1;  // where the run of white space right before here begins (-1: none)
    // Stage 3: the open word.
    uint32_t char_count = 0;
    uint8_t overflow = 0;       // there were more than max_chars
    uint8_t overflow_bits = 0;  // SentenceBits of the last character, when it overflowed
    int64_t overflow_end = 0;   // end of the last character, when it overflowed
    // An added token that still takes the white space behind it.
    uint8_t has_held = 0;
    Token held;
    // The last token put into the queue.
    uint8_t last_ends_sentence = 0;
    int64_t last_end = -1;
    // Stage 4.
    uint32_t queue_head = 0, queue_count = 0;
  };

  WordPieceStream(const WordPieceTokenizer& tokenizer, const Allocator& allocator);
  ~WordPieceStream() override = default;
  void Destroy() override;
  const void* owner() const override { return &tokenizer_; }

  template <typename T>
  T* Part(size_t offset) const {
    return reinterpret_cast<T*>(block_ + offset);
  }

  // Stage 1.
  void ResolvePending(bool final);
  void TakeAddedToken(const AddedTokens::Record& record);
  // Stage 2.
  void DecodeByte(uint8_t byte);
  void AbandonPartial();
  void Replace(int64_t begin, int64_t end);
  // Stage 3.
  void TakeCodePoint(uint32_t c, int64_t begin, int64_t end);
  bool TakeNormalised(uint32_t c, int64_t begin, int64_t end, uint8_t sentence_bits);
  void Append(uint32_t c, int64_t begin, int64_t end, uint8_t sentence_bits);
  void NoteInGap(uint32_t c, bool white);
  void EndWord();
  bool MatchPieces();
  uint8_t SentenceFlags(uint32_t first, uint32_t last) const;
  // Stage 4.
  void Emit(const Token& token);
  void ReleaseHeld();
  Token& Queued(uint32_t index) const { return queue_[(s_.queue_head + index) & queue_mask_]; }

  // Reads a saved state into *scalars; with `apply`, the arrays too. Checks everything before any is used.
  absl::Status Parse(absl::Span<const char> saved, bool apply, Scalars* scalars);

  const WordPieceTokenizer& tokenizer_;
  const Allocator& allocator_;
  char* const block_;
  Token* const queue_;
  const uint32_t queue_mask_;
  const uint32_t queue_limit_;  // Push stops above this count
  const uint32_t max_chars_;
  // The open word, by character. [max_chars]
  int64_t* const begins_;
  int64_t* const ends_;
  uint32_t* const code_points_;
  uint8_t* const gaps_;           // gap flags before the character
  uint8_t* const sentence_bits_;  // of the source character
  uint8_t* const classes_;        // canonical combining class; 0 also after a stripped mark of class 0
  char* const pending_;           // [pending_bytes]
  // Scratch of EndWord.
  char* const word_bytes_;     // [4 * max_chars]
  uint32_t* const byte_ends_;  // [max_chars]
  uint64_t* const hashes_;     // [max_chars]
  Scalars s_;
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_WORDPIECE_STREAM_H_
