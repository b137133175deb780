// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What follows from the soft masks of adaptive spans after the softmax. With N = sum e^score m and Z = sum e^score the
// result of softmax over score + ln m becomes (a m) / (sum a m + 1e-8) times N / (N + 1e-8 Z). N is the log sum of the
// pass with masks; Z takes a second pass, over all distances, whose values are not used.

#ifndef LONGWAVE_ATTENTION_SPAN_PASS_H_
#define LONGWAVE_ATTENTION_SPAN_PASS_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "attention/attend.h"
#include "base/arena.h"
#include "base/thread_pool.h"

namespace lwave::attention {

class SpanPass {
 public:
  SpanPass() = default;
  SpanPass(Arena& arena, int64_t chunk, int64_t heads)
      : plain_(arena.Take<float>(chunk * heads)), unused_(arena.Take<float>(chunk * heads)) {}

  // masked: the job of the pass with masks, done; has its log sums   pattern, bias: without masks
  // has_span // [heads], whose output is multiplied; null: of all heads
  void Finish(Runner& runner, const AttendJob& masked, const Pattern& pattern, const Bias& bias,
              const std::vector<bool>* has_span, const AttendScratch& scratch);

 private:
  absl::Span<float> plain_, unused_;  // [chunk, heads]
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_SPAN_PASS_H_
