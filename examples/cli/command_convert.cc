// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// longwave convert: another weight type, another long reading, a long form.

#include <memory>
#include <string>

#include "commands.h"
#include "diagnostics.h"
#include "help.h"
#include "options.h"

namespace lwave::cli {
namespace {

struct ConvertOptions {
  WindowOptions window;
  std::string source, destination, output;
  std::string weights = "f32";
  bool packed = false;
};

int RunConvert(const ConvertOptions& options) {
  if (options.destination.empty() == options.output.empty()) {
    throw UsageError("convert: expected SOURCE DESTINATION");
  }
  const std::string& destination = options.destination.empty() ? options.output : options.destination;
  if (options.packed && options.weights == "f16") {
    throw UsageError("convert: --packed: f16 has no packed layout; f32, bf16 and int8 have");
  }
  const ConfigHandle config = MakeConvertConfig(options.window, options.weights, options.packed);
  lwave_error error;
  const lwave_status status =
      lwave_model_convert_with(options.source.c_str(), destination.c_str(), config.get(), &error);
  CheckInterrupted();
  if (status == LWAVE_OK) return kExitOk;
  // The library names the file where it is one file's fault; the rest is about SOURCE.
  const std::string_view message = error.message;
  if (message.substr(0, options.source.size()) == options.source ||
      message.substr(0, destination.size()) == destination) {
    throw Failure(message);
  }
  if (message.find("no longwave.json") != message.npos) {  // said in words of the API
    throw Failure(options.source, "has no long reading to start from: give both --attention and --positions");
  }
  throw Failure(options.source, message);
}

constexpr const char* kFooter = R"(Examples:
  longwave convert all-MiniLM-L6-v2 minilm --weights int8 \
      --attention window:64 --sinks 33 --positions tiled:256 --full-up-to 256
  longwave convert bge-small bge-bf16 --weights bf16 --packed
  longwave convert roberta r4096 --attention window:256 --positions copied:4096
  longwave convert gpt2 gpt2-window --attention window:256 --sinks 4

Weights: f32, bf16 and f16 as they say, under the model's own names, so that
other programs open them too; int8 is symmetric per output channel, and per row
for embeddings, in a quarter of the bytes, for Longwave alone.

With --packed f32 and bf16 matrices lie in the layout that the kernels of every
machine use straight from the mapped file: none is packed when the model is
used, and processes share its memory. int8 always lies so.

SOURCE may hold pytorch_model.bin, whole or in shards: only tensors are read
from its pickle, nothing in it is run, and anything else in it is refused.

With --positions tiled:N an encoder gets a reading for text beyond its limit,
written to longwave.json: in every layer a row sees the rows around it and the
first rows of the document (the sinks), so that memory is fixed. The model must
pool by the mean. Without window options a reading that SOURCE has is kept.

With --positions copied:N a model gets its long form: the table of positions is
continued by copies, and attention sees a window. Windows as wide on both sides
make BERT and RoBERTa a Longformer and BART an LED as they are published, which
other programs open (f32, bf16, f16): an untrained one, for training on long
text. Other windows, --dilation, favor:M and other families (GPT-2) change the
attention alone, for Longwave; config.json says what others cannot open.
--attention window:32 --attention window:64 ... gives each layer its own.

Exit codes: 0 ok, 1 failed, 2 usage.)";

}  // namespace

void AddConvertCommand(CLI::App& app, Run& run) {
  CLI::App* command =
      app.add_subcommand("convert", "Writes a model with another weight type, a reading for long text or a long form.");
  auto options = std::make_shared<ConvertOptions>();
  SetUsage(*command, "convert [OPTION]... SOURCE DESTINATION");
  AddText(*command, "SOURCE", options->source,
          "a Hugging Face checkpoint (config.json, *.safetensors or pytorch_model.bin, tokenizer, modules.json), or "
          "what convert wrote")
      ->required();
  AddText(*command, "DESTINATION", options->destination,
          "a new or empty directory; it appears only when it is complete");
  AddText(*command, "-o,--output", options->output, "the same as DESTINATION")->type_name("DIR");
  command->add_option("-w,--weights", options->weights, "f32, bf16, f16 or int8 (default f32)")
      ->check(CLI::IsMember({"f32", "bf16", "f16", "int8"}))
      ->type_name("TYPE");
  command->add_flag("--packed", options->packed, "matrices in the layout that is used straight from the map");
  AddWindowOptions(*command, options->window);
  command->footer(kFooter);
  command->callback([options, &run] { run = [options] { return RunConvert(*options); }; });
}

}  // namespace lwave::cli
