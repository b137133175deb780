// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The default model, as shipped (int8), against the original model's results and against the double oracle on
// its dequantised weights; and the original weights themselves, where LWAVE_MINILM_DIR names their folder.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "reference/encoder_reference.h"
#include "reference/safetensors_reference.h"
#include "support/api.h"

namespace lwave {
namespace {

using reference::Cosine;
using reference::ReadSafetensors;
using reference::StoredFile;
using reference::Values;

const std::string kData = LWAVE_TEST_DATA "/minilm/";
const std::string kShipped = LWAVE_SOURCE_DIR "/examples/models/minilm";
constexpr int64_t kWidth = 384;

nlohmann::json ReadJson(const std::string& name) {
  return nlohmann::json::parse(reference::ReadWholeFile(kData + name));
}

std::vector<int32_t> Ids(const reference::StoredTensor& tensor) {
  const std::vector<int64_t> wide = tensor.Integers();
  return std::vector<int32_t>(wide.begin(), wide.end());
}

Values Forward(const test::Model& model, const test::Config& config, std::vector<int32_t> ids,
               int32_t output) {
  const std::vector<float> result = test::Forward(model, config, test::OneSequence(std::move(ids)), output);
  return Values(result.begin(), result.end());
}

Values Row(const Values& matrix, int64_t row) {
  return Values(matrix.begin() + row * kWidth, matrix.begin() + (row + 1) * kWidth);
}

// Least and mean cosine of many pairs.
struct Agreement {
  double least = 1, sum = 0, count = 0;
  void Add(const Values& got, const Values& expected) {
    const double cosine = Cosine(got, expected);
    least = std::min(least, cosine);
    sum += cosine;
    ++count;
  }
  double mean() const { return sum / count; }
};

test::Config Window(const nlohmann::json& entry) {
  test::Config config = test::MakeConfig();
  test::Set(config, "long", "window");
  for (const char* key : {"left", "right", "sinks", "tile", "full_up_to"}) {
    test::Set(config, key, entry.at(key).get<int64_t>());
  }
  return config;
}

const nlohmann::json& LongCase(const nlohmann::json& cases, const std::string& name) {
  const auto has_name = [&](const nlohmann::json& entry) { return entry.at("name") == name; };
  return *std::find_if(cases.begin(), cases.end(), has_name);
}

// What a stream gives for ids without specials: passages' vectors and, last, the document's.
std::vector<Values> StreamIds(const test::Model& model, const test::Config& config,
                              const std::vector<int32_t>& ids) {
  const test::Stream stream = test::MakeStream(model, config);
  std::vector<test::Item> items;
  test::PushIds(stream.get(), ids.data(), static_cast<int64_t>(ids.size()), kWidth, items);
  test::FinishStream(stream.get(), kWidth, items);
  std::vector<Values> vectors;
  for (const test::Item& item : items) vectors.emplace_back(item.vector.begin(), item.vector.end());
  return vectors;
}

TEST_CASE("the shipped model's sentence embeddings are near the original's", "[model]") {
  const test::Context context = test::MakeContext(1);
  const test::Model model = test::OpenModel(context, kShipped);
  const StoredFile original = ReadSafetensors(kData + "expected.safetensors");
  const StoredFile dequantised = ReadSafetensors(kData + "int8_expected.safetensors");
  const Values own = dequantised.At("sentence_embeddings").Doubles();
  Agreement with_original, with_own;
  int64_t index = 0;
  const nlohmann::json texts = ReadJson("int8_expected.json").at("texts");
  for (const nlohmann::json& name : texts) {
    const std::string text = name.get<std::string>();
    const Values got =
        Forward(model, test::Config(), Ids(original.At(text + ".input_ids")), LWAVE_SENTENCE_EMBEDDING);
    with_original.Add(got, original.At(text + ".sentence_embedding").Doubles());
    with_own.Add(got, Row(own, index++));
  }
  CHECK(index == 52);
  INFO("with the original: least " << with_original.least << ", mean " << with_original.mean()
                                   << "; with its own weights: least " << with_own.least << ", mean "
                                   << with_own.mean());
  CHECK(with_original.least >= 0.99);
  CHECK(with_original.mean() >= 0.998);
  CHECK(with_own.least >= 0.993);
  CHECK(with_own.mean() >= 0.998);
}

TEST_CASE("the shipped model's long reading is near the oracle's on its own weights", "[model]") {
  const test::Context context = test::MakeContext(2);
  const test::Model model = test::OpenModel(context, kShipped);
  const StoredFile inputs = ReadSafetensors(kData + "long.safetensors");
  const StoredFile expected = ReadSafetensors(kData + "int8_expected.safetensors");
  const nlohmann::json settings = ReadJson("long.json"), names = ReadJson("int8_expected.json").at("long");
  for (const nlohmann::json& entry : names) {
    const std::string name = entry.get<std::string>();
    const test::Config config = Window(LongCase(settings.at("cases"), name));
    std::vector<int32_t> ids = Ids(inputs.At(name + ".input_ids"));
    const Values rows = Forward(model, config, ids, LWAVE_LAST_HIDDEN_STATE);
    const std::vector<int64_t> at = expected.At(name + ".rows_at").Integers();
    const Values expected_rows = expected.At(name + ".rows").Doubles();
    Agreement of_rows, of_passages;
    for (size_t i = 0; i < at.size(); ++i) {
      of_rows.Add(Row(rows, at[i]), Row(expected_rows, static_cast<int64_t>(i)));
    }
    // Streaming the same ids, specials left to the stream.
    ids.erase(ids.begin());
    ids.pop_back();
    const std::vector<Values> vectors = StreamIds(model, config, ids);
    const Values passages = expected.At(name + ".passages").Doubles();
    REQUIRE(vectors.size() == passages.size() / kWidth + 1);
    for (size_t p = 0; p + 1 < vectors.size(); ++p) {
      of_passages.Add(vectors[p], Row(passages, static_cast<int64_t>(p)));
    }
    INFO(name << ": rows least " << of_rows.least << ", mean " << of_rows.mean() << "; passages least "
              << of_passages.least);
    CHECK(of_rows.least >= 0.985);
    CHECK(of_rows.mean() >= 0.997);
    CHECK(of_passages.least >= 0.998);
    CHECK(Cosine(vectors.back(), expected.At(name + ".document").Doubles()) >= 0.998);
  }
}

std::string OriginalFolder() {
  const char* folder = std::getenv("LWAVE_MINILM_DIR");
  return folder == nullptr ? "" : folder;
}

TEST_CASE("the original weights give the original's sentence embeddings", "[model]") {
  if (OriginalFolder().empty()) SKIP("needs --minilm DIR");
  const test::Context context = test::MakeContext(2);
  const test::Model model = test::OpenModel(context, OriginalFolder());
  const StoredFile original = ReadSafetensors(kData + "expected.safetensors");
  const nlohmann::json expected = ReadJson("expected.json");
  const double atol = expected.at("atol").at("sentence_embedding").get<double>();
  for (const nlohmann::json& entry : expected.at("cases")) {
    const std::string name = entry.at("name").get<std::string>();
    INFO(name);
    const Values got =
        Forward(model, test::Config(), Ids(original.At(name + ".input_ids")), LWAVE_SENTENCE_EMBEDDING);
    const Values right = original.At(name + ".sentence_embedding").Doubles();
    CHECK(Cosine(got, right) >= 0.9999);
    for (int64_t c = 0; c < kWidth; ++c) {
      REQUIRE(std::abs(got[c] - right[c]) <= atol + 1e-5 * std::abs(right[c]));
    }
  }
}

TEST_CASE("the original weights give the expected rows of every long reading", "[model]") {
  if (OriginalFolder().empty()) SKIP("needs --minilm DIR");
  const test::Context context = test::MakeContext(2);
  const test::Model model = test::OpenModel(context, OriginalFolder());
  const StoredFile file = ReadSafetensors(kData + "long.safetensors");
  const nlohmann::json expected = ReadJson("long.json");
  const double atol = expected.at("atol").get<double>(), rtol = expected.at("rtol").get<double>();
  for (const nlohmann::json& entry : expected.at("cases")) {
    const std::string name = entry.at("name").get<std::string>();
    INFO(name);
    const std::vector<int32_t> ids = Ids(file.At(name + ".input_ids"));
    const Values got = Forward(model, Window(entry), ids, LWAVE_LAST_HIDDEN_STATE);
    const Values rows = file.At(name + ".rows").Doubles();
    const std::vector<int64_t> at = file.At(name + ".rows_at").Integers();
    for (size_t i = 0; i < at.size(); ++i) {
      for (int64_t c = 0; c < kWidth; ++c) {
        const double right = rows[i * kWidth + c];
        REQUIRE(std::abs(got[at[i] * kWidth + c] - right) <= atol + rtol * std::abs(right));
      }
    }
  }
}

}  // namespace
}  // namespace lwave
