// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How text is generated: what a caller may set, over what the model's generation_config.json says.

#ifndef LONGWAVE_STREAM_GENERATION_OPTIONS_H_
#define LONGWAVE_STREAM_GENERATION_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/files.h"
#include "model/json.h"

namespace lwave::stream {

enum class EarlyStopping : int32_t { kFalse = 0, kTrue = 1, kNever = 2 };

// Unset fields take the model's setting, or the default of the last comment.
struct GenerationOptions {
  std::optional<int64_t> max_new_tokens;          // 20
  std::optional<int64_t> max_length;              // prompt included; none
  std::optional<int64_t> min_new_tokens;          // 0
  std::optional<int64_t> min_length;              // prompt included; 0
  std::optional<bool> sample;                     // false: the best token
  std::optional<double> temperature;              // 1
  std::optional<int64_t> top_k;                   // 50 (0: all)
  std::optional<double> top_p;                    // 1
  std::optional<int64_t> seed;                    // 0
  std::optional<int64_t> beams;                   // 1
  std::optional<double> length_penalty;           // 1
  std::optional<EarlyStopping> early_stopping;    // kFalse
  std::optional<double> repetition_penalty;       // 1
  std::optional<int64_t> no_repeat_ngram;         // 0: any may repeat
  std::optional<int64_t> forced_first, forced_last;  // -1: none
  std::optional<int64_t> decoder_start;           // the model's
  std::optional<std::vector<int64_t>> end_ids;    // the model's
  std::optional<std::vector<int64_t>> suppressed; // none
  std::optional<std::vector<int64_t>> globals;    // of an encoder: tokens that see all; none
  std::optional<bool> stop_at_end;                // true
  std::optional<int64_t> max_tokens;              // rows that a memory without a bound takes; the model's positions
  std::optional<int64_t> left, sinks, tile;       // a causal model read through a window with sinks; none
  bool model_settings = true;                     // false: generation_config.json is not looked at

  // Fields of `other` where this has none.
  void FillFrom(const GenerationOptions& other);
  // The canonical text of what is set: equal options give equal texts.
  std::string ToJson() const;
  static absl::StatusOr<GenerationOptions> FromJson(const model::JsonValue& json);
};

// generation_config.json, or where there is none the same keys of config.json. Unimplemented, by name: a setting that
// changes what is generated and is not done here. DataLoss: malformed.
absl::StatusOr<GenerationOptions> ReadGenerationConfig(const Folder& folder);

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_GENERATION_OPTIONS_H_
