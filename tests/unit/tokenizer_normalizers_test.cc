// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Normalizers: their text against an independent implementation, their ranges, and the law of cuts.

#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tokenizer/aligned_text.h"
#include "tokenizer/normalizer.h"
#include "tokenizer/sentencepiece_model.h"
#include "tokenizer/sentencepiece_normalizer.h"
#include "tokenizer_fixture.h"
#include "utf8proc.h"

namespace lwave::tokenizer {
namespace {

using nlohmann::json;

// A text with its storage.
struct Text {
  explicit Text(size_t capacity) : bytes(capacity, '\0'), begins(capacity), ends(capacity), marks(capacity) {
    view = {bytes.data(), begins.data(), ends.data(), marks.data(), 0, static_cast<uint32_t>(capacity)};
  }
  explicit Text(absl::string_view raw) : Text(raw.size() + 1) {
    for (uint32_t at = 0; at < raw.size();) {
      const uint32_t begin = at;
      NextCharacter(raw.data(), &at);
      view.Append(raw.substr(begin, at - begin), begin, at);
    }
  }
  std::string bytes;
  std::vector<uint32_t> begins, ends;
  std::vector<uint8_t> marks;
  AlignedText view;
};

struct Result {
  std::string text;
  std::vector<uint32_t> begins, ends;
  bool operator==(const Result&) const = default;
};

// The part begin..end of the text through all steps.
Result Run(const Normalizers& steps, absl::string_view raw, uint32_t begin, uint32_t end) {
  TextEdges edges;
  edges.text_begin = edges.segment_begin = begin == 0;
  edges.segment_end = end == raw.size();
  Text now(raw);
  now.view = now.view.Part(begin, end);
  for (const auto& step : steps) {
    Text next(now.view.size * 20 + 64);
    REQUIRE(step->Apply(now.view, edges, &next.view));
    now = std::move(next);
    now.view.bytes = now.bytes.data();  // (short strings move by copy)
  }
  Result result{std::string(now.view.text()), {}, {}};
  result.begins.assign(now.view.begins, now.view.begins + now.view.size);
  result.ends.assign(now.view.ends, now.view.ends + now.view.size);
  return result;
}

Normalizers Read(const json& description) {
  Normalizers steps;
  const absl::Status status = 
      ReadNormalizers(JsonObject(description, "normalizer", "test.json"), Allocator::Default(), &steps);
  INFO(status);
  REQUIRE(status.ok());
  return steps;
}

json NormalizerOf(const std::string& folder) {
  return json::parse(ReadTestFile("models/tokenizers/" + folder + "/tokenizer.json"))["normalizer"];
}

// Valid UTF-8 only.
std::string RandomValidText(std::mt19937_64& random) {
  const std::string raw = RandomText(random);
  std::string text;
  for (size_t at = 0; at < raw.size();) {
    char bytes[4];
    const uint32_t c = DecodeUtf8(raw, &at);
    text.append(bytes, EncodeUtf8(c, bytes));
  }
  return text;
}

// Whether both neighbours allow it in every step, as a stream asks.
bool CanCut(const Normalizers& steps, uint32_t before, uint32_t after) {
  for (const auto& step : steps) {
    if (!step->CanCut(before, after)) return false;
    if (step != steps.back() && (!step->Keeps(before) || !step->Keeps(after))) return false;
  }
  return true;
}

// Cuts the text at every place that allows it; the parts together must be the whole. Returns the number of cuts.
size_t CheckCuts(const Normalizers& steps, const std::string& text) {
  const Result whole = Run(steps, text, 0, static_cast<uint32_t>(text.size()));
  size_t cuts = 0;
  for (uint32_t at = 0; at < text.size();) {
    NextCharacter(text.data(), &at);
    if (at == text.size()) break;
    uint32_t behind = at;
    if (!CanCut(steps, CharacterBefore(text.data(), at), NextCharacter(text.data(), &behind))) continue;
    ++cuts;
    Result parts = Run(steps, text, 0, at);
    const Result second = Run(steps, text, at, static_cast<uint32_t>(text.size()));
    parts.text += second.text;
    parts.begins.insert(parts.begins.end(), second.begins.begin(), second.begins.end());
    parts.ends.insert(parts.ends.end(), second.ends.begin(), second.ends.end());
    INFO(Escaped(text) << " cut at " << at);
    CHECK(parts.text == whole.text);
    // A whole text that begins with dropped characters has its ranges early, see precompiled.h.
    if (whole.begins.empty() || parts.begins.empty() || parts.begins[0] == whole.begins[0]) CHECK(parts == whole);
  }
  return cuts;
}

// Marks of these random texts that came after Unicode 9, which the reference stays at.
bool HasNewMark(const std::string& text) {
  for (size_t at = 0; at < text.size();) {
    const uint32_t c = DecodeUtf8(text, &at);
    if (c == 0x9FE || c == 0xC3C || c == 0xD3B || c == 0xD3C) return true;
  }
  return false;
}

TEST_CASE("the four Unicode forms are those of utf8proc's functions for whole strings", "[tokenizer]") {
  std::mt19937_64 random(11);
  const struct {
    const char* name;
    utf8proc_uint8_t* (*form)(const utf8proc_uint8_t*);
  } kForms[] = {{"NFC", utf8proc_NFC}, {"NFD", utf8proc_NFD}, {"NFKC", utf8proc_NFKC}, {"NFKD", utf8proc_NFKD}};
  for (int round = 0; round < 2000; ++round) {
    std::string text = RandomValidText(random);
    std::erase(text, '\0');  // theirs ends there
    if (HasNewMark(text)) continue;
    for (const auto& form : kForms) {
      utf8proc_uint8_t* made = form.form(reinterpret_cast<const utf8proc_uint8_t*>(text.c_str()));
      const std::string expected(reinterpret_cast<const char*>(made));
      std::free(made);
      INFO(form.name << " of " << Escaped(text));
      CHECK(Normalized(Read({{"type", form.name}}), text) == expected);
    }
  }
}

TEST_CASE("ranges of rewritten characters are those of the reference", "[tokenizer]") {
  // e and its accent become one character with the range of the e; one character that falls apart keeps its own.
  CHECK(Run(Read({{"type", "NFC"}}), "xe\xCC\x81y", 0, 5) == Result{"x\xC3\xA9y", {0, 1, 1, 4}, {1, 2, 2, 5}});
  CHECK(Run(Read({{"type", "NFD"}}), "\xC3\xA9y", 0, 3) == Result{"e\xCC\x81y", {0, 0, 0, 2}, {2, 2, 2, 3}});
  // The replacement of a run has the range of its last character.
  const json run = {{"type", "Replace"}, {"pattern", {{"Regex", " {2,}"}}}, {"content", "_"}};
  CHECK(Run(Read(run), "a   b c", 0, 7) == Result{"a_b c", {0, 3, 4, 5, 6}, {1, 4, 5, 6, 7}});
  const json text = {{"type", "Replace"}, {"pattern", {{"String", "``"}}}, {"content", "\""}};
  CHECK(Run(Read(text), "```", 0, 3) == Result{"\"`", {1, 2}, {2, 3}});
  CHECK(Run(Read({{"type", "Prepend"}, {"prepend", "_"}}), "ab", 0, 2) == Result{"_ab", {0, 0, 1}, {1, 1, 2}});
  CHECK(Run(Read({{"type", "Prepend"}, {"prepend", "_"}}), "", 0, 0).text.empty());
  CHECK(Run(Read({{"type", "Strip"}}), " \t a\n", 0, 5) == Result{"a", {3}, {4}});
  CHECK(Run(Read({{"type", "StripAccents"}}), "e\xCC\x81y", 0, 4) == Result{"ey", {0, 3}, {1, 4}});
  CHECK(Run(Read({{"type", "Lowercase"}}), "\xC4\xB0", 0, 2) == Result{"i\xCC\x87", {0, 0, 0}, {2, 2, 2}});
  CHECK(Run(Read({{"type", "Nmt"}}), "a\x01\tb", 0, 4) == Result{"a b", {0, 2, 3}, {1, 3, 4}});
}

TEST_CASE("a text cut where all normalizers allow it becomes the same text with the same ranges", "[tokenizer]") {
  std::vector<json> kinds;
  for (const char* name : {"NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt", "Strip"}) {
    kinds.push_back({{"type", name}});
  }
  for (const char* folder : {"unigram-bigbird", "unigram-nfkc", "unigram-t5", "unigram-xlnet", "bpe-reformer"}) {
    kinds.push_back(NormalizerOf(folder));
  }
  std::mt19937_64 random(12);
  for (const json& kind : kinds) {
    const Normalizers steps = Read(kind);
    size_t cuts = 0;
    for (int round = 0; round < 150; ++round) cuts += CheckCuts(steps, RandomValidText(random));
    INFO(kind.dump().substr(0, 60));
    CHECK(cuts > 50);
  }
}

TEST_CASE("a text cut where SentencePiece's own normaliser allows it becomes the same text", "[tokenizer]") {
  std::mt19937_64 random(13);
  for (const char* folder : {"unigram-bigbird", "unigram-nfkc", "bpe-reformer"}) {
    const std::string contents = ReadTestFile(std::string("models/tokenizers/") + folder + "/spiece.model");
    for (int settings = 0; settings < 8; ++settings) {
      SentencePieceFile file;
      REQUIRE(ParseSentencePieceFile(contents, folder, &file).ok());
      file.add_dummy_prefix = (settings & 1) != 0;
      file.remove_extra_whitespaces = (settings & 2) != 0;
      file.escape_whitespaces = (settings & 4) != 0;
      auto made = SentencePieceNormalizer::Create(file, folder, Allocator::Default());
      REQUIRE(made.ok());
      Normalizers steps;
      steps.push_back(*std::move(made));
      size_t cuts = 0;
      for (int round = 0; round < 60; ++round) cuts += CheckCuts(steps, RandomValidText(random));
      CHECK(cuts > 20);
    }
  }
}

TEST_CASE("a normalizer of a kind or with a setting that is not supported is refused by name", "[tokenizer]") {
  const auto refused = [](const json& description, absl::StatusCode code, const char* named) {
    Normalizers steps;
    const absl::Status status = 
      ReadNormalizers(JsonObject(description, "normalizer", "test.json"), Allocator::Default(), &steps);
    INFO(status);
    CHECK(status.code() == code);
    CHECK(status.message().find(named) != absl::string_view::npos);
  };
  refused({{"type", "ByteLevel"}}, absl::StatusCode::kUnimplemented, "ByteLevel");
  refused({{"type", "NFC"}, {"extra", 1}}, absl::StatusCode::kUnimplemented, "extra");
  refused({{"type", "Replace"}, {"pattern", {{"Regex", "a|b"}}}, {"content", ""}}, absl::StatusCode::kUnimplemented,
          "a|b");
  refused({{"type", "Replace"}, {"pattern", {{"String", ""}}}, {"content", ""}}, absl::StatusCode::kDataLoss,
          "pattern");
  refused({{"type", "Replace"}, {"pattern", 3}, {"content", ""}}, absl::StatusCode::kDataLoss, "pattern");
  refused({{"type", "Precompiled"}, {"precompiled_charsmap", "!"}}, absl::StatusCode::kDataLoss, "base64");
  refused({{"type", "Precompiled"}, {"precompiled_charsmap", "AAA="}}, absl::StatusCode::kDataLoss, "charsmap");
  refused({{"type", "Sequence"}, {"normalizers", {{{"type", "NFC"}}, 5}}}, absl::StatusCode::kDataLoss, "[1]");
  refused({{"type", "Strip"}, {"strip_left", "no"}}, absl::StatusCode::kDataLoss, "strip_left");
}

}  // namespace
}  // namespace lwave::tokenizer
