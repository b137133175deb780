// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Layers, rows and documents behind the golden snapshots (tests/golden/snapshots). They are fixed for ever: a snapshot
// of a released format must still load into the layer that wrote it.

#ifndef LONGWAVE_TESTS_GOLDEN_SNAPSHOT_CASES_H_
#define LONGWAVE_TESTS_GOLDEN_SNAPSHOT_CASES_H_

#include <string>
#include <vector>

#include "support/layers.h"

namespace lwave::golden {

struct SnapshotCase {
  std::string name;  // of the file
  test::Config config;
  test::Rows rows;        // one sequence
  int64_t taken = 0;      // rows before the snapshot
};

// One of every mechanism, and variants whose memories have other parts.
std::vector<SnapshotCase> LayerSnapshotCases();

// Rows of output that a memory gives for rows [begin, end), and the rest where `finish`.
std::vector<float> StepRange(const test::Attention& attention, lwave_memory* memory, const test::Rows& rows,
                             int64_t begin, int64_t end, bool finish);

}  // namespace lwave::golden

#endif  // LONGWAVE_TESTS_GOLDEN_SNAPSHOT_CASES_H_
