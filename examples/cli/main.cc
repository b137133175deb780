// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// longwave: search and embed documents of any length. This program uses only the public C headers.

#include <unistd.h>

#include <cstdlib>
#include <new>
#include <string>
#include <vector>

#include "commands.h"
#include "diagnostics.h"
#include "help.h"
#include "longwave/longwave.h"
#include "options.h"
#include "output_file.h"

namespace lwave::cli {
namespace {

constexpr const char* kFooter = R"(Examples:
  longwave search book.txt "how are packages signed?"
  longwave embed --passages book.txt -o book.jsonl
  longwave info

"longwave COMMAND --help" has examples and formats. Results go to standard
output, everything else to standard error: errors and notes one line each
("longwave: FILE: reason", "longwave: note: FILE: ..."), and a progress line if
it is a terminal.

Exit codes: 0 ok, 1 an input failed (the others are done), 2 usage, 128 + N when
signal N ended the work.)";

std::vector<std::string> CommandNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) names.push_back(command->get_name());
  return names;
}

const CLI::App& InnermostNamed(const CLI::App& app) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  return *command;
}

std::string Explain(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = InnermostNamed(app);
  const bool required = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  const std::vector<std::string> commands = CommandNames(command);
  if (required || dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const std::vector<std::string> unknown = app.remaining(true);
    for (const std::string& argument : unknown) {
      if (argument.size() > 1 && argument[0] == '-') return "unknown option " + argument;
    }
    if (!unknown.empty() && !commands.empty()) return "unknown command " + unknown.front();
    if (!unknown.empty()) return "one argument too many: " + unknown.front();
  }
  if (!required || commands.empty()) return error.what();
  std::string list;
  for (const std::string& name : commands) list += (list.empty() ? "" : ", ") + name;
  return "expected a command: " + list;
}

int ParseAndRun(int argc, char** argv) {
  CLI::App app(
      "Reads documents of any length with a pretrained model, piece by piece in fixed\n"
      "memory: searches them, or turns them into vectors.",
      "longwave");
  SetUsage(app, "COMMAND [OPTION]... ARGUMENT...");
  app.require_subcommand(1);
  app.set_help_flag("-h,--help", "print this help");
  app.set_version_flag("--version",
                       std::string("longwave ") + lwave_version() + " (" + lwave_simd_target() + ")",
                       "print version and SIMD target");
  app.footer(kFooter);
  Run run;
  AddSearchCommand(app, run);
  AddEmbedCommand(app, run);
  AddInfoCommand(app, run);
  AddConvertCommand(app, run);
  AddAttentionCommand(app, run);
  AddSnapshotCommand(app, run);
  AddScoreCommand(app, run);
  AddClassifyCommand(app, run);
  AddAnswerCommand(app, run);
  AddSummarizeCommand(app, run);
  AddGenerateCommand(app, run);
  try {
    app.parse(MarkBrackets(argc, argv));
  } catch (const CLI::CallForHelp&) {
    OutputFile out("");
    const CLI::App& command = InnermostNamed(app);
    out.Write(command.get_formatter()->make_help(&command, "", CLI::AppFormatMode::Normal));
    out.Commit();
    return kExitOk;
  } catch (const CLI::CallForVersion& version) {
    OutputFile out("");
    out.Write(std::string(version.what()) + "\n");
    out.Commit();
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    throw UsageError(Explain(app, error) + " (see " + CommandName(InnermostNamed(app)) + " --help)");
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
