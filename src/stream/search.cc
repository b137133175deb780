// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Scores in blocks, the k best kept in a sorted list (k is small beside count).

#include "stream/search.h"

#include <algorithm>
#include <cmath>

#include "kernels/rows.h"

namespace lwave::stream {
namespace {

constexpr int64_t kBlock = 256;

// Whether a score comes before another whose index is lower.
bool Better(float score, float other) { return score > other || (std::isnan(other) && !std::isnan(score)); }

}  // namespace

int64_t SearchVectors(const float* query, int64_t width, const float* vectors, int64_t count, int64_t k,
                      int64_t* indices, float* scores) {
  int64_t found = 0;
  float block[kBlock];
  for (int64_t begin = 0; begin < count && k > 0; begin += kBlock) {
    const int64_t rows = std::min(kBlock, count - begin);
    kernels::DotRows(query, vectors + begin * width, width, rows, width, block);
    for (int64_t r = 0; r < rows; ++r) {
      if (found == k && !Better(block[r], scores[found - 1])) continue;
      int64_t place = found < k ? found++ : found - 1;
      for (; place > 0 && Better(block[r], scores[place - 1]); --place) {
        scores[place] = scores[place - 1];
        indices[place] = indices[place - 1];
      }
      scores[place] = block[r];
      indices[place] = begin + r;
    }
  }
  return found;
}

}  // namespace lwave::stream
