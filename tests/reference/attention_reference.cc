// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lwave::reference {

std::vector<double> Attention(const AttentionProblem& p) {
  std::vector<double> output(static_cast<size_t>(p.rows * p.heads * p.value_dim), 0.0);
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t h = 0; h < p.heads; ++h) {
      const int64_t g = h / (p.heads / p.kv_heads);
      std::vector<int64_t> open;
      for (int64_t j = 0; j < p.keys; ++j) {
        if (p.open[static_cast<size_t>(i * p.keys + j)] != 0) open.push_back(j);
      }
      std::vector<double> score;
      double highest = -std::numeric_limits<double>::infinity();
      for (const int64_t j : open) {
        double dot = 0;
        for (int64_t c = 0; c < p.head_dim; ++c) {
          dot += static_cast<double>(p.query[static_cast<size_t>((i * p.heads + h) * p.head_dim + c)]) *
                 static_cast<double>(p.key[static_cast<size_t>((j * p.kv_heads + g) * p.head_dim + c)]);
        }
        const size_t entry = static_cast<size_t>((h * p.rows + i) * p.keys + j);
        score.push_back(p.scale * dot + (p.bias.empty() ? 0.0 : static_cast<double>(p.bias[entry])));
        highest = std::max(highest, score.back());
      }
      double normaliser = 0;
      for (const double s : score) normaliser += std::exp(s - highest);
      for (int64_t c = 0; c < p.value_dim && !open.empty(); ++c) {
        double sum = 0;
        for (size_t k = 0; k < open.size(); ++k) {
          sum +=
              std::exp(score[k] - highest) *
              static_cast<double>(p.value[static_cast<size_t>((open[k] * p.kv_heads + g) * p.value_dim + c)]);
        }
        output[static_cast<size_t>((i * p.heads + h) * p.value_dim + c)] = sum / normaliser;
      }
    }
  }
  return output;
}

}  // namespace lwave::reference
