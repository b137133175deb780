// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/late_layer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace lwave::attention {

absl::StatusOr<LateSpec> ReadLateSpec(const Options& options, absl::string_view mechanism) {
  LateSpec spec;
  spec.heads = options.Int("heads", 0);
  spec.head_dim = options.Int("head_dim", 0);
  if (spec.heads < 1 || spec.head_dim < 1) return absl::InvalidArgumentError("options heads and head_dim must be set");
  if (options.Int("kv_heads", spec.heads) != spec.heads) {
    return absl::UnimplementedError(absl::StrCat(mechanism, " with fewer key heads than query heads"));
  }
  spec.value_dim = options.Int("value_dim", spec.head_dim);
  spec.max_tokens = options.Int("max_tokens", 0);
  return spec;
}

RowWidths LateLayer::widths() const {
  const int64_t keys = late_.heads * late_.head_dim, values = late_.heads * late_.value_dim;
  return {keys, keys, values, values};
}

absl::Status LateLayer::CanStream() const {
  if (late_.max_tokens > 0) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrCat(mechanism(), " gives no row before the last has come, so it streams only"
                                               " where its option max_tokens bounds the sequence"));
}

LayerPlan LateLayer::Latency() const {
  LayerPlan plan;
  plan.first_rows = plan.steady_rows = -1;
  return plan;
}

absl::Status LateState::CheckRoom(int64_t rows) const {
  if (received_ + rows <= most_) return absl::OkStatus();
  return absl::OutOfRangeError(
      absl::StrCat("there is room for ", most_, " rows, ", received_, " have come, got another ", rows));
}

absl::Status LateState::Step(const InputRows& input, int64_t* taken, float*, int64_t, int64_t* written, bool* full) {
  *taken = *written = 0;
  *full = false;
  if (finished_) return absl::FailedPreconditionError("the sequence is finished; nothing can be pushed");
  const absl::Status status = CheckRoom(input.rows);
  if (!status.ok()) return status;
  Keep(input);
  *taken = input.rows;
  return absl::OkStatus();
}

absl::Status LateState::Finish(float* out, int64_t capacity, int64_t* written, bool* full) {
  *written = 0;
  *full = false;
  if (!finished_) {
    const absl::Status status = Close();
    if (!status.ok()) return status;
    finished_ = true;
  }
  *written = std::min(capacity, received_ - emitted_);
  Give(emitted_, *written, out);
  emitted_ += *written;
  *full = emitted_ < received_;
  return absl::OkStatus();
}

absl::Status LateState::Save(memory::SnapshotWriter& writer) const {
  if (finished_) return absl::FailedPreconditionError("the sequence is finished; save before finish");
  writer.AddInt64("state", {received_});
  SaveParts(writer);
  return absl::OkStatus();
}

absl::Status LateState::Load(const memory::SnapshotReader& reader) {
  absl::StatusOr<std::vector<int64_t>> state = reader.Int64("state", 1);
  if (!state.ok()) return state.status();
  if ((*state)[0] < 0 || (*state)[0] > most_) return absl::DataLossError("snapshot: the position is out of range");
  received_ = (*state)[0];
  emitted_ = 0;
  finished_ = false;
  return LoadParts(reader);
}

void LateState::Reset() {
  received_ = emitted_ = 0;
  finished_ = false;
  ResetParts();
}

}  // namespace lwave::attention
