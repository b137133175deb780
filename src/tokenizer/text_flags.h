// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Flags of tokens that may hold white space themselves. White space that a token begins with counts as
// lying in the gap before it; a token of nothing but white space has no flag of the text, and what it holds
// counts for the next token.

#ifndef LONGWAVE_TOKENIZER_TEXT_FLAGS_H_
#define LONGWAVE_TOKENIZER_TEXT_FLAGS_H_

#include <cstdint>

#include "tokenizer/tokenizer.h"
#include "tokenizer/unicode.h"

namespace lwave::tokenizer {

// Reads the raw characters one after the other. Trivially copyable.
struct TextFlags {
  // The line ends seen in the gap: none since anything else, one that may be half of CRLF, one.
  enum LineState : uint8_t { kNoLineEnd, kAfterCarriageReturn, kAfterLineEnd };

  uint8_t gap = 0;  // kSpaceBefore, kParagraphBefore
  uint8_t line_state = kNoLineEnd;
  uint8_t ends_sentence = 0;  // the text so far closes a sentence, and nothing stands behind that
  uint8_t ends_cjk = 0;

  // A character that no token has, or white space at the ends of one.
  void InGap(uint32_t c) {
    ends_sentence = ends_cjk = 0;
    if (IsWhiteSpace(c)) gap |= kSpaceBefore;
    if (c == '\n') {
      if (line_state == kAfterLineEnd) gap |= kParagraphBefore;
      line_state = kAfterLineEnd;
    } else if (c == '\r') {
      if (line_state != kNoLineEnd) gap |= kParagraphBefore;
      line_state = kAfterCarriageReturn;
    } else if (c == ' ' || c == '\t') {
      if (line_state != kNoLineEnd) line_state = kAfterLineEnd;
    } else {
      line_state = kNoLineEnd;
    }
  }

  // A character of the token whose flags so far are *flags; `*empty`: all before it was white space.
  void InToken(uint32_t c, bool* empty, uint8_t* flags) {
    if (IsWhiteSpace(c)) {
      InGap(c);
      return;
    }
    if (*empty) *flags |= gap;
    *empty = false;
    gap = 0;
    line_state = kNoLineEnd;
    const uint8_t bits = SentenceBits(c);
    ends_sentence = (bits & kSentenceTerminator) != 0 || (ends_sentence != 0 && (bits & kSentenceCloser) != 0);
    ends_cjk = (bits & kSentenceCjkEnd) != 0;
  }

  uint8_t EndFlags() const {
    return static_cast<uint8_t>((ends_sentence ? kEndsSentence : 0) | (ends_cjk ? kEndsCjkSentence : 0));
  }
};

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_TEXT_FLAGS_H_
