// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See bert_like.h. Heads (cls.*, lm_head.*, classifier.*) stand outside of the encoder's names (bert_heads.h); inside
// them a tensor that the spec does not use is an error, because it would change the maths.

#include "model/families/bert_like.h"

#include <cmath>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/files.h"

namespace lwave::model {
namespace {

LayerSpec NameLayer(Names& names, int64_t index, const ModelSpec& spec, bool attention_bias) {
  const std::string layer = absl::StrCat("encoder.layer.", index, ".");
  const bool pre_norm = spec.norm_placement == NormPlacement::kPre;
  const int64_t hidden = spec.hidden;
  LayerSpec out;
  out.query = names.Linear(layer + "attention.self.query", hidden, hidden, attention_bias);
  out.key = names.Linear(layer + "attention.self.key", hidden, hidden, attention_bias);
  out.value = names.Linear(layer + "attention.self.value", hidden, hidden, attention_bias);
  out.attention_output = names.Linear(layer + "attention.output.dense", hidden, hidden);
  out.attention_norm = names.BiasedNorm(layer + (pre_norm ? "attention.LayerNorm" : "attention.output.LayerNorm"));
  out.mlp_up = names.Linear(layer + "intermediate.dense", spec.intermediate, hidden);
  out.mlp_down = names.Linear(layer + "output.dense", hidden, spec.intermediate);
  out.mlp_norm = names.BiasedNorm(layer + (pre_norm ? "intermediate.LayerNorm" : "output.LayerNorm"));
  return out;
}

BlockSpec AsBlock(const LayerSpec& layer, const ModelSpec& spec) {
  BlockSpec block;
  AttentionSpec& attention = block.attention;
  attention.heads = spec.heads;
  attention.head_dim = spec.head_dim;
  attention.query = layer.query;
  attention.key = layer.key;
  attention.value = layer.value;
  attention.output = layer.attention_output;
  block.attention_residual.after = layer.attention_norm;
  block.mlp.up = layer.mlp_up;
  block.mlp.down = layer.mlp_down;
  block.mlp.activation = spec.activation;
  block.mlp_residual.after = layer.mlp_norm;
  return block;
}

// The plain encoder of *spec becomes its stack.
void MakeStack(const BertRelative& relative, Names& names, ModelSpec* spec) {
  auto stack = std::make_shared<StackSpec>();
  stack->hidden = spec->hidden;
  stack->vocabulary = spec->vocabulary;
  stack->max_positions = spec->positions.usable();
  stack->norm_epsilon = spec->norm_epsilon;
  EmbeddingSpec& embedding = stack->embedding;
  embedding.words = std::exchange(spec->word_embedding, {});
  embedding.positions = std::exchange(spec->position_embedding, {});
  embedding.position_spec = spec->positions;
  embedding.pad_id = spec->pad_id;
  embedding.types = std::exchange(spec->type_embedding, {});
  embedding.token_types = spec->token_types;
  embedding.norm = std::exchange(spec->embedding_norm, {});
  if (relative.scaled_words) embedding.scale = std::sqrt(static_cast<double>(spec->hidden));
  for (size_t i = 0; i < spec->layers.size(); ++i) {
    BlockSpec block = AsBlock(spec->layers[i], *spec);
    relative.attention(names, absl::StrCat("encoder.layer.", i, ".attention.self."), static_cast<int64_t>(i),
                       block.attention);
    stack->blocks.push_back(std::move(block));
  }
  spec->layers.clear();
  spec->stack = std::move(stack);
}

}  // namespace

void RefuseOtherMaths(ConfigReader& config) {
  const std::string positions = config.String("position_embedding_type", "absolute");
  if (positions != "absolute") {
    config.Unsupported(absl::StrCat("position_embedding_type ", ShownName(positions), " is not supported"));
  }
  for (const absl::string_view key : {"is_decoder", "add_cross_attention", "is_encoder_decoder"}) {
    if (config.Boolean(key, false)) config.Unsupported(absl::StrCat(key, " true is not supported"));
  }
  if (const JsonValue* pruned = config.Object("pruned_heads");
      pruned != nullptr && !pruned->members.empty()) {
    config.Unsupported("pruned_heads are not supported");
  }
  CheckNotQuantized(config);
}

absl::StatusOr<ModelSpec> TranslateBertLike(ConfigReader& config, const TensorNames& tensors,
                                            const BertRelative& relative) {
  ModelSpec spec;
  spec.architecture = ReadArchitecture(config, relative.architecture);
  spec.hidden = config.Integer("hidden_size", 768, 1, 65536);
  spec.heads = config.Integer("num_attention_heads", 12, 1, 65536);
  spec.intermediate = config.Integer("intermediate_size", 3072, 1, kernels::kMostDepth);
  spec.vocabulary = config.Integer("vocab_size", relative.vocabulary, 1, (int64_t{1} << 31) - 1);
  spec.token_types = config.Integer("type_vocab_size", 2, 1, 65536);
  spec.pad_id = config.Integer("pad_token_id", relative.pad_id, 0, spec.vocabulary - 1);
  spec.positions.table_rows = config.Integer("max_position_embeddings", relative.max_positions, 1, 1 << 24);
  spec.norm_epsilon = static_cast<float>(config.Number("layer_norm_eps", 1e-12, 0.0, 1.0));
  spec.norm_placement = relative.pre_norm ? NormPlacement::kPre : NormPlacement::kPost;
  spec.activation = ReadActivation(config, "hidden_act", relative.activation);
  const int64_t layers = config.Integer("num_hidden_layers", 12, 1, 1024);
  if (spec.hidden % spec.heads != 0) {
    config.Wrong("num_attention_heads", absl::StrCat("a divisor of hidden_size ", spec.hidden));
    spec.heads = 1;
  }
  spec.head_dim = spec.hidden / spec.heads;
  CheckHeadDim(config, spec.head_dim);
  if (relative.positions_by_padding) {
    spec.positions.by_padding_id = true;
    spec.positions.offset = spec.pad_id + 1;
    if (spec.positions.usable() < 1) {
      config.Wrong("max_position_embeddings",
                   absl::StrCat("more than pad_token_id + 1 = ", spec.positions.offset));
    }
  }
  RefuseOtherMaths(config);
  if (!config.status().ok()) return config.status();

  // Sentence embedders are saved without a head and without the prefix.
  Names names(tensors, tensors.Has(absl::StrCat(relative.prefix, "embeddings.word_embeddings.weight")) ? relative.prefix : "");
  spec.word_embedding = names.Take("embeddings.word_embeddings.weight");
  spec.position_embedding = names.Take("embeddings.position_embeddings.weight");
  spec.type_embedding = names.Take("embeddings.token_type_embeddings.weight");
  spec.embedding_norm = names.BiasedNorm("embeddings.LayerNorm");
  for (int64_t i = 0; i < layers; ++i) spec.layers.push_back(NameLayer(names, i, spec, relative.attention_bias));
  if (relative.pre_norm) spec.final_norm = names.BiasedNorm("LayerNorm");
  const auto has_pooler = [&](absl::string_view part) { return names.Has(absl::StrCat(relative.pooler, part)); };
  if (has_pooler(".weight") || has_pooler(".bias")) {
    spec.pooler = names.Linear(relative.pooler, spec.hidden, spec.hidden);
  }
  const std::string words = spec.word_embedding.name;
  if (relative.attention) MakeStack(relative, names, &spec);
  if (absl::Status status = names.Finish({"embeddings.", "encoder."}, {"embeddings.position_ids", "embeddings.token_type_ids"});
      !status.ok()) {
    return status;
  }
  BertHeads heads = relative.roberta_heads ? RobertaHeadNames() : BertHeadNames(spec.activation);
  if (relative.change_heads) relative.change_heads(heads);
  absl::StatusOr<std::shared_ptr<const HeadSpec>> head = NameBertHead(config, tensors, spec, words, heads);
  if (!head.ok()) return head.status();
  spec.head = *std::move(head);
  return spec;
}

}  // namespace lwave::model
