// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "settings.h"

#include "diagnostics.h"
#include "input.h"
#include "utf8.h"

namespace lwave::cli {
namespace {

void RequireUsage(lwave_status status, const lwave_error& error, const char* option) {
  if (status != LWAVE_OK) throw UsageError(std::string(option) + ": " + error.message);
}

}  // namespace

Settings::Settings(const char* kind) {
  lwave_error error;
  lwave_config* config = nullptr;
  if (lwave_config_create(kind, &config, &error) != LWAVE_OK) throw UsageError(error.message);
  config_.reset(config);
}

Settings& Settings::Int(const char* key, const std::optional<int64_t>& value, const char* option) {
  lwave_error error;
  if (value) RequireUsage(lwave_config_set_int(config_.get(), key, *value, &error), error, option);
  return *this;
}

Settings& Settings::Float(const char* key, const std::optional<double>& value, const char* option) {
  lwave_error error;
  if (value) RequireUsage(lwave_config_set_float(config_.get(), key, *value, &error), error, option);
  return *this;
}

Settings& Settings::Text(const char* key, const std::string& value, const char* option) {
  lwave_error error;
  if (!value.empty()) RequireUsage(lwave_config_set_text(config_.get(), key, value.c_str(), &error), error, option);
  return *this;
}

Settings& Settings::Ints(const char* key, const std::vector<int64_t>& values, const char* option) {
  lwave_error error;
  if (!values.empty()) {
    RequireUsage(lwave_config_set_ints(config_.get(), key, values.data(), static_cast<int64_t>(values.size()), &error),
                 error, option);
  }
  return *this;
}

void Require(lwave_status status, const lwave_error& error, const std::string& file) {
  if (status != LWAVE_OK) throw Failure(file, error.message);
}

std::string ReadText(const std::string& name) {
  constexpr size_t kMost = size_t{1} << 30;
  Input input(name, false);
  std::string text;
  std::string buffer(static_cast<size_t>(kChunkBytes), '\0');
  while (const int64_t got = input.Read(buffer.data(), kChunkBytes)) {
    text.append(buffer, 0, static_cast<size_t>(got));
    if (text.size() > kMost) throw Failure(name, "larger than 1 GiB, which this command does not read");
  }
  NoteInvalidUtf8(name, text);
  return text;
}

}  // namespace lwave::cli
