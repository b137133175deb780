// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Opening model directories: every tiny model gives its spec; shards, fingerprints and reading of vectors.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "model/checkpoint.h"
#include "model/convert.h"
#include "model_checkpoint_support.h"

namespace lwave::model {
namespace {

using Catch::Matchers::ContainsSubstring;
using namespace testing;

std::unique_ptr<Checkpoint> Open(const std::string& directory) {
  auto checkpoint = Checkpoint::Open(directory);
  INFO(checkpoint.status().ToString());
  REQUIRE(checkpoint.ok());
  return *std::move(checkpoint);
}

std::string Refusal(const std::string& directory, absl::StatusCode code) {
  const absl::Status status = Checkpoint::Open(directory).status();
  INFO(status.ToString());
  REQUIRE(status.code() == code);
  CHECK(status.message().find('\n') == absl::string_view::npos);
  return std::string(status.message());
}

TEST_CASE("Every tiny BERT and RoBERTa opens with the spec of its configuration", "[model]") {
  struct Row {
    const char* name;
    const char* family;
    const char* architecture;
    int64_t hidden, heads, intermediate, vocabulary, token_types, table_rows, offset, layers, max_length;
    const char* pooler;
    float epsilon;
    bool declared;
  };
  const Row rows[] = {
      {"bert-base", "bert", "BertModel", 48, 4, 96, 700, 2, 64, 0, 3, 0, "pooler.dense.weight", 1e-12f,
       false},
      {"bert-minilm", "bert", "BertModel", 64, 2, 128, 700, 2, 64, 0, 2, 24, "pooler.dense.weight", 1e-12f,
       true},
      {"bert-mlm", "bert", "BertForMaskedLM", 32, 2, 80, 700, 2, 64, 0, 3, 0, "", 1e-3f, false},
      {"bert-seqcls", "bert", "BertForSequenceClassification", 32, 4, 64, 700, 2, 64, 0, 3, 0,
       "bert.pooler.dense.weight", 1e-12f, false},
      {"roberta-mlm", "roberta", "RobertaForMaskedLM", 48, 4, 96, 601, 1, 66, 2, 3, 0, "", 1e-5f, false},
      {"roberta-seqcls", "roberta", "RobertaForSequenceClassification", 32, 4, 96, 601, 1, 66, 2, 2, 0, "",
       1e-5f, false},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const auto checkpoint = Open(TinyModel(row.name));
    const ModelSpec& spec = checkpoint->spec();
    CHECK(checkpoint->name() == row.name);
    CHECK(spec.family == row.family);
    CHECK(spec.architecture == row.architecture);
    CHECK(spec.hidden == row.hidden);
    CHECK(spec.heads == row.heads);
    CHECK(spec.head_dim == row.hidden / row.heads);
    CHECK(spec.intermediate == row.intermediate);
    CHECK(spec.vocabulary == row.vocabulary);
    CHECK(spec.token_types == row.token_types);
    CHECK(spec.positions.table_rows == row.table_rows);
    CHECK(spec.positions.offset == row.offset);
    CHECK(spec.positions.by_padding_id == (row.offset > 0));
    CHECK(spec.pad_id == (row.offset > 0 ? 1 : 0));
    CHECK(spec.layers.size() == static_cast<size_t>(row.layers));
    CHECK(spec.norm_epsilon == row.epsilon);
    CHECK(spec.norm_placement == NormPlacement::kPost);
    CHECK(spec.activation == kernels::Activation::kGelu);
    CHECK(spec.pooler.weight.name == row.pooler);
    CHECK(spec.sentence.declared == row.declared);
    CHECK(spec.sentence.pooling == Pooling::kMean);
    CHECK(spec.sentence.normalize);
    CHECK(spec.sentence.max_sequence_length == row.max_length);
    CHECK_FALSE(spec.long_reading.has_value());
    CHECK(checkpoint->mapped_bytes() ==
          static_cast<int64_t>(std::filesystem::file_size(TinyModel(row.name) + "/model.safetensors")));
    for (const LayerSpec& layer : spec.layers) {
      const MatrixView up = checkpoint->Matrix(layer.mlp_up);
      CHECK_FALSE(up.panels);
      CHECK(up.weight.shape == std::vector<int64_t>{row.intermediate, row.hidden});
      CHECK(layer.mlp_down.inputs == row.intermediate);
    }
  }
}

TEST_CASE("Vectors of any float type come out as f32, from unaligned data too", "[model]") {
  const auto half = Open(TinyModel("bert-mlm"));
  const NormSpec& norm = half->spec().embedding_norm;
  std::vector<float> gain(32, -1.0f);
  half->ReadVector(norm.gain, "", absl::MakeSpan(gain));
  const Tensor* stored = half->Find("", norm.gain.name);
  REQUIRE(stored != nullptr);
  CHECK(stored->type == DataType::kF16);
  for (const float x : gain) CHECK((x > -10.0f && x < 10.0f && x != -1.0f));

  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", {});
  std::string file = ReadAll(folder / "model.safetensors");
  // Two more header bytes move all data to addresses that are no multiple of 4.
  const std::string json =
      file.substr(8, static_cast<unsigned char>(file[0]) + 256u * static_cast<unsigned char>(file[1]));
  const std::string data = file.substr(8 + json.size());
  for (const size_t pad : {0, 1, 2, 3}) {
    WriteAll(folder / "model.safetensors", Safetensors(json + std::string(pad, ' '), data));
    const auto checkpoint = Open(folder.path());
    std::vector<float> bias(kSmallMlp);
    checkpoint->ReadVector(checkpoint->spec().layers[0].mlp_up.bias, "", absl::MakeSpan(bias));
    const Tensor* raw = checkpoint->Find("", "encoder.layer.0.intermediate.dense.bias");
    REQUIRE(raw != nullptr);
    CHECK(std::memcmp(raw->data, bias.data(), bias.size() * sizeof(float)) == 0);
  }
}

TEST_CASE("A model in shards is the same as in one file", "[model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", {});
  const uint64_t fingerprint = Open(folder.path())->fingerprint();
  std::filesystem::rename(folder / "model.safetensors", folder / "one.safetensors");
  WriteAll(folder / "two.safetensors", FileBuilder().AddLinear("cls.head", 3, 6).Finish());
  std::string map;
  const auto whole = SafetensorsFile::Open(*FileBytes::Map(folder / "one.safetensors"), "one.safetensors");
  REQUIRE(whole.ok());
  for (const NamedTensor& tensor : (*whole)->tensors()) map += "\"" + tensor.name + "\":\"one.safetensors\",";
  const auto index = [&](const std::string& last) {
    WriteAll(folder / "model.safetensors.index.json",
             "{\"metadata\":{\"total_size\":1},\"weight_map\":{" + map + last + "}}");
  };
  index("\"cls.head.weight\":\"two.safetensors\"");
  const auto sharded = Open(folder.path());
  CHECK(sharded->Find("", "cls.head.weight") != nullptr);
  CHECK(sharded->Find("", "cls.head.bias") == nullptr);  // not in the index
  CHECK(sharded->fingerprint() != fingerprint);          // it has one tensor more

  index("\"cls.head.none\":\"two.safetensors\"");
  CHECK_THAT(Refusal(folder.path(), absl::StatusCode::kDataLoss),
             ContainsSubstring("does not hold the tensor"));
  index("\"cls.head.weight\":\"three.safetensors\"");
  CHECK_THAT(Refusal(folder.path(), absl::StatusCode::kNotFound), ContainsSubstring("three.safetensors"));
  for (const char* name : {"../two.safetensors", "/etc/passwd", "..", "", "a\\\\b"}) {
    index(std::string("\"cls.head.weight\":\"") + name + "\"");
    CHECK_THAT(Refusal(folder.path(), absl::StatusCode::kDataLoss), ContainsSubstring("bare file name"));
  }
  index("\"cls.head.weight\":7");
  CHECK_THAT(Refusal(folder.path(), absl::StatusCode::kDataLoss), ContainsSubstring("bare file name, got 7"));
  // An index is no shard, neither itself nor another.
  index("\"cls.head.weight\":\"model.safetensors.index.json\"");
  CHECK_THAT(Refusal(folder.path(), absl::StatusCode::kDataLoss),
             ContainsSubstring("model.safetensors.index.json: the header"));
  WriteAll(folder / "other.index.json", ReadAll(folder / "model.safetensors.index.json"));
  index("\"cls.head.weight\":\"other.index.json\"");
  CHECK_THAT(Refusal(folder.path(), absl::StatusCode::kDataLoss), ContainsSubstring("other.index.json: the header"));
  index("\"cls.head.weight\":\"two.safetensors\",\"cls.head.weight\":\"one.safetensors\"");
  CHECK_THAT(Refusal(folder.path(), absl::StatusCode::kDataLoss), ContainsSubstring("stands twice"));
  // Of a tensor that two shards hold the index says which one counts.
  std::filesystem::copy(folder / "two.safetensors", folder / "zwei.safetensors");
  index("\"cls.head.weight\":\"zwei.safetensors\"");
  CHECK(Open(folder.path())->fingerprint() == sharded->fingerprint());
}

TEST_CASE("Shards of different float types are one model", "[model]") {
  const TemporaryFolder folder;
  SmallModel model;
  WriteSmallModel(folder, "bert", model);
  for (const kernels::NumberType type : {kernels::NumberType::kBf16, kernels::NumberType::kF16}) {
    const std::string name = folder / std::to_string(static_cast<int>(type));
    ConvertOptions options;
    options.weight_type = type;
    REQUIRE(Convert(folder.path(), name, options).ok());
    std::filesystem::remove(name + "/longwave.json");
    std::filesystem::rename(name + "/model.safetensors", name + "/half.safetensors");
    std::filesystem::copy(folder / "model.safetensors", name + "/full.safetensors");
    std::string map;
    const auto whole = Open(folder.path());
    for (const NamedTensor* tensor : whole->Tensors()) {
      const bool half = tensor->name.find("intermediate") != std::string::npos;
      map += std::string(map.empty() ? "" : ",") + "\"" + tensor->name + "\":\"" + (half ? "half" : "full") + ".safetensors\"";
    }
    WriteAll(name + "/model.safetensors.index.json", "{\"weight_map\":{" + map + "}}");
    const auto sharded = Open(name);
    CHECK(sharded->Matrix(sharded->spec().layers[0].mlp_up).weight.bytes == kSmallMlp * kSmallHidden * 2);
    CHECK(sharded->Matrix(sharded->spec().layers[0].mlp_down).weight.bytes == kSmallMlp * kSmallHidden * 4);
    CHECK(sharded->Matrix(sharded->spec().layers[0].mlp_up).bf16_products == (type == kernels::NumberType::kBf16));
  }
}

TEST_CASE("The fingerprint depends on what is in the directory, not on where it lies", "[model]") {
  const uint64_t original = Open(TinyModel("bert-minilm"))->fingerprint();
  const TemporaryFolder folder;
  const std::string copy = folder / "elsewhere";
  CopyModel(TinyModel("bert-minilm"), copy);
  CHECK(Open(copy)->fingerprint() == original);
  CHECK(Open(copy + "/")->fingerprint() == original);
  CHECK(Open(copy)->name() == "elsewhere");
  CHECK(Open(copy + "//")->name() == "elsewhere");
  CHECK(Open(copy + "/1_Pooling/..")->name() == "elsewhere");

  WriteAll(copy + "/longwave.json",
           R"({"format":1,"long":{"left":4,"right":4,"sinks":2,"positions":{"kind":"tiled","tile":16},)"
           R"("full_up_to":0}})");
  CHECK(Open(copy)->fingerprint() == original);  // the long reading is not the model

  std::string weights = ReadAll(copy + "/model.safetensors");
  weights.back() = static_cast<char>(weights.back() ^ 1);
  WriteAll(copy + "/model.safetensors", weights);
  const uint64_t flipped = Open(copy)->fingerprint();
  CHECK(flipped != original);
  WriteAll(copy + "/sentence_bert_config.json", "{\"max_seq_length\":25}");
  CHECK(Open(copy)->fingerprint() != flipped);
}

TEST_CASE("The name is the directory's unless the configuration has a bare one", "[model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", {});
  const std::string last = std::filesystem::path(folder.path()).filename().string();
  CHECK(Open(folder.path())->name() == last);
  WriteAll(folder / "config.json", SmallConfig("bert", "\"_name_or_path\":\"group/base\","));
  CHECK(Open(folder.path())->name() == last);
  WriteAll(folder / "config.json", SmallConfig("bert", "\"_name_or_path\":\"small-bert\","));
  CHECK(Open(folder.path())->name() == "small-bert");
}

TEST_CASE("What is no model directory is refused by name", "[model]") {
  const TemporaryFolder folder;
  CHECK_THAT(Refusal(folder / "none", absl::StatusCode::kNotFound), ContainsSubstring("none: No such file"));
  CHECK_THAT(Refusal("", absl::StatusCode::kInvalidArgument), ContainsSubstring("must not be empty"));
  CHECK_THAT(Refusal(folder.path(), absl::StatusCode::kNotFound),
             ContainsSubstring("config.json: No such file"));
  CHECK_THAT(Refusal(TinyModel("bert-base") + "/config.json", absl::StatusCode::kInvalidArgument),
             ContainsSubstring("must be a model's directory"));
  WriteAll(folder / "config.json", SmallConfig("bert"));
  CHECK_THAT(Refusal(folder.path(), absl::StatusCode::kNotFound),
             ContainsSubstring("model.safetensors: No such file"));
  WriteAll(folder / "pytorch_model.bin", "PK");
  CHECK_THAT(Refusal(folder.path(), absl::StatusCode::kUnimplemented), ContainsSubstring("pickled"));
  std::filesystem::create_directory(folder / "model.safetensors");
  CHECK_THAT(Refusal(folder.path(), absl::StatusCode::kInvalidArgument),
             ContainsSubstring("it is a directory"));
  std::filesystem::remove(folder / "config.json");
  std::filesystem::create_directory(folder / "config.json");
  CHECK_THAT(Refusal(folder.path(), absl::StatusCode::kInvalidArgument),
             ContainsSubstring("it is a directory"));
}

}  // namespace
}  // namespace lwave::model
