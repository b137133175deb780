// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Scores in blocks; the k best so far stand in a heap, the worst of them on top.

#include "stream/search.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/rows.h"

namespace lwave::stream {
namespace {

constexpr int64_t kBlock = 256;

struct Hit {
  float score;
  int64_t index;
};

// Whether `a` comes before `b` in the result.
bool Better(const Hit& a, const Hit& b) {
  const bool a_nan = std::isnan(a.score), b_nan = std::isnan(b.score);
  if (a_nan != b_nan) return b_nan;
  if (!a_nan && a.score != b.score) return a.score > b.score;
  return a.index < b.index;
}

}  // namespace

int64_t SearchVectors(const float* query, int64_t width, const float* vectors, int64_t count, int64_t k,
                      int64_t* indices, float* scores) {
  const size_t most = static_cast<size_t>(std::min(k, count));
  std::vector<Hit> best;
  best.reserve(most);
  float block[kBlock];
  for (int64_t begin = 0; begin < count && most > 0; begin += kBlock) {
    const int64_t rows = std::min(kBlock, count - begin);
    kernels::DotRows(query, vectors + begin * width, width, rows, width, block);
    for (int64_t r = 0; r < rows; ++r) {
      const Hit hit = {block[r], begin + r};
      if (best.size() == most) {
        if (!Better(hit, best.front())) continue;
        std::pop_heap(best.begin(), best.end(), Better);
        best.pop_back();
      }
      best.push_back(hit);
      std::push_heap(best.begin(), best.end(), Better);
    }
  }
  std::sort_heap(best.begin(), best.end(), Better);
  for (size_t i = 0; i < best.size(); ++i) {
    indices[i] = best[i].index;
    scores[i] = best[i].score;
  }
  return static_cast<int64_t>(best.size());
}

}  // namespace lwave::stream
