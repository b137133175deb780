// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "span_reference.h"

#include <algorithm>
#include <cmath>

namespace lwave::reference {

double SpanMask(const SpanProblem& p, int64_t head, int64_t distance) {
  const double z = static_cast<double>(p.span[static_cast<size_t>(head)]);
  const double ramp = static_cast<double>(p.ramp);
  return std::clamp((ramp + z * static_cast<double>(p.max_span) + 1 - static_cast<double>(distance)) / ramp, 0.0, 1.0);
}

std::vector<double> AdaptiveSpan(const SpanProblem& p) {
  std::vector<double> out(static_cast<size_t>(p.rows * p.heads * p.value_dim), 0.0);
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t h = 0; h < p.heads; ++h) {
      const int64_t g = h / (p.heads / p.kv_heads);
      const float* q = p.query.data() + (i * p.heads + h) * p.head_dim;
      std::vector<int64_t> rows, distances;  // -1: a row of zeros
      std::vector<double> score;
      for (int64_t t = 1; t <= p.max_span; ++t) {
        const int64_t j = p.keys - p.rows + i - t;
        if (j < 0 && !p.zeros) continue;
        if (j >= 0 && !p.closed.empty() && p.closed[static_cast<size_t>(j)] != 0) continue;
        double dot = 0;
        for (int64_t c = 0; c < p.head_dim; ++c) {
          const double position = static_cast<double>(p.key_pe[static_cast<size_t>(c * p.max_span + p.max_span - t)]);
          const double key =
              j < 0 ? 0 : static_cast<double>(p.key[static_cast<size_t>((j * p.kv_heads + g) * p.head_dim + c)]);
          dot += static_cast<double>(q[c]) * (key + position);
        }
        rows.push_back(std::max<int64_t>(j, -1));
        distances.push_back(t);
        score.push_back(dot / std::sqrt(static_cast<double>(p.head_dim)));
      }
      if (rows.empty()) continue;
      const double highest = *std::max_element(score.begin(), score.end());
      double sum = 0, masked_sum = 0;
      for (double s : score) sum += std::exp(s - highest);
      std::vector<double> weight;
      for (size_t a = 0; a < rows.size(); ++a) {
        weight.push_back(std::exp(score[a] - highest) / sum * SpanMask(p, h, distances[a]));
        masked_sum += weight[a];
      }
      for (size_t a = 0; a < rows.size(); ++a) {
        if (rows[a] < 0) continue;
        for (int64_t c = 0; c < p.value_dim; ++c) {
          out[static_cast<size_t>((i * p.heads + h) * p.value_dim + c)] +=
              weight[a] / (masked_sum + 1e-8) *
              static_cast<double>(p.value[static_cast<size_t>((rows[a] * p.kv_heads + g) * p.value_dim + c)]);
        }
      }
    }
  }
  return out;
}

}  // namespace lwave::reference
