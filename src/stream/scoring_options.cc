// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/scoring_options.h"

#include "base/json_text.h"
#include "model/config.h"

namespace lwave::stream {
namespace {

constexpr int64_t kMostTokens = int64_t{1} << 32;

struct Field {
  const char* key;
  std::optional<int64_t> ScoringOptions::*field;
  int64_t low, high;
};
constexpr Field kFields[] = {
    {"length", &ScoringOptions::length, 2, 1 << 24},    {"stride", &ScoringOptions::stride, 1, 1 << 24},
    {"begin", &ScoringOptions::begin, -1, 2147483647},  {"left", &ScoringOptions::left, 0, 1 << 24},
    {"sinks", &ScoringOptions::sinks, 0, 4096},         {"tile", &ScoringOptions::tile, 1, 1 << 24},
    {"max_tokens", &ScoringOptions::max_tokens, 1, kMostTokens}, {"queue", &ScoringOptions::queue, 1, 1 << 24},
    {"held_back", &ScoringOptions::held_back, 256, 1 << 26},
};

}  // namespace

std::string ScoringOptions::ToJson() const {
  JsonText json;
  json.Add("mode", static_cast<int64_t>(mode));
  for (const Field& one : kFields) {
    if ((this->*one.field).has_value()) json.Add(one.key, *(this->*one.field));
  }
  json.Add("split_long", split_long ? 1 : 0);
  return json.Text();
}

absl::StatusOr<ScoringOptions> ScoringOptions::FromJson(const model::JsonValue& json) {
  model::ConfigReader config(json, "snapshot");
  ScoringOptions options;
  options.mode = static_cast<ScoringMode>(config.Integer("mode", 0, 0, 2));
  for (const Field& one : kFields) {
    if (config.Has(one.key)) options.*one.field = config.Integer(one.key, std::nullopt, one.low, one.high);
  }
  options.split_long = config.Integer("split_long", 0, 0, 1) != 0;
  if (!config.status().ok()) return config.status();
  return options;
}

}  // namespace lwave::stream
