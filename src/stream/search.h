// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The best of many vectors.

#ifndef LONGWAVE_STREAM_SEARCH_H_
#define LONGWAVE_STREAM_SEARCH_H_

#include <cstdint>

namespace lwave::stream {

// query // [width]   vectors // [count, width]   indices, scores // [k]
// Dot products in the fixed order of kernels/rows.h; best first, ties by the lower index, NaN last. Returns how
// many were written, min(k, count).
int64_t SearchVectors(const float* query, int64_t width, const float* vectors, int64_t count, int64_t k,
                      int64_t* indices, float* scores);

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_SEARCH_H_
