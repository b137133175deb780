// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "state_reference.h"

#include <algorithm>

namespace lwave::reference {

std::vector<double> LinearAttention(const LinearAttentionProblem& p) {
  std::vector<double> output(static_cast<size_t>(p.rows * p.heads * p.value_dim), 0.0);
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t h = 0; h < p.heads; ++h) {
      const float* query = p.query.data() + (i * p.heads + h) * p.features;
      double* out = output.data() + (i * p.heads + h) * p.value_dim;
      const int64_t end = p.causal ? std::min(i + 1, p.keys) : p.keys;
      double denominator = 0;
      for (int64_t j = 0; j < end; ++j) {
        const float* key = p.key.data() + (j * p.heads + h) * p.features;
        const float* value = p.value.data() + (j * p.heads + h) * p.value_dim;
        double dot = 0;
        for (int64_t f = 0; f < p.features; ++f) {
          dot += static_cast<double>(query[f]) * static_cast<double>(key[f]);
        }
        denominator += dot;
        for (int64_t c = 0; c < p.value_dim; ++c) out[c] += dot * static_cast<double>(value[c]);
      }
      if (!p.normalised || end == 0) continue;
      double query_sum = 0;
      for (int64_t f = 0; f < p.features; ++f) query_sum += static_cast<double>(query[f]);
      denominator += p.normaliser_eps * query_sum + p.denominator_eps;
      for (int64_t c = 0; c < p.value_dim; ++c) out[c] /= denominator;
    }
  }
  return output;
}

LinearState::LinearState(int64_t features_in, int64_t value_dim_in)
    : features(features_in),
      value_dim(value_dim_in),
      sums(static_cast<size_t>(features_in * value_dim_in), 0.0),
      normaliser(static_cast<size_t>(features_in), 0.0) {}

void LinearState::Append(const float* key, const float* value) {
  for (int64_t f = 0; f < features; ++f) {
    const double k = static_cast<double>(key[f]);
    normaliser[static_cast<size_t>(f)] += k;
    for (int64_t c = 0; c < value_dim; ++c) {
      sums[static_cast<size_t>(f * value_dim + c)] += k * static_cast<double>(value[c]);
    }
  }
}

std::vector<double> LinearState::Read(const float* query) const {
  std::vector<double> output(static_cast<size_t>(value_dim), 0.0);
  for (int64_t f = 0; f < features; ++f) {
    for (int64_t c = 0; c < value_dim; ++c) {
      output[static_cast<size_t>(c)] +=
          static_cast<double>(query[f]) * sums[static_cast<size_t>(f * value_dim + c)];
    }
  }
  return output;
}

double LinearState::Denominator(const float* query) const {
  double sum = 0;
  for (int64_t f = 0; f < features; ++f) {
    sum += static_cast<double>(query[f]) * normaliser[static_cast<size_t>(f)];
  }
  return sum;
}

}  // namespace lwave::reference
