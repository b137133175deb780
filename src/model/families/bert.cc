// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// BERT (and MiniLM, which is a small BERT): Devlin et al. 2018. Embedding: LN(word + position + type),
// positions from 0. Layer: a = LN(x + W_o attention(x)); y = LN(a + W_2 gelu(W_1 a)). Pooler: tanh(W y[0] +
// b).

#include "model/families/bert_like.h"

namespace lwave::model {

absl::StatusOr<ModelSpec> TranslateBert(ConfigReader& config, const TensorNames& tensors) {
  // The same model_type, another family.
  if (config.String("position_embedding_type", "absolute") == "alibi") return TranslateJinaBert(config, tensors);
  BertRelative bert;
  bert.prefix = "bert.";
  bert.architecture = "BertModel";
  bert.vocabulary = 30522;
  bert.pad_id = 0;
  return TranslateBertLike(config, tensors, bert);
}

}  // namespace lwave::model
