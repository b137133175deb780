// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Configs of a kind from what stood on the command line, and failures of calls.

#ifndef LONGWAVE_EXAMPLES_CLI_SETTINGS_H_
#define LONGWAVE_EXAMPLES_CLI_SETTINGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "handles.h"

namespace lwave::cli {

// A config; what is unset stays unset. Values that are not allowed throw UsageError, naming the option as it was typed.
class Settings {
 public:
  explicit Settings(const char* kind);
  Settings& Int(const char* key, const std::optional<int64_t>& value, const char* option);
  Settings& Float(const char* key, const std::optional<double>& value, const char* option);
  Settings& Text(const char* key, const std::string& value, const char* option);  // empty: unset
  Settings& Ints(const char* key, const std::vector<int64_t>& values, const char* option);  // empty: unset
  const lwave_config* get() const { return config_.get(); }

 private:
  ConfigHandle config_;
};

// Throws Failure(file, the call's message) unless the status is LWAVE_OK.
void Require(lwave_status status, const lwave_error& error, const std::string& file);

// All of an input as text, with a note where that is not UTF-8. Throws Failure, also beyond 1 GiB.
std::string ReadText(const std::string& name);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_SETTINGS_H_
