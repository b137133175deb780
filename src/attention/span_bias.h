// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Adaptive spans (Sukhbaatar et al. 2019) as a bias: what a head adds at distances t = 1 .. L behind a row,
//   q.key_pe[:, L - t] / sqrt(d) + ln m(t)      m(t) = clamp((R + z_h L + 1 - t) / R, 0, 1)

#ifndef LONGWAVE_ATTENTION_SPAN_BIAS_H_
#define LONGWAVE_ATTENTION_SPAN_BIAS_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "attention/options.h"
#include "attention/pattern.h"
#include "kernels/rows.h"

namespace lwave::attention {

struct Spans {
  int64_t max_span = 1, ramp = 1;
  std::vector<float> span;    // [heads]
  std::vector<float> key_pe;  // [head_dim, stride]: column s is for distance max_span - s
  int64_t stride = 1;         // an odd number of cache lines: rows must not compete for the same places of a cache
  double loss_coeff = 0;

  int64_t heads() const { return static_cast<int64_t>(span.size()); }
  // The farthest distance of each head whose mask is not 0.
  std::vector<int64_t> Reach() const {
    std::vector<int64_t> reach;
    for (int64_t h = 0; h < heads(); ++h) {
      int64_t farthest = max_span;
      while (farthest > 0 && SoftMask(h, farthest) == 0) --farthest;
      reach.push_back(farthest);
    }
    return reach;
  }
  float SoftMask(int64_t head, int64_t distance) const {
    const double z = static_cast<double>(span[static_cast<size_t>(head)]);
    const double value = (static_cast<double>(ramp) + z * static_cast<double>(max_span) + 1 - static_cast<double>(distance)) /
                         static_cast<double>(ramp);
    return static_cast<float>(std::clamp(value, 0.0, 1.0));
  }
};

// Options max_span, ramp, span, key_pe and loss_coeff, checked.
absl::StatusOr<Spans> SpansFromOptions(const Options& options, int64_t heads, int64_t head_dim);

// Any thread.
class SpanBias : public Bias {
 public:
  // lead: the place of position 0   masked: with ln m
  SpanBias(const Spans& spans, int64_t head_dim, float scale, int64_t lead, bool masked)
      : s_(spans), head_dim_(head_dim), scale_(scale), lead_(lead), masked_(masked) {
    if (!masked) return;
    for (int64_t h = 0; h < s_.heads(); ++h) {
      for (int64_t s = 0; s < s_.max_span; ++s) logs_.push_back(std::log(s_.SoftMask(h, s_.max_span - s)));
    }
  }
  bool ByDistance() const override { return false; }
  int64_t MostTiles(int64_t tiles) const override {
    return std::min(tiles, (s_.max_span + kernels::kQueryTile) / kernels::kKeyTile + 2);
  }
  bool Tile(const SequenceView&, int64_t head, int64_t first_row, int64_t rows, int64_t tile, const float* query,
            int64_t query_stride, float* table) const override {
    for (int64_t r = 0; r < rows; ++r) {
      float* row = table + r * kernels::kKeyTile;
      // Key k of the tile is for distance max_span - s with s = slot + k.
      const int64_t slot = tile * kernels::kKeyTile - lead_ + s_.max_span - (first_row + r);
      const int64_t begin = std::clamp<int64_t>(-slot, 0, kernels::kKeyTile);
      const int64_t end = std::clamp<int64_t>(s_.max_span - slot, begin, kernels::kKeyTile);
      std::fill(row, row + begin, 0.0f);
      std::fill(row + end, row + kernels::kKeyTile, 0.0f);
      if (begin == end) continue;
      kernels::WeightedSumOfRows(query + r * query_stride, s_.key_pe.data() + slot + begin, s_.stride, head_dim_,
                                 end - begin, scale_, row + begin);
      if (masked_) kernels::AddTo(logs_.data() + head * s_.max_span + slot + begin, end - begin, row + begin);
    }
    return true;
  }

 private:
  const Spans s_;
  const int64_t head_dim_;
  const float scale_;
  const int64_t lead_;
  const bool masked_;
  std::vector<float> logs_;  // [heads, max_span]
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_SPAN_BIAS_H_
