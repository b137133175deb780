// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What stands on top of a model's rows: scores of tokens or labels. A row's scores depend on that row alone.

#ifndef LONGWAVE_MODEL_HEADS_H_
#define LONGWAVE_MODEL_HEADS_H_

#include <cstddef>
#include <cstdint>

#include "absl/types/span.h"
#include "base/arena.h"
#include "base/context.h"
#include "model/stack_spec.h"
#include "model/weights.h"

namespace lwave::model {

// Scratch of at most `rows` rows at a time.
struct HeadScratch {
  int64_t rows = 0;
  int64_t widest = 0;
  absl::Span<std::byte> prepared;
  absl::Span<float> first, second;  // [rows, widest], between two steps
  static HeadScratch Take(Arena& arena, const HeadSpec& spec, const HeadWeights& weights, int64_t rows);
};

// x // [count, stride]   scores // [count, outputs]; log-probabilities where the softmax is adaptive
void ApplyHead(const Context& context, const HeadSpec& spec, const HeadWeights& weights, const float* x, int64_t stride,
               int64_t count, const HeadScratch& scratch, float* scores);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_HEADS_H_
