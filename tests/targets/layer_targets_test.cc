// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The public cases of attention layers on every SIMD target of this machine. The library chooses its target itself and
// nothing outside changes that, so this program has the C API's objects linked into it, and holds dispatch to one target
// after the other.

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "golden/layer_cases.h"
#include "longwave/longwave.h"
#include "unit/each_target.h"

namespace lwave::golden {
namespace {

TEST_CASE("every mechanism's cases pass on every SIMD target of the machine, in any pieces to the same bits",
          "[golden][targets][wide]") {
  std::string ran;
  int64_t cases = 0, targets = 0;
  testing::ForEachTarget([&] {
    ran += std::string(ran.empty() ? "" : " ") + lwave_simd_target();
    ++targets;
    RunLayerCases(std::string(LWAVE_SOURCE_DIR) + "/tests/golden/cases", [&](const CaseResult& result) {
      INFO(lwave_simd_target() << ": " << result.name << ": " << result.detail);
      CHECK(result.verdict == Verdict::kPass);
      ++cases;
    });
  });
  INFO("ran on " << ran);
  CHECK(targets == static_cast<int64_t>(hwy::SupportedAndGeneratedTargets().size()));
  CHECK(cases >= 108 * targets);
  WARN("all cases ran on " << ran);
}

TEST_CASE("dispatch is really held to one target after the other", "[targets]") {
  std::string before;
  testing::ForEachTarget([&] {
    CHECK(lwave_simd_target() != before);
    before = lwave_simd_target();
  });
  CHECK(!before.empty());
}

}  // namespace
}  // namespace lwave::golden
