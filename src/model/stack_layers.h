// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The attention layers of a stack, made from its spec: mechanisms by name with their options.

#ifndef LONGWAVE_MODEL_STACK_LAYERS_H_
#define LONGWAVE_MODEL_STACK_LAYERS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "attention/layer.h"
#include "base/context.h"
#include "model/checkpoint.h"
#include "model/stack_spec.h"
#include "model/weights.h"

namespace lwave::model {

// An option of one layer, beside those of the spec.
struct LayerOption {
  int64_t layer = 0;
  AttentionOption option;
};

struct LayerSettings {
  int64_t max_tokens = 0;  // of streams through layers without a bound of their own; 0: whole sequences only
  int64_t step_rows = 0;   // 0: the layer's default
  int64_t most_globals = 0;  // of a whole sequence's own, for layers that have projections for them; 0: it has none
  bool bf16 = false;       // keys and values in bf16 where the mechanism can keep them so
  absl::Span<const LayerOption> extra;
};

// Immutable; any number of threads.
struct StackLayers {
  struct Block {
    attention::LayerPtr attention, cross;  // cross may be null
    // Set where no sequence can have a global token, so that `attention` has no second set of projections: its spec.
    std::optional<AttentionSpec> one_set;
    // The same without the second set of projections, for sequences with at most few_globals.h's number of global
    // tokens; null: there is no such.
    attention::LayerPtr few;
    AttentionSpec few_spec;

    // What rows are projected by for `attention`.
    const AttentionSpec& Spec(const BlockSpec& block) const { return one_set ? *one_set : block.attention; }
  };
  std::vector<Block> blocks;

  // Ok where a stream gives every row as one pass would; else Unimplemented, naming the layer that stands in the way.
  absl::Status CanStream() const;
  // Rows of input that must have arrived beside row i itself; -1: all.
  int64_t FirstLatency() const;
  int64_t SteadyLatency() const;
  // Bytes of the allocator that the layers themselves keep.
  int64_t OwnBytes() const;
};

// Whether products do not run in f32 anyway, so that keys and values may be kept in bf16.
bool UsesBf16(const StackWeights& weights);

// Errors name the layer: InvalidArgument (an option that does not fit), ResourceExhausted.
absl::StatusOr<StackLayers> MakeLayers(const ContextPtr& context, const StackSpec& spec, const Checkpoint& checkpoint,
                                       const LayerSettings& settings);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_STACK_LAYERS_H_
