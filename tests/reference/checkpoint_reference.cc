// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Model directories as doubles. See the header.

#include "checkpoint_reference.h"

#include <filesystem>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace lwave::reference {
namespace {

using nlohmann::json;

json ReadJson(const std::string& path) { return json::parse(ReadWholeFile(path)); }

bool Exists(const std::string& path) { return std::filesystem::exists(path); }

Values Optional(const StoredFile& file, const std::string& name) {
  return file.Has(name) ? file.At(name).Doubles() : Values();
}

Linear LoadLinear(const StoredFile& file, const std::string& name, int64_t outputs, int64_t inputs) {
  Linear linear;
  linear.outputs = outputs;
  linear.inputs = inputs;
  linear.weight = LoadMatrix(file, name + ".weight", outputs, inputs);
  linear.bias = Optional(file, name + ".bias");
  return linear;
}

// Files of old converters call the two vectors gamma and beta.
Norm LoadNorm(const StoredFile& file, const std::string& name) {
  Norm norm;
  norm.gain = file.At(name + (file.Has(name + ".weight") ? ".weight" : ".gamma")).Doubles();
  norm.bias = Optional(file, name + (file.Has(name + ".weight") ? ".bias" : ".beta"));
  return norm;
}

Values LoadTable(const StoredFile& file, const std::string& name, int64_t width) {
  return LoadMatrix(file, name, file.At(name).shape.at(0), width);
}

// What stands in front of the names: "", "bert." or "roberta.".
std::string FindPrefix(const StoredFile& file) {
  const std::string known = "embeddings.word_embeddings.weight";
  for (const auto& [name, tensor] : file.tensors) {
    if (name.size() >= known.size() && name.compare(name.size() - known.size(), known.size(), known) == 0) {
      return name.substr(0, name.size() - known.size());
    }
  }
  throw std::runtime_error("no tensor ends in " + known);
}

std::string LastPart(const std::string& dotted) { return dotted.substr(dotted.rfind('.') + 1); }

std::string ModuleActivation(const json& config) {
  const std::string type = LastPart(config.value("activation_function", "torch.nn.modules.activation.Tanh"));
  if (type == "Identity") return "";
  if (type == "Tanh") return "tanh";
  if (type == "ReLU") return "relu";
  if (type == "GELU") return "gelu";
  throw std::runtime_error("dense module: activation " + type + " is not known to the reference");
}

void LoadModules(const std::string& directory, Encoder& encoder) {
  const std::string list = directory + "/modules.json";
  if (!Exists(list)) return;  // the mean and the L2 norm, as the struct has them
  encoder.normalize = false;
  for (const json& module : ReadJson(list)) {
    const std::string type = LastPart(module.at("type").get<std::string>());
    const std::string folder = directory + "/" + module.at("path").get<std::string>();
    if (type == "Pooling") {
      const json config = ReadJson(folder + "/config.json");
      const auto has = [&](const char* key) { return config.value(key, false); };
      encoder.pooling = has("pooling_mode_cls_token")              ? "cls"
                        : has("pooling_mode_max_tokens")           ? "max"
                        : has("pooling_mode_mean_sqrt_len_tokens") ? "mean_sqrt_len"
                        : has("pooling_mode_lasttoken")            ? "last"
                                                                   : "mean";
    } else if (type == "Dense") {
      const json config = ReadJson(folder + "/config.json");
      const StoredFile file = ReadSafetensors(folder + "/model.safetensors");
      DenseModule dense;
      dense.linear = LoadLinear(file, "linear", config.at("out_features").get<int64_t>(),
                                config.at("in_features").get<int64_t>());
      dense.activation = ModuleActivation(config);
      encoder.dense.push_back(dense);
    } else if (type == "Normalize") {
      encoder.normalize = true;
    }
  }
  const std::string limit = directory + "/sentence_bert_config.json";
  if (Exists(limit)) encoder.max_sequence_length = ReadJson(limit).value("max_seq_length", int64_t{0});
}

std::vector<int64_t> OnePerLayer(const json& value, size_t layers) {
  if (value.is_array()) return value.get<std::vector<int64_t>>();
  return std::vector<int64_t>(layers, value.get<int64_t>());
}

void LoadLongReading(const std::string& directory, Encoder& encoder) {
  const std::string path = directory + "/longwave.json";
  if (!Exists(path)) return;
  const json config = ReadJson(path);
  if (!config.contains("long")) return;
  const json& text = config.at("long");
  LongReading& reading = encoder.long_reading;
  reading.left = OnePerLayer(text.at("left"), encoder.layers.size());
  reading.right = OnePerLayer(text.at("right"), encoder.layers.size());
  reading.sinks = text.value("sinks", int64_t{0});
  reading.tile = text.at("positions").at("tile").get<int64_t>();
  reading.full_up_to = text.value("full_up_to", int64_t{0});
  reading.passage_tokens = text.value("passage_tokens", int64_t{254});
  encoder.has_long_reading = true;
}

}  // namespace

Values LoadMatrix(const StoredFile& file, const std::string& name, int64_t outputs, int64_t inputs) {
  const StoredTensor& stored = file.At(name);
  const Values raw = stored.Doubles();
  Values scales(static_cast<size_t>(outputs), 1.0);
  if (stored.dtype == "I8") scales = file.At(name + ".scale").Doubles();
  Values matrix(static_cast<size_t>(outputs * inputs));
  if (stored.shape.size() == 2) {
    if (stored.shape[0] != outputs || stored.shape[1] != inputs) {
      throw std::runtime_error(name + ": wrong shape");
    }
    for (int64_t o = 0; o < outputs; ++o) {
      for (int64_t k = 0; k < inputs; ++k) matrix[o * inputs + k] = raw[o * inputs + k] * scales[o];
    }
    return matrix;
  }
  const int64_t group = stored.dtype == "I8" ? 4 : stored.dtype == "BF16" ? 2 : 1;
  const int64_t panels = (outputs + 31) / 32, groups = (inputs + group - 1) / group;
  if (stored.shape != std::vector<int64_t>{panels, groups, 32, group}) {
    throw std::runtime_error(name + ": wrong panels");
  }
  for (int64_t o = 0; o < outputs; ++o) {
    for (int64_t k = 0; k < inputs; ++k) {
      const int64_t at = ((o / 32 * groups + k / group) * 32 + o % 32) * group + k % group;
      matrix[o * inputs + k] = raw[at] * scales[o];
    }
  }
  return matrix;
}

Encoder LoadEncoder(const std::string& directory) {
  const json config = ReadJson(directory + "/config.json");
  const StoredFile file = ReadSafetensors(directory + "/model.safetensors");
  const std::string type = config.at("model_type").get<std::string>();
  if (type != "bert" && type != "roberta") throw std::runtime_error(directory + ": family " + type);
  Encoder encoder;
  const int64_t hidden = config.at("hidden_size").get<int64_t>();
  const int64_t intermediate = config.at("intermediate_size").get<int64_t>();
  encoder.hidden = hidden;
  encoder.heads = config.at("num_attention_heads").get<int64_t>();
  encoder.vocabulary = config.at("vocab_size").get<int64_t>();
  encoder.epsilon = config.value("layer_norm_eps", 1e-12);
  encoder.activation = config.value("hidden_act", "gelu");
  encoder.pad_id = config.value("pad_token_id", int64_t{type == "roberta" ? 1 : 0});
  encoder.positions_by_padding_id = type == "roberta";
  encoder.position_offset = type == "roberta" ? encoder.pad_id + 1 : 0;

  const std::string prefix = FindPrefix(file);
  encoder.word_embedding = LoadTable(file, prefix + "embeddings.word_embeddings.weight", hidden);
  encoder.position_embedding = LoadTable(file, prefix + "embeddings.position_embeddings.weight", hidden);
  encoder.type_embedding = LoadTable(file, prefix + "embeddings.token_type_embeddings.weight", hidden);
  encoder.embedding_norm = LoadNorm(file, prefix + "embeddings.LayerNorm");
  const int64_t layers = config.at("num_hidden_layers").get<int64_t>();
  for (int64_t l = 0; l < layers; ++l) {
    const std::string at = prefix + "encoder.layer." + std::to_string(l) + ".";
    EncoderLayer layer;
    layer.query = LoadLinear(file, at + "attention.self.query", hidden, hidden);
    layer.key = LoadLinear(file, at + "attention.self.key", hidden, hidden);
    layer.value = LoadLinear(file, at + "attention.self.value", hidden, hidden);
    layer.attention_output = LoadLinear(file, at + "attention.output.dense", hidden, hidden);
    layer.attention_norm = LoadNorm(file, at + "attention.output.LayerNorm");
    layer.mlp_up = LoadLinear(file, at + "intermediate.dense", intermediate, hidden);
    layer.mlp_down = LoadLinear(file, at + "output.dense", hidden, intermediate);
    layer.mlp_norm = LoadNorm(file, at + "output.LayerNorm");
    encoder.layers.push_back(std::move(layer));
  }
  if (file.Has(prefix + "pooler.dense.weight")) {
    encoder.pooler = LoadLinear(file, prefix + "pooler.dense", hidden, hidden);
  }
  LoadModules(directory, encoder);
  LoadLongReading(directory, encoder);
  return encoder;
}

}  // namespace lwave::reference
