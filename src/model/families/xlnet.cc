// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// XLNet (Yang et al. 2019), its content stream: relative positions ahead and behind, what a row says of tokens of its
// own segment and of another, norms after each sum, and a memory of rows before. Projections are stored
// [hidden, heads, head_dim].

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "model/families/names.h"

namespace lwave::model {
namespace {

struct Shape {
  int64_t hidden = 0, heads = 0, inner = 0, clamp = 0;
  bool causal = false;
  kernels::Activation activation = kernels::Activation::kGelu;
};

// Settings of published configurations that change the maths and are not done here.
void RefuseOtherMaths(ConfigReader& config) {
  const std::string kind = config.String("attn_type", "bi");
  if (kind != "bi" && kind != "uni") config.Wrong("attn_type", "bi or uni");
  if (config.Boolean("same_length", false)) config.Unsupported("same_length true is not supported");
  if (config.Boolean("bi_data", false)) config.Unsupported("bi_data true is not supported");
  if (config.Integer("reuse_len", 0, 0, 1 << 30) > 0) config.Unsupported("reuse_len is not supported");
  if (config.Boolean("untie_r", true) == false) config.Unsupported("untie_r false is not supported");
}

BlockSpec NameBlock(Names& names, int64_t index, const Shape& shape) {
  const std::string layer = absl::StrCat("layer.", index, ".");
  const int64_t hidden = shape.hidden, head_dim = hidden / shape.heads;
  BlockSpec block;
  AttentionSpec& attention = block.attention;
  attention.mechanism = "xlnet";
  attention.sees_memory = true;
  attention.heads = shape.heads;
  attention.head_dim = head_dim;
  attention.options = {AttentionOption::Ints("d_position", {hidden}), AttentionOption::Ints("clamp_len", {shape.clamp}),
                       AttentionOption::Ints("causal", {shape.causal})};
  const auto matrix = [&](const std::string& name, bool transposed) {
    LinearSpec linear;
    linear.weight = names.Take(layer + "rel_attn." + name);
    linear.outputs = linear.inputs = hidden;
    linear.transposed = transposed;
    linear.split = shape.heads;
    return linear;
  };
  attention.query = matrix("q", true);
  attention.key = matrix("k", true);
  attention.value = matrix("v", true);
  attention.output = matrix("o", false);
  const auto tensor = [&](absl::string_view option, const std::string& name, std::vector<int64_t> of) {
    AttentionTensor made;
    made.option = std::string(option);
    made.tensors = {names.Take(layer + "rel_attn." + name)};
    made.shape = std::move(of);
    attention.tensors.push_back(std::move(made));
  };
  tensor("w_r", "r", {hidden, shape.heads, head_dim});
  attention.tensors.back().transposed = true;
  tensor("bias_u", "r_w_bias", {shape.heads, head_dim});
  tensor("bias_v", "r_r_bias", {shape.heads, head_dim});
  tensor("bias_s", "r_s_bias", {shape.heads, head_dim});
  tensor("seg_embed", "seg_embed", {2, shape.heads, head_dim});
  block.attention_residual.after = names.Norm(layer + "rel_attn.layer_norm");
  block.mlp.up = names.Linear(layer + "ff.layer_1", shape.inner, hidden);
  block.mlp.down = names.Linear(layer + "ff.layer_2", hidden, shape.inner);
  block.mlp.activation = shape.activation;
  block.mlp_residual.after = names.Norm(layer + "ff.layer_norm");
  return block;
}

// "cls_index" is the last row where the caller gives no index, and nobody does. The mean is of what the mask keeps;
// transformers counts padding as well.
HeadInput ReadSummaryRow(ConfigReader& config) {
  const std::string row = config.String("summary_type", "last");
  if (row == "first") return HeadInput::kFirstRow;
  if (row == "mean") return HeadInput::kMeanRow;
  if (row != "last" && row != "cls_index") {
    config.Unsupported(absl::StrCat("summary_type ", ShownName(row), " is not supported"));
  }
  return HeadInput::kLastRow;
}

// Null where the file has none that is known: the beams of XLNetForQuestionAnswering are not.
std::shared_ptr<HeadSpec> NameHead(ConfigReader& config, const TensorNames& tensors, const StackSpec& stack,
                                   const Shape& shape) {
  auto head = std::make_shared<HeadSpec>();
  Names names(tensors, "");
  if (names.Has("lm_loss.bias")) {
    head->task = shape.causal ? HeadTask::kCausalLm : HeadTask::kMaskedLm;
    LinearSpec linear;
    linear.weight = names.Has("lm_loss.weight") ? names.Take("lm_loss.weight") : stack.embedding.words;
    linear.bias = names.Take("lm_loss.bias");
    linear.outputs = stack.vocabulary;
    linear.inputs = shape.hidden;
    head->steps.push_back(StepOf(std::move(linear)));
  } else if (names.Has("logits_proj.weight")) {
    head->task = HeadTask::kSequence;
    head->labels = ReadLabels(config);
    head->input = ReadSummaryRow(config);
    HeadStep summary;
    summary.width = shape.hidden;
    if (config.Boolean("summary_use_proj", true)) {
      summary.linear = names.Linear("sequence_summary.summary", shape.hidden, shape.hidden);
    }
    // Without a projection as well; tanh where nothing is said, none where null is.
    if (!config.IsNull("summary_activation")) summary.activation = ReadActivation(config, "summary_activation", "tanh");
    head->steps.push_back(std::move(summary));
    head->steps.push_back(StepOf(names.Linear("logits_proj", static_cast<int64_t>(head->labels.size()), shape.hidden)));
  } else if (names.Has("classifier.weight")) {
    head->task = HeadTask::kToken;
    head->labels = ReadLabels(config);
    head->steps.push_back(StepOf(names.Linear("classifier", static_cast<int64_t>(head->labels.size()), shape.hidden)));
  } else if (names.Has("qa_outputs.weight")) {
    head->task = HeadTask::kQuestion;
    head->steps.push_back(StepOf(names.Linear("qa_outputs", 2, shape.hidden)));
  } else {
    return nullptr;
  }
  head->outputs = head->steps.back().width;
  return head;
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateXlnet(ConfigReader& config, const TensorNames& tensors) {
  ModelSpec spec;
  auto stack = std::make_shared<StackSpec>();
  Shape shape;
  spec.architecture = ReadArchitecture(config, "XLNetModel");
  shape.hidden = config.Integer("d_model", 1024, 2, 65536);
  shape.heads = config.Integer("n_head", 16, 1, 65536);
  shape.inner = config.Integer("d_inner", 4096, 1, kernels::kMostDepth);
  shape.clamp = std::max<int64_t>(0, config.Integer("clamp_len", -1, -1, 1 << 24));
  shape.activation = ReadActivation(config, "ff_activation", "gelu");
  const int64_t layers = config.Integer("n_layer", 24, 1, 1024);
  stack->vocabulary = config.Integer("vocab_size", 32000, 1, (int64_t{1} << 31) - 1);
  stack->norm_epsilon = static_cast<float>(config.Number("layer_norm_eps", 1e-12, 0.0, 1.0));
  // Null: transformers then gives all rows as memory, without end. Here there is none.
  stack->memory_rows = config.Integer("mem_len", 0, 0, 1 << 24);
  stack->types_in_attention = true;
  if (shape.hidden % shape.heads != 0 || shape.hidden % 2 != 0) {
    config.Wrong("n_head", absl::StrCat("a divisor of d_model ", shape.hidden, ", which must be even"));
    shape.heads = 1;
  }
  const int64_t head_dim = shape.hidden / shape.heads;
  if (config.Integer("d_head", head_dim, 1, 65536) != head_dim) config.Wrong("d_head", "d_model / n_head");
  CheckHeadDim(config, head_dim);
  RefuseOtherMaths(config);
  if (!config.status().ok()) return config.status();
  shape.causal = config.String("attn_type", "bi") == "uni";

  Names names(tensors, PrefixOf(tensors, {"transformer."}, "word_embedding.weight"));
  stack->hidden = shape.hidden;
  stack->causal = shape.causal;
  stack->embedding.words = names.Take("word_embedding.weight");
  for (int64_t i = 0; i < layers; ++i) stack->blocks.push_back(NameBlock(names, i, shape));
  // mask_emb begins the other stream, that of predictions.
  if (absl::Status status = names.Finish({"word_embedding.", "layer."}, {"mask_emb"}); !status.ok()) return status;
  spec.head = NameHead(config, tensors, *stack, shape);
  if (!config.status().ok()) return config.status();

  CopySizes(*stack, shape.heads, head_dim, shape.inner, shape.activation, &spec);
  spec.pad_id = config.Integer("pad_token_id", 5, 0, spec.vocabulary - 1);
  if (!config.status().ok()) return config.status();
  spec.stack = std::move(stack);
  return spec;
}

}  // namespace lwave::model
