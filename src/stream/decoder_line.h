// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// One sequence of a causal stack (or of a decoder beside an encoder's rows) as generation goes through it: ids in, the
// last row out. A stack that cannot stream is run anew over everything so far.

#ifndef LONGWAVE_STREAM_DECODER_LINE_H_
#define LONGWAVE_STREAM_DECODER_LINE_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/allocator.h"
#include "memory/snapshot.h"
#include "model/stack_layers.h"
#include "model/stack_memory.h"
#include "stream/model.h"

namespace lwave::stream {

// What every line of one generator shares. Immutable while lines live.
struct DecoderPlan {
  ModelPtr model;
  std::shared_ptr<const model::StackSpec> spec;  // the model's, or one with its attention overridden
  const model::StackWeights* weights = nullptr;
  model::StackLayers layers;
  model::StackReading reading;
  bool recompute = false;
  int64_t segment_rows = 0;  // most rows of one Advance, where it is a segment of layers that have segments; 0: any
  // Of an encoder: its rows [context_rows, context_width], kept for every line.
  Buffer<float> context;
  int64_t context_rows = 0;

  // Whether ids that come in several pieces must be read as one: what they give depends on it, or each would cost the
  // whole anew.
  bool ReadsTogether() const { return recompute || segment_rows > 0; }
};

// One thread at a time.
class DecoderLine {
 public:
  static absl::StatusOr<std::unique_ptr<DecoderLine>> Create(const DecoderPlan& plan);
  // Bytes that a line takes; and of a run over so many rows, where everything is run anew.
  static int64_t Bytes(const DecoderPlan& plan);
  static int64_t RunBytes(const DecoderPlan& plan, int64_t rows);

  using Cancelled = absl::FunctionRef<bool()>;
  // Takes ids, the last of which ends a segment where there are segments. *taken: how many have been read; fewer than all
  // only with an error. Cancelled: asked to stop between two blocks of rows; the others go on from there. OutOfRange: no
  // room, nothing was taken. Allocates nothing, unless everything is run anew: then all or none are taken.
  absl::Status Advance(absl::Span<const int32_t> ids, Cancelled cancelled, int64_t* taken);
  // Room for so many ids more, in a segment that is open where there are segments.
  int64_t Room() const;
  int64_t rows() const { return rows_; }
  const float* last_row() const { return last_row_.data(); }  // [row width] of the last id

  // Becomes as another line of the same plan. Allocates nothing where the layers' states do not (layer.h).
  absl::Status CopyFrom(const DecoderLine& other);
  absl::Status Save(memory::SnapshotWriter& writer) const;
  absl::Status Load(const memory::SnapshotReader& reader);

 private:
  explicit DecoderLine(const DecoderPlan& plan) : plan_(plan) {}
  absl::Status Recompute(const std::vector<int32_t>& ids, Cancelled cancelled);
  absl::Status ReadBlock(absl::Span<const int32_t> ids);

  const DecoderPlan& plan_;
  Buffer<std::byte> storage_;
  std::unique_ptr<model::StackMemory> memory_;
  std::vector<int32_t> ids_;    // all, where everything is run anew
  absl::Span<float> last_row_;  // [row width]
  int64_t rows_ = 0;
  int64_t segment_ = 0;  // rows of the segment that is open
};

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_DECODER_LINE_H_
