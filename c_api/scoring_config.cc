// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Keys and values of kind "scoring".

#include "guard.h"
#include "handles.h"

namespace lwave::c_api {
namespace {

using attention::OptionInfo;
using attention::OptionType;
using attention::Options;
using stream::ScoringMode;
using stream::ScoringOptions;

constexpr double kMostId = 2147483647;
constexpr double kMostRows = 1 << 24;

const OptionInfo kInfos[] = {
    {"mode", OptionType::kText, 0, 0, "sliding|segment|stream"},
    {"length", OptionType::kInt, 2, kMostRows},
    {"stride", OptionType::kInt, 1, kMostRows},
    {"begin", OptionType::kInt, -1, kMostId},
    {"left", OptionType::kInt, 0, kMostRows},
    {"sinks", OptionType::kInt, 0, 4096},
    {"tile", OptionType::kInt, 1, kMostRows},
    {"max_tokens", OptionType::kInt, 1, 4294967296.0},
    {"queue", OptionType::kInt, 1, kMostRows},
    {"held_back", OptionType::kInt, 256, 1 << 26},
    {"split_long", OptionType::kInt, 0, 1},
};

struct IntField {
  const char* key;
  std::optional<int64_t> ScoringOptions::*field;
};
constexpr IntField kInts[] = {
    {"length", &ScoringOptions::length},         {"stride", &ScoringOptions::stride},
    {"begin", &ScoringOptions::begin},           {"left", &ScoringOptions::left},
    {"sinks", &ScoringOptions::sinks},           {"tile", &ScoringOptions::tile},
    {"max_tokens", &ScoringOptions::max_tokens}, {"queue", &ScoringOptions::queue},
    {"held_back", &ScoringOptions::held_back},
};

}  // namespace

absl::Span<const OptionInfo> ScoringOptionInfos() { return kInfos; }

absl::StatusOr<ScoringOptions> ScoringOf(const lwave_config* config) {
  ScoringOptions made;
  if (config == nullptr) return made;
  if (!config->scoring) return absl::InvalidArgumentError("the config must be of the kind scoring");
  const Options& options = config->layer;
  for (const IntField& one : kInts) {
    if (options.Has(one.key)) made.*one.field = options.Int(one.key, 0);
  }
  made.split_long = options.Flag("split_long");
  const std::string mode = options.Text("mode", "sliding");
  made.mode = mode == "stream" ? ScoringMode::kStream : mode == "segment" ? ScoringMode::kSegment : ScoringMode::kSliding;
  return made;
}

}  // namespace lwave::c_api
