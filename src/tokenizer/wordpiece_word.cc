// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Stage 3 of the way from a byte to a token: normalising characters, splitting words, finding their pieces.

#include "tokenizer/unicode.h"
#include "tokenizer/wordpiece_stream.h"

namespace lwave::tokenizer {

void WordPieceStream::NoteInGap(uint32_t c, bool white) {
  if (white) s_.gap_flags |= kSpaceBefore;
  if (c == '\n') {
    if (s_.line_state == kAfterLineEnd) s_.gap_flags |= kParagraphBefore;
    s_.line_state = kAfterLineEnd;
  } else if (c == '\r') {
    if (s_.line_state != kNoLineEnd) s_.gap_flags |= kParagraphBefore;
    s_.line_state = kAfterCarriageReturn;
  } else if (c == ' ' || c == '\t') {
    if (s_.line_state != kNoLineEnd) s_.line_state = kAfterLineEnd;
  } else {
    s_.line_state = kNoLineEnd;
  }
}

void WordPieceStream::TakeCodePoint(uint32_t c, int64_t begin, int64_t end) {
  if (c == kByteOrderMark && begin == 0 && s_.skip_byte_order_mark) return;
  const WordPieceSettings& settings = tokenizer_.settings();
  const bool white = IsWhiteSpace(c);
  if (s_.has_held) {
    if (white) {
      s_.held.byte_end = end;
    } else {
      ReleaseHeld();
    }
  }
  if (!white || s_.has_held) {
    s_.space_begin = -1;
  } else if (s_.space_begin < 0) {
    s_.space_begin = begin;
  }
  if (settings.clean_text && c != '\t' && c != '\n' && c != '\r' &&
      (c == kReplacementCharacter || ReferenceKindOf(c) == ReferenceKind::kOther)) {
    NoteInGap(c, white);
    return;
  }
  if (white) {
    EndWord();
    NoteInGap(c, true);
    return;
  }
  const bool apart = settings.split_cjk && IsBertCjk(c);
  if (apart) EndWord();
  const uint8_t bits = SentenceBits(c);
  bool kept = false;
  if (settings.strip_accents) {
    uint32_t parts[kMaxDecomposition];
    const size_t count = Decompose(c, parts);
    for (size_t i = 0; i < count; ++i) {
      if (ReferenceKindOf(parts[i]) == ReferenceKind::kNonspacing) {
        // A mark of class 0 still keeps the marks around it from changing places.
        if (s_.char_count > 0 && !s_.overflow && CombiningClassOfMark(parts[i]) == 0) {
          classes_[s_.char_count - 1] = 0;
        }
      } else {
        kept = TakeNormalised(parts[i], begin, end, bits) || kept;
      }
    }
  } else {
    kept = TakeNormalised(c, begin, end, bits);
  }
  if (!kept) NoteInGap(c, false);
  if (apart) EndWord();
}

bool WordPieceStream::TakeNormalised(uint32_t c, int64_t begin, int64_t end, uint8_t sentence_bits) {
  uint32_t lowered[kMaxLowercase] = {c, 0};
  const size_t count = tokenizer_.settings().lowercase ? Lowercase(c, lowered) : 1;
  for (size_t i = 0; i < count; ++i) {
    if (IsBertPunctuation(lowered[i])) {
      EndWord();
      Append(lowered[i], begin, end, sentence_bits);
      EndWord();
    } else {
      Append(lowered[i], begin, end, sentence_bits);
    }
  }
  return count > 0;
}

void WordPieceStream::Append(uint32_t c, int64_t begin, int64_t end, uint8_t sentence_bits) {
  const uint8_t gap = s_.gap_flags;
  s_.gap_flags = 0;
  s_.line_state = kNoLineEnd;
  if (s_.char_count == max_chars_) {
    s_.overflow = 1;
    s_.overflow_end = end;
    s_.overflow_bits = sentence_bits;
    return;
  }
  uint32_t at = s_.char_count++;
  begins_[at] = begin;
  ends_[at] = end;
  gaps_[at] = gap;
  sentence_bits_[at] = sentence_bits;
  const uint8_t combining = tokenizer_.settings().strip_accents ? CombiningClassOfKept(c) : uint8_t{0};
  // Canonical order: a mark moves before those of a higher class. The ranges stay where they are.
  while (combining != 0 && at > 0 && classes_[at - 1] > combining) {
    code_points_[at] = code_points_[at - 1];
    classes_[at] = classes_[at - 1];
    --at;
  }
  code_points_[at] = c;
  classes_[at] = combining;
}

uint8_t WordPieceStream::SentenceFlags(uint32_t first, uint32_t last) const {
  const uint8_t bits = sentence_bits_[last];
  if (bits == 0) return 0;
  if (bits & kSentenceCjkEnd) return kEndsCjkSentence;
  uint32_t at = last;
  while (sentence_bits_[at] & kSentenceCloser) {
    const int64_t begin = begins_[at];
    if (at == first) return s_.last_ends_sentence && s_.last_end == begin ? kEndsSentence : 0;
    --at;
    if (ends_[at] != begin) return 0;
  }
  return sentence_bits_[at] & kSentenceTerminator ? kEndsSentence : 0;
}

void WordPieceStream::EndWord() {
  if (s_.char_count == 0) return;
  if (s_.overflow || !MatchPieces()) {
    Token token;
    token.id = tokenizer_.special_ids().unk;
    token.byte_begin = begins_[0];
    token.flags = static_cast<uint8_t>(kStartsWord | gaps_[0]);
    if (s_.overflow) {
      token.byte_end = s_.overflow_end;
      if (s_.overflow_bits & kSentenceTerminator) token.flags |= kEndsSentence;
      if (s_.overflow_bits & kSentenceCjkEnd) token.flags |= kEndsCjkSentence;
    } else {
      token.byte_end = ends_[s_.char_count - 1];
      token.flags |= SentenceFlags(0, s_.char_count - 1);
    }
    Emit(token);
  }
  s_.char_count = 0;
  s_.overflow = 0;
}

// Emits the pieces of the open word; false, and nothing emitted, when a part of it is not in the vocabulary.
bool WordPieceStream::MatchPieces() {
  const Vocabulary& vocabulary = tokenizer_.vocabulary();
  const uint32_t count = s_.char_count;
  uint32_t bytes = 0;
  for (uint32_t i = 0; i < count; ++i) {
    bytes += static_cast<uint32_t>(EncodeUtf8(code_points_[i], word_bytes_ + bytes));
    byte_ends_[i] = bytes;
  }
  const uint32_t queued = s_.queue_count;
  const uint8_t last_ends_sentence = s_.last_ends_sentence;
  const int64_t last_end = s_.last_end;
  uint32_t first = 0, start = 0;  // of the piece: character, byte
  while (first < count) {
    const Vocabulary::Use use = first == 0 ? Vocabulary::kBeginning : Vocabulary::kContinuation;
    const size_t longest = vocabulary.LongestPiece(use);
    uint64_t hash = Vocabulary::Seed(use);
    uint32_t end = first;  // one past the last character of the piece
    for (uint32_t at = start; end < count && byte_ends_[end] - start <= longest; ++end) {
      for (; at < byte_ends_[end]; ++at) hash = Vocabulary::Step(hash, word_bytes_[at]);
      hashes_[end] = hash;
    }
    int32_t id = -1;
    for (; end > first; --end) {
      id = vocabulary.Find(use, hashes_[end - 1], word_bytes_ + start, byte_ends_[end - 1] - start);
      if (id >= 0) break;
    }
    if (id < 0) {
      s_.queue_count = queued;
      s_.last_ends_sentence = last_ends_sentence;
      s_.last_end = last_end;
      return false;
    }
    Token token;
    token.id = id;
    token.byte_begin = begins_[first];
    token.byte_end = ends_[end - 1];
    token.flags =
        static_cast<uint8_t>(gaps_[first] | (first == 0 ? kStartsWord : 0) | SentenceFlags(first, end - 1));
    Emit(token);
    first = end;
    start = byte_ends_[end - 1];
  }
  return true;
}

}  // namespace lwave::tokenizer
