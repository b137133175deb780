// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Passages of a whole text, naively. See the header.

#include "passages_reference.h"

#include <algorithm>
#include <functional>
#include <iterator>

namespace lwave::reference {
namespace {

// General categories Pe (closing brackets) and Pf (closing quotes) of Unicode 14, and the two ASCII quotes.
bool IsCloser(int32_t code) {
  static constexpr int32_t kClosers[] = {
      0x0022, 0x0027, 0x0029, 0x005D, 0x007D, 0x00BB, 0x0F3B, 0x0F3D, 0x169C, 0x2019, 0x201D, 0x203A, 0x2046,
      0x207E, 0x208E, 0x2309, 0x230B, 0x232A, 0x2769, 0x276B, 0x276D, 0x276F, 0x2771, 0x2773, 0x2775, 0x27C6,
      0x27E7, 0x27E9, 0x27EB, 0x27ED, 0x27EF, 0x2984, 0x2986, 0x2988, 0x298A, 0x298C, 0x298E, 0x2990, 0x2992,
      0x2994, 0x2996, 0x2998, 0x29D9, 0x29DB, 0x29FD, 0x2E03, 0x2E05, 0x2E0A, 0x2E0D, 0x2E1D, 0x2E21, 0x2E23,
      0x2E25, 0x2E27, 0x2E29, 0x2E56, 0x2E58, 0x2E5A, 0x2E5C, 0x3009, 0x300B, 0x300D, 0x300F, 0x3011, 0x3015,
      0x3017, 0x3019, 0x301B, 0x301E, 0x301F, 0xFD3E, 0xFE18, 0xFE36, 0xFE38, 0xFE3A, 0xFE3C, 0xFE3E, 0xFE40,
      0xFE42, 0xFE44, 0xFE48, 0xFE5A, 0xFE5C, 0xFE5E, 0xFF09, 0xFF3D, 0xFF5D, 0xFF60, 0xFF63};
  return std::find(std::begin(kClosers), std::end(kClosers), code) != std::end(kClosers);
}

bool IsSpace(int32_t code) {
  return (code >= 0x09 && code <= 0x0D) || code == 0x20 || code == 0x85 || code == 0xA0 || code == 0x1680 ||
         (code >= 0x2000 && code <= 0x200A) || code == 0x2028 || code == 0x2029 || code == 0x202F ||
         code == 0x205F || code == 0x3000;
}

bool EndsSentence(int32_t code) { return code == '.' || code == '!' || code == '?'; }

bool EndsCjkSentence(int32_t code) {
  return code == 0x3002 || code == 0xFF01 || code == 0xFF1F || code == 0xFF0E || code == 0xFF61;
}

// The characters of the text before byte `end`, from the last to the first. Four bytes hold any character, so
// decoding a growing piece from behind finds it: the last character of the text up to `end` is the shortest
// suffix that is one valid character; otherwise it is a bad byte, U+FFFD.
int32_t LastCharacter(const std::string& text, int64_t end, int64_t* begin) {
  for (int64_t bytes = 1; bytes <= 4 && bytes <= end; ++bytes) {
    const std::vector<DecodedCharacter> piece = DecodeUtf8(text.substr(end - bytes, bytes));
    if (piece.size() == 1 && (piece[0].code != 0xFFFD || bytes == 3)) {
      *begin = end - bytes;
      return piece[0].code;
    }
  }
  *begin = end - 1;
  return 0xFFFD;
}

}  // namespace

std::vector<DecodedCharacter> DecodeUtf8(const std::string& text) {
  const int64_t n = static_cast<int64_t>(text.size());
  const auto byte = [&](int64_t i) {
    return i < n ? static_cast<int32_t>(static_cast<unsigned char>(text[i])) : -1;
  };
  std::vector<DecodedCharacter> characters;
  for (int64_t i = 0; i < n;) {
    const int32_t first = byte(i);
    int64_t length = 1;
    int32_t code = first, low = 0x80, high = 0xBF;  // what the second byte may be
    if (first >= 0x80) {
      if (first >= 0xC2 && first <= 0xDF)
        length = 2, code = first & 0x1F;
      else if (first >= 0xE0 && first <= 0xEF)
        length = 3, code = first & 0x0F;
      else if (first >= 0xF0 && first <= 0xF4)
        length = 4, code = first & 0x07;
      else
        code = 0xFFFD;
      if (first == 0xE0) low = 0xA0;
      if (first == 0xED) high = 0x9F;
      if (first == 0xF0) low = 0x90;
      if (first == 0xF4) high = 0x8F;
    }
    int64_t taken = 1;
    for (; taken < length; ++taken) {
      const int32_t next = byte(i + taken);
      if (next < low || next > high) break;
      code = code << 6 | (next & 0x3F);
      low = 0x80, high = 0xBF;
    }
    if (taken < length) code = 0xFFFD;  // a maximal bad part: what was right so far
    characters.push_back({code, i, i + taken});
    i += taken;
  }
  return characters;
}

bool ParagraphInGap(const std::string& text, int64_t end, int64_t begin) {
  for (int64_t i = end; i < begin; ++i) {
    if (text[i] != '\n' && text[i] != '\r') continue;
    // The first line end; CRLF is one.
    int64_t next = i + (text[i] == '\r' && i + 1 < begin && text[i + 1] == '\n' ? 2 : 1);
    while (next < begin && (text[next] == ' ' || text[next] == '\t')) ++next;
    if (next < begin && (text[next] == '\n' || text[next] == '\r')) return true;
    i = next - 1;
  }
  return false;
}

bool SpaceInGap(const std::string& text, int64_t end, int64_t begin) {
  if (begin <= end) return false;
  for (const DecodedCharacter& character : DecodeUtf8(text.substr(end, begin - end))) {
    if (IsSpace(character.code)) return true;
  }
  return false;
}

bool SentenceClosesAt(const std::string& text, int64_t end) {
  while (end > 0) {
    int64_t begin = 0;
    const int32_t code = LastCharacter(text, end, &begin);
    if (!IsCloser(code)) return EndsSentence(code);
    end = begin;
  }
  return false;
}

bool CjkSentenceClosesAt(const std::string& text, int64_t end) {
  int64_t begin = 0;
  return end > 0 && EndsCjkSentence(LastCharacter(text, end, &begin));
}

std::vector<PassageRange> CutPassages(const std::string& text, const std::vector<TokenRange>& tokens,
                                      int64_t limit) {
  const int64_t n = static_cast<int64_t>(tokens.size());
  const auto paragraph = [&](int64_t c) { return ParagraphInGap(text, tokens[c - 1].end, tokens[c].begin); };
  const auto sentence = [&](int64_t c) {
    const int64_t end = tokens[c - 1].end;
    return (SentenceClosesAt(text, end) && SpaceInGap(text, end, tokens[c].begin)) ||
           CjkSentenceClosesAt(text, end);
  };
  const auto word = [&](int64_t c) { return tokens[c].starts_word; };
  const auto anywhere = [&](int64_t) { return true; };

  std::vector<PassageRange> passages;
  const auto add = [&](int64_t begin, int64_t end) {
    passages.push_back({begin, end, tokens[begin].begin, tokens[end - 1].end});
  };
  int64_t s = 0;
  while (n - s > limit) {
    int64_t cut = -1;
    for (const std::function<bool(int64_t)>& kind :
         {std::function<bool(int64_t)>(paragraph), std::function<bool(int64_t)>(sentence),
          std::function<bool(int64_t)>(word), std::function<bool(int64_t)>(anywhere)}) {
      for (int64_t c = s + limit; c >= s + (limit + 1) / 2 && cut < 0; --c) {
        if (c > s && kind(c)) cut = c;
      }
    }
    add(s, cut);
    s = cut;
  }
  if (s < n) add(s, n);
  return passages;
}

}  // namespace lwave::reference
