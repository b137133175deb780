// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Saving and loading a stack's memory: counters, what waits, and one snapshot of its own for each layer's attention.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "model/stack_memory.h"

namespace lwave::model {
namespace {

std::string Name(absl::string_view what, size_t layer) { return absl::StrCat(what, ".", layer); }

}  // namespace

absl::Status StackMemory::Damaged(absl::string_view what) const {
  return absl::DataLossError(absl::StrCat("snapshot: ", what));
}

absl::Status StackMemory::Save(memory::SnapshotWriter& writer) const {
  if (!status_.ok()) return status_;
  if (finished_) return absl::FailedPreconditionError("the sequence is finished; save before finish");
  std::vector<int64_t> counters = {rows_in_, rows_fed_, kept_ids_, output_count_};
  for (const Block& block : blocks_) {
    counters.push_back(block.received);
    counters.push_back(block.emitted);
  }
  writer.AddInt64("layers", counters);
  if (reading_.vectors) {
    writer.AddF32("held_vectors",
                  absl::MakeConstSpan(vectors_.data(), static_cast<size_t>(queued_ * parts_.spec->hidden)));
  } else {
    writer.AddInt32("held_ids", absl::MakeConstSpan(ids_.data(), static_cast<size_t>(queued_)));
  }
  writer.AddF32("finished_rows", absl::MakeConstSpan(WaitingRows(), static_cast<size_t>(output_count_ * width_)));
  for (size_t i = 0; i < blocks_.size(); ++i) {
    const Block& block = blocks_[i];
    memory::SnapshotWriter own(parts_.layers->blocks[i].attention->DescribeJson());
    if (absl::Status status = block.state->Save(own); !status.ok()) return status;
    writer.AddBytes(Name("attention", i), own.Finish());
    writer.AddF32(Name("rows", i), absl::MakeConstSpan(block.pending.data(), static_cast<size_t>(
                                                           (block.received - block.emitted) * width_)));
  }
  return absl::OkStatus();
}

absl::Status StackMemory::CopyFrom(const StackMemory& other) {
  if (!other.status_.ok()) return other.status_;
  if (held_) return absl::UnimplementedError("a stack that reads the whole at the end is not copied");
  for (size_t i = 0; i < blocks_.size(); ++i) {
    Block& block = blocks_[i];
    const Block& from = other.blocks_[i];
    if (absl::Status status = block.state->CopyFrom(*from.state); !status.ok()) return status;
    std::copy_n(from.pending.begin(), (from.received - from.emitted) * width_, block.pending.begin());
    block.received = from.received;
    block.emitted = from.emitted;
  }
  std::copy_n(other.ids_.begin(), reading_.vectors ? 0 : other.queued_, ids_.begin());
  std::copy_n(other.vectors_.begin(), reading_.vectors ? other.queued_ * parts_.spec->hidden : 0, vectors_.begin());
  std::copy_n(other.WaitingRows(), other.output_count_ * width_, output_.begin());
  output_begin_ = 0;
  output_count_ = other.output_count_;
  queued_ = other.queued_;
  status_ = absl::OkStatus();
  finished_ = other.finished_;
  finishing_ = other.finishing_;
  rows_in_ = other.rows_in_;
  rows_fed_ = other.rows_fed_;
  emitted_ = other.emitted_;
  kept_ids_ = other.kept_ids_;
  return absl::OkStatus();
}

absl::Status StackMemory::Load(const memory::SnapshotReader& reader) {
  absl::StatusOr<std::vector<int64_t>> counters = reader.Int64("layers", 4 + 2 * static_cast<int64_t>(blocks_.size()));
  if (!counters.ok()) return counters.status();
  constexpr int64_t kMost = int64_t{1} << 60;
  for (const int64_t value : *counters) {
    if (value < 0 || value > kMost) return Damaged("a counter is out of range");
  }
  Reset();
  rows_in_ = (*counters)[0];
  rows_fed_ = (*counters)[1];
  kept_ids_ = (*counters)[2];
  output_count_ = (*counters)[3];
  queued_ = rows_in_ - rows_fed_;
  if (queued_ < 0 || queued_ > capacity_ || kept_ids_ > rows_fed_ || output_count_ > output_capacity_ ||
      (held_ && rows_fed_ != 0) || (reading_.max_rows > 0 && rows_in_ > reading_.max_rows)) {
    return Damaged("the counters contradict each other");
  }
  int64_t received = rows_fed_;
  for (size_t i = 0; i < blocks_.size(); ++i) {
    Block& block = blocks_[i];
    block.received = (*counters)[4 + 2 * i];
    block.emitted = (*counters)[5 + 2 * i];
    if (block.received != received || block.emitted > block.received ||
        block.received - block.emitted > block.pending_capacity - reading_.step_rows) {
      return Damaged("the layers' counters contradict each other");
    }
    received = block.emitted;
  }
  emitted_ = held_ ? 0 : received;
  if (output_count_ > emitted_) return Damaged("more finished rows than were emitted");
  if (reading_.vectors) {
    absl::StatusOr<std::vector<float>> vectors = reader.F32("held_vectors", queued_ * parts_.spec->hidden);
    if (!vectors.ok()) return vectors.status();
    std::copy(vectors->begin(), vectors->end(), vectors_.begin());
  } else {
    absl::StatusOr<std::vector<int32_t>> ids = reader.Int32("held_ids", queued_);
    if (!ids.ok()) return ids.status();
    for (const int32_t id : *ids) {
      if (id < 0 || id >= parts_.spec->vocabulary) return Damaged("an id is out of the vocabulary");
    }
    std::copy(ids->begin(), ids->end(), ids_.begin());
  }
  absl::StatusOr<std::vector<float>> rows = reader.F32("finished_rows", output_count_ * width_);
  if (!rows.ok()) return rows.status();
  std::copy(rows->begin(), rows->end(), output_.begin());
  for (size_t i = 0; i < blocks_.size(); ++i) {
    Block& block = blocks_[i];
    rows = reader.F32(Name("rows", i), (block.received - block.emitted) * width_);
    if (!rows.ok()) return rows.status();
    std::copy(rows->begin(), rows->end(), block.pending.begin());
    absl::StatusOr<absl::Span<const uint8_t>> bytes = reader.Bytes(Name("attention", i));
    if (!bytes.ok()) return bytes.status();
    absl::StatusOr<memory::SnapshotReader> own = memory::SnapshotReader::Parse(*bytes);
    if (!own.ok()) return own.status();
    if (own->header() != parts_.layers->blocks[i].attention->DescribeJson()) {
      return absl::AbortedError(absl::StrCat("snapshot: the attention of layer ", i, " is another"));
    }
    if (absl::Status status = block.state->Load(*own); !status.ok()) return status;
    if (block.state->position() != block.received || block.state->emitted() != block.emitted) {
      return Damaged(absl::StrCat("the attention of layer ", i, " has taken another number of rows"));
    }
  }
  return absl::OkStatus();
}

std::string StackMemory::DescribeJson() const {
  std::string text = absl::StrCat("{\"reading\":\"", held_ ? "held back" : "stream", "\",\"rows_in\":", rows_in_,
                                  ",\"held_rows\":", queued_, ",\"emitted_rows\":", emitted_,
                                  ",\"waiting_rows\":", output_count_, ",\"layers\":[");
  for (size_t i = 0; i < blocks_.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ",", "{\"attention\":\"", parts_.layers->blocks[i].attention->mechanism(),
                    "\",\"received\":", blocks_[i].received, ",\"emitted\":", blocks_[i].emitted, "}");
  }
  return text + "]}";
}

std::vector<memory::Part> StackMemory::MemoryParts() const {
  const int64_t row = width_ * int64_t{sizeof(float)};
  std::vector<memory::Part> parts;
  memory::Part waiting = {"waiting_rows", Use::kPending, 0, row, rows_in_};
  for (size_t i = 0; i < blocks_.size(); ++i) {
    const Block& block = blocks_[i];
    waiting.rows += block.received - block.emitted;
    if (block.received > block.emitted) waiting.oldest = std::min(waiting.oldest, block.emitted);
    for (memory::Part part : block.state->Parts()) {
      part.name = absl::StrCat("layers.", i, ".", part.name);
      parts.push_back(std::move(part));
    }
  }
  parts.push_back(waiting);
  if (reading_.vectors) {
    parts.push_back({"held_vectors", Use::kPending, queued_, parts_.spec->hidden * int64_t{sizeof(float)}, rows_fed_});
  } else {
    parts.push_back({"held_ids", Use::kPending, queued_, int64_t{sizeof(int32_t)}, rows_fed_});
  }
  parts.push_back({"finished_rows", Use::kPending, output_count_, row, rows_out()});
  return parts;
}

}  // namespace lwave::model
