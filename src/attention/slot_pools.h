// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Slots that are the mean or the maximum of `stride` consecutive rows, number by number. What is kept between calls is
// one row: the sum, in double, or the maximum of the slot that is not full.

#ifndef LONGWAVE_ATTENTION_SLOT_POOLS_H_
#define LONGWAVE_ATTENTION_SLOT_POOLS_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "base/arena.h"
#include "base/thread_pool.h"
#include "memory/snapshot.h"

namespace lwave::attention {

class SlotPools {
 public:
  // width: of a row of all heads
  SlotPools(Arena& arena, bool mean, int64_t stride, int64_t width);

  // Adds rows, and writes the slots that became full: (position + count) / stride - position / stride of them. Rows
  // that the mask closes count as zeros.   rows // [count, width]   mask // [count] or null
  //   slots // [full, width]
  void Append(Runner& runner, const float* rows, const int32_t* mask, int64_t position, int64_t count, float* slots);
  // The slot of the last position % stride rows, if there are any: whether there is one.   slot // [width]
  bool Last(int64_t position, float* slot) const;

  int64_t PendingBytes() const { return width_ * static_cast<int64_t>(mean_ ? sizeof(double) : sizeof(float)); }
  void Save(memory::SnapshotWriter& writer, int64_t position, absl::string_view suffix) const;
  absl::Status Load(const memory::SnapshotReader& reader, int64_t position, absl::string_view suffix);

 private:
  const bool mean_;
  const int64_t stride_, width_;
  absl::Span<float> largest_;  // [width] of a maximum
  absl::Span<double> sums_;    // [width] of a mean
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_SLOT_POOLS_H_
