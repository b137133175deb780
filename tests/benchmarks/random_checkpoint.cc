// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "random_checkpoint.h"

#include <cstdlib>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

namespace lwave::bench {
namespace {

using nlohmann::json;

struct TensorShape {
  std::string name;
  std::vector<int64_t> shape;
};

std::vector<TensorShape> Tensors(const std::string& family, const LongShape& shape) {
  std::vector<TensorShape> tensors;
  const int64_t hidden = shape.hidden;
  const auto linear = [&](const std::string& name, int64_t outputs, int64_t inputs) {
    tensors.push_back({name + ".weight", {outputs, inputs}});
    tensors.push_back({name + ".bias", {outputs}});
  };
  const auto norm = [&](const std::string& name) {
    tensors.push_back({name + ".weight", {hidden}});
    tensors.push_back({name + ".bias", {hidden}});
  };
  const bool longformer = family == "longformer";
  tensors.push_back({"embeddings.word_embeddings.weight", {shape.vocabulary, hidden}});
  tensors.push_back({"embeddings.position_embeddings.weight", {shape.tokens + (longformer ? 2 : 0), hidden}});
  tensors.push_back({"embeddings.token_type_embeddings.weight", {1, hidden}});
  norm("embeddings.LayerNorm");
  for (int64_t i = 0; i < shape.layers; ++i) {
    const std::string layer = "encoder.layer." + std::to_string(i) + ".";
    for (const std::string name : {"query", "key", "value"}) {
      linear(layer + "attention.self." + name, hidden, hidden);
      if (longformer) linear(layer + "attention.self." + name + "_global", hidden, hidden);
    }
    linear(layer + "attention.output.dense", hidden, hidden);
    norm(layer + "attention.output.LayerNorm");
    linear(layer + "intermediate.dense", shape.intermediate, hidden);
    linear(layer + "output.dense", hidden, shape.intermediate);
    norm(layer + "output.LayerNorm");
  }
  return tensors;
}

json Config(const std::string& family, const LongShape& shape) {
  const bool longformer = family == "longformer";
  json config = {{"model_type", family},
                 {"architectures", {longformer ? "LongformerModel" : "BigBirdModel"}},
                 {"hidden_size", shape.hidden},
                 {"num_attention_heads", shape.heads},
                 {"num_hidden_layers", shape.layers},
                 {"intermediate_size", shape.intermediate},
                 {"vocab_size", shape.vocabulary},
                 {"type_vocab_size", 1},
                 {"max_position_embeddings", shape.tokens + (longformer ? 2 : 0)},
                 {"pad_token_id", longformer ? 1 : 0}};
  if (longformer) {
    config["attention_window"] = 2 * shape.window_side;
  } else {
    config["block_size"] = shape.block;
    config["num_random_blocks"] = shape.random;
  }
  return config;
}

// Numbers from -1 to 1, cheaply.
class Random {
 public:
  float Next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return static_cast<float>(static_cast<int64_t>(state_ >> 40)) / 8388608.0f - 1.0f;
  }

 private:
  uint64_t state_ = 88172645463325252u;
};

}  // namespace

ScratchFolder::ScratchFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "longwave_bench.XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void WriteRandomCheckpoint(const std::string& folder, const std::string& family, const LongShape& shape) {
  std::filesystem::create_directory(folder);
  std::ofstream(folder + "/config.json") << Config(family, shape).dump();
  const std::vector<TensorShape> tensors = Tensors(family, shape);
  json header;
  int64_t at = 0;
  const auto count = [](const TensorShape& tensor) {
    int64_t numbers = 1;
    for (const int64_t dimension : tensor.shape) numbers *= dimension;
    return numbers;
  };
  for (const TensorShape& tensor : tensors) {
    const int64_t end = at + 4 * count(tensor);
    header[tensor.name] = {{"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {at, end}}};
    at = end;
  }
  std::string text = header.dump();
  while (text.size() % 64 != 56) text += ' ';  // data begin at a multiple of 64
  std::ofstream file(folder + "/model.safetensors", std::ios::binary);
  for (int i = 0; i < 8; ++i) file.put(static_cast<char>(uint64_t{text.size()} >> (8 * i) & 0xFF));
  file << text;
  Random random;
  std::vector<float> numbers;
  for (const TensorShape& tensor : tensors) {
    const bool gain = tensor.name.find("LayerNorm.weight") != std::string::npos;
    numbers.resize(static_cast<size_t>(count(tensor)));
    // Variance 1 / inputs keeps rows at the size that norms give them.
    const float scale = tensor.shape.size() == 2 ? 0.06f : 0.02f;
    for (float& number : numbers) number = (gain ? 1.0f : 0.0f) + scale * random.Next();
    file.write(reinterpret_cast<const char*>(numbers.data()), static_cast<std::streamsize>(numbers.size() * 4));
  }
  file.close();
  if (!file) throw std::runtime_error("cannot write " + folder + "/model.safetensors");
}

}  // namespace lwave::bench
