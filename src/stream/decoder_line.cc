// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/decoder_line.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "model/whole_stack.h"

namespace lwave::stream {
namespace {

model::WholeStack::Parts PartsOf(const DecoderPlan& plan) {
  return {&plan.model->context(), plan.spec.get(), plan.weights, &plan.layers};
}

}  // namespace

int64_t DecoderLine::Bytes(const DecoderPlan& plan) {
  Arena measure;
  measure.Take<float>(plan.spec->output_width());
  if (!plan.recompute) const model::StackMemory memory(measure, PartsOf(plan), plan.reading);
  return measure.used();
}

int64_t DecoderLine::RunBytes(const DecoderPlan& plan, int64_t rows) {
  if (!plan.recompute || rows == 0) return 0;
  Arena measure;
  const model::WholeStack stack(measure, PartsOf(plan), rows, plan.context_rows);
  return measure.used();
}

absl::StatusOr<std::unique_ptr<DecoderLine>> DecoderLine::Create(const DecoderPlan& plan) {
  std::unique_ptr<DecoderLine> line(new DecoderLine(plan));
  absl::Status status =
      line->storage_.Resize(plan.model->context().allocator, static_cast<size_t>(Bytes(plan)));
  if (!status.ok()) return status;
  Arena arena(absl::MakeSpan(line->storage_.data(), line->storage_.size()));
  line->last_row_ = arena.Take<float>(plan.spec->output_width());
  if (plan.recompute) return line;
  line->memory_ = std::make_unique<model::StackMemory>(arena, PartsOf(plan), plan.reading);
  if (plan.context_rows > 0) {
    status = line->memory_->SetContext(plan.context.data(), nullptr, plan.context_rows);
    if (!status.ok()) return status;
  }
  return line;
}

int64_t DecoderLine::Room() const {
  if (plan_.segment_rows > 0) return plan_.segment_rows - segment_;
  if (plan_.reading.max_rows > 0) return plan_.reading.max_rows - rows_;
  return INT64_MAX;
}

absl::Status DecoderLine::Recompute(const std::vector<int32_t>& ids, Cancelled cancelled) {
  model::WholeStack::Input input;
  input.rows = static_cast<int64_t>(ids.size());
  input.ids = ids.data();
  input.rule = plan_.reading.rule;
  input.context = plan_.context.data();
  input.context_rows = plan_.context_rows;
  input.cancelled = &cancelled;
  const int64_t width = plan_.spec->output_width();
  return model::RunOnce(PartsOf(plan_), input, [&](const float* rows) {
    std::copy_n(rows + (input.rows - 1) * width, width, last_row_.data());
  });
}

absl::Status DecoderLine::ReadBlock(absl::Span<const int32_t> ids) {
  const int64_t width = plan_.spec->output_width();
  while (!ids.empty() || memory_->rows_emitted() < memory_->rows_in()) {
    ids.remove_prefix(static_cast<size_t>(memory_->Push(ids)));
    const bool stepped = memory_->Step(ids.empty());
    if (absl::Status status = memory_->status(); !status.ok()) return status;
    const int64_t waiting = memory_->waiting();
    if (waiting > 0) {
      std::copy_n(memory_->WaitingRows() + (waiting - 1) * width, width, last_row_.data());
      memory_->Consume(waiting);
    }
    if (!stepped && waiting == 0) return absl::InternalError("a stack gives no row although it is causal");
  }
  return absl::OkStatus();
}

absl::Status DecoderLine::Advance(absl::Span<const int32_t> ids, Cancelled cancelled, int64_t* taken) {
  *taken = 0;
  const int64_t count = static_cast<int64_t>(ids.size());
  if (count > Room()) {
    return absl::OutOfRangeError(absl::StrCat("there is room for ", Room(), " tokens, got ", count));
  }
  if (plan_.recompute) {
    std::vector<int32_t> all;
    all.reserve(ids_.size() + ids.size());
    all.assign(ids_.begin(), ids_.end());
    all.insert(all.end(), ids.begin(), ids.end());
    if (absl::Status status = Recompute(all, cancelled); !status.ok()) return status;
    ids_.swap(all);
    rows_ += count;
    *taken = count;
    return absl::OkStatus();
  }
  while (*taken < count) {
    if (*taken > 0 && cancelled()) return absl::CancelledError("generation was cancelled");
    const int64_t rows = std::min(count - *taken, plan_.reading.step_rows);
    const absl::Status status = ReadBlock(ids.subspan(static_cast<size_t>(*taken), static_cast<size_t>(rows)));
    if (!status.ok()) return status;
    rows_ += rows;
    *taken += rows;
    if (plan_.segment_rows > 0) segment_ += rows;
  }
  // A segment that the caller's input ends: the prompt, then every token.
  segment_ = 0;
  return memory_->EndSegment();
}

absl::Status DecoderLine::CopyFrom(const DecoderLine& other) {
  if (plan_.recompute) {
    ids_ = other.ids_;
  } else if (absl::Status status = memory_->CopyFrom(*other.memory_); !status.ok()) {
    return status;
  }
  std::copy(other.last_row_.begin(), other.last_row_.end(), last_row_.begin());
  rows_ = other.rows_;
  segment_ = other.segment_;
  return absl::OkStatus();
}

absl::Status DecoderLine::Save(memory::SnapshotWriter& writer) const {
  writer.AddInt64("rows", {rows_, segment_});
  writer.AddF32("last_row", last_row_);
  if (!plan_.recompute) return memory_->Save(writer);
  writer.AddInt32("all_ids", ids_);
  return absl::OkStatus();
}

absl::Status DecoderLine::Load(const memory::SnapshotReader& reader) {
  absl::StatusOr<std::vector<int64_t>> counters = reader.Int64("rows", 2);
  if (!counters.ok()) return counters.status();
  const int64_t rows = (*counters)[0], segment = (*counters)[1];
  absl::StatusOr<std::vector<float>> row = reader.F32("last_row", static_cast<int64_t>(last_row_.size()));
  if (!row.ok()) return row.status();
  if (rows < 0 || segment < 0 || segment > std::min(rows, plan_.segment_rows)) {
    return absl::DataLossError("snapshot: the rows do not add up");
  }
  if (plan_.recompute) {
    absl::StatusOr<std::vector<int32_t>> ids = reader.Int32("all_ids", rows);
    if (!ids.ok()) return ids.status();
    if (plan_.reading.max_rows > 0 && rows > plan_.reading.max_rows) {
      return absl::DataLossError("snapshot: more rows than there is room for");
    }
    for (const int32_t id : *ids) {
      if (id < 0 || id >= plan_.spec->vocabulary) return absl::DataLossError("snapshot: an id is out of the vocabulary");
    }
    ids_ = *std::move(ids);
  } else {
    if (absl::Status status = memory_->Load(reader); !status.ok()) return status;
    if (memory_->rows_in() != rows || memory_->rows_emitted() != rows) {
      return absl::DataLossError("snapshot: the rows do not add up");
    }
  }
  std::copy(row->begin(), row->end(), last_row_.begin());
  rows_ = rows;
  segment_ = segment;
  return absl::OkStatus();
}

}  // namespace lwave::stream
