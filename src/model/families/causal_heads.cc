// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/families/causal_heads.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "model/families/names.h"

namespace lwave::model {
namespace {

std::shared_ptr<HeadSpec> OneStep(HeadTask task, LinearSpec linear) {
  auto head = std::make_shared<HeadSpec>();
  head->task = task;
  head->outputs = linear.outputs;
  head->steps.push_back(StepOf(std::move(linear)));
  return head;
}

}  // namespace

absl::StatusOr<std::shared_ptr<HeadSpec>> NameCausalHead(ConfigReader& config, const TensorNames& tensors,
                                                         const ModelSpec& spec, absl::string_view prefix,
                                                         const std::string& words, bool tied, ConfigReader* outer) {
  const auto is = [&](absl::string_view task) { return absl::EndsWith(spec.architecture, task); };
  Names names(tensors, prefix);
  std::shared_ptr<HeadSpec> head;
  // A GPT-2 that is called no more than a model is taken for the language model that it was trained as.
  if (is("ForCausalLM") || is("ForConditionalGeneration") || spec.architecture == "GPT2Model" ||
      is("LMHeadModel") || is("DoubleHeadsModel")) {
    const bool own = names.Has("lm_head.weight");
    if (!own && !tied) return head;
    LinearSpec linear;
    linear.weight = own ? names.Take("lm_head.weight") : TensorName{words};
    linear.outputs = spec.vocabulary;
    linear.inputs = spec.hidden;
    head = OneStep(HeadTask::kCausalLm, std::move(linear));
  } else if (is("ForQuestionAnswering")) {
    head = OneStep(HeadTask::kQuestion, names.Linear("qa_outputs", 2, spec.hidden));
  } else if (is("ForSequenceClassification") || is("ForTokenClassification")) {
    const bool sequence = is("ForSequenceClassification");
    ConfigReader& of_labels = outer == nullptr ? config : *outer;
    std::vector<std::string> labels = ReadLabels(of_labels);
    if (!of_labels.status().ok()) return of_labels.status();
    // Scores of tokens have a bias, those of sequences none.
    const char* const name = !sequence && names.Has("classifier.weight") ? "classifier" : "score";
    head = OneStep(sequence ? HeadTask::kSequence : HeadTask::kToken,
                   names.Linear(name, static_cast<int64_t>(labels.size()), spec.hidden, !sequence));
    head->labels = std::move(labels);
    if (sequence) {
      head->input = HeadInput::kLastRow;
      head->pad_id = config.Integer("pad_token_id", -1, 0, spec.vocabulary - 1);
    }
  }
  if (!config.status().ok()) return config.status();
  if (!names.taken().ok()) return names.taken();
  return head;
}

}  // namespace lwave::model
