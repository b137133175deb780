// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// BERT's relatives without expected numbers of their own (jina-bert, nomic-bert, gte): small random checkpoints under
// the published names, against the naive encoder in double.

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <memory>
#include <random>
#include <string>

#include "base/thread_pool.h"
#include "encoder_reference.h"
#include "model_checkpoint_support.h"
#include "stream/model_run.h"

namespace lwave::model {
namespace {

using namespace testing;
using reference::Encoder;
using reference::EncoderLayer;
using reference::Values;

constexpr int64_t kHidden = 24, kInner = 20, kLayers = 3, kWords = 31;

// Random tensors; what is written is also handed to the reference.
class RandomFile {
 public:
  explicit RandomFile(uint64_t seed) : random_(seed) {}

  Values Numbers(int64_t count, double spread, double center = 0) {
    std::normal_distribution<double> normal(center, spread);
    Values values(static_cast<size_t>(count));
    for (double& value : values) value = static_cast<double>(static_cast<float>(normal(random_)));
    return values;
  }
  Values Add(const std::string& name, const std::string& shape, Values values) {
    const size_t begin = data_.size();
    for (const double value : values) {
      const float number = static_cast<float>(value);
      data_.append(reinterpret_cast<const char*>(&number), sizeof(number));
    }
    json_ += std::string(json_.empty() ? "" : ",") + "\"" + name + "\":{\"dtype\":\"F32\",\"shape\":[" + shape +
             "],\"data_offsets\":[" + std::to_string(begin) + "," + std::to_string(data_.size()) + "]}";
    return values;
  }
  Values Table(const std::string& name, int64_t rows) {
    return Add(name, std::to_string(rows) + "," + std::to_string(kHidden), Numbers(rows * kHidden, 1));
  }
  reference::Norm AddNorm(const std::string& name) {
    const std::string shape = std::to_string(kHidden);
    return {Add(name + ".weight", shape, Numbers(kHidden, 0.3, 1)), Add(name + ".bias", shape, Numbers(kHidden, 0.3))};
  }
  // Matrices one below the other in one tensor.
  void AddLinears(const std::string& name, std::vector<reference::Linear*> parts, int64_t outputs, int64_t inputs, bool bias) {
    Values weight, biases;
    for (reference::Linear* part : parts) {
      *part = {outputs, inputs, Numbers(outputs * inputs, 1.2 / std::sqrt(static_cast<double>(inputs))), {}};
      weight.insert(weight.end(), part->weight.begin(), part->weight.end());
      if (!bias) continue;
      part->bias = Numbers(outputs, 0.3);
      biases.insert(biases.end(), part->bias.begin(), part->bias.end());
    }
    const std::string rows = std::to_string(outputs * static_cast<int64_t>(parts.size()));
    Add(name + ".weight", rows + "," + std::to_string(inputs), std::move(weight));
    if (bias) Add(name + ".bias", rows, std::move(biases));
  }
  std::string Finish() const { return Safetensors("{" + json_ + "}", data_); }

 private:
  std::mt19937_64 random_;
  std::string json_, data_;
};

Encoder Small(int64_t heads) {
  Encoder encoder;
  encoder.hidden = kHidden;
  encoder.heads = heads;
  encoder.vocabulary = kWords;
  encoder.layers.resize(kLayers);
  return encoder;
}

Values Frequencies(int64_t head_dim, double theta, double divisor = 1) {
  Values frequencies;
  for (int64_t c = 0; c < head_dim / 2; ++c) {
    frequencies.push_back(1 / (std::pow(theta, 2.0 * static_cast<double>(c) / static_cast<double>(head_dim)) * divisor));
  }
  return frequencies;
}

// All states of texts of several lengths, some of whose rows are closed.
void Compare(const Encoder& encoder, const std::string& config, const RandomFile& file, int64_t types) {
  const TemporaryFolder folder;
  WriteAll(folder / "config.json", config);
  WriteAll(folder / "model.safetensors", file.Finish());
  auto context = std::make_shared<Context>();
  context->runner = MakeThreadPool(2);
  const auto model = stream::Model::Open(context, Folder::OnDisk(folder.path()));
  INFO(model.status().ToString());
  REQUIRE(model.ok());
  std::mt19937_64 random(3);
  for (const int64_t tokens : {1, 2, 17, 47}) {
    INFO(tokens << " tokens");
    reference::EncoderInput input;
    std::vector<int32_t> ids, mask, token_types;
    for (int64_t i = 0; i < tokens; ++i) {
      ids.push_back(static_cast<int32_t>(random() % kWords));
      mask.push_back(i == 0 || random() % 4 != 0 ? 1 : 0);
      token_types.push_back(types == 0 ? 0 : static_cast<int32_t>(random() % static_cast<uint64_t>(types)));
    }
    input.ids.assign(ids.begin(), ids.end());
    input.mask.assign(mask.begin(), mask.end());
    input.types.assign(token_types.begin(), token_types.end());
    stream::RunInput run_input;
    run_input.batch = 1;
    run_input.tokens = tokens;
    run_input.ids = ids.data();
    run_input.mask = mask.data();
    run_input.token_types = token_types.data();
    const auto run = stream::ModelRun::Create(*model, 1, tokens, 0, {});
    REQUIRE(run.ok());
    std::vector<float> got(static_cast<size_t>((kLayers + 1) * tokens * kHidden));
    REQUIRE((*run)->Run(run_input, nullptr, stream::RunOutput::kHiddenStates, got.data()).ok());
    size_t at = 0;
    for (const Values& state : reference::HiddenStates(encoder, input)) {
      double most = 0, error = 0;
      for (const double value : state) {
        most = std::max(most, std::abs(value));
        error = std::max(error, std::abs(value - static_cast<double>(got.at(at++))));
      }
      CHECK(error < 2e-5 * (1 + most));
    }
    CHECK(at == got.size());
  }
}

Encoder MakeJina(RandomFile& file, const std::string& prefix, int64_t heads, const std::string& activation) {
  Encoder encoder = Small(heads);
  encoder.activation = activation;
  encoder.word_embedding = file.Table(prefix + "embeddings.word_embeddings.weight", kWords);
  encoder.type_embedding = file.Table(prefix + "embeddings.token_type_embeddings.weight", 2);
  encoder.embedding_norm = file.AddNorm(prefix + "embeddings.LayerNorm");
  for (size_t i = 0; i < encoder.layers.size(); ++i) {
    const std::string name = prefix + "encoder.layer." + std::to_string(i) + ".";
    EncoderLayer& layer = encoder.layers[i];
    file.AddLinears(name + "attention.self.query", {&layer.query}, kHidden, kHidden, true);
    file.AddLinears(name + "attention.self.key", {&layer.key}, kHidden, kHidden, true);
    file.AddLinears(name + "attention.self.value", {&layer.value}, kHidden, kHidden, true);
    file.AddLinears(name + "attention.output.dense", {&layer.attention_output}, kHidden, kHidden, true);
    layer.attention_norm = file.AddNorm(name + "attention.output.LayerNorm");
    file.AddLinears(name + "mlp.gated_layers", {&layer.mlp_gate, &layer.mlp_up}, kInner, kHidden, false);
    file.AddLinears(name + "mlp.wo", {&layer.mlp_down}, kHidden, kInner, true);
    layer.mlp_norm = file.AddNorm(name + "mlp.layernorm");
  }
  return encoder;
}

std::string JinaConfig(int64_t heads, const std::string& feed_forward) {
  return R"({"model_type":"bert","architectures":["JinaBertModel"],"position_embedding_type":"alibi",)"
         R"("hidden_size":24,"intermediate_size":20,"num_hidden_layers":3,"vocab_size":31,"max_position_embeddings":64,)"
         R"("hidden_act":"gelu","layer_norm_eps":1e-12,"num_attention_heads":)" +
         std::to_string(heads) + R"(,"feed_forward_type":")" + feed_forward + "\"}";
}

TEST_CASE("jina-bert agrees with the naive encoder, with slopes for any number of heads", "[model]") {
  RandomFile file(11);
  Encoder encoder = MakeJina(file, "", 4, "gelu");
  encoder.alibi_slopes = {1.0 / 4, 1.0 / 16, 1.0 / 64, 1.0 / 256};
  Compare(encoder, JinaConfig(4, "geglu"), file, 2);

  // Six heads: the four of a power of two, and every second one of eight heads.
  RandomFile six(12);
  encoder = MakeJina(six, "bert.", 6, "relu");
  encoder.alibi_slopes = {1.0 / 4, 1.0 / 16, 1.0 / 64, 1.0 / 256, 1.0 / 2, 1.0 / 8};
  Compare(encoder, JinaConfig(6, "reglu"), six, 2);
}

Encoder MakeNomic(RandomFile& file, int64_t types, bool gated, bool biases) {
  Encoder encoder = Small(4);
  encoder.activation = gated ? "silu" : "gelu";
  encoder.frequencies = Frequencies(kHidden / 4, 1000);
  encoder.word_embedding = file.Table("embeddings.word_embeddings.weight", 32);  // padded to a multiple of 16
  if (types > 0) encoder.type_embedding = file.Table("embeddings.token_type_embeddings.weight", types);
  encoder.embedding_norm = file.AddNorm("emb_ln");
  for (size_t i = 0; i < encoder.layers.size(); ++i) {
    const std::string name = "encoder.layers." + std::to_string(i) + ".";
    EncoderLayer& layer = encoder.layers[i];
    file.AddLinears(name + "attn.Wqkv", {&layer.query, &layer.key, &layer.value}, kHidden, kHidden, biases);
    file.AddLinears(name + "attn.out_proj", {&layer.attention_output}, kHidden, kHidden, biases);
    layer.attention_norm = file.AddNorm(name + "norm1");
    file.AddLinears(name + (gated ? "mlp.fc11" : "mlp.fc1"), {&layer.mlp_up}, kInner, kHidden, biases);
    if (gated) file.AddLinears(name + "mlp.fc12", {&layer.mlp_gate}, kInner, kHidden, biases);
    file.AddLinears(name + "mlp.fc2", {&layer.mlp_down}, kHidden, kInner, biases);
    layer.mlp_norm = file.AddNorm(name + "norm2");
  }
  return encoder;
}

TEST_CASE("nomic-bert agrees with the naive encoder, gated and plain, in both forms of its configuration", "[model]") {
  RandomFile file(13);
  Encoder encoder = MakeNomic(file, 2, true, false);
  const std::string old_form =
      R"({"model_type":"nomic_bert","architectures":["NomicBertModel"],"n_embd":24,"n_head":4,"n_inner":20,"n_layer":3,)"
      R"("n_positions":64,"vocab_size":31,"pad_vocab_size_multiple":16,"layer_norm_epsilon":1e-12,)"
      R"("rotary_emb_base":1000,"rotary_emb_fraction":1.0,"rotary_emb_scale_base":null,"rotary_emb_interleaved":false,)";
  Compare(encoder, old_form + R"("activation_function":"swiglu","type_vocab_size":2})", file, 2);
  Compare(encoder,
          R"({"model_type":"nomic_bert","hidden_size":24,"num_attention_heads":4,"intermediate_size":20,)"
          R"("num_hidden_layers":3,"max_position_embeddings":64,"vocab_size":32,"hidden_act":"silu",)"
          R"("rope_parameters":{"rope_type":"default","rope_theta":1000.0}})",
          file, 2);

  RandomFile plain(14);
  encoder = MakeNomic(plain, 0, false, true);
  Compare(encoder,
          old_form + R"("activation_function":"gelu","type_vocab_size":0,"qkv_proj_bias":true,"mlp_fc1_bias":true,)"
                     R"("mlp_fc2_bias":true})",
          plain, 0);
}

TEST_CASE("gte agrees with the naive encoder, with and without scaled frequencies", "[model]") {
  for (const bool scaled : {false, true}) {
    RandomFile file(scaled ? 15 : 16);
    const std::string prefix = scaled ? "new." : "";
    Encoder encoder = Small(4);
    // A base twice as large, and all of it slower by the (head_dim / 2)-th root of 2.
    encoder.frequencies = scaled ? Frequencies(6, 2 * 500.0, std::pow(2.0, 2.0 / 6)) : Frequencies(6, 500);
    encoder.word_embedding = file.Table(prefix + "embeddings.word_embeddings.weight", kWords);
    if (scaled) encoder.type_embedding = file.Table(prefix + "embeddings.token_type_embeddings.weight", 2);
    encoder.embedding_norm = file.AddNorm(prefix + "embeddings.LayerNorm");
    for (size_t i = 0; i < encoder.layers.size(); ++i) {
      const std::string name = prefix + "encoder.layer." + std::to_string(i) + ".";
      EncoderLayer& layer = encoder.layers[i];
      file.AddLinears(name + "attention.qkv_proj", {&layer.query, &layer.key, &layer.value}, kHidden, kHidden, true);
      file.AddLinears(name + "attention.o_proj", {&layer.attention_output}, kHidden, kHidden, true);
      layer.attention_norm = file.AddNorm(name + "attn_ln");
      file.AddLinears(name + "mlp.up_gate_proj", {&layer.mlp_up, &layer.mlp_gate}, kInner, kHidden, false);
      file.AddLinears(name + "mlp.down_proj", {&layer.mlp_down}, kHidden, kInner, true);
      layer.mlp_norm = file.AddNorm(name + "mlp_ln");
    }
    Compare(encoder,
            std::string(R"({"model_type":"new","architectures":["NewModel"],"hidden_size":24,"num_attention_heads":4,)"
                        R"("intermediate_size":20,"num_hidden_layers":3,"vocab_size":31,"max_position_embeddings":64,)"
                        R"("layer_norm_eps":1e-12,"hidden_act":"gelu","position_embedding_type":"rope",)"
                        R"("layer_norm_type":"layer_norm","pack_qkv":true,"rope_theta":500,)") +
                (scaled ? R"("rope_scaling":{"type":"ntk","factor":2.0},"type_vocab_size":2})" : R"("type_vocab_size":0})"),
            file, scaled ? 2 : 0);
  }
}

}  // namespace
}  // namespace lwave::model
