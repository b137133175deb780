// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "reference/patterns_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lwave::reference {
namespace {

bool Contains(const std::vector<int64_t>& list, int64_t value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

}  // namespace

Listing FullListing(bool causal, int64_t query_offset) {
  return [=](int64_t, int64_t i, int64_t j) { return !causal || j <= i + query_offset ? 1 : 0; };
}

Listing LongformerListing(const LongformerPattern& pattern) {
  return [=](int64_t h, int64_t i, int64_t j) -> int64_t {
    if (pattern.causal && j > i) return 0;
    if (Contains(pattern.global, i) || Contains(pattern.global, j)) return 1;
    const size_t head = static_cast<size_t>(h);
    for (int64_t s = -pattern.left[head]; s <= pattern.right[head]; ++s) {
      if (i + s * pattern.dilation[head] == j) return 1;
    }
    return 0;
  };
}

Listing PastSinkListing(int64_t sinks, int64_t window) {
  return [=](int64_t, int64_t i, int64_t j) -> int64_t {
    if (j > i) return 0;
    if (j < sinks) return 1;
    return j > i - window ? 1 : 0;
  };
}

Listing ChunkSinkListing(int64_t sinks, int64_t window, int64_t segment) {
  return [=](int64_t, int64_t i, int64_t j) -> int64_t {
    if (j > i) return 0;
    if (j < sinks) return 1;
    const int64_t begin = i / segment * segment;
    return j >= begin - window ? 1 : 0;
  };
}

Listing TwoSidedSinkListing(int64_t sinks, int64_t left, int64_t right) {
  return [=](int64_t, int64_t i, int64_t j) -> int64_t { return j < sinks || (j >= i - left && j <= i + right) ? 1 : 0; };
}

Listing SparseListing(bool fixed, int64_t stride, int64_t summary, const std::vector<std::string>& sets) {
  return [=](int64_t h, int64_t i, int64_t j) -> int64_t {
    if (j > i) return 0;
    const bool local = fixed ? j / stride == i / stride : j > i - stride;
    const bool distant = fixed ? j % stride >= stride - summary : (i - j) % stride == 0;
    const std::string& set = sets[static_cast<size_t>(h)];
    if (set == "local") return local;
    if (set == "distant") return distant;
    return local || distant;
  };
}

double SpanMask(float span, int64_t max_span, int64_t ramp, int64_t distance) {
  const double r = static_cast<double>(ramp);
  const double length = static_cast<double>(span) * static_cast<double>(max_span);
  return std::clamp((r + length + 1 - static_cast<double>(distance)) / r, 0.0, 1.0);
}

Listing BigBirdListing(int64_t tokens, int64_t block, int64_t per_block, const std::vector<int64_t>& random) {
  const int64_t blocks = (tokens + block - 1) / block;
  return [=](int64_t h, int64_t i, int64_t j) -> int64_t {
    const int64_t x = i / block, y = j / block;
    if (x == 0 || x == blocks - 1) return 1;
    std::vector<int64_t> list = {0, x - 1, x, x + 1, blocks - 1};
    std::sort(list.begin(), list.end());
    list.erase(std::unique(list.begin(), list.end()), list.end());
    for (int64_t r = 0; r < per_block; ++r) {
      list.push_back(random[static_cast<size_t>((h * (blocks - 2) + x - 1) * per_block + r)]);
    }
    return std::count(list.begin(), list.end(), y);
  };
}

Listing ChunkedListing(int64_t tokens, int64_t length, int64_t before, int64_t after, bool causal) {
  const int64_t chunks = (tokens + length - 1) / length;
  return [=](int64_t, int64_t i, int64_t j) -> int64_t {
    if (causal && j > i) return 0;
    if (tokens <= length) return 1;
    int64_t times = 0;
    for (int64_t offset = -before; offset <= after; ++offset) {
      const int64_t chunk = (i / length + offset + (before + 1) * chunks) % chunks;
      times += chunk == j / length ? 1 : 0;
    }
    return times;
  };
}

Summaries TokenSummaries(int64_t rows, int64_t block, const std::vector<int32_t>& mask) {
  Summaries summaries;
  const auto real = [&](int64_t i) { return mask.empty() || mask[static_cast<size_t>(i)] != 0; };
  int64_t ends = 0;
  for (int64_t i = 0; i < rows; ++i) ends += i % block == block - 1 && real(i) ? 1 : 0;
  for (int64_t i = 0; i < rows; ++i) {
    summaries.of.push_back(real(i) ? std::min(i / block, ends - 1) : -1);
    summaries.open = std::max(summaries.open, summaries.of.back() + 1);
  }
  return summaries;
}

Listing SummaryListing(int64_t rows, int64_t radius, const Summaries& summaries) {
  return [rows, radius, open = summaries.open](int64_t, int64_t i, int64_t j) -> int64_t {
    if (j >= rows) return j - rows < open ? 1 : 0;
    return std::abs(i - j) <= radius ? 1 : 0;
  };
}

std::vector<double> Turn(const float* x, int64_t width, int64_t place, const RotaryPlaces& places) {
  std::vector<double> turned(x, x + width);
  for (int64_t t = 0; t < places.dim / 2; ++t) {
    const double angle = static_cast<double>(place) *
                         std::pow(places.theta, -2 * static_cast<double>(t) / static_cast<double>(places.dim));
    const int64_t first = places.interleaved ? 2 * t : t, second = places.interleaved ? 2 * t + 1 : t + places.dim / 2;
    const double a = static_cast<double>(x[first]), b = static_cast<double>(x[second]);
    turned[static_cast<size_t>(first)] = a * std::cos(angle) - b * std::sin(angle);
    turned[static_cast<size_t>(second)] = b * std::cos(angle) + a * std::sin(angle);
  }
  return turned;
}

RotaryPlaces SinkPlaces(const Listing& listing) {
  RotaryPlaces places;
  places.of_key = [listing](int64_t i, int64_t j) {
    int64_t before = 0;
    for (int64_t other = 0; other < j; ++other) before += listing(0, i, other);
    return before;
  };
  places.of_query = [of_key = places.of_key](int64_t i, int64_t) { return of_key(i, i); };
  return places;
}

std::vector<double> ListedAttention(const ListedProblem& p) {
  std::vector<double> output(static_cast<size_t>(p.rows * p.heads * p.value_dim), 0.0);
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t h = 0; h < p.heads; ++h) {
      const int64_t g = h / (p.heads / p.kv_heads);
      std::vector<double> scores(static_cast<size_t>(p.keys), -std::numeric_limits<double>::infinity());
      double top = -std::numeric_limits<double>::infinity();
      for (int64_t j = 0; j < p.keys; ++j) {
        if (!p.closed.empty() && p.closed[static_cast<size_t>(j)] != 0) continue;
        const int64_t times = p.listing(h, i, j);
        if (times == 0) continue;
        const float* query = p.query.data() + (i * p.heads + h) * p.head_dim;
        const float* key = p.key.data() + (j * p.kv_heads + g) * p.head_dim;
        const bool turns = p.rotary.dim > 0;
        const std::vector<double> q = Turn(query, p.head_dim, turns ? p.rotary.of_query(i, j) : 0, p.rotary);
        const std::vector<double> k = Turn(key, p.head_dim, turns ? p.rotary.of_key(i, j) : 0, p.rotary);
        double score = 0;
        for (size_t c = 0; c < q.size(); ++c) score += q[c] * k[c];
        score = score * p.scale + std::log(static_cast<double>(times));
        if (p.bias != nullptr) score += p.bias(h, i, j);
        scores[static_cast<size_t>(j)] = score;
        top = std::max(top, score);
      }
      if (top == -std::numeric_limits<double>::infinity()) continue;
      double total = 0;
      double* out = output.data() + (i * p.heads + h) * p.value_dim;
      for (int64_t j = 0; j < p.keys; ++j) {
        const double weight = std::exp(scores[static_cast<size_t>(j)] - top);
        if (weight == 0) continue;
        total += weight;
        for (int64_t c = 0; c < p.value_dim; ++c) {
          out[c] += weight * static_cast<double>(p.value[static_cast<size_t>((j * p.kv_heads + g) * p.value_dim + c)]);
        }
      }
      for (int64_t c = 0; c < p.value_dim; ++c) out[c] /= total;
    }
  }
  return output;
}

}  // namespace lwave::reference
