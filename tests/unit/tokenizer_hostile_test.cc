// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Files of tokenizers made of steps that are damaged or mean harm: a clear error, or a tokenizer that works.

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "tokenizer_fixture.h"

namespace lwave::tokenizer {
namespace {

using nlohmann::json;

json File(const char* name) { return json::parse(ReadTestFile(absl::StrCat("models/tokenizers/", name, "/tokenizer.json"))); }

// Either a clear error, or a tokenizer that can be used.
void CheckTame(const std::string& text) {
  const auto tokenizer = FromJson(text);
  if (!tokenizer.ok()) {
    CHECK(absl::StartsWith(tokenizer.status().message(), "tokenizer.json: "));
    return;
  }
  StreamOptions options;
  options.held_back_bytes = 512;
  options.split_long = true;
  auto stream = (*tokenizer)->NewStream(options, Allocator::Default());
  REQUIRE(stream.ok());
  std::vector<Token> tokens;
  absl::string_view rest = "The \xE4\xB8\xAD caf\xC3\xA9 <s> <|endoftext|>   it's 12.\n";
  while (!rest.empty() && (*stream)->status().ok()) {
    rest.remove_prefix((*stream)->Push(rest));
    Drain(**stream, &tokens);
  }
  (*stream)->Finish();
  Drain(**stream, &tokens);
  for (const Token& token : tokens) CHECK((*tokenizer)->IdToToken(token.id).data() != nullptr);
}

TEST_CASE("a tokenizer.json with any byte changed, or cut anywhere, is an error or a tokenizer that works",
          "[tokenizer]") {
  for (const char* name : {"bytebpe-qwen", "bpe-bytefallback-gemma"}) {
    const std::string whole = File(name).dump();
    for (size_t at = 0; at < whole.size(); at += 61) CheckTame(whole.substr(0, at));
    std::mt19937_64 random(91);
    for (int round = 0; round < 400; ++round) {
      std::string text = whole;
      for (int i = 0; i < 1 + round % 3; ++i) text[random() % text.size()] = static_cast<char>(random());
      CheckTame(text);
    }
  }
}

TEST_CASE("kinds and settings that are not supported are refused by name", "[tokenizer]") {
  const auto refuse = [](const char* pointer, const json& value, const std::string& part) {
    json file = File("bytebpe-qwen");
    file[json::json_pointer(pointer)] = value;
    CheckRefused(file.dump(), absl::StatusCode::kUnimplemented, part);
  };
  refuse("/model/dropout", 0.1, "model.dropout");
  refuse("/model/continuing_subword_prefix", "##", "model.continuing_subword_prefix");
  refuse("/model/end_of_word_suffix", "</w>", "model.end_of_word_suffix");
  refuse("/model/surprise", 1, "model.surprise");
  refuse("/pre_tokenizer/pretokenizers/0/behavior", "Sideways", "Sideways");
  refuse("/pre_tokenizer/pretokenizers/0/type", "UnicodeScripts", "UnicodeScripts");
  refuse("/pre_tokenizer/pretokenizers/0/pattern/Regex", "(?<=x)y", "looking behind");
  refuse("/post_processor/processors/0/type", "Other", "Other");
  refuse("/decoder/type", "CTC", "CTC");
}

TEST_CASE("impossible merges, vocabularies and added tokens are refused", "[tokenizer]") {
  const auto refuse = [](const char* pointer, const json& value, const std::string& part) {
    json file = File("bytebpe-gpt2");
    file[json::json_pointer(pointer)] = value;
    CheckRefused(file.dump(), absl::StatusCode::kDataLoss, part);
  };
  refuse("/model/merges/3", json::array({"no such", "token"}), "merge 4");
  refuse("/model/merges/3", json::array({"a"}), "model.merges must hold pairs");
  refuse("/model/merges/3", json::array({"a", "b", "c"}), "model.merges must hold pairs");
  refuse("/model/merges/3", "a b c", "is not two tokens");
  refuse("/model/merges/3", 7, "model.merges");
  refuse("/model/merges", json::object(), "model.merges an array");
  refuse("/model/vocab", json::array(), "model.vocab must be an object");
  refuse("/model/vocab/a", 5000000000, "has id");
  refuse("/model/vocab/a", "1", "not an integer");
  refuse("/added_tokens/0/id", -1, "id -1");
  refuse("/added_tokens/0/content", "", "empty");
  const std::string once = File("bytebpe-gpt2").dump();
  const size_t model = once.find("\"merges\":[");
  REQUIRE(model != std::string::npos);
  CheckRefused(std::string(once).insert(model, "\"merges\":[],"), absl::StatusCode::kDataLoss, "occurs twice");
  CheckRefused(std::string(once).insert(model, "\"merges\":" + std::string(100000, '[')), absl::StatusCode::kDataLoss,
               "model.merges");
}

TEST_CASE("a merge list in the form of older files means the same", "[tokenizer]") {
  json file = File("bytebpe-gpt2");
  const auto as_pairs = FromJson(file.dump());
  for (json& merge : file["model"]["merges"]) {
    merge = merge[0].get<std::string>() + " " + merge[1].get<std::string>();
  }
  const auto as_lines = FromJson(file.dump());
  REQUIRE(as_pairs.ok());
  REQUIRE(as_lines.ok());
  CHECK((*as_pairs)->Fingerprint() == (*as_lines)->Fingerprint());
}

TEST_CASE("a saved state that is damaged is refused or harmless, and the stream stays as it was", "[tokenizer]") {
  const auto tokenizer = FromJson(File("bytebpe-qwen").dump());
  REQUIRE(tokenizer.ok());
  const TokenStreamPtr stream = NewStream(**tokenizer);
  std::vector<Token> tokens;
  std::string text;
  for (int i = 0; i < 600; ++i) text += "words and \xFF words ";
  Token token;
  while (stream->bytes_taken() < 4000) {
    stream->Push(absl::string_view(text).substr(static_cast<size_t>(stream->bytes_taken()), 64));
    if (stream->bytes_taken() < 3900) Drain(*stream, &tokens);
  }
  for (int i = 0; i < 5; ++i) stream->Next(&token);
  const std::string saved = SavedState(*stream);
  const TokenStreamPtr other = NewStream(**tokenizer);
  REQUIRE(other->Load(saved).ok());
  std::mt19937_64 random(92);
  for (size_t length = 0; length < saved.size(); length += 17) CHECK(!other->Load(saved.substr(0, length)).ok());
  CHECK(SavedState(*other) == saved);
  for (int round = 0; round < 2000; ++round) {
    std::string bad = saved;
    bad[random() % (round % 2 == 0 ? 120 : bad.size())] ^= static_cast<char>(1 << random() % 8);
    const std::string before = SavedState(*other);
    if (!other->Load(bad).ok()) {
      CHECK(SavedState(*other) == before);
      continue;
    }
    for (int i = 0; i < 50 && other->Next(&token); ++i) CHECK((*tokenizer)->IdToToken(token.id).data() != nullptr);
    other->Push("some more text ");
    while (other->Next(&token)) {
    }
  }
}

}  // namespace
}  // namespace lwave::tokenizer
