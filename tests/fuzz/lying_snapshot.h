// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Snapshots whose checksums are right and whose contents are not, as somebody makes them who wants a wild read: the
// format of src/memory/snapshot.h taken apart, changed, and sealed again.

#ifndef LONGWAVE_TESTS_FUZZ_LYING_SNAPSHOT_H_
#define LONGWAVE_TESTS_FUZZ_LYING_SNAPSHOT_H_

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace lwave::test {

struct SnapshotSection {
  std::string name;
  uint32_t type = 0;  // 1 bytes, 2 int32, 3 int64, 4 f32, 5 f64
  std::string data;
};
struct SnapshotFile {
  std::string header;
  std::vector<SnapshotSection> sections;
};

SnapshotFile OpenSnapshot(const std::string& bytes);  // of a valid one
std::string SealSnapshot(const SnapshotFile& file);

// A snapshot that lies, and about what.
using VisitLie = std::function<void(const std::string& lying, const std::string& what)>;

// Lies in the sections, snapshots inside them included: every number of short ones and some of long ones replaced by
// numbers that arithmetic does not like, several numbers moved together, random bytes, and sections that are shorter,
// longer, of another type or gone.
void ForEachLie(const std::string& snapshot, std::mt19937_64& random, const VisitLie& visit);
// Lies in the numbers of the header.
void ForEachHeaderLie(const std::string& snapshot, const VisitLie& visit);

}  // namespace lwave::test

#endif  // LONGWAVE_TESTS_FUZZ_LYING_SNAPSHOT_H_
