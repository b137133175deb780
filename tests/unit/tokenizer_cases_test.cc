// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The WordPiece tokenizer against the reference library's results: ids, byte ranges, words, pairs, windows,
// padding and decoding.

#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "tokenizer/encode.h"
#include "tokenizer/load.h"

namespace lwave::tokenizer {
namespace {

using nlohmann::json;

struct Suite {
  std::unique_ptr<Tokenizer> tokenizer;
  json cases;
};

const char* const kFolders[] = {"/minilm", "/models/tokenizers/wordpiece-uncased"};

Suite LoadSuite(const std::string& folder) {
  Suite suite;
  auto tokenizer = LoadTokenizer(LWAVE_TEST_DATA + folder, Allocator::Default());
  REQUIRE(tokenizer.ok());
  suite.tokenizer = *std::move(tokenizer);
  std::ifstream file(LWAVE_TEST_DATA + folder + "/tokenizer_cases.json");
  suite.cases = json::parse(file);
  return suite;
}

template <typename T>
std::vector<T> Values(const json& list) {
  std::vector<T> values;
  for (const json& item : list) values.push_back(item.is_null() ? static_cast<T>(-1) : item.get<T>());
  return values;
}

// Compares every field that `expected` has.
void CheckEncoding(const Encoding& got, const json& expected) {
  CHECK(got.ids == Values<int32_t>(expected["ids"]));
  CHECK(got.type_ids == Values<int32_t>(expected["type_ids"]));
  CHECK(got.special_mask == Values<uint8_t>(expected["special_tokens_mask"]));
  if (expected.contains("attention_mask"))
    CHECK(got.attention_mask == Values<uint8_t>(expected["attention_mask"]));
  if (expected.contains("word_ids")) CHECK(got.word_ids == Values<int32_t>(expected["word_ids"]));
  if (expected.contains("sequence_ids")) CHECK(got.sequence_ids == Values<int32_t>(expected["sequence_ids"]));
  if (expected.contains("offsets_byte")) {
    std::vector<std::pair<int64_t, int64_t>> offsets;
    for (const json& item : expected["offsets_byte"]) offsets.emplace_back(item[0], item[1]);
    CHECK(got.offsets == offsets);
  }
}

Truncation TruncationOf(const json& item) {
  Truncation truncation;
  truncation.max_length = item["max_length"];
  truncation.stride = item["stride"];
  truncation.from_left = item["direction"] == "left";
  if (item["strategy"] == "only_first") truncation.strategy = Truncation::Strategy::kOnlyFirst;
  if (item["strategy"] == "only_second") truncation.strategy = Truncation::Strategy::kOnlySecond;
  return truncation;
}

std::vector<Encoding> Encoded(const Tokenizer& tokenizer, const std::string& text,
                              std::optional<std::string> pair, const EncodeOptions& options) {
  std::optional<absl::string_view> second;
  if (pair.has_value()) second = *pair;
  auto encodings = Encode(tokenizer, text, second, options, Allocator::Default());
  INFO(encodings.status());
  REQUIRE(encodings.ok());
  return *std::move(encodings);
}

TEST_CASE("every single text of the reference has the same ids, byte ranges, words and decoding",
          "[tokenizer]") {
  for (const char* folder : kFolders) {
    const Suite suite = LoadSuite(folder);
    REQUIRE(suite.cases["singles"].size() == 221);
    CHECK(suite.tokenizer->vocabulary_size() == suite.cases["vocab_size"].get<int32_t>());
    for (const json& item : suite.cases["singles"]) {
      const std::string text = item["text"];
      INFO(folder << " text " << item["text"].dump(-1, ' ', true));
      const std::vector<Encoding> got = Encoded(*suite.tokenizer, text, std::nullopt, {});
      REQUIRE(got.size() == 1);
      CheckEncoding(got[0], item);
      EncodeOptions bare;
      bare.add_special = false;
      CHECK(Encoded(*suite.tokenizer, text, std::nullopt, bare)[0].ids ==
            Values<int32_t>(item["ids_no_special"]));
      CHECK(suite.tokenizer->Decode(got[0].ids, true) == item["decode"].get<std::string>());
      CHECK(suite.tokenizer->Decode(got[0].ids, false) == item["decode_with_special"].get<std::string>());
      std::vector<std::string> tokens;
      for (const int32_t id : got[0].ids) tokens.emplace_back(suite.tokenizer->IdToToken(id));
      CHECK(tokens == item["tokens"].get<std::vector<std::string>>());
    }
  }
}

TEST_CASE("every pair of the reference has the same rows", "[tokenizer]") {
  for (const char* folder : kFolders) {
    const Suite suite = LoadSuite(folder);
    for (const json& item : suite.cases["pairs"]) {
      INFO(folder << " text " << item["text"].dump(-1, ' ', true) << " pair "
                  << item["pair"].dump(-1, ' ', true));
      const std::vector<Encoding> got = Encoded(*suite.tokenizer, item["text"], item["pair"], {});
      REQUIRE(got.size() == 1);
      CheckEncoding(got[0], item);
      CHECK(suite.tokenizer->Decode(got[0].ids, true) == item["decode"].get<std::string>());
      CHECK(suite.tokenizer->Decode(got[0].ids, false) == item["decode_with_special"].get<std::string>());
    }
  }
}

TEST_CASE("truncation gives the windows of the reference in its order", "[tokenizer]") {
  for (const char* folder : kFolders) {
    const Suite suite = LoadSuite(folder);
    for (const json& item : suite.cases["truncation"]) {
      INFO(folder << " max_length " << item["max_length"] << " stride " << item["stride"] << " "
                  << item["direction"] << " text " << item["text"].dump(-1, ' ', true));
      EncodeOptions options;
      options.truncation = TruncationOf(item);
      std::optional<std::string> pair;
      if (item.contains("pair") && !item["pair"].is_null()) pair = item["pair"];
      const std::vector<Encoding> got = Encoded(*suite.tokenizer, item["text"], pair, options);
      REQUIRE(got.size() == 1 + item["overflowing"].size());
      CheckEncoding(got[0], item["first"]);
      for (size_t i = 1; i < got.size(); ++i) {
        INFO("window " << i);
        CheckEncoding(got[i], item["overflowing"][i - 1]);
      }
    }
  }
}

TEST_CASE("padding makes rows as the reference does", "[tokenizer]") {
  for (const char* folder : kFolders) {
    const Suite suite = LoadSuite(folder);
    for (const json& item : suite.cases["padding"]) {
      std::vector<Encoding> batch;
      for (const json& text : item["texts"])
        batch.push_back(Encoded(*suite.tokenizer, text, std::nullopt, {})[0]);
      Padding padding;
      padding.length = item["length"].is_null() ? 0 : item["length"].get<int64_t>();
      padding.multiple_of =
          item["pad_to_multiple_of"].is_null() ? 0 : item["pad_to_multiple_of"].get<int64_t>();
      padding.on_left = item["direction"] == "left";
      padding.pad_id = item["pad_id"];
      CHECK(suite.tokenizer->special_ids().pad == padding.pad_id);
      Pad(padding, absl::MakeSpan(batch));
      for (size_t i = 0; i < batch.size(); ++i) CheckEncoding(batch[i], item["encodings"][i]);
    }
  }
}

TEST_CASE("decode gives the reference's text for any ids", "[tokenizer]") {
  for (const char* folder : kFolders) {
    const Suite suite = LoadSuite(folder);
    for (const json& item : suite.cases["decode"]) {
      const std::vector<int32_t> ids = item["ids"];
      INFO(folder << " ids " << item["ids"].dump());
      CHECK(suite.tokenizer->Decode(ids, true) == item["text"].get<std::string>());
      CHECK(suite.tokenizer->Decode(ids, false) == item["text_with_special"].get<std::string>());
    }
    CHECK(suite.tokenizer->Decode({-1, 1 << 30}, false).empty());
  }
}

}  // namespace
}  // namespace lwave::tokenizer
