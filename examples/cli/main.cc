// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// longwave: search and embed documents of any length. This program uses only the public C headers.

#include <unistd.h>

#include <cstdlib>
#include <new>
#include <string>

#include "commands.h"
#include "diagnostics.h"
#include "longwave/longwave.h"
#include "options.h"
#include "output_file.h"

namespace lwave::cli {
namespace {

constexpr const char* kFooter = R"(Examples:
  longwave search book.txt "how are packages signed?"
  longwave embed --passages book.txt -o book.jsonl
  longwave info

Each command has its own --help with examples and formats. Results go to standard output, everything else to
standard error, one line each ("longwave: FILE: reason").

Exit codes: 0 ok, 1 an input failed (the others are done), 2 usage, 128 + N when signal N ended the work.)";

int ParseAndRun(int argc, char** argv) {
  CLI::App app("Longwave reads documents of any length with a pretrained model, piece by piece in fixed memory:\n"
               "search them, or turn them into vectors.",
               "longwave");
  app.require_subcommand(1);
  app.set_version_flag("--version", std::string("longwave ") + lwave_version() + " (" + lwave_simd_target() + ")");
  app.footer(kFooter);
  app.get_formatter()->column_width(34);
  Run run;
  AddSearchCommand(app, run);
  AddEmbedCommand(app, run);
  AddInfoCommand(app, run);
  AddConvertCommand(app, run);
  AddSnapshotCommand(app, run);
  try {
    app.parse(MarkBrackets(argc, argv));
  } catch (const CLI::CallForHelp&) {
    OutputFile out("");
    const CLI::App* command = &app;  // the innermost command that was named
    while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
    out.Write(command->help());
    out.Commit();
    return kExitOk;
  } catch (const CLI::CallForVersion& version) {
    OutputFile out("");
    out.Write(std::string(version.what()) + "\n");
    out.Commit();
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    const auto named = app.get_subcommands();
    const std::string command = named.empty() ? "" : " " + named.front()->get_name();
    throw UsageError(std::string(error.what()) + " (see longwave" + command + " --help)");
  }
  return run();
}

int Main(int argc, char** argv) {
  PrepareProcess();
  try {
    return ParseAndRun(argc, argv);
  } catch (const UsageError& error) {
    ReportError(error.what());
    return kExitUsage;
  } catch (const Interrupted&) {
    ClearStatusLine();
    return 128 + PendingSignal();
  } catch (const OutputClosed&) {
    ClearStatusLine();
    return kExitOk;  // the reader has what it wanted
  } catch (const std::bad_alloc&) {
    ReportError("out of memory");
  } catch (const std::exception& error) {
    ReportError(error.what());
  }
  return kExitInput;
}

}  // namespace
}  // namespace lwave::cli

int main(int argc, char** argv) { return lwave::cli::Main(argc, argv); }
