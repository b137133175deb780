// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/seeded_slots.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace lwave::attention {
namespace {

// Eight chains that the compiler can keep in vectors; the order of summation is this on every machine.
double Dot(const double* a, const double* b, int64_t count) {
  constexpr int64_t kChains = 8;
  double sums[kChains] = {};
  int64_t i = 0;
  for (; i + kChains <= count; i += kChains) {
    for (int64_t k = 0; k < kChains; ++k) sums[k] += a[i + k] * b[i + k];
  }
  for (int64_t k = 0; i < count; ++i, ++k) sums[k] += a[i] * b[i];
  return ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
}

}  // namespace

int64_t SlotsFor(int64_t keys, double tolerance) {
  const double slots = std::ceil(8 * std::log(static_cast<double>(keys)) / (tolerance * tolerance));
  return static_cast<int64_t>(std::clamp(slots, 1.0, 0x1p62));
}

void DrawGaussian(RandomNumbers& random, int64_t slots, int64_t keys, absl::Span<float> to) {
  const double deviation = 1 / std::sqrt(static_cast<double>(slots));
  for (float& number : to.subspan(0, static_cast<size_t>(slots * keys))) {
    number = static_cast<float>(random.Normal() * deviation);
  }
}

void DrawOrthonormal(RandomNumbers& random, Runner& runner, int64_t slots, int64_t keys, absl::Span<float> to) {
  std::vector<double> rows(static_cast<size_t>(slots * keys));
  for (double& number : rows) number = random.Normal();
  for (int64_t s = 0; s < slots; ++s) {
    double* const row = rows.data() + s * keys;
    const double length = std::sqrt(Dot(row, row, keys));
    for (int64_t n = 0; n < keys; ++n) row[n] /= length;
    // From every later row, what lies along this one.
    runner.For(slots - s - 1, [&](int64_t index, int32_t /*thread*/) {
      double* const later = row + (index + 1) * keys;
      const double along = Dot(row, later, keys);
      for (int64_t n = 0; n < keys; ++n) later[n] -= along * row[n];
    });
  }
  for (size_t i = 0; i < rows.size(); ++i) to[i] = static_cast<float>(rows[i]);
}

}  // namespace lwave::attention
