// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Tokenizers from spiece.model, tokenizer.model and words.txt.

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tokenizer/encode.h"
#include "tokenizer/load.h"
#include "tokenizer/load_sentencepiece.h"
#include "tokenizer_fixture.h"

namespace lwave::tokenizer {
namespace {

using nlohmann::json;

const std::map<std::string, std::string> kModels = {
    {"unigram-bigbird", "spiece.model"}, {"unigram-nfkc", "spiece.model"},
    {"unigram-t5", "spiece.model"},      {"unigram-xlnet", "spiece.model"},
    {"bpe-reformer", "spiece.model"},    {"bpe-bytefallback-gemma", "tokenizer.model"}};

std::string Folder(const std::string& name) { return "models/tokenizers/" + name; }

std::unique_ptr<Tokenizer> Load(const std::string& name, TokenizerOptions::Route route) {
  TokenizerOptions options;
  options.route = route;
  auto loaded = LoadTokenizer(std::string(LWAVE_TEST_DATA) + "/" + Folder(name), Allocator::Default(), options);
  INFO(loaded.status());
  REQUIRE(loaded.ok());
  return *std::move(loaded);
}

std::vector<int32_t> Ids(const Tokenizer& tokenizer, absl::string_view text, bool add_special = false) {
  EncodeOptions options;
  options.add_special = add_special;
  options.stream.skip_byte_order_mark = false;
  auto encoded = Encode(tokenizer, text, std::nullopt, options, Allocator::Default());
  REQUIRE(encoded.ok());
  return encoded->front().ids;
}

TEST_CASE("the SentencePiece route gives the ids of the SentencePiece library", "[tokenizer]") {
  for (const auto& [name, file] : kModels) {
    const auto tokenizer = Load(name, TokenizerOptions::Route::kSentencePiece);
    const json cases = json::parse(ReadTestFile(Folder(name) + "/tokenizer_cases.json"));
    REQUIRE(cases["singles"].size() == 221);
    for (const json& item : cases["singles"]) {
      INFO(name << " text " << item["text"].dump(-1, ' ', true));
      CHECK(Ids(*tokenizer, item["text"].get<std::string>()) == item["sentencepiece_ids"].get<std::vector<int32_t>>());
    }
  }
}

TEST_CASE("tokenizer.json wins over spiece.model unless the route asks for it", "[tokenizer]") {
  for (const auto& [name, file] : kModels) {
    INFO(name);
    const auto automatic = Load(name, TokenizerOptions::Route::kAutomatic);
    const auto library = Load(name, TokenizerOptions::Route::kSentencePiece);
    // A control token in the text is one token to the first, characters to the second.
    CHECK(Ids(*automatic, "</s>").size() == 1);
    CHECK(Ids(*library, "</s>").size() > 1);
    CHECK(library->vocabulary_size() <= automatic->vocabulary_size());
    CHECK(library->special_ids().pad == automatic->special_ids().pad);
    CHECK(library->IsSpecial(library->TokenToId("</s>")));
  }
  TokenizerOptions options;
  options.route = TokenizerOptions::Route::kSentencePiece;
  const auto none = LoadTokenizer(std::string(LWAVE_TEST_DATA) + kSmallFolder, Allocator::Default(), options);
  CHECK(none.status().code() == absl::StatusCode::kNotFound);
}

TEST_CASE("a model file alone says what is put around a text by the names in tokenizer_config.json", "[tokenizer]") {
  const auto around = [](const std::string& name, const json& changes) {
    json config = json::parse(ReadTestFile(Folder(name) + "/tokenizer_config.json"));
    config.update(changes);
    const std::string contents = ReadTestFile(Folder(name) + "/" + kModels.at(name));
    auto made = TokenizerFromSentencePiece(contents, config.dump(), "spiece.model", Allocator::Default());
    INFO(made.status());
    REQUIRE(made.ok());
    std::vector<std::string> tokens;
    for (const int32_t id : Ids(**made, "the", true)) tokens.emplace_back((*made)->IdToToken(id));
    return tokens;
  };
  using Tokens = std::vector<std::string>;
  CHECK(around("unigram-bigbird", json::object()) == Tokens{"[CLS]", "\xE2\x96\x81the", "[SEP]"});
  CHECK(around("unigram-xlnet", json::object()) == Tokens{"\xE2\x96\x81the", "<sep>", "<cls>"});
  CHECK(around("unigram-t5", json::object()) == Tokens{"\xE2\x96\x81the", "</s>"});
  CHECK(around("unigram-t5", {{"tokenizer_class", "LlamaTokenizer"}}) == Tokens{"\xE2\x96\x81the"});
  CHECK(around("bpe-bytefallback-gemma", {{"tokenizer_class", "GemmaTokenizer"}}).front() == "<s>");
  CHECK(around("bpe-bytefallback-gemma", {{"tokenizer_class", "GemmaTokenizer"}, {"add_bos_token", false}}).front() !=
        "<s>");
  const auto shifted = TokenizerFromSentencePiece(ReadTestFile(Folder("unigram-t5") + "/spiece.model"),
                                                  R"({"tokenizer_class":"XLMRobertaTokenizer"})", "spiece.model",
                                                  Allocator::Default());
  CHECK(shifted.status().code() == absl::StatusCode::kUnimplemented);
}

TEST_CASE("the ids of the SentencePiece route do not depend on how the text comes", "[tokenizer]") {
  std::mt19937_64 random(31);
  for (const auto& [name, file] : kModels) {
    const auto tokenizer = Load(name, TokenizerOptions::Route::kSentencePiece);
    for (int round = 0; round < 3; ++round) {
      std::string text;
      while (text.size() < 15000) text += RandomText(random) + " of the ";
      const std::vector<Token> whole = TokensOf(*tokenizer, text);
      INFO(name << " round " << round);
      CHECK(whole.size() > 1000);
      for (const size_t piece : {size_t{1}, size_t{7}, size_t{1000}}) {
        CHECK(TokensOf(*tokenizer, text, piece) == whole);
      }
      int64_t last = 0;
      for (const Token& token : whole) {
        CHECK(token.byte_begin <= token.byte_end);
        CHECK(token.byte_end >= last);
        last = token.byte_end;
      }
    }
  }
}

TEST_CASE("a long plain text is cut into tokens with little held back, by every tokenizer and route", "[tokenizer]") {
  std::string text = ReadTestFile("../../examples/text/handbook.txt");
  REQUIRE(text.size() > 200000);
  text.resize(200000);
  StreamOptions options;
  options.held_back_bytes = 2048;
  for (const auto& [name, file] : kModels) {
    for (const auto route : {TokenizerOptions::Route::kAutomatic, TokenizerOptions::Route::kSentencePiece}) {
      const auto tokenizer = Load(name, route);
      INFO(name << " route " << static_cast<int>(route));
      auto stream = tokenizer->NewStream(options, Allocator::Default());
      REQUIRE(stream.ok());
      std::vector<Token> tokens;
      for (size_t at = 0; at < text.size() && (*stream)->status().ok();) {
        at += (*stream)->Push(absl::string_view(text).substr(at, 1000));
        Drain(**stream, &tokens);
      }
      (*stream)->Finish();
      Drain(**stream, &tokens);
      INFO((*stream)->status());
      CHECK((*stream)->status().ok());
      CHECK(tokens == TokensOf(*tokenizer, text));
    }
  }
}

TEST_CASE("decoding ids of the SentencePiece route gives the text back", "[tokenizer]") {
  for (const auto& [name, file] : kModels) {
    const auto tokenizer = Load(name, TokenizerOptions::Route::kSentencePiece);
    INFO(name);
    CHECK(tokenizer->Decode(Ids(*tokenizer, "the text of a long read"), true) == "the text of a long read");
  }
  const auto gemma = Load("bpe-bytefallback-gemma", TokenizerOptions::Route::kSentencePiece);
  CHECK(gemma->Decode(Ids(*gemma, " two  spaces \xE4\xB8\x80"), true) == " two  spaces \xE4\xB8\x80");
}

TEST_CASE("T5's extra ids have their numbers with a model file alone", "[tokenizer]") {
  const auto library = Load("unigram-t5", TokenizerOptions::Route::kSentencePiece);
  const auto automatic = Load("unigram-t5", TokenizerOptions::Route::kAutomatic);
  for (const char* token : {"<extra_id_0>", "<extra_id_9>"}) {
    CHECK(library->TokenToId(token) == automatic->TokenToId(token));
    CHECK(library->IsSpecial(library->TokenToId(token)));
  }
}

TEST_CASE("words.txt makes the tokenizer of tokenizer.json", "[tokenizer]") {
  const std::string name = "words-transfoxl";
  const auto expected = Load(name, TokenizerOptions::Route::kAutomatic);
  const auto made = TokenizerFromWords(ReadTestFile(Folder(name) + "/words.txt"),
                                       ReadTestFile(Folder(name) + "/tokenizer_config.json"), "words.txt",
                                       Allocator::Default());
  INFO(made.status());
  REQUIRE(made.ok());
  CHECK((*made)->Fingerprint() == expected->Fingerprint());
  const json cases = json::parse(ReadTestFile(Folder(name) + "/tokenizer_cases.json"));
  for (const json& item : cases["singles"]) {
    CHECK(Ids(**made, item["text"].get<std::string>()) == item["ids_no_special"].get<std::vector<int32_t>>());
  }
  CHECK(TokenizerFromWords("a\nb\n", "", "words.txt", Allocator::Default()).status().code() ==
        absl::StatusCode::kUnimplemented);
  CHECK(TokenizerFromWords("<unk>\n\xFF\n", "", "words.txt", Allocator::Default()).status().code() ==
        absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace lwave::tokenizer
