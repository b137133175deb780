// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How a document is scored.

#ifndef LONGWAVE_STREAM_SCORING_OPTIONS_H_
#define LONGWAVE_STREAM_SCORING_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "model/json.h"

namespace lwave::stream {

enum class ScoringMode : int32_t { kSliding = 0, kSegment = 1, kStream = 2 };

// Unset fields take what the last comment says.
struct ScoringOptions {
  ScoringMode mode = ScoringMode::kSliding;
  std::optional<int64_t> length;             // the model's positions
  std::optional<int64_t> stride;             // kSliding: half of length
  std::optional<int64_t> begin;              // -1: no id before the document
  std::optional<int64_t> left, sinks, tile;  // kStream: a window; none
  std::optional<int64_t> max_tokens;         // kStream: the model's positions
  std::optional<int64_t> queue;              // 4096
  std::optional<int64_t> held_back;          // 65536
  bool split_long = false;

  std::string ToJson() const;
  static absl::StatusOr<ScoringOptions> FromJson(const model::JsonValue& json);
};

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_SCORING_OPTIONS_H_
