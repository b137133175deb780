// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Shared options and their translation.

#include "options.h"

#include <charconv>
#include <limits>
#include <string_view>

#include "diagnostics.h"

namespace lwave::cli {
namespace {

constexpr char kMark = '\x01';

std::string Unmarked(std::string value) {
  if (value.size() >= 2 && value[0] == kMark && value[1] == '[') value.erase(0, 1);
  return value;
}

ConfigHandle MakeConfig(const char* kind) {
  lwave_error error;
  lwave_config* config = nullptr;
  if (lwave_config_create(kind, &config, &error) != LWAVE_OK) throw UsageError(error.message);
  return ConfigHandle(config);
}

void SetInt(const ConfigHandle& config, const char* key, int64_t value, const char* option) {
  lwave_error error;
  if (lwave_config_set_int(config.get(), key, value, &error) != LWAVE_OK) {
    throw UsageError(std::string(option) + ": " + error.message);
  }
}

void SetText(const ConfigHandle& config, const char* key, const std::string& value, const char* option) {
  lwave_error error;
  if (lwave_config_set_text(config.get(), key, value.c_str(), &error) != LWAVE_OK) {
    throw UsageError(std::string(option) + ": " + error.message);
  }
}

// The numbers of "KIND:N" or "KIND:N,M".
std::vector<int64_t> ParseKind(const std::string& value, std::string_view kind, size_t most, const char* option,
                               const char* expected) {
  const auto fail = [&]() -> UsageError {
    return UsageError(std::string(option) + ": expected " + expected + ", got " + value);
  };
  std::string_view rest = value;
  if (rest.substr(0, kind.size()) != kind || rest.substr(kind.size(), 1) != ":") throw fail();
  rest.remove_prefix(kind.size() + 1);
  std::vector<int64_t> numbers;
  while (true) {
    int64_t number = 0;
    const auto [end, status] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    if (status != std::errc() || number < 0) throw fail();
    numbers.push_back(number);
    rest.remove_prefix(static_cast<size_t>(end - rest.data()));
    if (rest.empty()) return numbers;
    if (rest[0] != ',' || numbers.size() == most) throw fail();
    rest.remove_prefix(1);
  }
}

}  // namespace

CLI::Option* AddText(CLI::App& command, const std::string& names, std::string& value, const std::string& help) {
  return command.add_option_function<std::string>(
      names, [&value](const std::string& argument) { value = Unmarked(argument); }, help);
}

CLI::Option* AddTexts(CLI::App& command, const std::string& names, std::vector<std::string>& values,
                      const std::string& help) {
  return command.add_option_function<std::vector<std::string>>(
      names,
      [&values](const std::vector<std::string>& arguments) {
        values.clear();
        for (const std::string& argument : arguments) values.push_back(Unmarked(argument));
      },
      help);
}

std::vector<std::string> MarkBrackets(int argc, char** argv) {
  std::vector<std::string> arguments;
  for (int i = argc - 1; i > 0; --i) {
    const std::string argument = argv[i];
    arguments.push_back(argument.substr(0, 1) == "[" ? kMark + argument : argument);
  }
  return arguments;
}

Format OutputOptions::ParsedFormat() const {
  if (format == "jsonl") return Format::kJsonl;
  if (format == "npy") return Format::kNpy;
  if (format == "text") return Format::kText;
  return Format::kDefault;
}

ProgressMode ProgressOptions::ParsedMode() const {
  if (mode == "always") return ProgressMode::kAlways;
  if (mode == "never") return ProgressMode::kNever;
  return ProgressMode::kAuto;
}

void AddModelOptions(CLI::App& command, ModelOptions& options, bool required) {
  AddText(command, "-m,--model", options.model,
          std::string("model directory: a Hugging Face checkpoint or what convert wrote") +
              (required ? "" : " (default: the shipped minilm)"))
      ->required(required)
      ->type_name("DIR");
  command.add_option("-t,--threads", options.threads, "threads, at most 1024; 0 (default): all this process may use")
      ->check(CLI::Range(0, 1024))
      ->type_name("N");
}

void AddNumber(CLI::App& command, const char* names, std::optional<int64_t>& value, int64_t least, int64_t most,
               const char* help) {
  command.add_option(names, value, help)->check(CLI::Range(least, most))->type_name("N");
}

void AddReadingOptions(CLI::App& command, ReadingOptions& options) {
  command
      .add_option("--long", options.reading,
                  "how text beyond the model's limit is read: window (one pass, every row sees its neighbours and "
                  "the document's beginning), alone (each passage by itself), truncate (the beginning only), "
                  "refuse (an error). Default: window where the model has that setting, else refuse")
      ->check(CLI::IsMember({"window", "alone", "truncate", "refuse"}))
      ->type_name("READING");
  command
      .add_option("--passage-tokens", options.passage_tokens,
                  "most tokens of a passage, 1 to 8192 (default: the model's setting, else 254)")
      ->check(CLI::Range(int64_t{1}, int64_t{8192}))
      ->type_name("N");
  command.add_flag("--split-long", options.split_long,
                   "cut endless runs of text for tokenizers that would have to look back without bound");
}

void AddOutputOptions(CLI::App& command, OutputOptions& options, const std::vector<std::string>& formats) {
  AddText(command, "-o,--output", options.path,
          "write here instead of standard output; a regular file appears only when it is complete")
      ->type_name("FILE");
  std::string list;
  for (const std::string& format : formats) list += (list.empty() ? "" : "|") + format;
  command.add_option("-f,--format", options.format, list + " (see Formats below)")
      ->check(CLI::IsMember(formats))
      ->type_name("FORMAT");
}

void AddProgressOptions(CLI::App& command, ProgressOptions& options) {
  command
      .add_option("--progress", options.mode,
                  "auto (default: on a terminal only), always or never: a line on standard error with position, "
                  "tokens, tokens/s and resident memory")
      ->check(CLI::IsMember({"auto", "always", "never"}))
      ->type_name("WHEN");
}

void AddWindowOptions(CLI::App& command, WindowOptions& options) {
  constexpr int64_t kMost = std::numeric_limits<int32_t>::max();
  command
      .add_option("--attention", options.attention,
                  "window:N or window:LEFT,RIGHT: how many rows each row sees before and after itself (Longformer's "
                  "published 512 is window:256); favor:M, Performer's attention with M features; full, as it is. Once, "
                  "or once for each layer")
      ->allow_extra_args(false)
      ->type_name("KIND");
  command.add_option("--dilation", options.dilation, "steps between the rows that a row sees; one number, or one a head")
      ->delimiter(',')
      ->check(CLI::Range(int64_t{1}, int64_t{4096}))
      ->allow_extra_args(false)
      ->type_name("N,...");
  command
      .add_option("--sinks", options.sinks, "rows at the document's beginning that every row sees, such as 33")
      ->check(CLI::Range(int64_t{0}, kMost))
      ->type_name("N");
  command
      .add_option("--positions", options.positions,
                  "copied:N: the table of positions goes on for N rows with copies of itself, such as copied:4096; "
                  "tiled:N: positions after the sinks repeat below N, such as tiled:256")
      ->type_name("KIND");
  command
      .add_option("--full-up-to", options.full_up_to,
                  "texts of at most this many rows are read in full, exactly as the original model; may be 0")
      ->check(CLI::Range(int64_t{0}, kMost))
      ->type_name("N");
  command.add_option("--passage-tokens", options.passage_tokens, "most tokens of a passage, 1 to 8192")
      ->check(CLI::Range(int64_t{1}, int64_t{8192}))
      ->type_name("N");
}

ConfigHandle MakeReadingConfig(const ReadingOptions& options) {
  if (options.reading.empty() && options.passage_tokens == 0 && !options.split_long) return nullptr;
  ConfigHandle config = MakeConfig("stream");
  if (!options.reading.empty()) SetText(config, "long", options.reading, "--long");
  if (options.passage_tokens != 0) SetInt(config, "passage_tokens", options.passage_tokens, "--passage-tokens");
  if (options.split_long) SetInt(config, "split_long", 1, "--split-long");
  return config;
}

ConfigHandle MakeConvertConfig(const WindowOptions& options, const std::string& weights, bool packed) {
  ConfigHandle config = MakeConfig("convert");
  SetText(config, "weights", weights, "--weights");
  if (packed) SetInt(config, "packed", 1, "--packed");
  std::string attention;
  for (const std::string& one : options.attention) {
    if (one.rfind("favor:", 0) == 0) {
      ParseKind(one, "favor", 1, "--attention", "favor:M");
    } else if (one != "full") {
      ParseKind(one, "window", 2, "--attention", "window:N, window:LEFT,RIGHT, favor:M or full");
    }
    attention += (attention.empty() ? "" : ";") + one;
  }
  if (!attention.empty()) SetText(config, "attention", attention, "--attention");
  if (!options.positions.empty()) {
    const bool copied = options.positions.rfind("copied:", 0) == 0;
    ParseKind(options.positions, copied ? "copied" : "tiled", 1, "--positions", "copied:N or tiled:N");
    SetText(config, "positions", options.positions, "--positions");
  }
  if (!options.dilation.empty()) {
    lwave_error error;
    if (lwave_config_set_ints(config.get(), "dilation", options.dilation.data(),
                              static_cast<int64_t>(options.dilation.size()), &error) != LWAVE_OK) {
      throw UsageError(std::string("--dilation: ") + error.message);
    }
  }
  if (options.sinks >= 0) SetInt(config, "sinks", options.sinks, "--sinks");
  if (options.full_up_to >= 0) SetInt(config, "full_up_to", options.full_up_to, "--full-up-to");
  if (options.passage_tokens != 0) SetInt(config, "passage_tokens", options.passage_tokens, "--passage-tokens");
  return config;
}

}  // namespace lwave::cli
