// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "longwave/search.h"

#include "guard.h"
#include "stream/search.h"

extern "C" lwave_status lwave_search(const float* query, int64_t width, const float* vectors, int64_t count, int64_t k,
                                     int64_t* indices, float* scores, int64_t* found, lwave_error* error) {
  return lwave::c_api::Guard(error, [&]() -> absl::Status {
    LWAVE_REQUIRE(found);
    *found = 0;
    LWAVE_REQUIRE(query);
    if (width < 1 || count < 0 || k < 0 || (count > 0 && width > INT64_MAX / 4 / count)) {
      return absl::InvalidArgumentError(absl::StrCat("width must be at least 1, count and k at least 0, got ", width,
                                                     ", ", count, " and ", k));
    }
    if (count == 0 || k == 0) return absl::OkStatus();
    LWAVE_REQUIRE(vectors);
    LWAVE_REQUIRE(indices);
    LWAVE_REQUIRE(scores);
    *found = lwave::stream::SearchVectors(query, width, vectors, count, k, indices, scores);
    return absl::OkStatus();
  });
}
