// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A model's head over a document: the document as windows of tokens, each run on its own.

#ifndef LONGWAVE_EXAMPLES_CLI_TASK_H_
#define LONGWAVE_EXAMPLES_CLI_TASK_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "session.h"

namespace lwave::cli {

// What info says about the head.
struct Head {
  std::string task;    // "sequence_classification", ...; empty: the model has none
  int64_t outputs = 0;
  std::vector<std::string> labels;
  bool has_decoder = false;
  bool has_globals = false;  // attention with global tokens that the caller names (Longformer, LED)
};
Head DescribeHead(const Session& session);

// One window of a document, special tokens included; everything is [tokens], offsets [2 * tokens].
struct TokenWindow {
  std::vector<int32_t> ids, types, sequence;  // sequence: 0 or 1, which text a token is of; -1: a special token
  std::vector<int64_t> offsets;               // bytes of its text
  int64_t first = 0;  // where its part of the text that is cut begins, in tokens of the text
  int64_t tokens() const { return static_cast<int64_t>(ids.size()); }
};

struct WindowChoice {
  std::optional<int64_t> length, stride;  // --length, --stride
  bool first_only = false;                // --long truncate
  std::string global;                     // --global
};
// --length, --stride, --long, --global
void AddWindowChoice(CLI::App& command, WindowChoice& choice);

// The windows of a text, or of a question and a text, which alone is then cut. Throws Failure.
std::vector<TokenWindow> CutWindows(const Session& session, const std::string& file, const std::string* question,
                                    const std::string& text, const WindowChoice& choice);

// Whether no token of a text that was cut alone is in them.
bool HoldNoToken(const std::vector<TokenWindow>& windows);

// 1 for each token that --global names: "none", "first", "question", "all", or indices "0,4,10-19". Empty where nothing
// was said: the model then takes what its task publishes. Throws UsageError.
std::vector<int32_t> GlobalTokens(const std::string& global, const TokenWindow& window);

// The head's numbers: [labels] or [tokens, labels]. Throws Failure.
std::vector<float> RunHead(const Session& session, const std::string& file, const TokenWindow& window,
                           const std::string& global);

// e^x / sum e^x
std::vector<double> Softmax(const float* x, int64_t count);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_TASK_H_
