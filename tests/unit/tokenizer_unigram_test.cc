// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The Unigram search against trying every way, and the trie under it against a map.

#include <catch2/catch_test_macros.hpp>
#include <algorithm>
#include <limits>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tokenizer/aligned_text.h"
#include "tokenizer/piece_trie.h"
#include "tokenizer/unigram.h"
#include "tokenizer/word_level.h"
#include "tokenizer_fixture.h"

namespace lwave::tokenizer {
namespace {

std::string RandomWord(std::mt19937_64& random, size_t most, const std::vector<std::string>& alphabet) {
  std::string word;
  for (size_t i = 1 + random() % most; i > 0; --i) word += alphabet[random() % alphabet.size()];
  return word;
}

std::vector<Piece> Pieces(const PieceModel& model, absl::string_view word) {
  std::vector<UnigramNode> scratch(model.ScratchBytes(word.size()) / sizeof(UnigramNode) + 1);
  std::vector<Piece> pieces(word.size() + 1);
  pieces.resize(model.Encode(word, reinterpret_cast<char*>(scratch.data()), pieces.data()));
  return pieces;
}

// Every way to cut `text` from `at` on; keeps the best sum and its pieces. A character may be unknown only where
// it is no piece itself.
struct Exhaustive {
  const std::map<std::string, double>& scores;
  double unknown;
  std::string text;
  double best = -1e300;
  std::vector<size_t> best_ends, ends;

  void Try(size_t at, double sum) {
    if (at == text.size()) {
      if (sum > best) best = sum, best_ends = ends;
      return;
    }
    uint32_t next = static_cast<uint32_t>(at);
    NextCharacter(text.data(), &next);
    for (size_t end = at + 1; end <= text.size(); ++end) {
      const auto found = scores.find(text.substr(at, end - at));
      if (found == scores.end() && end != next) continue;
      ends.push_back(end);
      Try(end, sum + (found == scores.end() ? unknown : found->second));
      ends.pop_back();
    }
  }
};

TEST_CASE("the trie finds what a map finds, for any bytes", "[tokenizer]") {
  std::mt19937_64 random(21);
  for (int round = 0; round < 60; ++round) {
    const size_t bytes = round % 3 == 0 ? 3 : 256;
    std::map<std::string, int32_t> expected;
    std::vector<std::string> texts;
    for (size_t i = 0; i < size_t{1} << (round % 11); ++i) {
      std::string text;
      for (size_t k = 1 + random() % 6; k > 0; --k) text += static_cast<char>(random() % bytes);
      texts.push_back(text);
    }
    std::vector<PieceTrie::Key> keys;
    for (size_t i = 0; i < texts.size(); ++i) {
      keys.push_back({texts[i], static_cast<int32_t>(i)});
      expected[texts[i]] = static_cast<int32_t>(i);
    }
    PieceTrie trie;
    REQUIRE(trie.Build(keys, Allocator::Default()).ok());
    for (const auto& [text, value] : expected) CHECK(trie.Find(text) == value);
    for (int i = 0; i < 200; ++i) {
      std::string text;
      for (size_t k = random() % 8; k > 0; --k) text += static_cast<char>(random() % bytes);
      const auto found = expected.find(text);
      CHECK(trie.Find(text) == (found == expected.end() ? -1 : found->second));
      size_t longest = 0;
      for (size_t k = 1; k <= text.size(); ++k) {
        if (expected.count(text.substr(0, k)) > 0) longest = k;
      }
      int32_t value;
      CHECK(trie.LongestPrefix(text, &value) == longest);
    }
  }
  PieceTrie empty;
  CHECK(empty.Find("a") == -1);
  REQUIRE(empty.Build({}, Allocator::Default()).ok());
  CHECK(empty.Find("") == -1);
  CHECK(empty.Find(std::string(1, '\0')) == -1);
}

TEST_CASE("a trie of 200,000 pieces takes less than 40 bytes a byte of its pieces", "[tokenizer]") {
  std::mt19937_64 random(22);
  std::vector<std::string> texts;
  size_t bytes = 0;
  for (int i = 0; i < 200000; ++i) {
    std::string text = "\xE2\x96\x81";
    for (size_t k = 1 + random() % 9; k > 0; --k) text += static_cast<char>('a' + random() % 26);
    bytes += text.size();
    texts.push_back(text);
  }
  std::vector<PieceTrie::Key> keys;
  for (size_t i = 0; i < texts.size(); ++i) keys.push_back({texts[i], static_cast<int32_t>(i)});
  PieceTrie trie;
  REQUIRE(trie.Build(keys, Allocator::Default()).ok());
  CHECK(trie.bytes() < 40 * bytes);
  for (const std::string& text : texts) REQUIRE(trie.Find(text) >= 0);
}

TEST_CASE("the Unigram search finds the best of all ways to cut a text", "[tokenizer]") {
  std::mt19937_64 random(23);
  const std::vector<std::string> alphabet = {"a", "b", "\xC3\xA9", "\xE4\xB8\xAD", "\xF0\x9F\x98\x80"};
  std::uniform_real_distribution<double> score(-9.0, -1.0);
  for (int round = 0; round < 200; ++round) {
    std::map<std::string, double> scores;
    for (size_t i = 1 + random() % 12; i > 0; --i) scores[RandomWord(random, 4, alphabet)] = score(random);
    UnigramSpec spec;
    spec.source = "test";
    spec.unk_id = 0;
    spec.vocabulary.push_back({"<unk>", 0});
    double lowest = 0;
    for (const auto& [text, value] : scores) {
      spec.vocabulary.push_back({text, value});
      lowest = std::min(lowest, value);
    }
    auto model = UnigramModel::Create(spec, Allocator::Default());
    REQUIRE(model.ok());
    for (int i = 0; i < 20; ++i) {
      const std::string text = RandomWord(random, 9, alphabet);
      Exhaustive naive{scores, lowest - 10, text, -1e300, {}, {}};
      naive.Try(0, 0);
      std::vector<std::pair<int32_t, uint32_t>> expected;  // id, end; unknown neighbours are one
      for (size_t k = 0, begin = 0; k < naive.best_ends.size(); begin = naive.best_ends[k++]) {
        const int32_t id = (*model)->TokenToId(text.substr(begin, naive.best_ends[k] - begin));
        const uint32_t end = static_cast<uint32_t>(naive.best_ends[k]);
        if (id < 0 && !expected.empty() && expected.back().first == 0) {
          expected.back().second = end;
        } else {
          expected.emplace_back(std::max(id, 0), end);
        }
      }
      std::vector<std::pair<int32_t, uint32_t>> got;
      for (const Piece& piece : Pieces(**model, text)) got.emplace_back(piece.id, piece.end);
      INFO(Escaped(text));
      CHECK(got == expected);
    }
  }
}

TEST_CASE("of ways with equal sums the Unigram search takes the one it finds first", "[tokenizer]") {
  UnigramSpec spec;
  spec.source = "test";
  spec.unk_id = 0;
  spec.vocabulary = {{"<unk>", 0}, {"a", -1}, {"aa", -2}, {"aaa", -3}};
  auto model = UnigramModel::Create(spec, Allocator::Default());
  REQUIRE(model.ok());
  // The way to each end that begins furthest left is found first.
  const std::vector<Piece> pieces = Pieces(**model, "aaaa");
  REQUIRE(pieces.size() == 2);
  CHECK(pieces[0].id == 1);
  CHECK(pieces[1].id == 3);
}

TEST_CASE("unknown text becomes bytes only where all of them are pieces", "[tokenizer]") {
  UnigramSpec spec;
  spec.source = "test";
  spec.unk_id = 0;
  spec.byte_fallback = true;
  spec.vocabulary = {{"<unk>", 0}, {"a", -1}, {"<0xC3>", -5}, {"<0xA9>", -5}};
  auto model = UnigramModel::Create(spec, Allocator::Default());
  REQUIRE(model.ok());
  std::vector<Piece> pieces = Pieces(**model, "a\xC3\xA9");
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[1].id == 2);
  CHECK(pieces[2].id == 3);
  CHECK(pieces[2].begin == 1);
  CHECK(pieces[2].end == 3);
  pieces = Pieces(**model, "a\xC3\xA8");
  REQUIRE(pieces.size() == 2);
  CHECK(pieces[1].id == 0);
}

TEST_CASE("cutting a word where the Unigram model allows it changes nothing", "[tokenizer]") {
  std::mt19937_64 random(24);
  const std::vector<std::string> alphabet = {"a", "b", "c", "d", "\xC3\xA9", "x"};
  UnigramSpec spec;
  spec.source = "test";
  spec.unk_id = 0;
  spec.vocabulary = {{"<unk>", 0},   {"a", -2.5},   {"b", -3},  {"c", -2},
                     {"ab", -4.125}, {"bc", -3.75}, {"d", -1.5}, {"abc", -6}};
  auto model = UnigramModel::Create(spec, Allocator::Default());
  REQUIRE(model.ok());
  size_t cuts = 0;
  for (int i = 0; i < 300; ++i) {
    const std::string text = RandomWord(random, 12, alphabet);
    const std::vector<Piece> whole = Pieces(**model, text);
    for (uint32_t at = 0; at < text.size();) {
      NextCharacter(text.data(), &at);
      uint32_t behind = at;
      if (at == text.size()) break;
      if (!(*model)->CanCut(CharacterBefore(text.data(), at), NextCharacter(text.data(), &behind))) continue;
      ++cuts;
      std::vector<Piece> parts = Pieces(**model, text.substr(0, at));
      for (Piece piece : Pieces(**model, text.substr(at))) parts.push_back({piece.id, piece.begin + at, piece.end + at});
      REQUIRE(parts.size() == whole.size());
      for (size_t k = 0; k < parts.size(); ++k) CHECK((parts[k].id == whole[k].id && parts[k].end == whole[k].end));
    }
  }
  CHECK(cuts > 300);
}

TEST_CASE("a Unigram vocabulary that makes no sense is refused", "[tokenizer]") {
  UnigramSpec spec;
  spec.source = "test";
  spec.vocabulary = {{"a", -1}};
  CHECK(UnigramModel::Create(spec, Allocator::Default()).status().code() == absl::StatusCode::kUnimplemented);
  for (const int64_t unk : {int64_t{1}, int64_t{-2}, int64_t{1} << 40}) {
    spec.unk_id = unk;
    CHECK(UnigramModel::Create(spec, Allocator::Default()).status().code() == absl::StatusCode::kDataLoss);
  }
  spec.unk_id = 0;
  CHECK(UnigramModel::Create(spec, Allocator::Default()).ok());
  spec.vocabulary = {{"a", std::numeric_limits<double>::infinity()}};
  CHECK(UnigramModel::Create(spec, Allocator::Default()).status().code() == absl::StatusCode::kDataLoss);
  spec.vocabulary = {{"a", -1}, {"a", -2}};
  CHECK(UnigramModel::Create(spec, Allocator::Default()).status().code() == absl::StatusCode::kDataLoss);
}

TEST_CASE("a word is its token or unknown, however long it is", "[tokenizer]") {
  const std::vector<VocabularyItem> items = {{"<unk>", 0}, {"the", 1}};
  auto model = WordLevelModel::Create(items, "<unk>", "test", Allocator::Default());
  REQUIRE(model.ok());
  CHECK(Pieces(**model, "the")[0].id == 1);
  CHECK(Pieces(**model, "th")[0].id == 0);
  const std::vector<Piece> pieces = Pieces(**model, std::string(100000, 'x'));
  REQUIRE(pieces.size() == 1);
  CHECK(pieces[0].end == 100000);
  CHECK(WordLevelModel::Create(items, "[UNK]", "test", Allocator::Default()).status().code() ==
        absl::StatusCode::kUnimplemented);
}

}  // namespace
}  // namespace lwave::tokenizer
