// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A model's long form: attention to a window in place of full attention, and more positions, made of copies of those
// that there are (Beltagy et al. 2020, section 5). Windows that are as wide on both sides make BERT and RoBERTa a
// Longformer and BART an LED, as published: tensors of those names, with copies of the projections for global tokens.
// Everything else is the same model with `longwave_attention` in config.json (c_api/families.md).

#ifndef LONGWAVE_MODEL_CONVERT_LONG_H_
#define LONGWAVE_MODEL_CONVERT_LONG_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "model/json.h"
#include "model/spec.h"

namespace lwave::model {

struct LongForm {
  struct Attention {
    enum class Kind : int32_t { kFull, kWindow, kFavor } kind = Kind::kFull;  // kFull: as it is
    int64_t left = 0, right = 0;  // kWindow: rows on each side (Longformer's published 512 are 256 on each)
    int64_t features = 0;         // kFavor
  };
  std::vector<Attention> attention;  // of all layers, or one for each; empty: as it is
  std::vector<int64_t> dilation;     // of all heads, or one for each; empty: 1
  int64_t sinks = 0;                 // first rows that every row sees; with windows of causal models
  int64_t positions = 0;             // rows of a text that have positions; 0: as many as there are
};

// attention: "window:N", "window:LEFT,RIGHT", "favor:FEATURES", "full"; several, one for each layer, with a semicolon
// between them. positions: "copied:N". Empty: as it is. InvalidArgument, with what was expected.
absl::StatusOr<LongForm> ParseLongForm(absl::string_view attention, absl::string_view positions);

// A tensor of the new file whose rows are chosen from one of the source's.
struct ChosenRows {
  std::string name;           // in the source
  std::vector<int64_t> rows;  // of the source, one for each of the new tensor
  int64_t width = 0;
};

// What becomes of a model directory.
struct LongChanges {
  JsonValue config;        // config.json
  int64_t max_tokens = 0;  // what the tokenizer shall cut at, specials included; 0: as it was
  std::string tokenizer_class;  // for tokenizer_config.json where it says none
  // The names that a tensor of the source has in the new file, in the rows or panels it has there: one as a rule, none
  // for buffers that say nothing, several for copies. Null: all stay as they are.
  std::function<std::vector<std::string>(absl::string_view name)> names;
  std::vector<ChosenRows> tables;
};

// config: of the source, which `spec` was made of. separator: the id of the token between a question and its text, -1
// where it is not known. InvalidArgument: numbers that do not fit the model. Unimplemented: what the model's family
// cannot be, by name.
absl::StatusOr<LongChanges> PlanLongForm(const ModelSpec& spec, const JsonValue& config, const LongForm& form,
                                         int64_t separator);

// config.json says that the directory is for Longwave alone, so that transformers refuses to open it; or no longer.
void MarkForLongwave(JsonValue& config, bool marked);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_CONVERT_LONG_H_
