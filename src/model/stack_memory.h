// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A stack over one sequence, piece by piece: every block's attention keeps its own memory (a SequenceState), and rows
// wait in front of a block until its attention gives their results. Layer l gives row i once layer l-1 has given the
// last row that row i sees; a causal stack gives every row at once.
//
// A stack that cannot stream, because a layer must see everything, holds the ids (or vectors) back and runs the whole
// sequence when it is finished: the same bits as one pass in any case.

#ifndef LONGWAVE_MODEL_STACK_MEMORY_H_
#define LONGWAVE_MODEL_STACK_MEMORY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "attention/layer.h"
#include "base/arena.h"
#include "base/context.h"
#include "model/block_rows.h"
#include "model/embedding.h"
#include "model/row_memory.h"
#include "model/whole_stack.h"

namespace lwave::model {

struct StackReading {
  bool hold = false;          // read the whole at the end
  int64_t max_rows = 0;       // hold: the most; else 0 or the most that unbounded layers take
  int64_t step_rows = 96;
  int64_t waiting_rows = 0;   // finished rows that may wait for the consumer, beyond one step
  int64_t context_rows = 0;   // most rows of another sequence, for cross-attention
  bool vectors = false;       // rows come as vectors, not ids
  PositionRule rule;
};

class StackMemory : public RowMemory {
 public:
  // Lays everything out on the arena; over a measuring arena the object is good for nothing but its size.
  StackMemory(Arena& arena, const WholeStack::Parts& parts, const StackReading& reading);

  // For blocks with cross-attention: the other sequence, whose keys are kept. At the beginning, or after Reset.
  //   context // [rows, context width]   mask // [rows] or null
  absl::Status SetContext(const float* context, const int32_t* mask, int64_t rows);

  // Ends a segment where layers have segments that the caller ends; nothing otherwise.
  absl::Status EndSegment();

  // Becomes as another of the same parts and reading, the rows of another sequence left out: those are SetContext's.
  // Allocates nothing where no layer's state does.
  absl::Status CopyFrom(const StackMemory& other);

  int64_t Push(absl::Span<const int32_t> ids) override;
  bool TakesVectors() const override { return reading_.vectors; }
  int64_t PushVectors(const float* vectors, int64_t rows) override;
  int64_t Room() const override;
  bool Crowded(int64_t rows) const override { return !held_ && capacity_ - queued_ <= rows; }
  void Finish() override { finished_ = true; }
  bool finished() const override { return finished_; }
  bool Step(bool now = false) override;
  absl::Status status() const override { return status_; }

  int64_t waiting() const override { return output_count_; }
  const float* WaitingRows() const override { return Output() + output_begin_ * width_; }
  void Consume(int64_t rows) override;
  int64_t rows_in() const override { return rows_in_; }
  int64_t rows_out() const override { return emitted_ - output_count_; }
  int64_t rows_emitted() const override { return emitted_; }
  int64_t MaxRowsInside() const override { return max_rows_inside_; }
  void Reset() override;

  absl::Status Save(memory::SnapshotWriter& writer) const override;
  absl::Status Load(const memory::SnapshotReader& reader) override;
  std::string DescribeJson() const override;
  std::vector<memory::Part> MemoryParts() const override;

 private:
  struct Block {
    std::unique_ptr<attention::SequenceState> state, cross;
    absl::Span<float> pending;  // [pending capacity, width]: rows taken and not given, oldest first
    int64_t pending_capacity = 0;
    int64_t received = 0, emitted = 0;
  };

  const float* Output() const { return held_ ? whole_rows_ : output_.data(); }
  bool RunWhole();
  bool Feed(bool now);
  bool FinishBlock();
  // Rows on their way into block `index`.   x // [rows, width], may be changed
  absl::Status Flow(size_t index, const float* x, int64_t rows);
  // Rows that the attention of a block has given go on; `rows` of them, in heads_.
  absl::Status Pass(size_t index, int64_t rows);
  absl::Status Damaged(absl::string_view what) const;

  const WholeStack::Parts parts_;
  const StackReading reading_;
  const int64_t width_;
  const bool held_;
  std::vector<Block> blocks_;
  std::optional<WholeStack> whole_;
  const float* whole_rows_ = nullptr;

  absl::Span<int32_t> ids_;     // [capacity], a queue from 0
  absl::Span<float> vectors_;   // [capacity, hidden], likewise
  int64_t capacity_ = 0, queued_ = 0;
  absl::Span<int32_t> table_rows_;  // [step]
  absl::Span<float> block_;         // [step, width]: embedded rows
  absl::Span<float> q_, k_, v_, heads_, cross_q_, cross_heads_;
  BlockScratch scratch_;
  absl::Span<float> output_;  // [output capacity, width], a queue from output_begin_
  int64_t output_capacity_ = 0, output_begin_ = 0, output_count_ = 0;
  int64_t pending_total_ = 0;
  int64_t max_rows_inside_ = 0;

  absl::Status status_;
  bool finished_ = false;
  size_t finishing_ = 0;  // the block that gives its last rows
  int64_t rows_in_ = 0, rows_fed_ = 0, emitted_ = 0, kept_ids_ = 0;
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_STACK_MEMORY_H_
