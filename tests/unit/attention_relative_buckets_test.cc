// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/relative_buckets.h"

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "relative_buckets_reference.h"

namespace lwave::attention {
namespace {

TEST_CASE("T5's published sizes give the buckets that the paper draws") {
  const RelativeBuckets encoder{32, 128, true}, decoder{32, 128, false};
  CHECK(encoder.Of(0) == 0);
  CHECK(encoder.Of(-7) == 7);   // the last with a bucket of its own
  CHECK(encoder.Of(-8) == 8);
  CHECK(encoder.Of(-11) == 8);
  CHECK(encoder.Of(-12) == 9);
  CHECK(encoder.Of(-63) == 13);
  CHECK(encoder.Of(-64) == 14);  // 8 * 16^(6 / 8) to the digit
  CHECK(encoder.Of(-100000) == 15);
  CHECK(encoder.Of(1) == 17);
  CHECK(encoder.Of(8) == 24);
  CHECK(encoder.Of(128) == 31);
  CHECK(decoder.Of(5) == 0);
  CHECK(decoder.Of(-15) == 15);
  CHECK(decoder.Of(-16) == 16);
  CHECK(decoder.Of(-113) == 31);
  CHECK(decoder.Of(-128) == 31);
}

TEST_CASE("buckets of distances agree with their edges in double, on both sides and far beyond the last") {
  for (const bool two_sided : {false, true}) {
    for (const int64_t buckets : {4, 8, 16, 32, 64, 128}) {
      for (const int64_t max_distance : {65, 100, 128, 256, 1024}) {
        const RelativeBuckets of{buckets, max_distance, two_sided};
        for (int64_t distance = -2 * max_distance; distance <= 2 * max_distance; ++distance) {
          INFO(two_sided << " " << buckets << " " << max_distance << " distance " << distance);
          REQUIRE(of.Of(distance) == reference::RelativeBucket(distance, two_sided, buckets, max_distance));
        }
      }
    }
  }
}

TEST_CASE("a table of distances is right wherever it begins and ends") {
  const RelativeBuckets buckets{8, 20, true};
  std::vector<float> learned;
  for (int i = 0; i < 16; ++i) learned.push_back(static_cast<float>(i * i));
  const BucketBias bias(buckets, 2, learned);
  for (int64_t head = 0; head < 2; ++head) {
    for (int64_t first = -60; first < 60; first += 7) {
      for (const int64_t count : {1, 5, 30, 90}) {
        std::vector<float> table(static_cast<size_t>(count), -1.0f);
        bias.Distances(head, first, count, table.data());
        for (int64_t x = 0; x < count; ++x) {
          const int64_t bucket = reference::RelativeBucket(first + x, true, 8, 20);
          REQUIRE(table[static_cast<size_t>(x)] == learned[static_cast<size_t>(head * 8 + bucket)]);
        }
      }
    }
  }
}

}  // namespace
}  // namespace lwave::attention
