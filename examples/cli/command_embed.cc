// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// longwave embed: vectors of documents, passages or lines.

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "diagnostics.h"
#include "document.h"
#include "help.h"
#include "options.h"
#include "records.h"

namespace lwave::cli {
namespace {

struct EmbedOptions {
  ModelOptions model;
  ReadingOptions reading;
  OutputOptions output;
  ProgressOptions progress;
  std::vector<std::string> documents;
  bool passages = false;
  bool lines = false;
};

int RunEmbed(const EmbedOptions& options) {
  if (std::count(options.documents.begin(), options.documents.end(), "-") > 1) {
    throw UsageError("embed: standard input can be read only once");
  }
  const ConfigHandle config = MakeReadingConfig(options.reading);
  const Session session = OpenSession(options.model.model, options.model.threads);
  CheckReading(session, config.get());
  const std::unique_ptr<RecordWriter> writer =
      MakeRecordWriter(options.output.ParsedFormat(), options.output.path, session.width);
  const ReadOptions reading = {
      .config = config.get(), .lines = options.lines, .progress = options.progress.ParsedMode()};
  bool ok = true;
  for (const std::string& name : options.documents) {
    const auto sink = [&](const Item& item) {
      if (item.passage != options.passages) return;
      writer->Write({.file = name,
                     .byte_begin = item.byte_begin,
                     .byte_end = item.byte_end,
                     .token_begin = item.token_begin,
                     .token_end = item.token_end,
                     .model = session.name,
                     .vector = item.vector,
                     .width = session.width,
                     .line = item.line});
    };
    try {
      Input input(name, false);
      if (!ReadDocuments(session, input, reading, sink, [&] { writer->Flush(); })) ok = false;
    } catch (const Failure& failure) {
      ReportError(failure.what());
      ok = false;
    }
  }
  writer->Commit();
  return ok ? kExitOk : kExitInput;
}

constexpr const char* kFooter = R"(Examples:
  longwave embed a.txt b.txt -o vectors.jsonl        one vector per document
  longwave embed --passages book.txt -o book.jsonl   for search --vectors
  longwave embed --lines titles.txt --format npy -o titles.npy
  pandoc -t plain paper.docx | longwave embed -

A document is read once, in fixed memory, whatever its size. Passages end at
paragraphs or sentences; a long document's vector is the normalised mean of its
passages' vectors. A document or line without a token is no error: its vector is
null, and a note on standard error says so.

Formats:
  jsonl  one object a line (the default):
         {"file", "byte_begin", "byte_end", "token_begin", "token_end", "model",
         "vector"}, and "line" (from 1) with --lines. Bytes count in the raw
         file, tokens from the text's first; ranges are half-open. Numbers are
         the shortest decimals that read back to the same float32
  npy    float32 [n, width] in -o FILE, with a row of zeros where a vector is
         missing, and the lines without vectors in FILE.jsonl

Exit codes: 0 ok, 1 an input failed (the others are done), 2 usage.)";

}  // namespace

void AddEmbedCommand(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("embed", "Writes vectors of documents, passages or lines.");
  auto options = std::make_shared<EmbedOptions>();
  SetUsage(*command, "embed [OPTION]... DOC...");
  AddTexts(*command, "DOC", options->documents, "UTF-8 files, or - for standard input")->required();
  command->add_flag("--passages", options->passages, "one vector per passage instead of one per document");
  command->add_flag("--lines", options->lines, "each line of an input is a document");
  AddModelOptions(*command, options->model);
  AddReadingOptions(*command, options->reading);
  AddOutputOptions(*command, options->output, {"jsonl", "npy"});
  AddProgressOptions(*command, options->progress);
  command->footer(kFooter);
  command->callback([options, &run] { run = [options] { return RunEmbed(*options); }; });
}

}  // namespace lwave::cli
