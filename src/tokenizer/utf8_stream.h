// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// UTF-8 byte by byte, as WHATWG decodes it: every maximal bad part is one U+FFFD.

#ifndef LONGWAVE_TOKENIZER_UTF8_STREAM_H_
#define LONGWAVE_TOKENIZER_UTF8_STREAM_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace lwave::tokenizer {

// The unfinished character between two bytes.
struct Utf8State {
  uint8_t needed = 0;  // bytes that it still needs; 0: there is none
  uint8_t have = 0;
  uint8_t lower = 0x80, upper = 0xBF;  // bounds of the next byte
  uint32_t bits = 0;

  // Whether `byte` goes on with the unfinished character.
  bool Continues(uint8_t byte) const { return needed != 0 && byte >= lower && byte <= upper; }

  // Takes a byte that continues; true when the character, in `bits`, is complete.
  bool Continue(uint8_t byte) {
    lower = 0x80;
    upper = 0xBF;
    bits = bits << 6 | (byte & 0x3Fu);
    ++have;
    return --needed == 0;
  }

  // Takes the first byte of a character, with none unfinished. False: no character begins so.
  bool Begin(uint8_t byte) {
    have = 1;
    bits = byte;
    if (byte < 0x80) return true;
    if (byte < 0xC2 || byte > 0xF4) return false;
    needed = byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3;
    lower = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    upper = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    bits = byte & (0x3Fu >> needed);
    return true;
  }

  void Drop() { *this = Utf8State(); }
};

// The text with every maximal bad part replaced by U+FFFD.
std::string ReplaceInvalidUtf8(absl::string_view bytes);

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TOKENIZER_UTF8_STREAM_H_
