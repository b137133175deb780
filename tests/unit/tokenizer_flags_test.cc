// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the flags of tokens say, on texts small enough to read.

#include <map>

#include "tokenizer_fixture.h"

namespace lwave::tokenizer {
namespace {

// One letter a token: w starts a word, s space before, p paragraph before, e ends a sentence, c ends a CJK
// sentence.
std::vector<std::string> Flags(const std::string& text) {
  static const std::unique_ptr<Tokenizer> tokenizer = LoadSmall();
  std::vector<std::string> all;
  for (const Token& token : TokensOf(*tokenizer, text)) {
    std::string flags;
    if (token.flags & kStartsWord) flags += 'w';
    if (token.flags & kSpaceBefore) flags += 's';
    if (token.flags & kParagraphBefore) flags += 'p';
    if (token.flags & kEndsSentence) flags += 'e';
    if (token.flags & kEndsCjkSentence) flags += 'c';
    all.push_back(flags);
  }
  return all;
}

using List = std::vector<std::string>;

TEST_CASE("every piece after a word's first lacks the flag of a word's start", "[tokenizer]") {
  CHECK(Flags("Hello") == List{"w", "", "", ""});
  CHECK(Flags("\xF0\x9F\x98\x80") == List{"w"});
  CHECK(Flags("a[MASK]b") == List{"w", "w", "w"});
}

TEST_CASE("a paragraph is two line ends of any kind with only spaces and tabs between", "[tokenizer]") {
  CHECK(Flags("a\n\nb") == List{"w", "wsp"});
  CHECK(Flags("a\r\rb") == List{"w", "wsp"});
  CHECK(Flags("a\r\nb") == List{"w", "ws"});
  CHECK(Flags("a\r\n\r\nb") == List{"w", "wsp"});
  CHECK(Flags("a\n\rb") == List{"w", "wsp"});
  CHECK(Flags("a\r\n\nb") == List{"w", "wsp"});
  CHECK(Flags("a \n \t \n b") == List{"w", "wsp"});
  CHECK(Flags("a\n\xC2\xA0\nb") == List{"w", "ws"});
  CHECK(Flags("a\n\xE2\x80\x8B\nb") == List{"w", "ws"});
  CHECK(Flags("a\r \nb") == List{"w", "wsp"});
  CHECK(Flags("a\n\n.") == List{"w", "wspe"});
  CHECK(Flags("a\n\n\xE4\xB8\xAD") == List{"w", "wsp"});
  CHECK(Flags("a\n\n[MASK]") == List{"w", "wsp"});
  CHECK(Flags("\n\na") == List{"wsp"});
}

TEST_CASE("a sentence ends at a stop and stays ended through closers right behind it", "[tokenizer]") {
  CHECK(Flags("a. b") == List{"w", "we", "ws"});
  CHECK(Flags("a.\"') b") == List{"w", "we", "we", "we", "we", "ws"});
  CHECK(Flags("a.\" )") == List{"w", "we", "we", "ws"});
  CHECK(Flags("a\"") == List{"w", "w"});
  CHECK(Flags("(a!)") == List{"w", "w", "we", "we"});
  CHECK(Flags("a?\xE2\x80\x9D\xC2\xBB") == List{"w", "we", "we", "we"});
  CHECK(Flags("a.(") == List{"w", "we", "w"});
  CHECK(Flags("a.\xE2\x80\x8B\"") == List{"w", "we", "w"});
}

TEST_CASE("full-width stops end a sentence on their own", "[tokenizer]") {
  CHECK(Flags("\xE4\xB8\xAD\xE3\x80\x82\xEF\xBC\x81\xEF\xBC\x9F\xEF\xBC\x8E\xEF\xBD\xA1") ==
        List{"w", "wc", "wc", "wc", "wc", "wc"});
  CHECK(Flags("\xE3\x80\x82\xE3\x80\x8D") == List{"wc", "w"});
}

TEST_CASE("white space that cleaning drops still counts as white space in the gap", "[tokenizer]") {
  CHECK(Flags(".\x0B.") == List{"we", "wse"});
  CHECK(Flags(".\xC2\x85.") == List{"we", "wse"});
  CHECK(Flags(".\xE2\x80\x8B.") == List{"we", "we"});
}

TEST_CASE("a byte order mark is skipped at the beginning only and counts in offsets", "[tokenizer]") {
  const std::unique_ptr<Tokenizer> tokenizer = LoadSmall();
  const std::vector<Token> tokens = TokensOf(*tokenizer,
                                             "\xEF\xBB\xBF"
                                             "a");
  REQUIRE(tokens.size() == 1);
  CHECK(tokens[0].byte_begin == 3);
  CHECK(tokens[0].byte_end == 4);
  CHECK(tokens[0].flags == kStartsWord);
}

}  // namespace
}  // namespace lwave::tokenizer
