// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The library's incremental flags and cuts against the oracle's, which looks at the whole text at once.

#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "base/arena.h"
#include "reference/passages_reference.h"
#include "stream/passages.h"
#include "tokenizer_fixture.h"

namespace lwave {
namespace {

using tokenizer::Token;

std::vector<reference::TokenRange> Ranges(const std::vector<Token>& tokens) {
  std::vector<reference::TokenRange> ranges;
  for (const Token& token : tokens) {
    ranges.push_back({token.byte_begin, token.byte_end, (token.flags & tokenizer::kStartsWord) != 0});
  }
  return ranges;
}

std::vector<reference::PassageRange> CutIncrementally(const std::vector<Token>& tokens, int64_t limit) {
  Arena measure;
  stream::PassageCutter measured(measure, limit);
  Buffer<std::byte> block;
  REQUIRE(block.Resize(Allocator::Default(), static_cast<size_t>(measure.used())).ok());
  Arena arena(absl::MakeSpan(block.data(), block.size()));
  stream::PassageCutter cutter(arena, limit);
  std::vector<reference::PassageRange> passages;
  stream::Passage passage;
  const auto keep = [&] {
    passages.push_back({passage.token_begin, passage.token_end, passage.byte_begin, passage.byte_end});
  };
  for (const Token& token : tokens) {
    if (cutter.Add(token, &passage)) keep();
  }
  if (cutter.Finish(&passage)) keep();
  return passages;
}

void CheckText(const tokenizer::Tokenizer& tokenizer, const std::string& text) {
  INFO(tokenizer::Escaped(text));
  const std::vector<Token> tokens = tokenizer::TokensOf(tokenizer, text);
  for (size_t i = 0; i < tokens.size(); ++i) {
    INFO("token " << i << ", bytes " << tokens[i].byte_begin << " to " << tokens[i].byte_end);
    const int64_t before = i == 0 ? 0 : tokens[i - 1].byte_end, begin = tokens[i].byte_begin;
    const auto flag = [&](int bit) { return (tokens[i].flags & bit) != 0; };
    CHECK(flag(tokenizer::kParagraphBefore) == reference::ParagraphInGap(text, before, begin));
    CHECK(flag(tokenizer::kSpaceBefore) == reference::SpaceInGap(text, before, begin));
    CHECK(flag(tokenizer::kEndsSentence) == reference::SentenceClosesAt(text, tokens[i].byte_end));
    CHECK(flag(tokenizer::kEndsCjkSentence) == reference::CjkSentenceClosesAt(text, tokens[i].byte_end));
  }
  for (const int64_t limit : {1, 2, 3, 5, 8, 21, 254}) {
    INFO("limit " << limit);
    CHECK(CutIncrementally(tokens, limit) == reference::CutPassages(text, Ranges(tokens), limit));
  }
}

TEST_CASE("passages of a nasty text are those of the whole-text oracle", "[reference]") {
  const auto tokenizer = tokenizer::LoadSmall();
  CheckText(*tokenizer, tokenizer::NastySample());
  CheckText(*tokenizer, "");
  CheckText(*tokenizer,
            "One. (Two.) \"Three!\" Four?\xE2\x80\x9D\n\nFive\r\n \r\nSix... Seven.Eight 9.5 end");
}

TEST_CASE("passages of random texts are those of the whole-text oracle", "[reference]") {
  const auto tokenizer = tokenizer::LoadSmall();
  for (uint64_t seed = 1; seed <= 400; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    CheckText(*tokenizer, tokenizer::RandomText(random));
  }
}

}  // namespace
}  // namespace lwave
