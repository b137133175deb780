// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The heads of BERT and its relatives: masked LM, classification of sequences and tokens, question answering. They
// are the same few steps with other tensor names.

#ifndef LONGWAVE_MODEL_FAMILIES_BERT_HEADS_H_
#define LONGWAVE_MODEL_FAMILIES_BERT_HEADS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "model/families/registry.h"
#include "model/stack_spec.h"

namespace lwave::model {

struct BertHeads {
  // Masked LM: norm(activation(transform x)), then the decoder, which is the word embedding where the file has none of
  // its own, and a bias.
  absl::string_view lm_begins;     // all of its tensors' names do: "lm_head."
  absl::string_view lm_transform, lm_norm, lm_decoder;
  absl::string_view lm_bias;       // a whole name; the same as the decoder's own
  kernels::Activation lm_activation = kernels::Activation::kGelu;
  bool lm_without_biases = false;  // the file may lack them
  // Sequences: output(activation(hidden x)) of the first row; without a hidden layer output(pooler).
  absl::string_view hidden, output;
  kernels::Activation hidden_activation = kernels::Activation::kTanh;
};

// cls.predictions.*; the classifier reads the pooler.
BertHeads BertHeadNames(kernels::Activation activation);
// lm_head.*, with exact gelu whatever the encoder's activation; classifier.dense, tanh, classifier.out_proj.
BertHeads RobertaHeadNames();

// The head that spec.architecture (BertForMaskedLM, ...) and the tensors have, or null: no such head, or a file of the
// encoder alone.   words: name of the word embedding
// DataLoss: a part of the head is missing, or a tensor beside it has no place.
absl::StatusOr<std::shared_ptr<const HeadSpec>> NameBertHead(ConfigReader& config, const TensorNames& tensors,
                                                             const ModelSpec& spec, const std::string& words,
                                                             const BertHeads& heads);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_FAMILIES_BERT_HEADS_H_
