// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Hostile forms of spiece.model and of the charsmap in it: a clear error or a tokenizer that works, nothing else.

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>

#include "tokenizer/charsmap.h"
#include "tokenizer/encode.h"
#include "tokenizer/load_sentencepiece.h"
#include "tokenizer/sentencepiece_model.h"
#include "tokenizer_fixture.h"

namespace lwave::tokenizer {
namespace {

std::string ModelFile() { return ReadTestFile("models/tokenizers/unigram-bigbird/spiece.model"); }

// Opens the file and, when that goes, reads a text with it.
absl::Status Try(const std::string& contents) {
  auto made = TokenizerFromSentencePiece(contents, "", "spiece.model", Allocator::Default());
  if (!made.ok()) {
    CHECK((made.status().code() == absl::StatusCode::kDataLoss ||
           made.status().code() == absl::StatusCode::kUnimplemented));
    CHECK(made.status().message().find("spiece.model") != absl::string_view::npos);
    return made.status();
  }
  const std::string text = "The e\xCC\x81nd \xEF\xAC\x81 of\t\xE4\xB8\xAD it \xF0\x9F\x98\x80.";
  CHECK(Encode(**made, text, std::nullopt, {}, Allocator::Default()).ok());
  return absl::OkStatus();
}

std::string Varint(uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  return out + static_cast<char>(value);
}

std::string Bytes(uint64_t field, const std::string& contents) {
  return Varint(field << 3 | 2) + Varint(contents.size()) + contents;
}

std::string Number(uint64_t field, uint64_t value) { return Varint(field << 3) + Varint(value); }

// A piece with a type.
std::string Piece(const std::string& text, uint64_t type) { return Bytes(1, Bytes(1, text) + Number(3, type)); }

TEST_CASE("a model file with any byte of its beginning or end flipped is refused or works", "[tokenizer]") {
  const std::string good = ModelFile();
  REQUIRE(Try(good).ok());
  size_t refused = 0;
  for (size_t i = 0; i < good.size(); i += i < 300 || i + 300 > good.size() ? 1 : 97) {
    for (const int bit : {0, 3, 7}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ 1 << bit);
      refused += Try(bad).ok() ? 0 : 1;
    }
  }
  CHECK(refused > 100);
}

TEST_CASE("a model file cut at any 64th byte is refused or works", "[tokenizer]") {
  const std::string good = ModelFile();
  size_t refused = 0;
  for (size_t size = 0; size < good.size(); size += 64) refused += Try(good.substr(0, size)).ok() ? 0 : 1;
  CHECK(refused > good.size() / 64 * 3 / 4);  // the others end behind a piece
  CHECK_FALSE(Try("").ok());
  CHECK_FALSE(Try(std::string(1000, '\0')).ok());
  CHECK_FALSE(Try("{\"model\": 1}").ok());
}

TEST_CASE("lengths and numbers beyond the file are refused and nothing is allocated for them", "[tokenizer]") {
  const std::string unknown = Piece("<unk>", 2);
  CHECK(Try(unknown + Piece("a", 1)).ok());
  CHECK_FALSE(Try(unknown + "\x0A" + Varint(~uint64_t{0})).ok());
  CHECK_FALSE(Try(unknown + "\x0A" + Varint(uint64_t{1} << 40) + "abc").ok());
  CHECK_FALSE(Try(unknown + std::string(11, '\xFF')).ok());
  CHECK_FALSE(Try(unknown + std::string("\x0B", 1)).ok());
  CHECK_FALSE(Try(unknown + std::string("\x00\x01", 2)).ok());
  CHECK_FALSE(Try(unknown + Number(1, 5)).ok());
  CHECK_FALSE(Try(unknown + Number(2, 5)).ok());
}

TEST_CASE("a model file whose pieces make no sense is refused by their number", "[tokenizer]") {
  const std::string unknown = Piece("<unk>", 2);
  const auto refused = [](const std::string& contents, absl::string_view named) {
    const absl::Status status = Try(contents);
    INFO(status);
    CHECK_FALSE(status.ok());
    CHECK(status.message().find(named) != absl::string_view::npos);
  };
  refused(Piece("a", 1), "unknown");
  refused(unknown + Piece("<unk2>", 2), "pieces 0 and 1");
  refused(unknown + Piece("a", 1) + Piece("a", 1), "piece 2");
  refused(unknown + Piece("", 1), "piece 1");
  refused(unknown + Piece("\xFF", 1), "piece 1");
  refused(unknown + Piece("a", 7), "piece 1");
  refused(unknown + Bytes(1, Bytes(1, "a") + "\x15" + std::string("\x00\x00\xC0\x7F", 4)), "piece 1");
  refused(unknown + Bytes(2, Number(3, 3)), "WORD");
  refused(unknown + Bytes(2, Number(3, 9)), "model_type");
  refused(unknown + Bytes(2, Number(35, 1)), "<0x00>");
  refused(unknown + Piece("a", 5) + Bytes(2, Number(3, 2)), "unused");
}

TEST_CASE("a charsmap whose walk leaves its table is refused when it is read", "[tokenizer]") {
  SentencePieceFile file;
  const std::string contents = ModelFile();
  REQUIRE(ParseSentencePieceFile(contents, "test", &file).ok());
  const std::string good(file.charsmap);
  REQUIRE(good.size() > 1000);
  Charsmap map;
  REQUIRE(map.Build(good, "test", Allocator::Default()).ok());
  absl::string_view replacement;
  CHECK(map.Longest("\tx", &replacement) == 1);
  CHECK(replacement == " ");
  for (size_t size = 1; size < good.size(); size += 64) {
    // Only replacements at the end may be missing without harm.
    const absl::Status status = map.Build(good.substr(0, size), "test", Allocator::Default());
    if (size < 3000) CHECK(status.code() == absl::StatusCode::kDataLoss);
  }
  std::mt19937_64 random(41);
  size_t refused = 0;
  for (size_t i = 0; i < good.size(); ++i) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ 1 << random() % 8);
    if (!map.Build(bad, "test", Allocator::Default()).ok()) {
      ++refused;
      continue;
    }
    for (uint32_t c = 1; c < 0x3100; c += 7) {
      char bytes[8] = {};
      const size_t length = EncodeUtf8(c, bytes);
      bytes[length] = static_cast<char>(random() % 127 + 1);
      const absl::string_view text(bytes, length + 1);
      CHECK(map.Longest(text, &replacement) <= text.size());
      CHECK(map.Shortest(text, &replacement) <= text.size());
    }
  }
  CHECK(refused > 20);
}

TEST_CASE("a charsmap that leads back into itself is refused", "[tokenizer]") {
  // The child of the root for 'a' has its own children where the root's are.
  const auto table = [](uint32_t root, uint32_t child) {
    std::vector<uint32_t> units(512);
    units[0] = root << 10;
    units[root ^ 'a'] = 'a' | child << 10;
    std::string blob;
    const auto put = [&blob](uint32_t value) {
      for (int i = 0; i < 4; ++i) blob += static_cast<char>(value >> 8 * i);
    };
    put(static_cast<uint32_t>(4 * units.size()));
    for (const uint32_t unit : units) put(unit);
    return blob + '\0';
  };
  Charsmap map;
  const uint32_t at = 256 ^ 'a';
  CHECK(map.Build(table(256, at ^ 256), "test", Allocator::Default()).code() == absl::StatusCode::kDataLoss);
  CHECK(map.Build(table(256, at ^ 600), "test", Allocator::Default()).code() == absl::StatusCode::kDataLoss);
  CHECK(map.Build(table(256, at ^ 0), "test", Allocator::Default()).ok());
}

}  // namespace
}  // namespace lwave::tokenizer
