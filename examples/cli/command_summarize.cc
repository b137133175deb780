// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// longwave summarize: what a model with an encoder and a decoder writes about a document.

#include <memory>
#include <string>
#include <vector>

#include "commands.h"
#include "diagnostics.h"
#include "generation.h"
#include "help.h"
#include "options.h"
#include "task.h"

namespace lwave::cli {
namespace {

struct SummarizeOptions {
  ModelOptions model;
  GenerationOptions generation;
  std::string document, global;
  bool truncate = false;
};

// The document as one window of tokens. Throws Failure where it is longer than the model reads.
TokenWindow ReadSource(const Session& session, const SummarizeOptions& options) {
  WindowChoice choice;
  choice.first_only = options.truncate;
  choice.stride = 0;
  std::vector<TokenWindow> windows = CutWindows(session, options.document, nullptr, ReadText(options.document), choice);
  if (windows.size() > 1) {
    throw Failure(options.document, "longer than the " + std::to_string(ModelNumber(session, "positions")) +
                                        " tokens that the model reads; --truncate reads the beginning");
  }
  if (HoldNoToken(windows)) throw Failure(options.document, "holds no token, so there is nothing to summarize");
  return std::move(windows.front());
}

int RunSummarize(const SummarizeOptions& options) {
  const Session session = OpenSession(options.model.model, options.model.threads);
  const Head head = DescribeHead(session);
  if (!head.has_decoder || head.task != "causal_lm") {
    throw Failure(session.directory, "summarize needs a model with an encoder and a decoder that writes (BART, LED)");
  }
  const TokenWindow source = ReadSource(session, options);
  Settings settings("generation");
  Apply(options.generation, settings);
  // LED's published summaries let the first token see all.
  const std::string global = options.global.empty() && head.has_globals ? "first" : options.global;
  const std::vector<int32_t> flags = GlobalTokens(global, source);
  std::vector<int64_t> globals;
  for (size_t i = 0; i < flags.size(); ++i) {
    if (flags[i] != 0) globals.push_back(static_cast<int64_t>(i));
  }
  settings.Ints("globals", globals, "--global");
  const GeneratorHandle generator = MakeGenerator(session, options.generation, settings, options.document);
  lwave_error error;
  Require(lwave_generator_push_ids(generator.get(), source.ids.data(), source.tokens(), &error), error, options.document);
  OutputFile out(options.generation.output);
  WriteGenerated(session, generator.get(), options.generation, options.document, out);
  out.Commit();
  return kExitOk;
}

constexpr const char* kFooter = R"(Examples:
  longwave summarize report.txt --model led-large-arxiv
  longwave summarize page.txt --model bart-large-cnn --beams 4 -n 100

The text is written as it comes (with beams, when it is complete). What is not
set here follows the model's generation_config.json. LED's first token sees
all, unless --global says otherwise.

Format: text; with --json
  {"file", "model", "prompt_tokens", "generated_tokens", "finish_reason",
  "text"}.

Exit codes: 0 ok, 1 the input failed, 2 usage.)";

}  // namespace

void AddSummarizeCommand(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("summarize", "Writes what a document is about.");
  auto options = std::make_shared<SummarizeOptions>();
  SetUsage(*command, "summarize [OPTION]... DOC --model DIR");
  AddText(*command, "DOC", options->document, "a UTF-8 file, or - for standard input")->required();
  AddModelOptions(*command, options->model, true);
  AddGenerationOptions(*command, options->generation);
  command
      ->add_option("--global", options->global,
                   "tokens that see, and are seen by, all (LED): none, first (default), all, or indices such as 0,4,10-19")
      ->type_name("TOKENS");
  command->add_flag("--truncate", options->truncate, "of a document that is too long read the beginning");
  command->footer(kFooter);
  command->callback([options, &run] { run = [options] { return RunSummarize(*options); }; });
}

}  // namespace lwave::cli
