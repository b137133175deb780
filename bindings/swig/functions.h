// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What belongs to no object. Any thread.

#ifndef LONGWAVE_BINDINGS_FUNCTIONS_H_
#define LONGWAVE_BINDINGS_FUNCTIONS_H_

#include <cstdint>

#include "spans.h"

namespace lwave::bindings {

Text Version();
Text SimdTarget();
Text StatusName(int32_t status);

// What a snapshot holds, as JSON.
Text DescribeSnapshot(BytesIn snapshot);

// The vectors [count, width of the query] with the greatest dot products with the query; indices and scores [k], best
// first. Returns how many were written.
int64_t Search(FloatsIn query, FloatsIn vectors, LongsOut indices, FloatsOut scores);

}  // namespace lwave::bindings

#endif  // LONGWAVE_BINDINGS_FUNCTIONS_H_
