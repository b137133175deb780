// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Matrix products in double.

#include "gemm_reference.h"

#include <algorithm>
#include <cmath>

namespace lwave::reference {

double Activate(GemmActivation activation, double x) {
  constexpr double kRootTwoByPi = 0.79788456080286535588;
  switch (activation) {
    case GemmActivation::kGelu:
      return 0.5 * x * std::erfc(-x / std::sqrt(2.0));
    case GemmActivation::kGeluTanh:
      return 0.5 * x * (1.0 + std::tanh(kRootTwoByPi * (x + 0.044715 * x * x * x)));
    case GemmActivation::kRelu:
      return x < 0.0 ? 0.0 : x;
    case GemmActivation::kTanh:
      return std::tanh(x);
    case GemmActivation::kSilu:
      return x / (1.0 + std::exp(-x));
    case GemmActivation::kNone:
      break;
  }
  return x;
}

GemmElement GemmReference(const std::vector<double>& x, const std::vector<double>& w, double bias,
                          GemmActivation activation, double residual) {
  GemmElement element;
  for (size_t k = 0; k < x.size(); ++k) {
    element.linear += x[k] * w[k];
    element.absolute += std::fabs(x[k] * w[k]);
  }
  element.linear += bias;
  element.absolute += std::fabs(bias);
  element.value = Activate(activation, element.linear) + residual;
  return element;
}

double RoundToBf16Reference(double x) {
  if (!std::isfinite(x) || x == 0.0) return x;
  int exponent = 0;
  std::frexp(x, &exponent);  // x = f * 2^exponent, 0.5 <= |f| < 1
  const double unit = std::ldexp(1.0, std::max(exponent - 8, -133));
  const double rounded = std::nearbyint(x / unit) * unit;
  return std::fabs(rounded) >= std::ldexp(1.0, 128) ? std::copysign(HUGE_VAL, x) : rounded;
}

SymmetricReference QuantizeSymmetricReference(const std::vector<double>& x) {
  SymmetricReference result;
  double largest = 0;
  for (double value : x) largest = std::max(largest, std::fabs(value));
  if (largest > 0) result.scale = largest / 127.0;
  for (double value : x) result.integers.push_back(static_cast<int>(std::nearbyint(value / result.scale)));
  return result;
}

}  // namespace lwave::reference
