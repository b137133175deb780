// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Tokenizer files: both forms agree, settings are honoured or refused by name, damaged files give clear
// errors.

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"
#include "tokenizer_fixture.h"

namespace lwave::tokenizer {
namespace {

using nlohmann::json;

json SmallFile() { return json::parse(ReadTestFile("models/tokenizers/wordpiece-uncased/tokenizer.json")); }

TEST_CASE("vocab.txt with its configuration makes the tokenizer of tokenizer.json", "[tokenizer]") {
  for (const char* folder : {"minilm/", "models/tokenizers/wordpiece-uncased/"}) {
    const std::string config = ReadTestFile(absl::StrCat(folder, "tokenizer_config.json"));
    const auto from_text = TokenizerFromVocabulary(ReadTestFile(absl::StrCat(folder, "vocab.txt")), config,
                                                   "vocab.txt", Allocator::Default());
    const auto from_json = TokenizerFromJson(ReadTestFile(absl::StrCat(folder, "tokenizer.json")), config,
                                             "tokenizer.json", Allocator::Default());
    REQUIRE(from_text.ok());
    REQUIRE(from_json.ok());
    CHECK((*from_text)->Fingerprint() == (*from_json)->Fingerprint());
    CHECK(TokensOf(**from_text, NastySample()) == TokensOf(**from_json, NastySample()));
    CHECK((*from_text)->special_ids().mask == (*from_json)->special_ids().mask);
  }
}

TEST_CASE("special ids, templates and look-ups are those of the file", "[tokenizer]") {
  auto loaded = LoadTokenizer(std::string(LWAVE_TEST_DATA) + "/minilm", Allocator::Default());
  REQUIRE(loaded.ok());
  const Tokenizer& tokenizer = **loaded;
  CHECK(tokenizer.family() == "WordPiece");
  CHECK(tokenizer.special_ids().pad == 0);
  CHECK(tokenizer.special_ids().unk == 100);
  CHECK(tokenizer.special_ids().cls == 101);
  CHECK(tokenizer.special_ids().sep == 102);
  CHECK(tokenizer.special_ids().mask == 103);
  CHECK(tokenizer.PrefixIds() == std::vector<int32_t>{101});
  CHECK(tokenizer.SuffixIds() == std::vector<int32_t>{102});
  CHECK(tokenizer.TokenToId("hello") == 7592);
  CHECK(tokenizer.TokenToId("##ing") == 2075);
  CHECK(tokenizer.TokenToId("no such token") == -1);
  CHECK(tokenizer.IdToToken(2075) == "##ing");
  CHECK(tokenizer.IdToToken(30522).data() == nullptr);
  CHECK(tokenizer.IdToToken(-1).data() == nullptr);
  CHECK(tokenizer.IsSpecial(101));
  CHECK(!tokenizer.IsSpecial(7592));
}

TEST_CASE("the fingerprint follows settings and vocabulary but not truncation and padding", "[tokenizer]") {
  json file = SmallFile();
  const uint64_t original = (*FromJson(file.dump()))->Fingerprint();
  file["truncation"] = {{"max_length", 3}, {"strategy", "LongestFirst"}, {"stride", 0}};
  CHECK((*FromJson(file.dump()))->Fingerprint() == original);
  file["normalizer"]["lowercase"] = false;
  CHECK((*FromJson(file.dump()))->Fingerprint() != original);
  file = SmallFile();
  file["model"]["vocab"].erase("that");
  CHECK((*FromJson(file.dump()))->Fingerprint() != original);
}

TEST_CASE("BertProcessing is read as the template it stands for", "[tokenizer]") {
  json file = SmallFile();
  file["post_processor"] = {{"type", "BertProcessing"}, {"sep", {"[SEP]", 3}}, {"cls", {"[CLS]", 2}}};
  CHECK((*FromJson(file.dump()))->Fingerprint() == LoadSmall()->Fingerprint());
}

TEST_CASE("added tokens swallow white space on the sides that their file names", "[tokenizer]") {
  json file = SmallFile();
  for (json& token : file["added_tokens"]) {
    if (token["content"] == "[MASK]") token["lstrip"] = token["rstrip"] = true;
    if (token["content"] == "[SEP]") token["lstrip"] = true;
  }
  const auto tokenizer = FromJson(file.dump());
  REQUIRE(tokenizer.ok());
  for (size_t piece = 0; piece < 4; ++piece) {
    const std::vector<Token> tokens = TokensOf(**tokenizer, "a \t[MASK] \n\n [SEP] b [MASK] ", piece);
    REQUIRE(tokens.size() == 5);
    CHECK(tokens[1].byte_begin == 1);
    CHECK(tokens[1].byte_end == 13);
    CHECK(tokens[2].byte_begin == 13);
    CHECK(tokens[2].byte_end == 18);
    CHECK(tokens[2].flags == (kStartsWord | kSpaceBefore | kParagraphBefore));
    CHECK(tokens[3].byte_begin == 19);
    CHECK(tokens[4].byte_begin == 20);
    CHECK(tokens[4].byte_end == 28);
  }
}

TEST_CASE("what is not supported is refused by name", "[tokenizer]") {
  const auto refused = [](const char* pointer, const json& value, const std::string& part) {
    json file = SmallFile();
    file[json::json_pointer(pointer)] = value;
    CheckRefused(file.dump(), absl::StatusCode::kUnimplemented, part);
  };
  refused("/model/type", "Other", "model of type \"Other\"");
  refused("/model/fuse_unk", true, "model.fuse_unk");
  refused("/model/max_input_chars_per_word", 5000, "max_input_chars_per_word");
  refused("/normalizer/type", "NFKC", "normalizer of type \"NFKC\"");
  refused("/pre_tokenizer/type", "Whitespace", "pre_tokenizer of type \"Whitespace\"");
  refused("/pre_tokenizer", nullptr, "pre_tokenizer");
  refused("/post_processor/type", "Other", "post_processor of type \"Other\"");
  refused("/decoder/type", "BPEDecoder", "decoder of type \"BPEDecoder\"");
  refused("/added_tokens/4/single_word", true, "\"[MASK]\" with single_word");
  refused("/added_tokens/4/normalized", true, "\"[MASK]\" with normalized");
  refused("/surprise", 1, "surprise");
}

TEST_CASE("malformed contents are refused with the place", "[tokenizer]") {
  const auto refused = [](const char* pointer, const json& value, const std::string& part) {
    json file = SmallFile();
    file[json::json_pointer(pointer)] = value;
    CheckRefused(file.dump(), absl::StatusCode::kDataLoss, part);
  };
  refused("/model", nullptr, "no model");
  refused("/model/vocab", json::array(), "model.vocab");
  refused("/model/vocab", json::object(), "empty");
  refused("/model/vocab/that", 1, "id 1 is given to two tokens");
  refused("/model/vocab/that", -1, "id -1");
  refused("/model/vocab/that", 1.5, "not an integer");
  refused("/model/vocab/that", 1 << 20, "largest id");
  refused("/model/vocab/that", uint64_t{1} << 63, "id 9223372036854775807");
  refused("/model/unk_token", "nowhere", "nowhere");
  refused("/normalizer/lowercase", "yes", "normalizer.lowercase");
  refused("/added_tokens/0/content", "", "empty");
  refused("/added_tokens/0/id", 1, "id 1");
  refused("/added_tokens/0/id", 99, "[PAD]");
  refused("/post_processor/special_tokens/[CLS]/ids", json::array({99999}), "99999");
  refused("/post_processor/single", 3, "post_processor.single");
  CheckRefused("", absl::StatusCode::kDataLoss, "JSON");
  CheckRefused("[]", absl::StatusCode::kDataLoss, "object");
  CheckRefused("{}", absl::StatusCode::kDataLoss, "no model");
  CheckRefused(std::string(100000, '['), absl::StatusCode::kDataLoss, "object");
  std::string deep;
  for (int i = 0; i < 100000; ++i) deep += "{\"a\":";
  CheckRefused(deep, absl::StatusCode::kDataLoss, "deeper");
  deep = "{\"model\":{\"merges\":" + std::string(100000, '[');
  CheckRefused(deep, absl::StatusCode::kDataLoss, "model.merges");
  CheckRefused("{\"model\":{\"vocab\":{\"a\":0,\"a\":1}}}", absl::StatusCode::kUnimplemented,
               "model of type");
  CheckRefused("{\"model\":{\"type\":\"WordPiece\",\"vocab\":{\"a\":{}}}}", absl::StatusCode::kDataLoss,
               "\"a\"");
  std::string text = SmallFile().dump();
  const size_t at = text.find("\"that\":");
  REQUIRE(at != std::string::npos);
  text.replace(at, 6, "\"this\"");
  CheckRefused(text, absl::StatusCode::kDataLoss, "\"this\" occurs twice");
}

TEST_CASE("a tokenizer.json truncated or changed at any byte never crashes", "[tokenizer]") {
  const std::string text = SmallFile().dump();
  for (size_t size = 0; size < text.size(); size += 13) {
    CheckRefused(text.substr(0, size), absl::StatusCode::kDataLoss, "");
  }
  std::mt19937_64 random(3);
  const std::string sample = NastySample();
  for (size_t at = 0; at < text.size(); at += 7) {
    std::string damaged = text;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << random() % 8));
    const auto tokenizer = FromJson(damaged);
    if (tokenizer.ok()) {
      TokensOf(**tokenizer, sample);
    } else {
      CHECK(absl::StartsWith(tokenizer.status().message(), "tokenizer.json: "));
    }
  }
}

TEST_CASE("a bad vocab.txt is refused with its name", "[tokenizer]") {
  const auto load = [](const std::string& text, const std::string& config = "") {
    return TokenizerFromVocabulary(text, config, "vocab.txt", Allocator::Default()).status();
  };
  CHECK(load("[UNK]\na\r\n##b").ok());
  CHECK(load("").code() == absl::StatusCode::kDataLoss);
  CHECK(load("a\nb\n").code() == absl::StatusCode::kDataLoss);
  CHECK(load("[UNK]\na\na\n").code() == absl::StatusCode::kDataLoss);
  CHECK(load("[UNK]\n\xFF\n").message() == "vocab.txt: line 2 is not UTF-8");
  CHECK(load("[UNK]\n", "{").code() == absl::StatusCode::kDataLoss);
  CHECK(load("[UNK]\n", "{\"do_lower_case\":3}").message() ==
        "tokenizer_config.json: do_lower_case must be true or false, got number");
  CHECK(load("[UNK]\n", "{\"tokenizer_class\":\"BertJapaneseTokenizer\"}").code() ==
        absl::StatusCode::kUnimplemented);
}

TEST_CASE("a folder without a tokenizer, or a folder in its place, is named in the error", "[tokenizer]") {
  const auto missing = LoadTokenizer("/no/such/folder", Allocator::Default());
  CHECK(missing.status().code() == absl::StatusCode::kNotFound);
  CHECK(absl::StrContains(missing.status().message(), "/no/such/folder"));
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / "longwave_tokenizer_load_test";
  std::filesystem::create_directories(folder / "tokenizer.json");
  const auto directory = LoadTokenizer(folder.string(), Allocator::Default());
  CHECK(directory.status().code() == absl::StatusCode::kInvalidArgument);
  CHECK(absl::StrContains(directory.status().message(), "tokenizer.json must be a regular file, but it is a directory"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lwave::tokenizer
