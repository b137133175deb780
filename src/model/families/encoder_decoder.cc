// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/families/encoder_decoder.h"

#include <cmath>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace lwave::model {
namespace {

constexpr float kNormEpsilon = 1e-5f;  // not in config.json

EncoderDecoderShape::Side ReadSide(ConfigReader& config, absl::string_view side, int64_t hidden) {
  EncoderDecoderShape::Side read;
  const std::string heads = absl::StrCat(side, "_attention_heads");
  read.layers = config.Integer(absl::StrCat(side, "_layers"), 12, 1, 1024);
  read.inner = config.Integer(absl::StrCat(side, "_ffn_dim"), 4096, 1, kernels::kMostDepth);
  read.heads = config.Integer(heads, 16, 1, 65536);
  if (hidden % read.heads != 0) {
    config.Wrong(heads, absl::StrCat("a divisor of d_model ", hidden));
    read.heads = 1;
  }
  CheckHeadDim(config, hidden / read.heads);
  return read;
}

// The name of the table of words: one of several that are one and the same, of which a file may keep any.
TensorName TakeWords(Names& names, const TensorNames& tensors) {
  for (const char* name : {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight"}) {
    if (!names.Has("shared.weight") && names.Has(name)) return names.Take(name);
  }
  if (!names.Has("shared.weight") && tensors.Has("lm_head.weight")) return {"lm_head.weight"};
  return names.Take("shared.weight");
}

std::shared_ptr<StackSpec> NameStack(Names& names, const EncoderDecoderShape& shape,
                                     const EncoderDecoderShape::Side& side, const std::string& part,
                                     const TensorName& words) {
  auto stack = std::make_shared<StackSpec>();
  stack->hidden = shape.hidden;
  stack->vocabulary = shape.vocabulary;
  stack->max_positions = side.positions.usable();
  stack->norm_epsilon = kNormEpsilon;
  EmbeddingSpec& embedding = stack->embedding;
  // Tables that are not tied have names of their own.
  const std::string own = part + "embed_tokens.weight";
  embedding.words = !shape.tied && names.Has(own) ? names.Take(own) : words;
  embedding.scale = shape.scale;
  embedding.positions = names.Take(part + "embed_positions.weight");
  embedding.position_spec = side.positions;
  embedding.pad_id = shape.pad_id;
  embedding.norm = names.Norm(part + "layernorm_embedding");
  return stack;
}

void NameMlp(Names& names, const std::string& layer, const EncoderDecoderShape& shape, int64_t inner, BlockSpec& block) {
  block.mlp.up = names.Linear(layer + "fc1", inner, shape.hidden);
  block.mlp.down = names.Linear(layer + "fc2", shape.hidden, inner);
  block.mlp.activation = shape.activation;
  block.mlp_residual.after = names.Norm(layer + "final_layer_norm");
}

BlockSpec NameDecoderBlock(Names& names, const std::string& layer, const EncoderDecoderShape& shape) {
  BlockSpec block;
  block.attention = NameAttention(names, layer + "self_attn.", shape.hidden, shape.decoder.heads);
  block.attention.options = {AttentionOption::Ints("causal", {1})};
  block.attention_residual.after = names.Norm(layer + "self_attn_layer_norm");
  block.cross = NameAttention(names, layer + "encoder_attn.", shape.hidden, shape.decoder.heads);
  block.cross->context_width = shape.hidden;
  block.cross_residual.after = names.Norm(layer + "encoder_attn_layer_norm");
  NameMlp(names, layer, shape, shape.decoder.inner, block);
  return block;
}

// Scores of words: the table of words, or its own where it is not tied, and a bias that is a buffer.
std::shared_ptr<HeadSpec> WordsHead(Names& names, const EncoderDecoderShape& shape, const TensorName& words) {
  auto head = std::make_shared<HeadSpec>();
  head->task = HeadTask::kCausalLm;
  head->outputs = shape.vocabulary;
  HeadStep step;
  step.linear.weight = words;
  if (!shape.tied && names.Has("lm_head.weight")) step.linear.weight = names.Take("lm_head.weight");
  step.linear.outputs = step.width = shape.vocabulary;
  step.linear.inputs = shape.hidden;
  head->steps.push_back(std::move(step));
  head->final_bias = names.TakeIfAny("final_logits_bias");
  return head;
}

}  // namespace

AttentionSpec NameAttention(Names& names, const std::string& name, int64_t hidden, int64_t heads) {
  AttentionSpec attention;
  attention.mechanism = "full";
  attention.heads = heads;
  attention.head_dim = hidden / heads;
  attention.query = names.Linear(name + "q_proj", hidden, hidden);
  attention.key = names.Linear(name + "k_proj", hidden, hidden);
  attention.value = names.Linear(name + "v_proj", hidden, hidden);
  attention.output = names.Linear(name + "out_proj", hidden, hidden);
  return attention;
}

EncoderDecoderShape ReadEncoderDecoder(ConfigReader& config, absl::string_view class_prefix) {
  EncoderDecoderShape shape;
  shape.architecture = ReadArchitecture(config, absl::StrCat(class_prefix, "Model"));
  shape.hidden = config.Integer("d_model", 1024, 1, 65536);
  shape.vocabulary = config.Integer("vocab_size", 50265, 1, (int64_t{1} << 31) - 1);
  shape.encoder = ReadSide(config, "encoder", shape.hidden);
  shape.decoder = ReadSide(config, "decoder", shape.hidden);
  shape.activation = ReadActivation(config, "activation_function", "gelu");
  shape.pad_id = config.Integer("pad_token_id", 1, 0, shape.vocabulary - 1);
  shape.start_id = config.Integer("decoder_start_token_id", 2, 0, shape.vocabulary - 1);
  shape.end_id = config.Integer("eos_token_id", 2, 0, shape.vocabulary - 1);
  shape.tied = config.Boolean("tie_word_embeddings", true);
  shape.labels = config.Has("id2label") || config.Has("num_labels")
                     ? ReadLabels(config)
                     : std::vector<std::string>{"LABEL_0", "LABEL_1", "LABEL_2"};
  if (config.Boolean("is_decoder", false)) config.Unsupported("is_decoder true (a decoder alone) is not supported");
  if (!config.Boolean("is_encoder_decoder", true)) config.Unsupported("is_encoder_decoder false is not supported");
  // Keys of early files for models of other kinds that shared the class.
  for (const char* key : {"normalize_before", "add_final_layer_norm", "static_position_embeddings", "add_bias_logits"}) {
    if (config.Boolean(key, false)) config.Unsupported(absl::StrCat(key, " true is not supported"));
  }
  if (!config.Boolean("normalize_embedding", true)) config.Unsupported("normalize_embedding false is not supported");
  return shape;
}

absl::StatusOr<ModelSpec> TranslateEncoderDecoder(ConfigReader& config, const TensorNames& tensors,
                                                  const EncoderDecoderShape& shape, const std::string& class_prefix,
                                                  const std::string& prefix, NameEncoderAttention encoder_attention) {
  const auto is = [&](absl::string_view rest) { return shape.architecture == absl::StrCat(class_prefix, rest); };
  const bool words_head = is("ForConditionalGeneration"), classes = is("ForSequenceClassification");
  const bool questions = is("ForQuestionAnswering");
  if (!words_head && !classes && !questions && !is("Model")) {
    config.Unsupported(absl::StrCat("architecture ", shape.architecture, " is not supported"));
  }
  if (!config.status().ok()) return config.status();

  const bool prefixed = tensors.Has(prefix + "decoder.embed_positions.weight");
  Names names(tensors, prefixed ? prefix : "");
  const TensorName words = TakeWords(names, tensors);
  const std::shared_ptr<StackSpec> encoder = NameStack(names, shape, shape.encoder, "encoder.", words);
  const std::shared_ptr<StackSpec> decoder = NameStack(names, shape, shape.decoder, "decoder.", words);
  decoder->causal = true;
  for (int64_t i = 0; i < shape.encoder.layers; ++i) {
    const std::string layer = absl::StrCat("encoder.layers.", i, ".");
    BlockSpec block;
    block.attention = encoder_attention(names, layer, i);
    block.attention_residual.after = names.Norm(layer + "self_attn_layer_norm");
    NameMlp(names, layer, shape, shape.encoder.inner, block);
    encoder->blocks.push_back(std::move(block));
  }
  for (int64_t i = 0; i < shape.decoder.layers; ++i) {
    decoder->blocks.push_back(NameDecoderBlock(names, absl::StrCat("decoder.layers.", i, "."), shape));
  }
  absl::Status status = names.Finish({"shared.", "encoder.", "decoder."},
                                     {".embed_tokens.weight", "encoder.version", "decoder.version"});
  if (!status.ok()) return status;

  ModelSpec spec;
  spec.architecture = shape.architecture;
  spec.hidden = shape.hidden;
  spec.heads = shape.encoder.heads;
  spec.head_dim = shape.hidden / shape.encoder.heads;
  spec.intermediate = shape.encoder.inner;
  spec.vocabulary = shape.vocabulary;
  spec.pad_id = shape.pad_id;
  spec.positions = shape.encoder.positions;
  spec.norm_epsilon = kNormEpsilon;
  spec.activation = shape.activation;
  spec.decoder_start_id = shape.start_id;
  spec.stack = encoder;
  spec.decoder = decoder;

  Names head_names(tensors, "");
  std::shared_ptr<HeadSpec> head;
  if (words_head) {
    head = WordsHead(head_names, shape, words);
  } else if (classes) {
    head = std::make_shared<HeadSpec>();
    head->task = HeadTask::kSequence;
    head->input = HeadInput::kLastEnd;
    head->labels = shape.labels;
    head->outputs = static_cast<int64_t>(shape.labels.size());
    head->end_id = shape.end_id;
    head->steps.push_back(StepOf(head_names.Linear("classification_head.dense", shape.hidden, shape.hidden),
                                 kernels::Activation::kTanh));
    head->steps.push_back(StepOf(head_names.Linear("classification_head.out_proj", head->outputs, shape.hidden)));
  } else if (questions) {
    head = std::make_shared<HeadSpec>();
    head->task = HeadTask::kQuestion;
    head->outputs = 2;
    head->steps.push_back(StepOf(head_names.Linear("qa_outputs", 2, shape.hidden)));
  }
  status = head_names.Finish({"lm_head.", "final_logits_bias", "classification_head.", "qa_outputs."}, {"lm_head.weight"});
  if (!status.ok()) return status;
  spec.head = std::move(head);
  return spec;
}

}  // namespace lwave::model
