// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How --help looks.

#ifndef LONGWAVE_EXAMPLES_CLI_HELP_H_
#define LONGWAVE_EXAMPLES_CLI_HELP_H_

#include <CLI/CLI.hpp>
#include <string>

namespace lwave::cli {

// Gives a command its usage lines, one or several, each without "longwave" in front.
void SetUsage(CLI::App& command, const std::string& usage);

// "longwave snapshot save": a command with those above it.
std::string CommandName(const CLI::App& command);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_HELP_H_
