// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Beam search: the sequences with the best summed log-probability, several at a time. What counts, when it ends and how
// lengths are weighed is as in transformers' generate.

#ifndef LONGWAVE_STREAM_BEAM_SEARCH_H_
#define LONGWAVE_STREAM_BEAM_SEARCH_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "stream/decoder_line.h"
#include "stream/generation_options.h"
#include "stream/generator.h"

namespace lwave::stream {

struct BeamTask {
  const GenerationOptions& options;
  absl::Span<const int32_t> history;  // of the ids so far what the rules look at (LooksBack)
  int64_t length = 0;                 // ids so far
  int64_t prompt = 0;                 // of those, how many the caller gave: what length penalties leave out
  int64_t length_limit = 0;
  int64_t vocabulary = 0;
  const DecoderLine& read;  // has read all ids so far
  // One for each beam, of the same plan as `read`; what they hold does not matter.
  absl::Span<const std::unique_ptr<DecoderLine>> lines;
  // The model's scores of a row // [vocabulary], valid until the next call.
  std::function<absl::Span<float>(const float* row)> scores;
  std::function<bool()> cancelled;
};

// The tokens of the best sequence behind what was read. Cancelled (absl) where asked to stop: nothing is kept.
absl::StatusOr<std::vector<GeneratedToken>> SearchBeams(const BeamTask& task);

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_BEAM_SEARCH_H_
