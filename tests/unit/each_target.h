// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Runs a test body once for every SIMD target that was compiled and that this machine supports.

#ifndef LONGWAVE_TESTS_UNIT_EACH_TARGET_H_
#define LONGWAVE_TESTS_UNIT_EACH_TARGET_H_

#include <catch2/catch_test_macros.hpp>
#include <cstdint>

#include "hwy/highway.h"
#include "hwy/targets.h"

namespace lwave::testing {

// Dispatch is process-wide state: restored also when a REQUIRE throws.
struct RestoreTargets {
  ~RestoreTargets() { hwy::SetSupportedTargetsForTest(0); }
};

// body() is called with dispatch held to one target after the other; the name is printed on failure.
template <typename Body>
void ForEachTarget(const Body& body) {
  const RestoreTargets restore;
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    INFO("SIMD target " << hwy::TargetName(target));
    body();
  }
}

}  // namespace lwave::testing

#endif  // LONGWAVE_TESTS_UNIT_EACH_TARGET_H_
