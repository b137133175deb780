// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// longwave classify: labels of documents, or of their tokens.

#include <algorithm>
#include <cstdio>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "diagnostics.h"
#include "help.h"
#include "json.h"
#include "options.h"
#include "output_file.h"
#include "settings.h"
#include "task.h"

namespace lwave::cli {
namespace {

struct ClassifyOptions {
  ModelOptions model;
  WindowChoice windows;
  std::vector<std::string> documents;
  std::string output;
  bool json = false;
};

std::string LabelOf(const Head& head, size_t index) {
  return index < head.labels.size() ? head.labels[index] : "LABEL_" + std::to_string(index);
}

std::string Decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.4f", value);
  return text;
}

std::string NoLabel(const std::string& file) {
  std::string json = "{\"file\": ";
  AppendJsonString(json, file);
  return json + ", \"label\": null, \"score\": null, \"windows\": 0, \"scores\": {}}\n";
}

// The mean of the windows' probabilities, each window counting the same.
std::string ClassifyDocument(const Session& session, const Head& head, const ClassifyOptions& options,
                             const std::string& file, const std::string& text) {
  const std::vector<TokenWindow> windows = CutWindows(session, file, nullptr, text, options.windows);
  if (HoldNoToken(windows)) {
    ReportNote(file + ": holds no token");
    return options.json ? NoLabel(file) : "";
  }
  std::vector<double> mean(static_cast<size_t>(head.outputs), 0);
  for (const TokenWindow& window : windows) {
    const std::vector<float> logits = RunHead(session, file, window, options.windows.global);
    const std::vector<double> one = Softmax(logits.data(), head.outputs);
    for (size_t i = 0; i < mean.size(); ++i) mean[i] += one[i] / static_cast<double>(windows.size());
  }
  const auto best = static_cast<size_t>(std::max_element(mean.begin(), mean.end()) - mean.begin());
  if (!options.json) return file + ": " + LabelOf(head, best) + " " + Decimal(mean[best]) + "\n";
  std::string json = "{\"file\": ";
  AppendJsonString(json, file);
  json += ", \"label\": ";
  AppendJsonString(json, LabelOf(head, best));
  json += ", \"score\": ";
  AppendJsonFloat(json, static_cast<float>(mean[best]));
  json += ", \"windows\": " + std::to_string(windows.size()) + ", \"scores\": {";
  for (size_t i = 0; i < mean.size(); ++i) {
    if (i > 0) json += ", ";
    AppendJsonString(json, LabelOf(head, i));
    json += ": ";
    AppendJsonFloat(json, static_cast<float>(mean[i]));
  }
  return json + "}}\n";
}

struct LabelledToken {
  int64_t begin = 0, end = 0;
  int64_t context = -1;  // tokens of its window on the side that has fewer
  size_t label = 0;
  double score = 0;
};

// Every token from the window in which it stands farthest from an edge.
std::vector<LabelledToken> LabelTokens(const Session& session, const Head& head, const ClassifyOptions& options,
                                       const std::string& file, const std::string& text) {
  std::vector<LabelledToken> tokens;
  const std::vector<TokenWindow> windows = CutWindows(session, file, nullptr, text, options.windows);
  if (HoldNoToken(windows)) return tokens;
  for (const TokenWindow& window : windows) {
    const std::vector<float> logits = RunHead(session, file, window, options.windows.global);
    auto place = static_cast<size_t>(window.first);
    for (int64_t i = 0; i < window.tokens(); ++i) {
      const auto at = static_cast<size_t>(i);
      if (window.sequence[at] != 0) continue;
      LabelledToken token;
      token.begin = window.offsets[2 * at];
      token.end = window.offsets[2 * at + 1];
      token.context = std::min(i, window.tokens() - 1 - i);
      const std::vector<double> one = Softmax(logits.data() + i * head.outputs, head.outputs);
      token.label = static_cast<size_t>(std::max_element(one.begin(), one.end()) - one.begin());
      token.score = one[token.label];
      if (place >= tokens.size()) {
        tokens.push_back(token);
      } else if (token.context > tokens[place].context) {
        tokens[place] = token;
      }
      ++place;
    }
  }
  return tokens;
}

std::string ClassifyTokens(const Session& session, const Head& head, const ClassifyOptions& options,
                           const std::string& file, const std::string& text) {
  std::string lines;
  const std::vector<LabelledToken> tokens = LabelTokens(session, head, options, file, text);
  if (tokens.empty()) ReportNote(file + ": holds no token");
  for (const LabelledToken& token : tokens) {
    const std::string part = text.substr(static_cast<size_t>(token.begin), static_cast<size_t>(token.end - token.begin));
    if (!options.json) {
      std::string quoted;
      AppendJsonString(quoted, part);
      lines += file + ":" + std::to_string(token.begin) + "-" + std::to_string(token.end) + ": " +
               LabelOf(head, token.label) + " " + Decimal(token.score) + " " + quoted + "\n";
      continue;
    }
    lines += "{\"file\": ";
    AppendJsonString(lines, file);
    lines += ", \"byte_begin\": " + std::to_string(token.begin) + ", \"byte_end\": " + std::to_string(token.end) +
             ", \"label\": ";
    AppendJsonString(lines, LabelOf(head, token.label));
    lines += ", \"score\": ";
    AppendJsonFloat(lines, static_cast<float>(token.score));
    lines += ", \"text\": ";
    AppendJsonString(lines, part);
    lines += "}\n";
  }
  return lines;
}

int RunClassify(const ClassifyOptions& options) {
  const Session session = OpenSession(options.model.model, options.model.threads);
  const Head head = DescribeHead(session);
  const bool tokens = head.task == "token_classification";
  if (!tokens && head.task != "sequence_classification") {
    throw Failure(session.directory, "classify needs a model with a head for sequences or tokens, this one has " +
                                         (head.task.empty() ? "none" : head.task));
  }
  OutputFile out(options.output);
  const bool ok = ReadEach(options.documents, [&](const std::string& file) {
    const std::string text = ReadText(file);
    out.Write(tokens ? ClassifyTokens(session, head, options, file, text)
                     : ClassifyDocument(session, head, options, file, text));
    out.Flush();
  });
  out.Commit();
  return ok ? kExitOk : kExitInput;
}

constexpr const char* kFooter = R"(Examples:
  longwave classify review.txt --model sentiment
  longwave classify report.txt --model longformer-ner --json

A model for sequences gives each document a label; a document of several
windows has the mean of their probabilities. A model for tokens labels every
token, each from the window in which it stands farthest from an edge.
Longformer's first token sees all where it classifies sequences, unless
--global says otherwise.

Formats: "FILE: LABEL SCORE" and "FILE:BEGIN-END: LABEL SCORE "TEXT""; with
  --json
  {"file", "label", "score", "windows", "scores"} and
  {"file", "byte_begin", "byte_end", "label", "score", "text"}, one a line.

Exit codes: 0 ok, 1 an input failed (the others are done), 2 usage.)";

}  // namespace

void AddClassifyCommand(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("classify", "Labels documents, or their tokens.");
  auto options = std::make_shared<ClassifyOptions>();
  SetUsage(*command, "classify [OPTION]... DOC... --model DIR");
  AddTexts(*command, "DOC", options->documents, "UTF-8 files, or - for standard input")->required();
  AddModelOptions(*command, options->model, true);
  AddWindowChoice(*command, options->windows);
  command->add_flag("--json", options->json, "one JSON object a line");
  AddText(*command, "-o,--output", options->output, "write here instead of standard output")->type_name("FILE");
  command->footer(kFooter);
  command->callback([options, &run] { run = [options] { return RunClassify(*options); }; });
}

}  // namespace lwave::cli
