// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// gte (Zhang et al. 2024; model_type "new"): BERT with rotary positions and gated MLPs. Tensors:
//   encoder.layer.N.attention.qkv_proj [3 hidden, hidden], attention.o_proj, attn_ln, mlp.up_gate_proj.weight
//   [2 inner, hidden] (the gate below), mlp.down_proj, mlp_ln.
// rope_scaling of the type "ntk" (a larger base, and frequencies divided by factor^(2 / head_dim)) is done.

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "model/families/bert_heads.h"
#include "model/families/gated_bert.h"

namespace lwave::model {
namespace {

attention::Rotary ReadNtkRotary(ConfigReader& config, int64_t dim) {
  double theta = config.Number("rope_theta", 10000, 1e-3, 1e15), divisor = 1;
  if (const JsonValue* scaling = config.Object("rope_scaling"); scaling != nullptr) {
    ConfigReader reader(*scaling, absl::StrCat(config.file(), ": rope_scaling"));
    const std::string type = reader.String("type", std::nullopt);
    if (reader.status().ok() && type != "ntk") {
      reader.Unsupported(absl::StrCat("the type ", ShownName(type), " is not supported"));
    }
    const double factor = reader.Number("factor", std::nullopt, 1, 1e9);
    if (reader.Has("mixed_b")) reader.Unsupported("mixed_b is not supported");
    reader.AllowOnly({"type", "factor", "mixed_b"});
    config.Adopt(reader.status());
    theta *= factor;
    divisor = std::pow(factor, 2.0 / static_cast<double>(dim));
  }
  attention::Rotary rotary;
  rotary.dim = dim / 2 * 2;
  for (int64_t t = 0; t < rotary.dim / 2; ++t) {
    rotary.frequencies.push_back(std::pow(theta, -2.0 * static_cast<double>(t) / static_cast<double>(dim)) / divisor);
  }
  return rotary;
}

BlockSpec NameBlock(Names& names, int64_t index, const GatedBertShape& shape, const attention::Rotary& rotary) {
  const std::string layer = absl::StrCat("encoder.layer.", index, ".");
  const int64_t hidden = shape.hidden, inner = shape.inner;
  BlockSpec block;
  AttentionSpec& attention = block.attention;
  attention.heads = shape.heads;
  attention.head_dim = shape.head_dim;
  attention.rotary = rotary;
  // pack_qkv says how published code stores them, and so do the names.
  if (names.Has(layer + "attention.q_proj.weight")) {
    attention.query = names.Linear(layer + "attention.q_proj", hidden, hidden);
    attention.key = names.Linear(layer + "attention.k_proj", hidden, hidden);
    attention.value = names.Linear(layer + "attention.v_proj", hidden, hidden);
  } else {
    const auto part = [&](int64_t number) {
      return names.Part(layer + "attention.qkv_proj", hidden, hidden, number * hidden, 3 * hidden);
    };
    attention.query = part(0);
    attention.key = part(1);
    attention.value = part(2);
  }
  attention.output = names.Linear(layer + "attention.o_proj", hidden, hidden);
  block.attention_residual.after = names.Norm(layer + "attn_ln");
  block.mlp.up = names.Part(layer + "mlp.up_gate_proj", inner, hidden, 0, 2 * inner, false);
  block.mlp.gate = names.Part(layer + "mlp.up_gate_proj", inner, hidden, inner, 2 * inner, false);
  block.mlp.down = names.Linear(layer + "mlp.down_proj", hidden, inner);
  block.mlp.activation = shape.activation;
  block.mlp_residual.after = names.Norm(layer + "mlp_ln");
  return block;
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateGte(ConfigReader& config, const TensorNames& tensors) {
  ModelSpec spec;
  auto stack = std::make_shared<StackSpec>();
  spec.architecture = ReadArchitecture(config, "NewModel");
  GatedBertShape shape;
  shape.hidden = config.Integer("hidden_size", 768, 1, 65536);
  shape.heads = config.Integer("num_attention_heads", 12, 1, 65536);
  shape.inner = config.Integer("intermediate_size", 3072, 1, kernels::kMostDepth / 2);
  shape.layers = config.Integer("num_hidden_layers", 12, 1, 1024);
  shape.vocabulary = config.Integer("vocab_size", 30528, 1, (int64_t{1} << 31) - 1);
  shape.token_types = config.Integer("type_vocab_size", 1, 0, 65536);
  shape.positions = config.Integer("max_position_embeddings", 2048, 1, 1 << 24);
  shape.norm_epsilon = static_cast<float>(config.Number("layer_norm_eps", 1e-12, 0.0, 1.0));
  shape.activation = ReadActivation(config, "hidden_act", "gelu");
  CheckHeads(config, "num_attention_heads", "hidden_size", &shape);
  const attention::Rotary rotary = ReadNtkRotary(config, shape.head_dim);
  if (config.String("position_embedding_type", "rope") != "rope") {
    config.Unsupported("position_embedding_type other than \"rope\" is not supported");
  }
  if (config.String("layer_norm_type", "layer_norm") != "layer_norm") {
    config.Unsupported("layer_norm_type other than \"layer_norm\" is not supported");
  }
  for (const absl::string_view key : {"logn_attention_scale", "logn_attention_clip1"}) {
    if (config.Boolean(key, false)) config.Unsupported(absl::StrCat(key, " true is not supported"));
  }
  if (!config.status().ok()) return config.status();

  Names names(tensors, PrefixOf(tensors, {"new."}, "embeddings.word_embeddings.weight"));
  stack->embedding.words = names.Take("embeddings.word_embeddings.weight");
  if (shape.token_types > 0) stack->embedding.types = names.Take("embeddings.token_type_embeddings.weight");
  stack->embedding.norm = names.Norm("embeddings.LayerNorm");
  for (int64_t i = 0; i < shape.layers; ++i) stack->blocks.push_back(NameBlock(names, i, shape, rotary));
  spec.pooler = TakePooler(names, shape.hidden);
  if (absl::Status status = names.Finish({"embeddings.", "encoder.", "pooler."}, {"embeddings.position_ids"});
      !status.ok()) {
    return status;
  }
  FillSpecs(shape, &spec, stack.get());
  BertHeads heads = RobertaHeadNames();
  heads.lm_norm = "lm_head.norm";
  heads.lm_activation = shape.activation;
  heads.hidden = {};
  heads.output = "classifier";
  absl::StatusOr<std::shared_ptr<const HeadSpec>> head =
      NameBertHead(config, tensors, spec, stack->embedding.words.name, heads);
  if (!head.ok()) return head.status();
  spec.head = *std::move(head);
  spec.stack = std::move(stack);
  return spec;
}

}  // namespace lwave::model
