// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Reading back what `embed` wrote, a line at a time.

#ifndef LONGWAVE_EXAMPLES_CLI_SAVED_VECTORS_H_
#define LONGWAVE_EXAMPLES_CLI_SAVED_VECTORS_H_

#include <functional>

#include "input.h"
#include "progress.h"
#include "ranking.h"

namespace lwave::cli {

// Gives every line that has a vector to `sink` as a passage without its text, which the sink may move from. A line
// must have the fields of interfaces (unknown ones are passed over), come from `model`, and have `width` numbers.
// Throws Failure naming file and line.
void ReadSavedVectors(Input& input, const std::string& model, int64_t width, ProgressMode progress,
                      const std::function<void(Passage& passage)>& sink);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_SAVED_VECTORS_H_
