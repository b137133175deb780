// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/relative_buckets.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace lwave::attention {

int64_t RelativeBuckets::Of(int64_t distance) const {
  const int64_t count = two_sided ? buckets / 2 : buckets;
  const int64_t first = two_sided && distance > 0 ? count : 0;
  const int64_t far = two_sided ? std::abs(distance) : std::max<int64_t>(0, -distance);
  const int64_t exact = count / 2;
  if (far < exact) return first + far;
  // Published code takes these logarithms in f32; the buckets are the same for all sizes in use. An edge that is a
  // whole number belongs to the bucket that it begins, whatever the logarithms round to.
  const double octaves = std::log(static_cast<double>(far) / static_cast<double>(exact)) /
                         std::log(static_cast<double>(max_distance) / static_cast<double>(exact));
  return first + std::min(count - 1, exact + static_cast<int64_t>(octaves * static_cast<double>(count - exact) + 1e-9));
}

BucketBias::BucketBias(const RelativeBuckets& buckets, int64_t heads, const std::vector<float>& relative_bias)
    : reach_(buckets.max_distance) {
  for (int64_t h = 0; h < heads; ++h) {
    for (int64_t distance = -reach_; distance <= reach_; ++distance) {
      values_.push_back(relative_bias[static_cast<size_t>(h * buckets.buckets + buckets.Of(distance))]);
    }
  }
}

void BucketBias::Distances(int64_t head, int64_t first, int64_t count, float* table) const {
  const float* values = values_.data() + head * (2 * reach_ + 1) + reach_;
  const int64_t near = std::clamp<int64_t>(-reach_ - first, 0, count);
  const int64_t ahead = std::clamp<int64_t>(reach_ + 1 - first, near, count);
  std::fill(table, table + near, values[-reach_]);
  if (near < ahead) std::copy_n(values + first + near, ahead - near, table + near);
  std::fill(table + ahead, table + count, values[reach_]);
}

absl::StatusOr<std::unique_ptr<Bias>> BucketBiasFromOptions(const Options& options, int64_t heads, bool causal,
                                                            absl::string_view name) {
  if (!options.Has(name)) {
    if (options.Has("relative_buckets") || options.Has("relative_max_distance")) {
      return absl::InvalidArgumentError(absl::StrCat("relative_buckets and relative_max_distance need ", name));
    }
    return std::unique_ptr<Bias>();
  }
  RelativeBuckets buckets;
  buckets.two_sided = !causal;
  buckets.buckets = options.Int("relative_buckets", buckets.buckets);
  buckets.max_distance = options.Int("relative_max_distance", buckets.max_distance);
  if (buckets.two_sided && (buckets.buckets % 2 != 0 || buckets.buckets < 4)) {
    return absl::InvalidArgumentError(
        absl::StrCat("option relative_buckets must be even and at least 4 where rows see both sides, got ",
                     buckets.buckets));
  }
  const int64_t exact = buckets.buckets / (buckets.two_sided ? 4 : 2);
  if (buckets.max_distance <= exact) {
    return absl::InvalidArgumentError(absl::StrCat("option relative_max_distance must be above ", exact,
                                                   ", the distances with a bucket of their own, got ",
                                                   buckets.max_distance));
  }
  absl::StatusOr<std::vector<float>> bias = options.Tensor(name, heads * buckets.buckets);
  if (!bias.ok()) return bias.status();
  return std::make_unique<BucketBias>(buckets, heads, *bias);
}

}  // namespace lwave::attention
