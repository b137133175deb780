// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Options over settings over defaults, checked against the model.

#include "model/reading.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/json_text.h"
#include "model/long_reading.h"

namespace lwave::model {
namespace {

constexpr const char* kModeNames[] = {"window", "alone", "truncate", "refuse"};
constexpr const char* kExecutionNames[] = {"auto", "stream", "whole"};

absl::StatusOr<std::vector<int64_t>> PerLayer(const ModelSpec& spec, const std::vector<int64_t>& given,
                                              absl::string_view name) {
  if (given.size() == 1) return std::vector<int64_t>(static_cast<size_t>(spec.layer_count()), given[0]);
  if (static_cast<int64_t>(given.size()) != spec.layer_count()) {
    return absl::InvalidArgumentError(absl::StrCat("option ", name, " must be one number or one for each of ",
                                                   spec.layer_count(), " layers, got ", given.size()));
  }
  return given;
}

}  // namespace

absl::string_view LongModeName(LongMode mode) { return kModeNames[static_cast<int32_t>(mode)]; }

std::optional<LongMode> ParseLongMode(absl::string_view name) {
  for (int32_t i = 0; i < 4; ++i) {
    if (name == kModeNames[i]) return static_cast<LongMode>(i);
  }
  return std::nullopt;
}

absl::string_view ExecutionName(Execution execution) { return kExecutionNames[static_cast<int32_t>(execution)]; }

std::optional<Execution> ParseExecution(absl::string_view name) {
  for (int32_t i = 0; i < 3; ++i) {
    if (name == kExecutionNames[i]) return static_cast<Execution>(i);
  }
  return std::nullopt;
}

int64_t UsableRows(const ModelSpec& spec) {
  // Families whose positions have no end still need a bound for what is held.
  return spec.stack != nullptr && spec.positions.usable() == 0 ? kUnboundedRows : spec.positions.usable();
}

int64_t MaxRows(const ModelSpec& spec) {
  const int64_t declared = spec.sentence.max_sequence_length;
  const int64_t usable = UsableRows(spec);
  return declared > 0 ? std::min(declared, usable) : usable;
}

int64_t Reading::FirstLatency() const {
  // Row 0 of a layer needs row max(right, sinks - 1) of the layer below, which needs ...
  int64_t row = 0;
  for (size_t layer = right.size(); layer-- > 0;) row = std::max(row + right[layer], sinks - 1);
  return std::max(row, full_rows);
}

int64_t Reading::SteadyLatency() const {
  int64_t sum = 0;
  for (int64_t rows : right) sum += rows;
  return windowed() ? sum : full_rows;
}

absl::StatusOr<Reading> ResolveReading(const ModelSpec& spec, const ReadingOptions& options) {
  const LongReading* own = spec.long_reading.has_value() ? &*spec.long_reading : nullptr;
  Reading reading;
  reading.queue = options.queue;
  reading.step_rows = options.step_rows;
  reading.add_special_tokens = options.add_special_tokens;
  reading.split_long = options.split_long;
  reading.execution = options.execution;
  reading.vectors = options.vectors;
  if (options.vectors) reading.add_special_tokens = false;  // which have no vectors
  reading.held_back = options.held_back;
  reading.passage_tokens = options.passage_tokens.value_or(own != nullptr ? own->passage_tokens : 254);
  reading.mode = options.mode.value_or(own != nullptr ? LongMode::kWindow : LongMode::kRefuse);

  const int64_t full_up_to = options.full_up_to.value_or(own != nullptr ? own->full_up_to : MaxRows(spec));
  if (full_up_to < 0 || full_up_to > UsableRows(spec)) {
    return absl::InvalidArgumentError(absl::StrCat("option full_up_to must be 0 to ", UsableRows(spec),
                                                   " (the model's positions), got ", full_up_to));
  }
  if (!reading.windowed()) {
    reading.full_rows = std::min(MaxRows(spec), options.max_rows.value_or(MaxRows(spec)));
    reading.max_rows = options.max_rows.value_or(0);
    if (reading.mode == LongMode::kAlone) {
      reading.full_rows = full_up_to;
      // A passage read alone needs its rows; the specials are counted where they are known (stream/).
      if (!options.passage_tokens && own == nullptr) {
        reading.passage_tokens = std::min(reading.passage_tokens, UsableRows(spec));
      }
      if (reading.passage_tokens > UsableRows(spec)) {
        return absl::InvalidArgumentError(absl::StrCat("option passage_tokens must be at most ",
                                                       UsableRows(spec), " for long = alone, got ",
                                                       reading.passage_tokens));
      }
    }
    return reading;
  }

  if (spec.stack != nullptr) {
    return absl::UnimplementedError(
        absl::StrCat("long = window is for plain encoders; how far rows of ", spec.family,
                     " see is the model's own (alone, truncate and refuse can be had)"));
  }
  if (absl::Status status = CheckWindowPooling(spec); !status.ok()) return status;
  if (own == nullptr && (!options.left || !options.right || !options.tile)) {
    return absl::InvalidArgumentError(
        "long = window needs the options left, right and tile: the model has no longwave.json with a window");
  }
  LongReading wanted;
  if (own != nullptr) wanted = *own;
  if (options.left) wanted.left = *options.left;
  if (options.right) wanted.right = *options.right;
  if (options.sinks) wanted.sinks = *options.sinks;
  if (options.tile) wanted.tile = *options.tile;
  wanted.full_up_to = full_up_to;
  wanted.passage_tokens = reading.passage_tokens;
  for (auto [side, name] : {std::pair(&wanted.left, "left"), std::pair(&wanted.right, "right")}) {
    absl::StatusOr<std::vector<int64_t>> layers = PerLayer(spec, *side, name);
    if (!layers.ok()) return layers.status();
    *side = *std::move(layers);
  }
  const absl::Status valid = ValidateLongReading(spec, wanted);
  if (!valid.ok()) return valid;
  reading.left = wanted.left;
  reading.right = wanted.right;
  reading.sinks = wanted.sinks;
  reading.tile = wanted.tile;
  reading.full_rows = full_up_to;
  return reading;
}

std::string Reading::ToJson() const {
  JsonText json;
  json.Add("long", LongModeName(mode));
  if (windowed()) json.Add("left", left).Add("right", right).Add("sinks", sinks).Add("tile", tile);
  if (windowed() || mode == LongMode::kAlone) json.Add("full_up_to", full_rows);
  json.Add("passage_tokens", passage_tokens).Add("queue", queue).Add("step_rows", step_rows);
  json.Add("add_special_tokens", add_special_tokens ? 1 : 0).Add("split_long", split_long ? 1 : 0);
  if (max_rows > 0) json.Add("max_rows", max_rows);
  if (vectors) json.Add("vectors", 1);
  if (execution != Execution::kAuto) json.Add("execution", ExecutionName(execution));
  if (held_back != ReadingOptions().held_back) json.Add("held_back", held_back);
  return json.Text();
}

absl::StatusOr<ReadingOptions> Reading::OptionsFromJson(const JsonValue& json) {
  if (!json.is_object()) return absl::DataLossError("snapshot: the options are not a JSON object");
  ReadingOptions options;
  for (const auto& [key, value] : json.members) {
    if (key == "long" && value.is_string()) {
      options.mode = ParseLongMode(value.string);
      if (options.mode) continue;
    } else if (key == "execution" && value.is_string()) {
      if (const std::optional<Execution> execution = ParseExecution(value.string)) {
        options.execution = *execution;
        continue;
      }
    } else if ((key == "left" || key == "right") && value.is_array() && value.items.size() <= 4096 &&
               std::all_of(value.items.begin(), value.items.end(), [](const auto& v) { return v.is_integer(); })) {
      std::vector<int64_t>& list = (key == "left" ? options.left : options.right).emplace();
      for (const JsonValue& item : value.items) list.push_back(item.integer);
      continue;
    } else if (value.is_integer()) {
      const int64_t number = value.integer;
      if (key == "sinks") options.sinks = number;
      else if (key == "tile") options.tile = number;
      else if (key == "full_up_to") options.full_up_to = number;
      else if (key == "passage_tokens" && number >= 1 && number <= 8192) options.passage_tokens = number;
      else if (key == "queue" && number >= 1 && number <= 65536) options.queue = number;
      else if (key == "step_rows" && number >= 1 && number <= 1024) options.step_rows = number;
      else if (key == "add_special_tokens") options.add_special_tokens = number != 0;
      else if (key == "max_rows" && number >= 1) options.max_rows = number;
      else if (key == "vectors") options.vectors = number != 0;
      else if (key == "split_long") options.split_long = number != 0;
      else if (key == "held_back" && number >= 256 && number <= int64_t{1} << 26) options.held_back = number;
      else return absl::DataLossError(absl::StrCat("snapshot: option ", key, " is unknown or out of bounds"));
      continue;
    }
    return absl::DataLossError(absl::StrCat("snapshot: option ", key, " is unknown or of the wrong type"));
  }
  return options;
}

}  // namespace lwave::model
