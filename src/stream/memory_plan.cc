// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "stream/memory_plan.h"

#include <algorithm>

#include "model/encoder_memory.h"

namespace lwave::stream {

using model::Execution;
using model::LongMode;

absl::StatusOr<MemoryPlan> MemoryPlan::Make(const Model& model, const model::Reading& reading) {
  MemoryPlan plan;
  plan.reading = reading;
  plan.first_rows = reading.FirstLatency();
  plan.steady_rows = reading.SteadyLatency();
  const model::ModelSpec& spec = model.spec();
  if (spec.stack == nullptr) {
    if (reading.execution == Execution::kStream && !reading.windowed()) {
      return absl::UnimplementedError("layer 0: full attention needs the whole sequence before its first row");
    }
    return plan;
  }
  model::LayerSettings settings;
  settings.max_tokens = reading.full_rows;
  settings.step_rows = reading.step_rows;
  settings.bf16 = model::UsesBf16(model.Layout().stack);
  absl::StatusOr<model::StackLayers> layers =
      model::MakeLayers(model.context_ptr(), *spec.stack, model.checkpoint(), settings);
  if (!layers.ok()) return layers.status();
  plan.layers = *std::move(layers);
  const absl::Status streams = plan.layers.CanStream();
  if (reading.execution == Execution::kStream && !streams.ok()) return streams;
  model::StackReading& stack = plan.stack_reading;
  // A passage alone is read from its first row to its last in one step.
  stack.hold = !streams.ok() || reading.execution == Execution::kWhole || reading.mode == LongMode::kAlone;
  stack.max_rows = reading.full_rows;
  stack.step_rows = reading.step_rows;
  stack.vectors = reading.vectors;
  if (!stack.hold) {
    plan.first_rows = plan.layers.FirstLatency();
    plan.steady_rows = plan.layers.SteadyLatency();
  }
  return plan;
}

std::unique_ptr<model::RowMemory> MemoryPlan::Place(Arena& arena, const Model& model, const model::Weights& weights,
                                                    int64_t waiting_rows) const {
  const model::ModelSpec& spec = model.spec();
  if (spec.stack == nullptr) {
    return std::make_unique<model::EncoderMemory>(
        arena, model::EncoderMemory::Parts{&model.context(), &spec, &weights}, reading, waiting_rows);
  }
  model::StackReading own = stack_reading;
  own.waiting_rows = waiting_rows;
  return std::make_unique<model::StackMemory>(
      arena, model::WholeStack::Parts{&model.context(), spec.stack.get(), &weights.stack, &layers}, own);
}

}  // namespace lwave::stream
