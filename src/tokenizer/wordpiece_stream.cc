// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A stream's beginning and end, and stages 1, 2 and 4 of the way from a byte to a token (see the header).

#include "tokenizer/wordpiece_stream.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "absl/strings/str_cat.h"
#include "tokenizer/unicode.h"

namespace lwave::tokenizer {

using ByteAction = WordPieceTokenizer::ByteAction;

absl::StatusOr<TokenStreamPtr> WordPieceStream::Create(const WordPieceTokenizer& tokenizer,
                                                       const StreamOptions& options,
                                                       const Allocator& allocator) {
  const size_t bytes = tokenizer.layout().bytes;
  void* block = allocator.Allocate(bytes);
  if (block == nullptr) {
    return absl::ResourceExhaustedError(absl::StrCat("the allocator has no ", bytes, " bytes"));
  }
  std::memset(block, 0, bytes);
  WordPieceStream* stream = new (block) WordPieceStream(tokenizer, allocator);
  stream->s_.skip_byte_order_mark = options.skip_byte_order_mark ? 1 : 0;
  return TokenStreamPtr(stream);
}

WordPieceStream::WordPieceStream(const WordPieceTokenizer& tokenizer, const Allocator& allocator)
    : tokenizer_(tokenizer),
      allocator_(allocator),
      block_(reinterpret_cast<char*>(this)),
      queue_(Part<Token>(tokenizer.layout().queue)),
      queue_mask_(static_cast<uint32_t>(tokenizer.layout().queue_tokens - 1)),
      queue_limit_(
          static_cast<uint32_t>(tokenizer.layout().queue_tokens - 2 * tokenizer.layout().reserve_tokens)),
      max_chars_(static_cast<uint32_t>(tokenizer.layout().max_chars)),
      begins_(Part<int64_t>(tokenizer.layout().begins)),
      ends_(Part<int64_t>(tokenizer.layout().ends)),
      code_points_(Part<uint32_t>(tokenizer.layout().code_points)),
      gaps_(Part<uint8_t>(tokenizer.layout().gaps)),
      sentence_bits_(Part<uint8_t>(tokenizer.layout().sentence_bits)),
      classes_(Part<uint8_t>(tokenizer.layout().classes)),
      pending_(Part<char>(tokenizer.layout().pending)),
      word_bytes_(Part<char>(tokenizer.layout().word_bytes)),
      byte_ends_(Part<uint32_t>(tokenizer.layout().byte_ends)),
      hashes_(Part<uint64_t>(tokenizer.layout().hashes)) {}

void WordPieceStream::Reset() {
  Scalars begun;
  begun.skip_byte_order_mark = s_.skip_byte_order_mark;
  s_ = begun;
}

void WordPieceStream::Destroy() {
  const Allocator& allocator = allocator_;
  const size_t bytes = tokenizer_.layout().bytes;
  char* block = block_;
  this->~WordPieceStream();
  allocator.Free(block, bytes);
}

size_t WordPieceStream::Push(absl::Span<const char> text) {
  if (s_.finished) return 0;
  size_t i = 0;
  while (i < text.size() && s_.queue_count <= queue_limit_) {
    const uint8_t byte = static_cast<uint8_t>(text[i]);
    const ByteAction action = tokenizer_.action(byte);
    if (action == ByteAction::kSlow || s_.pending_count != 0 || s_.bytes_needed != 0 || s_.has_held != 0) {
      ++i;
      if (s_.pending_count == 0 && !tokenizer_.added_tokens().Begins(byte)) {
        DecodeByte(byte);
      } else {
        pending_[s_.pending_count++] = static_cast<char>(byte);
        ResolvePending(false);
      }
      continue;
    }
    // The common case: plain ASCII with nothing half-read.
    switch (action) {
      case ByteAction::kWordCharacter: {
        const size_t room = max_chars_ - s_.char_count;
        const size_t limit = std::min(text.size(), i + room);
        const uint8_t gap = s_.gap_flags;
        s_.gap_flags = 0;
        s_.line_state = kNoLineEnd;
        s_.space_begin = -1;
        if (limit == i) {  // the word is too long already: only its end moves
          const size_t begin = i;
          while (i < text.size() && tokenizer_.action(static_cast<uint8_t>(text[i])) == action) ++i;
          s_.offset += static_cast<int64_t>(i - begin);
          s_.overflow = 1;
          s_.overflow_bits = 0;
          s_.overflow_end = s_.offset;
          break;
        }
        uint32_t at = s_.char_count;
        gaps_[at] = gap;
        int64_t offset = s_.offset;
        for (;;) {
          code_points_[at] = tokenizer_.lowered(static_cast<uint8_t>(text[i]));
          begins_[at] = offset;
          ends_[at] = ++offset;
          sentence_bits_[at] = 0;
          classes_[at] = 0;
          ++at;
          if (++i >= limit || tokenizer_.action(static_cast<uint8_t>(text[i])) != ByteAction::kWordCharacter)
            break;
          gaps_[at] = 0;
        }
        s_.offset = offset;
        s_.char_count = at;
        break;
      }
      case ByteAction::kPunctuation:
        EndWord();
        s_.space_begin = -1;
        Append(byte, s_.offset, s_.offset + 1, SentenceBits(byte));
        EndWord();
        ++s_.offset;
        ++i;
        break;
      default:  // white space
        EndWord();
        if (s_.space_begin < 0) s_.space_begin = s_.offset;
        NoteInGap(byte, true);
        ++s_.offset;
        ++i;
        break;
    }
  }
  return i;
}

void WordPieceStream::Finish() {
  if (s_.finished) return;
  ResolvePending(true);
  AbandonPartial();
  EndWord();
  ReleaseHeld();
  s_.finished = 1;
}

bool WordPieceStream::Next(Token* token) {
  if (s_.queue_count == 0) return false;
  *token = queue_[s_.queue_head];
  s_.queue_head = (s_.queue_head + 1) & queue_mask_;
  --s_.queue_count;
  return true;
}

// ---- Stage 1: added tokens ----

void WordPieceStream::ResolvePending(bool final) {
  const AddedTokens& added = tokenizer_.added_tokens();
  uint32_t used = 0;
  while (used < s_.pending_count) {
    const uint8_t byte = static_cast<uint8_t>(pending_[used]);
    int match = AddedTokens::kNone;
    if (added.Begins(byte)) match = added.Match({pending_ + used, s_.pending_count - used}, final);
    if (match == AddedTokens::kMore) break;
    if (match == AddedTokens::kNone) {
      DecodeByte(byte);
      ++used;
    } else {
      const AddedTokens::Record& record = added.record(static_cast<size_t>(match));
      TakeAddedToken(record);
      s_.offset += record.length;
      used += record.length;
    }
  }
  s_.pending_count -= used;
  std::memmove(pending_, pending_ + used, s_.pending_count);
}

void WordPieceStream::TakeAddedToken(const AddedTokens::Record& record) {
  AbandonPartial();
  EndWord();
  ReleaseHeld();
  Token token;
  token.id = record.id;
  token.byte_begin = record.strip_left && s_.space_begin >= 0 ? s_.space_begin : s_.offset;
  token.byte_end = s_.offset + record.length;
  token.flags = static_cast<uint8_t>(kStartsWord | s_.gap_flags | record.sentence_flags);
  s_.gap_flags = 0;
  s_.line_state = kNoLineEnd;
  s_.space_begin = -1;
  if (record.closers_only && s_.last_ends_sentence && s_.last_end == token.byte_begin)
    token.flags |= kEndsSentence;
  if (record.strip_right) {
    s_.has_held = 1;
    s_.held = token;
  } else {
    Emit(token);
  }
}

void WordPieceStream::ReleaseHeld() {
  if (!s_.has_held) return;
  s_.has_held = 0;
  Emit(s_.held);
}

// ---- Stage 2: UTF-8, as WHATWG decodes it ----

void WordPieceStream::DecodeByte(uint8_t byte) {
  if (s_.bytes_needed != 0) {
    if (byte >= s_.lower && byte <= s_.upper) {
      s_.lower = 0x80;
      s_.upper = 0xBF;
      s_.partial = (s_.partial << 6) | (byte & 0x3Fu);
      if (--s_.bytes_needed == 0) TakeCodePoint(s_.partial, s_.partial_begin, s_.offset + 1);
      ++s_.offset;
      return;
    }
    AbandonPartial();
  }
  if (byte < 0x80) {
    TakeCodePoint(byte, s_.offset, s_.offset + 1);
  } else if (byte >= 0xC2 && byte <= 0xF4) {
    s_.bytes_needed = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    s_.lower = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    s_.upper = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    s_.partial = byte & (0x3Fu >> s_.bytes_needed);
    s_.partial_begin = s_.offset;
  } else {
    Replace(s_.offset, s_.offset + 1);
  }
  ++s_.offset;
}

void WordPieceStream::AbandonPartial() {
  if (s_.bytes_needed == 0) return;
  s_.bytes_needed = 0;
  s_.lower = 0x80;
  s_.upper = 0xBF;
  Replace(s_.partial_begin, s_.offset);
}

void WordPieceStream::Replace(int64_t begin, int64_t end) {
  if (s_.invalid_count++ == 0) s_.first_invalid = begin;
  TakeCodePoint(kReplacementCharacter, begin, end);
}

// ---- Stage 4 ----

void WordPieceStream::Emit(const Token& token) {
  Queued(s_.queue_count++) = token;
  s_.last_ends_sentence = (token.flags & kEndsSentence) != 0 ? 1 : 0;
  s_.last_end = token.byte_end;
}

absl::Status WordPieceStream::CopyFrom(const TokenStream& other) {
  if (OwnerOf(other) != owner()) {
    return absl::InvalidArgumentError("the token stream to copy from belongs to another tokenizer");
  }
  const WordPieceStream& from = static_cast<const WordPieceStream&>(other);
  if (&from == this) return absl::OkStatus();
  const WordPieceLayout& layout = tokenizer_.layout();
  std::memcpy(block_ + layout.queue, from.block_ + layout.queue, layout.bytes - layout.queue);
  s_ = from.s_;
  return absl::OkStatus();
}

}  // namespace lwave::tokenizer
