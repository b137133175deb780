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
  if (plan.recompute) return 0;
  Arena measure;
  const model::StackMemory memory(measure, PartsOf(plan), plan.reading);
  return measure.used();
}

absl::StatusOr<std::unique_ptr<DecoderLine>> DecoderLine::Create(const DecoderPlan& plan) {
  std::unique_ptr<DecoderLine> line(new DecoderLine(plan));
  line->last_row_.resize(static_cast<size_t>(plan.spec->output_width()));
  if (plan.recompute) return line;
  absl::Status status =
      line->storage_.Resize(plan.model->context().allocator, static_cast<size_t>(Bytes(plan)));
  if (!status.ok()) return status;
  Arena arena(absl::MakeSpan(line->storage_.data(), line->storage_.size()));
  line->memory_ = std::make_unique<model::StackMemory>(arena, PartsOf(plan), plan.reading);
  if (plan.context_rows > 0) {
    status = line->memory_->SetContext(plan.context.data(),
                                       plan.context_mask.empty() ? nullptr : plan.context_mask.data(), plan.context_rows);
    if (!status.ok()) return status;
  }
  return line;
}

int64_t DecoderLine::Room() const {
  if (plan_.segment_rows > 0) return plan_.segment_rows;
  if (plan_.reading.max_rows > 0) return plan_.reading.max_rows - rows_;
  return INT64_MAX;
}

absl::StatusOr<const float*> DecoderLine::Recompute() {
  model::WholeStack::Input input;
  input.rows = static_cast<int64_t>(ids_.size());
  input.ids = ids_.data();
  input.rule = plan_.reading.rule;
  input.context = plan_.context.data();
  input.context_mask = plan_.context_mask.empty() ? nullptr : plan_.context_mask.data();
  input.context_rows = plan_.context_rows;
  const int64_t width = plan_.spec->output_width();
  const absl::Status status = model::RunOnce(PartsOf(plan_), input, [&](const float* rows) {
    std::copy_n(rows + (input.rows - 1) * width, width, last_row_.data());
  });
  if (!status.ok()) return status;
  return last_row_.data();
}

absl::StatusOr<const float*> DecoderLine::Advance(absl::Span<const int32_t> ids) {
  const int64_t count = static_cast<int64_t>(ids.size());
  if (count > Room()) {
    return absl::OutOfRangeError(absl::StrCat("there is room for ", Room(), " tokens, got ", count));
  }
  if (plan_.recompute) {
    const size_t before = ids_.size();
    ids_.insert(ids_.end(), ids.begin(), ids.end());
    absl::StatusOr<const float*> row = Recompute();
    if (row.ok()) {
      rows_ += count;
    } else {
      ids_.resize(before);
    }
    return row;
  }
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
  rows_ += count;
  // A segment that the caller's input ends: the prompt, then every token.
  if (absl::Status status = memory_->EndSegment(); !status.ok()) return status;
  return last_row_.data();
}

absl::Status DecoderLine::CopyFrom(const DecoderLine& other) {
  memory::SnapshotWriter writer("{}");
  if (absl::Status status = other.Save(writer); !status.ok()) return status;
  const std::vector<uint8_t> bytes = writer.Finish();
  absl::StatusOr<memory::SnapshotReader> reader = memory::SnapshotReader::Parse(bytes);
  if (!reader.ok()) return reader.status();
  return Load(*reader);
}

absl::Status DecoderLine::Save(memory::SnapshotWriter& writer) const {
  writer.AddInt64("rows", absl::MakeConstSpan(&rows_, 1));
  writer.AddF32("last_row", last_row_);
  if (!plan_.recompute) return memory_->Save(writer);
  writer.AddInt32("all_ids", ids_);
  return absl::OkStatus();
}

absl::Status DecoderLine::Load(const memory::SnapshotReader& reader) {
  absl::StatusOr<std::vector<int64_t>> rows = reader.Int64("rows", 1);
  if (!rows.ok()) return rows.status();
  absl::StatusOr<std::vector<float>> row = reader.F32("last_row", static_cast<int64_t>(last_row_.size()));
  if (!row.ok()) return row.status();
  if (plan_.recompute) {
    absl::StatusOr<std::vector<int32_t>> ids = reader.Int32("all_ids", (*rows)[0]);
    if (!ids.ok()) return ids.status();
    for (const int32_t id : *ids) {
      if (id < 0 || id >= plan_.spec->vocabulary) return absl::DataLossError("snapshot: an id is out of the vocabulary");
    }
    ids_ = *std::move(ids);
  } else {
    if (absl::Status status = memory_->Load(reader); !status.ok()) return status;
    if (memory_->rows_in() != (*rows)[0] || memory_->rows_emitted() != memory_->rows_in()) return absl::DataLossError("snapshot: the rows do not add up");
  }
  last_row_ = *std::move(row);
  rows_ = (*rows)[0];
  return absl::OkStatus();
}

}  // namespace lwave::stream
