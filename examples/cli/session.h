// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// An opened model and the context it lives in, and where the model comes from.

#ifndef LONGWAVE_EXAMPLES_CLI_SESSION_H_
#define LONGWAVE_EXAMPLES_CLI_SESSION_H_

#include <cstdint>
#include <functional>
#include <string>

#include "handles.h"

namespace lwave::cli {

struct Session {
  std::string directory;
  ContextHandle context;
  ModelHandle model;
  std::string name;   // the model's name and short fingerprint, as in the field "model"
  int64_t width = 0;  // numbers in a vector
};

// Opens `directory`, or the default model if it is empty: examples/models/minilm of the source tree in whose
// build/<preset>/bin this program lies, or share/longwave/models/minilm beside the installed bin. Throws Failure.
Session OpenSession(const std::string& directory, int32_t threads);

// Throws Failure if the model cannot read text, because its tokenizer is of a kind that is not supported yet.
void RequireText(const Session& session);

// One number about the model; throws Failure.
int64_t ModelNumber(const Session& session, const char* key);

// The text of one of the API's describe functions, which are called for the size and then for the text.
// Throws Failure(file, ...).
std::string DescribeText(const std::string& file,
                         const std::function<lwave_status(char* buffer, int64_t capacity, int64_t* needed,
                                                          lwave_error* error)>& describe);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_SESSION_H_
