// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// ModernBERT (Warner et al. 2024): rotary positions, norms in front (none before the first attention, whose input the
// embedding's norm has given), gated MLPs. Every few layers see everything; the others see `local_attention` rows, half
// of them on each side, and turn by a base of their own.

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "model/families/names.h"
#include "model/families/rotary_settings.h"

namespace lwave::model {
namespace {

using kernels::Activation;

struct Shape {
  int64_t hidden = 0, heads = 0, head_dim = 0, inner = 0, reach = 0;
  bool attention_bias = false, mlp_bias = false, norm_bias = false;
  Activation activation = Activation::kGelu;
  attention::Rotary full_rotary, sliding_rotary;
};

NormSpec LayerNorm(Names& names, const std::string& name, bool bias) {
  NormSpec norm;
  norm.gain = names.Take(name + ".weight");
  if (bias) norm.bias = names.Take(name + ".bias");
  return norm;
}

BlockSpec NameBlock(Names& names, int64_t index, const Shape& shape, bool sliding) {
  const std::string layer = absl::StrCat("layers.", index, ".");
  const int64_t hidden = shape.hidden, inner = shape.inner;
  BlockSpec block;
  AttentionSpec& attention = block.attention;
  attention.mechanism = sliding ? "window" : "full";
  if (sliding) {
    attention.options = {AttentionOption::Ints("left", {shape.reach}), AttentionOption::Ints("right", {shape.reach})};
  }
  attention.heads = shape.heads;
  attention.head_dim = shape.head_dim;
  attention.rotary = sliding ? shape.sliding_rotary : shape.full_rotary;
  const auto part = [&](int64_t number) {
    return names.Part(layer + "attn.Wqkv", hidden, hidden, number * hidden, 3 * hidden, shape.attention_bias);
  };
  attention.query = part(0);
  attention.key = part(1);
  attention.value = part(2);
  attention.output = names.Linear(layer + "attn.Wo", hidden, hidden, shape.attention_bias);
  if (index > 0) block.attention_residual.before = LayerNorm(names, layer + "attn_norm", shape.norm_bias);
  block.mlp.gate = names.Part(layer + "mlp.Wi", inner, hidden, 0, 2 * inner, shape.mlp_bias);
  block.mlp.up = names.Part(layer + "mlp.Wi", inner, hidden, inner, 2 * inner, shape.mlp_bias);
  block.mlp.down = names.Linear(layer + "mlp.Wo", hidden, inner, shape.mlp_bias);
  block.mlp.activation = shape.activation;
  block.mlp_residual.before = LayerNorm(names, layer + "mlp_norm", shape.norm_bias);
  return block;
}

// head.dense, activation, norm; then scores of words or labels. Null where the architecture has no head.
absl::StatusOr<std::shared_ptr<const HeadSpec>> NameHead(ConfigReader& config, const TensorNames& tensors,
                                                         const ModelSpec& spec, const std::string& words,
                                                         bool norm_bias) {
  const auto is = [&](absl::string_view task) { return absl::EndsWith(spec.architecture, task); };
  const bool masked_lm = is("ForMaskedLM"), sequence = is("ForSequenceClassification");
  const bool question = is("ForQuestionAnswering");
  if (!masked_lm && !sequence && !question && !is("ForTokenClassification")) {
    return std::shared_ptr<const HeadSpec>();
  }
  auto head = std::make_shared<HeadSpec>();
  head->task = masked_lm  ? HeadTask::kMaskedLm
               : sequence ? HeadTask::kSequence
               : question ? HeadTask::kQuestion
                          : HeadTask::kToken;
  head->outputs = masked_lm ? spec.vocabulary : 2;
  if (!masked_lm && !question) {
    head->labels = ReadLabels(config);
    head->outputs = static_cast<int64_t>(head->labels.size());
  }
  if (sequence) {
    const std::string pooling = config.String("classifier_pooling", "cls");
    head->input = pooling == "mean" ? HeadInput::kMeanRow : HeadInput::kFirstRow;
    if (pooling != "mean" && pooling != "cls") {
      config.Unsupported(absl::StrCat("classifier_pooling ", ShownName(pooling), " is not supported"));
    }
  }
  Names names(tensors, "");
  HeadStep dense;
  dense.linear = names.Linear("head.dense", spec.hidden, spec.hidden, config.Boolean("classifier_bias", false));
  dense.activation = ReadActivation(config, "classifier_activation", "gelu");
  dense.norm = LayerNorm(names, "head.norm", norm_bias);
  dense.width = spec.hidden;
  HeadStep scores;
  scores.width = head->outputs;
  if (masked_lm) {
    const bool tied = config.Boolean("tie_word_embeddings", true) && !names.Has("decoder.weight");
    scores.linear.weight = tied ? TensorName{words} : names.Take("decoder.weight");
    if (config.Boolean("decoder_bias", true)) scores.linear.bias = names.Take("decoder.bias");
    scores.linear.outputs = head->outputs;
    scores.linear.inputs = spec.hidden;
  } else {
    scores.linear = names.Linear("classifier", head->outputs, spec.hidden);
  }
  head->steps = {std::move(dense), std::move(scores)};
  if (!config.status().ok()) return config.status();
  if (absl::Status status = names.Finish({"head.", "decoder.", "classifier."}, {}); !status.ok()) return status;
  return std::shared_ptr<const HeadSpec>(std::move(head));
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateModernBert(ConfigReader& config, const TensorNames& tensors) {
  ModelSpec spec;
  auto stack = std::make_shared<StackSpec>();
  spec.architecture = ReadArchitecture(config, "ModernBertModel");
  Shape shape;
  shape.hidden = config.Integer("hidden_size", 768, 1, 65536);
  shape.heads = config.Integer("num_attention_heads", 12, 1, 65536);
  shape.inner = config.Integer("intermediate_size", 1152, 1, kernels::kMostDepth / 2);
  shape.reach = config.Integer("local_attention", 128, 0, 1 << 24) / 2;
  shape.attention_bias = config.Boolean("attention_bias", false);
  shape.mlp_bias = config.Boolean("mlp_bias", false);
  shape.norm_bias = config.Boolean("norm_bias", false);
  shape.activation = ReadActivation(config, "hidden_activation", "gelu");
  const int64_t layers = config.Integer("num_hidden_layers", 22, 1, 1024);
  stack->vocabulary = config.Integer("vocab_size", 50368, 1, (int64_t{1} << 31) - 1);
  stack->norm_epsilon = static_cast<float>(config.Number("norm_eps", 1e-5, 0.0, 1.0));
  if (shape.hidden % shape.heads != 0) {
    config.Wrong("num_attention_heads", absl::StrCat("a divisor of hidden_size ", shape.hidden));
    shape.heads = 1;
  }
  shape.head_dim = shape.hidden / shape.heads;
  CheckHeadDim(config, shape.head_dim);
  shape.full_rotary = ReadRotary(config, shape.head_dim, {kFullLayer, "global_rope_theta", 160000});
  shape.sliding_rotary = ReadRotary(config, shape.head_dim, {kSlidingLayer, "local_rope_theta", 10000});
  const int64_t every = config.Integer("global_attn_every_n_layers", 3, 1, 1024);
  const std::vector<bool> sliding = ReadSlidingLayers(config, layers, [&](int64_t i) { return i % every != 0; });
  spec.positions.table_rows = config.Integer("max_position_embeddings", 8192, 1, 1 << 24);
  CheckNotQuantized(config);
  if (!config.status().ok()) return config.status();

  Names names(tensors, PrefixOf(tensors, {"model."}, "embeddings.tok_embeddings.weight"));
  stack->hidden = shape.hidden;
  stack->max_positions = spec.positions.table_rows;
  stack->embedding.words = names.Take("embeddings.tok_embeddings.weight");
  stack->embedding.norm = LayerNorm(names, "embeddings.norm", shape.norm_bias);
  for (int64_t i = 0; i < layers; ++i) {
    stack->blocks.push_back(NameBlock(names, i, shape, sliding[static_cast<size_t>(i)]));
  }
  stack->final_norm = LayerNorm(names, "final_norm", shape.norm_bias);
  if (absl::Status status = names.Finish({"embeddings.", "layers.", "final_norm."}, {}); !status.ok()) return status;

  CopySizes(*stack, shape.heads, shape.head_dim, shape.inner, shape.activation, &spec);
  absl::StatusOr<std::shared_ptr<const HeadSpec>> head =
      NameHead(config, tensors, spec, stack->embedding.words.name, shape.norm_bias);
  if (!head.ok()) return head.status();
  spec.head = *std::move(head);
  spec.stack = std::move(stack);
  return spec;
}

}  // namespace lwave::model
