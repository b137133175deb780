// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// From rows to one vector: pooling, then the model's remaining modules (dense layers, L2 norm).

#ifndef LONGWAVE_MODEL_SENTENCE_H_
#define LONGWAVE_MODEL_SENTENCE_H_

#include <cstdint>

#include "absl/types/span.h"
#include "base/arena.h"
#include "base/context.h"
#include "model/spec.h"
#include "model/weights.h"

namespace lwave::model {

// Rows go in one by one, a pooled row comes out. Sums are kept in double. Lives on an arena; trivially copyable.
struct PoolState {
  absl::Span<double> sum;    // [hidden]
  absl::Span<float> kept;    // [hidden]: first, last or greatest, for the poolings that need one
  int64_t rows = 0;

  static PoolState Take(Arena& arena, int64_t hidden);
  void Reset();
  void Add(Pooling pooling, const float* row);
  // pooled // [hidden]; zeros when no row was added
  void Finish(Pooling pooling, float* pooled) const;
};

// Width of a vector after all modules.
int64_t EmbeddingWidth(const ModelSpec& spec);

// Scratch for ApplyModules.
struct ModuleScratch {
  absl::Span<float> vectors;  // [2, widest]
  absl::Span<std::byte> prepared;
  static ModuleScratch Take(Arena& arena, const ModelSpec& spec, const Weights& weights);
};

// What follows pooling: pooled // [hidden] -> vector // [EmbeddingWidth]
void ApplyModules(const Context& context, const ModelSpec& spec, const Weights& weights, const float* pooled,
                  const ModuleScratch& scratch, float* vector);

// tanh(row W^T + b).   row, output // [hidden]
void ApplyPooler(const Context& context, const Weights& weights, const float* row, const ModuleScratch& scratch,
                 float* output);

// The L2 norm's lower bound, as sentence-transformers has it.
inline constexpr float kNormEpsilon = 1e-12f;

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_SENTENCE_H_
