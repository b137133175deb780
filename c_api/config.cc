// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Keys and values: for kind "stream" over model::ReadingOptions, for the mechanisms over attention::Options. In both,
// a table says what exists and what is allowed.

#include "longwave/config.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

#include "guard.h"
#include "handles.h"

namespace {

using lwave::attention::OptionInfo;
using lwave::c_api::Guard;
using lwave::model::ReadingOptions;

struct Option {
  const char* name;
  int32_t type;
  int64_t minimum, maximum;
  void (*set_int)(ReadingOptions&, int64_t);
  std::optional<std::vector<int64_t>> ReadingOptions::*list;
};

constexpr int64_t kMostRows = 1 << 20;

const Option kOptions[] = {
    {"long", LWAVE_OPTION_TEXT, 0, 0, nullptr, nullptr},
    {"execution", LWAVE_OPTION_TEXT, 0, 0, nullptr, nullptr},
    {"left", LWAVE_OPTION_INTS, 0, kMostRows, nullptr, &ReadingOptions::left},
    {"right", LWAVE_OPTION_INTS, 0, kMostRows, nullptr, &ReadingOptions::right},
    {"sinks", LWAVE_OPTION_INT, 0, 4096, [](ReadingOptions& o, int64_t v) { o.sinks = v; }, nullptr},
    {"tile", LWAVE_OPTION_INT, 1, kMostRows, [](ReadingOptions& o, int64_t v) { o.tile = v; }, nullptr},
    {"full_up_to", LWAVE_OPTION_INT, 0, kMostRows, [](ReadingOptions& o, int64_t v) { o.full_up_to = v; }, nullptr},
    {"passage_tokens", LWAVE_OPTION_INT, 1, 8192, [](ReadingOptions& o, int64_t v) { o.passage_tokens = v; }, nullptr},
    {"queue", LWAVE_OPTION_INT, 1, 65536, [](ReadingOptions& o, int64_t v) { o.queue = v; }, nullptr},
    {"step_rows", LWAVE_OPTION_INT, 1, 1024, [](ReadingOptions& o, int64_t v) { o.step_rows = v; }, nullptr},
    {"add_special_tokens", LWAVE_OPTION_INT, 0, 1,
     [](ReadingOptions& o, int64_t v) { o.add_special_tokens = v != 0; }, nullptr},
    {"max_rows", LWAVE_OPTION_INT, 1, int64_t{1} << 32, [](ReadingOptions& o, int64_t v) { o.max_rows = v; }, nullptr},
    {"vectors", LWAVE_OPTION_INT, 0, 1, [](ReadingOptions& o, int64_t v) { o.vectors = v != 0; }, nullptr},
    {"split_long", LWAVE_OPTION_INT, 0, 1, [](ReadingOptions& o, int64_t v) { o.split_long = v != 0; }, nullptr},
    {"held_back", LWAVE_OPTION_INT, 256, int64_t{1} << 26, [](ReadingOptions& o, int64_t v) { o.held_back = v; },
     nullptr},
};

template <typename Table>
absl::StatusOr<decltype(&*std::begin(std::declval<Table&>()))> Find(Table& table, const char* key) {
  LWAVE_REQUIRE(key);
  for (auto& option : table) {
    if (std::strcmp(option.name, key) == 0) return &option;
  }
  std::string names;
  for (auto& option : table) absl::StrAppend(&names, names.empty() ? "" : ", ", option.name);
  return absl::InvalidArgumentError(absl::StrCat("no option is called ", key, "; there are ", names));
}

// One option of a mechanism, set by `set`(option, options).
template <typename Set>
absl::Status SetLayerOption(lwave_config* config, const char* key, const Set& set) {
  absl::StatusOr<OptionInfo*> option = Find(config->layer_options, key);
  if (!option.ok()) return option.status();
  return set(**option, config->layer);
}

absl::Status StreamHasNoFloats(const char* key) {
  absl::StatusOr<const Option*> option = Find(kOptions, key);
  if (!option.ok()) return option.status();
  return absl::InvalidArgumentError(
      absl::StrCat("option ", key, (*option)->type == LWAVE_OPTION_TEXT ? " is a text" : " is an integer"));
}

absl::Status CheckBounds(const Option& option, int64_t value) {
  if (value >= option.minimum && value <= option.maximum) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("option ", option.name, " must be ", option.minimum, " to ", option.maximum, ", got ", value));
}

absl::Status SetInts(lwave_config* config, const char* key, const int64_t* values, int64_t count) {
  LWAVE_REQUIRE(config);
  absl::Status status = lwave::c_api::CheckBuffer("values", values, count);
  if (!config->layer_options.empty()) {
    if (!status.ok()) return status;
    return SetLayerOption(config, key, [&](const OptionInfo& option, lwave::attention::Options& options) {
      return options.SetInts(option, absl::MakeConstSpan(values, static_cast<size_t>(count)));
    });
  }
  absl::StatusOr<const Option*> option = Find(kOptions, key);
  if (!option.ok()) return option.status();
  if ((*option)->type == LWAVE_OPTION_TEXT) {
    return absl::InvalidArgumentError(absl::StrCat("option ", key, " is a text"));
  }
  if (!status.ok()) return status;
  if (count < 1 || count > 4096 || ((*option)->type == LWAVE_OPTION_INT && count != 1)) {
    return absl::InvalidArgumentError(absl::StrCat("option ", key, " takes ",
                                                   (*option)->type == LWAVE_OPTION_INT ? "one number" : "1 to 4096 numbers",
                                                   ", got ", count));
  }
  for (int64_t i = 0; i < count; ++i) {
    status = CheckBounds(**option, values[i]);
    if (!status.ok()) return status;
  }
  if ((*option)->list != nullptr) {
    config->options.*(*option)->list = std::vector<int64_t>(values, values + count);
  } else {
    (*option)->set_int(config->options, values[0]);
  }
  return absl::OkStatus();
}

}  // namespace

extern "C" {

lwave_status lwave_config_create(const char* kind, lwave_config** config, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(config);
    *config = nullptr;
    LWAVE_REQUIRE(kind);
    const lwave::attention::Mechanism* mechanism = lwave::attention::FindMechanism(kind);
    const bool generation = std::strcmp(kind, "generation") == 0, scoring = std::strcmp(kind, "scoring") == 0;
    const bool convert = std::strcmp(kind, "convert") == 0;
    if (mechanism == nullptr && !generation && !scoring && !convert && std::strcmp(kind, "stream") != 0) {
      std::string names = "stream, generation, scoring, convert";
      for (const lwave::attention::Mechanism& other : lwave::attention::Mechanisms()) {
        absl::StrAppend(&names, ", ", other.name);
      }
      return absl::UnimplementedError(
          absl::StrCat("no kind of configuration is called ", kind, "; there are ", names));
    }
    auto made = std::make_unique<lwave_config>();
    made->mechanism = mechanism;
    if (mechanism != nullptr) made->layer_options = lwave::attention::OptionsOf(*mechanism);
    made->generation = generation;
    made->scoring = scoring;
    made->convert = convert;
    if (generation || scoring || convert) {
      const absl::Span<const OptionInfo> options = generation ? lwave::c_api::GenerationOptionInfos()
                                                   : scoring  ? lwave::c_api::ScoringOptionInfos()
                                                              : lwave::c_api::ConvertOptionInfos();
      made->layer_options.assign(options.begin(), options.end());
    }
    *config = made.release();
    return absl::OkStatus();
  });
}

void lwave_config_destroy(lwave_config* config) { delete config; }

lwave_status lwave_config_set_int(lwave_config* config, const char* key, int64_t value, lwave_error* error) {
  return Guard(error, [&] { return SetInts(config, key, &value, 1); });
}

lwave_status lwave_config_set_ints(lwave_config* config, const char* key, const int64_t* values, int64_t count,
                                   lwave_error* error) {
  return Guard(error, [&] { return SetInts(config, key, values, count); });
}

lwave_status lwave_config_set_float(lwave_config* config, const char* key, double value, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(config);
    if (config->layer_options.empty()) return StreamHasNoFloats(key);
    return SetLayerOption(config, key, [&](const OptionInfo& option, lwave::attention::Options& options) {
      return options.SetFloat(option, value);
    });
  });
}

lwave_status lwave_config_set_floats(lwave_config* config, const char* key, const float* values, int64_t count,
                                     lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(config);
    const absl::Status status = lwave::c_api::CheckBuffer("values", values, count);
    if (!status.ok()) return status;
    if (config->layer_options.empty()) return StreamHasNoFloats(key);
    return SetLayerOption(config, key, [&](const OptionInfo& option, lwave::attention::Options& options) {
      return options.SetFloats(option, absl::MakeConstSpan(values, static_cast<size_t>(count)));
    });
  });
}

lwave_status lwave_config_set_text(lwave_config* config, const char* key, const char* value, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(config);
    if (!config->layer_options.empty()) {
      LWAVE_REQUIRE(value);
      return SetLayerOption(config, key, [&](const OptionInfo& option, lwave::attention::Options& options) {
        return options.SetText(option, value);
      });
    }
    absl::StatusOr<const Option*> option = Find(kOptions, key);
    if (!option.ok()) return option.status();
    LWAVE_REQUIRE(value);
    if ((*option)->type != LWAVE_OPTION_TEXT) {
      return absl::InvalidArgumentError(absl::StrCat("option ", key, " is a number"));
    }
    if (std::strcmp(key, "execution") == 0) {
      const std::optional<lwave::model::Execution> execution = lwave::model::ParseExecution(value);
      if (!execution) {
        return absl::InvalidArgumentError(absl::StrCat("option execution must be auto, stream or whole, got ", value));
      }
      config->options.execution = *execution;
      return absl::OkStatus();
    }
    const std::optional<lwave::model::LongMode> mode = lwave::model::ParseLongMode(value);
    if (!mode) {
      return absl::InvalidArgumentError(
          absl::StrCat("option ", key, " must be window, alone, truncate or refuse, got ", value));
    }
    config->options.mode = mode;
    return absl::OkStatus();
  });
}

int64_t lwave_config_option_count(const lwave_config* config) {
  if (config == nullptr) return 0;
  return !config->layer_options.empty() ? static_cast<int64_t>(config->layer_options.size())
                                      : static_cast<int64_t>(std::size(kOptions));
}

const char* lwave_config_option_name(const lwave_config* config, int64_t index) {
  if (index < 0 || index >= lwave_config_option_count(config)) return nullptr;
  return !config->layer_options.empty() ? config->layer_options[static_cast<size_t>(index)].name : kOptions[index].name;
}

lwave_status lwave_config_option_bounds(const lwave_config* config, const char* key, int32_t* type, int64_t* minimum,
                                        int64_t* maximum, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(config);
    if (!config->layer_options.empty()) {
      absl::StatusOr<const OptionInfo*> option = Find(config->layer_options, key);
      if (!option.ok()) return option.status();
      static_assert(static_cast<int32_t>(lwave::attention::OptionType::kFloats) == LWAVE_OPTION_FLOATS);
      const bool ints = (*option)->type == lwave::attention::OptionType::kInt ||
                        (*option)->type == lwave::attention::OptionType::kInts;
      if (type != nullptr) *type = static_cast<int32_t>((*option)->type);
      if (minimum != nullptr) *minimum = ints ? static_cast<int64_t>((*option)->minimum) : 0;
      if (maximum != nullptr) *maximum = ints ? static_cast<int64_t>((*option)->maximum) : 0;
      return absl::OkStatus();
    }
    absl::StatusOr<const Option*> option = Find(kOptions, key);
    if (!option.ok()) return option.status();
    if (type != nullptr) *type = (*option)->type;
    if (minimum != nullptr) *minimum = (*option)->minimum;
    if (maximum != nullptr) *maximum = (*option)->maximum;
    return absl::OkStatus();
  });
}

}  // extern "C"
