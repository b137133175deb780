// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// tokenizer_cases.json through lwave_tokenizer.

#include <algorithm>
#include <optional>

#include "model_cases.h"

namespace lwave::golden {
namespace {

using nlohmann::json;
using test::Tokens;
using Encodings = test::Owned<lwave_encodings, lwave_encodings_destroy>;

// How windows are cut, and everything that lwave_encodings_read gives of one.
struct Limits {
  int64_t max_length = 0, stride = 0;
  int32_t strategy = LWAVE_LONGEST_FIRST, from_left = 0;
};
struct Encoded : Tokens {
  std::vector<int32_t> attention_mask, special_mask, word_ids, sequence_ids;
};

Encodings MakeEncodings() {
  test::Error error;
  lwave_encodings* encodings = nullptr;
  error.Check(lwave_encodings_create(&encodings, error));
  return Encodings(encodings);
}

void Add(const Encodings& encodings, const test::Tokenizer& tokenizer, const std::string& text,
         const std::string* pair, const Limits& limits) {
  test::Error error;
  error.Check(lwave_encodings_add(encodings.get(), tokenizer.get(), text.data(), static_cast<int64_t>(text.size()),
                                  pair == nullptr ? nullptr : pair->data(),
                                  pair == nullptr ? 0 : static_cast<int64_t>(pair->size()), 1, limits.max_length,
                                  limits.stride, limits.strategy, limits.from_left, error));
}

std::vector<Encoded> Read(const Encodings& encodings) {
  test::Error error;
  std::vector<Encoded> all(static_cast<size_t>(lwave_encodings_count(encodings.get())));
  for (size_t i = 0; i < all.size(); ++i) {
    Encoded& one = all[i];
    const int64_t length = lwave_encodings_length(encodings.get(), static_cast<int64_t>(i));
    const size_t size = static_cast<size_t>(length);
    for (std::vector<int32_t>* row : {&one.ids, &one.types, &one.word_ids, &one.sequence_ids}) row->resize(size);
    std::vector<uint8_t> attention(size), special(size);
    std::vector<int64_t> offsets(2 * size);
    error.Check(lwave_encodings_read(encodings.get(), static_cast<int64_t>(i), one.ids.data(), one.types.data(),
                                     attention.data(), special.data(), one.word_ids.data(), one.sequence_ids.data(),
                                     offsets.data(), length, error));
    one.attention_mask.assign(attention.begin(), attention.end());
    one.special_mask.assign(special.begin(), special.end());
    for (size_t k = 0; k < size; ++k) {
      one.begins.push_back(offsets[2 * k]);
      one.ends.push_back(offsets[2 * k + 1]);
    }
  }
  return all;
}

// Null stands for none, -1 here.
std::vector<int32_t> Numbers(const json& list) {
  std::vector<int32_t> numbers;
  for (const json& item : list) numbers.push_back(item.is_null() ? -1 : item.get<int32_t>());
  return numbers;
}

// Byte offsets as code points.
int64_t CodePoints(const std::string& text, int64_t bytes) {
  return std::count_if(text.begin(), text.begin() + bytes, [](char c) { return (c & 0xC0) != 0x80; });
}

// Without a post-processor the reference forgets, in the further windows of a pair, which text a token belongs to: it
// then has no token of the second.
bool Forgets(const json& expected, const std::string* pair) {
  const json& sequences = expected.at("sequence_ids");
  return pair != nullptr && !pair->empty() && !expected.contains("offsets_byte") &&
         std::none_of(sequences.begin(), sequences.end(), [](const json& s) { return s == 1; });
}

// own: to which text each token belongs, for cases where the reference forgets it; null: it does not.
void CompareTokens(CaseReport& report, const std::string& part, const Tokens& got, const json& expected,
                   const std::string& text, const std::string* pair, const std::vector<int32_t>* own = nullptr) {
  report.Require(got.ids == expected.at("ids").get<std::vector<int32_t>>(), part + " ids differ");
  // The reference has no type for some tokens of further windows.
  const json& types = expected.at("type_ids");
  bool same = types.size() == got.types.size();
  for (size_t i = 0; i < types.size() && same; ++i) same = types[i].is_null() || types[i] == got.types[i];
  report.Require(same || own != nullptr, part + " type_ids differ");
  if (got.ids.size() != expected.at("ids").size()) return;
  const bool in_bytes = expected.contains("offsets_byte");
  const json& offsets = in_bytes ? expected["offsets_byte"] : expected.at("offsets_char");
  const json& sequences = expected.at("sequence_ids");
  for (size_t i = 0; i < got.ids.size(); ++i) {
    const bool second = own != nullptr ? (*own)[i] == 1 : sequences[i] == 1;
    const std::string& source = pair != nullptr && second ? *pair : text;
    const int64_t begin = in_bytes ? got.begins[i] : CodePoints(source, got.begins[i]);
    const int64_t end = in_bytes ? got.ends[i] : CodePoints(source, got.ends[i]);
    if (offsets[i][0] != begin || offsets[i][1] != end) {
      report.Fail(part + " offsets of token " + std::to_string(i) + " are " + std::to_string(begin) + ", " +
                  std::to_string(end) + ", expected " + offsets[i].dump());
      return;
    }
  }
}

void CompareEncoded(CaseReport& report, const std::string& part, const Encoded& got, const json& expected,
                    const std::string& text, const std::string* pair) {
  const bool forgets = Forgets(expected, pair);
  CompareTokens(report, part, got, expected, text, pair, forgets ? &got.sequence_ids : nullptr);
  const std::pair<const char*, const std::vector<int32_t>*> rows[] = {
      {"special_tokens_mask", &got.special_mask},
      {"attention_mask", &got.attention_mask},
      {"word_ids", &got.word_ids},
      {"sequence_ids", &got.sequence_ids}};
  for (const auto& [key, row] : rows) {
    if (forgets && row == &got.sequence_ids) continue;
    if (expected.contains(key)) report.Require(*row == Numbers(expected[key]), part + " " + key + " differ");
  }
}

void RunText(CaseReport& report, const test::Tokenizer& tokenizer, const json& expected) {
  const std::string text = expected.at("text").get<std::string>();
  std::optional<std::string> pair;
  if (expected.contains("pair")) pair = expected["pair"].get<std::string>();
  const std::string* second = pair ? &*pair : nullptr;
  const Tokens got = test::Encode(tokenizer, text, second, true);
  CompareTokens(report, "encode", got, expected, text, second);
  const Encodings encodings = MakeEncodings();
  Add(encodings, tokenizer, text, second, Limits());
  const std::vector<Encoded> windows = Read(encodings);
  if (windows.size() == 1) CompareEncoded(report, "window", windows[0], expected, text, second);
  report.Require(windows.size() == 1, "a text without a limit has more than one window");
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
  Limits limits;
  limits.max_length = expected.at("max_length").get<int64_t>();
  limits.stride = expected.at("stride").get<int64_t>();
  const std::string strategy = expected.at("strategy").get<std::string>();
  if (strategy == "only_first") limits.strategy = LWAVE_ONLY_FIRST;
  if (strategy == "only_second") limits.strategy = LWAVE_ONLY_SECOND;
  limits.from_left = expected.at("direction") == "left" ? 1 : 0;
  const std::string* second = pair ? &*pair : nullptr;
  const Encodings encodings = MakeEncodings();
  Add(encodings, tokenizer, text, second, limits);
  const std::vector<Encoded> windows = Read(encodings);
  const json& overflowing = expected.at("overflowing");
  if (windows.size() != overflowing.size() + 1) {
    report.Fail(std::to_string(windows.size()) + " windows, expected " + std::to_string(overflowing.size() + 1));
    return;
  }
  CompareEncoded(report, "first", windows[0], expected.at("first"), text, second);
  for (size_t i = 0; i < overflowing.size(); ++i) {
    CompareEncoded(report, "window " + std::to_string(i + 1), windows[i + 1], overflowing[i], text, second);
  }
}

void RunPadding(CaseReport& report, const test::Tokenizer& tokenizer, const json& expected) {
  const Encodings encodings = MakeEncodings();
  for (const json& text : expected.at("texts")) Add(encodings, tokenizer, text.get<std::string>(), nullptr, Limits());
  const auto number = [&expected](const char* key) {
    return expected.at(key).is_number() ? expected[key].get<int64_t>() : int64_t{0};
  };
  test::Error error;
  error.Check(lwave_encodings_pad(encodings.get(), number("length"), number("pad_to_multiple_of"),
                                  expected.at("direction") == "left" ? 1 : 0, expected.at("pad_id").get<int32_t>(), 0,
                                  error));
  const std::vector<Encoded> batch = Read(encodings);
  const json& rows = expected.at("encodings");
  report.Require(rows.size() == batch.size(), "another number of texts");
  for (size_t row = 0; row < batch.size() && row < rows.size(); ++row) {
    const std::string part = "row " + std::to_string(row);
    report.Require(batch[row].ids == Numbers(rows[row].at("ids")), part + " ids differ");
    report.Require(batch[row].types == Numbers(rows[row].at("type_ids")), part + " types differ");
    report.Require(batch[row].attention_mask == Numbers(rows[row].at("attention_mask")), part + " mask differs");
  }
}

void RunDecode(CaseReport& report, const test::Tokenizer& tokenizer, const json& expected) {
  const std::vector<int32_t> ids = expected.at("ids").get<std::vector<int32_t>>();
  report.Require(test::Decode(tokenizer, ids, true) == expected.at("text").get<std::string>(), "text differs");
  report.Require(test::Decode(tokenizer, ids, false) == expected.at("text_with_special").get<std::string>(),
                 "text with specials differs");
}

// The other route: the ids of the SentencePiece library.
void RunSentencePiece(const std::string& folder, const test::Context& context, const json& cases, const Sink& sink) {
  test::Tokenizer tokenizer;
  int64_t index = 0;
  for (const json& one : cases.at("singles")) {
    const std::string name = BaseName(folder) + "/tokenizer/sentencepiece." + std::to_string(index++);
    sink(RunCase(name, [&](CaseReport& report) {
      if (tokenizer == nullptr) tokenizer = test::OpenTokenizer(context, folder, "sentencepiece");
      const Tokens got = test::Encode(tokenizer, one.at("text").get<std::string>(), nullptr, false);
      report.Require(got.ids == one.at("sentencepiece_ids").get<std::vector<int32_t>>(), "ids differ");
    }));
  }
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
  if (cases.contains("sentencepiece_model")) RunSentencePiece(folder, context, cases, sink);
}

}  // namespace lwave::golden
