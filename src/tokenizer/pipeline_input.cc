// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The first stage: bytes to added tokens and to the characters of the source.

#include <cstring>

#include "tokenizer/pipeline_stream.h"
#include "tokenizer/unicode.h"

namespace lwave::tokenizer {

// Takes plain text, as far as there is any; returns how many bytes.
size_t PipelineStream::TakeFast(absl::string_view text) {
  if (s_.closing != kOpen || s_.partial.needed != 0 || s_.offset == 0) return 0;
  const AddedTokens& added = tokenizer_.raw_tokens();
  size_t at = 0;
  if (s_.size == 0) s_.base = s_.offset;
  uint32_t raw = static_cast<uint32_t>(s_.offset - s_.base);
  while (at < text.size() && s_.size < s_.try_at) {
    const uint8_t byte = static_cast<uint8_t>(text[at]);
    if (added.Begins(byte)) {
      // A whole look at what may begin here, if there is enough text for it.
      if (text.size() - at <= added.longest()) break;
      if (added.Match(text.substr(at, added.longest() + 1), false) != AddedTokens::kNone) break;
    }
    uint32_t length = 1;
    if (byte >= 0x80) {
      Utf8State state;
      if (!state.Begin(byte) || text.size() - at < 4) break;
      while (state.Continues(static_cast<uint8_t>(text[at + length]))) {
        ++length;
        if (state.Continue(static_cast<uint8_t>(text[at + length - 1]))) break;
      }
      if (state.needed != 0) break;
    }
    for (uint32_t i = 0; i < length; ++i) {
      source_.bytes[s_.size] = text[at + i];
      source_.begins[s_.size] = raw;
      source_.ends[s_.size] = raw + length;
      ++s_.size;
    }
    raw += length;
    at += length;
  }
  s_.offset += static_cast<int64_t>(at);
  return at;
}

// Takes the first of the pending bytes, or an added token that begins with it. False when more text is
// needed to tell.
bool PipelineStream::ResolvePending(bool final) {
  const AddedTokens& added = tokenizer_.raw_tokens();
  const uint8_t byte = static_cast<uint8_t>(pending_[0]);
  uint32_t used = 1;
  if (s_.ordinary_left == 0 && added.Begins(byte)) {
    const int match = added.Match({pending_, s_.pending_count}, final);
    if (match == AddedTokens::kMore) return false;
    if (match != AddedTokens::kNone) {
      const AddedTokens::Record& record = added.record(static_cast<size_t>(match));
      bool wait = false;
      if (!record.single_word || IsSingleWord(record, final, &wait)) {
        // A character cut short, and a token that still strips, come first; then this is looked at again.
        if (s_.partial.needed != 0) {
          AbandonPartial();
          return true;
        }
        if (s_.closing == kStripping) {
          s_.closing = kByToken;
          return true;
        }
        used = record.length;
        TakeAddedToken(match);
        s_.offset += used;
        s_.pending_count -= used;
        std::memmove(pending_, pending_ + used, s_.pending_count);
        return true;
      }
      if (wait) return false;
      s_.ordinary_left = record.length;
    }
  }
  if (s_.partial.needed != 0 && !s_.partial.Continues(byte)) {
    AbandonPartial();  // the character may have closed the segment
    return true;
  }
  DecodeByte(byte);
  if (s_.ordinary_left > 0) --s_.ordinary_left;
  s_.pending_count -= used;
  std::memmove(pending_, pending_ + used, s_.pending_count);
  return true;
}

// Whether no letter or digit touches the match at the beginning of the pending bytes.
bool PipelineStream::IsSingleWord(const AddedTokens::Record& record, bool final, bool* wait) const {
  const uint32_t before = s_.partial.needed != 0 ? kReplacementCharacter : LastCharacter();
  if (before != 0 && IsWordCharacter(before)) return false;
  Utf8State state;
  for (uint32_t at = record.length; at < s_.pending_count; ++at) {
    const uint8_t byte = static_cast<uint8_t>(pending_[at]);
    if (state.needed == 0) {
      if (!state.Begin(byte)) return true;
    } else if (state.Continues(byte)) {
      state.Continue(byte);
    } else {
      return true;
    }
    if (state.needed == 0) return !IsWordCharacter(state.bits);
  }
  *wait = !final;
  return final;
}

uint32_t PipelineStream::LastCharacter() const {
  if (s_.closing == kStripping) {  // that of the added token, or of the white space it took
    const AddedTokens& added = tokenizer_.raw_tokens();
    const AddedTokens::Record& record = added.record(static_cast<size_t>(s_.record));
    const int64_t begin = s_.segment < s_.size ? s_.base + source_.ends[s_.size - 1] : s_.token_begin;
    return s_.token_end > begin + record.length ? ' ' : CharacterBefore(added.text(record).data(), record.length);
  }
  return s_.size > 0 ? CharacterBefore(source_.bytes, s_.size) : s_.last_character;
}

void PipelineStream::TakeAddedToken(int match) {
  const AddedTokens::Record& record = tokenizer_.raw_tokens().record(static_cast<size_t>(match));
  if (s_.size == 0) s_.base = s_.offset;
  s_.segment = s_.size;
  s_.token_begin = s_.offset;
  s_.token_end = s_.offset + record.length;
  while (record.strip_left && s_.segment > 0 && IsWhiteSpace(CharacterBefore(source_.bytes, s_.segment))) {
    do --s_.segment;
    while ((static_cast<uint8_t>(source_.bytes[s_.segment]) & 0xC0) == 0x80);
    s_.token_begin = s_.base + source_.begins[s_.segment];
  }
  s_.record = match;
  s_.closing = record.strip_right ? kStripping : kByToken;
}

void PipelineStream::DecodeByte(uint8_t byte) {
  if (s_.partial.needed != 0) {
    if (s_.partial.Continue(byte)) {
      const uint8_t length = s_.partial.have;
      const uint32_t c = s_.partial.bits;
      s_.partial.Drop();
      TakeCharacter(c, s_.offset + 1 - length, s_.offset + 1);
    }
  } else if (!s_.partial.Begin(byte)) {
    s_.partial.Drop();
    if (s_.invalid_count++ == 0) s_.first_invalid = s_.offset;
    TakeCharacter(kReplacementCharacter, s_.offset, s_.offset + 1);
  } else if (s_.partial.needed == 0) {
    s_.partial.Drop();
    TakeCharacter(byte, s_.offset, s_.offset + 1);
  }
  ++s_.offset;
}

void PipelineStream::AbandonPartial() {
  const int64_t begin = s_.offset - s_.partial.have;
  s_.partial.Drop();
  if (s_.invalid_count++ == 0) s_.first_invalid = begin;
  TakeCharacter(kReplacementCharacter, begin, s_.offset);
}

void PipelineStream::TakeCharacter(uint32_t c, int64_t begin, int64_t end) {
  if (c == kByteOrderMark && begin == 0 && s_.skip_byte_order_mark) return;
  if (s_.closing == kStripping) {
    if (IsWhiteSpace(c)) {
      s_.token_end = end;
      return;
    }
    s_.closing = kByToken;
    s_.has_stash = 1;
    s_.stash = c;
    s_.stash_begin = begin;
    s_.stash_end = end;
    return;
  }
  AppendCharacter(c, begin, end);
}

void PipelineStream::AppendCharacter(uint32_t c, int64_t begin, int64_t end) {
  if (s_.size == 0) s_.base = begin;
  char text[4];
  const size_t length = EncodeUtf8(c, text);
  for (size_t i = 0; i < length; ++i) {
    source_.bytes[s_.size] = text[i];
    source_.begins[s_.size] = static_cast<uint32_t>(begin - s_.base);
    source_.ends[s_.size] = static_cast<uint32_t>(end - s_.base);
    ++s_.size;
  }
}

}  // namespace lwave::tokenizer
