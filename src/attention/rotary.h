// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rotary positions (Su et al. 2021): pairs of channels turn by an angle that grows with the position, so that the
// product of a query and a key depends on their distance. Only the first `dim` channels turn; pair t turns by
//   p * theta^(-2t / dim)   at position p,   and (a, b) becomes (a cos - b sin, b cos + a sin).

#ifndef LONGWAVE_ATTENTION_ROTARY_H_
#define LONGWAVE_ATTENTION_ROTARY_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "attention/options.h"

namespace lwave::attention {

struct Rotary {
  int64_t dim = 0;
  bool interleaved = false;          // pairs 2t, 2t + 1; otherwise t, t + dim / 2
  std::vector<double> frequencies;   // [dim / 2]

  // One row of heads at a position, which may be negative (the inverse of the turn at its opposite).
  //   x, y // [heads, head_dim]; y may be x
  void Turn(const float* x, int64_t heads, int64_t head_dim, int64_t position, float* y) const;

  // From the options rope.theta, rope.dim and rope.style; none when rope.theta is not set.
  static absl::StatusOr<std::optional<Rotary>> FromOptions(const Options& options, int64_t head_dim);
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_ROTARY_H_
