// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// longwave snapshot: stop in the middle of a document, go on in another process, look inside.

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"
#include "diagnostics.h"
#include "document.h"
#include "help.h"
#include "json.h"
#include "options.h"
#include "output_file.h"
#include "records.h"

namespace lwave::cli {
namespace {

constexpr int64_t kMostSnapshotBytes = int64_t{1} << 30;

struct SaveOptions {
  ModelOptions model;
  ReadingOptions reading;
  ProgressOptions progress;
  std::string document, snapshot, vectors;
  int64_t at = -1;  // -1: the whole document
};

struct ResumeOptions {
  ModelOptions model;
  OutputOptions output;
  ProgressOptions progress;
  std::string snapshot, document;
  bool rest = false;
};

// Writes passages as `embed --passages` does.
ItemSink PassageSink(const Session& session, const std::string& file, RecordWriter* writer) {
  return [&session, &file, writer](const Item& item) {
    if (!item.passage || writer == nullptr) return;
    writer->Write({.file = file,
                   .byte_begin = item.byte_begin,
                   .byte_end = item.byte_end,
                   .token_begin = item.token_begin,
                   .token_end = item.token_end,
                   .model = session.name,
                   .vector = item.vector,
                   .width = session.width});
  };
}

std::string SnapshotBytes(const DocumentStream& document, const std::string& file) {
  lwave_error error;
  int64_t needed = 0;
  if (lwave_stream_save(document.stream(), nullptr, 0, &needed, &error) != LWAVE_OK) {
    throw Failure(file, error.message);
  }
  std::string bytes(static_cast<size_t>(needed), '\0');
  if (lwave_stream_save(document.stream(), bytes.data(), needed, &needed, &error) != LWAVE_OK) {
    throw Failure(file, error.message);
  }
  return bytes;
}

int RunSave(const SaveOptions& options) {
  const ConfigHandle config = MakeReadingConfig(options.reading);
  const Session session = OpenSession(options.model.model, options.model.threads);
  CheckReading(session, config.get());
  Input input(options.document, false);
  std::unique_ptr<RecordWriter> writer;
  if (!options.vectors.empty()) writer = MakeJsonlWriter(options.vectors);
  OutputFile snapshot(options.snapshot);
  Progress progress(options.progress.ParsedMode(), options.document, input.size());
  DocumentStream document(session, MakeStream(session, config.get(), options.document), options.document, 0,
                          0, PassageSink(session, options.document, writer.get()));
  document.OnStep([&](int64_t bytes, int64_t tokens) { progress.Update(bytes, tokens); });
  std::vector<char> buffer(static_cast<size_t>(kChunkBytes));
  while (options.at < 0 || input.position() < options.at) {
    const int64_t wanted =
        options.at < 0 ? kChunkBytes : std::min(kChunkBytes, options.at - input.position());
    const int64_t got = input.Read(buffer.data(), wanted);
    if (got == 0 && options.at >= 0) {
      throw Failure(options.document, "has " + std::to_string(input.position()) +
                                          " bytes, but --at asks for " + std::to_string(options.at));
    }
    if (got == 0) break;
    document.Push(buffer.data(), got);
  }
  progress.Finish(input.position(), document.Number("tokens"));
  Remarks remarks;
  remarks.Add(document, options.document, 0, 0);
  remarks.without_token = 0;  // more may come
  remarks.Report(options.document, false);
  snapshot.Write(SnapshotBytes(document, options.document));
  snapshot.Flush();
  if (writer) writer->Commit();
  snapshot.Commit();
  return kExitOk;
}

int RunResume(const ResumeOptions& options) {
  const Session session = OpenSession(options.model.model, options.model.threads);
  RequireText(session);
  const std::string saved = ReadSmallFile(options.snapshot, kMostSnapshotBytes);
  lwave_error error;
  lwave_stream* stream = nullptr;
  if (lwave_stream_restore(session.model.get(), saved.data(), static_cast<int64_t>(saved.size()), &stream,
                           &error) != LWAVE_OK) {
    throw Failure(options.snapshot, error.message);
  }
  StreamHandle handle(stream);
  Input input(options.document, false);
  const std::unique_ptr<RecordWriter> writer =
      MakeRecordWriter(options.output.ParsedFormat(), options.output.path, session.width);
  DocumentStream document(session, std::move(handle), options.document, 0, 0,
                          PassageSink(session, options.document, writer.get()));
  const int64_t saved_bytes = document.Number("bytes_taken");
  const int64_t saved_tokens = document.Number("tokens");
  if (!options.rest) input.SkipTo(saved_bytes);
  Progress progress(options.progress.ParsedMode(), options.document, input.size());
  const int64_t offset = options.rest ? saved_bytes : 0;
  document.OnStep(
      [&](int64_t bytes, int64_t tokens) { progress.Update(bytes - offset, tokens - saved_tokens); });
  std::vector<char> buffer(static_cast<size_t>(kChunkBytes));
  while (true) {
    writer->Flush();
    const int64_t got = input.Read(buffer.data(), kChunkBytes);
    if (got == 0) break;
    document.Push(buffer.data(), got);
  }
  document.Finish();
  progress.Finish(input.position(), document.Number("tokens") - saved_tokens);
  Remarks remarks;
  remarks.Add(document, options.document, 0, 0);
  remarks.Report(options.document, false);
  writer->Commit();
  return kExitOk;
}

int RunInspect(const std::string& path) {
  const std::string saved = ReadSmallFile(path, kMostSnapshotBytes);
  const std::string text =
      DescribeText(path, [&](char* buffer, int64_t capacity, int64_t* needed, lwave_error* error) {
        return lwave_snapshot_describe(saved.data(), static_cast<int64_t>(saved.size()), buffer, capacity,
                                       needed, error);
      });
  OutputFile out("");
  try {
    out.Write(IndentJson(ParseJson(text)) + "\n");
  } catch (const JsonError&) {
    out.Write(text + "\n");
  }
  out.Commit();
  return kExitOk;
}

constexpr const char* kFooter = R"(Examples:
  longwave snapshot save book.txt --at 200000 -o half.snap --vectors first.jsonl
  longwave snapshot resume half.snap book.txt -o second.jsonl
  longwave snapshot inspect half.snap

The two files of vectors together are what "longwave embed --passages book.txt"
writes, byte for byte, also when resume runs in another process or on another
machine with the same SIMD target. A snapshot may be taken after any byte, even
within a character. It holds everything that is pending and the reading options,
but not the text, the weights or the vectors that were already written.

Exit codes: 0 ok, 1 an input failed, 2 usage.)";

constexpr const char* kSaveFooter = R"(Examples:
  longwave snapshot save book.txt --at 200000 -o half.snap --vectors first.jsonl
  longwave snapshot save app.log -o app.snap --vectors app.jsonl

The second reads all of a file that will grow. Passages that are complete go to
--vectors; the open one is in the snapshot.

Exit codes: 0 ok, 1 an input failed, 2 usage.)";

constexpr const char* kResumeFooter = R"(Examples:
  longwave snapshot resume half.snap book.txt -o second.jsonl
  tail -c +200001 book.txt | longwave snapshot resume half.snap - --rest

DOC is the whole document and is read from the saved byte on. Standard input (-)
is the whole document too, of which the saved bytes are passed over; with --rest
it holds only what comes after the saved byte, such as what was appended to a
log. The reading (--long and so on) is the snapshot's. Ranges count from the
document's beginning. Formats are those of longwave embed --help.

Exit codes: 0 ok, 1 an input failed, 2 usage.)";

constexpr const char* kInspectFooter = R"(Example:
  longwave snapshot inspect half.snap

Exit codes: 0 ok, 1 the file is no whole snapshot, 2 usage.)";

}  // namespace

void AddSnapshotCommand(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("snapshot", "Saves, resumes and inspects documents half read.");
  SetUsage(*command, "snapshot COMMAND [OPTION]... ARGUMENT...");
  command->require_subcommand(1);
  command->footer(kFooter);

  CLI::App* save = command->add_subcommand("save", "Reads a document up to a byte and saves the state.");
  auto save_options = std::make_shared<SaveOptions>();
  SetUsage(*save, "snapshot save [OPTION]... DOC -o SNAP");
  AddText(*save, "DOC", save_options->document, "the document: a UTF-8 file, or - for standard input")
      ->required();
  save->add_option("--at", save_options->at,
                   "stop after this many bytes (default: after all; the document stays open)")
      ->check(CLI::Range(int64_t{0}, int64_t{1} << 62))
      ->type_name("BYTES");
  AddText(*save, "-o,--output", save_options->snapshot, "the snapshot to write (required)")
      ->required()
      ->type_name("SNAP");
  AddText(
      *save, "--vectors", save_options->vectors,
      "write the passages that are complete so far, as embed --passages does; without this they are dropped")
      ->type_name("OUT.jsonl");
  AddModelOptions(*save, save_options->model);
  AddReadingOptions(*save, save_options->reading);
  AddProgressOptions(*save, save_options->progress);
  save->footer(kSaveFooter);
  save->callback([save_options, &run] { run = [save_options] { return RunSave(*save_options); }; });

  CLI::App* resume =
      command->add_subcommand("resume", "Goes on from a snapshot and writes the remaining passages.");
  auto resume_options = std::make_shared<ResumeOptions>();
  SetUsage(*resume, "snapshot resume [OPTION]... SNAP DOC");
  AddText(*resume, "SNAP", resume_options->snapshot, "the snapshot")->required();
  AddText(*resume, "DOC", resume_options->document, "the document, or - for standard input")->required();
  resume->add_flag("--rest", resume_options->rest, "the input holds only what comes after the saved byte");
  AddModelOptions(*resume, resume_options->model);
  AddOutputOptions(*resume, resume_options->output, {"jsonl", "npy"});
  AddProgressOptions(*resume, resume_options->progress);
  resume->footer(kResumeFooter);
  resume->callback([resume_options, &run] { run = [resume_options] { return RunResume(*resume_options); }; });

  CLI::App* inspect =
      command->add_subcommand("inspect", "Prints what a snapshot holds, as JSON; needs no model.");
  auto path = std::make_shared<std::string>();
  SetUsage(*inspect, "snapshot inspect SNAP");
  AddText(*inspect, "SNAP", *path, "the snapshot")->required();
  inspect->footer(kInspectFooter);
  inspect->callback([path, &run] { run = [path] { return RunInspect(*path); }; });
}

}  // namespace lwave::cli
