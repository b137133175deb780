// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// longwave answer: the parts of a document that answer a question.

#include <algorithm>
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
#include "utf8.h"

namespace lwave::cli {
namespace {

struct AnswerOptions {
  ModelOptions model;
  WindowChoice windows;
  std::string document, question, output;
  int64_t top = 1;
  int64_t most_tokens = 30;
  bool json = false;
};

struct Span {
  int64_t begin = 0, end = 0;  // bytes
  float score = 0;             // the start's and the end's, as the head gives them
};

// The best spans of a window, the best first: start and end within the document, at most so many tokens.
void AddSpans(const TokenWindow& window, const std::vector<float>& logits, const AnswerOptions& options,
              std::vector<Span>& spans) {
  for (int64_t i = 0; i < window.tokens(); ++i) {
    const auto first = static_cast<size_t>(i);
    if (window.sequence[first] != 1) continue;
    for (int64_t j = i; j < std::min(window.tokens(), i + options.most_tokens); ++j) {
      const auto last = static_cast<size_t>(j);
      if (window.sequence[last] != 1) break;
      Span span;
      span.begin = window.offsets[2 * first];
      span.end = window.offsets[2 * last + 1];
      span.score = logits[2 * first] + logits[2 * last + 1];
      spans.push_back(span);
    }
  }
  // What windows share is answered once, by the window that is surer.
  std::stable_sort(spans.begin(), spans.end(), [](const Span& a, const Span& b) {
    return a.score != b.score ? a.score > b.score : a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  std::vector<Span> kept;
  for (const Span& span : spans) {
    if (static_cast<int64_t>(kept.size()) == options.top) break;
    const bool known = std::any_of(kept.begin(), kept.end(), [&](const Span& other) {
      return span.begin < other.end && other.begin < span.end;
    });
    if (!known) kept.push_back(span);
  }
  spans = std::move(kept);
}

std::string SpanLine(const AnswerOptions& options, const std::string& text, const Span& span) {
  const std::string part = text.substr(static_cast<size_t>(span.begin), static_cast<size_t>(span.end - span.begin));
  std::string line;
  if (!options.json) {
    AppendJsonFloat(line, span.score);
    std::string quoted;
    AppendJsonString(quoted, part);
    return options.document + ":" + std::to_string(span.begin) + "-" + std::to_string(span.end) + ": " + line + " " +
           quoted + "\n";
  }
  line = "{\"file\": ";
  AppendJsonString(line, options.document);
  line += ", \"byte_begin\": " + std::to_string(span.begin) + ", \"byte_end\": " + std::to_string(span.end) +
          ", \"score\": ";
  AppendJsonFloat(line, span.score);
  line += ", \"text\": ";
  AppendJsonString(line, part);
  return line + "}\n";
}

int RunAnswer(const AnswerOptions& options) {
  const Session session = OpenSession(options.model.model, options.model.threads);
  const Head head = DescribeHead(session);
  if (head.task != "question_answering") {
    throw Failure(session.directory, "answer needs a model with a head for questions, this one has " +
                                         (head.task.empty() ? "none" : head.task));
  }
  const std::string text = ReadText(options.document);
  std::vector<Span> spans;
  NoteInvalidUtf8("question", options.question);
  for (const TokenWindow& window : CutWindows(session, options.document, &options.question, text, options.windows)) {
    AddSpans(window, RunHead(session, options.document, window, options.windows.global), options, spans);
  }
  OutputFile out(options.output);
  for (const Span& span : spans) out.Write(SpanLine(options, text, span));
  out.Commit();
  if (spans.empty()) ReportNote(options.document + ": no token that could answer");
  return kExitOk;
}

constexpr const char* kFooter = R"(Examples:
  longwave answer book.txt "who keeps the rights?" --model longformer-qa
  longwave answer book.txt "when?" --model bert-qa --top 3 --json

Question and document are read together, a long document in windows that share
--stride tokens. Answers do not overlap; the score is the head's for the start
plus that for the end. Longformer's question sees all, unless --global says
otherwise.

Formats: "FILE:BEGIN-END: SCORE "TEXT""; with --json
  {"file", "byte_begin", "byte_end", "score", "text"}, one a line; bytes of
  the file.

Exit codes: 0 ok, 1 the input failed, 2 usage.)";

}  // namespace

void AddAnswerCommand(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("answer", "Finds what answers a question in a document.");
  auto options = std::make_shared<AnswerOptions>();
  SetUsage(*command, "answer [OPTION]... DOC QUESTION --model DIR");
  AddText(*command, "DOC", options->document, "a UTF-8 file, or - for standard input")->required();
  AddText(*command, "QUESTION", options->question, "what is asked")->required();
  AddModelOptions(*command, options->model, true);
  AddWindowChoice(*command, options->windows);
  command->add_option("--top", options->top, "how many answers, 1 (default) to 100")
      ->check(CLI::Range(int64_t{1}, int64_t{100}))
      ->type_name("N");
  command->add_option("--max-answer", options->most_tokens, "most tokens of an answer, default 30")
      ->check(CLI::Range(int64_t{1}, int64_t{10000}))
      ->type_name("N");
  command->add_flag("--json", options->json, "one JSON object a line");
  AddText(*command, "-o,--output", options->output, "write here instead of standard output")->type_name("FILE");
  command->footer(kFooter);
  command->callback([options, &run] { run = [options] { return RunAnswer(*options); }; });
}

}  // namespace lwave::cli
