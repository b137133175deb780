// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Slots that are linear in the rows: slot s of a head = sum over positions n of e[s][n] row[n]. That is a state of
// linear attention whose features are the columns of e: rows are added block by block, compensated, and none is kept.
// The state is cut into units of up to kSlotsAtOnce slots and as many heads as fit 256 numbers (where e is the heads'
// own, one head): a unit stays in the second-level cache while rows pass, and a column of e is turned once for all its
// heads.

#ifndef LONGWAVE_ATTENTION_SLOT_SUMS_H_
#define LONGWAVE_ATTENTION_SLOT_SUMS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/arena.h"
#include "base/thread_pool.h"
#include "kernels/state.h"
#include "memory/parts.h"
#include "memory/snapshot.h"

namespace lwave::attention {

// Slots that are finished at a time; a multiple of a tile of keys.
inline constexpr int64_t kSlotsAtOnce = 128;

// e as it is read, one row a position.
struct SlotColumns {
  int64_t heads = 1, slots = 0, keys = 0;
  bool per_head = false;
  const float* numbers = nullptr;  // [heads or 1, keys, slots]
  absl::Span<const float> bias;    // [slots] or [heads, slots], added to every number of a slot; or empty
};

class SlotSums {
 public:
  // width: numbers of a head's row
  SlotSums(Arena& arena, const SlotColumns& columns, int64_t width, int32_t threads);

  // Adds rows; those that the mask closes count as zeros.   rows // [count, heads * width]   mask // [count] or null
  void Append(Runner& runner, const float* rows, const int32_t* mask, int64_t position, int64_t count);
  // Slots [first, first + count) of `position` rows; first is a multiple of kSlotsAtOnce, which count is at most.
  //   slots // [count, heads * width]
  void Read(Runner& runner, int64_t position, int64_t first, int64_t count, float* slots);

  void Reset();
  // The parts `prefix`sums, two f32 a number, and `prefix`block.
  void AddParts(absl::string_view prefix, int64_t position, std::vector<memory::Part>* parts) const;
  // What has been added, and the rows of the block that is not full.
  void Save(memory::SnapshotWriter& writer, int64_t position, absl::string_view suffix) const;
  absl::Status Load(Runner& runner, const memory::SnapshotReader& reader, int64_t position, absl::string_view suffix);

 private:
  // A part of the state: some slots of some heads.
  struct Unit {
    int64_t head, heads, slot;  // heads [head, head + heads), slots from `slot` on
    kernels::StateShape shape;
    float* state;
  };
  int64_t RowBytes() const;  // of a row that waits in all units
  int64_t units() const { return head_groups_ * slot_groups_; }
  Unit At(int64_t index) const;
  // visit(offset, sums, sums_low, count): the numbers of every slot of every unit; in an array [slots, heads * width]
  // they begin at `offset`.
  template <typename Visit>
  void ForSlots(const Visit& visit) const;

  SlotColumns columns_;
  int64_t width_, heads_at_once_, head_groups_, slot_groups_;
  int64_t unit_floats_ = 0;  // of the largest
  absl::Span<float> states_, zeroed_;  // [units, unit floats], [threads, a block of rows]
  absl::Span<double> sums_;            // [threads, slots of a unit, width of a unit]
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_SLOT_SUMS_H_
