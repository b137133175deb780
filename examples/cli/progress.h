// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The progress line on standard error: position, tokens, tokens/s and resident memory of one input.

#ifndef LONGWAVE_EXAMPLES_CLI_PROGRESS_H_
#define LONGWAVE_EXAMPLES_CLI_PROGRESS_H_

#include <chrono>
#include <cstdint>
#include <string>

#include "options.h"

namespace lwave::cli {

class Progress {
 public:
  // size: bytes of the input, or -1. Draws nothing unless the mode or a terminal asks for it.
  Progress(ProgressMode mode, const std::string& file, int64_t size);

  // bytes: position in the input; tokens: those read by this process. Draws at most ten times a second.
  void Update(int64_t bytes, int64_t tokens);
  // Draws the final state and keeps it, if anything was drawn before.
  void Finish(int64_t bytes, int64_t tokens);

 private:
  using Clock = std::chrono::steady_clock;
  std::string Line(int64_t bytes, int64_t tokens, bool last) const;

  bool on_ = false;
  bool drawn_ = false;
  std::string file_;
  int64_t size_ = -1;
  Clock::time_point begin_;
  Clock::time_point last_;
};

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_PROGRESS_H_
