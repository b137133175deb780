// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// From scores of the next token to the token: what the options forbid or force, then the best or a drawn one. The rules
// and their order are those of transformers' generate, so that a generation_config.json means the same here.
//
// Drawing: tokens in order of falling probability (the smaller id first where two are equal), the first whose summed
// probability is above u; u is the next uniform number of xoshiro256** (random_numbers.h), one for each token, all sums
// in double. The generator's four words are part of a snapshot.

#ifndef LONGWAVE_STREAM_TOKEN_RULES_H_
#define LONGWAVE_STREAM_TOKEN_RULES_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/random_numbers.h"
#include "stream/generation_options.h"

namespace lwave::stream {

// What rules look at beside the scores.
struct TokenHistory {
  absl::Span<const int32_t> ids;  // what LooksBack asks for: everything so far, prompt (or the decoder's start) included
  int64_t length = 0;             // how many there are so far
  int64_t prompt = 0;             // how many of them are the prompt
  int64_t length_limit = 0;       // most ids in all
};

// Which ids of the past the rules look at: none, which there were, or all in their order.
enum class LookBack { kNone, kSeen, kAll };
LookBack LooksBack(const GenerationOptions& options);

// Changes scores in place: minus infinity where a token may not come.   scores // [vocabulary]
void ApplyRules(const GenerationOptions& options, const TokenHistory& history, absl::Span<float> scores);

// Whether an id ends the text.
bool EndsText(const GenerationOptions& options, int32_t id);

// x - log sum e^x, in double, in place.
void LogSoftmax(absl::Span<float> scores);

// InvalidArgument where a score is no number, or no token may come.
absl::Status CheckScores(absl::Span<const float> scores);

// Of scores that ApplyRules has changed. The best; the smallest id of several.
int32_t BestToken(absl::Span<const float> scores);
// One drawn after temperature, top_k and top_p. Allocates nothing.   order // [vocabulary], scratch
int32_t DrawToken(const GenerationOptions& options, absl::Span<const float> scores, RandomNumbers& random,
                  absl::Span<int32_t> order);

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_TOKEN_RULES_H_
