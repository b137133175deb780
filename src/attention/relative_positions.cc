// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/relative_positions.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"

namespace lwave::attention {

absl::Status ReadRelativePositions(const Options& options, SegmentLayer& layer, Projection* r) {
  const SegmentSpec& spec = layer.spec();
  if (spec.d_model % 2 != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("option d_model must be even, for sines and cosines of distances; got ", spec.d_model));
  }
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

void RelativePositions(const Context& context, const Projection& r, int64_t clamp, int64_t ahead, int64_t count,
                       int64_t rows, float* sinusoids, float* projected, float* table) {
  const int64_t depth = r.depth(), width = r.columns(), half = depth / 2, stride = DistanceTable::Stride(count);
  for (int64_t begin = 0; begin < count; begin += rows) {
    const int64_t taken = std::min(rows, count - begin);
    context.runner->For(half, [&](int64_t f, int32_t) {
      const double frequency = std::pow(10000.0, -2.0 * static_cast<double>(f) / static_cast<double>(depth));
      for (int64_t s = 0; s < taken; ++s) {
        int64_t distance = count - 1 - ahead - begin - s;
        if (clamp > 0) distance = std::clamp(distance, -clamp, clamp);
        const double angle = static_cast<double>(distance) * frequency;
        sinusoids[s * depth + f] = static_cast<float>(std::sin(angle));
        sinusoids[s * depth + half + f] = static_cast<float>(std::cos(angle));
      }
    });
    r.Apply(*context.runner, sinusoids, taken, projected);
    context.runner->For(width, [&](int64_t c, int32_t) {
      for (int64_t s = 0; s < taken; ++s) table[c * stride + begin + s] = projected[s * width + c];
    });
  }
}

}  // namespace lwave::attention
