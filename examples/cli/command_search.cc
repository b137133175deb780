// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// longwave search: the best passages for questions, in documents or in saved vectors.

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "diagnostics.h"
#include "document.h"
#include "help.h"
#include "options.h"
#include "ranking.h"
#include "records.h"
#include "saved_vectors.h"
#include "utf8.h"

namespace lwave::cli {
namespace {

struct SearchOptions {
  ModelOptions model;
  ReadingOptions reading;
  OutputOptions output;
  ProgressOptions progress;
  std::vector<std::string> positionals;
  std::vector<std::string> questions;
  std::string vectors;
  int64_t top = 3;
  bool lines = false;
};

// Positionals are documents, and the last one is the question unless --question is given.
void SortPositionals(SearchOptions& options) {
  if (options.questions.empty()) {
    if (options.positionals.empty()) throw UsageError("search: no question");
    options.questions.push_back(options.positionals.back());
    options.positionals.pop_back();
  }
  if (!options.vectors.empty() && !options.positionals.empty()) {
    throw UsageError("search: documents and --vectors cannot be searched together");
  }
  if (options.vectors.empty() && options.positionals.empty()) {
    throw UsageError("search: expected DOC... \"question\", or --question Q DOC...");
  }
  if (!options.vectors.empty() && (options.lines || !options.reading.reading.empty() ||
                                   options.reading.passage_tokens != 0 || options.reading.split_long)) {
    throw UsageError("search: --vectors are read already; --lines and reading options belong to embed");
  }
  if (std::count(options.positionals.begin(), options.positionals.end(), "-") > 1) {
    throw UsageError("search: standard input can be read only once");
  }
}

// Cuts what was read of a text (a few bytes more than the limit) on a character's boundary.
void SetText(Passage& passage, std::string text) {
  passage.text_cut = static_cast<int64_t>(text.size()) > kMostTextBytes;
  text.resize(CutAtCharacter(text, static_cast<size_t>(kMostTextBytes)));
  passage.text = std::move(text);
  passage.has_text = true;
}

int64_t TextEnd(const Passage& passage) {
  return std::min(passage.byte_end, passage.byte_begin + kMostTextBytes + 4);
}

void SearchDocument(const Session& session, const std::string& name, const ReadOptions& reading,
                    std::vector<Ranking>& rankings, bool& ok) {
  Input input(name, true);
  const auto sink = [&](const Item& item) {
    if (!item.passage || item.vector == nullptr) return;
    std::shared_ptr<Passage> passage;  // made for the first question that wants it
    for (Ranking& ranking : rankings) {
      const float score = ranking.Score(item.vector);
      if (!ranking.Admits(score)) continue;
      if (!passage) {
        passage = std::make_shared<Passage>(Passage{.file = name,
                                                    .byte_begin = item.byte_begin,
                                                    .byte_end = item.byte_end,
                                                    .token_begin = item.token_begin,
                                                    .token_end = item.token_end,
                                                    .line = item.line,
                                                    .vector = {item.vector, item.vector + session.width},
                                                    .text = {}});
        SetText(*passage, input.ReadRange(passage->byte_begin, TextEnd(*passage)));
      }
      ranking.Add(score, passage);
    }
    input.ForgetBefore(item.byte_end);
  };
  if (!ReadDocuments(session, input, reading, sink, [] {})) ok = false;
}

void SearchVectors(const Session& session, const SearchOptions& options, std::vector<Ranking>& rankings) {
  Input input(options.vectors, false);
  ReadSavedVectors(input, session.name, session.width, options.progress.ParsedMode(), [&](Passage& read) {
    std::shared_ptr<Passage> passage;
    for (Ranking& ranking : rankings) {
      const float score = ranking.Score(passage ? passage->vector.data() : read.vector.data());
      if (!ranking.Admits(score)) continue;
      if (!passage) passage = std::make_shared<Passage>(std::move(read));
      ranking.Add(score, passage);
    }
  });
  for (const Ranking& ranking : rankings) {
    for (const Ranking::Hit& hit : ranking.hits()) {
      Passage& passage = *hit.passage;
      std::string text;
      if (!passage.has_text && ReadFileRange(passage.file, passage.byte_begin, TextEnd(passage), text)) {
        SetText(passage, std::move(text));
      }
    }
  }
}

void WriteHits(const Session& session, const std::vector<Ranking>& rankings, RecordWriter& writer) {
  for (const Ranking& ranking : rankings) {
    int64_t rank = 0;
    for (const Ranking::Hit& hit : ranking.hits()) {
      const Passage& passage = *hit.passage;
      writer.Write({.file = passage.file,
                    .byte_begin = passage.byte_begin,
                    .byte_end = passage.byte_end,
                    .token_begin = passage.token_begin,
                    .token_end = passage.token_end,
                    .model = session.name,
                    .vector = passage.vector.data(),
                    .width = session.width,
                    .line = passage.line,
                    .hit = true,
                    .rank = ++rank,
                    .score = hit.score,
                    .has_text = passage.has_text,
                    .text_cut = passage.text_cut,
                    .text = passage.text,
                    .question = ranking.question(),
                    .several_questions = rankings.size() > 1});
    }
  }
}

int RunSearch(SearchOptions options) {
  SortPositionals(options);
  Format format = options.output.ParsedFormat();
  if (format == Format::kDefault) {
    const bool terminal = options.output.path.empty() && isatty(STDOUT_FILENO) != 0;
    format = terminal ? Format::kText : Format::kJsonl;
  }
  const ConfigHandle config = MakeReadingConfig(options.reading);
  const Session session = OpenSession(options.model.model, options.model.threads);
  RequireText(session);  // the questions are text, whatever is searched
  const std::unique_ptr<RecordWriter> writer = MakeRecordWriter(format, options.output.path, session.width);
  std::vector<Ranking> rankings = MakeRankings(session, options.questions, options.top);
  bool ok = true;
  if (!options.vectors.empty()) {
    SearchVectors(session, options, rankings);
  } else {
    CheckReading(session, config.get());
  }
  const ReadOptions reading = {
      .config = config.get(), .lines = options.lines, .progress = options.progress.ParsedMode()};
  const bool all = ReadEach(options.positionals, [&](const std::string& name) {
    SearchDocument(session, name, reading, rankings, ok);
  });
  WriteHits(session, rankings, *writer);
  writer->Commit();
  return ok && all ? kExitOk : kExitInput;
}

constexpr const char* kFooter = R"(Examples:
  longwave search book.txt "how are packages signed?"
  longwave search -q "who pays?" -q "who decides?" --top 5 a.txt b.txt
  zcat log.gz | longwave search - "disk errors" --format jsonl
  longwave embed --passages book.txt -o book.jsonl
  longwave search --vectors book.jsonl "how are packages signed?"

Every document is read once, in fixed memory, whatever its size and however many
questions there are. Text from a pipe is copied to an unnamed temporary file
($TMPDIR or /tmp) until it can no longer be part of a result. A text should
begin with its title: the window reading sees its beginning from everywhere.

Formats:
  text   for people; the default when standard output is a terminal
  jsonl  the default otherwise: one object a line, for each question in order,
         the best first:
         {"file", "byte_begin", "byte_end", "token_begin", "token_end", "model",
         "vector", "score", "text"}, then "text_cut": true where the text was
         cut after 64 KiB, "question" where several were asked, "line" with
         --lines. Bytes count in the raw file, tokens from the text's first;
         ranges are half-open. A text that is no longer there is null
  npy    float32 [hits, width] in -o FILE, and the lines without vectors in
         FILE.jsonl

Exit codes: 0 ok, 1 an input failed (the others are done), 2 usage.)";

}  // namespace

void AddSearchCommand(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("search", "Finds the passages that answer a question best.");
  auto options = std::make_shared<SearchOptions>();
  SetUsage(*command,
           "search [OPTION]... DOC... \"QUESTION\"\n"
           "search [OPTION]... --question Q... DOC...\n"
           "search [OPTION]... --vectors FILE \"QUESTION\"");
  AddTexts(
      *command, "DOC", options->positionals,
      "UTF-8 files, or - for standard input; the last argument is the question unless --question is given");
  AddTexts(*command, "-q,--question", options->questions, "a question; may be given several times")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false)
      ->type_name("Q");
  command->add_option("-n,--top", options->top, "passages for each question (default 3)")
      ->check(CLI::Range(int64_t{1}, int64_t{10000}))
      ->type_name("N");
  AddText(*command, "--vectors", options->vectors,
          "search the saved output of embed --passages instead of documents; each text is read from its file "
          "again")
      ->type_name("FILE");
  command->add_flag("--lines", options->lines, "each line of an input is a document");
  AddModelOptions(*command, options->model);
  AddReadingOptions(*command, options->reading);
  AddOutputOptions(*command, options->output, {"text", "jsonl", "npy"});
  AddProgressOptions(*command, options->progress);
  command->footer(kFooter);
  command->callback([options, &run] { run = [options] { return RunSearch(*options); }; });
}

}  // namespace lwave::cli
