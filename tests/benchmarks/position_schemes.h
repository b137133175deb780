// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// One causal layer under each scheme of positions, in nanoseconds per visible entry.

#ifndef LONGWAVE_TESTS_BENCHMARKS_POSITION_SCHEMES_H_
#define LONGWAVE_TESTS_BENCHMARKS_POSITION_SCHEMES_H_

#include <cstdint>

#include "bench_common.h"

namespace lwave::bench {

// Rows "positions NAME" for none, absolute (a table added to q and k), ALiBi, RoPE and T5's buckets over q, k and v;
// for PIA and Transformer-XL, whose layers take hidden rows, and for their four projections alone, which the column
// of the net figure leaves out.
void AddPositionRows(int64_t n, const Options& options, Report& report);

}  // namespace lwave::bench

#endif  // LONGWAVE_TESTS_BENCHMARKS_POSITION_SCHEMES_H_
