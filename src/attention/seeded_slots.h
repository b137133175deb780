// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Random projections to fewer rows (Johnson and Lindenstrauss 1984), for Linformer's keys and values.

#ifndef LONGWAVE_ATTENTION_SEEDED_SLOTS_H_
#define LONGWAVE_ATTENTION_SEEDED_SLOTS_H_

#include <cstdint>

#include "absl/types/span.h"
#include "base/random_numbers.h"
#include "base/thread_pool.h"

namespace lwave::attention {

// ceil(8 ln(keys) / tolerance^2), at least 1: so many rows keep the squared distances of `keys` points within a factor
// 1 +- tolerance of what they were, with high probability.   tolerance > 0
int64_t SlotsFor(int64_t keys, double tolerance);

// Independent normals of variance 1 / slots, row by row: E[R^T R] = I.   to // [slots, keys]
void DrawGaussian(RandomNumbers& random, int64_t slots, int64_t keys, absl::Span<float> to);

// Rows of length 1 that are at right angles to each other (R R^T = I, to f32's rounding): normals, row by row, then
// Gram and Schmidt in double. R^T R projects to a random subspace, E[R^T R] = slots / keys I. slots <= keys. Takes
// slots^2 keys products and slots keys doubles.   to // [slots, keys]
void DrawOrthonormal(RandomNumbers& random, Runner& runner, int64_t slots, int64_t keys, absl::Span<float> to);

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_SEEDED_SLOTS_H_
