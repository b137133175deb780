// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How time grows with the length: the exponent that fits best, and where one curve comes below another.

#ifndef LONGWAVE_TESTS_BENCHMARKS_GROWTH_H_
#define LONGWAVE_TESTS_BENCHMARKS_GROWTH_H_

#include <cstdint>
#include <vector>

namespace lwave::bench {

struct GrowthPoint {
  int64_t n = 0;
  double seconds = 0;
};
using GrowthCurve = std::vector<GrowthPoint>;  // measured, in ascending n

// The exponent p of seconds ~ n^p by least squares of the logarithms over the points from `least` on; NaN where
// they are fewer than three.
double FitExponent(const GrowthCurve& curve, int64_t least);

// From which length on `curve` takes less time than `other`, straight between measured lengths in logarithms; the
// first length where it does from the beginning, NaN where it never does at a length that both were measured at.
double Crossover(const GrowthCurve& curve, const GrowthCurve& other);

// What the next length, twice the last, will take: as much more as the last was more than the one before, at least
// twice. 0 for an empty curve.
double NextSeconds(const GrowthCurve& curve);

}  // namespace lwave::bench

#endif  // LONGWAVE_TESTS_BENCHMARKS_GROWTH_H_
