// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// tokenizer_cases.json through lwave_tokenizer.

#include <algorithm>
#include <optional>

#include "model_cases.h"
#include "truncation.h"

namespace lwave::golden {
namespace {

using nlohmann::json;
using test::Tokens;

// Byte offsets as code points.
int64_t CodePoints(const std::string& text, int64_t bytes) {
  return std::count_if(text.begin(), text.begin() + bytes, [](char c) { return (c & 0xC0) != 0x80; });
}

void CompareTokens(CaseReport& report, const std::string& part, const Tokens& got, const json& expected,
                   const std::string& text, const std::string* pair) {
  report.Require(got.ids == expected.at("ids").get<std::vector<int32_t>>(), part + " ids differ");
  report.Require(got.types == expected.at("type_ids").get<std::vector<int32_t>>(), part + " type_ids differ");
  if (got.ids.size() != expected.at("ids").size()) return;
  const bool in_bytes = expected.contains("offsets_byte");
  const json& offsets = in_bytes ? expected["offsets_byte"] : expected.at("offsets_char");
  const json& sequences = expected.at("sequence_ids");
  for (size_t i = 0; i < got.ids.size(); ++i) {
    const std::string& source = pair != nullptr && sequences[i] == 1 ? *pair : text;
    const int64_t begin = in_bytes ? got.begins[i] : CodePoints(source, got.begins[i]);
    const int64_t end = in_bytes ? got.ends[i] : CodePoints(source, got.ends[i]);
    if (offsets[i][0] != begin || offsets[i][1] != end) {
      report.Fail(part + " offsets of token " + std::to_string(i) + " are " + std::to_string(begin) + ", " +
                  std::to_string(end) + ", expected " + offsets[i].dump());
      return;
    }
  }
}

void RunText(CaseReport& report, const test::Tokenizer& tokenizer, const json& expected) {
  const std::string text = expected.at("text").get<std::string>();
  std::optional<std::string> pair;
  if (expected.contains("pair")) pair = expected["pair"].get<std::string>();
  const std::string* second = pair ? &*pair : nullptr;
  const Tokens got = test::Encode(tokenizer, text, second, true);
  CompareTokens(report, "encode", got, expected, text, second);
  const Tokens plain = test::Encode(tokenizer, text, second, false);
  report.Require(plain.ids == expected.at("ids_no_special").get<std::vector<int32_t>>(), "ids without specials differ");
  const std::vector<int32_t> ids = expected.at("ids").get<std::vector<int32_t>>();
  report.Require(test::Decode(tokenizer, ids, true) == expected.at("decode").get<std::string>(), "decode differs");
  report.Require(test::Decode(tokenizer, ids, false) == expected.at("decode_with_special").get<std::string>(),
                 "decode with specials differs");
}

void RunTruncation(CaseReport& report, const test::Tokenizer& tokenizer, const json& expected) {
  const std::string text = expected.at("text").get<std::string>();
  std::optional<std::string> pair;
  if (expected.contains("pair")) pair = expected["pair"].get<std::string>();
  Truncation truncation;
  truncation.max_length = expected.at("max_length").get<int64_t>();
  truncation.stride = expected.at("stride").get<int64_t>();
  truncation.strategy = expected.at("strategy").get<std::string>();
  truncation.left = expected.at("direction") == "left";
  const std::string* second = pair ? &*pair : nullptr;
  const std::vector<Tokens> windows = EncodeTruncated(tokenizer, text, second, truncation);
  const json& overflowing = expected.at("overflowing");
  if (windows.size() != overflowing.size() + 1) {
    report.Fail(std::to_string(windows.size()) + " windows, expected " + std::to_string(overflowing.size() + 1));
    return;
  }
  CompareTokens(report, "first", windows[0], expected.at("first"), text, second);
  for (size_t i = 0; i < overflowing.size(); ++i) {
    CompareTokens(report, "window " + std::to_string(i + 1), windows[i + 1], overflowing[i], text, second);
  }
}

void RunPadding(CaseReport& report, const test::Tokenizer& tokenizer, const json& expected) {
  std::vector<Tokens> batch;
  size_t longest = 0;
  for (const json& text : expected.at("texts")) {
    batch.push_back(test::Encode(tokenizer, text.get<std::string>(), nullptr, true));
    longest = std::max(longest, batch.back().ids.size());
  }
  size_t length = longest;
  if (expected.at("length").is_number()) length = expected["length"].get<size_t>();
  if (expected.at("pad_to_multiple_of").is_number()) {
    const size_t multiple = expected["pad_to_multiple_of"].get<size_t>();
    length = (length + multiple - 1) / multiple * multiple;
  }
  const bool left = expected.at("direction") == "left";
  const json& encodings = expected.at("encodings");
  report.Require(encodings.size() == batch.size(), "another number of texts");
  for (size_t row = 0; row < batch.size() && row < encodings.size(); ++row) {
    Tokens& tokens = batch[row];
    std::vector<int32_t> mask(tokens.ids.size(), 1);
    const size_t missing = length > mask.size() ? length - mask.size() : 0;
    const auto pad = [&](std::vector<int32_t>& values, int32_t value) {
      values.insert(left ? values.begin() : values.end(), missing, value);
    };
    pad(tokens.ids, expected.at("pad_id").get<int32_t>());
    pad(tokens.types, 0);
    pad(mask, 0);
    const std::string part = "row " + std::to_string(row);
    report.Require(tokens.ids == encodings[row].at("ids").get<std::vector<int32_t>>(), part + " ids differ");
    report.Require(tokens.types == encodings[row].at("type_ids").get<std::vector<int32_t>>(), part + " types differ");
    report.Require(mask == encodings[row].at("attention_mask").get<std::vector<int32_t>>(), part + " mask differs");
  }
}

void RunDecode(CaseReport& report, const test::Tokenizer& tokenizer, const json& expected) {
  const std::vector<int32_t> ids = expected.at("ids").get<std::vector<int32_t>>();
  report.Require(test::Decode(tokenizer, ids, true) == expected.at("text").get<std::string>(), "text differs");
  report.Require(test::Decode(tokenizer, ids, false) == expected.at("text_with_special").get<std::string>(),
                 "text with specials differs");
}

}  // namespace

void RunTokenizerCases(const std::string& folder, const Sink& sink) {
  const json cases = ReadJson(folder + "/tokenizer_cases.json");
  const std::string prefix = BaseName(folder) + "/tokenizer/";
  const test::Context context = test::MakeContext(1);
  test::Tokenizer tokenizer;
  const CaseResult opened = RunCase(prefix + "vocabulary", [&](CaseReport& report) {
    tokenizer = test::OpenTokenizer(context, folder);
    report.Require(lwave_tokenizer_vocabulary(tokenizer.get()) == cases.at("vocab_size").get<int64_t>(),
                   "the vocabulary has " + std::to_string(lwave_tokenizer_vocabulary(tokenizer.get())) + " ids");
  });
  sink(opened);

  using Function = void (*)(CaseReport&, const test::Tokenizer&, const json&);
  const std::pair<const char*, Function> kinds[] = {{"singles", RunText},
                                                    {"pairs", RunText},
                                                    {"truncation", RunTruncation},
                                                    {"padding", RunPadding},
                                                    {"decode", RunDecode}};
  for (const auto& [kind, function] : kinds) {
    if (!cases.contains(kind)) continue;
    int64_t index = 0;
    for (const json& one : cases[kind]) {
      sink(RunCase(prefix + kind + "." + std::to_string(index++), [&](CaseReport& report) {
        if (tokenizer == nullptr) {
          if (opened.verdict == Verdict::kUnsupported) report.Unsupported("tokenizer", opened.detail);
          else report.Fail("the tokenizer was not opened");
          return;
        }
        function(report, tokenizer, one);
      }));
    }
  }
}

}  // namespace lwave::golden
