// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A stretch of text on its way through a tokenizer: valid UTF-8, and for every byte where in the raw text it
// comes from. The storage is given, so that no step allocates.

#ifndef LONGWAVE_TOKENIZER_ALIGNED_TEXT_H_
#define LONGWAVE_TOKENIZER_ALIGNED_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "absl/strings/string_view.h"

namespace lwave::tokenizer {

struct AlignedText {
  char* bytes = nullptr;           // [capacity]
  uint32_t* begins = nullptr;      // [capacity] raw range of the byte, from some base offset; every byte of a
  uint32_t* ends = nullptr;        // [capacity] character has the range of the whole character
  uint8_t* word_starts = nullptr;  // [capacity] 1: a word begins at this byte (used from pre-tokenizers on)
  uint32_t size = 0;
  uint32_t capacity = 0;

  absl::string_view text() const { return absl::string_view(bytes, size); }

  // Adds text whose bytes all have one range. False, and nothing added, when there is no room.
  bool Append(absl::string_view text, uint32_t begin, uint32_t end, bool starts_word = false) {
    if (text.size() > capacity - size) return false;
    for (size_t i = 0; i < text.size(); ++i) {
      bytes[size + i] = text[i];
      begins[size + i] = begin;
      ends[size + i] = end;
      word_starts[size + i] = 0;
    }
    if (!text.empty() && starts_word) word_starts[size] = 1;
    size += static_cast<uint32_t>(text.size());
    return true;
  }

  // Adds bytes from..to of another text with their ranges and marks. False, and nothing added, when there is
  // no room.
  bool Copy(const AlignedText& from, uint32_t begin, uint32_t end) {
    const size_t count = end - begin;
    if (count > capacity - size) return false;
    if (count == 0) return true;
    std::memcpy(bytes + size, from.bytes + begin, count);
    std::memcpy(begins + size, from.begins + begin, count * sizeof(uint32_t));
    std::memcpy(ends + size, from.ends + begin, count * sizeof(uint32_t));
    std::memcpy(word_starts + size, from.word_starts + begin, count);
    size += static_cast<uint32_t>(count);
    return true;
  }

  // The bytes begin..end of this text, in the same storage.
  AlignedText Part(uint32_t begin, uint32_t end) const {
    return {bytes + begin, begins + begin, ends + begin, word_starts + begin, end - begin, end - begin};
  }
};

// What a stretch of text has at its ends. A segment is the text between two added tokens, or between one and
// the beginning or end of the document.
struct TextEdges {
  bool text_begin = false;      // the stretch begins where the document does
  bool segment_begin = false;   // it begins where its segment does
  bool segment_end = false;     // it ends where its segment does; else more text follows
  bool continues_word = false;  // it begins in the midst of a word
  char* scratch = nullptr;      // the stream's, PreTokenizer::ScratchBytes; aligned to kAlignment
};

// Reads the character at *at of valid UTF-8 and moves on.
inline uint32_t NextCharacter(const char* bytes, uint32_t* at) {
  const auto byte = [bytes, at]() -> uint32_t { return static_cast<uint8_t>(bytes[(*at)++]); };
  const uint32_t first = byte();
  if (first < 0x80) return first;
  uint32_t c = first < 0xE0 ? first & 0x1F : first < 0xF0 ? first & 0x0F : first & 0x07;
  c = c << 6 | (byte() & 0x3F);
  if (first >= 0xE0) c = c << 6 | (byte() & 0x3F);
  if (first >= 0xF0) c = c << 6 | (byte() & 0x3F);
  return c;
}

// The character that ends right before `at` (which is not 0).
inline uint32_t CharacterBefore(const char* bytes, uint32_t at) {
  do --at;
  while ((static_cast<uint8_t>(bytes[at]) & 0xC0) == 0x80);
  return NextCharacter(bytes, &at);
}

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_ALIGNED_TEXT_H_
