// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The commands: each adds itself to the command line and, when it is chosen, gives what to run.

#ifndef LONGWAVE_EXAMPLES_CLI_COMMANDS_H_
#define LONGWAVE_EXAMPLES_CLI_COMMANDS_H_

#include <CLI/CLI.hpp>
#include <functional>

namespace lwave::cli {

// Set by the parsed command; returns the exit code. Throws what diagnostics.h lists.
using Run = std::function<int()>;

void AddSearchCommand(CLI::App& app, Run& run);
void AddEmbedCommand(CLI::App& app, Run& run);
void AddInfoCommand(CLI::App& app, Run& run);
void AddConvertCommand(CLI::App& app, Run& run);
void AddAttentionCommand(CLI::App& app, Run& run);
void AddSnapshotCommand(CLI::App& app, Run& run);
void AddScoreCommand(CLI::App& app, Run& run);
void AddClassifyCommand(CLI::App& app, Run& run);
void AddAnswerCommand(CLI::App& app, Run& run);
void AddSummarizeCommand(CLI::App& app, Run& run);
void AddGenerateCommand(CLI::App& app, Run& run);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_COMMANDS_H_
