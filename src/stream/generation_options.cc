// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Reading, filling and writing.

#include "stream/generation_options.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/json_text.h"
#include "model/config.h"
#include "model/json.h"

namespace lwave::stream {
namespace {

using model::ConfigReader;
using model::JsonValue;

constexpr size_t kMostBytes = size_t{4} << 20;
constexpr int64_t kMostId = (int64_t{1} << 31) - 1;
constexpr int64_t kMostLength = int64_t{1} << 32;

// Settings whose neutral value does nothing; anything else is refused by name.
struct Neutral {
  absl::string_view key;
  double value;
};
constexpr Neutral kNeutral[] = {
    {"typical_p", 1},          {"epsilon_cutoff", 0},       {"eta_cutoff", 0},
    {"diversity_penalty", 0},  {"num_beam_groups", 1},      {"encoder_repetition_penalty", 1},
    {"encoder_no_repeat_ngram_size", 0}, {"penalty_alpha", 0}, {"guidance_scale", 1},
    {"num_return_sequences", 1}, {"min_p", 0}, {"top_h", 1}, {"dola_layers", 0},
};
constexpr absl::string_view kFlags[] = {"renormalize_logits", "remove_invalid_values", "token_healing"};  // only false
constexpr absl::string_view kRefused[] = {
    "bad_words_ids",  "force_words_ids",        "constraints",           "sequence_bias",  "begin_suppress_tokens",
    "forced_decoder_ids", "exponential_decay_length_penalty", "watermarking_config", "stop_strings", "prompt_lookup_num_tokens",
    "assistant_model", "max_time",
};

std::optional<int64_t> Integer(ConfigReader& config, absl::string_view key, int64_t low, int64_t high) {
  if (!config.Has(key)) return std::nullopt;
  return config.Integer(key, std::nullopt, low, high);
}

std::optional<double> Number(ConfigReader& config, absl::string_view key, double low, double high) {
  if (!config.Has(key)) return std::nullopt;
  return config.Number(key, std::nullopt, low, high);
}

// One id or a list of them.
std::optional<std::vector<int64_t>> Ids(ConfigReader& config, const JsonValue& root, absl::string_view key) {
  const JsonValue* value = root.Find(key);
  if (value == nullptr || value->is_null()) return std::nullopt;
  std::vector<int64_t> ids;
  const auto add = [&](const JsonValue& one) {
    if (!one.is_integer() || one.integer < 0 || one.integer > kMostId) {
      config.Wrong(key, "an id or a list of ids");
    } else {
      ids.push_back(one.integer);
    }
  };
  if (value->is_array()) {
    for (const JsonValue& one : value->items) add(one);
  } else {
    add(*value);
  }
  return ids;
}

template <typename T>
void Fill(std::optional<T>& field, const std::optional<T>& other) {
  if (!field.has_value()) field = other;
}

}  // namespace

absl::StatusOr<GenerationOptions> ReadGenerationConfig(const Folder& folder) {
  const bool own = folder.Holds("generation_config.json");
  absl::StatusOr<JsonValue> root =
      model::ReadJsonFile(folder, own ? "generation_config.json" : "config.json", kMostBytes);
  if (!root.ok()) return root.status();
  ConfigReader config(*root, folder.Shown(own ? "generation_config.json" : "config.json"));
  GenerationOptions options;
  options.max_new_tokens = Integer(config, "max_new_tokens", 1, kMostLength);
  options.max_length = Integer(config, "max_length", 1, kMostLength);
  options.min_new_tokens = Integer(config, "min_new_tokens", 0, kMostLength);
  options.min_length = Integer(config, "min_length", 0, kMostLength);
  if (config.Has("do_sample")) options.sample = config.Boolean("do_sample", false);
  options.temperature = Number(config, "temperature", 0, 1e6);
  options.top_k = Integer(config, "top_k", 0, kMostId);
  options.top_p = Number(config, "top_p", 0, 1);
  options.beams = Integer(config, "num_beams", 1, 64);
  options.length_penalty = Number(config, "length_penalty", -100, 100);
  if (const JsonValue* early = root->Find("early_stopping"); early != nullptr && !early->is_null()) {
    if (early->is_string() && early->string == "never") {
      options.early_stopping = EarlyStopping::kNever;
    } else {
      options.early_stopping = config.Boolean("early_stopping", false) ? EarlyStopping::kTrue : EarlyStopping::kFalse;
    }
  }
  options.repetition_penalty = Number(config, "repetition_penalty", 1e-6, 1e6);
  options.no_repeat_ngram = Integer(config, "no_repeat_ngram_size", 0, 65536);
  options.forced_first = Integer(config, "forced_bos_token_id", 0, kMostId);
  options.forced_last = Integer(config, "forced_eos_token_id", 0, kMostId);
  options.decoder_start = Integer(config, "decoder_start_token_id", 0, kMostId);
  options.end_ids = Ids(config, *root, "eos_token_id");
  options.suppressed = Ids(config, *root, "suppress_tokens");
  for (const Neutral& neutral : kNeutral) {
    if (config.Has(neutral.key) && config.Number(neutral.key, neutral.value, -1e9, 1e9) != neutral.value) {
      config.Unsupported(absl::StrCat(neutral.key, " other than ", neutral.value, " is not supported"));
    }
  }
  for (const absl::string_view key : kFlags) {
    if (config.Boolean(key, false)) config.Unsupported(absl::StrCat(key, " true is not supported"));
  }
  for (const absl::string_view key : kRefused) {
    const JsonValue* value = root->Find(key);
    if (value == nullptr || value->is_null()) continue;
    if ((value->is_array() && value->items.empty()) || (value->is_object() && value->members.empty())) continue;
    config.Unsupported(absl::StrCat(key, " is not supported"));
  }
  if (!config.status().ok()) return config.status();
  return options;
}

void GenerationOptions::FillFrom(const GenerationOptions& other) {
  Fill(max_new_tokens, other.max_new_tokens);
  // A length that the caller gave is not crossed by the model's other one.
  if (!max_new_tokens.has_value()) Fill(max_length, other.max_length);
  Fill(min_new_tokens, other.min_new_tokens);
  Fill(min_length, other.min_length);
  Fill(sample, other.sample);
  Fill(temperature, other.temperature);
  Fill(top_k, other.top_k);
  Fill(top_p, other.top_p);
  Fill(beams, other.beams);
  Fill(length_penalty, other.length_penalty);
  Fill(early_stopping, other.early_stopping);
  Fill(repetition_penalty, other.repetition_penalty);
  Fill(no_repeat_ngram, other.no_repeat_ngram);
  Fill(forced_first, other.forced_first);
  Fill(forced_last, other.forced_last);
  Fill(decoder_start, other.decoder_start);
  Fill(end_ids, other.end_ids);
  Fill(suppressed, other.suppressed);
}

std::string GenerationOptions::ToJson() const {
  JsonText json;
  const auto integer = [&](absl::string_view key, const std::optional<int64_t>& value) {
    if (value.has_value()) json.Add(key, *value);
  };
  const auto number = [&](absl::string_view key, const std::optional<double>& value) {
    if (value.has_value()) json.AddJson(key, absl::StrFormat("%.17g", *value));
  };
  const auto list = [&](absl::string_view key, const std::optional<std::vector<int64_t>>& value) {
    if (value.has_value()) json.Add(key, *value);
  };
  integer("max_new_tokens", max_new_tokens);
  integer("max_length", max_length);
  integer("min_new_tokens", min_new_tokens);
  integer("min_length", min_length);
  if (sample.has_value()) json.Add("sample", *sample ? 1 : 0);
  number("temperature", temperature);
  integer("top_k", top_k);
  number("top_p", top_p);
  integer("seed", seed);
  integer("beams", beams);
  number("length_penalty", length_penalty);
  if (early_stopping.has_value()) json.Add("early_stopping", static_cast<int64_t>(*early_stopping));
  number("repetition_penalty", repetition_penalty);
  integer("no_repeat_ngram", no_repeat_ngram);
  integer("forced_first", forced_first);
  integer("forced_last", forced_last);
  integer("decoder_start", decoder_start);
  list("end_ids", end_ids);
  list("suppressed", suppressed);
  list("globals", globals);
  if (stop_at_end.has_value()) json.Add("stop_at_end", *stop_at_end ? 1 : 0);
  integer("max_tokens", max_tokens);
  integer("left", left);
  integer("sinks", sinks);
  integer("tile", tile);
  return json.Text();
}

absl::StatusOr<GenerationOptions> GenerationOptions::FromJson(const JsonValue& json) {
  ConfigReader config(json, "snapshot");
  GenerationOptions options;
  options.max_new_tokens = Integer(config, "max_new_tokens", 1, kMostLength);
  options.max_length = Integer(config, "max_length", 1, kMostLength);
  options.min_new_tokens = Integer(config, "min_new_tokens", 0, kMostLength);
  options.min_length = Integer(config, "min_length", 0, kMostLength);
  if (const auto sample = Integer(config, "sample", 0, 1)) options.sample = *sample != 0;
  options.temperature = Number(config, "temperature", 0, 1e6);
  options.top_k = Integer(config, "top_k", 0, kMostId);
  options.top_p = Number(config, "top_p", 0, 1);
  options.seed = Integer(config, "seed", 0, int64_t{1} << 53);
  options.beams = Integer(config, "beams", 1, 64);
  options.length_penalty = Number(config, "length_penalty", -100, 100);
  if (const auto early = Integer(config, "early_stopping", 0, 2)) {
    options.early_stopping = static_cast<EarlyStopping>(*early);
  }
  options.repetition_penalty = Number(config, "repetition_penalty", 1e-6, 1e6);
  options.no_repeat_ngram = Integer(config, "no_repeat_ngram", 0, 65536);
  options.forced_first = Integer(config, "forced_first", -1, kMostId);
  options.forced_last = Integer(config, "forced_last", -1, kMostId);
  options.decoder_start = Integer(config, "decoder_start", 0, kMostId);
  options.end_ids = Ids(config, json, "end_ids");
  options.suppressed = Ids(config, json, "suppressed");
  options.globals = Ids(config, json, "globals");
  if (const auto stop = Integer(config, "stop_at_end", 0, 1)) options.stop_at_end = *stop != 0;
  options.max_tokens = Integer(config, "max_tokens", 1, kMostLength);
  options.left = Integer(config, "left", 0, 1 << 24);
  options.sinks = Integer(config, "sinks", 0, 4096);
  options.tile = Integer(config, "tile", 1, 1 << 24);
  if (!config.status().ok()) return config.status();
  return options;
}

}  // namespace lwave::stream
