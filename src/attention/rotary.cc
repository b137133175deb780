// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Angles in double: at a position of millions a float's angle would be off by a tenth of a turn.

#include "attention/rotary.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace lwave::attention {

void Rotary::Turn(const float* x, int64_t heads, int64_t head_dim, int64_t position, float* y) const {
  if (y != x) std::copy_n(x, heads * head_dim, y);
  const int64_t pairs = dim / 2;
  for (int64_t t = 0; t < pairs; ++t) {
    const double angle = static_cast<double>(position) * frequencies[static_cast<size_t>(t)];
    const float c = static_cast<float>(std::cos(angle));
    const float s = static_cast<float>(std::sin(angle));
    float* first = y + (interleaved ? 2 * t : t);
    float* second = y + (interleaved ? 2 * t + 1 : t + pairs);
    for (int64_t h = 0; h < heads; ++h, first += head_dim, second += head_dim) {
      const float a = *first, b = *second;
      *first = a * c - b * s;
      *second = b * c + a * s;
    }
  }
}

absl::StatusOr<std::optional<Rotary>> Rotary::FromOptions(const Options& options, int64_t head_dim) {
  if (!options.Has("rope.theta")) {
    if (options.Has("rope.dim") || options.Has("rope.style")) {
      return absl::InvalidArgumentError("rope.dim and rope.style need rope.theta");
    }
    return std::optional<Rotary>();
  }
  Rotary rotary;
  rotary.dim = options.Int("rope.dim", head_dim / 2 * 2);
  if (rotary.dim > head_dim || rotary.dim % 2 != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("option rope.dim must be even and at most head_dim (", head_dim, "), got ", rotary.dim));
  }
  rotary.interleaved = options.Text("rope.style", "half") == "interleaved";
  const double theta = options.Float("rope.theta", 10000);
  for (int64_t t = 0; t < rotary.dim / 2; ++t) {
    rotary.frequencies.push_back(std::pow(theta, -2.0 * static_cast<double>(t) / static_cast<double>(rotary.dim)));
  }
  return std::optional<Rotary>(std::move(rotary));
}

}  // namespace lwave::attention
