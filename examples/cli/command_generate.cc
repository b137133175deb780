// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// longwave generate: text that goes on where a prompt ends.

#include <memory>
#include <optional>
#include <string>

#include "commands.h"
#include "diagnostics.h"
#include "generation.h"
#include "help.h"
#include "options.h"
#include "task.h"
#include "utf8.h"

namespace lwave::cli {
namespace {

struct GenerateOptions {
  ModelOptions model;
  GenerationOptions generation;
  std::string file, prompt;
  std::optional<int64_t> left, sinks, tile;
  bool special = false;
};

void PushPrompt(lwave_generator* generator, const std::string& text, const GenerateOptions& options,
                const std::string& file) {
  lwave_error error;
  const lwave_status status = lwave_generator_push_text(generator, text.data(), static_cast<int64_t>(text.size()),
                                                        options.special, &error);
  if (status == LWAVE_CAPACITY_EXCEEDED && !options.left) {
    throw Failure(file, std::string(error.message) + "; most models read a longer one through a window, with --left");
  }
  Require(status, error, file);
  int64_t tokens = 0;
  Require(lwave_generator_get_int(generator, "prompt_tokens", &tokens, &error), error, file);
  if (tokens == 0) throw Failure(file, "holds no token to go on from");
}

int RunGenerate(const GenerateOptions& options) {
  if (options.file.empty() == options.prompt.empty()) throw UsageError("generate: expected a FILE or -p PROMPT, one of both");
  Settings settings("generation");
  Apply(options.generation, settings);
  settings.Int("left", options.left, "--left").Int("sinks", options.sinks, "--sinks").Int("tile", options.tile, "--tile");
  const Session session = OpenSession(options.model.model, options.model.threads);
  RequireText(session);
  if (DescribeHead(session).has_decoder) {
    throw Failure(session.directory, "writes a text of its own about a source; see longwave summarize");
  }
  const std::string file = options.file.empty() ? "prompt" : options.file;
  const std::string text = options.file.empty() ? options.prompt : ReadText(options.file);
  if (options.file.empty()) NoteInvalidUtf8(file, text);
  const GeneratorHandle generator = MakeGenerator(session, options.generation, settings, file);
  PushPrompt(generator.get(), text, options, file);
  OutputFile out(options.generation.output);
  WriteGenerated(session, generator.get(), options.generation, file, out);
  out.Commit();
  return kExitOk;
}

constexpr const char* kFooter = R"(Examples:
  longwave generate -p "Once upon a time" --model gpt2
  longwave generate prompt.txt --model gpt2 -n 200 --temperature 0.8 --seed 7
  longwave generate story.txt --model gpt2 --left 960 --sinks 4 -n 100000

The text is written as it comes, without the prompt. What is not set here
follows the model's generation_config.json. With --left the model reads
through a window with sinks: in fixed memory, without end, beyond its
positions. The same seed draws the same tokens.

Format: text; with --json
  {"file", "model", "prompt_tokens", "generated_tokens", "finish_reason",
  "text"}.

Exit codes: 0 ok, 1 the input failed, 2 usage.)";

}  // namespace

void AddGenerateCommand(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("generate", "Goes on with a text.");
  auto options = std::make_shared<GenerateOptions>();
  SetUsage(*command, "generate [OPTION]... FILE --model DIR\ngenerate [OPTION]... -p PROMPT --model DIR");
  AddText(*command, "FILE", options->file, "a UTF-8 file with the prompt, or - for standard input");
  AddText(*command, "-p,--prompt", options->prompt, "the prompt itself")->type_name("TEXT");
  AddModelOptions(*command, options->model, true);
  AddGenerationOptions(*command, options->generation);
  AddNumber(*command, "--left", options->left, 0, int64_t{1} << 24,
            "read through a window: tokens that each one sees before itself");
  AddNumber(*command, "--sinks", options->sinks, 0, 4096, "with --left: tokens at the beginning that all see");
  AddNumber(*command, "--tile", options->tile, 0, int64_t{1} << 24,
            "with --left: positions repeat below this (default: all there are)");
  command->add_flag("--special-tokens", options->special, "put the tokenizer's special tokens around the prompt");
  command->footer(kFooter);
  command->callback([options, &run] { run = [options] { return RunGenerate(*options); }; });
}

}  // namespace lwave::cli
