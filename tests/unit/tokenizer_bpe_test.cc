// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Byte pair encoding against its definition.

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "reference/bpe_reference.h"
#include "tokenizer/bpe.h"
#include "tokenizer_fixture.h"

namespace lwave::tokenizer {
namespace {

using Merges = std::vector<std::pair<std::string, std::string>>;

// A vocabulary of a few letters and random merges of what there is.
struct RandomBpe {
  std::vector<std::string> tokens;
  Merges merges;
  std::unique_ptr<BpeModel> model;

  RandomBpe(std::mt19937_64& random, const std::vector<std::string>& letters, size_t count) : tokens(letters) {
    std::set<std::string> known(tokens.begin(), tokens.end());
    while (merges.size() < count) {
      const std::string first = tokens[random() % tokens.size()], second = tokens[random() % tokens.size()];
      if (first.size() + second.size() > 24 || !known.insert(first + second).second) continue;
      merges.push_back({first, second});
      tokens.push_back(first + second);
    }
    std::shuffle(merges.begin(), merges.end(), random);
    BpeSpec spec;
    spec.source = "test";
    for (size_t id = 0; id < tokens.size(); ++id) spec.vocabulary.push_back({tokens[id], static_cast<int64_t>(id)});
    for (const auto& [first, second] : merges) spec.merges.push_back({first, second});
    auto made = BpeModel::Create(spec, Allocator::Default());
    INFO(made.status());
    REQUIRE(made.ok());
    model = *std::move(made);
  }
};

std::vector<std::string> Encoded(const BpeModel& model, const std::string& word) {
  std::vector<char> scratch(model.ScratchBytes(word.size()) + kAlignment);
  std::vector<Piece> pieces(word.size());
  char* aligned = scratch.data() + (kAlignment - reinterpret_cast<uintptr_t>(scratch.data()) % kAlignment);
  pieces.resize(model.Encode(word, aligned, pieces.data()));
  std::vector<std::string> tokens;
  uint32_t end = 0;
  for (const Piece& piece : pieces) {
    CHECK(piece.begin == end);
    end = piece.end;
    tokens.push_back(std::string(model.IdToToken(piece.id)));
    CHECK(tokens.back() == word.substr(piece.begin, piece.end - piece.begin));
  }
  CHECK(end == word.size());
  return tokens;
}

std::vector<std::string> Letters(const std::string& word) {
  std::vector<std::string> letters;
  for (const char c : word) letters.push_back(std::string(1, c));
  return letters;
}

TEST_CASE("words of any length get the pieces of the definition", "[tokenizer]") {
  std::mt19937_64 random(71);
  for (int round = 0; round < 40; ++round) {
    const RandomBpe bpe(random, {"a", "b", "c"}, 1 + random() % 40);
    for (const size_t length : {1, 2, 7, 24, 25, 26, 60, 300}) {
      std::string word;
      for (size_t i = 0; i < length; ++i) word += static_cast<char>('a' + random() % 3);
      CHECK(Encoded(*bpe.model, word) == reference::BytePairs(Letters(word), bpe.merges));
    }
  }
}

TEST_CASE("a word cut where no merge crosses has the same pieces", "[tokenizer]") {
  std::mt19937_64 random(72);
  int cuts = 0;
  for (int round = 0; round < 60; ++round) {
    const RandomBpe bpe(random, {"a", "b", "c", "d", "e"}, 1 + random() % 12);
    std::string word;
    for (int i = 0; i < 40; ++i) word += static_cast<char>('a' + random() % 5);
    const std::vector<std::string> whole = Encoded(*bpe.model, word);
    for (size_t at = 1; at < word.size(); ++at) {
      if (!bpe.model->CanCut(static_cast<uint8_t>(word[at - 1]), static_cast<uint8_t>(word[at]))) continue;
      ++cuts;
      std::vector<std::string> parts = Encoded(*bpe.model, word.substr(0, at));
      const std::vector<std::string> rest = Encoded(*bpe.model, word.substr(at));
      parts.insert(parts.end(), rest.begin(), rest.end());
      CHECK(parts == whole);
    }
  }
  CHECK(cuts > 100);
}

TEST_CASE("a word of a million letters takes no time to speak of", "[tokenizer]") {
  std::mt19937_64 random(73);
  const RandomBpe bpe(random, {"a", "b"}, 12);
  const std::string word(1 << 20, 'a');
  CHECK(Encoded(*bpe.model, word).size() <= word.size());
}

TEST_CASE("unknown characters become bytes, one unknown token, several, or nothing", "[tokenizer]") {
  const auto ids = [](bool fallback, bool fuse, const std::string& unk) {
    BpeSpec spec;
    std::vector<std::string> tokens = {"a", "<unk>"};
    for (int byte = 0; byte < 256; ++byte) {
      char name[8];
      std::snprintf(name, sizeof(name), "<0x%02X>", byte);
      if (fallback) tokens.push_back(name);
    }
    for (size_t id = 0; id < tokens.size(); ++id) spec.vocabulary.push_back({tokens[id], static_cast<int64_t>(id)});
    spec.byte_fallback = fallback;
    spec.fuse_unk = fuse;
    spec.unk_token = unk;
    const auto model = BpeModel::Create(spec, Allocator::Default());
    REQUIRE(model.ok());
    alignas(kAlignment) char scratch[4096];
    Piece pieces[16];
    std::vector<int32_t> found;
    const size_t count = (*model)->Encode("a\xC3\xA9\xC3\xA9z", scratch, pieces);
    for (size_t i = 0; i < count; ++i) found.push_back(pieces[i].id);
    return found;
  };
  CHECK(ids(false, false, "<unk>") == std::vector<int32_t>{0, 1, 1, 1});
  CHECK(ids(false, true, "<unk>") == std::vector<int32_t>{0, 1});
  CHECK(ids(false, true, "") == std::vector<int32_t>{0});
  CHECK(ids(true, true, "<unk>") == std::vector<int32_t>{0, 2 + 0xC3, 2 + 0xA9, 2 + 0xC3, 2 + 0xA9, 2 + 'z'});
}

TEST_CASE("merges of what is no token are refused by their number", "[tokenizer]") {
  for (const auto& [first, second] : Merges{{"a", "x"}, {"x", "a"}, {"b", "a"}, {"", "a"}}) {
    BpeSpec spec;
    spec.source = "file";
    spec.vocabulary = {{"a", 0}, {"b", 1}, {"ab", 2}};
    spec.merges = {{"a", "b"}, {first, second}};
    const auto model = BpeModel::Create(spec, Allocator::Default());
    REQUIRE(!model.ok());
    CHECK(model.status().code() == absl::StatusCode::kDataLoss);
    CHECK(absl::StrContains(model.status().message(), "file: merge 2: "));
  }
}

}  // namespace
}  // namespace lwave::tokenizer
