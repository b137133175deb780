// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A linear-attention state (kernels/state.h) as parts of a memory: the sums, twice f32 for each number, are payload,
// the rows of the block that is not full are pending.

#ifndef LONGWAVE_ATTENTION_STATE_PARTS_H_
#define LONGWAVE_ATTENTION_STATE_PARTS_H_

#include <cstdint>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/arena.h"
#include "kernels/state.h"
#include "memory/parts.h"

namespace lwave::attention {

// Storage of `count` states of one shape.
absl::Span<float> TakeState(Arena& arena, const kernels::StateShape& shape, int64_t count);

// Adds the parts `prefix`sums, normaliser (where there is one) and block of `count` states that have taken `position`
// rows.
void AddStateParts(absl::string_view prefix, const kernels::StateShape& shape, int64_t count, int64_t position,
                   std::vector<memory::Part>* parts);

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_STATE_PARTS_H_
