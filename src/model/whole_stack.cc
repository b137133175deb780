// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/whole_stack.h"

#include <algorithm>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/allocator.h"

namespace lwave::model {
namespace {

// Rows that one thread takes through projections or an MLP together: what its second-level cache holds beside weights
// (as encoder_layer.cc has it). Fewer than the least for each thread: all threads share one product instead.
constexpr int64_t kPartRows = 48;
constexpr int64_t kLeastPartRows = 32;
constexpr int64_t kPartUnit = 16;  // parts begin at multiples of it, whole tiles of the products
// Rows between two meetings of the threads, at least; a multiple of what all take at once.
constexpr int64_t kPieceRows = 768;

int64_t PieceRows(int64_t threads) { return kernels::RoundUp(kPieceRows, threads * kPartRows); }

}  // namespace

WholeStack::WholeStack(Arena& arena, const Parts& parts, int64_t rows, int64_t context_rows)
    : parts_(parts),
      rows_(parts.spec->PaddedRows(rows)),
      context_rows_(context_rows),
      width_(parts.spec->output_width()) {
  const StackSpec& spec = *parts.spec;
  rows = rows_;
  int64_t q = 0, k = 0, v = 0, heads = 0, state = 0, cross_state = 0;
  int64_t remembered = 0;  // rows whose keys are made beside the sequence's own
  for (size_t i = 0; i < spec.blocks.size(); ++i) {
    const BlockSpec& block = spec.blocks[i];
    const StackLayers::Block& layer = parts.layers->blocks[i];
    Arena measure;
    if (block.attention.sees_memory) remembered = spec.memory_rows;
    const int64_t keys = rows + (block.attention.sees_memory ? spec.memory_rows : 0) + BlockSummaries::Count(block.attention, rows);
    const std::unique_ptr<attention::SequenceState> made = layer.attention->MakeWhole(measure, rows, keys);
    state = std::max(state, measure.used());
    if (layer.few != nullptr) {
      few_most_ = std::max(few_most_, FewGlobals::Most(block));
      Arena few;
      layer.few->MakeWhole(few, rows, rows);
      state = std::max(state, few.used());
    }
    if (made->QueryPiece() == 0) all_at_once_ = true;
    for (const AttentionSpec* attention : {&layer.Spec(block), block.cross.has_value() ? &*block.cross : nullptr}) {
      if (attention == nullptr) continue;
      if (!attention->takes_rows) {
        q = std::max(q, QueryWidth(*attention));
        k = std::max(k, KeyWidth(*attention));
        v = std::max(v, ValueWidth(*attention));
      } else if (block.attention_residual.before) {
        q = std::max(q, spec.hidden);  // the rows behind the norm
      }
      heads = std::max(heads, HeadsWidth(*attention));
    }
    if (layer.cross != nullptr) cross_state = std::max(cross_state, layer.cross->ForwardBytes(rows, context_rows));
  }
  const int64_t threads = parts.context->runner->threads();
  const int64_t most_piece = PieceRows(threads);
  piece_ = std::min(most_piece, std::max<int64_t>(rows, 1));
  const int64_t at_once = all_at_once_ ? rows : piece_;
  const int64_t key_rows = std::max(at_once, std::min(most_piece, std::max(context_rows, remembered)));
  x_ = arena.Take<float>(rows * width_);
  table_rows_ = arena.Take<int32_t>(rows);
  zero_ids_ = arena.Take<int32_t>(rows);
  if (spec.pad_multiple > 0) {
    padded_mask_ = arena.Take<int32_t>(rows);
    padded_positions_ = arena.Take<int32_t>(rows);
  }
  q_ = arena.Take<float>(at_once * q);
  k_ = arena.Take<float>(key_rows * k);
  v_ = arena.Take<float>(key_rows * v);
  heads_ = arena.Take<float>(at_once * heads);
  state_ = arena.Take<std::byte>(state);
  cross_state_ = arena.Take<std::byte>(cross_state);
  summaries_ = BlockSummaries(arena, spec, rows);
  if (few_most_ > 0) few_ = FewGlobals(arena, spec, *parts.weights, rows, parts.context->runner->threads());
  serial_.allocator = parts.context->allocator;
  serial_.runner = MakeThreadPool(1);
  const int64_t most = std::max({rows, context_rows, remembered, int64_t{1}});
  scratch_ = BlockScratch::Take(arena, spec, *parts.weights, std::min(most, threads * kLeastPartRows));
  if (most < threads * kLeastPartRows) return;
  for (int64_t t = 0; t < threads; ++t) {
    part_scratch_.push_back(BlockScratch::Take(arena, spec, *parts.weights, kPartRows));
  }
}

template <typename Function>
void WholeStack::ForParts(int64_t count, const Function& function) {
  Runner& runner = *parts_.context->runner;
  const int64_t threads = runner.threads();
  if (count < threads * kLeastPartRows) {
    for (int64_t begin = 0; begin < count; begin += scratch_.rows) {
      function(begin, std::min(scratch_.rows, count - begin), *parts_.context, scratch_);
    }
    return;
  }
  const int64_t units = (count + kPartUnit - 1) / kPartUnit;
  const int64_t parts = kernels::RoundUp((units * kPartUnit + kPartRows - 1) / kPartRows, threads);
  runner.For(parts, [&](int64_t part, int32_t thread) {
    const int64_t begin = units * part / parts * kPartUnit;
    const int64_t end = std::min(count, units * (part + 1) / parts * kPartUnit);
    if (begin < end) function(begin, end - begin, serial_, part_scratch_[static_cast<size_t>(thread)]);
  });
}

void WholeStack::Embed(const Input& input) {
  const StackSpec& spec = *parts_.spec;
  const PositionSpec& positions = spec.embedding.position_spec;
  const bool table = bool{spec.embedding.positions};
  if (table && input.positions != nullptr) {
    for (int64_t i = 0; i < input.rows; ++i) {
      table_rows_[static_cast<size_t>(i)] = static_cast<int32_t>(positions.offset + input.positions[i]);
    }
  } else if (table) {
    // Rows that are given as vectors have no ids that could be padding.
    PositionSpec rule = positions;
    if (input.ids == nullptr) rule.by_padding_id = false;
    PositionRows(rule, spec.embedding.pad_id, input.rule,
                 absl::MakeConstSpan(input.ids == nullptr ? zero_ids_.data() : input.ids, static_cast<size_t>(input.rows)),
                 0, 0, table_rows_.data());
  }
  EmbedStackRows(*parts_.context, spec, *parts_.weights, input.ids, input.vectors, table ? table_rows_.data() : nullptr,
                 input.token_types, 0, input.rows, x_.data(), width_);
  if (!spec.reversible) return;
  for (int64_t i = 0; i < input.rows; ++i) {  // both streams begin with the same rows
    float* row = x_.data() + i * width_;
    std::copy_n(row, spec.hidden, row + spec.hidden);
  }
}

WholeStack::Input WholeStack::Padded(const Input& input) {
  Input padded = input;
  padded.rows = parts_.spec->PaddedRows(input.rows);
  if (padded.rows == input.rows) return padded;
  std::fill(x_.begin() + input.rows * width_, x_.begin() + padded.rows * width_, 0.0f);
  const auto fill = [&](const int32_t* from, int32_t otherwise, absl::Span<int32_t> to) {
    for (int64_t i = 0; i < padded.rows; ++i) {
      to[static_cast<size_t>(i)] = i >= input.rows ? 0 : from == nullptr ? otherwise : from[i];
    }
    return to.data();
  };
  padded.mask = fill(input.mask, 1, padded_mask_);
  if (input.positions != nullptr) padded.positions = fill(input.positions, 0, padded_positions_);
  return padded;
}

void WholeStack::FillKeys(attention::SequenceState& state, const AttentionSpec& spec, const AttentionWeights& weights,
                          const Norm& before, const Source& source) {
  const int64_t key_width = KeyWidth(spec), value_width = ValueWidth(spec), most = PieceRows(parts_.context->runner->threads());
  for (int64_t begin = 0; begin < source.count; begin += most) {
    const int64_t count = std::min(most, source.count - begin);
    ForParts(count, [&](int64_t part, int64_t rows, const Context& context, BlockScratch& scratch) {
      const int64_t first = begin + part;
      ProjectKeysAndValues({context, spec, weights, before, scratch},
                           {source.rows.data + first * source.rows.stride, source.rows.stride}, first,
                           source.positions == nullptr ? nullptr : source.positions + first, rows,
                           k_.data() + part * key_width, v_.data() + part * value_width);
    });
    attention::InputRows piece;
    piece.k = spec.key ? k_.data() : nullptr;
    piece.v = v_.data();
    piece.mask = source.mask == nullptr ? nullptr : source.mask + begin;
    piece.types = source.types == nullptr ? nullptr : source.types + begin;
    piece.keys = count;
    state.WholeKeys(piece);
  }
}

absl::Status WholeStack::AllAtOnce(attention::SequenceState& state, size_t index, const Input& input) {
  const BlockSpec& block = parts_.spec->blocks[index];
  const BlockWeights& weights = parts_.weights->blocks[index];
  const AttentionSpec& spec = parts_.layers->blocks[index].Spec(block);
  const int64_t hidden = parts_.spec->hidden;
  attention::InputRows all;
  all.mask = input.mask;
  all.rows = all.keys = input.rows;
  if (spec.takes_rows) {
    const Norm& before = weights.attention_residual.before;
    ApplyNorm(before, x_.data(), width_, input.rows, q_.data(), width_);
    all.q = before ? q_.data() : x_.data();
    // A mask that closes nothing is none, also for mechanisms that take no mask.
    if (input.mask != nullptr && std::all_of(input.mask, input.mask + input.rows, [](int32_t m) { return m != 0; })) {
      all.mask = nullptr;
    }
    return state.Whole(all, heads_.data());
  }
  ForParts(input.rows, [&](int64_t begin, int64_t count, const Context& context, BlockScratch& scratch) {
    const Projecting projecting = {context, spec, weights.attention, weights.attention_residual.before, scratch};
    const RowsView rows = {x_.data() + begin * width_ + (parts_.spec->reversible ? hidden : 0), width_};
    const int32_t* positions = input.positions == nullptr ? nullptr : input.positions + begin;
    ProjectQueries(projecting, rows, begin, positions, count, true, q_.data() + begin * QueryWidth(spec));
    ProjectKeysAndValues(projecting, rows, begin, positions, count, k_.data() + begin * KeyWidth(spec),
                         v_.data() + begin * ValueWidth(spec));
  });
  all.q = q_.data();
  all.k = spec.key ? k_.data() : nullptr;
  all.v = v_.data();
  return state.Whole(all, heads_.data());
}

void WholeStack::KeepMemory(size_t index, const Input& input) const {
  const StackSpec& spec = *parts_.spec;
  float* to = input.next_memory + static_cast<int64_t>(index) * input.next_memory_stride;
  const int64_t own = std::min(spec.memory_rows, input.rows);
  const int64_t before = input.memory != nullptr ? input.memory_rows : spec.memory_of_zeros ? spec.memory_rows : 0;
  const int64_t kept = std::min(before, spec.memory_rows - own);
  if (input.memory != nullptr) {
    const float* given = input.memory + static_cast<int64_t>(index) * input.memory_stride;
    std::copy_n(given + (before - kept) * spec.hidden, kept * spec.hidden, to);
  } else {
    std::fill_n(to, kept * spec.hidden, 0.0f);
  }
  for (int64_t i = 0; i < own; ++i) {
    std::copy_n(x_.data() + (input.rows - own + i) * width_, spec.hidden, to + (kept + i) * spec.hidden);
  }
}

absl::Status WholeStack::RunBlock(size_t index, const Input& input) {
  const BlockSpec& block = parts_.spec->blocks[index];
  const BlockWeights& weights = parts_.weights->blocks[index];
  const StackLayers::Block& layer = parts_.layers->blocks[index];
  const int64_t hidden = parts_.spec->hidden;
  const int64_t second_stream = parts_.spec->reversible ? hidden : 0;

  // A few global tokens are computed from the rows themselves, without second projections of all of them.
  const bool few = layer.few != nullptr && static_cast<int64_t>(input.globals.size()) <= FewGlobals::Most(block);
  const AttentionSpec& spec = few ? layer.few_spec : layer.Spec(block);
  const attention::Layer& attention = few ? *layer.few : *layer.attention;
  if (attention.NeedsZeros()) std::fill(state_.begin(), state_.end(), std::byte{0});
  Arena arena(state_);
  const float* memory =
      input.memory == nullptr ? nullptr : input.memory + static_cast<int64_t>(index) * input.memory_stride;
  const int64_t remembered = memory != nullptr && spec.sees_memory ? input.memory_rows : 0;
  const int64_t summaries = BlockSummaries::Count(spec, input.rows), keys = remembered + input.rows + summaries;
  const std::unique_ptr<attention::SequenceState> state = attention.MakeWhole(arena, input.rows, keys);
  if (!input.globals.empty()) {
    if (input.globals.back() >= input.rows) return absl::InvalidArgumentError("a global token lies behind the last row");
    if (absl::Status status = state->SetGlobals(input.globals); !status.ok()) return status;
  }
  for (const Given& given : input.given) {
    if (given.block != index) continue;
    if (absl::Status status = state->SetBuckets(given.buckets); !status.ok()) return status;
  }
  if (input.next_memory != nullptr) KeepMemory(index, input);
  if (memory != nullptr && !spec.sees_memory) {
    const absl::Status status = state->SetMemory({memory, static_cast<size_t>(input.memory_rows * hidden)});
    if (!status.ok()) return status;
  }
  const bool pieces = state->QueryPiece() > 0 && !spec.takes_rows;
  absl::Status status = pieces ? state->WholeBegin(input.rows, keys) : AllAtOnce(*state, index, input);
  if (!status.ok()) return status;
  if (pieces) {
    const Norm& before = weights.attention_residual.before;
    if (remembered > 0) {
      FillKeys(*state, spec, weights.attention, before,
               {{const_cast<float*>(memory), hidden}, nullptr, nullptr, nullptr, remembered});
    }
    FillKeys(*state, spec, weights.attention, before,
             {{x_.data() + second_stream, width_}, input.mask, input.positions, input.token_types, input.rows});
  }
  if (summaries > 0) {
    const Projecting summing = {*parts_.context, spec, weights.attention, weights.attention_residual.before, scratch_};
    const RowsView sums = summaries_.Make(summing, {x_.data(), width_}, input.mask, input.rows);
    FillKeys(*state, spec, weights.attention, Norm(), {sums, nullptr, nullptr, nullptr, summaries});
  }
  if (few) {
    few_.Attend(*parts_.context->runner, block.attention, weights.attention, {x_.data(), width_}, input.rows, input.mask,
                input.globals);
  }
  Arena cross_arena(cross_state_);
  std::unique_ptr<attention::SequenceState> cross;
  if (layer.cross != nullptr) {
    if (layer.cross->NeedsZeros()) std::fill(cross_state_.begin(), cross_state_.end(), std::byte{0});
    cross = layer.cross->MakeWhole(cross_arena, input.rows, input.context_rows);
    if (status = cross->WholeBegin(input.rows, input.context_rows); !status.ok()) return status;
    FillKeys(*cross, *block.cross, weights.cross, Norm(),
             {{const_cast<float*>(input.context), block.cross->context_width}, input.context_mask, nullptr, nullptr,
              input.context_rows});
  }

  const int64_t query_width = QueryWidth(spec), heads_width = HeadsWidth(spec);
  for (int64_t begin = 0; begin < input.rows; begin += piece_) {
    const int64_t count = std::min(piece_, input.rows - begin);
    float* heads = heads_.data() + (pieces ? 0 : begin * heads_width);
    const auto first = [&](int64_t row) { return RowsView{x_.data() + (begin + row) * width_, width_}; };
    const auto second = [&](int64_t row) { return RowsView{first(row).data + second_stream, width_}; };
    if (pieces) {
      ForParts(count, [&](int64_t row, int64_t rows, const Context& context, BlockScratch& scratch) {
        bool any_second = false;
        for (int64_t i = begin + row; i < begin + row + rows && spec.global_query; ++i) {
          any_second = any_second || state->UsesSecondQuery(i);
        }
        ProjectQueries({context, spec, weights.attention, weights.attention_residual.before, scratch},
                       second(row), begin + row, input.positions == nullptr ? nullptr : input.positions + begin + row,
                       rows, any_second, q_.data() + row * query_width);
      });
      state->WholeQueries(q_.data(), count, heads);
    }
    if (few) few_.Replace(begin, count, heads);
    if (cross == nullptr) {
      ForParts(count, [&](int64_t row, int64_t rows, const Context& context, BlockScratch& scratch) {
        AddAttention(context, spec, weights.attention, weights.attention_residual,
                     heads + row * heads_width, rows, first(row), scratch);
        AddMlp(context, block.mlp, weights, first(row), rows, second_stream != 0 ? second(row) : first(row), scratch);
      });
      continue;
    }
    ForParts(count, [&](int64_t row, int64_t rows, const Context& context, BlockScratch& scratch) {
      AddAttention(context, spec, weights.attention, weights.attention_residual, heads + row * heads_width,
                   rows, first(row), scratch);
      ProjectQueries({context, *block.cross, weights.cross, weights.cross_residual.before, scratch}, first(row),
                     begin + row, nullptr, rows, false, q_.data() + row * QueryWidth(*block.cross));
    });
    float* seen = heads_.data() + (pieces ? 0 : begin * HeadsWidth(*block.cross));
    cross->WholeQueries(q_.data(), count, seen);
    ForParts(count, [&](int64_t row, int64_t rows, const Context& context, BlockScratch& scratch) {
      AddAttention(context, *block.cross, weights.cross, weights.cross_residual,
                   seen + row * HeadsWidth(*block.cross), rows, first(row), scratch);
      AddMlp(context, block.mlp, weights, first(row), rows, second_stream != 0 ? second(row) : first(row), scratch);
    });
  }
  if (input.part == nullptr || input.part->block != index) return absl::OkStatus();
  absl::StatusOr<std::vector<float>> numbers = state->ReadPart(input.part->name);
  if (!numbers.ok()) return numbers.status();
  input.part->numbers = *std::move(numbers);
  return absl::OkStatus();
}

absl::StatusOr<const float*> WholeStack::Run(const Input& input, Keep keep) {
  if (parts_.spec->PaddedRows(input.rows) > rows_ || input.context_rows > context_rows_) {
    return absl::OutOfRangeError(absl::StrCat("the workspace was made for ", rows_, " rows, got ", input.rows));
  }
  Embed(input);
  keep(0, x_.data());
  const Input padded = Padded(input);
  const size_t blocks = parts_.spec->blocks.size();
  for (size_t i = 0; i < blocks; ++i) {
    if (i > 0 && input.cancelled != nullptr && (*input.cancelled)()) return absl::CancelledError("the run was cancelled");
    if (absl::Status status = RunBlock(i, padded); !status.ok()) {
      return absl::Status(status.code(), absl::StrCat("layer ", i, ": ", status.message()));
    }
    if (i + 1 == blocks && parts_.weights->final_norm) {
      const Norm& norm = parts_.weights->final_norm;
      for (int64_t r = 0; r < input.rows; ++r) {
        float* row = x_.data() + r * width_;
        ApplyNorm(norm, row, width_, 1, row, width_);
      }
    }
    keep(static_cast<int64_t>(i) + 1, x_.data());
  }
  return x_.data();
}

absl::Status RunOnce(const WholeStack::Parts& parts, const WholeStack::Input& input,
                     absl::FunctionRef<void(const float* rows)> take) {
  Arena measure;
  const WholeStack measured(measure, parts, input.rows, input.context_rows);
  Buffer<std::byte> storage;
  absl::Status status = storage.Resize(parts.context->allocator, static_cast<size_t>(measure.used()));
  if (!status.ok()) return status;
  Arena arena(absl::MakeSpan(storage.data(), storage.size()));
  WholeStack stack(arena, parts, input.rows, input.context_rows);
  absl::StatusOr<const float*> rows = stack.Run(input, [](int64_t, const float*) {});
  if (rows.ok()) take(*rows);
  return rows.status();
}

}  // namespace lwave::model
