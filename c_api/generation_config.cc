// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Keys and values of kind "generation".

#include "base/random_numbers.h"
#include "guard.h"
#include "handles.h"

namespace lwave::c_api {
namespace {

using attention::OptionInfo;
using attention::OptionType;
using attention::Options;
using stream::EarlyStopping;
using stream::GenerationOptions;

constexpr double kMostId = 2147483647;
constexpr double kMostLength = 4294967296;

const OptionInfo kInfos[] = {
    {"max_new_tokens", OptionType::kInt, 1, kMostLength},
    {"max_length", OptionType::kInt, 1, kMostLength},
    {"min_new_tokens", OptionType::kInt, 0, kMostLength},
    {"min_length", OptionType::kInt, 0, kMostLength},
    {"sample", OptionType::kInt, 0, 1},
    {"temperature", OptionType::kFloat, 0, 1e6},
    {"top_k", OptionType::kInt, 0, kMostId},
    {"top_p", OptionType::kFloat, 0, 1},
    {"seed", OptionType::kInt, 0, kMostSeed},
    {"beams", OptionType::kInt, 1, 64},
    {"length_penalty", OptionType::kFloat, -100, 100},
    {"early_stopping", OptionType::kText, 0, 0, "no|yes|never"},
    {"repetition_penalty", OptionType::kFloat, 1e-6, 1e6},
    {"no_repeat_ngram", OptionType::kInt, 0, 65536},
    {"forced_first", OptionType::kInt, -1, kMostId},
    {"forced_last", OptionType::kInt, -1, kMostId},
    {"decoder_start", OptionType::kInt, 0, kMostId},
    {"end_ids", OptionType::kInts, 0, kMostId},
    {"suppressed", OptionType::kInts, 0, kMostId},
    {"globals", OptionType::kInts, 0, kMostLength},
    {"stop_at_end", OptionType::kInt, 0, 1},
    {"max_tokens", OptionType::kInt, 1, kMostLength},
    {"left", OptionType::kInt, 0, 1 << 24},
    {"sinks", OptionType::kInt, 0, 4096},
    {"tile", OptionType::kInt, 1, 1 << 24},
    {"model_settings", OptionType::kInt, 0, 1},
};

struct IntField {
  const char* key;
  std::optional<int64_t> GenerationOptions::*field;
};
constexpr IntField kInts[] = {
    {"max_new_tokens", &GenerationOptions::max_new_tokens},
    {"max_length", &GenerationOptions::max_length},
    {"min_new_tokens", &GenerationOptions::min_new_tokens},
    {"min_length", &GenerationOptions::min_length},
    {"top_k", &GenerationOptions::top_k},
    {"seed", &GenerationOptions::seed},
    {"beams", &GenerationOptions::beams},
    {"no_repeat_ngram", &GenerationOptions::no_repeat_ngram},
    {"forced_first", &GenerationOptions::forced_first},
    {"forced_last", &GenerationOptions::forced_last},
    {"decoder_start", &GenerationOptions::decoder_start},
    {"max_tokens", &GenerationOptions::max_tokens},
    {"left", &GenerationOptions::left},
    {"sinks", &GenerationOptions::sinks},
    {"tile", &GenerationOptions::tile},
};

struct NumberField {
  const char* key;
  std::optional<double> GenerationOptions::*field;
};
constexpr NumberField kNumbers[] = {
    {"temperature", &GenerationOptions::temperature},
    {"top_p", &GenerationOptions::top_p},
    {"length_penalty", &GenerationOptions::length_penalty},
    {"repetition_penalty", &GenerationOptions::repetition_penalty},
};

struct ListField {
  const char* key;
  std::optional<std::vector<int64_t>> GenerationOptions::*field;
};
constexpr ListField kLists[] = {
    {"end_ids", &GenerationOptions::end_ids},
    {"suppressed", &GenerationOptions::suppressed},
    {"globals", &GenerationOptions::globals},
};

}  // namespace

absl::Span<const OptionInfo> GenerationOptionInfos() { return kInfos; }

absl::StatusOr<GenerationOptions> GenerationOf(const lwave_config* config) {
  GenerationOptions made;
  if (config == nullptr) return made;
  if (!config->generation) return absl::InvalidArgumentError("the config must be of the kind generation");
  const Options& options = config->layer;
  for (const IntField& one : kInts) {
    if (options.Has(one.key)) made.*one.field = options.Int(one.key, 0);
  }
  for (const NumberField& one : kNumbers) {
    if (options.Has(one.key)) made.*one.field = options.Float(one.key, 0);
  }
  for (const ListField& one : kLists) {
    if (options.Has(one.key)) made.*one.field = options.Ints(one.key);
  }
  if (options.Has("sample")) made.sample = options.Flag("sample");
  if (options.Has("stop_at_end")) made.stop_at_end = options.Flag("stop_at_end");
  made.model_settings = options.Int("model_settings", 1) != 0;
  if (options.Has("early_stopping")) {
    const std::string word = options.Text("early_stopping", "no");
    made.early_stopping =
        word == "yes" ? EarlyStopping::kTrue : word == "never" ? EarlyStopping::kNever : EarlyStopping::kFalse;
  }
  return made;
}

}  // namespace lwave::c_api
