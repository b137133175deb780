// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Which memory a reading needs: the plain encoder's, or a stack's with the attention layers that it streams through.

#ifndef LONGWAVE_STREAM_MEMORY_PLAN_H_
#define LONGWAVE_STREAM_MEMORY_PLAN_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "base/arena.h"
#include "model/reading.h"
#include "model/row_memory.h"
#include "model/stack_layers.h"
#include "model/stack_memory.h"
#include "stream/model.h"

namespace lwave::stream {

// What was decided for one reading, and the layers it was decided with. Immutable.
struct MemoryPlan {
  model::Reading reading;
  model::StackLayers layers;          // of a stack
  model::StackReading stack_reading;  // likewise
  int64_t first_rows = 0, steady_rows = 0;  // the latency: row i leaves once row i + steady_rows is in

  // Unimplemented, naming the layer that stands in the way, where the reading asks for a stream and there is none.
  static absl::StatusOr<MemoryPlan> Make(const Model& model, const model::Reading& reading);
  // On the arena; model, weights and this must outlive it.
  std::unique_ptr<model::RowMemory> Place(Arena& arena, const Model& model, const model::Weights& weights,
                                          int64_t waiting_rows) const;
};

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_MEMORY_PLAN_H_
