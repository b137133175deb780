// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A causal stack read through a sliding window with attention sinks (Xiao et al. 2023), so that it runs without end in
// fixed memory: every layer of full attention becomes one that sees the first tokens and the last ones. Rotary models
// turn keys and queries by their place in the cache, learned positions are tiled.

#ifndef LONGWAVE_MODEL_STACK_WINDOW_H_
#define LONGWAVE_MODEL_STACK_WINDOW_H_

#include <cstdint>
#include <memory>

#include "absl/status/statusor.h"
#include "model/stack_spec.h"

namespace lwave::model {

// left: tokens before a row that it sees, beside the sinks. Unimplemented, naming the layer, where its attention cannot be
// read so.
absl::StatusOr<std::shared_ptr<const StackSpec>> WindowedStack(const StackSpec& spec, int64_t left, int64_t sinks);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_STACK_WINDOW_H_
