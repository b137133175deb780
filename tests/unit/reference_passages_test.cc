// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The oracle of passage cutting against cases worked out by hand. Tokens here are runs of letters or digits
// and single other characters, as a simple tokenizer would have them.

#include <cctype>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "reference/passages_reference.h"

namespace lwave::reference {
namespace {

std::vector<TokenRange> Tokens(const std::string& text) {
  std::vector<TokenRange> tokens;
  const auto letter = [&](size_t i) {
    return i < text.size() && (std::isalnum(static_cast<unsigned char>(text[i])) != 0);
  };
  for (size_t i = 0; i < text.size();) {
    size_t end = i + 1;
    if (letter(i)) {
      while (letter(end)) ++end;
    } else if (static_cast<unsigned char>(text[i]) <= ' ') {
      ++i;
      continue;
    } else {
      while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) ++end;
    }
    tokens.push_back({static_cast<int64_t>(i), static_cast<int64_t>(end), true});
    i = end;
  }
  return tokens;
}

std::vector<std::string> Cut(const std::string& text, int64_t limit) {
  std::vector<std::string> pieces;
  int64_t next = 0;
  for (const PassageRange& passage : CutPassages(text, Tokens(text), limit)) {
    CHECK(passage.token_begin == next);
    next = passage.token_end;
    pieces.push_back(text.substr(passage.byte_begin, passage.byte_end - passage.byte_begin));
  }
  CHECK(next == static_cast<int64_t>(Tokens(text).size()));
  return pieces;
}

using Pieces = std::vector<std::string>;

TEST_CASE("a text of at most the limit is one passage and an empty one is none", "[reference]") {
  CHECK(Cut("", 4).empty());
  CHECK(Cut(" \n\n ", 4).empty());
  CHECK(Cut("a b c d", 4) == Pieces{"a b c d"});
}

TEST_CASE("the last paragraph's beginning is preferred, then the last sentence's", "[reference]") {
  CHECK(Cut("a b c\n\nd. e f g", 6) == Pieces{"a b c", "d. e f g"});
  CHECK(Cut("a b c\n\nd\n \t\ne f g", 6) == Pieces{"a b c\n\nd", "e f g"});
  CHECK(Cut("a b c.\nd e f g", 6) == Pieces{"a b c.", "d e f g"});
}

TEST_CASE("cuts stand between half the limit, rounded up, and the limit", "[reference]") {
  // The paragraph after two of five tokens is too early: half of five, rounded up, is three.
  CHECK(Cut("a b\n\nc d e f", 5) == Pieces{"a b\n\nc d e", "f"});
  CHECK(Cut("a b c\n\nd e f", 5) == Pieces{"a b c", "d e f"});
  CHECK(Cut("a b c d e\n\nf", 5) == Pieces{"a b c d e", "f"});
  CHECK(Cut("a b c", 1) == Pieces{"a", "b", "c"});
}

TEST_CASE("a line end is LF, CRLF or CR", "[reference]") {
  CHECK(ParagraphInGap("a\n\nb", 1, 3));
  CHECK(ParagraphInGap("a\r\n\r\nb", 1, 5));
  CHECK(ParagraphInGap("a\r\rb", 1, 3));
  CHECK(ParagraphInGap("a\n\rb", 1, 3));
  CHECK(ParagraphInGap("a\n \t \r\nb", 1, 7));
  CHECK_FALSE(ParagraphInGap("a\r\nb", 1, 3));
  CHECK_FALSE(ParagraphInGap("a \n\v\nb", 1, 5));
  CHECK_FALSE(ParagraphInGap("a\nb\n", 1, 2));
}

TEST_CASE("a sentence ends with its mark, closers behind it, and white space", "[reference]") {
  CHECK(SentenceClosesAt("So.", 3));
  CHECK(SentenceClosesAt("So!\")\xE2\x80\x9D", 8));  // U+201D
  CHECK(SentenceClosesAt("So?\xC2\xBB'", 6));        // U+00BB
  CHECK_FALSE(SentenceClosesAt("So. ", 4));
  CHECK_FALSE(SentenceClosesAt("So.\xE2\x80\x9C", 6));  // U+201C opens
  CHECK_FALSE(SentenceClosesAt("\")", 2));
  CHECK(Cut("a b c. \"d e f g", 6) == Pieces{"a b c.", "\"d e f g"});
  CHECK(Cut("a b c.\" d e f g", 6) == Pieces{"a b c.\"", "d e f g"});
  CHECK(Cut("a b 3.5 d e f g", 6) == Pieces{"a b 3.5 d", "e f g"});
}

TEST_CASE("an ideographic full stop ends a sentence without white space", "[reference]") {
  CHECK(CjkSentenceClosesAt("a\xE3\x80\x82", 4));
  CHECK(CjkSentenceClosesAt("a\xEF\xBC\x81", 4));
  CHECK_FALSE(CjkSentenceClosesAt("a\xE3\x80\x82)", 5));
  CHECK(Cut("a b c\xE3\x80\x82"
            "d e f g",
            6) == Pieces{"a b c\xE3\x80\x82", "d e f g"});
}

TEST_CASE("without an end of a sentence the cut stands before a word, else at the limit", "[reference]") {
  std::vector<TokenRange> tokens;
  for (int64_t i = 0; i < 10; ++i) tokens.push_back({i, i + 1, i == 0 || i == 3});
  const std::string text(10, 'a');
  std::vector<PassageRange> passages = CutPassages(text, tokens, 4);
  REQUIRE(passages.size() == 3);
  CHECK(passages[0] == PassageRange{0, 3, 0, 3});
  CHECK(passages[1] == PassageRange{3, 7, 3, 7});
  CHECK(passages[2] == PassageRange{7, 10, 7, 10});
}

TEST_CASE("invalid UTF-8 is decoded as one replacement for every maximal bad part", "[reference]") {
  const auto codes = [](const std::string& text) {
    std::vector<int32_t> result;
    for (const DecodedCharacter& character : DecodeUtf8(text)) result.push_back(character.code);
    return result;
  };
  using Codes = std::vector<int32_t>;
  CHECK(codes("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80") == Codes{'a', 0xE9, 0x20AC, 0x1F600});
  CHECK(codes("\xF0\x9F\x98"
              "b") == Codes{0xFFFD, 'b'});
  CHECK(codes("\xE0\x80\x80") == Codes{0xFFFD, 0xFFFD, 0xFFFD});
  CHECK(codes("\xED\xA0\x80") == Codes{0xFFFD, 0xFFFD, 0xFFFD});
  CHECK(codes("\xC0\xAF\xFF") == Codes{0xFFFD, 0xFFFD, 0xFFFD});
  CHECK(codes("\xE2\x82") == Codes{0xFFFD});
}

}  // namespace
}  // namespace lwave::reference
