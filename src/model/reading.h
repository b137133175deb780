// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How one sequence is read, with every choice made: the caller's options over the model's own settings.

#ifndef LONGWAVE_MODEL_READING_H_
#define LONGWAVE_MODEL_READING_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "model/json.h"
#include "model/spec.h"

namespace lwave::model {

enum class LongMode : int32_t { kWindow = 0, kAlone = 1, kTruncate = 2, kRefuse = 3 };

absl::string_view LongModeName(LongMode mode);
std::optional<LongMode> ParseLongMode(absl::string_view name);

// How rows go through a stack: kStream as they come, which some layers cannot; kWhole when the sequence is finished;
// kAuto the first where it can be.
enum class Execution : int32_t { kAuto = 0, kStream = 1, kWhole = 2 };

absl::string_view ExecutionName(Execution execution);
std::optional<Execution> ParseExecution(absl::string_view name);

// What a caller may set; unset fields take the model's setting, or the default.
struct ReadingOptions {
  std::optional<LongMode> mode;
  std::optional<std::vector<int64_t>> left, right;  // one number, or one a layer
  std::optional<int64_t> sinks, tile, full_up_to, passage_tokens;
  std::optional<int64_t> max_rows;  // truncate, refuse: where fewer than the model's own limit are wanted
  int64_t queue = 16;
  int64_t step_rows = 192;
  bool add_special_tokens = true;
  bool split_long = false;
  Execution execution = Execution::kAuto;
  bool vectors = false;  // rows come as vectors in place of what ids give
  int64_t held_back = 65536;

  bool operator==(const ReadingOptions&) const = default;
};

// Resolved. Sequences of at most `full_rows` rows are read in full; longer ones through the window (kWindow),
// or not at all by one memory: `full_rows` is then the most a memory takes.
struct Reading {
  LongMode mode = LongMode::kRefuse;
  std::vector<int64_t> left, right;  // kWindow: one a layer
  int64_t sinks = 0;
  int64_t tile = 0;
  int64_t full_rows = 0;
  int64_t passage_tokens = 254;
  int64_t queue = 16;
  int64_t step_rows = 192;
  bool add_special_tokens = true;
  bool split_long = false;
  Execution execution = Execution::kAuto;
  bool vectors = false;
  int64_t max_rows = 0;  // as the options have it; 0: not set
  int64_t held_back = 65536;  // bytes of text that a tokenizer may keep until it knows their tokens

  bool windowed() const { return mode == LongMode::kWindow; }

  // Rows of input that must have arrived, beside row i itself, before row i leaves: for row 0 and further on.
  int64_t FirstLatency() const;
  int64_t SteadyLatency() const;

  // The resolved options as JSON, a canonical text: equal readings give equal texts.
  std::string ToJson() const;
  static absl::StatusOr<ReadingOptions> OptionsFromJson(const JsonValue& json);
};

// Rows that the model reads in full at most: sentence_bert_config.json's limit, else the position table, else (relative
// positions without end) kUnboundedRows.
inline constexpr int64_t kUnboundedRows = 4096;
// The positions, or that number.
int64_t UsableRows(const ModelSpec& spec);
int64_t MaxRows(const ModelSpec& spec);

// Errors: InvalidArgument naming the option; Unimplemented where the model cannot be read that way.
absl::StatusOr<Reading> ResolveReading(const ModelSpec& spec, const ReadingOptions& options);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_READING_H_
