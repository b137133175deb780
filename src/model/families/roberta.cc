// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// RoBERTa (Liu et al. 2019): BERT's encoder, with positions that count from pad_id + 1 and skip padding.
// XLM-R and CamemBERT are the same maths with other vocabularies.

#include "model/families/bert_like.h"

namespace lwave::model {
namespace {

BertRelative Roberta(absl::string_view architecture, int64_t vocabulary) {
  BertRelative roberta;
  roberta.prefix = "roberta.";
  roberta.architecture = architecture;
  roberta.vocabulary = vocabulary;
  roberta.pad_id = 1;
  roberta.positions_by_padding = true;
  roberta.roberta_heads = true;
  return roberta;
}

}  // namespace

absl::StatusOr<ModelSpec> TranslateRoberta(ConfigReader& config, const TensorNames& tensors) {
  return TranslateBertLike(config, tensors, Roberta("RobertaModel", 50265));
}

absl::StatusOr<ModelSpec> TranslateXlmRoberta(ConfigReader& config, const TensorNames& tensors) {
  return TranslateBertLike(config, tensors, Roberta("XLMRobertaModel", 30522));
}

absl::StatusOr<ModelSpec> TranslateCamembert(ConfigReader& config, const TensorNames& tensors) {
  return TranslateBertLike(config, tensors, Roberta("CamembertModel", 30522));
}

}  // namespace lwave::model
