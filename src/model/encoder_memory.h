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
#include "model/row_memory.h"
#include "model/weights.h"

namespace lwave::model {

// One thread at a time. Context, spec and weights must outlive it.
class EncoderMemory : public RowMemory {
 public:
  struct Parts {
    const Context* context = nullptr;
    const ModelSpec* spec = nullptr;
    const Weights* weights = nullptr;
  };

  // Lays everything out on the arena; over a measuring arena the object is good for nothing but its size.
  // `waiting_rows`: finished rows that may wait for the consumer, beyond one step.
  EncoderMemory(Arena& arena, const Parts& parts, const Reading& reading, int64_t waiting_rows);

  // Before Finish, an unwindowed reading takes at most full_rows.
  int64_t Push(absl::Span<const int32_t> ids) override;
  bool TakesVectors() const override { return reading_.vectors; }
  int64_t PushVectors(const float* vectors, int64_t rows) override;
  int64_t Room() const override;
  bool Crowded(int64_t rows) const override { return reading_.windowed() && Room() <= rows; }
  void Finish() override { finished_ = true; }
  bool finished() const override { return finished_; }
  bool Step(bool now = false) override;

  int64_t waiting() const override { return output_count_; }
  const float* WaitingRows() const override { return output_.data() + output_begin_ * parts_.spec->hidden; }
  void Consume(int64_t rows) override;

  int64_t rows_in() const override { return rows_in_; }
  int64_t rows_out() const override { return rows_emitted() - output_count_; }
  int64_t rows_emitted() const override { return layers_[layers_.size() - 1].emitted; }
  int64_t MaxRowsInside() const override { return max_rows_inside_; }
  void Reset() override;

  absl::Status Save(memory::SnapshotWriter& writer) const override;
  absl::Status Load(const memory::SnapshotReader& reader) override;
  std::string DescribeJson() const override;
  std::vector<memory::Part> MemoryParts() const override;

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
  bool Feed(bool now);
  int64_t KeptFrom(size_t index) const;  // first position, sinks aside, that the layer still needs

  Parts parts_;
  Reading reading_;
  absl::Span<Layer> layers_;
  absl::Span<int32_t> ids_;     // [capacity], a queue from ids_begin_
  absl::Span<float> vectors_;   // [capacity, hidden] in their place, likewise
  int64_t capacity_ = 0;
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
