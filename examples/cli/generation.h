// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Text that a model writes: what generate and summarize have in common.

#ifndef LONGWAVE_EXAMPLES_CLI_GENERATION_H_
#define LONGWAVE_EXAMPLES_CLI_GENERATION_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "output_file.h"
#include "session.h"
#include "settings.h"

namespace lwave::cli {

// What is unset follows the model's generation_config.json.
struct GenerationOptions {
  std::optional<int64_t> max_new_tokens, min_new_tokens, top_k, seed, beams, no_repeat_ngram;
  std::optional<double> temperature, top_p, length_penalty, repetition_penalty;
  std::vector<std::string> stops;
  std::string output;
  bool sample = false;
  bool json = false;
};

void AddGenerationOptions(CLI::App& command, GenerationOptions& options);
// Sets what was typed.
void Apply(const GenerationOptions& options, Settings& settings);

// A generator with its stop strings. Throws Failure.
GeneratorHandle MakeGenerator(const Session& session, const GenerationOptions& options, const Settings& settings,
                              const std::string& file);
// Writes the text as it comes, a line end behind it; or one JSON object when it is complete. Throws Failure.
void WriteGenerated(const Session& session, lwave_generator* generator, const GenerationOptions& options,
                    const std::string& file, OutputFile& out);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_GENERATION_H_
