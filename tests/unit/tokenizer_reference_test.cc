// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The incremental tokenizer against the plain one that holds the whole text, on random texts and bytes.

#include <array>

#include "nlohmann/json.hpp"
#include "reference/wordpiece_reference.h"
#include "tokenizer_fixture.h"

namespace lwave::tokenizer {
namespace {

using nlohmann::json;

std::u32string Utf32(const std::string& text) {
  std::u32string out;
  for (const reference::SourceChar& s : reference::DecodeText(text)) out += s.c;
  return out;
}

reference::UnicodeFunctions Unicode() {
  reference::UnicodeFunctions unicode;
  const auto kind = [](ReferenceKind wanted) {
    return [wanted](char32_t c) { return ReferenceKindOf(c) == wanted; };
  };
  unicode.is_white_space = IsWhiteSpace;
  unicode.is_other = kind(ReferenceKind::kOther);
  unicode.is_nonspacing = kind(ReferenceKind::kNonspacing);
  unicode.is_punctuation = IsBertPunctuation;
  unicode.is_cjk = IsBertCjk;
  unicode.is_closer = [](char32_t c) { return (SentenceBits(c) & kSentenceCloser) != 0; };
  unicode.combining_class = [](char32_t c) {
    return ReferenceKindOf(c) == ReferenceKind::kNonspacing ? CombiningClassOfMark(c)
                                                            : CombiningClassOfKept(c);
  };
  unicode.decompose = [](char32_t c) {
    uint32_t out[kMaxDecomposition];
    const size_t count = Decompose(c, out);
    return std::u32string(out, out + count);
  };
  unicode.lowercase = [](char32_t c) {
    uint32_t out[kMaxLowercase];
    const size_t count = Lowercase(c, out);
    return std::u32string(out, out + count);
  };
  return unicode;
}

reference::WordPieceModel ModelOf(const json& file) {
  reference::WordPieceModel model;
  model.unicode = Unicode();
  for (const auto& [text, id] : file["model"]["vocab"].items()) model.pieces[Utf32(text)] = id;
  for (const json& token : file["added_tokens"]) model.added[Utf32(token["content"])] = token["id"];
  model.unk = model.pieces.at(Utf32(file["model"]["unk_token"]));
  const json& normalizer = file["normalizer"];
  model.clean_text = normalizer["clean_text"];
  model.split_cjk = normalizer["handle_chinese_chars"];
  model.lowercase = normalizer["lowercase"];
  model.strip_accents =
      normalizer["strip_accents"].is_null() ? model.lowercase : normalizer["strip_accents"].get<bool>();
  return model;
}

std::vector<Token> Expected(const reference::WordPieceModel& model, const std::string& text) {
  std::vector<Token> tokens;
  for (const reference::ReferenceToken& r : reference::TokenizeWordPiece(model, text)) {
    Token token;
    token.id = r.id;
    token.byte_begin = r.begin;
    token.byte_end = r.end;
    token.flags = static_cast<uint8_t>(
        (r.starts_word ? kStartsWord : 0) | (r.space_before ? kSpaceBefore : 0) |
        (r.paragraph_before ? kParagraphBefore : 0) | (r.ends_sentence ? kEndsSentence : 0) |
        (r.ends_cjk_sentence ? kEndsCjkSentence : 0));
    tokens.push_back(token);
  }
  return tokens;
}

void CheckSame(const std::vector<Token>& got, const std::vector<Token>& expected) {
  REQUIRE(got.size() == expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    INFO("token " << i << " got " << got[i].id << " [" << got[i].byte_begin << ", " << got[i].byte_end
                  << ") flags " << int{got[i].flags} << " expected " << expected[i].id << " ["
                  << expected[i].byte_begin << ", " << expected[i].byte_end << ") flags "
                  << int{expected[i].flags});
    REQUIRE(got[i] == expected[i]);
  }
}

TEST_CASE("random texts and bytes give the tokens and flags of the plain implementation, under all settings",
          "[tokenizer]") {
  const json original = json::parse(ReadTestFile("models/tokenizers/wordpiece-uncased/tokenizer.json"));
  for (int variant = 0; variant < 6; ++variant) {
    json file = original;
    json& normalizer = file["normalizer"];
    if (variant == 1) normalizer["strip_accents"] = false;
    if (variant == 2) normalizer["lowercase"] = false;
    if (variant == 3) normalizer["clean_text"] = false;
    if (variant == 4) {
      normalizer["handle_chinese_chars"] = false;
      normalizer["strip_accents"] = true;
      normalizer["lowercase"] = false;
    }
    if (variant == 5) {
      file["added_tokens"].push_back(
          {{"id", 700}, {"content", "[M"}, {"special", false}, {"normalized", false}});
      file["added_tokens"].push_back(
          {{"id", 701}, {"content", "a\"]"}, {"special", false}, {"normalized", false}});
    }
    const reference::WordPieceModel model = ModelOf(file);
    auto tokenizer = TokenizerFromJson(file.dump(), "", "tokenizer.json", Allocator::Default());
    REQUIRE(tokenizer.ok());
    CheckSame(TokensOf(**tokenizer, NastySample()), Expected(model, NastySample()));
    for (uint64_t seed = 0; seed < 400; ++seed) {
      std::mt19937_64 random(seed + 1000 * static_cast<uint64_t>(variant));
      const std::string text = RandomText(random);
      INFO("variant " << variant << " seed " << seed << " text " << Escaped(text));
      CheckSame(TokensOf(**tokenizer, text), Expected(model, text));
    }
    for (uint64_t seed = 0; seed < 100; ++seed) {
      std::mt19937_64 random(seed);
      std::string bytes(random() % 200, '\0');
      for (char& c : bytes) c = static_cast<char>(random());
      INFO("variant " << variant << " random bytes, seed " << seed << " text " << Escaped(bytes));
      CheckSame(TokensOf(**tokenizer, bytes), Expected(model, bytes));
    }
  }
}

TEST_CASE("invalid UTF-8 is counted one for each maximal bad part, with the offset of the first",
          "[tokenizer]") {
  const std::unique_ptr<Tokenizer> tokenizer = LoadSmall();
  for (uint64_t seed = 0; seed < 200; ++seed) {
    std::mt19937_64 random(seed);
    const std::string text = RandomText(random);
    int64_t count = 0, first = -1;
    for (const reference::SourceChar& s : reference::DecodeText(text)) {
      if (s.c != 0xFFFD || text.compare(static_cast<size_t>(s.begin), 3, "\xEF\xBF\xBD") == 0) continue;
      if (count++ == 0) first = s.begin;
    }
    const TokenStreamPtr stream = NewStream(*tokenizer);
    std::vector<Token> tokens;
    PushAll(*stream, text, 1 + seed % 5, &tokens);
    stream->Finish();
    INFO("seed " << seed << " text " << Escaped(text));
    CHECK(stream->invalid_count() == count);
    CHECK(stream->first_invalid() == first);
  }
}

}  // namespace
}  // namespace lwave::tokenizer
