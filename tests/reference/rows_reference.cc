// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "rows_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lwave::reference {

std::vector<double> LayerNorm(const std::vector<float>& x, const std::vector<float>& gain,
                              const std::vector<float>& bias, double epsilon) {
  const double width = static_cast<double>(x.size());
  double mean = 0;
  for (const float v : x) mean += static_cast<double>(v) / width;
  double variance = 0;
  for (const float v : x)
    variance += (static_cast<double>(v) - mean) * (static_cast<double>(v) - mean) / width;
  std::vector<double> y;
  for (size_t c = 0; c < x.size(); ++c) {
    const double normal = (static_cast<double>(x[c]) - mean) / std::sqrt(variance + epsilon);
    y.push_back(normal * static_cast<double>(gain[c]) + (bias.empty() ? 0.0 : static_cast<double>(bias[c])));
  }
  return y;
}

std::vector<double> Softmax(const std::vector<float>& x) {
  double highest = -std::numeric_limits<double>::infinity();
  for (const float v : x) highest = std::max(highest, static_cast<double>(v));
  std::vector<double> y;
  double sum = 0;
  for (const float v : x) {
    y.push_back(std::exp(static_cast<double>(v) - highest));
    sum += y.back();
  }
  for (double& v : y) v /= sum;
  return y;
}

std::vector<double> L2Normalize(const std::vector<float>& x, double epsilon) {
  const double norm = std::sqrt(Dot(x, x));
  std::vector<double> y;
  for (const float v : x) y.push_back(static_cast<double>(v) / (norm < epsilon ? epsilon : norm));
  return y;
}

double Dot(const std::vector<float>& x, const std::vector<float>& y) {
  double sum = 0;
  for (size_t c = 0; c < x.size(); ++c) sum += static_cast<double>(x[c]) * static_cast<double>(y[c]);
  return sum;
}

double Gelu(double x) { return 0.5 * x * std::erfc(-x / std::sqrt(2.0)); }
double GeluTanh(double x) {
  const double pi = 3.14159265358979323846;
  return 0.5 * x * (1.0 + std::tanh(std::sqrt(2.0 / pi) * (x + 0.044715 * x * x * x)));
}
double Relu(double x) { return x < 0.0 ? 0.0 : x; }
double Silu(double x) { return x / (1.0 + std::exp(-x)); }

}  // namespace lwave::reference
