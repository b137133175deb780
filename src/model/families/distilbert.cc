// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// DistilBERT (Sanh et al. 2019): BERT's encoder without token types and pooler, under names of its own.

#include <string>

#include "absl/strings/str_cat.h"
#include "model/families/bert_heads.h"
#include "model/families/bert_like.h"
#include "model/families/names.h"

namespace lwave::model {
namespace {

constexpr float kEpsilon = 1e-12f;  // a constant of the family

LayerSpec NameLayer(Names& names, int64_t index, const ModelSpec& spec) {
  const std::string layer = absl::StrCat("transformer.layer.", index, ".");
  const int64_t hidden = spec.hidden;
  LayerSpec out;
  out.query = names.Linear(layer + "attention.q_lin", hidden, hidden);
  out.key = names.Linear(layer + "attention.k_lin", hidden, hidden);
  out.value = names.Linear(layer + "attention.v_lin", hidden, hidden);
  out.attention_output = names.Linear(layer + "attention.out_lin", hidden, hidden);
  out.attention_norm = names.BiasedNorm(layer + "sa_layer_norm");
  out.mlp_up = names.Linear(layer + "ffn.lin1", spec.intermediate, hidden);
  out.mlp_down = names.Linear(layer + "ffn.lin2", hidden, spec.intermediate);
  out.mlp_norm = names.BiasedNorm(layer + "output_layer_norm");
  return out;
}

BertHeads HeadNames(kernels::Activation activation) {
  BertHeads heads;
  heads.lm_begins = "vocab_";
  heads.lm_transform = "vocab_transform";
  heads.lm_norm = "vocab_layer_norm";
  heads.lm_decoder = "vocab_projector";
  heads.lm_bias = "vocab_projector.bias";
  heads.lm_activation = activation;
  heads.hidden = "pre_classifier";
  heads.hidden_activation = kernels::Activation::kRelu;
  heads.output = "classifier";
  return heads;
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateDistilBert(ConfigReader& config, const TensorNames& tensors) {
  ModelSpec spec;
  spec.architecture = ReadArchitecture(config, "DistilBertModel");
  spec.hidden = config.Integer("dim", 768, 1, 65536);
  spec.heads = config.Integer("n_heads", 12, 1, 65536);
  spec.intermediate = config.Integer("hidden_dim", 4 * 768, 1, kernels::kMostDepth);
  spec.vocabulary = config.Integer("vocab_size", 30522, 1, (int64_t{1} << 31) - 1);
  spec.pad_id = config.Integer("pad_token_id", 0, 0, spec.vocabulary - 1);
  spec.positions.table_rows = config.Integer("max_position_embeddings", 512, 1, 1 << 24);
  spec.norm_epsilon = kEpsilon;
  spec.activation = ReadActivation(config, "activation", "gelu");
  const int64_t layers = config.Integer("n_layers", 6, 1, 1024);
  if (spec.hidden % spec.heads != 0) {
    config.Wrong("n_heads", absl::StrCat("a divisor of dim ", spec.hidden));
    spec.heads = 1;
  }
  spec.head_dim = spec.hidden / spec.heads;
  CheckHeadDim(config, spec.head_dim);
  // sinusoidal_pos_embds says only how the table was filled before training: the numbers are in the file.
  RefuseOtherMaths(config);
  if (!config.status().ok()) return config.status();

  Names names(tensors, PrefixOf(tensors, {"distilbert."}, "embeddings.word_embeddings.weight"));
  spec.word_embedding = names.Take("embeddings.word_embeddings.weight");
  spec.position_embedding = names.Take("embeddings.position_embeddings.weight");
  spec.embedding_norm = names.BiasedNorm("embeddings.LayerNorm");
  for (int64_t i = 0; i < layers; ++i) spec.layers.push_back(NameLayer(names, i, spec));
  if (absl::Status status = names.Finish({"embeddings.", "transformer."}, {"embeddings.position_ids"}); !status.ok()) {
    return status;
  }
  absl::StatusOr<std::shared_ptr<const HeadSpec>> head =
      NameBertHead(config, tensors, spec, spec.word_embedding.name, HeadNames(spec.activation));
  if (!head.ok()) return head.status();
  spec.head = *std::move(head);
  return spec;
}

}  // namespace lwave::model
