// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Heads of causal models as transformers saves them beside an inner model: lm_head over words, `score` over labels.

#ifndef LONGWAVE_MODEL_FAMILIES_CAUSAL_HEADS_H_
#define LONGWAVE_MODEL_FAMILIES_CAUSAL_HEADS_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "model/families/registry.h"
#include "model/stack_spec.h"

namespace lwave::model {

// The head of spec.architecture (...ForCausalLM, LMHeadModel, ForConditionalGeneration, ForSequenceClassification,
// ForTokenClassification, ForQuestionAnswering); null for others, and for files of the inner model alone, as embedders are saved.
//   prefix: of the head's tensors   words: the word embedding's name, which is the head where it is `tied`
//   outer: what `config` is a part of, where that holds the labels
absl::StatusOr<std::shared_ptr<HeadSpec>> NameCausalHead(ConfigReader& config, const TensorNames& tensors,
                                                         const ModelSpec& spec, absl::string_view prefix,
                                                         const std::string& words, bool tied,
                                                         ConfigReader* outer = nullptr);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_FAMILIES_CAUSAL_HEADS_H_
