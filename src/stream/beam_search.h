// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Beam search: the sequences with the best summed log-probability, several at a time. What counts, when it ends and how
// lengths are weighed is as in transformers' generate.

#ifndef LONGWAVE_STREAM_BEAM_SEARCH_H_
#define LONGWAVE_STREAM_BEAM_SEARCH_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stream/decoder_line.h"
#include "stream/generation_options.h"
#include "stream/generator.h"

namespace lwave::stream {

struct BeamTask {
  const DecoderPlan& plan;
  const GenerationOptions& options;
  const std::vector<int32_t>& start;  // prompt, or the decoder's start
  int64_t prompt = 0;                 // of those, how many the caller gave: what length penalties leave out
  int64_t length_limit = 0;
  int64_t vocabulary = 0;
  const DecoderLine* read = nullptr;  // a line that has read the start; null: it is read here
  // The model's scores of a row // [vocabulary], valid until the next call.
  std::function<absl::StatusOr<absl::Span<float>>(const float* row)> scores;
  std::function<bool()> cancelled;
};

// The tokens of the best sequence behind the start. Cancelled (absl) where asked to stop: nothing is kept.
absl::StatusOr<std::vector<GeneratedToken>> SearchBeams(const BeamTask& task);

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_BEAM_SEARCH_H_
