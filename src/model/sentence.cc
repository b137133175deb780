// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Pooling and modules.

#include "model/sentence.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "kernels/gemm.h"
#include "kernels/rows.h"
#include "model/linear.h"

namespace lwave::model {
namespace {

bool NeedsSum(Pooling pooling) { return pooling == Pooling::kMean || pooling == Pooling::kMeanSqrtLength; }

void Product(const Context& context, const Linear& linear, kernels::Activation activation, const float* x,
             const ModuleScratch& scratch, float* y) {
  ApplyLinear(*context.runner, linear, activation, x, linear.matrix.depth, 1, scratch.prepared.data(), y,
              linear.matrix.columns);
}

}  // namespace

PoolState PoolState::Take(Arena& arena, int64_t hidden) {
  PoolState state;
  state.sum = arena.Take<double>(hidden);
  state.kept = arena.Take<float>(hidden);
  return state;
}

void PoolState::Reset() {
  std::fill(sum.begin(), sum.end(), 0.0);
  std::fill(kept.begin(), kept.end(), 0.0f);
  rows = 0;
}

void PoolState::Add(Pooling pooling, const float* row) {
  const int64_t width = static_cast<int64_t>(kept.size());
  if (NeedsSum(pooling)) {
    kernels::AccumulateRow(row, width, sum.data());
  } else if (rows == 0 || pooling == Pooling::kLastToken) {
    std::copy_n(row, width, kept.data());
  } else if (pooling == Pooling::kMax) {
    for (size_t i = 0; i < kept.size(); ++i) kept[i] = row[i] > kept[i] || std::isnan(row[i]) ? row[i] : kept[i];
  }
  ++rows;
}

void PoolState::Finish(Pooling pooling, float* pooled) const {
  if (!NeedsSum(pooling)) {
    std::copy(kept.begin(), kept.end(), pooled);
    return;
  }
  const double count = static_cast<double>(std::max<int64_t>(rows, 1));
  const double divisor = pooling == Pooling::kMeanSqrtLength ? std::sqrt(count) : count;
  for (size_t i = 0; i < sum.size(); ++i) pooled[i] = static_cast<float>(sum[i] / divisor);
}

int64_t EmbeddingWidth(const ModelSpec& spec) {
  return spec.sentence.dense.empty() ? spec.row_width() : spec.sentence.dense.back().linear.outputs;
}

ModuleScratch ModuleScratch::Take(Arena& arena, const ModelSpec& spec, const Weights& weights) {
  int64_t widest = std::max(spec.hidden, spec.row_width());
  int64_t prepared = weights.pooler.matrix.columns == 0
                         ? 0
                         : kernels::PreparedRowsBytes(weights.pooler.matrix.type, 1, weights.pooler.matrix.depth);
  for (const DenseWeights& dense : weights.dense) {
    const kernels::PackedMatrix& matrix = dense.linear.matrix;
    widest = std::max({widest, matrix.columns, matrix.depth});
    prepared = std::max(prepared, kernels::PreparedRowsBytes(matrix.type, 1, matrix.depth));
  }
  ModuleScratch scratch;
  scratch.vectors = arena.Take<float>(2 * widest);
  scratch.prepared = arena.Take<std::byte>(prepared);
  return scratch;
}

void ApplyModules(const Context& context, const ModelSpec& spec, const Weights& weights, const float* pooled,
                  const ModuleScratch& scratch, float* vector) {
  const float* x = pooled;
  const size_t widest = scratch.vectors.size() / 2;
  for (size_t i = 0; i < weights.dense.size(); ++i) {
    float* y = scratch.vectors.data() + (i % 2) * widest;
    Product(context, weights.dense[i].linear, weights.dense[i].activation, x, scratch, y);
    x = y;
  }
  const int64_t width = EmbeddingWidth(spec);
  if (x != vector) std::memcpy(vector, x, static_cast<size_t>(width) * sizeof(float));
  if (spec.sentence.normalize) kernels::L2NormalizeRows(vector, width, 1, width, kNormEpsilon);
}

void ApplyPooler(const Context& context, const Weights& weights, const float* row, const ModuleScratch& scratch,
                 float* output) {
  Product(context, weights.pooler, kernels::Activation::kTanh, row, scratch, output);
}

}  // namespace lwave::model
