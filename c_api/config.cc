// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Keys and values over model::ReadingOptions: one table says what exists and what is allowed.

#include "longwave/config.h"

#include <algorithm>

#include "guard.h"
#include "handles.h"

namespace {

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
    {"split_long", LWAVE_OPTION_INT, 0, 1, [](ReadingOptions& o, int64_t v) { o.split_long = v != 0; }, nullptr},
};

absl::StatusOr<const Option*> Find(const char* key) {
  LWAVE_REQUIRE(key);
  for (const Option& option : kOptions) {
    if (std::strcmp(option.name, key) == 0) return &option;
  }
  std::string names;
  for (const Option& option : kOptions) absl::StrAppend(&names, names.empty() ? "" : ", ", option.name);
  return absl::InvalidArgumentError(absl::StrCat("no option is called ", key, "; there are ", names));
}

absl::Status CheckBounds(const Option& option, int64_t value) {
  if (value >= option.minimum && value <= option.maximum) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("option ", option.name, " must be ", option.minimum, " to ", option.maximum, ", got ", value));
}

absl::Status SetInts(lwave_config* config, const char* key, const int64_t* values, int64_t count) {
  LWAVE_REQUIRE(config);
  absl::StatusOr<const Option*> option = Find(key);
  if (!option.ok()) return option.status();
  if ((*option)->type == LWAVE_OPTION_TEXT) {
    return absl::InvalidArgumentError(absl::StrCat("option ", key, " is a text"));
  }
  absl::Status status = lwave::c_api::CheckBuffer("values", values, count);
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
    if (std::strcmp(kind, "stream") != 0) {
      return absl::UnimplementedError(absl::StrCat("no kind of configuration is called ", kind, "; there is: stream"));
    }
    *config = new lwave_config();
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

lwave_status lwave_config_set_text(lwave_config* config, const char* key, const char* value, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(config);
    absl::StatusOr<const Option*> option = Find(key);
    if (!option.ok()) return option.status();
    LWAVE_REQUIRE(value);
    if ((*option)->type != LWAVE_OPTION_TEXT) {
      return absl::InvalidArgumentError(absl::StrCat("option ", key, " is a number"));
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
  return config == nullptr ? 0 : static_cast<int64_t>(std::size(kOptions));
}

const char* lwave_config_option_name(const lwave_config* config, int64_t index) {
  if (index < 0 || index >= lwave_config_option_count(config)) return nullptr;
  return kOptions[index].name;
}

lwave_status lwave_config_option_bounds(const lwave_config* config, const char* key, int32_t* type, int64_t* minimum,
                                        int64_t* maximum, lwave_error* error) {
  return Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(config);
    absl::StatusOr<const Option*> option = Find(key);
    if (!option.ok()) return option.status();
    if (type != nullptr) *type = (*option)->type;
    if (minimum != nullptr) *minimum = (*option)->minimum;
    if (maximum != nullptr) *maximum = (*option)->maximum;
    return absl::OkStatus();
  });
}

}  // extern "C"
