// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/stack_memory.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace lwave::model {
namespace {

// Rows that fit into the queue beyond a step: special tokens at a sequence's end.
constexpr int64_t kSpareRows = 64;

// Moves the first rows out of a buffer.
void DropRows(absl::Span<float> rows, int64_t width, int64_t count, int64_t dropped) {
  std::memmove(rows.data(), rows.data() + dropped * width,
               static_cast<size_t>((count - dropped) * width) * sizeof(float));
}

}  // namespace

StackMemory::StackMemory(Arena& arena, const WholeStack::Parts& parts, const StackReading& reading)
    : parts_(parts), reading_(reading), width_(parts.spec->output_width()), held_(reading.hold) {
  const StackSpec& spec = *parts.spec;
  const int64_t step = reading.step_rows;
  capacity_ = held_ ? std::max<int64_t>(reading.max_rows, 1) : step + kSpareRows;
  if (reading.vectors) {
    vectors_ = arena.Take<float>(capacity_ * spec.hidden, Use::kPending);
  } else {
    ids_ = arena.Take<int32_t>(capacity_, Use::kPending);
  }
  if (held_) {
    whole_.emplace(arena, parts, capacity_, 0);
    max_rows_inside_ = capacity_;
    return;
  }
  int64_t q = 0, k = 0, v = 0, heads = 0, cross_q = 0, cross_heads = 0, most_pending = 0;
  for (size_t i = 0; i < spec.blocks.size(); ++i) {
    const BlockSpec& block = spec.blocks[i];
    const attention::Layer& layer = *parts.layers->blocks[i].attention;
    const AttentionSpec& attention = parts.layers->blocks[i].Spec(block);
    Block made;
    made.state = layer.MakeStream(arena);
    const attention::LayerPlan latency = layer.Latency();
    made.pending_capacity = std::max(latency.first_rows, latency.steady_rows) + 1 + step;
    made.pending = arena.Take<float>(made.pending_capacity * width_, Use::kPending);
    pending_total_ += made.pending_capacity;
    most_pending = std::max(most_pending, made.pending_capacity);
    if (!attention.takes_rows) {
      q = std::max(q, QueryWidth(attention));
      k = std::max(k, KeyWidth(attention));
      v = std::max(v, ValueWidth(attention));
    } else if (block.attention_residual.before) {
      q = std::max(q, spec.hidden);  // the rows behind the norm
    }
    heads = std::max(heads, HeadsWidth(attention));
    if (block.cross.has_value()) {
      k = std::max(k, KeyWidth(*block.cross));
      v = std::max(v, ValueWidth(*block.cross));
      cross_heads = std::max(cross_heads, HeadsWidth(*block.cross));
      cross_q = std::max(cross_q, QueryWidth(*block.cross));
      made.cross = parts.layers->blocks[i].cross->MakeWhole(arena, most_pending, reading.context_rows);
    }
    blocks_.push_back(std::move(made));
  }
  table_rows_ = arena.Take<int32_t>(step);
  block_ = arena.Take<float>(step * width_);
  q_ = arena.Take<float>(step * q);
  k_ = arena.Take<float>(step * k);
  v_ = arena.Take<float>(step * v);
  heads_ = arena.Take<float>(most_pending * heads);
  cross_q_ = arena.Take<float>(step * cross_q);
  cross_heads_ = arena.Take<float>(step * cross_heads);
  scratch_ = BlockScratch::Take(arena, spec, *parts.weights, step);
  output_capacity_ = pending_total_ + reading.waiting_rows + step;
  output_ = arena.Take<float>(output_capacity_ * width_, Use::kPending);
  max_rows_inside_ = capacity_ + pending_total_ + output_capacity_;
}

absl::Status StackMemory::SetContext(const float* context, const int32_t* mask, int64_t rows) {
  if (rows > reading_.context_rows) {
    return absl::OutOfRangeError(
        absl::StrCat("the memory was made for at most ", reading_.context_rows, " rows of context, got ", rows));
  }
  for (size_t i = 0; i < blocks_.size(); ++i) {
    Block& block = blocks_[i];
    if (block.cross == nullptr) continue;
    const AttentionSpec& spec = *parts_.spec->blocks[i].cross;
    block.cross->Reset();
    // How many queries will come is not known; where all keys are seen it does not matter.
    if (absl::Status status = block.cross->WholeBegin(block.pending_capacity, rows); !status.ok()) return status;
    const Projecting projecting = {*parts_.context, spec, parts_.weights->blocks[i].cross, Norm(), scratch_};
    for (int64_t begin = 0; begin < rows; begin += scratch_.rows) {
      const int64_t count = std::min(scratch_.rows, rows - begin);
      const RowsView from = {const_cast<float*>(context) + begin * spec.context_width, spec.context_width};
      ProjectKeysAndValues(projecting, from, begin, nullptr, count, k_.data(), v_.data());
      attention::InputRows piece;
      piece.k = k_.data();
      piece.v = v_.data();
      piece.mask = mask == nullptr ? nullptr : mask + begin;
      piece.keys = count;
      block.cross->WholeKeys(piece);
    }
  }
  return absl::OkStatus();
}

absl::Status StackMemory::EndSegment() {
  for (size_t i = 0; i < blocks_.size(); ++i) {
    if (parts_.layers->blocks[i].attention->options().Text("segment", "") != "explicit") continue;
    if (absl::Status status = blocks_[i].state->EndSegment(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

int64_t StackMemory::Room() const {
  if (finished_ || !status_.ok()) return 0;
  int64_t room = capacity_ - queued_;
  const int64_t table = parts_.spec->max_positions;
  if (reading_.max_rows > 0) room = std::min(room, reading_.max_rows - rows_in_);
  if (table > 0 && reading_.rule.tile == 0) room = std::min(room, table - rows_in_);
  return std::max<int64_t>(room, 0);
}

int64_t StackMemory::Push(absl::Span<const int32_t> ids) {
  const int64_t count = std::min<int64_t>(static_cast<int64_t>(ids.size()), Room());
  if (count <= 0 || reading_.vectors) return 0;
  std::copy_n(ids.data(), count, ids_.data() + queued_);
  queued_ += count;
  rows_in_ += count;
  return count;
}

int64_t StackMemory::PushVectors(const float* vectors, int64_t rows) {
  const int64_t count = std::min(rows, Room());
  if (count <= 0 || !reading_.vectors) return 0;
  const int64_t hidden = parts_.spec->hidden;
  std::copy_n(vectors, count * hidden, vectors_.data() + queued_ * hidden);
  queued_ += count;
  rows_in_ += count;
  return count;
}

bool StackMemory::Step(bool now) {
  if (!status_.ok()) return false;
  if (held_) return RunWhole();
  if (queued_ > 0 && Feed(now)) return true;
  return finished_ && queued_ == 0 && FinishBlock();
}

bool StackMemory::RunWhole() {
  if (!finished_ || whole_rows_ != nullptr || rows_in_ == 0) return false;
  WholeStack::Input input;
  input.rows = rows_in_;
  input.ids = reading_.vectors ? nullptr : ids_.data();
  input.vectors = reading_.vectors ? vectors_.data() : nullptr;
  input.rule = reading_.rule;
  absl::StatusOr<const float*> rows = whole_->Run(input, [](int64_t, const float*) {});
  if (!rows.ok()) {
    status_ = rows.status();
    return false;
  }
  whole_rows_ = *rows;
  rows_fed_ = emitted_ = output_count_ = rows_in_;
  queued_ = 0;
  return true;
}

bool StackMemory::Feed(bool now) {
  const int64_t step = reading_.step_rows;
  if (queued_ < step && !finished_ && !now) return false;
  // Every row inside may leave with this step.
  if (output_count_ + (rows_fed_ - emitted_) + std::min(queued_, step) > output_capacity_) return false;
  const StackSpec& spec = *parts_.spec;
  const int64_t rows = std::min(queued_, step);
  const bool table = bool{spec.embedding.positions};
  if (table) {
    PositionSpec positions = spec.embedding.position_spec;
    if (reading_.vectors) positions.by_padding_id = false;
    const absl::Span<const int32_t> ids =
        reading_.vectors ? absl::Span<const int32_t>(table_rows_.subspan(0, static_cast<size_t>(rows)))
                         : absl::Span<const int32_t>(ids_.subspan(0, static_cast<size_t>(rows)));
    kept_ids_ = PositionRows(positions, spec.embedding.pad_id, reading_.rule, ids, rows_fed_, kept_ids_, table_rows_.data());
  }
  EmbedStackRows(*parts_.context, spec, *parts_.weights, reading_.vectors ? nullptr : ids_.data(),
                 reading_.vectors ? vectors_.data() : nullptr, table ? table_rows_.data() : nullptr, nullptr, rows_fed_,
                 rows, block_.data(), width_);
  if (spec.reversible) {
    for (int64_t i = 0; i < rows; ++i) std::copy_n(block_.data() + i * width_, spec.hidden, block_.data() + i * width_ + spec.hidden);
  }
  if (reading_.vectors) {
    DropRows(vectors_, spec.hidden, queued_, rows);
  } else {
    std::copy(ids_.begin() + rows, ids_.begin() + queued_, ids_.begin());
  }
  queued_ -= rows;
  rows_fed_ += rows;
  status_ = Flow(0, block_.data(), rows);
  return status_.ok();
}

absl::Status StackMemory::Flow(size_t index, const float* x, int64_t rows) {
  if (rows == 0) return absl::OkStatus();
  if (index == blocks_.size()) {
    if (output_begin_ + output_count_ + rows > output_capacity_) {
      DropRows(output_, width_, output_begin_ + output_count_, output_begin_);
      output_begin_ = 0;
    }
    float* to = output_.data() + (output_begin_ + output_count_) * width_;
    std::copy_n(x, rows * width_, to);
    ApplyNorm(parts_.weights->final_norm, to, width_, rows, to, width_);
    output_count_ += rows;
    emitted_ += rows;
    return absl::OkStatus();
  }
  const int64_t step = reading_.step_rows;
  Block& block = blocks_[index];
  const AttentionSpec& spec = parts_.layers->blocks[index].Spec(parts_.spec->blocks[index]);
  const BlockWeights& weights = parts_.weights->blocks[index];
  const int64_t second_stream = parts_.spec->reversible ? parts_.spec->hidden : 0;
  for (int64_t begin = 0; begin < rows; begin += step) {
    const int64_t count = std::min(step, rows - begin);
    float* own = block.pending.data() + (block.received - block.emitted) * width_;
    std::copy_n(x + begin * width_, count * width_, own);
    attention::InputRows input;
    input.rows = input.keys = count;
    if (spec.takes_rows) {
      const Norm& before = weights.attention_residual.before;
      ApplyNorm(before, own, width_, count, q_.data(), width_);
      input.q = before ? q_.data() : own;
    } else {
      const Projecting projecting = {*parts_.context, spec, weights.attention, weights.attention_residual.before, scratch_};
      const RowsView from = {own + second_stream, width_};
      ProjectQueries(projecting, from, block.received, nullptr, count, true, q_.data());
      ProjectKeysAndValues(projecting, from, block.received, nullptr, count, k_.data(), v_.data());
      input.q = q_.data();
      input.k = spec.key ? k_.data() : nullptr;
      input.v = v_.data();
    }
    block.received += count;
    int64_t taken = 0, written = 0;
    bool full = false;
    absl::Status status = block.state->Step(input, &taken, heads_.data(), block.pending_capacity, &written, &full);
    if (!status.ok()) return status;
    if (taken != count || full) return absl::InternalError("a layer's rows do not fit into what waits for them");
    if (status = Pass(index, written); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status StackMemory::Pass(size_t index, int64_t rows) {
  if (rows == 0) return absl::OkStatus();
  Block& block = blocks_[index];
  const BlockSpec& spec = parts_.spec->blocks[index];
  const BlockWeights& weights = parts_.weights->blocks[index];
  const int64_t hidden = parts_.spec->hidden;
  for (int64_t begin = 0; begin < rows; begin += scratch_.rows) {
    const int64_t count = std::min(scratch_.rows, rows - begin);
    const RowsView first = {block.pending.data() + begin * width_, width_};
    const RowsView second = {first.data + (parts_.spec->reversible ? hidden : 0), width_};
    AddAttention(*parts_.context, spec.attention, weights.attention, weights.attention_residual,
                 heads_.data() + begin * HeadsWidth(spec.attention), count, first, scratch_);
    if (block.cross != nullptr) {
      const Projecting asking = {*parts_.context, *spec.cross, weights.cross, weights.cross_residual.before, scratch_};
      ProjectQueries(asking, first, block.emitted + begin, nullptr, count, false, cross_q_.data());
      block.cross->WholeQueries(cross_q_.data(), count, cross_heads_.data());
      AddAttention(*parts_.context, *spec.cross, weights.cross, weights.cross_residual, cross_heads_.data(), count, first,
                   scratch_);
    }
    AddMlp(*parts_.context, spec.mlp, weights, first, count, parts_.spec->reversible ? second : first, scratch_);
  }
  block.emitted += rows;
  const absl::Status status = Flow(index + 1, block.pending.data(), rows);
  DropRows(block.pending, width_, block.received - block.emitted + rows, rows);
  return status;
}

bool StackMemory::FinishBlock() {
  while (finishing_ < blocks_.size()) {
    if (output_count_ + (rows_fed_ - emitted_) > output_capacity_) return false;
    Block& block = blocks_[finishing_];
    int64_t written = 0;
    bool full = false;
    status_ = block.state->Finish(heads_.data(), block.pending_capacity, &written, &full);
    if (status_.ok()) status_ = Pass(finishing_, written);
    if (!status_.ok()) return false;
    if (!full) ++finishing_;
    if (written > 0) return true;
  }
  return false;
}

void StackMemory::Consume(int64_t rows) {
  output_begin_ += rows;
  output_count_ -= rows;
  if (output_count_ == 0 && !held_) output_begin_ = 0;
}

void StackMemory::Reset() {
  for (Block& block : blocks_) {
    block.state->Reset();
    block.received = block.emitted = 0;
  }
  whole_rows_ = nullptr;
  queued_ = output_begin_ = output_count_ = 0;
  status_ = absl::OkStatus();
  finished_ = false;
  finishing_ = 0;
  rows_in_ = rows_fed_ = emitted_ = kept_ids_ = 0;
}

}  // namespace lwave::model
