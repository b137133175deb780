// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How a text is cut into passages, written over the whole text and all its tokens at once: the oracle for the
// library's incremental cutting. Works on the raw bytes and on the tokens' byte ranges alone.
//
// Let L be the limit. While more than L tokens remain from token s, cut before the token c,
// s + ceil(L / 2) <= c <= s + L, that is the greatest of the first kind that exists:
//   (a) a paragraph begins with c: two line ends with only spaces and tabs between lie in the gap before it
//   (b) a sentence ends with token c - 1
//   (c) c starts a word
//   (d) c = s + L
// What remains is one passage.

#ifndef LONGWAVE_TESTS_REFERENCE_PASSAGES_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_PASSAGES_REFERENCE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace lwave::reference {

struct TokenRange {
  int64_t begin = 0;  // bytes in the raw text, half-open
  int64_t end = 0;
  bool starts_word = true;  // the first piece of its word
};

struct PassageRange {
  int64_t token_begin = 0, token_end = 0;  // half-open
  int64_t byte_begin = 0, byte_end = 0;    // from the first byte of its first token to the end of its last

  bool operator==(const PassageRange& other) const {
    return token_begin == other.token_begin && token_end == other.token_end &&
           byte_begin == other.byte_begin && byte_end == other.byte_end;
  }
};

std::vector<PassageRange> CutPassages(const std::string& text, const std::vector<TokenRange>& tokens,
                                      int64_t limit);

// The gap before byte `begin` and after byte `end` holds two line ends (LF, CRLF or CR) with only spaces and
// tabs between.
bool ParagraphInGap(const std::string& text, int64_t end, int64_t begin);
// White space (Unicode's property White_Space) lies between the two.
bool SpaceInGap(const std::string& text, int64_t end, int64_t begin);
// The text up to byte `end` closes with . ! or ?, then any number of closers, all directly adjacent. Closers
// are the ASCII quotes " and ' and the characters of general category Pe and Pf.
bool SentenceClosesAt(const std::string& text, int64_t end);
// The text up to byte `end` closes with U+3002, U+FF01, U+FF1F, U+FF0E or U+FF61.
bool CjkSentenceClosesAt(const std::string& text, int64_t end);

// One code point of a text. Invalid UTF-8 is U+FFFD, one for every maximal bad part, as WHATWG decodes.
struct DecodedCharacter {
  int32_t code = 0;
  int64_t begin = 0, end = 0;  // bytes
};
std::vector<DecodedCharacter> DecodeUtf8(const std::string& text);

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_PASSAGES_REFERENCE_H_
