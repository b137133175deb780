// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How the stack that says which token comes next is opened: whole, or through a window with sinks.

#ifndef LONGWAVE_STREAM_CAUSAL_PLAN_H_
#define LONGWAVE_STREAM_CAUSAL_PLAN_H_

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "stream/decoder_line.h"
#include "stream/model.h"

namespace lwave::stream {

struct CausalReading {
  std::optional<int64_t> left, sinks, tile;  // a window; none
  std::optional<int64_t> max_tokens;         // rows that a memory without a bound takes; the model's positions
};

// Packs the weights. Unimplemented: the model has no head over tokens, or cannot be read so, naming the layer.
// InvalidArgument: a window that does not fit the model's positions.
absl::StatusOr<DecoderPlan> PlanCausal(ModelPtr model, const CausalReading& reading);

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_CAUSAL_PLAN_H_
