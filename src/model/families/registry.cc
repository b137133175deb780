// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See registry.h.

#include "model/families/registry.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/files.h"
#include "model/attention_override.h"

namespace lwave::model {
namespace {

struct Family {
  absl::string_view model_type;
  FamilyTranslator translate;
};
constexpr Family kFamilies[] = {
    {"bart", TranslateBart},
    {"bert", TranslateBert},
    {"big_bird", TranslateBigBird},
    {"camembert", TranslateCamembert},
    {"distilbert", TranslateDistilBert},
    {"gemma3", TranslateGemma3},
    {"gemma3_text", TranslateGemma3Text},
    {"gpt2", TranslateGpt2},
    {"led", TranslateLed},
    {"longformer", TranslateLongformer},
    {"longt5", TranslateLongT5},
    {"longwave-decoder", TranslateLongwaveDecoder},
    {"longwave-encoder", TranslateLongwaveEncoder},
    {"modernbert", TranslateModernBert},
    {"new", TranslateGte},
    {"nomic_bert", TranslateNomicBert},
    {"nystromformer", TranslateNystromformer},
    {"qwen3", TranslateQwen3},
    {"reformer", TranslateReformer},
    {"roberta", TranslateRoberta},
    {"roberta-prelayernorm", TranslateRobertaPreLayerNorm},
    {"transfo-xl", TranslateTransfoXl},
    {"xlm-roberta", TranslateXlmRoberta},
    {"xlnet", TranslateXlnet},
};

// The family's attention, or what config.json wants instead.
absl::Status OverrideAttention(const ConfigReader& config, const TensorNames& tensors, ModelSpec* spec) {
  const JsonValue* value = config.Value("longwave_attention");
  if (value == nullptr) return absl::OkStatus();
  absl::StatusOr<std::vector<AttentionOverride>> overrides = ReadAttentionOverrides(*value);
  const absl::Status status = overrides.ok() ? ApplyAttentionOverride(*overrides, tensors, spec) : overrides.status();
  if (status.ok()) return status;
  return absl::Status(absl::IsUnimplemented(status) ? status.code() : absl::StatusCode::kDataLoss,
                      absl::StrCat(config.file(), ": ", status.message()));
}

}  // namespace

bool TensorNames::Has(absl::string_view name) const {
  if (std::binary_search(sorted_.begin(), sorted_.end(), name)) return true;
  // In a file of panels a matrix that is part of a tensor has a tensor of its own, NAME.rowsN.
  const std::string parts = absl::StrCat(name, ".rows");
  const auto found = std::lower_bound(sorted_.begin(), sorted_.end(), absl::string_view(parts));
  return found != sorted_.end() && absl::StartsWith(*found, parts);
}

absl::StatusOr<ModelSpec> TranslateModel(ConfigReader& config, const TensorNames& tensors) {
  const std::string model_type = config.String("model_type", std::nullopt);
  if (!config.status().ok()) return config.status();
  for (const Family& family : kFamilies) {
    if (family.model_type != model_type) continue;
    absl::StatusOr<ModelSpec> spec = family.translate(config, tensors);
    if (!spec.ok()) return spec;
    spec->family = model_type;
    if (absl::Status status = OverrideAttention(config, tensors, &*spec); !status.ok()) return status;
    return spec;
  }
  config.Unsupported(absl::StrCat("model_type ", ShownName(model_type), " is not supported; known are ",
                                  absl::StrJoin(kFamilies, ", ", [](std::string* out, const Family& f) {
                                    absl::StrAppend(out, f.model_type);
                                  })));
  return config.status();
}

}  // namespace lwave::model
