// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The generic encoder and decoder: a transformer whose every choice is a key of config.json and whose tensors have
// plain names (c_api/families.md), for models that no published family describes. With longwave_attention they are a
// Performer, a Linformer, a Compressive Transformer.

#include <cmath>

#include "absl/strings/str_cat.h"
#include "model/families/names.h"

namespace lwave::model {
namespace {

constexpr int64_t kMostPositions = 1 << 24;

struct Shape {
  int64_t hidden = 0, heads = 0, kv_heads = 0, head_dim = 0, inner = 0, layers = 0;
  bool pre_norm = true, gated = false, bias = true, embedding_norm = false;
  NormKind norm = NormKind::kLayer;
  kernels::Activation activation = kernels::Activation::kGelu;
  std::string positions;
  double theta = 10000;
};

// A text that is one of two or three words.
std::string Word(ConfigReader& config, absl::string_view key, std::initializer_list<absl::string_view> words) {
  std::string word = config.String(key, std::string(*words.begin()));
  std::string known;
  for (const absl::string_view one : words) {
    if (word == one) return word;
    absl::StrAppend(&known, known.empty() ? "" : ", ", one);
  }
  config.Wrong(key, absl::StrCat("one of ", known));
  return std::string(*words.begin());
}

Shape ReadShape(ConfigReader& config) {
  Shape shape;
  shape.hidden = config.Integer("hidden_size", std::nullopt, 1, 65536);
  shape.heads = config.Integer("num_attention_heads", std::nullopt, 1, 4096);
  shape.kv_heads = config.Integer("num_key_value_heads", shape.heads, 1, 4096);
  if (!config.Has("head_dim") && shape.hidden % shape.heads != 0) {
    config.Wrong("num_attention_heads", absl::StrCat("a divisor of hidden_size ", shape.hidden, ", or head_dim be given"));
  }
  shape.head_dim = config.Integer("head_dim", std::max<int64_t>(1, shape.hidden / shape.heads), 1, 65536);
  if (shape.heads % shape.kv_heads != 0) {
    config.Wrong("num_key_value_heads", absl::StrCat("a divisor of num_attention_heads ", shape.heads));
  }
  shape.inner = config.Integer("intermediate_size", 4 * shape.hidden, 1, kernels::kMostDepth);
  shape.layers = config.Integer("num_hidden_layers", std::nullopt, 1, 1024);
  shape.pre_norm = Word(config, "norm_placement", {"pre", "post"}) == "pre";
  shape.norm = Word(config, "norm_kind", {"layer", "rms"}) == "rms" ? NormKind::kRms : NormKind::kLayer;
  shape.positions = Word(config, "positions", {"learned", "rotary", "none"});
  shape.theta = config.Number("rope_theta", 10000, 1e-3, 1e30);
  shape.activation = ReadActivation(config, "hidden_act", "gelu");
  shape.gated = config.Boolean("gated_mlp", false);
  shape.bias = config.Boolean("projection_bias", true);
  shape.embedding_norm = config.Boolean("embedding_norm", false);
  CheckHeadDim(config, shape.head_dim);
  if (shape.positions == "rotary" && shape.head_dim % 2 != 0) config.Wrong("head_dim", "even with rotary positions");
  return shape;
}

BlockSpec NameBlock(Names& names, int64_t index, const Shape& shape, bool causal) {
  const std::string layer = absl::StrCat("layers.", index, ".");
  const int64_t hidden = shape.hidden, width = shape.heads * shape.head_dim, kv_width = shape.kv_heads * shape.head_dim;
  BlockSpec block;
  AttentionSpec& attention = block.attention;
  attention.mechanism = "full";
  attention.options = {AttentionOption::Ints("causal", {causal})};
  attention.heads = shape.heads;
  attention.kv_heads = shape.kv_heads == shape.heads ? 0 : shape.kv_heads;
  attention.head_dim = shape.head_dim;
  attention.query = names.Linear(layer + "attention.query", width, hidden, shape.bias);
  attention.key = names.Linear(layer + "attention.key", kv_width, hidden, shape.bias);
  attention.value = names.Linear(layer + "attention.value", kv_width, hidden, shape.bias);
  attention.output = names.Linear(layer + "attention.output", hidden, width, shape.bias);
  if (shape.positions == "rotary") {
    attention::Rotary& rotary = attention.rotary.emplace();
    rotary.dim = shape.head_dim;
    for (int64_t t = 0; t < shape.head_dim / 2; ++t) {
      rotary.frequencies.push_back(std::pow(shape.theta, -2.0 * static_cast<double>(t) / static_cast<double>(shape.head_dim)));
    }
  }
  const auto norm = [&](const std::string& name, ResidualSpec* residual) {
    (shape.pre_norm ? residual->before : residual->after) = names.Norm(layer + name, shape.norm);
  };
  norm("attention.norm", &block.attention_residual);
  block.mlp.up = names.Linear(layer + "mlp.up", shape.inner, hidden, shape.bias);
  if (shape.gated) block.mlp.gate = names.Linear(layer + "mlp.gate", shape.inner, hidden, shape.bias);
  block.mlp.down = names.Linear(layer + "mlp.down", hidden, shape.inner, shape.bias);
  block.mlp.activation = shape.activation;
  norm("mlp.norm", &block.mlp_residual);
  return block;
}

absl::StatusOr<ModelSpec> Translate(ConfigReader& config, const TensorNames& tensors, bool causal) {
  ModelSpec spec;
  auto stack = std::make_shared<StackSpec>();
  spec.architecture = ReadArchitecture(config, causal ? "LongwaveDecoder" : "LongwaveEncoder");
  const Shape shape = ReadShape(config);
  stack->vocabulary = config.Integer("vocab_size", std::nullopt, 1, (int64_t{1} << 31) - 1);
  stack->norm_epsilon = static_cast<float>(config.Number("norm_epsilon", 1e-5, 0.0, 1.0));
  const int64_t rows = config.Integer("max_position_embeddings", shape.positions == "learned" ? std::nullopt : std::optional<int64_t>(0),
                                      0, kMostPositions);
  if (shape.positions == "learned" && rows == 0) config.Wrong("max_position_embeddings", "above 0 with learned positions");
  const int64_t types = config.Integer("type_vocab_size", 0, 0, 65536);
  spec.pad_id = config.Integer("pad_token_id", 0, 0, stack->vocabulary - 1);
  const bool tied = config.Boolean("tie_word_embeddings", true);
  if (!config.status().ok()) return config.status();

  Names names(tensors, "");
  stack->hidden = shape.hidden;
  stack->causal = causal;
  stack->max_positions = rows;
  EmbeddingSpec& embedding = stack->embedding;
  embedding.words = names.Take("embeddings.words");
  embedding.pad_id = spec.pad_id;
  if (shape.positions == "learned") {
    embedding.positions = names.Take("embeddings.positions");
    embedding.position_spec.table_rows = rows;
  }
  if (types > 0) {
    embedding.types = names.Take("embeddings.types");
    embedding.token_types = types;
  }
  if (shape.embedding_norm) embedding.norm = names.Norm("embeddings.norm", shape.norm);
  for (int64_t i = 0; i < shape.layers; ++i) stack->blocks.push_back(NameBlock(names, i, shape, causal));
  if (shape.pre_norm) stack->final_norm = names.Norm("final_norm", shape.norm);

  if (causal || names.Has("head.weight") || names.Has("head.bias")) {
    auto head = std::make_shared<HeadSpec>();
    head->task = causal ? HeadTask::kCausalLm : HeadTask::kMaskedLm;
    HeadStep step;
    step.linear.weight = tied ? embedding.words : names.Take("head.weight");
    step.linear.bias = names.TakeIfAny("head.bias");
    step.linear.outputs = step.width = head->outputs = stack->vocabulary;
    step.linear.inputs = shape.hidden;
    head->steps.push_back(std::move(step));
    spec.head = std::move(head);
  }
  if (absl::Status status = names.Finish({"embeddings.", "layers.", "final_norm.", "head."}, {}); !status.ok()) return status;

  CopySizes(*stack, shape.heads, shape.head_dim, shape.inner, shape.activation, &spec);
  spec.token_types = types;
  spec.positions = embedding.position_spec;
  spec.norm_placement = shape.pre_norm ? NormPlacement::kPre : NormPlacement::kPost;
  spec.stack = std::move(stack);
  return spec;
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateLongwaveEncoder(ConfigReader& config, const TensorNames& tensors) {
  return Translate(config, tensors, false);
}

absl::StatusOr<ModelSpec> TranslateLongwaveDecoder(ConfigReader& config, const TensorNames& tensors) {
  return Translate(config, tensors, true);
}

}  // namespace lwave::model
