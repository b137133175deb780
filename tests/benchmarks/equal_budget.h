// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Longformer, BigBird, Linformer and FAVOR with the same number of keys, slots or features a row: time, memory, and
// how far each is from exact attention over everything.

#ifndef LONGWAVE_TESTS_BENCHMARKS_EQUAL_BUDGET_H_
#define LONGWAVE_TESTS_BENCHMARKS_EQUAL_BUDGET_H_

#include <cstdint>

#include "bench_common.h"

namespace lwave::bench {

// Rows "budget B NAME", two-sided. Errors are of sampled rows against softmax attention in double, the norm of the
// difference over the norm of the exact rows (1: no better than zeros), for four kinds of q, k and v:
//   small     independent normal numbers, q and k of deviation 1/2: scores of deviation 1/4
//   random    the same with deviation 1: scores of deviation 1
//   low rank  rows mix eight directions, with weights that change slowly along the sequence
//   peaked    a query looks for one key, half of the time a near one
void AddBudgetRows(int64_t n, const Options& options, Report& report);

}  // namespace lwave::bench

#endif  // LONGWAVE_TESTS_BENCHMARKS_EQUAL_BUDGET_H_
