// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Nystroemformer (Xiong et al. 2021): BERT's encoder with approximate attention through landmarks, means of runs of
// queries and keys, and a convolution along the values. Position rows begin at 2. The landmark form takes texts of
// exactly segment_means_seq_len tokens; with as many landmarks it is ordinary attention over any number.

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "model/families/bert_heads.h"
#include "model/families/names.h"

namespace lwave::model {
namespace {

struct Shape {
  int64_t hidden = 0, heads = 0, head_dim = 0, inner = 0;
  int64_t landmarks = 0, tokens = 0, convolution = 0;  // convolution 0: none
  kernels::Activation activation = kernels::Activation::kGeluTanh;
};

BlockSpec NameBlock(Names& names, int64_t index, const Shape& shape) {
  const std::string layer = absl::StrCat("encoder.layer.", index, ".");
  const std::string self = layer + "attention.self.";
  const int64_t hidden = shape.hidden;
  BlockSpec block;
  AttentionSpec& attention = block.attention;
  attention.mechanism = "nystrom";
  attention.heads = shape.heads;
  attention.head_dim = shape.head_dim;
  attention.options = {AttentionOption::Ints("landmarks", {shape.landmarks}),
                       AttentionOption::Ints("tokens", {shape.tokens})};
  if (shape.convolution > 0) {
    attention.tensors.push_back(
        {"conv_weight", {names.Take(self + "conv.weight")}, {shape.heads, 1, shape.convolution, 1}, false});
  }
  attention.query = names.Linear(self + "query", hidden, hidden);
  attention.key = names.Linear(self + "key", hidden, hidden);
  attention.value = names.Linear(self + "value", hidden, hidden);
  attention.output = names.Linear(layer + "attention.output.dense", hidden, hidden);
  block.attention_residual.after = names.Norm(layer + "attention.output.LayerNorm");
  block.mlp.up = names.Linear(layer + "intermediate.dense", shape.inner, hidden);
  block.mlp.down = names.Linear(layer + "output.dense", hidden, shape.inner);
  block.mlp.activation = shape.activation;
  block.mlp_residual.after = names.Norm(layer + "output.LayerNorm");
  return block;
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateNystromformer(ConfigReader& config, const TensorNames& tensors) {
  ModelSpec spec;
  auto stack = std::make_shared<StackSpec>();
  spec.architecture = ReadArchitecture(config, "NystromformerModel");
  Shape shape;
  shape.hidden = config.Integer("hidden_size", 768, 1, 65536);
  shape.heads = config.Integer("num_attention_heads", 12, 1, 65536);
  shape.inner = config.Integer("intermediate_size", 3072, 1, kernels::kMostDepth);
  shape.landmarks = config.Integer("num_landmarks", 64, 1, 4096);
  shape.tokens = config.Integer("segment_means_seq_len", 64, 1, 1 << 24);
  shape.activation = ReadActivation(config, "hidden_act", "gelu_new");
  const int64_t layers = config.Integer("num_hidden_layers", 12, 1, 1024);
  stack->vocabulary = config.Integer("vocab_size", 30000, 1, (int64_t{1} << 31) - 1);
  stack->norm_epsilon = static_cast<float>(config.Number("layer_norm_eps", 1e-5, 0.0, 1.0));
  stack->embedding.token_types = config.Integer("type_vocab_size", 2, 1, 65536);
  PositionSpec& positions = stack->embedding.position_spec;
  positions.offset = 2;
  positions.table_rows = config.Integer("max_position_embeddings", 510, 1, 1 << 24) + positions.offset;
  if (shape.hidden % shape.heads != 0) {
    config.Wrong("num_attention_heads", absl::StrCat("a divisor of hidden_size ", shape.hidden));
    shape.heads = 1;
  }
  if (shape.tokens % shape.landmarks != 0) {
    config.Wrong("num_landmarks", absl::StrCat("a divisor of segment_means_seq_len ", shape.tokens));
  }
  shape.head_dim = shape.hidden / shape.heads;
  CheckHeadDim(config, shape.head_dim);
  if (config.Boolean("inv_coeff_init_option", false)) config.Unsupported("inv_coeff_init_option true is not supported");
  if (config.Boolean("add_cross_attention", false)) config.Unsupported("add_cross_attention true is not supported");
  CheckNotQuantized(config);
  const std::string prefix = PrefixOf(tensors, {"nystromformer."}, "embeddings.word_embeddings.weight");
  // The key is null where there is no convolution, and 65 where it is absent: the tensors say which.
  if (tensors.Has(prefix + "encoder.layer.0.attention.self.conv.weight")) {
    shape.convolution = config.Integer("conv_kernel_size", 65, 1, 4095);
    if (shape.convolution % 2 == 0) config.Unsupported("an even conv_kernel_size is not supported");
  } else if (config.Has("conv_kernel_size")) {
    config.Wrong("conv_kernel_size", "null where the file has no attention.self.conv.weight");
  }
  if (!config.status().ok()) return config.status();

  Names names(tensors, prefix);
  stack->hidden = shape.hidden;
  stack->max_positions = positions.usable();
  stack->embedding.words = names.Take("embeddings.word_embeddings.weight");
  stack->embedding.positions = names.Take("embeddings.position_embeddings.weight");
  stack->embedding.types = names.Take("embeddings.token_type_embeddings.weight");
  stack->embedding.norm = names.Norm("embeddings.LayerNorm");
  for (int64_t i = 0; i < layers; ++i) stack->blocks.push_back(NameBlock(names, i, shape));
  if (absl::Status status = names.Finish({"embeddings.", "encoder."}, {"embeddings.position_ids", "embeddings.token_type_ids"});
      !status.ok()) {
    return status;
  }

  CopySizes(*stack, shape.heads, shape.head_dim, shape.inner, shape.activation, &spec);
  spec.token_types = stack->embedding.token_types;
  spec.positions = positions;
  BertHeads heads = BertHeadNames(shape.activation);
  heads.hidden = "classifier.dense";
  heads.output = "classifier.out_proj";
  heads.hidden_activation = shape.activation;
  absl::StatusOr<std::shared_ptr<const HeadSpec>> head =
      NameBertHead(config, tensors, spec, stack->embedding.words.name, heads);
  if (!head.ok()) return head.status();
  spec.head = *std::move(head);
  spec.stack = std::move(stack);
  return spec;
}

}  // namespace lwave::model
