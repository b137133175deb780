// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Families and configurations: other names of the same tensors, values out of range, and settings that would
// change the maths.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <string>

#include "model/checkpoint.h"
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

TEST_CASE("Encoder names are found with and without the family's prefix", "[model]") {
  const TemporaryFolder folder;
  for (const bool prefixed : {false, true}) {
    SmallModel model;
    if (prefixed) model.prefix = "bert.";
    WriteSmallModel(folder, "bert", model);
    const ModelSpec spec = SpecOf(folder);
    CHECK(spec.layers[1].query.weight.name == model.prefix + "encoder.layer.1.attention.self.query.weight");
    CHECK(spec.pooler.bias.name == model.prefix + "pooler.dense.bias");
  }
}

TEST_CASE("The relatives of RoBERTa count positions from the padding id", "[model]") {
  const TemporaryFolder folder;
  for (const char* family : {"roberta", "xlm-roberta", "camembert"}) {
    SmallModel model;
    model.prefix = "roberta.";
    WriteSmallModel(folder, family, model);
    const ModelSpec spec = SpecOf(folder);
    CHECK(spec.family == family);
    CHECK(spec.pad_id == 1);
    CHECK(spec.positions.offset == 2);
    CHECK(spec.positions.usable() == 10);
    CHECK(spec.positions.by_padding_id);
  }
}

TEST_CASE("The pre-norm RoBERTa has its norms in front and one at the end", "[model]") {
  const TemporaryFolder folder;
  for (const char* prefix : {"", "roberta_prelayernorm."}) {
    SmallModel model;
    model.prefix = prefix;
    model.pre_norm = true;
    WriteSmallModel(folder, "roberta-prelayernorm", model);
    const ModelSpec spec = SpecOf(folder);
    CHECK(spec.norm_placement == NormPlacement::kPre);
    CHECK(spec.final_norm.gain.name == model.prefix + "LayerNorm.weight");
    CHECK(spec.layers[0].attention_norm.gain.name ==
          model.prefix + "encoder.layer.0.attention.LayerNorm.weight");
    CHECK(spec.layers[0].mlp_norm.bias.name == model.prefix + "encoder.layer.0.intermediate.LayerNorm.bias");
  }
  WriteSmallModel(folder, "roberta-prelayernorm", {});
  CHECK_THAT(Refusal(folder, absl::StatusCode::kDataLoss),
             ContainsSubstring("LayerNorm.weight\" is missing"));
}

TEST_CASE("Old files with gamma and beta and with buffers are read", "[model]") {
  const TemporaryFolder folder;
  SmallModel model;
  model.old_norm_names = true;
  WriteSmallModel(folder, "bert", model);
  WriteAll(folder / "model.safetensors", SmallTensors(model)
                                             .Add("embeddings.position_ids", {1, 12})
                                             .Add("cls.seq_relationship.weight", {2, 6})
                                             .Finish());
  const ModelSpec spec = SpecOf(folder);
  CHECK(spec.embedding_norm.gain.name == "embeddings.LayerNorm.gamma");
  CHECK(spec.layers[1].mlp_norm.bias.name == "encoder.layer.1.output.LayerNorm.beta");
}

TEST_CASE("A pooler is optional, half of one is an error", "[model]") {
  const TemporaryFolder folder;
  SmallModel model;
  model.pooler = false;
  WriteSmallModel(folder, "bert", model);
  CHECK_FALSE(SpecOf(folder).pooler.weight);
  WriteAll(folder / "model.safetensors", SmallTensors(model).Add("pooler.dense.bias", {6}).Finish());
  CHECK_THAT(Refusal(folder, absl::StatusCode::kDataLoss),
             ContainsSubstring("\"pooler.dense.weight\" is missing"));
}

TEST_CASE("Tensors that the configuration does not describe are refused, so it cannot hide layers",
          "[model]") {
  const TemporaryFolder folder;
  SmallModel model;
  WriteSmallModel(folder, "bert", model);
  WriteAll(folder / "config.json", SmallConfig("bert", "", 1));
  CHECK_THAT(Refusal(folder, absl::StatusCode::kDataLoss), ContainsSubstring("encoder.layer.1."));
  WriteAll(folder / "config.json", SmallConfig("bert", "", 3));
  CHECK_THAT(Refusal(folder, absl::StatusCode::kDataLoss), ContainsSubstring("encoder.layer.2."));
  WriteAll(folder / "config.json", SmallConfig("bert"));
  WriteAll(
      folder / "model.safetensors",
      SmallTensors(model).Add("encoder.layer.0.attention.self.distance_embedding.weight", {23, 3}).Finish());
  CHECK_THAT(Refusal(folder, absl::StatusCode::kDataLoss), ContainsSubstring("distance_embedding"));
}

TEST_CASE("Shapes that differ from the configuration are refused with both", "[model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", {});
  for (const char* lie : {"\"hidden_size\":8,", "\"intermediate_size\":11,", "\"vocab_size\":10,",
                          "\"max_position_embeddings\":13,", "\"type_vocab_size\":1,"}) {
    const std::string key = std::string(lie).substr(0, std::string(lie).find(':'));
    std::string config = SmallConfig("bert");
    if (const size_t at = config.find(key); at != std::string::npos) {
      config.erase(at, config.find_first_of(",}", at) - at + 1);
    }
    config.insert(1, lie);
    WriteAll(folder / "config.json", config);
    INFO(config);
    CHECK_THAT(Refusal(folder, absl::StatusCode::kDataLoss), ContainsSubstring("must have the shape ["));
  }
}

TEST_CASE("Values of the wrong type or range name file, key, bounds and value", "[model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "roberta", {});
  const auto message = [&](const std::string& fields) {
    WriteAll(folder / "config.json", "{\"model_type\":\"roberta\"," + fields + "}");
    return Refusal(folder, absl::StatusCode::kDataLoss);
  };
  CHECK_THAT(message("\"hidden_size\":-3"),
             ContainsSubstring("/config.json: hidden_size must be a whole number from 1 to 65536, got -3"));
  CHECK_THAT(message("\"hidden_size\":\"6\""), ContainsSubstring("got \"6\""));
  CHECK_THAT(message("\"hidden_size\":6.5"), ContainsSubstring("got 6.5"));
  CHECK_THAT(message("\"hidden_size\":1e300"), ContainsSubstring("hidden_size must be"));
  CHECK_THAT(message("\"hidden_size\":99999999999999999999"), ContainsSubstring("hidden_size must be"));
  CHECK_THAT(message("\"num_attention_heads\":5"),
             ContainsSubstring("num_attention_heads must be a divisor"));
  CHECK_THAT(message("\"num_attention_heads\":0"), ContainsSubstring("num_attention_heads must be"));
  CHECK_THAT(message("\"num_hidden_layers\":1000000"), ContainsSubstring("num_hidden_layers must be"));
  CHECK_THAT(message("\"layer_norm_eps\":-1"), ContainsSubstring("layer_norm_eps must be"));
  CHECK_THAT(message("\"layer_norm_eps\":[]"),
             ContainsSubstring("layer_norm_eps must be a number from 0 to 1, got a list"));
  CHECK_THAT(message("\"max_position_embeddings\":2"), ContainsSubstring("more than pad_token_id + 1"));
  CHECK_THAT(message("\"vocab_size\":9,\"pad_token_id\":9"), ContainsSubstring("pad_token_id must be"));
  CHECK_THAT(message("\"is_decoder\":1"), ContainsSubstring("is_decoder must be true or false"));
  CHECK_THAT(message("\"architectures\":[7]"), ContainsSubstring("architectures must be a list of strings"));
  CHECK_THAT(message("\"hidden_act\":null,\"hidden_size\":5"), ContainsSubstring("divisor of hidden_size 5"));
  CHECK_THAT(message("\"model_type\":\"bert\""), ContainsSubstring("\"model_type\" stands twice"));
}

TEST_CASE("Settings that change the maths and are not done are refused by name", "[model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", {});
  const auto message = [&](const std::string& extra) {
    WriteAll(folder / "config.json", SmallConfig("bert", extra));
    return Refusal(folder, absl::StatusCode::kUnimplemented);
  };
  CHECK_THAT(message("\"position_embedding_type\":\"relative_key\","), ContainsSubstring("relative_key"));
  CHECK_THAT(message("\"position_embedding_type\":\"alibi\","), ContainsSubstring("alibi"));
  CHECK_THAT(message("\"is_decoder\":true,"), ContainsSubstring("is_decoder"));
  CHECK_THAT(message("\"add_cross_attention\":true,"), ContainsSubstring("add_cross_attention"));
  CHECK_THAT(message("\"hidden_act\":\"quick_gelu\","), ContainsSubstring("quick_gelu"));
  CHECK_THAT(message("\"pruned_heads\":{\"0\":[1]},"), ContainsSubstring("pruned_heads"));
  CHECK_THAT(message("\"quantization_config\":{},"), ContainsSubstring("quantization_config"));
  WriteAll(folder / "config.json", SmallConfig("gpt5"));
  CHECK_THAT(Refusal(folder, absl::StatusCode::kUnimplemented),
             ContainsSubstring("model_type \"gpt5\" is not supported; known are bart, bert, big_bird, camembert"));
}

TEST_CASE("Activations have the names that published configurations use", "[model]") {
  const TemporaryFolder folder;
  WriteSmallModel(folder, "bert", {});
  const auto activation = [&](const std::string& name) {
    WriteAll(folder / "config.json", SmallConfig("bert", "\"hidden_act\":\"" + name + "\","));
    return SpecOf(folder).activation;
  };
  CHECK(activation("gelu") == kernels::Activation::kGelu);
  CHECK(activation("gelu_new") == kernels::Activation::kGeluTanh);
  for (const char* name : {"gelu_pytorch_tanh", "gelu_fast", "gelu_python_tanh", "gelu_accurate"}) {
    CHECK(activation(name) == kernels::Activation::kGeluTanh);
  }
  CHECK(activation("linear") == kernels::Activation::kNone);
  CHECK(activation("relu") == kernels::Activation::kRelu);
  CHECK(activation("silu") == kernels::Activation::kSilu);
  CHECK(activation("swish") == kernels::Activation::kSilu);
}

TEST_CASE("Heads wider than the kernels take are refused", "[model]") {
  const TemporaryFolder folder;
  WriteAll(folder / "config.json", "{\"model_type\":\"bert\",\"num_attention_heads\":2,\"hidden_size\":514}");
  WriteAll(folder / "model.safetensors", Safetensors("{}", ""));
  CHECK_THAT(Refusal(folder, absl::StatusCode::kUnimplemented), ContainsSubstring("257"));
}

}  // namespace
}  // namespace lwave::model
