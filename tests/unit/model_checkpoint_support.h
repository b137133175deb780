// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Model directories made by hand: temporary folders, safetensors files from parts, and a complete small model
// of every family whose numbers are small known integers.

#ifndef LONGWAVE_TESTS_UNIT_MODEL_CHECKPOINT_SUPPORT_H_
#define LONGWAVE_TESTS_UNIT_MODEL_CHECKPOINT_SUPPORT_H_

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "support/temporary_folder.h"

namespace lwave::model::testing {

inline std::string TinyModel(const std::string& name) {
  return std::string(LWAVE_TEST_DATA) + "/models/tiny/" + name;
}

inline std::string ReadAll(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

inline void WriteAll(const std::string& path, const std::string& bytes) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) throw std::runtime_error("cannot write " + path);
}

using test::TemporaryFolder;

inline void CopyModel(const std::string& from, const std::string& to) {
  std::filesystem::copy(from, to, std::filesystem::copy_options::recursive);
}

// u64 length, JSON, data.
inline std::string Safetensors(const std::string& json, const std::string& data) {
  std::string file(8, '\0');
  for (size_t i = 0; i < 8; ++i) file[i] = static_cast<char>(uint64_t{json.size()} >> (8 * i) & 0xFF);
  return file + json + data;
}

// A safetensors file of F32 tensors, filled with 0.25 * (a counter modulo 17 - 8).
class FileBuilder {
 public:
  FileBuilder& Add(const std::string& name, const std::vector<int64_t>& shape) {
    int64_t numbers = 1;
    std::string dimensions;
    for (const int64_t d : shape) {
      numbers *= d;
      dimensions += (dimensions.empty() ? "" : ",") + std::to_string(d);
    }
    const size_t begin = data_.size();
    for (int64_t i = 0; i < numbers; ++i) {
      const float value = 0.25f * static_cast<float>(static_cast<int>(counter_++ % 17) - 8);
      data_.append(reinterpret_cast<const char*>(&value), sizeof(value));
    }
    json_ += std::string(json_.empty() ? "" : ",") + "\"" + name + "\":{\"dtype\":\"F32\",\"shape\":[" +
             dimensions + "],\"data_offsets\":[" + std::to_string(begin) + "," +
             std::to_string(data_.size()) + "]}";
    return *this;
  }
  FileBuilder& AddLinear(const std::string& name, int64_t outputs, int64_t inputs) {
    return Add(name + ".weight", {outputs, inputs}).Add(name + ".bias", {outputs});
  }
  FileBuilder& AddNorm(const std::string& name, int64_t width, bool old_names = false) {
    return Add(name + (old_names ? ".gamma" : ".weight"), {width})
        .Add(name + (old_names ? ".beta" : ".bias"), {width});
  }
  std::string Finish(const std::string& metadata = "") const {
    const std::string first =
        metadata.empty() ? "" : "\"__metadata__\":" + metadata + (json_.empty() ? "" : ",");
    return Safetensors("{" + first + json_ + "}", data_);
  }

 private:
  std::string json_, data_;
  size_t counter_ = 0;
};

struct SmallModel {
  std::string prefix;  // "bert." or nothing
  bool pre_norm = false;
  bool old_norm_names = false;
  bool pooler = true;
  int64_t layers = 2;
};
inline constexpr int64_t kSmallHidden = 6, kSmallHeads = 2, kSmallMlp = 10, kSmallWords = 9,
                         kSmallPositions = 12;

inline FileBuilder SmallTensors(const SmallModel& model) {
  FileBuilder file;
  const auto norm = [&](const std::string& name) {
    file.AddNorm(model.prefix + name, kSmallHidden, model.old_norm_names);
  };
  const auto linear = [&](const std::string& name, int64_t outputs, int64_t inputs) {
    file.AddLinear(model.prefix + name, outputs, inputs);
  };
  file.Add(model.prefix + "embeddings.word_embeddings.weight", {kSmallWords, kSmallHidden});
  file.Add(model.prefix + "embeddings.position_embeddings.weight", {kSmallPositions, kSmallHidden});
  file.Add(model.prefix + "embeddings.token_type_embeddings.weight", {2, kSmallHidden});
  norm("embeddings.LayerNorm");
  for (int64_t i = 0; i < model.layers; ++i) {
    const std::string layer = "encoder.layer." + std::to_string(i) + ".";
    for (const char* name : {"query", "key", "value"}) {
      linear(layer + "attention.self." + name, kSmallHidden, kSmallHidden);
    }
    linear(layer + "attention.output.dense", kSmallHidden, kSmallHidden);
    norm(layer + (model.pre_norm ? "attention.LayerNorm" : "attention.output.LayerNorm"));
    linear(layer + "intermediate.dense", kSmallMlp, kSmallHidden);
    linear(layer + "output.dense", kSmallHidden, kSmallMlp);
    norm(layer + (model.pre_norm ? "intermediate.LayerNorm" : "output.LayerNorm"));
  }
  if (model.pre_norm) norm("LayerNorm");
  if (model.pooler) linear("pooler.dense", kSmallHidden, kSmallHidden);
  return file;
}

// config.json for it; `extra` is put in front, so it must end with a comma.
inline std::string SmallConfig(const std::string& model_type, const std::string& extra = "",
                               int64_t layers = 2) {
  return "{" + extra + "\"model_type\":\"" + model_type + "\",\"hidden_size\":6,\"num_attention_heads\":2," +
         "\"intermediate_size\":10,\"vocab_size\":9,\"max_position_embeddings\":12,\"num_hidden_layers\":" +
         std::to_string(layers) + "}";
}

inline void WriteSmallModel(const TemporaryFolder& folder, const std::string& model_type,
                            const SmallModel& model) {
  WriteAll(folder / "config.json", SmallConfig(model_type, "", model.layers));
  WriteAll(folder / "model.safetensors", SmallTensors(model).Finish());
}

inline constexpr const char* kSmallPooling =
    "{\"word_embedding_dimension\":6,\"pooling_mode_mean_tokens\":true}";

// Makes a sentence embedder of it: mean pooling, a Dense module 6 -> 4 with tanh, Normalize.
inline void WriteSentenceModules(const TemporaryFolder& folder) {
  const std::string type = "\"type\":\"sentence_transformers.models.";
  WriteAll(folder / "modules.json", "[{\"path\":\"\"," + type + "Transformer\"},{\"path\":\"1_Pooling\"," +
                                        type + "Pooling\"},{\"path\":\"2_Dense\"," + type +
                                        "Dense\"},{\"path\":\"3_Normalize\"," + type + "Normalize\"}]");
  std::filesystem::create_directory(folder / "1_Pooling");
  WriteAll(folder / "1_Pooling/config.json", kSmallPooling);
  std::filesystem::create_directory(folder / "2_Dense");
  WriteAll(folder / "2_Dense/config.json",
           "{\"in_features\":6,\"out_features\":4,\"bias\":true,"
           "\"activation_function\":\"torch.nn.modules.activation.Tanh\"}");
  WriteAll(folder / "2_Dense/model.safetensors", FileBuilder().AddLinear("linear", 4, 6).Finish());
}

}  // namespace lwave::model::testing

#endif  // LONGWAVE_TESTS_UNIT_MODEL_CHECKPOINT_SUPPORT_H_
