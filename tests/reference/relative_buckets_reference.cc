// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "reference/relative_buckets_reference.h"

#include <cmath>

namespace lwave::reference {

int64_t RelativeBucket(int64_t distance, bool two_sided, int64_t buckets, int64_t max_distance) {
  int64_t first = 0;
  if (two_sided) {
    buckets /= 2;
    if (distance > 0) first = buckets;
    distance = std::abs(distance);
  } else {
    distance = distance > 0 ? 0 : -distance;
  }
  const int64_t exact = buckets / 2;
  if (distance < exact) return first + distance;
  int64_t bucket = exact;
  while (bucket + 1 < buckets) {
    const double share = static_cast<double>(bucket + 1 - exact) / static_cast<double>(buckets - exact);
    const double begin = static_cast<double>(exact) *
                         std::pow(static_cast<double>(max_distance) / static_cast<double>(exact), share);
    // An edge that is a whole number belongs to the bucket that it begins, whatever pow rounds it to.
    if (static_cast<double>(distance) < begin - 1e-9 * begin) break;
    ++bucket;
  }
  return first + bucket;
}

ScoreBias RelativeBucketBias(const std::vector<float>& relative_bias, bool two_sided, int64_t buckets,
                             int64_t max_distance) {
  return [=](int64_t h, int64_t i, int64_t j) {
    const int64_t bucket = RelativeBucket(j - i, two_sided, buckets, max_distance);
    return static_cast<double>(relative_bias[static_cast<size_t>(h * buckets + bucket)]);
  };
}

}  // namespace lwave::reference
