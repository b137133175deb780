// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// T5's buckets of relative positions (Raffel et al. 2020, section 2.1), by the edges of the buckets rather than by
// logarithms. Includes nothing of ours.

#ifndef LONGWAVE_TESTS_REFERENCE_RELATIVE_BUCKETS_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_RELATIVE_BUCKETS_REFERENCE_H_

#include <cstdint>
#include <vector>

#include "reference/patterns_reference.h"

namespace lwave::reference {

// distance = key's position - query's position. Two sided: half of the buckets for each direction, those of keys
// ahead are the second half. Of a direction's b buckets the first b / 2 hold one distance each; bucket b / 2 + s
// begins at distance (b / 2) (max_distance / (b / 2))^(s / (b - b / 2)), and the last has no end.
int64_t RelativeBucket(int64_t distance, bool two_sided, int64_t buckets, int64_t max_distance);

// relative_bias // [heads, buckets]
ScoreBias RelativeBucketBias(const std::vector<float>& relative_bias, bool two_sided, int64_t buckets,
                             int64_t max_distance);

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_RELATIVE_BUCKETS_REFERENCE_H_
