// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Slots that are a convolution over `stride` consecutive rows of a head, one after another (kernel = stride), with the
// same weights for every head: slot g = bias + sum_s W_s row[g stride + s]. One matrix product of the rows put side by
// side. What is kept between calls are the rows of the slot that is not full.

#ifndef LONGWAVE_ATTENTION_SLOT_CONVOLUTION_H_
#define LONGWAVE_ATTENTION_SLOT_CONVOLUTION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "attention/projection.h"
#include "base/arena.h"
#include "base/thread_pool.h"
#include "memory/snapshot.h"

namespace lwave::attention {

class SlotConvolution {
 public:
  // weight: [width, stride * width] packed, of a head's rows of `width` numbers; outlives this
  SlotConvolution(Arena& arena, const Projection& weight, int64_t heads, int64_t width, int64_t stride);

  // Adds rows, and writes the slots that became full: (position + count) / stride - position / stride of them. Rows
  // that the mask closes count as zeros.   rows // [count, heads * width]   mask // [count] or null
  //   slots // [full, heads * width]
  void Append(Runner& runner, const float* rows, const int32_t* mask, int64_t position, int64_t count, float* slots);

  void Save(memory::SnapshotWriter& writer, int64_t position, absl::string_view suffix) const;
  absl::Status Load(const memory::SnapshotReader& reader, int64_t position, absl::string_view suffix);

 private:
  const Projection& weight_;
  const int64_t heads_, width_, stride_;
  const int64_t at_once_;      // slots of one product
  absl::Span<float> beside_;   // [at once, heads, stride, width]: rows of a head side by side
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_SLOT_CONVOLUTION_H_
