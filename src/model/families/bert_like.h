// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What BERT and its relatives share: configuration keys, tensor names and the checks around them. A relative
// is this with other defaults.

#ifndef LONGWAVE_MODEL_FAMILIES_BERT_LIKE_H_
#define LONGWAVE_MODEL_FAMILIES_BERT_LIKE_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "model/families/registry.h"

namespace lwave::model {

struct BertRelative {
  absl::string_view prefix;        // of all encoder tensors where a head was saved with them: "bert."
  absl::string_view architecture;  // where config.json names none
  // Defaults of the published configuration class.
  int64_t vocabulary = 0;
  int64_t pad_id = 0;
  // Positions count from pad_id + 1 and padding takes none (RoBERTa), instead of from 0 (BERT).
  bool positions_by_padding = false;
  // Norms before attention and MLP and one at the end, instead of after each sum.
  bool pre_norm = false;
};

absl::StatusOr<ModelSpec> TranslateBertLike(ConfigReader& config, const TensorNames& tensors,
                                            const BertRelative& relative);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_FAMILIES_BERT_LIKE_H_
