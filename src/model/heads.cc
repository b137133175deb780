// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/heads.h"

#include <algorithm>
#include <cmath>

#include "kernels/rows.h"
#include "model/block_rows.h"
#include "model/linear.h"

namespace lwave::model {
namespace {

void Product(const Context& context, const Linear& linear, kernels::Activation activation, const float* x,
             int64_t stride, int64_t rows, const HeadScratch& scratch, float* y, int64_t y_stride) {
  ApplyLinear(*context.runner, linear, activation, x, stride, rows, scratch.prepared.data(), y, y_stride);
}

// x - log sum e^x, in place; sums in double.
void LogSoftmax(float* x, int64_t count) {
  if (count == 0) return;
  const float most = *std::max_element(x, x + count);
  double sum = 0;
  for (int64_t i = 0; i < count; ++i) sum += std::exp(static_cast<double>(x[i]) - static_cast<double>(most));
  const float shift = static_cast<float>(static_cast<double>(most) + std::log(sum));
  for (int64_t i = 0; i < count; ++i) x[i] -= shift;
}

// The first cluster's outputs are the shortlist and one row for each other cluster: what a word of such a cluster has
// is the cluster's log-probability and its own within it (Grave et al. 2017).
void AdaptiveScores(const Context& context, const AdaptiveSoftmaxSpec& spec, const HeadWeights& weights, const float* x,
                    int64_t stride, const HeadScratch& scratch, float* scores) {
  float* hidden = scratch.first.data();
  float* head = scratch.second.data();
  int64_t shortlist = 0;
  for (size_t c = 0; c < spec.clusters.size(); ++c) {
    const AdaptiveSoftmaxSpec::Cluster& cluster = spec.clusters[c];
    const HeadWeights::Cluster& packed = weights.clusters[c];
    const float* from = x;
    int64_t from_stride = stride;
    if (cluster.projection) {
      Product(context, packed.projection, kernels::Activation::kNone, x, stride, 1, scratch, hidden, cluster.width);
      from = hidden;
      from_stride = cluster.width;
    }
    const int64_t words = cluster.end - cluster.begin;
    float* out = scores + cluster.begin;
    if (c > 0) {
      Product(context, packed.output, kernels::Activation::kNone, from, from_stride, 1, scratch, out, words);
      LogSoftmax(out, words);
      for (int64_t i = 0; i < words; ++i) out[i] += head[shortlist + static_cast<int64_t>(c) - 1];
      continue;
    }
    shortlist = words;
    Product(context, packed.output, kernels::Activation::kNone, from, from_stride, 1, scratch, head, words);
    int64_t all = words;
    if (spec.cluster_output) {
      all += spec.cluster_output.outputs;
      Product(context, weights.cluster_output, kernels::Activation::kNone, from, from_stride, 1, scratch, head + words,
              spec.cluster_output.outputs);
    }
    LogSoftmax(head, all);
    std::copy_n(head, words, out);
  }
}

void ApplyPiece(const Context& context, const HeadSpec& spec, const HeadWeights& weights, const float* x, int64_t stride,
                int64_t rows, const HeadScratch& scratch, float* scores) {
  if (spec.adaptive.has_value()) {
    for (int64_t r = 0; r < rows; ++r) {
      AdaptiveScores(context, *spec.adaptive, weights, x + r * stride, stride, scratch, scores + r * spec.outputs);
    }
    return;
  }
  const float* const given = x;
  const int64_t given_stride = stride;
  for (size_t s = 0; s < weights.steps.size(); ++s) {
    const HeadWeights::Step& step = weights.steps[s];
    const bool last = s + 1 == weights.steps.size();
    float* y = last ? scores : s % 2 == 0 ? scratch.first.data() : scratch.second.data();
    if (step.linear.matrix.columns > 0) {
      Product(context, step.linear, step.activation, x, stride, rows, scratch, y, step.width);
    } else {
      for (int64_t r = 0; r < rows; ++r) kernels::Activate(step.activation, x + r * stride, step.width, y + r * step.width);
    }
    for (int64_t r = 0; spec.steps[s].residual && r < rows; ++r) {
      kernels::AddTo(given + r * given_stride, step.width, y + r * step.width);
    }
    ApplyNorm(step.norm, y, step.width, rows, y, step.width);
    x = y;
    stride = step.width;
  }
  for (int64_t r = 0; r < rows; ++r) {
    float* row = scores + r * spec.outputs;
    if (weights.final_bias != nullptr) kernels::AddTo(weights.final_bias, spec.outputs, row);
    if (spec.soft_cap == 0) continue;
    const float cap = static_cast<float>(spec.soft_cap);
    kernels::ScaleBy(1.0f / cap, spec.outputs, row);
    kernels::Activate(kernels::Activation::kTanh, row, spec.outputs, row);
    kernels::ScaleBy(cap, spec.outputs, row);
  }
}

}  // namespace

HeadScratch HeadScratch::Take(Arena& arena, const HeadSpec& spec, const HeadWeights& weights, int64_t rows) {
  HeadScratch scratch;
  scratch.rows = rows;
  int64_t prepared = 0;
  const auto need = [&](const Linear& linear) {
    if (linear.matrix.depth == 0) return;
    prepared = std::max(prepared, kernels::PreparedRowsBytes(linear.matrix.type, kernels::RoundUp(rows, 16),
                                                             linear.matrix.depth));
  };
  for (size_t s = 0; s < weights.steps.size(); ++s) {
    need(weights.steps[s].linear);
    if (s + 1 < weights.steps.size()) scratch.widest = std::max(scratch.widest, weights.steps[s].width);
  }
  if (spec.adaptive.has_value()) {
    for (size_t c = 0; c < spec.adaptive->clusters.size(); ++c) {
      const AdaptiveSoftmaxSpec::Cluster& cluster = spec.adaptive->clusters[c];
      need(weights.clusters[c].projection);
      need(weights.clusters[c].output);
      scratch.widest = std::max(scratch.widest, cluster.width);
    }
    need(weights.cluster_output);
    scratch.widest = std::max(scratch.widest, spec.adaptive->clusters[0].end + spec.adaptive->cluster_output.outputs);
  }
  scratch.prepared = arena.Take<std::byte>(prepared);
  scratch.first = arena.Take<float>(rows * scratch.widest);
  scratch.second = arena.Take<float>(rows * scratch.widest);
  return scratch;
}

void ApplyHead(const Context& context, const HeadSpec& spec, const HeadWeights& weights, const float* x, int64_t stride,
               int64_t count, const HeadScratch& scratch, float* scores) {
  for (int64_t begin = 0; begin < count; begin += scratch.rows) {
    ApplyPiece(context, spec, weights, x + begin * stride, stride, std::min(scratch.rows, count - begin), scratch,
               scores + begin * spec.outputs);
  }
}

}  // namespace lwave::model
