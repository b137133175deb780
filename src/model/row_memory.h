// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// One sequence going through a model piece by piece: ids (or vectors in their place) in, finished rows out, in order.
// How many rows wait inside, and whether any leaves before the sequence ends, is the reading's business.

#ifndef LONGWAVE_MODEL_ROW_MEMORY_H_
#define LONGWAVE_MODEL_ROW_MEMORY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "memory/parts.h"
#include "memory/snapshot.h"

namespace lwave::model {

// One thread at a time.
class RowMemory {
 public:
  virtual ~RowMemory() = default;

  // Takes ids as rows, as many as there is room for; returns how many. Never after Finish. Ids must lie within the
  // vocabulary.
  virtual int64_t Push(absl::Span<const int32_t> ids) = 0;
  // Whether rows may be given as vectors [rows, hidden] instead, in place of what ids give; one sequence has either.
  virtual bool TakesVectors() const { return false; }
  virtual int64_t PushVectors(const float* /*vectors*/, int64_t /*rows*/) { return 0; }
  virtual int64_t Room() const = 0;
  // Whether steps must be done before more than `rows` rows can be pushed; a limit on the sequence does not count.
  virtual bool Crowded(int64_t rows) const = 0;
  // No more will come.
  virtual void Finish() = 0;
  virtual bool finished() const = 0;

  // Does one step; false when there is nothing to do without more rows, Finish or a consumed row. A step waits for as
  // many rows as make it cheap, unless `now`.
  virtual bool Step(bool now = false) = 0;
  // Ok, or why the last Step stopped for good.
  virtual absl::Status status() const { return absl::OkStatus(); }

  // Finished rows that wait, oldest first: [waiting(), width].
  virtual int64_t waiting() const = 0;
  virtual const float* WaitingRows() const = 0;
  virtual void Consume(int64_t rows) = 0;

  virtual int64_t rows_in() const = 0;       // taken by Push
  virtual int64_t rows_out() const = 0;      // consumed
  virtual int64_t rows_emitted() const = 0;  // finished
  // All rows of a finished sequence have been consumed.
  bool drained() const { return finished() && rows_out() == rows_in(); }
  // The most rows that can have been taken and not been consumed.
  virtual int64_t MaxRowsInside() const = 0;

  // Back to the beginning, for the next sequence.
  virtual void Reset() = 0;

  // The state before Finish, in logical order.
  virtual absl::Status Save(memory::SnapshotWriter& writer) const = 0;
  // Validates everything; on failure the object must be thrown away (the caller loads into a fresh one).
  virtual absl::Status Load(const memory::SnapshotReader& reader) = 0;
  virtual std::string DescribeJson() const = 0;
  // What it holds now: rows of all layers together, the oldest of any.
  virtual std::vector<memory::Part> MemoryParts() const = 0;
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_ROW_MEMORY_H_
