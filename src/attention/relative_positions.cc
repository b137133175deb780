// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/relative_positions.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lwave::attention {

absl::Status ReadRelativePositions(const Options& options, SegmentLayer& layer, Projection* r) {
  const SegmentSpec& spec = layer.spec();
  absl::StatusOr<std::vector<float>> weight = options.Tensor("w_r", spec.width() * spec.d_model);
  if (!weight.ok()) return weight.status();
  absl::StatusOr<std::vector<float>> u = options.Tensor("bias_u", spec.width());
  if (!u.ok()) return u.status();
  absl::StatusOr<std::vector<float>> v = options.Tensor("bias_v", spec.width());
  if (!v.ok()) return v.status();
  layer.bias_u = *std::move(u);
  layer.bias_v = *std::move(v);
  return r->Pack(layer.context().allocator, *weight, {}, spec.width(), spec.d_model);
}

void RelativePositions(const Context& context, const Projection& r, int64_t heads, int64_t clamp, int64_t count,
                       float* table) {
  const int64_t depth = r.depth(), width = r.columns(), head_dim = width / heads;
  std::vector<float> sinusoid(static_cast<size_t>(depth)), projected(static_cast<size_t>(width));
  for (int64_t s = 0; s < count; ++s) {
    int64_t distance = count - 1 - s;
    if (clamp > 0) distance = std::min(distance, clamp);
    std::fill(sinusoid.begin(), sinusoid.end(), 0.0f);
    for (int64_t f = 0; f < depth / 2; ++f) {
      const double angle = static_cast<double>(distance) *
                           std::pow(10000.0, -2.0 * static_cast<double>(f) / static_cast<double>(depth));
      sinusoid[static_cast<size_t>(f)] = static_cast<float>(std::sin(angle));
      sinusoid[static_cast<size_t>(depth / 2 + f)] = static_cast<float>(std::cos(angle));
    }
    r.Apply(*context.runner, sinusoid.data(), 1, projected.data());
    for (int64_t h = 0; h < heads; ++h) {
      std::copy_n(projected.data() + h * head_dim, head_dim, table + (h * count + s) * head_dim);
    }
  }
}

}  // namespace lwave::attention
