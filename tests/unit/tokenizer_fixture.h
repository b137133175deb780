// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the tokenizer's tests share: the small vocabulary, feeding a text in pieces, random texts.

#ifndef LONGWAVE_TESTS_UNIT_TOKENIZER_FIXTURE_H_
#define LONGWAVE_TESTS_UNIT_TOKENIZER_FIXTURE_H_

#include <catch2/catch_test_macros.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "tokenizer/load.h"
#include "tokenizer/tokenizer.h"
#include "tokenizer/unicode.h"

namespace lwave::tokenizer {

inline std::string ReadTestFile(const std::string& name) {
  std::ifstream file(std::string(LWAVE_TEST_DATA) + "/" + name, std::ios::binary);
  std::ostringstream contents;
  contents << file.rdbuf();
  return contents.str();
}

inline absl::StatusOr<std::unique_ptr<Tokenizer>> FromJson(const std::string& text) {
  return TokenizerFromJson(text, "", "tokenizer.json", Allocator::Default());
}

// A tokenizer.json is refused with this code and one line that names the file and holds `part`.
inline void CheckRefused(const std::string& text, absl::StatusCode code, const std::string& part) {
  const auto tokenizer = FromJson(text);
  INFO(tokenizer.status() << " expected " << part);
  REQUIRE(!tokenizer.ok());
  CHECK(tokenizer.status().code() == code);
  CHECK(absl::StartsWith(tokenizer.status().message(), "tokenizer.json: "));
  CHECK(absl::StrContains(tokenizer.status().message(), part));
  CHECK(!absl::StrContains(tokenizer.status().message(), "\n"));
}

inline constexpr char kSmallFolder[] = "/models/tokenizers/wordpiece-uncased";

inline std::unique_ptr<Tokenizer> LoadSmall() {
  auto tokenizer = LoadTokenizer(std::string(LWAVE_TEST_DATA) + kSmallFolder, Allocator::Default());
  INFO(tokenizer.status());
  REQUIRE(tokenizer.ok());
  return *std::move(tokenizer);
}

inline TokenStreamPtr NewStream(const Tokenizer& tokenizer) {
  auto stream = tokenizer.NewStream(StreamOptions(), Allocator::Default());
  REQUIRE(stream.ok());
  return *std::move(stream);
}

inline void Drain(TokenStream& stream, std::vector<Token>* tokens) {
  Token token;
  while (stream.Next(&token)) tokens->push_back(token);
}

// Pushes all of `text` in pieces of `piece` bytes (0: at once), draining whenever the stream stops.
inline void PushAll(TokenStream& stream, absl::string_view text, size_t piece, std::vector<Token>* tokens) {
  while (!text.empty()) {
    const size_t count = piece == 0 ? text.size() : std::min(piece, text.size());
    absl::string_view part = text.substr(0, count);
    while (!part.empty()) {
      part.remove_prefix(stream.Push(part));
      Drain(stream, tokens);
    }
    text.remove_prefix(count);
  }
}

inline std::vector<Token> TokensOf(const Tokenizer& tokenizer, absl::string_view text, size_t piece = 0) {
  const TokenStreamPtr stream = NewStream(tokenizer);
  std::vector<Token> tokens;
  PushAll(*stream, text, piece, &tokens);
  stream->Finish();
  Drain(*stream, &tokens);
  CHECK(stream->bytes_taken() == static_cast<int64_t>(text.size()));
  return tokens;
}

inline std::string SavedState(const TokenStream& stream) {
  std::string saved(stream.SavedBytes(), '?');
  stream.Save(saved.data());
  return saved;
}

// Everything that has ever been trouble, in under 1000 bytes: marks, kana, Hangul, CJK, joiners, surrogate
// bytes, bad UTF-8, special tokens whole and broken, quotes after stops, line ends of all kinds, a word that
// is too long.
inline std::string NastySample() {
  std::string text = "\xEF\xBB\xBF\r\n\r\n";
  text +=
      "Caf\xC3\xA9 nai\xCC\x88ve [MASK][CLS] [MAS [SEP]] [[PAD] \"Yes!\" he said.'\n \t\n(Done?) "
      "ok.)\xE2\x80\x9D\xC2\xA0Next\r\r";
  text +=
      "\xE4\xB8\xAD\xE6\x96\x87\xE3\x80\x82\xE7\x9A\x84\xEF\xBC\x81 \xED\x95\x9C\xEA\xB5\xAD "
      "\xE3\x81\x8B\xE3\x82\x99 \xF0\x9F\x98\x80\xE2\x80\x8D\xF0\x9F\x91\xA9";
  text += std::string(
      "a\0b\x0B"
      "c\xC2\x85"
      "d",
      8);
  text += " bad \xC3(\xE2\x82 \xED\xA0\x80 \xF0\x9F\x98 \xFF\xC0\xAF\xF4\x90\x80\x80\xF0\x9F[SEP]\xE2\x82";
  text += " " + std::string(101, 'a') + "b. " + std::string(100, 'a') +
          " \xC4\xB0stanbul I\xCC\x87 1B44:\xE3\x80\xAE\xE1\xAD\x84x\xE3\x80\xAE\xCC\x81\xE1\xAD\x84 ";
  text +=
      "\xE2\x84\xAB\xE2\x84\xA6\xCD\xBE no-break\xC2\xADword \xF0\xAF\xA0\x80 \xF0\xAB\xA2\xA0x end of it. "
      "\xF0\x9F";
  return text;
}

// Texts that keep meeting the hard cases: a few alphabets mixed, and now and then random bytes.
inline std::string RandomText(std::mt19937_64& random) {
  static const char* const kPieces[] = {"the ",
                                        "ing",
                                        "ab",
                                        " ",
                                        "\n",
                                        "\r\n",
                                        "\r",
                                        "\t",
                                        ".",
                                        "!",
                                        "?",
                                        "\"",
                                        "'",
                                        ")",
                                        "]",
                                        "[CLS]",
                                        "[MASK]",
                                        "[SEP]",
                                        "[",
                                        "[M",
                                        "[PAD",
                                        "\xE3\x80\x82",
                                        "\xEF\xBC\x8E",
                                        "\xE2\x80\x99",
                                        "\xE4\xB8\xAD",
                                        "\xCC\x81",
                                        "\xE1\xAD\x84",
                                        "\xE3\x80\xAE",
                                        "\xEF\xBB\xBF"};
  static const uint32_t kRanges[][2] = {
      {0, 0x80},        {0x80, 0x250},      {0x300, 0x600},     {0x900, 0xE00},    {0x1100, 0x1200},
      {0x1B00, 0x1C00}, {0x2000, 0x2100},   {0x3000, 0x3100},   {0x4E00, 0x4F00},  {0xAC00, 0xAD00},
      {0xF900, 0xFFFF}, {0x1D100, 0x1D200}, {0x1E000, 0x1E030}, {0x2B800, 0x2B940}};
  const auto below = [&](size_t n) { return static_cast<size_t>(random() % n); };
  std::string text;
  const size_t parts = 1 + below(40);
  const size_t alphabet = below(std::size(kRanges)), second = below(std::size(kRanges));
  for (size_t i = 0; i < parts; ++i) {
    switch (below(8)) {
      case 0:
      case 1:
      case 2:
        text += kPieces[below(std::size(kPieces))];
        break;
      case 3:
        text += static_cast<char>(random());
        break;
      case 4:
        if (below(10) == 0) text += std::string(98 + below(6), 'a');
        [[fallthrough]];
      default: {
        const uint32_t* range = kRanges[below(2) ? alphabet : second];
        const uint32_t c = range[0] + static_cast<uint32_t>(below(range[1] - range[0]));
        char bytes[4];
        if (IsScalarValue(c)) text.append(bytes, EncodeUtf8(c, bytes));
      }
    }
  }
  return text;
}

inline std::string Escaped(absl::string_view text) {
  std::string out;
  char buffer[8];
  for (const char c : text) {
    std::snprintf(buffer, sizeof(buffer), c >= 32 && c < 127 ? "%c" : "\\x%02x",
                  static_cast<unsigned char>(c));
    out += buffer;
  }
  return out;
}

}  // namespace lwave::tokenizer

#endif  // LONGWAVE_TESTS_UNIT_TOKENIZER_FIXTURE_H_
