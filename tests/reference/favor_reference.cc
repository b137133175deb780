// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "favor_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lwave::reference {
namespace {

const float* RowOf(const std::vector<float>& rows, const FavorProblem& p, int64_t i, int64_t head, int64_t width) {
  return rows.data() + (i * p.heads + head) * width;
}

// u_r of all r, and h.
std::vector<double> Projected(const FavorProblem& p, const float* x, double* h) {
  const int64_t m = static_cast<int64_t>(p.projection.size()) / p.head_dim;
  std::vector<double> u(static_cast<size_t>(m), 0.0);
  *h = 0;
  for (int64_t c = 0; c < p.head_dim; ++c) {
    const double scaled = static_cast<double>(x[c]) * std::sqrt(p.scale);
    *h += scaled * scaled / 2;
    for (int64_t r = 0; r < m; ++r) {
      u[static_cast<size_t>(r)] += static_cast<double>(p.projection[static_cast<size_t>(r * p.head_dim + c)]) * scaled;
    }
  }
  return u;
}

bool Open(const FavorProblem& p, int64_t j) { return p.open.empty() || p.open[static_cast<size_t>(j)] != 0; }

bool Shifted(const FavorProblem& p) {
  return p.kernel == "softmax" || p.kernel == "hyperbolic" || p.kernel == "trigonometric";
}

double KeyShift(const FavorProblem& p, int64_t head) {
  if (!Shifted(p) || !p.global_max) return p.key_shift;
  double shift = -std::numeric_limits<double>::infinity();
  for (int64_t j = 0; j < p.keys; ++j) {
    if (Open(p, j)) shift = std::max(shift, FavorShift(p, RowOf(p.key, p, j, head, p.head_dim)));
  }
  return shift;
}

// Weighs values: weight(j) of open keys up to the row.
template <typename Weight>
void Average(const FavorProblem& p, int64_t i, int64_t head, double denominator, const Weight& weight, double* out) {
  bool any = false;
  std::fill_n(out, p.value_dim, 0.0);
  for (int64_t j = 0; j < p.keys && (!p.causal || j <= i); ++j) {
    if (!Open(p, j)) continue;
    any = true;
    const double w = weight(j);
    denominator += w;
    const float* value = RowOf(p.value, p, j, head, p.value_dim);
    for (int64_t c = 0; c < p.value_dim; ++c) out[c] += w * static_cast<double>(value[c]);
  }
  for (int64_t c = 0; any && c < p.value_dim; ++c) out[c] /= denominator;
}

}  // namespace

double FavorShift(const FavorProblem& p, const float* x) {
  double h = 0, largest = -std::numeric_limits<double>::infinity();
  const std::vector<double> u = Projected(p, x, &h);
  if (p.kernel == "trigonometric") return h;
  for (double number : u) largest = std::max(largest, p.kernel == "hyperbolic" ? std::abs(number) : number);
  return largest;
}

std::vector<double> FavorFeatures(const FavorProblem& p, const float* x, double shift) {
  std::vector<double> features;
  if (p.kernel == "given" || p.kernel == "elu") {
    for (int64_t c = 0; c < p.head_dim; ++c) {
      const double number = static_cast<double>(x[c]);
      features.push_back(p.kernel == "given" ? number : number > 0 ? number + 1 : std::exp(number));
    }
    return features;
  }
  double h = 0;
  const std::vector<double> u = Projected(p, x, &h);
  const double m = static_cast<double>(u.size());
  if (p.kernel == "relu") for (double number : u) features.push_back(std::max(number, 0.0) + p.kernel_eps);
  if (p.kernel == "exp") for (double number : u) features.push_back(std::exp(number) + p.kernel_eps);
  if (p.kernel == "softmax") for (double number : u) features.push_back((std::exp(number - h - shift) + p.eps) / std::sqrt(m));
  if (p.kernel == "hyperbolic") {
    for (double number : u) features.push_back((std::exp(number - h - shift) + p.eps) / std::sqrt(2 * m));
    for (double number : u) features.push_back((std::exp(-number - h - shift) + p.eps) / std::sqrt(2 * m));
  }
  if (p.kernel == "trigonometric") {
    for (double number : u) features.push_back(std::exp(h - shift) * std::cos(number) / std::sqrt(m));
    for (double number : u) features.push_back(std::exp(h - shift) * std::sin(number) / std::sqrt(m));
  }
  return features;
}

std::vector<double> FavorAttention(const FavorProblem& p) {
  std::vector<double> out(static_cast<size_t>(p.rows * p.heads * p.value_dim));
  for (int64_t head = 0; head < p.heads; ++head) {
    const double shift = KeyShift(p, head);
    std::vector<std::vector<double>> keys;
    for (int64_t j = 0; j < p.keys; ++j) keys.push_back(FavorFeatures(p, RowOf(p.key, p, j, head, p.head_dim), shift));
    for (int64_t i = 0; i < p.rows; ++i) {
      const float* x = RowOf(p.query, p, i, head, p.head_dim);
      const std::vector<double> query = FavorFeatures(p, x, Shifted(p) && p.row_max ? FavorShift(p, x) : 0);
      double sum = 0;
      for (double feature : query) sum += feature;
      const auto weight = [&](int64_t j) {
        double dot = 0;
        for (size_t r = 0; r < query.size(); ++r) dot += query[r] * keys[static_cast<size_t>(j)][r];
        return dot;
      };
      Average(p, i, head, p.denominator_eps * sum + p.denominator_constant, weight,
              out.data() + (i * p.heads + head) * p.value_dim);
    }
  }
  return out;
}

std::vector<double> ExactAttention(const FavorProblem& p) {
  std::vector<double> out(static_cast<size_t>(p.rows * p.heads * p.value_dim));
  for (int64_t head = 0; head < p.heads; ++head) {
    for (int64_t i = 0; i < p.rows; ++i) {
      const float* query = RowOf(p.query, p, i, head, p.head_dim);
      const auto score = [&](int64_t j) {
        const float* key = RowOf(p.key, p, j, head, p.head_dim);
        double dot = 0;
        for (int64_t c = 0; c < p.head_dim; ++c) dot += static_cast<double>(query[c]) * static_cast<double>(key[c]);
        return p.scale * dot;
      };
      double largest = -std::numeric_limits<double>::infinity();
      for (int64_t j = 0; j < p.keys && (!p.causal || j <= i); ++j) {
        if (Open(p, j)) largest = std::max(largest, score(j));
      }
      Average(p, i, head, 0, [&](int64_t j) { return std::exp(score(j) - largest); },
              out.data() + (i * p.heads + head) * p.value_dim);
    }
  }
  return out;
}

FavorSums SumFavorKeys(const FavorProblem& p, int64_t head) {
  FavorSums sums;
  const double shift = KeyShift(p, head);
  for (int64_t j = 0; j < p.keys; ++j) {
    if (!Open(p, j)) continue;
    const std::vector<double> key = FavorFeatures(p, RowOf(p.key, p, j, head, p.head_dim), shift);
    const float* value = RowOf(p.value, p, j, head, p.value_dim);
    sums.z.resize(key.size(), 0.0);
    sums.s.resize(key.size() * static_cast<size_t>(p.value_dim), 0.0);
    for (size_t r = 0; r < key.size(); ++r) {
      sums.z[r] += key[r];
      for (int64_t c = 0; c < p.value_dim; ++c) {
        sums.s[r * static_cast<size_t>(p.value_dim) + static_cast<size_t>(c)] += key[r] * static_cast<double>(value[c]);
      }
    }
  }
  return sums;
}

}  // namespace lwave::reference
