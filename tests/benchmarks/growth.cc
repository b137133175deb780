// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "growth.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lwave::bench {

double FitExponent(const GrowthCurve& curve, int64_t least) {
  double count = 0, sum_x = 0, sum_y = 0, sum_xx = 0, sum_xy = 0;
  for (const GrowthPoint& point : curve) {
    if (point.n < least) continue;
    const double x = std::log(static_cast<double>(point.n)), y = std::log(point.seconds);
    count += 1, sum_x += x, sum_y += y, sum_xx += x * x, sum_xy += x * y;
  }
  if (count < 3) return std::numeric_limits<double>::quiet_NaN();
  return (count * sum_xy - sum_x * sum_y) / (count * sum_xx - sum_x * sum_x);
}

double Crossover(const GrowthCurve& curve, const GrowthCurve& other) {
  double result = std::numeric_limits<double>::quiet_NaN();
  double last_x = 0, last_gap = 0;
  bool below = false;
  for (const GrowthPoint& point : curve) {
    const auto same = std::find_if(other.begin(), other.end(), [&](const GrowthPoint& p) { return p.n == point.n; });
    if (same == other.end()) continue;
    const double x = std::log(static_cast<double>(point.n)), gap = std::log(point.seconds / same->seconds);
    if (gap < 0 && !below) {
      result = last_gap > 0 ? std::exp(last_x + (x - last_x) * last_gap / (last_gap - gap))
                            : static_cast<double>(point.n);
    }
    below = gap < 0;
    if (!below) result = std::numeric_limits<double>::quiet_NaN();
    last_x = x, last_gap = gap;
  }
  return result;
}

double NextSeconds(const GrowthCurve& curve) {
  if (curve.empty()) return 0;
  double factor = 2;
  if (curve.size() >= 2) factor = std::max(factor, curve.back().seconds / curve[curve.size() - 2].seconds);
  return curve.back().seconds * factor;
}

}  // namespace lwave::bench
