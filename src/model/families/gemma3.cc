// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Gemma 3's text model (Gemma Team 2025) and EmbeddingGemma: words times the root of the width, RMS norms around
// attention and MLP whose stored gains are added to 1, a norm on each query and key, gated MLPs. Most layers see the
// last `sliding_window` rows, their own included, and turn by a base of their own. With use_bidirectional_attention
// full layers see everything and the others half of sliding_window on each side.

#include <cmath>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "model/families/causal_heads.h"
#include "model/families/grouped_blocks.h"
#include "model/families/names.h"
#include "model/families/rotary_settings.h"

namespace lwave::model {
namespace {

struct Shape : GroupedShape {
  double scale = 0;
  bool causal = true;
  attention::Rotary full_rotary, sliding_rotary;
};

NormSpec GemmaNorm(Names& names, const std::string& name) {
  NormSpec norm = names.RmsNorm(name);
  norm.gain_plus_one = true;
  return norm;
}

BlockSpec NameBlock(Names& names, int64_t index, const Shape& shape, bool sliding) {
  const std::string layer = absl::StrCat("layers.", index, ".");
  const std::string self = layer + "self_attn.";
  BlockSpec block;
  AttentionSpec& attention = block.attention;
  attention.mechanism = sliding ? "window" : "full";
  if (shape.causal) attention.options.push_back(AttentionOption::Ints("causal", {1}));
  if (sliding) {
    attention.options.push_back(AttentionOption::Ints("left", {shape.causal ? shape.window - 1 : shape.window / 2}));
    attention.options.push_back(AttentionOption::Ints("right", {shape.causal ? 0 : shape.window / 2}));
  }
  NameGroupedAttention(names, layer, shape, &attention);
  attention.scale = shape.scale;
  attention.rotary = sliding ? shape.sliding_rotary : shape.full_rotary;
  attention.query_norm = GemmaNorm(names, self + "q_norm");
  attention.key_norm = GemmaNorm(names, self + "k_norm");
  block.attention_residual.before = GemmaNorm(names, layer + "input_layernorm");
  block.attention_residual.branch = GemmaNorm(names, layer + "post_attention_layernorm");
  block.mlp = NameGatedMlp(names, layer, shape);
  block.mlp_residual.before = GemmaNorm(names, layer + "pre_feedforward_layernorm");
  block.mlp_residual.branch = GemmaNorm(names, layer + "post_feedforward_layernorm");
  return block;
}

// Where the text model's tensors stand: alone, below a head, or in a model that also sees pictures, whose other parts
// are left alone.
struct Places {
  absl::string_view inner, head;
};
Places FindPlaces(const TensorNames& tensors) {
  constexpr Places kKnown[] = {
      {"model.language_model.", ""}, {"language_model.model.", "language_model."}, {"model.", ""}, {"", ""}};
  for (const Places& places : kKnown) {
    if (tensors.Has(absl::StrCat(places.inner, "embed_tokens.weight"))) return places;
  }
  return {"", ""};
}

// outer: what holds `config` and the labels, or null.
absl::StatusOr<ModelSpec> TranslateText(ConfigReader& config, const TensorNames& tensors, std::string architecture,
                                        ConfigReader* outer) {
  ModelSpec spec;
  auto stack = std::make_shared<StackSpec>();
  spec.architecture = std::move(architecture);
  Shape shape;
  shape.hidden = config.Integer("hidden_size", 2304, 1, 65536);
  shape.heads = config.Integer("num_attention_heads", 8, 1, 65536);
  shape.kv_heads = config.Integer("num_key_value_heads", 4, 1, 65536);
  shape.head_dim = config.Integer("head_dim", 256, 1, 65536);
  shape.inner = config.Integer("intermediate_size", 9216, 1, kernels::kMostDepth);
  shape.window = config.Integer("sliding_window", 4096, 1, 1 << 24);
  shape.scale = 1 / std::sqrt(config.Number("query_pre_attn_scalar", 256, 1e-6, 1e9));
  shape.bias = config.Boolean("attention_bias", false);
  shape.causal = !config.Boolean("use_bidirectional_attention", false);
  shape.activation = ReadActivation(config, "hidden_activation", "gelu_pytorch_tanh");
  const int64_t layers = config.Integer("num_hidden_layers", 26, 1, 1024);
  stack->vocabulary = config.Integer("vocab_size", 262208, 1, (int64_t{1} << 31) - 1);
  stack->norm_epsilon = static_cast<float>(config.Number("rms_norm_eps", 1e-6, 0.0, 1.0));
  CheckGroupedHeads(config, shape);
  shape.full_rotary = ReadRotary(config, shape.head_dim, {kFullLayer, "rope_theta", 1e6});
  shape.sliding_rotary = ReadRotary(config, shape.head_dim, {kSlidingLayer, "rope_local_base_freq", 10000, false});
  const int64_t pattern = config.Integer("sliding_window_pattern", 6, 1, 1024);
  const std::vector<bool> sliding =
      ReadSlidingLayers(config, layers, [&](int64_t i) { return (i + 1) % pattern != 0; });
  spec.positions.table_rows = config.Integer("max_position_embeddings", 131072, 1, 1 << 24);
  if (config.Has("attn_logit_softcapping")) config.Unsupported("attn_logit_softcapping is not supported");
  const double soft_cap = config.Number("final_logit_softcapping", 0, 0, 1e9);
  const bool tied = config.Boolean("tie_word_embeddings", true);
  CheckNotQuantized(config);
  if (!config.status().ok()) return config.status();

  const Places places = FindPlaces(tensors);
  Names names(tensors, places.inner);
  stack->hidden = shape.hidden;
  stack->max_positions = spec.positions.table_rows;
  stack->causal = shape.causal;
  stack->embedding.words = names.Take("embed_tokens.weight");
  stack->embedding.scale = std::sqrt(static_cast<double>(shape.hidden));
  for (int64_t i = 0; i < layers; ++i) {
    stack->blocks.push_back(NameBlock(names, i, shape, sliding[static_cast<size_t>(i)]));
  }
  stack->final_norm = GemmaNorm(names, "norm");
  if (absl::Status status = names.Finish({"embed_tokens.", "layers.", "norm."}, {}); !status.ok()) return status;

  CopySizes(*stack, shape.heads, shape.head_dim, shape.inner, shape.activation, &spec);
  absl::StatusOr<std::shared_ptr<HeadSpec>> head =
      NameCausalHead(config, tensors, spec, places.head, stack->embedding.words.name, tied, outer);
  if (!head.ok()) return head.status();
  // Not in Gemma3ForConditionalGeneration, as the reference has it.
  if (*head != nullptr && absl::EndsWith(spec.architecture, "ForCausalLM")) (*head)->soft_cap = soft_cap;
  spec.head = *std::move(head);
  spec.stack = std::move(stack);
  return spec;
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateGemma3Text(ConfigReader& config, const TensorNames& tensors) {
  return TranslateText(config, tensors, ReadArchitecture(config, "Gemma3TextModel"), nullptr);
}

absl::StatusOr<ModelSpec> TranslateGemma3(ConfigReader& config, const TensorNames& tensors) {
  const std::string architecture = ReadArchitecture(config, "Gemma3Model");
  const JsonValue* text = config.Object("text_config");
  if (text == nullptr) config.Wrong("text_config", "an object");
  if (!config.status().ok()) return config.status();
  ConfigReader inner(*text, absl::StrCat(config.file(), ": text_config"));
  return TranslateText(inner, tensors, architecture, &config);
}

}  // namespace lwave::model
