// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The modules of sentence embedders and longwave.json.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "model/checkpoint.h"
#include "model/long_reading.h"
#include "model/reading.h"
#include "model_checkpoint_support.h"

namespace lwave::model {
namespace {

using Catch::Matchers::ContainsSubstring;
using namespace testing;

ModelSpec SpecOf(const TemporaryFolder& folder) {
  const auto checkpoint = Checkpoint::Open(folder.path());
  INFO(checkpoint.status().ToString());
  REQUIRE(checkpoint.ok());
  return (*checkpoint)->spec();
}

std::string Refusal(const TemporaryFolder& folder, absl::StatusCode code) {
  const absl::Status status = Checkpoint::Open(folder.path()).status();
  INFO(status.ToString());
  REQUIRE(status.code() == code);
  return std::string(status.message());
}

std::string Modules(const std::vector<std::pair<std::string, std::string>>& modules) {
  std::string text = "[";
  for (const auto& [path, kind] : modules) {
    text += std::string(text.size() > 1 ? "," : "") + "{\"idx\":0,\"name\":\"0\",\"path\":\"" + path +
            "\",\"type\":\"sentence_transformers.models." + kind + "\"}";
  }
  return text + "]";
}

TEST_CASE("Pooling, Dense and Normalize are read in their order", "[model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", {});
  WriteSentenceModules(folder);
  const auto opened = Checkpoint::Open(folder.path());
  INFO(opened.status().ToString());
  REQUIRE(opened.ok());
  const SentenceSpec& sentence = (*opened)->spec().sentence;
  CHECK(sentence.declared);
  CHECK(sentence.pooling == Pooling::kMean);
  CHECK(sentence.normalize);
  REQUIRE(sentence.dense.size() == 1);
  CHECK(sentence.dense[0].folder == "2_Dense");
  CHECK(sentence.dense[0].activation == kernels::Activation::kTanh);
  const MatrixView view = (*opened)->Matrix(sentence.dense[0].linear, "2_Dense");
  CHECK(view.weight.shape == std::vector<int64_t>{4, 6});
  std::vector<float> bias(4);
  (*opened)->ReadVector(sentence.dense[0].linear.bias, "2_Dense", absl::MakeSpan(bias));
  CHECK(bias[0] == 0.25f * (24 % 17 - 8));

  WriteAll(folder / "modules.json", Modules({{"", "Transformer"}, {"1_Pooling", "Pooling"}}));
  CHECK_FALSE(SpecOf(folder).sentence.normalize);
}

TEST_CASE("Another list of modules is refused by name", "[model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", {});
  WriteSentenceModules(folder);
  const auto message = [&](const std::string& modules, absl::StatusCode code) {
    WriteAll(folder / "modules.json", modules);
    return Refusal(folder, code);
  };
  const auto unsupported = absl::StatusCode::kUnimplemented, malformed = absl::StatusCode::kDataLoss;
  CHECK_THAT(message(Modules({{"", "Transformer"}}), unsupported), ContainsSubstring("no Pooling"));
  CHECK_THAT(message(Modules({{"1_Pooling", "Pooling"}, {"", "Transformer"}}), unsupported),
             ContainsSubstring("module 0 is \"Pooling\""));
  CHECK_THAT(
      message(
          Modules({{"", "Transformer"}, {"1_Pooling", "Pooling"}, {"", "Normalize"}, {"2_Dense", "Dense"}}),
          unsupported),
      ContainsSubstring("module 3 is \"Dense\""));
  CHECK_THAT(
      message(Modules({{"", "Transformer"}, {"1_Pooling", "Pooling"}, {"", "LayerNorm"}}), unsupported),
      ContainsSubstring("\"LayerNorm\""));
  CHECK_THAT(message(Modules({{"0_Transformer", "Transformer"}, {"1_Pooling", "Pooling"}}), unsupported),
             ContainsSubstring("0_Transformer"));
  CHECK_THAT(message(R"([{"path":"","type":"my.own.Transformer"}])", unsupported),
             ContainsSubstring("my.own"));
  for (const char* path : {"../x", "/etc", "..", ".", "a/b", "a\\\\b", "a\\u0000b"}) {
    CHECK_THAT(message(Modules({{"", "Transformer"}, {path, "Pooling"}}), malformed),
               ContainsSubstring("path must be the name of a folder"));
  }
  CHECK_THAT(message("{}", malformed), ContainsSubstring("list of 1 to 16 modules"));
  CHECK_THAT(message("[]", malformed), ContainsSubstring("list of 1 to 16 modules"));
  CHECK_THAT(message("[7]", malformed), ContainsSubstring("JSON object"));
  CHECK_THAT(message(Modules({{"", "Transformer"}, {"", "Pooling"}}), malformed),
             ContainsSubstring("must not be empty"));
  CHECK_THAT(message(Modules({{"", "Transformer"}, {"9_Pooling", "Pooling"}}), absl::StatusCode::kNotFound),
             ContainsSubstring("9_Pooling/config.json"));
}

TEST_CASE("One pooling mode of those known must be chosen", "[model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", {});
  WriteSentenceModules(folder);
  const auto write = [&](const std::string& fields) {
    WriteAll(folder / "1_Pooling/config.json", "{\"word_embedding_dimension\":6" + fields + "}");
  };
  const std::string no_mean = ",\"pooling_mode_mean_tokens\":false";
  write("");  // the mean is the published default
  CHECK(SpecOf(folder).sentence.pooling == Pooling::kMean);
  write(no_mean + ",\"pooling_mode_cls_token\":true");
  CHECK(SpecOf(folder).sentence.pooling == Pooling::kCls);
  write(no_mean + ",\"pooling_mode_max_tokens\":true");
  CHECK(SpecOf(folder).sentence.pooling == Pooling::kMax);
  write(no_mean + ",\"pooling_mode_mean_sqrt_len_tokens\":true");
  CHECK(SpecOf(folder).sentence.pooling == Pooling::kMeanSqrtLength);
  write(no_mean + ",\"pooling_mode_lasttoken\":true,\"include_prompt\":true");
  CHECK(SpecOf(folder).sentence.pooling == Pooling::kLastToken);

  const auto unsupported = absl::StatusCode::kUnimplemented;
  write(no_mean);
  CHECK_THAT(Refusal(folder, unsupported), ContainsSubstring("no pooling_mode"));
  write(",\"pooling_mode_cls_token\":true");
  CHECK_THAT(Refusal(folder, unsupported),
             ContainsSubstring("pooling_mode_cls_token together with pooling_mode_mean_tokens"));
  write(no_mean + ",\"pooling_mode_weightedmean_tokens\":true");
  CHECK_THAT(Refusal(folder, unsupported), ContainsSubstring("weightedmean"));
  write(",\"pooling_mode_median\":true");
  CHECK_THAT(Refusal(folder, unsupported), ContainsSubstring("pooling_mode_median"));
  WriteAll(folder / "1_Pooling/config.json", "{\"word_embedding_dimension\":7}");
  CHECK_THAT(Refusal(folder, absl::StatusCode::kDataLoss), ContainsSubstring("the encoder's width 6, got 7"));
}

TEST_CASE("A Dense module must fit the width before it and have a known activation", "[model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", {});
  WriteSentenceModules(folder);
  const auto write = [&](const std::string& text) { WriteAll(folder / "2_Dense/config.json", text); };
  const std::string sizes = "\"in_features\":6,\"out_features\":4";
  write("{" + sizes + ",\"bias\":false,\"activation_function\":\"torch.nn.modules.linear.Identity\"}");
  CHECK(SpecOf(folder).sentence.dense[0].activation == kernels::Activation::kNone);
  CHECK_FALSE(SpecOf(folder).sentence.dense[0].linear.bias);
  write("{" + sizes + ",\"activation_function\":\"torch.nn.modules.activation.Sigmoid\"}");
  CHECK_THAT(Refusal(folder, absl::StatusCode::kUnimplemented), ContainsSubstring("Sigmoid"));
  write("{\"in_features\":5,\"out_features\":4}");
  CHECK_THAT(Refusal(folder, absl::StatusCode::kDataLoss),
             ContainsSubstring("in_features must be the width before it, 6"));
  write("{\"in_features\":6,\"out_features\":5}");
  CHECK_THAT(Refusal(folder, absl::StatusCode::kDataLoss), ContainsSubstring("must have the shape [5, 6]"));
  write("{" + sizes + "}");
  std::filesystem::remove(folder / "2_Dense/model.safetensors");
  CHECK_THAT(Refusal(folder, absl::StatusCode::kNotFound), ContainsSubstring("2_Dense/model.safetensors"));
}

TEST_CASE("max_seq_length is taken from any of its files and bounded by the positions", "[model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", {});
  CHECK(SpecOf(folder).sentence.max_sequence_length == 0);
  WriteAll(folder / "sentence_roberta_config.json", "{\"max_seq_length\":7}");
  CHECK(SpecOf(folder).sentence.max_sequence_length == 7);
  WriteAll(folder / "sentence_bert_config.json", "{\"max_seq_length\":512}");
  CHECK(SpecOf(folder).sentence.max_sequence_length == 12);
  WriteAll(folder / "sentence_bert_config.json", "{\"max_seq_length\":null}");
  CHECK(SpecOf(folder).sentence.max_sequence_length == 0);
  WriteAll(folder / "sentence_bert_config.json", "{\"max_seq_length\":0}");
  CHECK_THAT(Refusal(folder, absl::StatusCode::kDataLoss), ContainsSubstring("max_seq_length must be"));
  WriteAll(folder / "sentence_bert_config.json", "{\"do_lower_case\":true}");
  CHECK_THAT(Refusal(folder, absl::StatusCode::kUnimplemented), ContainsSubstring("do_lower_case"));
}

std::string Long(const std::string& left, const std::string& rest) {
  return "{\"format\":1,\"long\":{\"left\":" + left +
         ",\"right\":2,\"positions\":{\"kind\":\"tiled\",\"tile\":8}" + rest + "}}";
}

TEST_CASE("longwave.json gives the long reading, with one width for all layers or one for each", "[model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", {});
  WriteAll(folder / "longwave.json", Long("[3,1]", ",\"sinks\":2,\"full_up_to\":10,\"passage_tokens\":30"));
  const ModelSpec spec = SpecOf(folder);
  REQUIRE(spec.long_reading.has_value());
  const LongReading& reading = *spec.long_reading;
  CHECK(reading.left == std::vector<int64_t>{3, 1});
  CHECK(reading.right == std::vector<int64_t>{2, 2});
  CHECK(reading.sinks == 2);
  CHECK(reading.tile == 8);
  CHECK(reading.full_up_to == 10);
  CHECK(reading.passage_tokens == 30);
  LongwaveFile file;
  file.long_reading = reading;
  file.header_crc32c = 4000000000u;
  CHECK(FormatLongwaveFile(file) ==
        "{\"format\":1,\"long\":{\"left\":[3,1],\"right\":2,\"sinks\":2,\"positions\":{\"kind\":\"tiled\","
        "\"tile\":8},"
        "\"full_up_to\":10,\"passage_tokens\":30},\"header_crc32c\":4000000000}\n");
  WriteAll(folder / "longwave.json", Long("0", ",\"sinks\":0,\"full_up_to\":0"));
  CHECK(SpecOf(folder).long_reading->passage_tokens == 254);
  WriteAll(folder / "longwave.json", "{\"format\":1}");
  CHECK_FALSE(SpecOf(folder).long_reading.has_value());
}

TEST_CASE("A longwave.json that is wrong or newer is refused by the field's name", "[model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", {});
  const auto message = [&](const std::string& text, absl::StatusCode code) {
    WriteAll(folder / "longwave.json", text);
    const std::string refusal = Refusal(folder, code);
    CHECK_THAT(refusal, ContainsSubstring("longwave.json: "));
    return refusal;
  };
  const auto unsupported = absl::StatusCode::kUnimplemented, malformed = absl::StatusCode::kDataLoss;
  const std::string rest = ",\"sinks\":2,\"full_up_to\":0";
  CHECK_THAT(message("{}", malformed), ContainsSubstring("format must be"));
  CHECK_THAT(message("{\"format\":2}", unsupported), ContainsSubstring("format 2 is newer"));
  CHECK_THAT(message("{\"format\":1,\"global\":1}", unsupported),
             ContainsSubstring("\"global\" is not known"));
  CHECK_THAT(message(Long("1", rest + ",\"dilation\":2"), unsupported), ContainsSubstring("\"dilation\""));
  CHECK_THAT(message(Long("[1]", rest), malformed), ContainsSubstring("left must be"));
  CHECK_THAT(message(Long("[1,2,3]", rest), malformed), ContainsSubstring("left must be"));
  CHECK_THAT(message(Long("[1,\"2\"]", rest), malformed), ContainsSubstring("left must be"));
  CHECK_THAT(message(Long("-1", rest), malformed), ContainsSubstring("left must be"));
  CHECK_THAT(message(Long("1.5", rest), malformed), ContainsSubstring("left must be"));
  CHECK_THAT(message(Long("1", ",\"sinks\":8,\"full_up_to\":0"), malformed),
             ContainsSubstring("sinks must be 0 to 7"));
  CHECK_THAT(message(Long("1", ",\"full_up_to\":0"), malformed), ContainsSubstring("sinks must be"));
  CHECK_THAT(message(Long("1", ",\"sinks\":2"), malformed), ContainsSubstring("full_up_to must be"));
  CHECK_THAT(message(Long("1", ",\"sinks\":2,\"full_up_to\":13"), malformed),
             ContainsSubstring("full_up_to must be"));
  CHECK_THAT(message(Long("1", rest + ",\"passage_tokens\":0"), malformed),
             ContainsSubstring("passage_tokens must be"));
  const std::string head = "{\"format\":1,\"long\":{\"left\":1,\"right\":1,\"sinks\":2,\"full_up_to\":0";
  CHECK_THAT(message(head + "}}", malformed), ContainsSubstring("positions must be"));
  CHECK_THAT(message(head + ",\"positions\":{\"kind\":\"rotary\",\"tile\":8}}}", unsupported),
             ContainsSubstring("rotary"));
  CHECK_THAT(message(head + ",\"positions\":{\"kind\":\"tiled\",\"tile\":13}}}", malformed),
             ContainsSubstring("tile must be 1 to the model's 12"));
  CHECK_THAT(message(head + ",\"positions\":{\"kind\":\"tiled\",\"tile\":8,\"x\":1}}}", unsupported),
             ContainsSubstring("\"x\""));
  CHECK_THAT(message("{\"format\":1,\"header_crc32c\":-1}", malformed),
             ContainsSubstring("header_crc32c must be"));
}

TEST_CASE("A model that does not pool by the mean opens with a window in its longwave.json, which alone is refused",
          "[model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", {});
  WriteSentenceModules(folder);
  WriteAll(
      folder / "1_Pooling/config.json",
      "{\"word_embedding_dimension\":6,\"pooling_mode_mean_tokens\":false,\"pooling_mode_cls_token\":true}");
  WriteAll(folder / "longwave.json", Long("1", ",\"sinks\":2,\"full_up_to\":0,\"passage_tokens\":8"));
  const ModelSpec spec = SpecOf(folder);
  REQUIRE(spec.long_reading.has_value());
  ReadingOptions options;
  for (const std::optional<LongMode> mode : {std::optional<LongMode>(), std::optional(LongMode::kWindow)}) {
    options.mode = mode;
    const absl::StatusOr<Reading> window = ResolveReading(spec, options);
    CHECK(window.status().code() == absl::StatusCode::kUnimplemented);
    CHECK_THAT(std::string(window.status().message()), ContainsSubstring("long = window"));
    CHECK_THAT(std::string(window.status().message()), ContainsSubstring("long = alone"));
  }
  for (const LongMode mode : {LongMode::kAlone, LongMode::kTruncate, LongMode::kRefuse}) {
    options.mode = mode;
    CHECK(ResolveReading(spec, options).ok());
  }
  WriteAll(folder / "longwave.json", Long("1", ",\"sinks\":8,\"full_up_to\":0"));
  CHECK_THAT(Refusal(folder, absl::StatusCode::kDataLoss), ContainsSubstring("sinks must be 0 to 7"));
}

}  // namespace
}  // namespace lwave::model
