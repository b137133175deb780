// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A segment memory's snapshot and parts: hidden rows, and with statistics the sums of attention masses. Keys and values
// are not in it.

#include <algorithm>
#include <iterator>

#include "attention/segment_layer.h"

namespace lwave::attention {

absl::Status SegmentState::Save(memory::SnapshotWriter& writer) const {
  if (finished_) return absl::FailedPreconditionError("the sequence is finished; save before finish");
  writer.AddInt64("state", {position_, context_count_, count_});
  writer.AddF32("context", absl::MakeConstSpan(context_.data(), static_cast<size_t>(context_count_ * spec_.d_model)));
  writer.AddF32("segment", absl::MakeConstSpan(rows_.data(), static_cast<size_t>(count_ * spec_.d_model)));
  if (spec_.watched > 0) {
    writer.AddInt64("mass_rows", {segment_mass_rows_});
    writer.AddF64("mass", masses_);
    writer.AddF64("segment_mass", segment_masses_);
  }
  SaveMore(writer);
  return absl::OkStatus();
}

absl::Status SegmentState::CopyFrom(const SequenceState& other) {
  const SegmentState& from = static_cast<const SegmentState&>(other);
  if (from.finished_) return absl::FailedPreconditionError("the sequence is finished; copy before finish");
  std::copy_n(from.context_.begin(), from.context_count_ * spec_.d_model, context_.begin());
  std::copy_n(from.rows_.begin(), from.count_ * spec_.d_model, rows_.begin());
  std::copy(from.masses_.begin(), from.masses_.end(), masses_.begin());
  std::copy(from.segment_masses_.begin(), from.segment_masses_.end(), segment_masses_.begin());
  keys_.CopyFrom(from.keys_);
  context_count_ = from.context_count_;
  count_ = from.count_;
  segment_mass_rows_ = from.segment_mass_rows_;
  std::copy(std::begin(from.stayed_), std::end(from.stayed_), std::begin(stayed_));
  stayed_count_ = from.stayed_count_;
  begun_ = from.begun_;
  finished_ = false;
  position_ = from.position_;
  return absl::OkStatus();
}

absl::Status SegmentState::Load(const memory::SnapshotReader& reader) {
  absl::StatusOr<std::vector<int64_t>> state = reader.Int64("state", 3);
  if (!state.ok()) return state.status();
  const int64_t position = (*state)[0], context = (*state)[1], count = (*state)[2];
  constexpr int64_t kMost = int64_t{1} << 60;
  if (position < 0 || position > kMost || context < 0 || count < 0 || context > spec_.context_rows || count > segment_rows_ ||
      count > position || (spec_.segment > 0 && count >= spec_.segment) || context + count > spec_.most_places) {
    return absl::DataLossError("snapshot: the counters contradict each other");
  }
  absl::StatusOr<std::vector<float>> before = reader.F32("context", context * spec_.d_model);
  if (!before.ok()) return before.status();
  absl::StatusOr<std::vector<float>> rows = reader.F32("segment", count * spec_.d_model);
  if (!rows.ok()) return rows.status();
  if (spec_.watched > 0) {
    absl::StatusOr<std::vector<int64_t>> mass_rows = reader.Int64("mass_rows", 1);
    if (!mass_rows.ok()) return mass_rows.status();
    if ((*mass_rows)[0] < 0 || (*mass_rows)[0] > position || (count > 0 && (*mass_rows)[0] != count)) {
      return absl::DataLossError("snapshot: the counters contradict each other");
    }
    absl::StatusOr<std::vector<double>> mass = reader.F64("mass", spec_.watched * spec_.heads);
    if (!mass.ok()) return mass.status();
    absl::StatusOr<std::vector<double>> segment_mass = reader.F64("segment_mass", spec_.watched * spec_.heads);
    if (!segment_mass.ok()) return segment_mass.status();
    segment_mass_rows_ = (*mass_rows)[0];
    std::copy(mass->begin(), mass->end(), masses_.begin());
    std::copy(segment_mass->begin(), segment_mass->end(), segment_masses_.begin());
  }
  position_ = position;
  context_count_ = context;
  count_ = count;
  finished_ = false;
  std::copy(before->begin(), before->end(), context_.begin());
  std::copy(rows->begin(), rows->end(), rows_.begin());
  const absl::Status status = LoadMore(reader);
  if (!status.ok()) return status;
  begun_ = false;
  stayed_count_ = 0;
  if (count_ == 0) return absl::OkStatus();
  Begin();
  Project(rows_.data(), context_count_, count_, false);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<float>> SegmentState::ReadPart(absl::string_view name) const {
  const bool last = name == "segment_mass";
  if (spec_.watched == 0 || (name != "mass" && !last)) return SequenceState::ReadPart(name);
  const absl::Span<const double> sums = last ? segment_masses_ : masses_;
  const int64_t rows = last ? segment_mass_rows_ : position_;
  std::vector<float> mean(static_cast<size_t>((spec_.watched + 1) * spec_.heads));
  for (int64_t h = 0; h < spec_.heads && rows > 0; ++h) {
    double rest = 1;  // what the context did not get
    for (int64_t part = 0; part < spec_.watched; ++part) {
      const size_t at = static_cast<size_t>(part * spec_.heads + h);
      rest -= sums[at] / static_cast<double>(rows);
      mean[at] = static_cast<float>(sums[at] / static_cast<double>(rows));
    }
    mean[static_cast<size_t>(spec_.watched * spec_.heads + h)] = static_cast<float>(std::max(rest, 0.0));
  }
  return mean;
}

SegmentState::ContextRows SegmentState::ContextBehind(int64_t rows, int64_t remembered) const {
  ContextRows context = remembered >= 0 ? ContextRows{0, remembered} : ContextRows{0, spec_.zero_rows};
  for (; spec_.segment > 0 && rows >= spec_.segment; rows -= spec_.segment) context = ContextAfter(context, spec_.segment);
  return context;
}

absl::StatusOr<int64_t> SegmentState::PartSize(absl::string_view name, int64_t rows, int64_t remembered) const {
  if (spec_.watched == 0 || (name != "mass" && name != "segment_mass")) {
    return SequenceState::PartSize(name, rows, remembered);
  }
  return (spec_.watched + 1) * spec_.heads;
}

memory::Part SegmentState::ContextPart(std::string name, int64_t first, int64_t rows) const {
  return {std::move(name), Use::kPayload, rows, spec_.d_model * int64_t{sizeof(float)},
          position_ - count_ - (context_count_ - first)};
}

std::vector<memory::Part> SegmentState::Parts() const {
  std::vector<memory::Part> parts = ContextParts();
  parts.push_back({"segment", Use::kPending, count_, spec_.d_model * int64_t{sizeof(float)}, position_ - count_});
  return parts;
}

void SegmentState::Reset() {
  std::fill(context_.begin(), context_.end(), 0.0f);
  context_count_ = spec_.zero_rows;
  count_ = position_ = 0;
  stayed_count_ = 0;
  std::fill(masses_.begin(), masses_.end(), 0.0);
  std::fill(segment_masses_.begin(), segment_masses_.end(), 0.0);
  segment_mass_rows_ = 0;
  begun_ = finished_ = false;
  ResetMore();
}

}  // namespace lwave::attention
