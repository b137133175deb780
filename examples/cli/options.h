// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Options that several commands share, and how they become what the library wants.

#ifndef LONGWAVE_EXAMPLES_CLI_OPTIONS_H_
#define LONGWAVE_EXAMPLES_CLI_OPTIONS_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "handles.h"

namespace lwave::cli {

struct ModelOptions {
  std::string model;    // empty: the default model
  int32_t threads = 0;  // 0: as many as the process may use
};

// How text is read; what is left unset is the model's own setting.
struct ReadingOptions {
  std::string reading;         // --long
  int64_t passage_tokens = 0;  // 0: unset
  bool split_long = false;
};

enum class Format { kDefault, kJsonl, kNpy, kText };

struct OutputOptions {
  std::string path;  // empty: standard output
  std::string format;
  Format ParsedFormat() const;
};

enum class ProgressMode { kAuto, kAlways, kNever };

struct ProgressOptions {
  std::string mode = "auto";
  ProgressMode ParsedMode() const;
};

// The long form, or the long reading in longwave.json, that convert gives a model.
struct WindowOptions {
  std::vector<std::string> attention;  // "window:N", "window:LEFT,RIGHT", "favor:M", "full"; once, or once a layer
  std::string positions;               // "copied:N" or "tiled:N"
  std::vector<int64_t> dilation;
  int64_t sinks = -1;          // -1: unset
  int64_t full_up_to = -1;     // -1: unset
  int64_t passage_tokens = 0;  // 0: unset
};

// required: of commands for which no model is shipped.
void AddModelOptions(CLI::App& command, ModelOptions& options, bool required = false);
void AddReadingOptions(CLI::App& command, ReadingOptions& options);
void AddOutputOptions(CLI::App& command, OutputOptions& options, const std::vector<std::string>& formats);
void AddProgressOptions(CLI::App& command, ProgressOptions& options);
// A whole number from `least` to `most`.
void AddNumber(CLI::App& command, const char* names, std::optional<int64_t>& value, int64_t least, int64_t most,
               const char* help);
void AddWindowOptions(CLI::App& command, WindowOptions& options);

// CLI11 takes an argument in brackets for a list, "[a, b]", which a question may well be. Arguments that begin
// with a bracket are marked before parsing, and every option and positional made of text is unmarked here.
CLI::Option* AddText(CLI::App& command, const std::string& names, std::string& value, const std::string& help);
CLI::Option* AddTexts(CLI::App& command, const std::string& names, std::vector<std::string>& values,
                      const std::string& help);
std::vector<std::string> MarkBrackets(int argc, char** argv);  // without the program's name, first argument last

// A "stream" config; empty when every option is unset. Throws UsageError.
ConfigHandle MakeReadingConfig(const ReadingOptions& options);
// A "convert" config. Throws UsageError.
ConfigHandle MakeConvertConfig(const WindowOptions& options, const std::string& weights, bool packed);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_OPTIONS_H_
