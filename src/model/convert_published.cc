// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/convert_published.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "base/files.h"
#include "model/json_edit.h"
#include "model/stack_spec.h"

namespace lwave::model {
namespace {

struct Family {
  absl::string_view name, prefix, class_prefix, tokenizer;
};
constexpr Family kFamilies[] = {
    {"bert", "bert.", "Bert", "BertTokenizer"},
    {"roberta", "roberta.", "Roberta", "RobertaTokenizer"},
    {"xlm-roberta", "roberta.", "XLMRoberta", "XLMRobertaTokenizer"},
    {"camembert", "roberta.", "Camembert", "CamembertTokenizer"},
    {"bart", "model.", "Bart", "BartTokenizer"},
};

const Family* FindFamily(const ModelSpec& spec) {
  const auto* found = std::find_if(std::begin(kFamilies), std::end(kFamilies),
                                   [&](const Family& family) { return family.name == spec.family; });
  return found == std::end(kFamilies) ? nullptr : found;
}

std::string Quoted(absl::string_view text) { return ShownName(text); }

using Renaming = std::function<std::vector<std::string>(absl::string_view)>;

// What comes with a tensor (scales, a table once more in panels) is called after it.
Renaming WithCompanions(Renaming rename) {
  return [rename = std::move(rename)](absl::string_view name) {
    absl::string_view owner = name;
    absl::ConsumeSuffix(&owner, ".scale");
    absl::ConsumeSuffix(&owner, ".panels");
    const absl::string_view rest = name.substr(owner.size());
    std::vector<std::string> names = rename(owner);
    for (std::string& one : names) absl::StrAppend(&one, rest);
    return names;
  };
}

// `name` without its last two parts, such as query.weight: those parts.
absl::string_view LastTwo(absl::string_view name) {
  const size_t last = name.rfind('.');
  const size_t before = last == absl::string_view::npos || last == 0 ? last : name.rfind('.', last - 1);
  return before == absl::string_view::npos ? name : name.substr(before + 1);
}

// Heads of BERT under the names that RoBERTa's and Longformer's have. They compute the same: a dense layer and tanh on
// the first row are BERT's pooler, which the classifier of the others holds itself.
std::string BertHeadName(std::string name, const ModelSpec& spec) {
  const bool sequence = spec.head != nullptr && spec.head->task == HeadTask::kSequence;
  struct Change {
    absl::string_view from, to;
  };
  constexpr Change kMasked[] = {
      {"cls.predictions.transform.dense.", "lm_head.dense."},
      {"cls.predictions.transform.LayerNorm.", "lm_head.layer_norm."},
      {"cls.predictions.decoder.", "lm_head.decoder."},
      {"cls.predictions.bias", "lm_head.bias"},
  };
  constexpr Change kSequence[] = {
      {"bert.pooler.dense.", "classifier.dense."},
      {"classifier.", "classifier.out_proj."},
  };
  for (const Change& change : sequence ? absl::MakeConstSpan(kSequence) : absl::MakeConstSpan(kMasked)) {
    if (absl::StartsWith(name, change.from)) return absl::StrCat(change.to, name.substr(change.from.size()));
  }
  return name;
}

std::vector<std::string> LongformerNames(absl::string_view source, const ModelSpec& spec, const Family& family) {
  std::string name(source);
  // Buffers, as long as the old table; and the second head of pretraining, which Longformer has not.
  for (const absl::string_view buffer : {"embeddings.position_ids", "embeddings.token_type_ids"}) {
    if (absl::EndsWith(name, buffer)) return {};
  }
  if (absl::StartsWith(name, "cls.seq_relationship.")) return {};
  if (spec.family == "bert") name = BertHeadName(std::move(name), spec);
  if (absl::StartsWith(name, family.prefix)) name = absl::StrCat("longformer.", name.substr(family.prefix.size()));
  // As files converted from TensorFlow have them.
  if (absl::EndsWith(name, ".gamma")) name = absl::StrCat(absl::StripSuffix(name, "gamma"), "weight");
  if (absl::EndsWith(name, ".beta")) name = absl::StrCat(absl::StripSuffix(name, "beta"), "bias");
  const absl::string_view last = LastTwo(name);
  const absl::string_view before = absl::string_view(name).substr(0, name.size() - last.size());
  if (absl::EndsWith(before, "attention.self.")) {
    return {name, absl::StrCat(before, absl::StrReplaceAll(last, {{".", "_global."}}))};
  }
  return {name};
}

std::vector<std::string> LedNames(absl::string_view source) {
  std::string name(source);
  if (absl::StartsWith(name, "model.")) name = absl::StrCat("led.", name.substr(6));
  const absl::string_view last = LastTwo(name);
  const absl::string_view before = absl::string_view(name).substr(0, name.size() - last.size());
  if (!absl::StrContains(before, "encoder.layers.") || !absl::EndsWith(before, ".self_attn.")) return {name};
  struct Change {
    absl::string_view from, to;
  };
  constexpr Change kProjections[] = {{"q_proj", "query"}, {"k_proj", "key"}, {"v_proj", "value"}};
  const absl::string_view part = last.substr(0, last.find('.')), rest = last.substr(part.size());
  for (const Change& change : kProjections) {
    if (part != change.from) continue;
    const std::string own = absl::StrCat(before, "longformer_self_attn.", change.to);
    return {absl::StrCat(own, rest), absl::StrCat(own, "_global", rest)};
  }
  return {absl::StrCat(before, part == "out_proj" ? "output" : part, rest)};
}

absl::StatusOr<std::string> LongClass(const ModelSpec& spec, const Family& family, absl::string_view long_prefix) {
  absl::string_view rest = spec.architecture;
  if (!absl::ConsumePrefix(&rest, family.class_prefix)) rest = "";
  if (rest == "ForPreTraining") rest = "ForMaskedLM";
  for (const absl::string_view known : {"Model", "ForMaskedLM", "ForSequenceClassification", "ForTokenClassification",
                                        "ForQuestionAnswering", "ForConditionalGeneration"}) {
    if (rest == known) return absl::StrCat(long_prefix, rest);
  }
  return absl::UnimplementedError(absl::StrCat("architecture ", Quoted(spec.architecture), " has no long form"));
}

void SetClass(JsonValue& config, absl::string_view model_type, absl::string_view architecture) {
  SetMember(config, "model_type", JsonOf(model_type));
  JsonValue classes = EmptyArray();
  classes.items.push_back(JsonOf(architecture));
  SetMember(config, "architectures", std::move(classes));
}

// What the classes have other defaults for, so that config.json need not have said it.
void SetDefault(JsonValue& config, absl::string_view key, int64_t value) {
  if (config.Find(key) == nullptr || config.Find(key)->is_null()) SetMember(config, key, JsonOf(value));
}

absl::Status BecomeLongformer(const ModelSpec& spec, const Family& family, int64_t positions, int64_t separator,
                              LongChanges* changes) {
  absl::StatusOr<std::string> architecture = LongClass(spec, family, "Longformer");
  if (!architecture.ok()) return architecture.status();
  if (spec.family == "bert" && spec.head != nullptr && spec.head->task == HeadTask::kMaskedLm &&
      spec.activation != kernels::Activation::kGelu) {
    return absl::UnimplementedError("Longformer's masked language model has the activation gelu alone in its head");
  }
  JsonValue& config = changes->config;
  SetClass(config, "longformer", *architecture);
  const bool roberta = spec.family != "bert";
  SetDefault(config, "vocab_size", spec.vocabulary);
  SetDefault(config, "pad_token_id", spec.pad_id);
  SetDefault(config, "type_vocab_size", spec.token_types);
  if (separator >= 0) SetDefault(config, "sep_token_id", separator);
  if (roberta) SetDefault(config, "sep_token_id", 2);
  // Longformer's positions begin behind the id of padding in every model, and BERT's do not.
  const int64_t reserved = spec.pad_id + 1;
  changes->tables.push_back(CopiedPositions(spec.position_embedding.name, spec.positions, positions, reserved));
  SetMember(config, "max_position_embeddings", JsonOf(positions + reserved));
  changes->names = WithCompanions([spec, &family](absl::string_view name) { return LongformerNames(name, spec, family); });
  return absl::OkStatus();
}

absl::Status BecomeLed(const ModelSpec& spec, const Family& family, int64_t positions, LongChanges* changes) {
  absl::StatusOr<std::string> architecture = LongClass(spec, family, "LED");
  if (!architecture.ok()) return architecture.status();
  const EmbeddingSpec& encoder = spec.stack->embedding;
  const EmbeddingSpec& decoder = spec.decoder->embedding;
  if (encoder.scale != 1) return absl::UnimplementedError("scale_embedding true: LED does not scale its embedding");
  JsonValue& config = changes->config;
  SetClass(config, "led", *architecture);
  // LED's tables have no unused rows in front.
  const int64_t target = decoder.position_spec.usable();
  changes->tables.push_back(CopiedPositions(encoder.positions.name, encoder.position_spec, positions, 0));
  changes->tables.push_back(CopiedPositions(decoder.positions.name, decoder.position_spec, target, 0));
  RemoveMember(config, "max_position_embeddings");
  SetMember(config, "max_encoder_position_embeddings", JsonOf(positions));
  SetMember(config, "max_decoder_position_embeddings", JsonOf(target));
  if (spec.head != nullptr && spec.head->task == HeadTask::kSequence && config.Find("id2label") == nullptr) {
    JsonValue labels = EmptyObject();
    for (size_t i = 0; i < spec.head->labels.size(); ++i) {
      SetMember(labels, absl::StrCat(i), JsonOf(spec.head->labels[i]));
    }
    SetMember(config, "id2label", std::move(labels));
  }
  changes->names = WithCompanions(LedNames);
  return absl::OkStatus();
}

}  // namespace

bool HasPublishedForm(const ModelSpec& spec) { return FindFamily(spec) != nullptr; }

absl::Status PlanPublishedForm(const ModelSpec& spec, absl::Span<const int64_t> sides, int64_t positions,
                               int64_t separator, LongChanges* changes) {
  const Family& family = *FindFamily(spec);
  if (changes->config.Find("longwave_attention") != nullptr) {
    return absl::InvalidArgumentError("the model's attention is not its family's any more (longwave_attention); convert the "
                                      "original model instead");
  }
  const int64_t usable = spec.positions.usable();
  if (positions == 0) positions = usable;
  if (positions < usable) {
    return absl::InvalidArgumentError(absl::StrCat("positions must be copied:N with N at least ", usable,
                                                   ", which the model has, got ", positions));
  }
  const absl::Status status = spec.decoder != nullptr ? BecomeLed(spec, family, positions, changes)
                                                      : BecomeLongformer(spec, family, positions, separator, changes);
  if (!status.ok()) return status;
  std::vector<int64_t> both;  // the classes count both sides together
  for (const int64_t side : sides) both.push_back(2 * side);
  SetMember(changes->config, "attention_window", JsonOf(both));
  for (ChosenRows& table : changes->tables) table.width = spec.hidden;
  changes->max_tokens = positions;
  changes->tokenizer_class = std::string(family.tokenizer);
  return absl::OkStatus();
}

ChosenRows CopiedPositions(std::string name, const PositionSpec& source, int64_t positions, int64_t reserved) {
  ChosenRows chosen;
  chosen.name = std::move(name);
  for (int64_t i = 0; i < reserved; ++i) chosen.rows.push_back(i < source.offset ? i : 0);
  for (int64_t i = 0; i < positions; ++i) chosen.rows.push_back(source.offset + i % source.usable());
  return chosen;
}

}  // namespace lwave::model
