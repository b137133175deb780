// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What BERT and its relatives share: configuration keys, tensor names and the checks around them. A relative
// is this with other defaults.

#ifndef LONGWAVE_MODEL_FAMILIES_BERT_LIKE_H_
#define LONGWAVE_MODEL_FAMILIES_BERT_LIKE_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "model/families/bert_heads.h"
#include "model/families/names.h"
#include "model/families/registry.h"
#include "model/stack_spec.h"

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
  bool roberta_heads = false;  // bert_heads.h
  absl::string_view activation = "gelu";
  int64_t max_positions = 512;
  absl::string_view pooler = "pooler.dense";
  bool attention_bias = true;   // of query, key and value
  bool scaled_words = false;    // by the root of their width
  // Fills in what another kind of attention has beside BERT's; without it the model is a plain encoder, with it a
  // stack.   layer: how the names of its tensors begin, "encoder.layer.0.attention.self."
  std::function<void(Names& names, const std::string& layer, int64_t index, AttentionSpec& attention)> attention;
  std::function<void(BertHeads& heads)> change_heads;  // may be null
};

// Refuses settings of published configurations that change the maths and are not done here.
void RefuseOtherMaths(ConfigReader& config);

absl::StatusOr<ModelSpec> TranslateBertLike(ConfigReader& config, const TensorNames& tensors,
                                            const BertRelative& relative);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_FAMILIES_BERT_LIKE_H_
