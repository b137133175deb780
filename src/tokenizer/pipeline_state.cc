// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The saved form of a stream. Little-endian, without padding:
//   u32 magic, u32 version, u64 fingerprint of the tokenizer, u8 options and progress, u32 held_back_bytes,
//   i64 offset, u32 pending count, pending bytes, u32 how many of them are ordinary,
//   u8 bytes the unfinished character needs, u8 bytes it has, u32 its bits so far,
//   i64 invalid count, i64 first invalid, u32 character before the source,
//   i64 base of the source, u32 its bytes, the bytes, for every U+FFFD in it u8 how many raw bytes it stands for,
//   u32 bytes of the segment, u32 size at which work is tried,
//   u8 closing, i32 added token, i64 its begin, i64 its end, u8 whether a character waits, u32 it, i64, i64,
//   u8 gap flags, u8 line state, u8 sentence state, i64 split count, u32 tokens given of the present work.
// Everything is as it was when the present work began; the work is done again after loading.

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "tokenizer/pipeline_stream.h"
#include "tokenizer/state_bytes.h"
#include "tokenizer/unicode.h"

namespace lwave::tokenizer {
namespace {

constexpr uint32_t kMagic = 0x4C50574C;  // "LWPL"
constexpr uint32_t kVersion = 1;
constexpr size_t kFixedBytes = 4 + 4 + 8 + 2 + 4 + 8 + 4 + 4 + 1 + 1 + 4 + 8 + 8 + 4 + 8 + 4 + 4 + 4 + 1 + 4 + 8 + 8 +
                               1 + 4 + 8 + 8 + 3 + 8 + 4;
constexpr int64_t kMaxOffset = int64_t{1} << 60;
constexpr absl::string_view kReplacement = "\xEF\xBF\xBD";

absl::Status Bad(absl::string_view what) {
  return absl::DataLossError(absl::StrCat("tokenizer state: ", what));
}

// How often U+FFFD stands in a text.
size_t Replacements(absl::string_view text) {
  size_t count = 0;
  for (size_t at = 0; (at = text.find(kReplacement, at)) != absl::string_view::npos; at += 3) ++count;
  return count;
}

// The state of the decoder after the first bytes of a character; false when there are no such bytes.
bool RestorePartial(uint8_t needed, uint8_t have, uint32_t bits, Utf8State* state) {
  if (needed == 0) return have == 0 && bits == 0;
  const int length = have + needed;
  if (have < 1 || needed > 3 || length > 4) return false;
  constexpr uint8_t kLead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  const uint32_t lead = bits >> (6 * (have - 1));
  if (lead >= (length == 2 ? 0x20u : length == 3 ? 0x10u : 0x08u)) return false;
  if (!state->Begin(static_cast<uint8_t>(kLead[length] | lead)) || state->needed != length - 1) return false;
  for (int i = have - 2; i >= 0; --i) {
    const uint8_t byte = static_cast<uint8_t>(0x80 | (bits >> (6 * i) & 0x3F));
    if (!state->Continues(byte)) return false;
    state->Continue(byte);
  }
  return true;
}

}  // namespace

size_t PipelineStream::MaxSavedBytes(const PipelineLayout& layout) {
  return kFixedBytes + layout.pending_bytes + layout.capacity + layout.capacity / 3;
}

size_t PipelineStream::SavedBytes() const {
  return kFixedBytes + s_.pending_count + s_.size + Replacements({source_.bytes, s_.size});
}

void PipelineStream::Save(char* out) const {
  StateWriter to(out);
  to.U32(kMagic);
  to.U32(kVersion);
  to.U64(tokenizer_.Fingerprint());
  to.U8(static_cast<uint8_t>(s_.skip_byte_order_mark | s_.split_long << 1 | s_.finishing << 2 | s_.done << 3 |
                             s_.failed << 4 | s_.working << 5 | s_.gave_any << 6));
  to.U8(static_cast<uint8_t>(s_.text_begin | s_.segment_begin << 1 | s_.continues_word << 2));
  to.U32(static_cast<uint32_t>(layout_.held_back));
  to.I64(s_.offset);
  to.U32(s_.pending_count);
  for (uint32_t i = 0; i < s_.pending_count; ++i) to.U8(static_cast<uint8_t>(pending_[i]));
  to.U32(s_.ordinary_left);
  const bool partial = s_.partial.needed != 0;
  to.U8(s_.partial.needed);
  to.U8(partial ? s_.partial.have : uint8_t{0});
  to.U32(partial ? s_.partial.bits : 0);
  to.I64(s_.invalid_count);
  to.I64(s_.first_invalid);
  to.U32(s_.last_character);
  to.I64(s_.size > 0 ? s_.base : 0);
  to.U32(s_.size);
  for (uint32_t i = 0; i < s_.size; ++i) to.U8(static_cast<uint8_t>(source_.bytes[i]));
  for (uint32_t at = 0; at < s_.size;) {
    const uint32_t here = at;
    if (NextCharacter(source_.bytes, &at) == kReplacementCharacter) {
      to.U8(static_cast<uint8_t>(source_.ends[here] - source_.begins[here]));
    }
  }
  to.U32(s_.closing == kOpen ? 0 : s_.segment);
  to.U32(s_.try_at);
  to.U8(s_.closing);
  to.U32(static_cast<uint32_t>(s_.record));
  to.I64(s_.token_begin);
  to.I64(s_.token_end);
  to.U8(s_.has_stash);
  to.U32(s_.has_stash ? s_.stash : 0);
  to.I64(s_.has_stash ? s_.stash_begin : 0);
  to.I64(s_.has_stash ? s_.stash_end : 0);
  to.U8(s_.flags.gap);
  to.U8(s_.flags.line_state);
  to.U8(static_cast<uint8_t>(s_.flags.ends_sentence | s_.flags.ends_cjk << 1));
  to.I64(s_.split_count);
  to.U32(s_.given);
}

absl::Status PipelineStream::Parse(absl::Span<const char> saved, bool apply, Scalars* scalars) {
  Scalars& s = *scalars;
  StateReader from(saved);
  if (from.U32() != kMagic) return Bad("it does not begin like one");
  const uint32_t version = from.U32();
  if (version != kVersion) return Bad(absl::StrCat("version ", version, ", expected ", kVersion));
  const uint64_t fingerprint = from.U64();
  if (from.ran_short()) return Bad("truncated");
  if (fingerprint != tokenizer_.Fingerprint()) {
    return absl::AbortedError("tokenizer state: it was saved with another tokenizer");
  }
  const uint8_t bits = from.U8(), place = from.U8();
  if (bits > 127 || place > 7) return Bad("unknown options");
  s.skip_byte_order_mark = bits & 1;
  s.split_long = bits >> 1 & 1;
  s.finishing = bits >> 2 & 1;
  s.done = bits >> 3 & 1;
  s.failed = bits >> 4 & 1;
  s.working = bits >> 5 & 1;
  s.gave_any = bits >> 6 & 1;
  s.text_begin = place & 1;
  s.segment_begin = place >> 1 & 1;
  s.continues_word = place >> 2 & 1;
  const uint32_t held_back = from.U32();
  if (held_back != layout_.held_back) {
    return absl::AbortedError(absl::StrCat("tokenizer state: it was saved with held_back_bytes ", held_back,
                                           ", this stream has ", layout_.held_back));
  }
  s.offset = from.I64();
  if (s.offset < 0 || s.offset > kMaxOffset) return Bad("offset out of range");
  s.pending_count = from.U32();
  if (s.pending_count > layout_.pending_bytes) return Bad("too many pending bytes");
  const absl::string_view pending = from.Bytes(s.pending_count);
  if (apply && !pending.empty()) std::memcpy(pending_, pending.data(), pending.size());
  s.ordinary_left = from.U32();
  if (s.ordinary_left > s.pending_count) return Bad("an impossible count of ordinary bytes");
  const uint8_t needed = from.U8(), have = from.U8();
  const uint32_t partial = from.U32();
  if (!RestorePartial(needed, have, partial, &s.partial) || have > s.offset) {
    return Bad("an impossible unfinished character");
  }
  s.invalid_count = from.I64();
  s.first_invalid = from.I64();
  if (s.invalid_count < 0 || s.invalid_count > s.offset || (s.invalid_count == 0) != (s.first_invalid == -1) ||
      s.first_invalid < -1 || s.first_invalid > s.offset) {
    return Bad("an impossible count of invalid bytes");
  }
  s.last_character = from.U32();
  s.base = from.I64();
  s.size = from.U32();
  if (s.last_character >= 0x110000 || s.base < 0 || s.base > s.offset || s.size > layout_.held_back + 8) {
    return Bad("an impossible source");
  }
  const absl::string_view text = from.Bytes(s.size);
  if (from.ran_short()) return Bad("truncated");
  if (!IsValidUtf8(text)) return Bad("the source is not UTF-8");
  if (apply && !text.empty()) std::memcpy(source_.bytes, text.data(), text.size());
  uint32_t raw = 0;
  for (uint32_t at = 0; at < s.size;) {
    const uint32_t begin = at;
    uint32_t length = 0;
    if (NextCharacter(text.data(), &at) == kReplacementCharacter) {
      length = from.U8();
      if (length < 1 || length > 3) return Bad("an impossible replaced character");
    } else {
      length = at - begin;
    }
    for (uint32_t i = begin; i < at && apply; ++i) {
      source_.begins[i] = raw;
      source_.ends[i] = raw + length;
    }
    raw += length;
  }
  if (s.base + raw > s.offset) return Bad("the source goes beyond the text");

  s.segment = from.U32();
  s.try_at = from.U32();
  s.closing = from.U8();
  s.record = static_cast<int32_t>(from.U32());
  s.token_begin = from.I64();
  s.token_end = from.I64();
  const bool has_token = s.closing == kStripping || s.closing == kByToken;
  const bool boundary = s.segment >= s.size || (static_cast<uint8_t>(text[s.segment]) & 0xC0) != 0x80;
  if (s.closing > kByEnd || s.segment > s.size || !boundary || (s.closing == kOpen && s.segment != 0) ||
      s.try_at < 1 || s.try_at > layout_.held_back ||
      (s.closing == kOpen && s.size >= s.try_at + 8 && !s.failed && !s.working)) {
    return Bad("an impossible segment");
  }
  if (has_token ? s.record < 0 || static_cast<size_t>(s.record) >= tokenizer_.raw_tokens().size() ||
                      s.token_begin < 0 || s.token_begin > s.token_end || s.token_end > s.offset
                : s.record != -1 || s.token_begin != 0 || s.token_end != 0) {
    return Bad("an impossible added token");
  }
  s.has_stash = from.U8();
  s.stash = from.U32();
  s.stash_begin = from.I64();
  s.stash_end = from.I64();
  if (s.has_stash > 1 || s.stash_begin < 0 || s.stash_begin > s.stash_end || s.stash_end > s.offset ||
      s.stash_end - s.stash_begin > 4 || (s.has_stash ? !IsScalarValue(s.stash) : s.stash != 0) ||
      (!s.has_stash && (s.stash_begin != 0 || s.stash_end != 0))) {
    return Bad("an impossible waiting character");
  }
  s.flags.gap = from.U8();
  s.flags.line_state = from.U8();
  const uint8_t sentence = from.U8();
  s.flags.ends_sentence = sentence & 1;
  s.flags.ends_cjk = sentence >> 1 & 1;
  s.split_count = from.I64();
  s.given = from.U32();
  if ((s.flags.gap & ~(kSpaceBefore | kParagraphBefore)) != 0 || s.flags.line_state > TextFlags::kAfterLineEnd ||
      sentence > 3 || s.split_count < 0 || s.split_count > s.offset || (!s.working && s.given != 0)) {
    return Bad("impossible counts");
  }
  if (from.ran_short()) return Bad("truncated");
  if (!from.at_end()) return Bad("bytes after its end");
  if (s.done && (!s.finishing || s.working || s.size != 0 || s.pending_count != 0 || s.closing != kOpen)) {
    return Bad("it is done and yet has something open");
  }
  return absl::OkStatus();
}

// Does the work again that the state was saved in.
absl::Status PipelineStream::Replay() {
  work_ = Work();
  if (!s_.working) return absl::OkStatus();
  const uint32_t given = s_.given;
  const uint32_t try_at = s_.try_at;
  s_.working = 0;
  s_.given = 0;
  if (s_.size < s_.try_at && s_.closing < kByToken) return Bad("there is no work");
  StartWork();
  if (!s_.working || s_.try_at != try_at) return Bad("there is no work");
  for (uint32_t i = 0; i < given; ++i) {
    while (work_.piece_at >= work_.piece_count && !EncodeNextWord() && work_.tokens_left == 0) {
      if (NextPart()) continue;
      return Bad("more tokens were given than there are");
    }
    Token token;
    Give(&token);
  }
  return absl::OkStatus();
}

absl::Status PipelineStream::Load(absl::Span<const char> saved) {
  Scalars scalars;
  absl::Status status = Parse(saved, false, &scalars);
  if (!status.ok()) return status;
  std::string before(SavedBytes(), '\0');
  Save(before.data());
  scalars = Scalars();
  status = Parse(saved, true, &scalars);
  s_ = scalars;
  if (status.ok()) status = Replay();
  if (status.ok()) return status;
  scalars = Scalars();
  Parse(before, true, &scalars).IgnoreError();
  s_ = scalars;
  Replay().IgnoreError();
  return status;
}

absl::Status PipelineStream::CopyFrom(const TokenStream& other) {
  if (OwnerOf(other) != owner()) {
    return absl::InvalidArgumentError("the token stream to copy from belongs to another tokenizer");
  }
  if (&other == this) return absl::OkStatus();
  const PipelineStream& from = static_cast<const PipelineStream&>(other);
  if (from.layout_.held_back != layout_.held_back) {
    return absl::InvalidArgumentError("the token stream to copy from holds back another number of bytes");
  }
  std::memcpy(pending_, from.pending_, from.s_.pending_count);
  std::memcpy(source_.bytes, from.source_.bytes, from.s_.size);
  std::memcpy(source_.begins, from.source_.begins, from.s_.size * sizeof(uint32_t));
  std::memcpy(source_.ends, from.source_.ends, from.s_.size * sizeof(uint32_t));
  s_ = from.s_;
  return Replay();
}

}  // namespace lwave::tokenizer
