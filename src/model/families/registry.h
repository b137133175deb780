// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The families that Longwave knows: each a translator from config.json and tensor names to a ModelSpec.

#ifndef LONGWAVE_MODEL_FAMILIES_REGISTRY_H_
#define LONGWAVE_MODEL_FAMILIES_REGISTRY_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "model/config.h"
#include "model/spec.h"

namespace lwave::model {

// The names of a checkpoint's tensors. Shapes are checked against the spec afterwards, for all families
// alike.
class TensorNames {
 public:
  // `sorted` are the names in ascending order, `file` how messages call the checkpoint; both must outlive
  // this.
  TensorNames(absl::Span<const absl::string_view> sorted, std::string file)
      : sorted_(sorted), file_(std::move(file)) {}
  bool Has(absl::string_view name) const;
  absl::Span<const absl::string_view> all() const { return sorted_; }
  const std::string& file() const { return file_; }

 private:
  absl::Span<const absl::string_view> sorted_;
  std::string file_;
};

// Fills everything of a spec but `sentence` and `long_reading`. DataLoss: wrong values, missing tensors.
// Unimplemented: a setting that changes the maths and is not done here.
using FamilyTranslator = absl::StatusOr<ModelSpec> (*)(ConfigReader& config, const TensorNames& tensors);

// families/bert.cc, families/roberta.cc, families/roberta_prelayernorm.cc
absl::StatusOr<ModelSpec> TranslateBert(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateRoberta(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateXlmRoberta(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateCamembert(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateRobertaPreLayerNorm(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateDistilBert(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateLongformer(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateBigBird(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateGpt2(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateBart(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateLed(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateReformer(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateLongwaveEncoder(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateLongwaveDecoder(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateXlnet(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateTransfoXl(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateGemma3(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateGemma3Text(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateGte(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateJinaBert(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateLongT5(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateModernBert(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateNomicBert(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateNystromformer(ConfigReader& config, const TensorNames& tensors);
absl::StatusOr<ModelSpec> TranslateQwen3(ConfigReader& config, const TensorNames& tensors);

// By the key model_type, and with longwave_attention in place of the family's own (attention_override.h). Unimplemented,
// with the list of those known, for another family.
absl::StatusOr<ModelSpec> TranslateModel(ConfigReader& config, const TensorNames& tensors);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_FAMILIES_REGISTRY_H_
