// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/state_parts.h"

#include "absl/strings/str_cat.h"

namespace lwave::attention {
namespace {

constexpr int64_t kFloat = sizeof(float);

// Of one row of all heads: high and low parts.
int64_t SumBytes(const kernels::StateShape& shape) { return 2 * shape.heads * shape.value_dim * kFloat; }
int64_t NormaliserBytes(const kernels::StateShape& shape) { return shape.normalised ? 2 * shape.heads * kFloat : 0; }
int64_t PendingBytes(const kernels::StateShape& shape) { return shape.heads * (shape.features + shape.value_dim) * kFloat; }

}  // namespace

absl::Span<float> TakeState(Arena& arena, const kernels::StateShape& shape, int64_t count) {
  const absl::Span<float> state = arena.Take<float>(count * shape.Floats(), Use::kPayload);
  const int64_t sums = count * shape.features * (SumBytes(shape) + NormaliserBytes(shape));
  const int64_t pending = count * kernels::kStateBlock * PendingBytes(shape);
  arena.Recount(Use::kPayload, Use::kPending, pending);
  arena.Recount(Use::kPayload, Use::kPadding, count * shape.Bytes() - sums - pending);
  return state;
}

void AddStateParts(absl::string_view prefix, const kernels::StateShape& shape, int64_t count, int64_t position,
                   std::vector<memory::Part>* parts) {
  const int64_t open = position % kernels::kStateBlock;
  parts->push_back({absl::StrCat(prefix, "sums"), Use::kPayload, shape.features, count * SumBytes(shape), 0});
  if (shape.normalised) {
    parts->push_back(
        {absl::StrCat(prefix, "normaliser"), Use::kPayload, shape.features, count * NormaliserBytes(shape), 0});
  }
  parts->push_back({absl::StrCat(prefix, "block"), Use::kPending, open, count * PendingBytes(shape), position - open});
}

}  // namespace lwave::attention
