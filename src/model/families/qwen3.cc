// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Qwen3 (Yang et al. 2025), language models and embedders: causal, grouped heads with a norm on each query and key,
// rotary positions, RMS norms in front, gated MLPs. With use_sliding_window the layers from max_window_layers on see
// the last `sliding_window` rows, their own included.

#include <utility>

#include "absl/strings/str_cat.h"
#include "model/families/causal_heads.h"
#include "model/families/grouped_blocks.h"
#include "model/families/names.h"
#include "model/families/rotary_settings.h"

namespace lwave::model {
namespace {

struct Shape : GroupedShape {
  attention::Rotary rotary;
};

BlockSpec NameBlock(Names& names, int64_t index, const Shape& shape, bool sliding) {
  const std::string layer = absl::StrCat("layers.", index, ".");
  const std::string self = layer + "self_attn.";
  BlockSpec block;
  AttentionSpec& attention = block.attention;
  attention.mechanism = sliding ? "window" : "full";
  attention.options = {AttentionOption::Ints("causal", {1})};
  if (sliding) {
    attention.options.push_back(AttentionOption::Ints("left", {shape.window - 1}));
    attention.options.push_back(AttentionOption::Ints("right", {0}));
  }
  NameGroupedAttention(names, layer, shape, &attention);
  attention.rotary = shape.rotary;
  attention.query_norm = names.RmsNorm(self + "q_norm");
  attention.key_norm = names.RmsNorm(self + "k_norm");
  block.attention_residual.before = names.RmsNorm(layer + "input_layernorm");
  block.mlp = NameGatedMlp(names, layer, shape);
  block.mlp_residual.before = names.RmsNorm(layer + "post_attention_layernorm");
  return block;
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateQwen3(ConfigReader& config, const TensorNames& tensors) {
  ModelSpec spec;
  auto stack = std::make_shared<StackSpec>();
  spec.architecture = ReadArchitecture(config, "Qwen3Model");
  Shape shape;
  shape.hidden = config.Integer("hidden_size", 4096, 1, 65536);
  shape.heads = config.Integer("num_attention_heads", 32, 1, 65536);
  shape.kv_heads = config.Integer("num_key_value_heads", config.Has("num_key_value_heads") ? 32 : shape.heads, 1, 65536);
  shape.head_dim = config.Integer("head_dim", 128, 1, 65536);
  shape.inner = config.Integer("intermediate_size", 22016, 1, kernels::kMostDepth);
  shape.bias = config.Boolean("attention_bias", false);
  shape.activation = ReadActivation(config, "hidden_act", "silu");
  const int64_t layers = config.Integer("num_hidden_layers", 32, 1, 1024);
  stack->vocabulary = config.Integer("vocab_size", 151936, 1, (int64_t{1} << 31) - 1);
  stack->norm_epsilon = static_cast<float>(config.Number("rms_norm_eps", 1e-6, 0.0, 1.0));
  CheckGroupedHeads(config, shape);
  shape.rotary = ReadRotary(config, shape.head_dim, {"", "rope_theta", 10000});
  const bool windows = config.Boolean("use_sliding_window", false);
  if (windows) shape.window = config.Integer("sliding_window", 4096, 1, 1 << 24);
  const int64_t first_window = config.Integer("max_window_layers", 28, 0, 1 << 20);
  const std::vector<bool> sliding =
      ReadSlidingLayers(config, layers, [&](int64_t i) { return windows && i >= first_window; });
  for (const bool here : sliding) {
    if (here && !windows) config.Wrong("layer_types", "full_attention everywhere where use_sliding_window is not true");
  }
  spec.positions.table_rows = config.Integer("max_position_embeddings", 32768, 1, 1 << 24);
  const bool tied = config.Boolean("tie_word_embeddings", false);
  CheckNotQuantized(config);
  if (!config.status().ok()) return config.status();

  // The first of those that answer questions.
  Names names(tensors, PrefixOf(tensors, {"transformer.", "model."}, "embed_tokens.weight"));
  stack->hidden = shape.hidden;
  stack->max_positions = spec.positions.table_rows;
  stack->causal = true;
  stack->embedding.words = names.Take("embed_tokens.weight");
  for (int64_t i = 0; i < layers; ++i) {
    stack->blocks.push_back(NameBlock(names, i, shape, sliding[static_cast<size_t>(i)]));
  }
  stack->final_norm = names.RmsNorm("norm");
  if (absl::Status status = names.Finish({"embed_tokens.", "layers.", "norm."}, {"rotary_emb.inv_freq"}); !status.ok()) {
    return status;
  }

  CopySizes(*stack, shape.heads, shape.head_dim, shape.inner, shape.activation, &spec);
  absl::StatusOr<std::shared_ptr<HeadSpec>> head =
      NameCausalHead(config, tensors, spec, "", stack->embedding.words.name, tied);
  if (!head.ok()) return head.status();
  spec.head = *std::move(head);
  spec.stack = std::move(stack);
  return spec;
}

}  // namespace lwave::model
