// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// RoBERTa with norms in front (Wettig et al. 2022, "Should you mask 15%?"): a = x + W_o attention(LN(x));
// y = a + W_2 gelu(W_1 LN(a)); one more LN after the last layer. Embedding and positions are RoBERTa's.

#include "model/families/bert_like.h"

namespace lwave::model {

absl::StatusOr<ModelSpec> TranslateRobertaPreLayerNorm(ConfigReader& config, const TensorNames& tensors) {
  BertRelative relative;
  relative.prefix = "roberta_prelayernorm.";
  relative.architecture = "RobertaPreLayerNormModel";
  relative.vocabulary = 50265;
  relative.pad_id = 1;
  relative.positions_by_padding = true;
  relative.roberta_heads = true;
  relative.pre_norm = true;
  return TranslateBertLike(config, tensors, relative);
}

}  // namespace lwave::model
