// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// T5's relative positions (Raffel et al. 2020): a learned number a head for each bucket of distances, added to the
// score. Small distances have a bucket each, larger ones share buckets that widen logarithmically, and all from
// max_distance on share the last.

#ifndef LONGWAVE_ATTENTION_RELATIVE_BUCKETS_H_
#define LONGWAVE_ATTENTION_RELATIVE_BUCKETS_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "attention/options.h"
#include "attention/pattern.h"

namespace lwave::attention {

struct RelativeBuckets {
  int64_t buckets = 32;  // two sided: the first half is for keys behind and at the row, the second for keys ahead
  int64_t max_distance = 128;
  bool two_sided = false;  // one sided: keys ahead are in bucket 0, as the row itself

  // The bucket of key's position - row.
  int64_t Of(int64_t distance) const;
};

class BucketBias : public Bias {
 public:
  // relative_bias // [heads, buckets]
  BucketBias(const RelativeBuckets& buckets, int64_t heads, const std::vector<float>& relative_bias);
  bool ByDistance() const override { return true; }
  void Distances(int64_t head, int64_t first, int64_t count, float* table) const override;

 private:
  const int64_t reach_;
  std::vector<float> values_;  // [heads, 2 reach + 1], of the distances -reach .. reach
};

// From the options relative_buckets, relative_max_distance and relative_bias, or another of `name`; null where none is
// set.
absl::StatusOr<std::unique_ptr<Bias>> BucketBiasFromOptions(const Options& options, int64_t heads, bool causal,
                                                            absl::string_view name = "relative_bias");

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_RELATIVE_BUCKETS_H_
