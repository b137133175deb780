// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// UTF-8 as WHATWG decodes it: a bad part is the longest prefix of a character that cannot go on, or one byte.

#include "utf8.h"

#include "diagnostics.h"

namespace lwave::cli {

Utf8Part FirstUtf8Part(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {1, true};
  size_t length = 0;
  unsigned char low = 0x80, high = 0xbf;  // what the second byte may be: no overlong forms, no surrogates
  if (lead >= 0xc2 && lead <= 0xdf) {
    length = 2;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    length = 3;
    if (lead == 0xe0) low = 0xa0;
    if (lead == 0xed) high = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    length = 4;
    if (lead == 0xf0) low = 0x90;
    if (lead == 0xf4) high = 0x8f;
  } else {
    return {1, false};
  }
  for (size_t i = 1; i < length; ++i) {
    if (i >= text.size()) return {i, false};
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < low || byte > high) return {i, false};
    low = 0x80;
    high = 0xbf;
  }
  return {length, true};
}

size_t CutAtCharacter(std::string_view text, size_t limit) {
  if (text.size() <= limit) return text.size();
  // A character that spans the limit begins at most three bytes before it.
  for (size_t begin = limit; begin > 0 && limit - begin < 3;) {
    --begin;
    const Utf8Part part = FirstUtf8Part(text.substr(begin));
    if (part.valid && begin + part.bytes > limit) return begin;
  }
  return limit;
}

void NoteInvalidUtf8(const std::string& file, int64_t places, int64_t first) {
  if (places == 0) return;
  ReportNote(file + ": invalid UTF-8, first at byte " + std::to_string(first) + ", " + std::to_string(places) +
             (places == 1 ? " place" : " places") + " read as U+FFFD");
}

void NoteInvalidUtf8(const std::string& file, std::string_view text) {
  int64_t places = 0, first = 0;
  for (size_t at = 0; at < text.size();) {
    const Utf8Part part = FirstUtf8Part(text.substr(at));
    if (!part.valid && places++ == 0) first = static_cast<int64_t>(at);
    at += part.bytes;
  }
  NoteInvalidUtf8(file, places, first);
}

}  // namespace lwave::cli
