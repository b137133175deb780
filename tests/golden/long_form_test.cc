// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Models in their long form against the models they were made of.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <algorithm>
#include <cmath>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "row_cosines.h"
#include "runner_common.h"
#include "support/api.h"
#include "support/temporary_folder.h"

namespace lwave::golden {
namespace {

using Catch::Matchers::ContainsSubstring;

// Converted models in a folder that disappears with this object.
class Converter {
 public:
  // Where the model lies in its long form.
  std::string Convert(const std::string& model, const std::string& attention, const std::string& positions,
                      const std::vector<int64_t>& dilation = {}, const char* weights = "f32") {
    const test::Config config = Configure(attention, positions, dilation, weights);
    return Convert(model, config);
  }
  std::string Convert(const std::string& model, const test::Config& config) {
    const std::string destination = folder_ / std::to_string(count_++);
    test::Error error;
    error.Check(lwave_model_convert_with(Source(model).c_str(), destination.c_str(), config.get(), error));
    return destination;
  }
  static test::Config Configure(const std::string& attention, const std::string& positions,
                                const std::vector<int64_t>& dilation = {}, const char* weights = "f32") {
    test::Config config = test::MakeConfig("convert");
    test::Set(config, "weights", weights);
    if (!attention.empty()) test::Set(config, "attention", attention.c_str());
    if (!positions.empty()) test::Set(config, "positions", positions.c_str());
    if (!dilation.empty()) test::Set(config, "dilation", dilation);
    return config;
  }
  static std::string Source(const std::string& model) { return std::string(LWAVE_TEST_DATA) + "/models/tiny/" + model; }

 private:
  const test::TemporaryFolder folder_;
  int count_ = 0;
};

std::vector<int32_t> Ids(int64_t count, int32_t seed = 0) {
  std::vector<int32_t> ids;
  for (int32_t i = 0; i < count; ++i) ids.push_back(6 + (i * 37 + seed * 11) % 480);
  return ids;
}

std::vector<float> RunIds(const test::Model& model, const std::vector<int32_t>& ids, int32_t output, bool decoder = false) {
  const test::Inputs inputs = test::MakeInputs(1, static_cast<int64_t>(ids.size()));
  test::Set(inputs, "ids", ids);
  if (decoder) test::Set(inputs, "decoder_ids", Ids(5, 3));
  return test::Run(model, inputs, output);
}

void RequireClose(const std::vector<float>& got, const std::vector<float>& expected, double tolerance) {
  REQUIRE(got.size() == expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    const double want = static_cast<double>(expected[i]);
    INFO("number " << i << ": " << got[i] << ", expected " << want);
    REQUIRE(std::abs(static_cast<double>(got[i]) - want) <= tolerance * (1 + std::abs(want)));
  }
}

std::string RefusalOf(const std::string& model, const test::Config& config) {
  Converter converter;
  try {
    converter.Convert(model, config);
  } catch (const test::Failure& failure) {
    return failure.what();
  }
  return "";
}

}  // namespace

TEST_CASE("A model whose window sees all of a text gives in its long form what it gave, heads and all", "[golden]") {
  const test::Context context = test::MakeContext(1);
  Converter converter;
  struct Row {
    const char* model;
    const char* architecture;
    int32_t output;
  };
  for (const Row& row : {Row{"bert-base", "LongformerModel", LWAVE_POOLER_OUTPUT},
                         Row{"bert-mlm", "LongformerForMaskedLM", LWAVE_LOGITS},
                         Row{"bert-seqcls", "LongformerForSequenceClassification", LWAVE_LOGITS},
                         Row{"roberta-mlm", "LongformerForMaskedLM", LWAVE_LOGITS},
                         Row{"roberta-seqcls", "LongformerForSequenceClassification", LWAVE_LOGITS},
                         Row{"bart-base", "LEDForConditionalGeneration", LWAVE_LOGITS},
                         Row{"bart-seqcls", "LEDForSequenceClassification", LWAVE_LOGITS}}) {
    INFO(row.model);
    const bool bart = std::string(row.model) == "bart-base";  // a classifier reads the source by itself
    const test::Model source = test::OpenModel(context, Converter::Source(row.model));
    const std::string folder = converter.Convert(row.model, "window:40", "copied:100");
    CHECK(ReadJson(folder + "/config.json").at("architectures").at(0).get<std::string>() == row.architecture);
    CHECK_FALSE(ReadJson(folder + "/config.json").value("dtype", "") == "longwave");
    const test::Model made = test::OpenModel(context, folder);
    std::vector<int32_t> ids = Ids(29);
    ids.back() = 2;  // BART's classifier reads the last end token
    for (const int32_t output : {static_cast<int32_t>(LWAVE_LAST_HIDDEN_STATE), row.output}) {
      RequireClose(RunIds(made, ids, output, bart), RunIds(source, ids, output, bart), 5e-5);
    }
    CHECK(test::ModelInt(made, "positions") == 100);
  }
}

TEST_CASE("Windows count rows on each side here, in config.json both sides together, one number a layer", "[golden]") {
  Converter converter;
  const nlohmann::json config = ReadJson(converter.Convert("roberta-mlm", "window:4;window:8,8;window:2", "copied:200") + "/config.json");
  CHECK(config.at("attention_window") == nlohmann::json({8, 16, 4}));
  CHECK(config.at("max_position_embeddings") == 202);
  CHECK(ReadJson(converter.Convert("bert-base", "window:4", "copied:200") + "/config.json").at("max_position_embeddings") == 201);
  const nlohmann::json led = ReadJson(converter.Convert("bart-base", "window:4", "copied:200") + "/config.json");
  CHECK(led.at("max_encoder_position_embeddings") == 200);
  CHECK(led.at("max_decoder_position_embeddings") == 48);
}

TEST_CASE("A long form with int8 weights opens, says that it is Longwave's alone, and agrees", "[golden]") {
  const test::Context context = test::MakeContext(1);
  Converter converter;
  for (const char* model : {"bert-mlm", "roberta-mlm", "bart-base"}) {
    INFO(model);
    const bool bart = std::string(model) == "bart-base";
    const std::string folder = converter.Convert(model, "window:6", "copied:150", {}, "int8");
    CHECK(ReadJson(folder + "/config.json").at("dtype") == "longwave");
    const test::Model made = test::OpenModel(context, folder);
    const test::Model exact = test::OpenModel(context, converter.Convert(model, "window:6", "copied:150"));
    const std::vector<float> expected = RunIds(exact, Ids(120), LWAVE_LAST_HIDDEN_STATE, bart);
    RowCosines cosines;
    cosines.Add(model, RunIds(made, Ids(120), LWAVE_LAST_HIDDEN_STATE, bart), {expected.begin(), expected.end()},
                static_cast<size_t>(test::ModelInt(exact, "hidden")), [](size_t) { return true; });
    CHECK(cosines.mean() > 0.99);
  }
}

TEST_CASE("GPT-2 with windows streams and generates what it computes of whole sequences", "[golden]") {
  const test::Context context = test::MakeContext(1);
  Converter converter;
  test::Config sinks = Converter::Configure("window:3", "copied:200");
  test::Set(sinks, "sinks", int64_t{2});
  const test::Model source = test::OpenModel(context, Converter::Source("gpt2-base"));
  for (const std::string& folder :
       {converter.Convert("gpt2-base", "window:5,5", "copied:200"), converter.Convert("gpt2-base", "window:3;window:7;window:5", "copied:200"),
        converter.Convert("gpt2-base", "window:4", "copied:200", {2}), converter.Convert("gpt2-base", sinks),
        converter.Convert("gpt2-base", "full;window:3;full", "copied:200"), converter.Convert("gpt2-base", "favor:32", "copied:200")}) {
    INFO(ReadJson(folder + "/config.json").at("longwave_attention").dump());
    const test::Model model = test::OpenModel(context, folder);
    std::vector<int32_t> ids = Ids(90);
    const test::Config config = test::MakeConfig("generation");
    test::Set(config, "max_new_tokens", int64_t{12});
    test::Set(config, "stop_at_end", int64_t{0});
    const test::Generator generator = test::MakeGenerator(model, config);
    test::Push(generator, ids);
    const std::vector<int32_t> generated = test::Generate(generator);
    REQUIRE(generated.size() == 12);
    for (const int32_t id : generated) {
      const std::vector<float> logits = RunIds(model, ids, LWAVE_LOGITS);
      const auto words = static_cast<size_t>(test::ModelInt(model, "vocabulary"));
      const auto last = logits.end() - static_cast<ptrdiff_t>(words);
      REQUIRE(static_cast<double>(*std::max_element(last, logits.end()) - last[id]) <= 1e-4);
      ids.push_back(id);
    }
    const std::vector<float> own = RunIds(source, Ids(40), LWAVE_LAST_HIDDEN_STATE);
    const std::vector<float> windowed = RunIds(model, Ids(40), LWAVE_LAST_HIDDEN_STATE);
    CHECK(own != windowed);
  }
  // A window that sees everything changes nothing.
  const test::Model wide = test::OpenModel(context, converter.Convert("gpt2-base", "window:60", ""));
  RequireClose(RunIds(wide, Ids(50), LWAVE_LOGITS), RunIds(source, Ids(50), LWAVE_LOGITS), 5e-5);
}

TEST_CASE("FAVOR in a model's layers draws the same features every time, and resembles the model's own attention", "[golden]") {
  const test::Context context = test::MakeContext(1);
  Converter converter;
  for (const char* model : {"bert-base", "roberta-mlm", "gpt2-base"}) {
    INFO(model);
    const std::vector<int32_t> ids = Ids(40);
    const test::Model source = test::OpenModel(context, Converter::Source(model));
    const std::vector<float> exact = RunIds(source, ids, LWAVE_LAST_HIDDEN_STATE);
    const auto rows = [&](const char* attention) {
      const test::Model made = test::OpenModel(context, converter.Convert(model, attention, ""));
      return RunIds(made, ids, LWAVE_LAST_HIDDEN_STATE);
    };
    const std::vector<float> once = rows("favor:256");
    CHECK(once == rows("favor:256"));
    CHECK(once != rows("favor:128"));
    // Random weights of a large spread make attention peaked, where estimates are poor: no more can be asked for.
    RowCosines cosines;
    cosines.Add(model, once, {exact.begin(), exact.end()}, static_cast<size_t>(test::ModelInt(source, "hidden")),
                [](size_t) { return true; });
    CHECK(cosines.mean() > 0.5);
  }
}

TEST_CASE("What has no long form is refused, and says why", "[golden]") {
  const auto refused = [](const char* model, const char* attention, const char* positions, std::vector<int64_t> dilation = {}) {
    return RefusalOf(model, Converter::Configure(attention, positions, dilation));
  };
  CHECK_THAT(refused("bert-base", "window:4", "copied:8"), ContainsSubstring("at least"));
  CHECK_THAT(refused("bert-base", "window:4;window:4;window:4;window:4;window:4", "copied:200"), ContainsSubstring("each of"));
  CHECK_THAT(refused("bert-base", "band:4", "copied:200"), ContainsSubstring("window:LEFT,RIGHT"));
  CHECK_THAT(refused("bert-base", "window:4", "stretched:200"), ContainsSubstring("copied:N"));
  CHECK_THAT(refused("qwen3-lm", "window:4", "copied:200"), ContainsSubstring("no table of positions"));
  CHECK_THAT(refused("bart-base", "window:4,2", "copied:200"), ContainsSubstring("the same window on both sides"));
  CHECK_THAT(refused("gpt2-base", "", "copied:200", {2}), ContainsSubstring("need attention window:N"));
  CHECK_THAT(refused("gpt2-base", "window:4", "", {1, 2, 3, 4, 5, 6, 7, 8, 9}), ContainsSubstring("each of"));
}

}  // namespace lwave::golden
