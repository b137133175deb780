// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "task.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "diagnostics.h"
#include "json.h"
#include "options.h"
#include "settings.h"

namespace lwave::cli {
namespace {

// Indices "0,4,10-19" into flags.
bool MarkIndices(std::string_view list, std::vector<int32_t>& flags) {
  const auto number = [&](int64_t* value) {
    const auto [end, status] = std::from_chars(list.data(), list.data() + list.size(), *value);
    if (status != std::errc() || *value < 0) return false;
    list.remove_prefix(static_cast<size_t>(end - list.data()));
    return true;
  };
  for (;;) {
    int64_t first = 0;
    if (!number(&first)) return false;
    int64_t last = first;
    if (!list.empty() && list[0] == '-') {
      list.remove_prefix(1);
      if (!number(&last) || last < first) return false;
    }
    // What lies behind a shorter window's end is not there.
    for (int64_t i = first; i <= last && i < static_cast<int64_t>(flags.size()); ++i) flags[static_cast<size_t>(i)] = 1;
    if (list.empty()) return true;
    if (list[0] != ',') return false;
    list.remove_prefix(1);
  }
}

}  // namespace

Head DescribeHead(const Session& session) {
  const JsonValue json = ParseJson(DescribeText(
      session.directory, [&](char* buffer, int64_t capacity, int64_t* needed, lwave_error* error) {
        return lwave_model_describe(session.model.get(), nullptr, buffer, capacity, needed, error);
      }));
  Head head;
  if (const JsonValue* found = json.Find("head")) {
    if (const JsonValue* task = found->Find("task")) head.task = task->text;
    if (const JsonValue* outputs = found->Find("outputs")) head.outputs = std::stoll(outputs->text);
    if (const JsonValue* labels = found->Find("labels")) {
      for (const JsonValue& label : labels->items) head.labels.push_back(label.text);
    }
  }
  const JsonValue* family = json.Find("family");
  head.has_decoder = family != nullptr && (family->text == "bart" || family->text == "led");
  const JsonValue* layers = json.Find("attention");
  if (layers != nullptr && !layers->items.empty()) {
    head.has_globals = layers->items[0].Find("global_projections") != nullptr;
  }
  return head;
}

void AddWindowChoice(CLI::App& command, WindowChoice& choice) {
  AddNumber(command, "--length", choice.length, 4, int64_t{1} << 24,
            "tokens of a window, special ones included (default: what the model reads)");
  AddNumber(command, "--stride", choice.stride, 0, int64_t{1} << 24,
            "tokens that neighbouring windows share (default: a quarter of the length)");
  command
      .add_option_function<std::string>(
          "--long", [&choice](const std::string& word) { choice.first_only = word == "truncate"; },
          "text beyond the model's limit: windows (default) reads all of it, truncate the beginning only")
      ->check(CLI::IsMember({"windows", "truncate"}))
      ->type_name("READING");
  command
      .add_option("--global", choice.global,
                  "tokens that see, and are seen by, all (Longformer): none, first, question, all, or indices such as "
                  "0,4,10-19 (default: the task's published ones)")
      ->type_name("TOKENS");
}

std::vector<TokenWindow> CutWindows(const Session& session, const std::string& file, const std::string* question,
                                    const std::string& text, const WindowChoice& choice) {
  RequireText(session);
  lwave_error error;
  lwave_tokenizer* tokenizer = nullptr;
  Require(lwave_tokenizer_of_model(session.model.get(), &tokenizer, &error), error, file);
  const TokenizerHandle owned(tokenizer);
  lwave_encodings* encodings = nullptr;
  Require(lwave_encodings_create(&encodings, &error), error, file);
  const EncodingsHandle list(encodings);
  const int64_t positions = ModelNumber(session, "positions");
  int64_t length = choice.length.value_or(positions);
  if (positions > 0) length = std::min(length, positions);
  // Where there is only the beginning to be read, windows share nothing.
  const int64_t stride = choice.first_only ? 0 : choice.stride.value_or(length / 4);
  const std::string& first = question == nullptr ? text : *question;
  Require(lwave_encodings_add(encodings, tokenizer, first.data(), static_cast<int64_t>(first.size()),
                              question == nullptr ? nullptr : text.data(),
                              question == nullptr ? 0 : static_cast<int64_t>(text.size()), 1, length, stride,
                              question == nullptr ? LWAVE_ONLY_FIRST : LWAVE_ONLY_SECOND, 0, &error),
          error, file);
  const int64_t count = choice.first_only ? 1 : lwave_encodings_count(encodings);
  std::vector<TokenWindow> windows;
  for (int64_t i = 0; i < count; ++i) {
    TokenWindow window;
    const auto tokens = static_cast<size_t>(lwave_encodings_length(encodings, i));
    window.ids.resize(tokens);
    window.types.resize(tokens);
    window.sequence.resize(tokens);
    window.offsets.resize(2 * tokens);
    Require(lwave_encodings_read(encodings, i, window.ids.data(), window.types.data(), nullptr, nullptr, nullptr,
                                 window.sequence.data(), window.offsets.data(), static_cast<int64_t>(tokens), &error),
            error, file);
    windows.push_back(std::move(window));
  }
  // All but the last hold equally much of the text.
  const int32_t cut = question == nullptr ? 0 : 1;
  const std::vector<int32_t>& of_first = windows.front().sequence;
  const int64_t step = std::count(of_first.begin(), of_first.end(), cut) - stride;
  for (size_t i = 0; i < windows.size(); ++i) windows[i].first = static_cast<int64_t>(i) * step;
  if (choice.first_only && lwave_encodings_count(encodings) > 1) {
    ReportNote(file + ": longer than the model reads, only the beginning was read");
  }
  return windows;
}

bool HoldNoToken(const std::vector<TokenWindow>& windows) {
  return std::all_of(windows.begin(), windows.end(), [](const TokenWindow& window) {
    return std::count(window.sequence.begin(), window.sequence.end(), 0) == 0;
  });
}

std::vector<int32_t> GlobalTokens(const std::string& global, const TokenWindow& window) {
  if (global.empty()) return {};
  std::vector<int32_t> flags(window.ids.size(), 0);
  if (global == "none") return flags;
  if (global == "all") {
    std::fill(flags.begin(), flags.end(), 1);
  } else if (global == "first") {
    if (!flags.empty()) flags[0] = 1;
  } else if (global == "question") {
    // The question's own tokens and the special one in front of it.
    for (size_t i = 0; i < flags.size() && window.sequence[i] != 1; ++i) {
      if (window.sequence[i] == 0 || i == 0) flags[i] = 1;
    }
  } else if (!MarkIndices(global, flags)) {
    throw UsageError("--global: expected none, first, question, all or indices such as 0,4,10-19, got " + global);
  }
  return flags;
}

std::vector<float> RunHead(const Session& session, const std::string& file, const TokenWindow& window,
                           const std::string& global) {
  CheckInterrupted();
  lwave_error error;
  lwave_inputs* made = nullptr;
  Require(lwave_inputs_create(1, window.tokens(), &made, &error), error, file);
  const InputsHandle inputs(made);
  const auto set = [&](const char* name, const std::vector<int32_t>& values) {
    Require(lwave_inputs_set_ints(made, name, values.data(), static_cast<int64_t>(values.size()), &error), error, file);
  };
  set("ids", window.ids);
  if (std::any_of(window.types.begin(), window.types.end(), [](int32_t type) { return type != 0; })) {
    set("token_types", window.types);
  }
  const std::vector<int32_t> globals = GlobalTokens(global, window);
  if (!globals.empty()) set("globals", globals);
  int64_t shape[8] = {}, dimensions = 0;
  Require(lwave_model_output_shape(session.model.get(), made, LWAVE_LOGITS, shape, 8, &dimensions, &error), error, file);
  int64_t count = 1;
  for (int64_t i = 0; i < dimensions; ++i) count *= shape[i];
  std::vector<float> numbers(static_cast<size_t>(count));
  Require(lwave_model_run(session.model.get(), nullptr, made, LWAVE_LOGITS, numbers.data(), count, &error), error, file);
  return numbers;
}

std::vector<double> Softmax(const float* x, int64_t count) {
  std::vector<double> y(static_cast<size_t>(count));
  const double most = static_cast<double>(*std::max_element(x, x + count));
  double sum = 0;
  for (size_t i = 0; i < y.size(); ++i) sum += y[i] = std::exp(static_cast<double>(x[i]) - most);
  for (double& value : y) value /= sum;
  return y;
}

}  // namespace lwave::cli
