// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// longwave convert: another weight type, another long reading.

#include <memory>
#include <string>

#include "commands.h"
#include "diagnostics.h"
#include "options.h"

namespace lwave::cli {
namespace {

struct ConvertOptions {
  WindowOptions window;
  std::string source, destination, output;
  std::string weights = "f32";
};

int RunConvert(const ConvertOptions& options) {
  if (options.destination.empty() == options.output.empty()) {
    throw UsageError("convert: expected SOURCE DESTINATION");
  }
  const std::string& destination = options.destination.empty() ? options.output : options.destination;
  const ConfigHandle config = MakeWindowConfig(options.window);
  lwave_error error;
  const lwave_status status = lwave_model_convert(options.source.c_str(), destination.c_str(),
                                                  options.weights.c_str(), config.get(), &error);
  CheckInterrupted();
  if (status != LWAVE_OK) throw Failure("convert", error.message);
  return kExitOk;
}

constexpr const char* kFooter = R"(Examples:
  longwave convert all-MiniLM-L6-v2 minilm --weights int8 \
      --attention window:64 --sinks 33 --positions tiled:256 --full-up-to 256
  longwave convert bge-small bge-bf16 --weights bf16

SOURCE is a Hugging Face checkpoint directory (config.json, *.safetensors, tokenizer, modules.json) or one that
convert wrote. DESTINATION must not exist or be empty, and appears only when it is complete.

Weights:
  f32 (default), bf16, f16   as they say
  int8                       matrices symmetric per output channel, embeddings per row; a quarter of f32

The window options give the model a reading for text beyond its limit (written to longwave.json): rows see
LEFT rows before and RIGHT after them and the first --sinks rows of the document, so memory is fixed. It needs a
model that pools by the mean. Without window options a reading that SOURCE has is kept.

Exit codes: 0 ok, 1 failed, 2 usage.)";

}  // namespace

void AddConvertCommand(CLI::App& app, Run& run) {
  CLI::App* command = app.add_subcommand("convert", "write a model with other weights or a long reading");
  auto options = std::make_shared<ConvertOptions>();
  AddText(*command, "SOURCE", options->source, "the model directory to read")->required();
  AddText(*command, "DESTINATION", options->destination, "the model directory to write");
  AddText(*command, "-o,--output", options->output, "the same as DESTINATION")->type_name("DIR");
  command->add_option("-w,--weights", options->weights, "f32, bf16, f16 or int8 (default f32)")
      ->check(CLI::IsMember({"f32", "bf16", "f16", "int8"}))
      ->type_name("TYPE");
  AddWindowOptions(*command, options->window);
  command->footer(kFooter);
  command->callback([options, &run] { run = [options] { return RunConvert(*options); }; });
}

}  // namespace lwave::cli
