// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The saved form of a WordPiece stream. Little-endian, without padding:
//   u32 magic, u32 version, u64 fingerprint of the tokenizer, u8 options and finished,
//   i64 offset, u32 pending count, pending bytes,
//   u8 bytes the unfinished character needs, u8 bytes it has, u32 its bits so far,
//   i64 invalid count, i64 first invalid, u8 gap flags, u8 line state, i64 begin of the run of white space,
//   u32 characters of the open word, each { u32 code point, i64 begin, i64 end, u8 gap flags, u8 sentence
//   bits,
//     u8 combining class }, u8 overflow, u8 its sentence bits, i64 its end,
//   u8 whether a token is held, the token, u8 whether the last token ended a sentence, i64 its end,
//   u32 tokens in the queue, each { i32 id, u8 flags, i64 begin, i64 end }.
// Fields without a meaning at the moment are 0, so that equal states have equal bytes.

#include <cstring>

#include "absl/strings/str_cat.h"
#include "tokenizer/state_bytes.h"
#include "tokenizer/unicode.h"
#include "tokenizer/wordpiece_stream.h"

namespace lwave::tokenizer {
namespace {

constexpr uint32_t kMagic = 0x5350574C;  // "LWPS"
constexpr uint32_t kVersion = 1;
constexpr size_t kCharBytes = 4 + 8 + 8 + 3;
constexpr size_t kFixedBytes =
    4 + 4 + 8 + 1 + 8 + 4 + 1 + 1 + 4 + 8 + 8 + 1 + 1 + 8 + 4 + 1 + 1 + 8 + 1 + kTokenBytes + 1 + 8 + 4;
constexpr int64_t kMaxOffset = int64_t{1} << 60;

absl::Status Bad(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("tokenizer state: ", what));
}

// Whether `have` bytes with these bits can be the beginning of a character of have + needed bytes; sets the
// bounds of the next byte.
bool ValidPartial(uint32_t have, uint32_t needed, uint32_t bits, uint8_t* lower, uint8_t* upper) {
  *lower = 0x80;
  *upper = 0xBF;
  if (needed == 0) return have == 0 && bits == 0;
  const uint32_t length = have + needed;
  if (have < 1 || needed > 3 || length < 2 || length > 4) return false;
  if (have == 1) {
    if (length == 2) return bits >= 2 && bits < 0x20;
    if (length == 3) {
      if (bits == 0x0) *lower = 0xA0;
      if (bits == 0xD) *upper = 0x9F;
      return bits < 0x10;
    }
    if (bits == 0) *lower = 0x90;
    if (bits == 4) *upper = 0x8F;
    return bits <= 4;
  }
  if (length == 3) return bits >= 0x20 && bits < 0x400 && !(bits >= 0x360 && bits < 0x380);
  return have == 2 ? bits >= 0x10 && bits < 0x110 : bits >= 0x400 && bits < 0x4400;
}

}  // namespace

size_t WordPieceStream::MaxSavedBytes(const WordPieceLayout& layout) {
  return kFixedBytes + layout.pending_bytes + layout.max_chars * kCharBytes +
         layout.queue_tokens * kTokenBytes;
}

size_t WordPieceStream::SavedBytes() const {
  return kFixedBytes + s_.pending_count + s_.char_count * kCharBytes + s_.queue_count * kTokenBytes;
}

void WordPieceStream::Save(char* out) const {
  StateWriter to(out);
  to.U32(kMagic);
  to.U32(kVersion);
  to.U64(tokenizer_.Fingerprint());
  to.U8(static_cast<uint8_t>(s_.skip_byte_order_mark | s_.finished << 1));
  to.I64(s_.offset);
  to.U32(s_.pending_count);
  for (uint32_t i = 0; i < s_.pending_count; ++i) to.U8(static_cast<uint8_t>(pending_[i]));
  const bool partial = s_.bytes_needed != 0;
  to.U8(s_.bytes_needed);
  to.U8(partial ? static_cast<uint8_t>(s_.offset - s_.partial_begin) : uint8_t{0});
  to.U32(partial ? s_.partial : 0);
  to.I64(s_.invalid_count);
  to.I64(s_.first_invalid);
  to.U8(s_.gap_flags);
  to.U8(s_.line_state);
  to.I64(s_.space_begin);
  to.U32(s_.char_count);
  for (uint32_t i = 0; i < s_.char_count; ++i) {
    to.U32(code_points_[i]);
    to.I64(begins_[i]);
    to.I64(ends_[i]);
    to.U8(gaps_[i]);
    to.U8(sentence_bits_[i]);
    to.U8(classes_[i]);
  }
  to.U8(s_.overflow);
  to.U8(s_.overflow ? s_.overflow_bits : uint8_t{0});
  to.I64(s_.overflow ? s_.overflow_end : 0);
  to.U8(s_.has_held);
  to.WriteToken(s_.has_held ? s_.held : Token());
  to.U8(s_.last_ends_sentence);
  to.I64(s_.last_end);
  to.U32(s_.queue_count);
  for (uint32_t i = 0; i < s_.queue_count; ++i) to.WriteToken(Queued(i));
}

absl::Status WordPieceStream::Parse(absl::Span<const char> saved, bool apply, Scalars* scalars) {
  Scalars& s = *scalars;
  StateReader from(saved);
  const WordPieceLayout& layout = tokenizer_.layout();
  constexpr uint8_t kGapFlags = kSpaceBefore | kParagraphBefore;
  constexpr uint8_t kSentenceBits = kSentenceTerminator | kSentenceCloser | kSentenceCjkEnd;

  if (from.U32() != kMagic) return Bad("it does not begin like one");
  const uint32_t version = from.U32();
  if (version != kVersion) return Bad(absl::StrCat("version ", version, ", expected ", kVersion));
  const uint64_t fingerprint = from.U64();
  if (from.ran_short()) return Bad("truncated");
  if (fingerprint != tokenizer_.Fingerprint()) {
    return absl::AbortedError("tokenizer state: it was saved with another tokenizer");
  }
  const uint8_t options = from.U8();
  if (options > 3) return Bad("unknown options");
  s.skip_byte_order_mark = options & 1;
  s.finished = options >> 1;

  s.offset = from.I64();
  if (s.offset < 0 || s.offset > kMaxOffset) return Bad("offset out of range");
  s.pending_count = from.U32();
  if (s.pending_count > layout.pending_bytes) return Bad("too many pending bytes");
  const absl::string_view pending = from.Bytes(s.pending_count);
  if (!pending.empty()) {
    if (tokenizer_.added_tokens().Match(pending, false) != AddedTokens::kMore) {
      return Bad("the pending bytes begin no added token");
    }
    if (apply) std::memcpy(pending_, pending.data(), pending.size());
  }

  s.bytes_needed = from.U8();
  const uint8_t have = from.U8();
  s.partial = from.U32();
  if (!ValidPartial(have, s.bytes_needed, s.partial, &s.lower, &s.upper) || have > s.offset) {
    return Bad("an impossible unfinished character");
  }
  s.partial_begin = s.offset - have;
  s.invalid_count = from.I64();
  s.first_invalid = from.I64();
  if (s.invalid_count < 0 || s.invalid_count > s.offset ||
      (s.invalid_count == 0) != (s.first_invalid == -1) || s.first_invalid < -1 ||
      s.first_invalid > s.offset) {
    return Bad("an impossible count of invalid bytes");
  }
  s.gap_flags = from.U8();
  s.line_state = from.U8();
  s.space_begin = from.I64();
  if ((s.gap_flags & ~kGapFlags) != 0 || s.line_state > kAfterLineEnd || s.space_begin < -1 ||
      s.space_begin > s.offset) {
    return Bad("an impossible gap");
  }

  s.char_count = from.U32();
  if (s.char_count > max_chars_) return Bad("the open word is too long");
  int64_t last_begin = 0, last_end = 0;
  for (uint32_t i = 0; i < s.char_count; ++i) {
    const uint32_t c = from.U32();
    const int64_t begin = from.I64(), end = from.I64();
    const uint8_t gap = from.U8(), bits = from.U8(), combining = from.U8();
    if (!IsScalarValue(c) || begin < last_begin || end <= begin || end < last_end || end > s.offset ||
        (gap & ~kGapFlags) != 0 || (bits & ~kSentenceBits) != 0) {
      return Bad("an impossible character in the open word");
    }
    last_begin = begin;
    last_end = end;
    if (!apply) continue;
    code_points_[i] = c;
    begins_[i] = begin;
    ends_[i] = end;
    gaps_[i] = gap;
    sentence_bits_[i] = bits;
    classes_[i] = combining;
  }
  s.overflow = from.U8();
  s.overflow_bits = from.U8();
  s.overflow_end = from.I64();
  if (s.overflow > 1 || (s.overflow_bits & ~kSentenceBits) != 0 ||
      (s.overflow == 0 && (s.overflow_bits != 0 || s.overflow_end != 0)) ||
      (s.overflow == 1 &&
       (s.char_count != max_chars_ || s.overflow_end < last_end || s.overflow_end > s.offset))) {
    return Bad("an impossible long word");
  }

  const int32_t ids = tokenizer_.vocabulary_size();
  const auto possible = [&s, ids](const Token& token) {
    return token.id >= 0 && token.id < ids && (token.flags & ~kAllTokenFlags) == 0 && token.byte_begin >= 0 &&
           token.byte_begin <= token.byte_end && token.byte_end <= s.offset;
  };
  s.has_held = from.U8();
  s.held = from.ReadToken();
  if (s.has_held > 1 || !(s.has_held ? possible(s.held) : s.held == Token()))
    return Bad("an impossible held token");
  s.last_ends_sentence = from.U8();
  s.last_end = from.I64();
  if (s.last_ends_sentence > 1 || s.last_end < -1 || s.last_end > s.offset)
    return Bad("an impossible last token");

  s.queue_head = 0;
  s.queue_count = from.U32();
  const size_t room = layout.queue_tokens - (s.finished ? 0 : layout.reserve_tokens);
  if (s.queue_count > room) return Bad("too many tokens in the queue");
  last_begin = 0;
  for (uint32_t i = 0; i < s.queue_count; ++i) {
    const Token token = from.ReadToken();
    if (!possible(token) || token.byte_begin < last_begin) return Bad("an impossible token in the queue");
    last_begin = token.byte_begin;
    if (apply) queue_[i] = token;
  }
  if (from.ran_short()) return Bad("truncated");
  if (!from.at_end()) return Bad("bytes after its end");
  if (s.finished && (s.pending_count != 0 || s.bytes_needed != 0 || s.char_count != 0 || s.has_held != 0)) {
    return Bad("it is finished and yet has something open");
  }
  return absl::OkStatus();
}

absl::Status WordPieceStream::Load(absl::Span<const char> saved) {
  Scalars scalars;
  absl::Status status = Parse(saved, false, &scalars);
  if (!status.ok()) return status;
  status = Parse(saved, true, &scalars);
  s_ = scalars;
  return status;
}

}  // namespace lwave::tokenizer
