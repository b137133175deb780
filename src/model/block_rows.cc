// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/block_rows.h"

#include <algorithm>
#include <cstring>

#include "kernels/rows.h"

namespace lwave::model {
namespace {

using kernels::GemmOutput;

constexpr int64_t kTaskRows = 16;  // rows of one task where a row is little work

// Calls f(begin, count) for blocks of rows.
template <typename Function>
void ForBlocks(Runner& runner, int64_t rows, const Function& f) {
  runner.For((rows + kTaskRows - 1) / kTaskRows, [&](int64_t block, int32_t) {
    f(block * kTaskRows, std::min(kTaskRows, rows - block * kTaskRows));
  });
}

void NormBlocks(Runner& runner, const Norm& norm, const float* x, int64_t x_stride, int64_t rows, float* y,
                int64_t y_stride) {
  ForBlocks(runner, rows, [&](int64_t begin, int64_t count) {
    ApplyNorm(norm, x + begin * x_stride, x_stride, count, y + begin * y_stride, y_stride);
  });
}

GemmOutput Output(const Linear& linear, float* y, int64_t stride) {
  GemmOutput output;
  output.weight = linear.matrix;
  output.bias = linear.bias;
  output.y = y;
  output.y_stride = stride;
  return output;
}

// Products of the same rows; those of one number type share what is prepared.
void Products(Runner& runner, const float* x, int64_t x_stride, int64_t rows, absl::Span<GemmOutput> outputs,
              const BlockScratch& scratch) {
  for (size_t begin = 0, end; begin < outputs.size(); begin = end) {
    const kernels::PackedMatrix& first = outputs[begin].weight;
    end = begin + 1;
    while (end < outputs.size() && outputs[end].weight.type == first.type) ++end;
    const kernels::PreparedRows prepared =
        kernels::PrepareRows(runner, first.type, x, rows, first.depth, x_stride, scratch.prepared.data());
    kernels::Gemm(runner, prepared, outputs.subspan(begin, end - begin));
  }
}

// The rows that projections read: x itself, or normed.
RowsView Normed(const Projecting& p, RowsView x, int64_t count) {
  if (!p.before) return x;
  const RowsView normed = {p.scratch.normed.data(), p.before.width};
  NormBlocks(*p.context.runner, p.before, x.data, x.stride, count, normed.data, normed.stride);
  return normed;
}

// Norm over each head and rotary positions, in place.   rows // [count, stride], of which the first heads * dim
void TurnHeads(const Projecting& p, const Norm& norm, int64_t heads, int64_t first, const int32_t* positions,
               int64_t count, float* rows, int64_t stride) {
  const int64_t dim = p.spec.head_dim;
  if (!norm && !p.spec.rotary.has_value()) return;
  ForBlocks(*p.context.runner, count, [&](int64_t begin, int64_t rows_here) {
    for (int64_t i = begin; i < begin + rows_here; ++i) {
      float* row = rows + i * stride;
      if (norm) ApplyNorm(norm, row, dim, heads, row, dim);
      if (!p.spec.rotary.has_value()) continue;
      p.spec.rotary->Turn(row, heads, dim, positions == nullptr ? first + i : positions[i], row);
    }
  });
}

// target = after(target + branch(W x)), the rest of a residual branch.
void AddBranch(Runner& runner, const Linear& linear, const ResidualWeights& residual, const float* x, int64_t x_stride,
               int64_t count, RowsView target, BlockScratch& scratch) {
  const int64_t width = linear.matrix.columns;
  if (residual.branch) {
    float* branch = scratch.branch.data();
    GemmOutput output = Output(linear, branch, width);
    Products(runner, x, x_stride, count, absl::MakeSpan(&output, 1), scratch);
    ForBlocks(runner, count, [&](int64_t begin, int64_t rows) {
      ApplyNorm(residual.branch, branch + begin * width, width, rows, branch + begin * width, width);
      for (int64_t i = begin; i < begin + rows; ++i) {
        kernels::AddTo(branch + i * width, width, target.data + i * target.stride);
      }
    });
  } else {
    GemmOutput output = Output(linear, target.data, target.stride);
    output.residual = target.data;
    output.residual_stride = target.stride;
    Products(runner, x, x_stride, count, absl::MakeSpan(&output, 1), scratch);
  }
  if (residual.after) NormBlocks(runner, residual.after, target.data, target.stride, count, target.data, target.stride);
}

}  // namespace

void ApplyNorm(const Norm& norm, const float* x, int64_t x_stride, int64_t rows, float* y, int64_t y_stride) {
  if (!norm) return;
  if (norm.kind == NormKind::kRms) {
    kernels::RmsNormRows(x, x_stride, rows, norm.width, norm.gain, norm.epsilon, y, y_stride);
  } else {
    kernels::LayerNormRows(x, x_stride, rows, norm.width, norm.gain, norm.bias, norm.epsilon, y, y_stride);
  }
}

int64_t QueryWidth(const AttentionSpec& spec) { return spec.heads * spec.head_dim * (spec.global_query ? 2 : 1); }
int64_t KeyWidth(const AttentionSpec& spec) {
  return spec.key ? spec.key_heads() * spec.head_dim * (spec.global_key ? 2 : 1) : 0;
}
int64_t ValueWidth(const AttentionSpec& spec) {
  return spec.key_heads() * spec.values() * (spec.global_value ? 2 : 1);
}
int64_t HeadsWidth(const AttentionSpec& spec) { return spec.takes_rows ? spec.context_width : spec.heads * spec.values(); }

BlockScratch BlockScratch::Take(Arena& arena, const StackSpec& spec, const StackWeights& weights, int64_t rows) {
  BlockScratch scratch;
  scratch.rows = rows;
  int64_t prepared = 0, mlp = 0, normed = 0;
  bool gated = false, branch = false;
  const auto need = [&](const Linear& linear) {
    if (linear.matrix.depth == 0) return;
    prepared = std::max(prepared, kernels::PreparedRowsBytes(linear.matrix.type, kernels::RoundUp(rows, 16),
                                                             linear.matrix.depth));
  };
  for (size_t i = 0; i < spec.blocks.size(); ++i) {
    const BlockWeights& block = weights.blocks[i];
    for (const AttentionWeights* attention : {&block.attention, &block.cross}) {
      for (const Linear* linear : {&attention->query, &attention->key, &attention->value, &attention->output,
                                   &attention->global_query, &attention->global_key, &attention->global_value}) {
        need(*linear);
      }
    }
    for (const Linear* linear : {&block.up, &block.gate, &block.down}) need(*linear);
    mlp = std::max(mlp, block.up.matrix.columns);
    gated = gated || block.gate.matrix.columns > 0;
    for (const ResidualSpec* residual :
         {&spec.blocks[i].attention_residual, &spec.blocks[i].cross_residual, &spec.blocks[i].mlp_residual}) {
      if (residual->before) normed = spec.hidden;
      branch = branch || bool{residual->branch};
    }
  }
  scratch.prepared = arena.Take<std::byte>(prepared);
  scratch.normed = arena.Take<float>(rows * normed);
  scratch.up = arena.Take<float>(rows * mlp);
  if (gated) scratch.gate = arena.Take<float>(rows * mlp);
  if (branch) scratch.branch = arena.Take<float>(rows * spec.hidden);
  return scratch;
}

void ProjectQueries(const Projecting& p, RowsView x, int64_t first, const int32_t* positions, int64_t count, bool second,
                    float* q) {
  const RowsView from = Normed(p, x, count);
  const int64_t stride = QueryWidth(p.spec);
  GemmOutput outputs[] = {Output(p.weights.query, q, stride),
                          Output(p.weights.global_query, q + p.spec.heads * p.spec.head_dim, stride)};
  const size_t sets = second && p.spec.global_query ? 2 : 1;
  Products(*p.context.runner, from.data, from.stride, count, absl::MakeSpan(outputs, sets), p.scratch);
  TurnHeads(p, p.weights.query_norm, p.spec.heads, first, positions, count, q, stride);
}

void ProjectKeysAndValues(const Projecting& p, RowsView x, int64_t first, const int32_t* positions, int64_t count,
                          float* k, float* v) {
  const RowsView from = Normed(p, x, count);
  const int64_t key_stride = KeyWidth(p.spec), value_stride = ValueWidth(p.spec);
  GemmOutput outputs[4];
  size_t products = 0;
  if (p.spec.key) outputs[products++] = Output(p.weights.key, k, key_stride);
  outputs[products++] = Output(p.weights.value, v, value_stride);
  if (p.spec.global_key) {
    outputs[products++] = Output(p.weights.global_key, k + p.spec.key_heads() * p.spec.head_dim, key_stride);
    outputs[products++] = Output(p.weights.global_value, v + p.spec.key_heads() * p.spec.values(), value_stride);
  }
  Products(*p.context.runner, from.data, from.stride, count, absl::MakeSpan(outputs, products), p.scratch);
  if (p.spec.key) TurnHeads(p, p.weights.key_norm, p.spec.key_heads(), first, positions, count, k, key_stride);
}

void AddAttention(const Context& context, const AttentionSpec& spec, const AttentionWeights& weights,
                  const ResidualWeights& residual, const float* heads, int64_t count, RowsView target,
                  BlockScratch& scratch) {
  const int64_t width = HeadsWidth(spec);
  if (spec.output) {
    AddBranch(*context.runner, weights.output, residual, heads, width, count, target, scratch);
    return;
  }
  // The mechanism has projected already.
  ForBlocks(*context.runner, count, [&](int64_t begin, int64_t rows) {
    for (int64_t i = begin; i < begin + rows; ++i) {
      if (spec.replaces_rows) {
        std::copy_n(heads + i * width, width, target.data + i * target.stride);
        continue;
      }
      kernels::AddTo(heads + i * width, width, target.data + i * target.stride);
    }
    if (residual.after) {
      float* at = target.data + begin * target.stride;
      ApplyNorm(residual.after, at, target.stride, rows, at, target.stride);
    }
  });
}

void AddMlp(const Context& context, const MlpSpec& spec, const BlockWeights& weights, RowsView source, int64_t count,
            RowsView target, BlockScratch& scratch) {
  Runner& runner = *context.runner;
  RowsView from = source;
  if (weights.mlp_residual.before) {
    from = {scratch.normed.data(), weights.mlp_residual.before.width};
    NormBlocks(runner, weights.mlp_residual.before, source.data, source.stride, count, from.data, from.stride);
  }
  const int64_t width = weights.up.matrix.columns;
  float* middle = scratch.up.data();
  if (spec.gate) {
    GemmOutput outputs[] = {Output(weights.up, scratch.up.data(), width), Output(weights.gate, scratch.gate.data(), width)};
    outputs[1].activation = spec.activation;
    Products(runner, from.data, from.stride, count, outputs, scratch);
    ForBlocks(runner, count, [&](int64_t begin, int64_t rows) {
      kernels::MultiplyTo(scratch.gate.data() + begin * width, rows * width, middle + begin * width);
    });
  } else {
    GemmOutput output = Output(weights.up, middle, width);
    output.activation = spec.activation;
    Products(runner, from.data, from.stride, count, absl::MakeSpan(&output, 1), scratch);
  }
  AddBranch(runner, weights.down, weights.mlp_residual, middle, width, count, target, scratch);
}

}  // namespace lwave::model
