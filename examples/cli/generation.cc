// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "generation.h"

#include "diagnostics.h"
#include "json.h"
#include "options.h"

namespace lwave::cli {
namespace {

const char* ReasonName(int64_t reason) {
  switch (reason) {
    case LWAVE_FINISH_END_TOKEN: return "end_token";
    case LWAVE_FINISH_STOP_STRING: return "stop_string";
    case LWAVE_FINISH_LENGTH: return "length";
    case LWAVE_FINISH_CAPACITY: return "capacity";
    default: return "none";
  }
}

int64_t Number(lwave_generator* generator, const char* key, const std::string& file) {
  lwave_error error;
  int64_t value = 0;
  Require(lwave_generator_get_int(generator, key, &value, &error), error, file);
  return value;
}

std::string TakeText(lwave_generator* generator, const std::string& file) {
  lwave_error error;
  int64_t needed = 0;
  Require(lwave_generator_text(generator, nullptr, 0, &needed, &error), error, file);
  std::string text(static_cast<size_t>(needed), '\0');
  Require(lwave_generator_text(generator, text.data(), needed, &needed, &error), error, file);
  text.resize(static_cast<size_t>(needed - 1));
  return text;
}

}  // namespace

void AddGenerationOptions(CLI::App& command, GenerationOptions& options) {
  constexpr int64_t kMost = int64_t{1} << 31;
  const auto real = [&](const char* name, std::optional<double>& value, const char* help) {
    command.add_option(name, value, help)->type_name("X");
  };
  AddNumber(command, "-n,--max-new-tokens", options.max_new_tokens, 1, kMost, "most tokens that are written");
  AddNumber(command, "--min-new-tokens", options.min_new_tokens, 0, kMost, "no end before so many");
  AddNumber(command, "--beams", options.beams, 1, 64, "beams that are searched; 1: token by token");
  real("--length-penalty", options.length_penalty, "of beams: above 0 favours longer text");
  real("--repetition-penalty", options.repetition_penalty, "above 1: tokens that were there become less likely");
  AddNumber(command, "--no-repeat-ngram", options.no_repeat_ngram, 0, 65536, "no run of so many tokens comes twice");
  command.add_flag("--sample", options.sample, "draw tokens instead of taking the best");
  real("--temperature", options.temperature, "of drawing, which it turns on");
  AddNumber(command, "--top-k", options.top_k, 0, kMost, "draw from the so many best, 0: from all; turns drawing on");
  real("--top-p", options.top_p, "draw from the best that make up this probability; turns drawing on");
  AddNumber(command, "--seed", options.seed, 0, int64_t{1} << 53,
            "of drawing, default 0: the same seed draws the same");
  AddTexts(command, "--stop", options.stops, "end before this text; may be given several times")
      ->type_name("TEXT")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_flag("--json", options.json, "one JSON object when the text is complete");
  AddText(command, "-o,--output", options.output, "write here instead of standard output")->type_name("FILE");
}

void Apply(const GenerationOptions& options, Settings& settings) {
  settings.Int("max_new_tokens", options.max_new_tokens, "--max-new-tokens")
      .Int("min_new_tokens", options.min_new_tokens, "--min-new-tokens")
      .Int("beams", options.beams, "--beams")
      .Float("length_penalty", options.length_penalty, "--length-penalty")
      .Float("repetition_penalty", options.repetition_penalty, "--repetition-penalty")
      .Int("no_repeat_ngram", options.no_repeat_ngram, "--no-repeat-ngram")
      .Float("temperature", options.temperature, "--temperature")
      .Int("top_k", options.top_k, "--top-k")
      .Float("top_p", options.top_p, "--top-p")
      .Int("seed", options.seed, "--seed");
  if (options.sample || options.temperature || options.top_k || options.top_p) settings.Int("sample", 1, "--sample");
}

GeneratorHandle MakeGenerator(const Session& session, const GenerationOptions& options, const Settings& settings,
                              const std::string& file) {
  lwave_error error;
  lwave_generator* generator = nullptr;
  Require(lwave_generator_create(session.model.get(), settings.get(), &generator, &error), error, session.directory);
  GeneratorHandle made(generator);
  for (const std::string& stop : options.stops) {
    Require(lwave_generator_add_stop(generator, stop.data(), static_cast<int64_t>(stop.size()), &error), error, file);
  }
  return made;
}

void WriteGenerated(const Session& session, lwave_generator* generator, const GenerationOptions& options,
                    const std::string& file, OutputFile& out) {
  std::string text;
  for (int32_t finished = 0; finished == 0;) {
    CheckInterrupted();
    lwave_error error;
    Require(lwave_generator_next(generator, nullptr, nullptr, &finished, &error), error, file);
    const std::string part = TakeText(generator, file);
    if (options.json) {
      text += part;
    } else if (!part.empty()) {
      out.Write(part);
      out.Flush();
    }
  }
  if (!options.json) {
    out.Write("\n");
    out.Flush();
    return;
  }
  std::string json = "{\"file\": ";
  AppendJsonString(json, file);
  json += ", \"model\": ";
  AppendJsonString(json, session.name);
  json += ", \"prompt_tokens\": " + std::to_string(Number(generator, "prompt_tokens", file)) +
          ", \"generated_tokens\": " + std::to_string(Number(generator, "generated_tokens", file)) +
          ", \"finish_reason\": \"" + ReasonName(Number(generator, "finish_reason", file)) + "\", \"text\": ";
  AppendJsonString(json, text);
  out.Write(json + "}\n");
}

}  // namespace lwave::cli
