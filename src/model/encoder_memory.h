// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The memory of one sequence going through an encoder, row by row.
//
// A bidirectional window streams exactly as a delayed wavefront: layer l may emit row i once layer l - 1 has
// emitted row max(i + right, sinks - 1), or all rows after Finish. What is remembered per layer: keys and values
// of the sinks and of the last left + right rows (and what one step adds), and the rows that wait for their
// right context. Nothing of it grows with the sequence.
//
// Ids are held back until the sequence is known to be long (more than full_rows ids) or finished; one that ends
// before is read in full: every row sees every row.
//
// Work is cut into steps of at most step_rows rows of one layer. A step never fails, and the handle is valid
// between any two of them. Results do not depend on how steps are cut.

#ifndef LONGWAVE_MODEL_ENCODER_MEMORY_H_
#define LONGWAVE_MODEL_ENCODER_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "attention/window_pattern.h"
#include "base/arena.h"
#include "base/context.h"
#include "memory/parts.h"
#include "memory/snapshot.h"
#include "model/embedding.h"
#include "model/encoder_layer.h"
#include "model/reading.h"
#include "model/weights.h"

namespace lwave::model {

// One thread at a time. Context, spec and weights must outlive it.
class EncoderMemory {
 public:
  struct Parts {
    const Context* context = nullptr;
    const ModelSpec* spec = nullptr;
    const Weights* weights = nullptr;
  };

  // Lays everything out on the arena; over a measuring arena the object is good for nothing but its size.
  // `waiting_rows`: finished rows that may wait for the consumer, beyond one step.
  EncoderMemory(Arena& arena, const Parts& parts, const Reading& reading, int64_t waiting_rows);

  // Takes ids as rows, as many as there is room for; returns how many. Never after Finish. Ids must lie within
  // the vocabulary. Before Finish, an unwindowed reading takes at most full_rows.
  int64_t Push(absl::Span<const int32_t> ids);
  int64_t Room() const;
  // No more ids will come.
  void Finish() { finished_ = true; }
  bool finished() const { return finished_; }

  // Does one step; false when there is nothing to do without more ids, Finish or a consumed row.
  bool Step();

  // Finished rows that wait, oldest first: [waiting(), hidden].
  int64_t waiting() const { return output_count_; }
  const float* WaitingRows() const { return output_.data() + output_begin_ * parts_.spec->hidden; }
  void Consume(int64_t rows);

  int64_t rows_in() const { return rows_in_; }                                // taken by Push
  int64_t rows_out() const { return rows_emitted() - output_count_; }         // consumed
  int64_t rows_emitted() const { return layers_[layers_.size() - 1].emitted; }
  // All rows of a finished sequence have been consumed.
  bool drained() const { return finished_ && rows_out() == rows_in_; }

  // The most rows that can have been taken and not been consumed.
  int64_t MaxRowsInside() const { return max_rows_inside_; }

  // Back to the beginning, for the next sequence.
  void Reset();

  // The state before Finish, in logical order.
  void Save(memory::SnapshotWriter& writer) const;
  // Validates everything; on failure the object must be thrown away (the caller loads into a fresh one).
  absl::Status Load(const memory::SnapshotReader& reader);
  std::string DescribeJson() const;
  // What it holds now: rows of all layers together, the oldest of any.
  std::vector<memory::Part> MemoryParts() const;

 private:
  struct Layer {
    attention::TileStore store;
    absl::Span<float> pending;  // [pending_capacity, hidden]: rows received - emitted, oldest first
    int64_t pending_capacity = 0;
    int64_t received = 0;
    int64_t emitted = 0;
  };

  enum class Mode : int64_t { kHolding = 0, kWindow = 1, kFull = 2 };

  void ChooseMode();
  int64_t Ready(const Layer& layer, size_t index) const;  // rows that may have been emitted by now
  attention::WindowPattern Pattern(size_t index) const;
  bool Emit(size_t index, int64_t ready);
  void Append(size_t index, const float* x, int64_t rows);   // to the rows that wait
  void Receive(size_t index, const float* x, int64_t rows);  // their keys and values, then Append
  bool Feed();
  int64_t KeptFrom(size_t index) const;  // first position, sinks aside, that the layer still needs

  Parts parts_;
  Reading reading_;
  absl::Span<Layer> layers_;
  absl::Span<int32_t> ids_;  // [capacity], a queue from ids_begin_
  int64_t ids_begin_ = 0;
  int64_t ids_count_ = 0;
  absl::Span<int32_t> table_rows_;  // [step_rows]
  absl::Span<float> block_;         // [step_rows, hidden], between two layers
  absl::Span<float> output_;        // [output_capacity_, hidden], a queue from output_begin_
  int64_t output_capacity_ = 0;
  int64_t max_rows_inside_ = 0;
  int64_t output_begin_ = 0;
  int64_t output_count_ = 0;
  LayerScratch scratch_;

  Mode mode_ = Mode::kHolding;
  bool finished_ = false;
  int64_t rows_in_ = 0;
  int64_t rows_fed_ = 0;
  int64_t kept_ids_ = 0;  // ids fed that are not padding (families that count positions so)
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_ENCODER_MEMORY_H_
