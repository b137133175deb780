// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// LongT5's encoder (Guo et al. 2022): T5's blocks (RMS norms in front, no biases but T5's relative positions, scores
// that are not scaled) with attention to the rows within local_radius, and for "transient-global" to a summary of each
// block of the sequence as well. Only the first block stores the tables of relative positions; all use them.

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/files.h"
#include "model/families/names.h"

namespace lwave::model {
namespace {

struct Shape {
  int64_t hidden = 0, heads = 0, head_dim = 0, inner = 0;
  int64_t radius = 0, block = 0;  // block 0: local attention alone
  int64_t buckets = 0, max_distance = 0;
  bool gated = false;
  kernels::Activation activation = kernels::Activation::kRelu;
};

// A table of [buckets, heads] in the file.
AttentionTensor BucketTable(Names& names, const std::string& name, const char* option, const Shape& shape) {
  return {option, {names.Take(name + ".weight")}, {shape.buckets, shape.heads}, true};
}

BlockSpec NameBlock(Names& names, int64_t index, const Shape& shape) {
  const std::string block_name = absl::StrCat("encoder.block.", index, ".layer.");
  const char* const kind = shape.block > 0 ? "0.TransientGlobalSelfAttention." : "0.LocalSelfAttention.";
  const std::string self = block_name + kind, tables = absl::StrCat("encoder.block.0.layer.", kind);
  const int64_t inside = shape.heads * shape.head_dim;
  BlockSpec block;
  AttentionSpec& attention = block.attention;
  attention.heads = shape.heads;
  attention.head_dim = shape.head_dim;
  attention.scale = 1;
  attention.options = {AttentionOption::Ints("relative_buckets", {shape.buckets}),
                       AttentionOption::Ints("relative_max_distance", {shape.max_distance})};
  attention.tensors.push_back(BucketTable(names, tables + "relative_attention_bias", "relative_bias", shape));
  if (shape.block > 0) {
    attention.mechanism = "transient_global";
    attention.options.push_back(AttentionOption::Ints("radius", {shape.radius}));
    attention.options.push_back(AttentionOption::Ints("global_block_size", {shape.block}));
    attention.tensors.push_back(BucketTable(names, tables + "global_relative_attention_bias", "summary_bias", shape));
    attention.summary_block = shape.block;
    attention.summary_norm = names.RmsNorm(self + "global_input_layer_norm");
    attention.summary_norm.width = shape.hidden;
  } else {
    attention.mechanism = "window";
    attention.options.push_back(AttentionOption::Ints("left", {shape.radius}));
    attention.options.push_back(AttentionOption::Ints("right", {shape.radius}));
  }
  attention.query = names.Linear(self + "q", inside, shape.hidden, false);
  attention.key = names.Linear(self + "k", inside, shape.hidden, false);
  attention.value = names.Linear(self + "v", inside, shape.hidden, false);
  attention.output = names.Linear(self + "o", shape.hidden, inside, false);
  block.attention_residual.before = names.RmsNorm(block_name + "0.layer_norm");
  const std::string mlp = block_name + "1.DenseReluDense.";
  if (shape.gated) block.mlp.gate = names.Linear(mlp + "wi_0", shape.inner, shape.hidden, false);
  block.mlp.up = names.Linear(mlp + (shape.gated ? "wi_1" : "wi"), shape.inner, shape.hidden, false);
  block.mlp.down = names.Linear(mlp + "wo", shape.hidden, shape.inner, false);
  block.mlp.activation = shape.activation;
  block.mlp_residual.before = names.RmsNorm(block_name + "1.layer_norm");
  return block;
}

// "relu", "gated-gelu": the activation behind the last dash; gated-gelu is the one of tanh.
void ReadMlp(ConfigReader& config, Shape* shape) {
  const std::string text = config.String("feed_forward_proj", "relu");
  absl::string_view name = text;
  shape->gated = absl::ConsumePrefix(&name, "gated-");
  shape->activation = text == "gated-gelu" ? kernels::Activation::kGeluTanh
                                           : ActivationNamed(config, "feed_forward_proj", name);
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateLongT5(ConfigReader& config, const TensorNames& tensors) {
  ModelSpec spec;
  auto stack = std::make_shared<StackSpec>();
  spec.architecture = ReadArchitecture(config, "LongT5EncoderModel");
  if (spec.architecture != "LongT5EncoderModel") {
    config.Unsupported(absl::StrCat("the architecture ", ShownName(spec.architecture),
                                    " is not supported, only LongT5EncoderModel: with that name in architectures the "
                                    "encoder of such a file is read"));
  }
  Shape shape;
  shape.hidden = config.Integer("d_model", 512, 1, 65536);
  shape.heads = config.Integer("num_heads", 8, 1, 65536);
  shape.head_dim = config.Integer("d_kv", 64, 1, 65536);
  shape.inner = config.Integer("d_ff", 2048, 1, kernels::kMostDepth);
  shape.radius = config.Integer("local_radius", 127, 0, 1 << 24);
  shape.buckets = config.Integer("relative_attention_num_buckets", 32, 4, 1 << 16);
  shape.max_distance = config.Integer("relative_attention_max_distance", 128, 2, 1 << 16);
  const std::string kind = config.String("encoder_attention_type", "local");
  if (kind == "transient-global") {
    shape.block = config.Integer("global_block_size", 16, 1, 1 << 24);
  } else if (kind != "local") {
    config.Unsupported(absl::StrCat("encoder_attention_type ", ShownName(kind), " is not supported"));
  }
  ReadMlp(config, &shape);
  CheckHeadDim(config, shape.head_dim);
  const int64_t layers = config.Integer("num_layers", 6, 1, 1024);
  stack->vocabulary = config.Integer("vocab_size", 32128, 1, (int64_t{1} << 31) - 1);
  stack->norm_epsilon = static_cast<float>(config.Number("layer_norm_epsilon", 1e-6, 0.0, 1.0));
  // Relative positions have no end; n_positions is what published models were made for.
  spec.positions.table_rows = config.Integer("n_positions", 16384, 1, 1 << 24);
  if (config.Boolean("is_decoder", false)) config.Unsupported("is_decoder true is not supported");
  CheckNotQuantized(config);
  if (!config.status().ok()) return config.status();

  Names names(tensors, "");
  stack->hidden = shape.hidden;
  stack->max_positions = spec.positions.table_rows;
  // One table under two names, until a model is trained that is not tied: then the encoder's own counts.
  const char* const own_words = "encoder.embed_tokens.weight";
  stack->embedding.words = names.Take(names.Has(own_words) ? own_words : "shared.weight");
  for (int64_t i = 0; i < layers; ++i) stack->blocks.push_back(NameBlock(names, i, shape));
  stack->final_norm = names.RmsNorm("encoder.final_layer_norm");
  if (absl::Status status = names.Finish({"encoder.", "shared."}, {"shared.weight"}); !status.ok()) return status;

  CopySizes(*stack, shape.heads, shape.head_dim, shape.inner, shape.activation, &spec);
  spec.stack = std::move(stack);
  return spec;
}

}  // namespace lwave::model
