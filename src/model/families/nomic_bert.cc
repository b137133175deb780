// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// nomic-bert (Nussbaum et al. 2024, nomic-embed-text): BERT with rotary positions and gated MLPs,
//   y = W_2 (fc11 x * act(fc12 x)).
// config.json has GPT-2's names (n_embd, n_head, n_inner, n_layer, n_positions) or BERT's, as newer transformers write
// it. Beyond max_trained_positions published code turns by other frequencies for each length of text, where
// rotary_scaling_factor is set: such texts are refused.

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "model/families/bert_heads.h"
#include "model/families/gated_bert.h"
#include "model/families/rotary_settings.h"

namespace lwave::model {
namespace {

struct Shape : GatedBertShape {
  bool attention_bias = false, up_bias = false, down_bias = false, gated = true;
  attention::Rotary rotary;
};

BlockSpec NameBlock(Names& names, int64_t index, const Shape& shape) {
  const std::string layer = absl::StrCat("encoder.layers.", index, ".");
  const int64_t hidden = shape.hidden, inner = shape.inner;
  BlockSpec block;
  AttentionSpec& attention = block.attention;
  attention.heads = shape.heads;
  attention.head_dim = shape.head_dim;
  attention.rotary = shape.rotary;
  const auto part = [&](int64_t number) {
    return names.Part(layer + "attn.Wqkv", hidden, hidden, number * hidden, 3 * hidden, shape.attention_bias);
  };
  attention.query = part(0);
  attention.key = part(1);
  attention.value = part(2);
  attention.output = names.Linear(layer + "attn.out_proj", hidden, hidden, shape.attention_bias);
  block.attention_residual.after = names.Norm(layer + "norm1");
  if (shape.gated) block.mlp.gate = names.Linear(layer + "mlp.fc12", inner, hidden, shape.up_bias);
  block.mlp.up = names.Linear(layer + (shape.gated ? "mlp.fc11" : "mlp.fc1"), inner, hidden, shape.up_bias);
  block.mlp.down = names.Linear(layer + "mlp.fc2", hidden, inner, shape.down_bias);
  block.mlp.activation = shape.activation;
  block.mlp_residual.after = names.Norm(layer + "norm2");
  return block;
}

// Settings of published configurations that change the maths and are not done here.
void RefuseOtherMaths(ConfigReader& config) {
  for (const absl::string_view key : {"prenorm", "causal", "parallel_block", "parallel_block_tied_norm", "use_rms_norm",
                                      "rotary_emb_interleaved", "scale_attn_by_inverse_layer_idx"}) {
    if (config.Boolean(key, false)) config.Unsupported(absl::StrCat(key, " true is not supported"));
  }
  if (!config.Boolean("scale_attn_weights", true)) config.Unsupported("scale_attn_weights false is not supported");
  if (config.Number("rotary_emb_fraction", 1, 0, 1) != 1) {
    config.Unsupported("rotary_emb_fraction other than 1 is not supported");
  }
  for (const absl::string_view key : {"rotary_emb_scale_base", "alibi"}) {
    if (config.Has(key)) config.Unsupported(absl::StrCat(key, " is not supported"));
  }
  if (config.Integer("moe_every_n_layers", 0, 0, 1024) > 0) {
    config.Unsupported("moe_every_n_layers (experts) is not supported");
  }
}

// "swiglu", "geglu": the MLP is gated; "gelu" and others by transformers' names: it is not. BERT's key hidden_act is
// of gated MLPs alone.
void ReadMlp(ConfigReader& config, Shape* shape) {
  if (!config.Has("activation_function")) {
    shape->activation = ReadActivation(config, "hidden_act", "silu");
    return;
  }
  const std::string name = config.String("activation_function", "");
  shape->gated = name == "swiglu" || name == "geglu";
  shape->activation = name == "swiglu"  ? kernels::Activation::kSilu
                      : name == "geglu" ? kernels::Activation::kGelu
                                        : ActivationNamed(config, "activation_function", name);
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateNomicBert(ConfigReader& config, const TensorNames& tensors) {
  ModelSpec spec;
  auto stack = std::make_shared<StackSpec>();
  spec.architecture = ReadArchitecture(config, "NomicBertModel");
  const bool old = config.Has("n_embd");
  const auto key = [&](absl::string_view older, absl::string_view newer) { return old ? older : newer; };
  Shape shape;
  shape.hidden = config.Integer(key("n_embd", "hidden_size"), 768, 1, 65536);
  const absl::string_view heads = key("n_head", "num_attention_heads");
  shape.heads = config.Integer(heads, 12, 1, 65536);
  shape.inner = config.Integer(key("n_inner", "intermediate_size"), 4 * shape.hidden, 1, kernels::kMostDepth);
  shape.layers = config.Integer(key("n_layer", "num_hidden_layers"), 12, 1, 1024);
  shape.vocabulary = config.Integer("vocab_size", 30528, 1, (int64_t{1} << 31) - 65536);
  const int64_t multiple = config.Integer("pad_vocab_size_multiple", 1, 1, 65536);
  shape.vocabulary = (shape.vocabulary + multiple - 1) / multiple * multiple;
  shape.token_types = config.Integer("type_vocab_size", 2, 0, 65536);
  shape.positions = config.Integer(key("n_positions", "max_position_embeddings"), 2048, 1, 1 << 24);
  shape.norm_epsilon = static_cast<float>(config.Number(key("layer_norm_epsilon", "layer_norm_eps"), 1e-12, 0.0, 1.0));
  shape.attention_bias = config.Boolean("qkv_proj_bias", false);
  shape.up_bias = config.Boolean("mlp_fc1_bias", false);
  shape.down_bias = config.Boolean("mlp_fc2_bias", false);
  ReadMlp(config, &shape);
  CheckHeads(config, heads, key("n_embd", "hidden_size"), &shape);
  shape.rotary = ReadRotary(config, shape.head_dim, {"", "rotary_emb_base", 1000});
  if (config.Has("rotary_scaling_factor")) {
    shape.positions = std::min(shape.positions, config.Integer("max_trained_positions", 2048, 1, 1 << 24));
  }
  RefuseOtherMaths(config);
  if (!config.status().ok()) return config.status();

  // As newer transformers write it, and as published.
  Names names(tensors, PrefixOf(tensors, {"nomic_bert.", "bert."}, "embeddings.word_embeddings.weight"));
  stack->embedding.words = names.Take("embeddings.word_embeddings.weight");
  if (shape.token_types > 0) stack->embedding.types = names.Take("embeddings.token_type_embeddings.weight");
  stack->embedding.norm = names.Norm("emb_ln");
  for (int64_t i = 0; i < shape.layers; ++i) stack->blocks.push_back(NameBlock(names, i, shape));
  spec.pooler = TakePooler(names, shape.hidden);
  if (absl::Status status = names.Finish({"embeddings.", "emb_ln.", "encoder.", "pooler."}, {"rotary_emb.inv_freq"});
      !status.ok()) {
    return status;
  }
  FillSpecs(shape, &spec, stack.get());
  BertHeads names_of_head = BertHeadNames(shape.activation);
  names_of_head.lm_norm = "cls.predictions.transform.layer_norm";
  names_of_head.lm_without_biases = true;  // as published; transformers' own class has them
  absl::StatusOr<std::shared_ptr<const HeadSpec>> head =
      NameBertHead(config, tensors, spec, stack->embedding.words.name, names_of_head);
  if (!head.ok()) return head.status();
  spec.head = *std::move(head);
  spec.stack = std::move(stack);
  return spec;
}

}  // namespace lwave::model
