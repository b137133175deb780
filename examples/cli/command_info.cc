// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// longwave info: what a model is and what it costs.

#include <cstdio>
#include <memory>
#include <string>

#include "commands.h"
#include "diagnostics.h"
#include "help.h"
#include "json.h"
#include "options.h"
#include "output_file.h"
#include "session.h"

namespace lwave::cli {
namespace {

struct InfoOptions {
  ModelOptions model;
  ReadingOptions reading;
  std::string directory;
  bool json = false;
};

// "per_stream_bytes" as "per stream bytes".
std::string Label(const std::string& key) {
  std::string label = key;
  for (char& c : label) {
    if (c == '_') c = ' ';
  }
  return label;
}

bool EndsWith(const std::string& text, std::string_view end) {
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// "22713216" as "22,713,216 (22.7 MB)"; what is no whole number as it is.
std::string BytesText(const std::string& text) {
  if (text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos) return text;
  std::string digits = text;
  for (size_t i = digits.size(); i > 3;) digits.insert(i -= 3, ",");
  char megabytes[32];
  std::snprintf(megabytes, sizeof(megabytes), " (%.1f MB)", std::stod(text) / 1e6);
  return digits + megabytes;
}

// A value on one line: "kind window, left 64, right 64"; a list of equal numbers as "64 (6 times)".
std::string Inline(const std::string& key, const JsonValue& value) {
  std::string text;
  bool equal = value.items.size() > 1;
  switch (value.kind) {
    case JsonValue::Kind::kScalar:
    case JsonValue::Kind::kString:
      return EndsWith(key, "_bytes") ? BytesText(value.text) : value.text;
    case JsonValue::Kind::kArray:
      for (const JsonValue& item : value.items) {
        text += (text.empty() ? "" : ", ") + Inline("", item);
        equal = equal && item.kind == JsonValue::Kind::kScalar && item.text == value.items[0].text;
      }
      return equal ? value.items[0].text + " (" + std::to_string(value.items.size()) + " times)" : text;
    case JsonValue::Kind::kObject:
      for (const auto& [name, member] : value.members) {
        if (!text.empty()) text += ", ";
        text += Label(name) + " " + Inline(name, member);
      }
      return text;
  }
  return text;
}

void AppendRow(std::string& out, size_t indent, const std::string& label, const std::string& text) {
  constexpr size_t kColumn = 24;
  out.append(indent, ' ');
  out += label;
  const size_t used = indent + label.size();
  out.append(used + 2 < kColumn ? kColumn - used : 2, ' ');
  out += text + "\n";
}

// Without what numbers a list's elements, so that equal layers can be told.
std::string LayerText(const JsonValue& value) {
  JsonValue copy = value;
  std::erase_if(copy.members,
                [](const auto& member) { return member.first == "layer" || member.first == "index"; });
  return Inline("", copy);
}

// The members of an object, one a row; runs of equal elements of a list of objects as one row.
// bytes: its numbers are bytes.
void AppendObject(std::string& out, size_t indent, const JsonValue& object, bool bytes = false) {
  for (const auto& [key, value] : object.members) {
    const bool objects = value.kind == JsonValue::Kind::kArray && !value.items.empty() &&
                         value.items[0].kind == JsonValue::Kind::kObject;
    if (value.kind == JsonValue::Kind::kObject && !value.members.empty()) {
      out.append(indent, ' ');
      out += Label(key) + "\n";
      AppendObject(out, indent + 2, value, key == "bytes");
    } else if (objects) {
      out.append(indent, ' ');
      out += Label(key) + "\n";
      for (size_t first = 0; first < value.items.size();) {
        const std::string text = LayerText(value.items[first]);
        size_t end = first + 1;
        while (end < value.items.size() && LayerText(value.items[end]) == text) ++end;
        const std::string range =
            end == first + 1 ? std::to_string(first) : std::to_string(first) + "-" + std::to_string(end - 1);
        AppendRow(out, indent + 2, range, text);
        first = end;
      }
    } else {
      AppendRow(out, indent, Label(key), bytes ? BytesText(value.text) : Inline(key, value));
    }
  }
}

int RunInfo(const InfoOptions& options) {
  if (!options.directory.empty() && !options.model.model.empty()) {
    throw UsageError("info: give the model once, as MODEL or with --model");
  }
  const ConfigHandle config = MakeReadingConfig(options.reading);
  const Session session =
      OpenSession(options.directory.empty() ? options.model.model : options.directory, options.model.threads);
  const std::string text = DescribeText(
      session.directory, [&](char* buffer, int64_t capacity, int64_t* needed, lwave_error* error) {
        return lwave_model_describe(session.model.get(), config.get(), buffer, capacity, needed, error);
      });
  std::string out;
  try {
    const JsonValue description = ParseJson(text);
    if (options.json) {
      out = IndentJson(description) + "\n";
    } else {
      AppendObject(out, 0, description);
    }
  } catch (const JsonError& error) {
    throw Failure(session.directory, std::string("the model's description is no JSON: ") + error.what());
  }
  OutputFile file("");
  file.Write(out);
  file.Commit();
  return kExitOk;
}

constexpr const char* kFooter = R"(Examples:
  longwave info
  longwave info my-model --long alone
  longwave info my-model --json

Shows family, layers with their attention, how text is read, the bytes that are
mapped from the files, packed once per process and taken by each stream, and
after how many rows a result comes out: of row 0 ("first") and later ("steady").

Exit codes: 0 ok, 1 the model cannot be opened, 2 usage.)";

}  // namespace

void AddInfoCommand(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("info", "Shows what a model is, how it reads and what it costs.");
  auto options = std::make_shared<InfoOptions>();
  SetUsage(*command, "info [OPTION]... [MODEL]");
  AddText(*command, "MODEL", options->directory, "the model directory (default: the shipped minilm)");
  command->add_flag("--json", options->json, "as one JSON object");
  AddModelOptions(*command, options->model);
  AddReadingOptions(*command, options->reading);
  command->footer(kFooter);
  command->callback([options, &run] { run = [options] { return RunInfo(*options); }; });
}

}  // namespace lwave::cli
