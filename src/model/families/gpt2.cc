// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// GPT-2 (Radford et al. 2019): causal, norms before each part, learned positions, output embedding tied to the input's.
// Its linear maps are stored [in, out], q, k and v in one tensor. The first published files have no prefix, and buffers
// of masks beside the weights.

#include <cmath>

#include "absl/strings/str_cat.h"
#include "model/families/causal_heads.h"
#include "model/families/names.h"

namespace lwave::model {
namespace {

struct Shape {
  int64_t hidden = 0, heads = 0, inner = 0;
};

LinearSpec Transposed(LinearSpec linear) {
  linear.transposed = true;
  return linear;
}

BlockSpec NameBlock(Names& names, int64_t index, const Shape& shape, double scale, kernels::Activation activation) {
  const std::string layer = absl::StrCat("h.", index, ".");
  const int64_t hidden = shape.hidden;
  BlockSpec block;
  AttentionSpec& attention = block.attention;
  attention.mechanism = "full";
  attention.options = {AttentionOption::Ints("causal", {1})};
  attention.heads = shape.heads;
  attention.head_dim = hidden / shape.heads;
  attention.scale = scale;
  const auto part = [&](int64_t number) {
    return Transposed(names.Part(layer + "attn.c_attn", hidden, hidden, number * hidden, 3 * hidden));
  };
  attention.query = part(0);
  attention.key = part(1);
  attention.value = part(2);
  attention.output = Transposed(names.Linear(layer + "attn.c_proj", hidden, hidden));
  block.attention_residual.before = names.Norm(layer + "ln_1");
  block.mlp.up = Transposed(names.Linear(layer + "mlp.c_fc", shape.inner, hidden));
  block.mlp.down = Transposed(names.Linear(layer + "mlp.c_proj", hidden, shape.inner));
  block.mlp.activation = activation;
  block.mlp_residual.before = names.Norm(layer + "ln_2");
  return block;
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateGpt2(ConfigReader& config, const TensorNames& tensors) {
  ModelSpec spec;
  auto stack = std::make_shared<StackSpec>();
  spec.architecture = ReadArchitecture(config, "GPT2Model");
  Shape shape;
  shape.hidden = config.Integer("n_embd", 768, 1, 65536);
  shape.heads = config.Integer("n_head", 12, 1, 65536);
  shape.inner = config.Integer("n_inner", 4 * shape.hidden, 1, kernels::kMostDepth);
  const int64_t layers = config.Integer("n_layer", 12, 1, 1024);
  stack->vocabulary = config.Integer("vocab_size", 50257, 1, (int64_t{1} << 31) - 1);
  stack->norm_epsilon = static_cast<float>(config.Number("layer_norm_epsilon", 1e-5, 0.0, 1.0));
  const kernels::Activation activation = ReadActivation(config, "activation_function", "gelu_new");
  if (shape.hidden % shape.heads != 0) {
    config.Wrong("n_head", absl::StrCat("a divisor of n_embd ", shape.hidden));
    shape.heads = 1;
  }
  const int64_t head_dim = shape.hidden / shape.heads;
  CheckHeadDim(config, head_dim);
  const bool scaled = config.Boolean("scale_attn_weights", true);
  const bool by_layer = config.Boolean("scale_attn_by_inverse_layer_idx", false);
  if (config.Boolean("add_cross_attention", false)) config.Unsupported("add_cross_attention true is not supported");
  PositionSpec& positions = stack->embedding.position_spec;
  positions.table_rows = config.Integer("n_positions", 1024, 1, 1 << 24);
  const bool tied = config.Boolean("tie_word_embeddings", true);
  if (!config.status().ok()) return config.status();

  Names names(tensors, PrefixOf(tensors, {"transformer."}, "wte.weight"));
  stack->hidden = shape.hidden;
  stack->max_positions = positions.table_rows;
  stack->causal = true;
  stack->embedding.words = names.Take("wte.weight");
  stack->embedding.positions = names.Take("wpe.weight");
  for (int64_t i = 0; i < layers; ++i) {
    double scale = scaled ? 1 / std::sqrt(static_cast<double>(head_dim)) : 1;
    if (by_layer) scale /= static_cast<double>(i + 1);
    stack->blocks.push_back(NameBlock(names, i, shape, scale, activation));
  }
  stack->final_norm = names.Norm("ln_f");
  if (absl::Status status = names.Finish({"wte.", "wpe.", "h.", "ln_f."}, {".attn.bias", ".attn.masked_bias"});
      !status.ok()) {
    return status;
  }

  CopySizes(*stack, shape.heads, head_dim, shape.inner, activation, &spec);
  spec.positions = positions;
  absl::StatusOr<std::shared_ptr<HeadSpec>> head =
      NameCausalHead(config, tensors, spec, "", stack->embedding.words.name, tied);
  if (!head.ok()) return head.status();
  spec.head = *std::move(head);
  spec.stack = std::move(stack);
  return spec;
}

}  // namespace lwave::model
