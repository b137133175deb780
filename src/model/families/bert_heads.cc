// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/families/bert_heads.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "model/families/names.h"

namespace lwave::model {
namespace {

using kernels::Activation;

using HeadOr = absl::StatusOr<std::shared_ptr<const HeadSpec>>;

HeadOr MaskedLm(const TensorNames& tensors, const ModelSpec& spec, const std::string& words, const BertHeads& heads) {
  Names names(tensors, "");
  auto head = std::make_shared<HeadSpec>();
  head->task = HeadTask::kMaskedLm;
  head->outputs = spec.vocabulary;
  const bool bias = !heads.lm_without_biases || names.Has(absl::StrCat(heads.lm_transform, ".bias"));
  HeadStep transform = StepOf(names.Linear(heads.lm_transform, spec.hidden, spec.hidden, bias), heads.lm_activation);
  transform.norm = names.BiasedNorm(heads.lm_norm);
  head->steps.push_back(std::move(transform));
  LinearSpec decoder;
  decoder.weight = names.TakeIfAny(absl::StrCat(heads.lm_decoder, ".weight"));
  if (!decoder.weight) decoder.weight = {words};
  decoder.outputs = spec.vocabulary;
  decoder.inputs = spec.hidden;
  // The bias has two names, for one tensor, until a decoder is trained that is not tied: then the decoder's own counts.
  const std::string own_bias = absl::StrCat(heads.lm_decoder, ".bias");
  if (!heads.lm_without_biases || names.Has(own_bias) || names.Has(heads.lm_bias)) {
    head->final_bias = names.Take(names.Has(own_bias) ? own_bias : heads.lm_bias);
  }
  head->steps.push_back(StepOf(std::move(decoder)));
  if (absl::Status status = names.Finish({heads.lm_begins}, {heads.lm_bias}); !status.ok()) return status;
  return head;
}

HeadOr Sequence(ConfigReader& config, const TensorNames& tensors, const ModelSpec& spec, const BertHeads& heads) {
  auto head = std::make_shared<HeadSpec>();
  head->task = HeadTask::kSequence;
  head->labels = ReadLabels(config);
  head->outputs = static_cast<int64_t>(head->labels.size());
  Names names(tensors, "");
  if (heads.hidden.empty()) {
    head->input = HeadInput::kPooler;
    if (!spec.pooler) {
      return absl::DataLossError(absl::StrCat(tensors.file(), ": ", spec.architecture, " needs the tensor ",
                                              "pooler.dense.weight, which is missing"));
    }
  } else {
    head->input = HeadInput::kFirstRow;
    head->steps.push_back(StepOf(names.Linear(heads.hidden, spec.hidden, spec.hidden), heads.hidden_activation));
  }
  head->steps.push_back(StepOf(names.Linear(heads.output, head->outputs, spec.hidden)));
  if (absl::Status status = names.Finish({"classifier.", "pre_classifier."}, {}); !status.ok()) return status;
  return head;
}

HeadOr EveryRow(ConfigReader& config, const TensorNames& tensors, const ModelSpec& spec, absl::string_view output,
                HeadTask task) {
  auto head = std::make_shared<HeadSpec>();
  head->task = task;
  if (task == HeadTask::kToken) head->labels = ReadLabels(config);
  head->outputs = task == HeadTask::kToken ? static_cast<int64_t>(head->labels.size()) : 2;
  Names names(tensors, "");
  head->steps.push_back(StepOf(names.Linear(output, head->outputs, spec.hidden)));
  if (absl::Status status = names.Finish({absl::StrCat(output, ".")}, {}); !status.ok()) return status;
  return head;
}

}  // namespace

BertHeads BertHeadNames(Activation activation) {
  BertHeads heads;
  heads.lm_begins = "cls.predictions.";
  heads.lm_transform = "cls.predictions.transform.dense";
  heads.lm_norm = "cls.predictions.transform.LayerNorm";
  heads.lm_decoder = "cls.predictions.decoder";
  heads.lm_bias = "cls.predictions.bias";
  heads.lm_activation = activation;
  heads.output = "classifier";
  return heads;
}

BertHeads RobertaHeadNames() {
  BertHeads heads;
  heads.lm_begins = "lm_head.";
  heads.lm_transform = "lm_head.dense";
  heads.lm_norm = "lm_head.layer_norm";
  heads.lm_decoder = "lm_head.decoder";
  heads.lm_bias = "lm_head.bias";
  heads.hidden = "classifier.dense";
  heads.output = "classifier.out_proj";
  return heads;
}

HeadOr NameBertHead(ConfigReader& config, const TensorNames& tensors, const ModelSpec& spec, const std::string& words,
                    const BertHeads& heads) {
  const auto is = [&](absl::string_view task) { return absl::EndsWith(spec.architecture, task); };
  const auto has = [&](absl::string_view linear) { return tensors.Has(absl::StrCat(linear, ".weight")); };
  const absl::string_view first = heads.hidden.empty() ? heads.output : heads.hidden;
  HeadOr head = std::shared_ptr<const HeadSpec>();
  if ((is("ForMaskedLM") || is("ForPreTraining")) && has(heads.lm_transform)) {
    if (!config.Boolean("tie_word_embeddings", true) && !has(heads.lm_decoder)) {
      return absl::DataLossError(absl::StrCat(tensors.file(), ": tensor ", heads.lm_decoder, ".weight is missing"));
    }
    head = MaskedLm(tensors, spec, words, heads);
  } else if (is("ForSequenceClassification") && has(first)) {
    head = Sequence(config, tensors, spec, heads);
  } else if (is("ForTokenClassification") && has("classifier")) {
    head = EveryRow(config, tensors, spec, "classifier", HeadTask::kToken);
  } else if (is("ForQuestionAnswering") && has("qa_outputs")) {
    head = EveryRow(config, tensors, spec, "qa_outputs", HeadTask::kQuestion);
  }
  if (!config.status().ok()) return config.status();
  return head;
}

}  // namespace lwave::model
