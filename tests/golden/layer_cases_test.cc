// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The public cases of attention layers, which independent implementations gave, through the C API.

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "layer_cases.h"
#include "model_cases.h"

namespace lwave::golden {
namespace {

void RequireFolder(const char* mechanism) {
  const std::vector<CaseResult> results =
      Collect(RunLayerCases, std::string(LWAVE_SOURCE_DIR) + "/tests/golden/cases/" + mechanism);
  REQUIRE(!results.empty());
  for (const CaseResult& result : results) {
    INFO(result.name << ": " << result.detail);
    CHECK(result.verdict == Verdict::kPass);
  }
}

}  // namespace

TEST_CASE("every mechanism that has cases gives their outputs, whole and in any pieces, to the same bits", "[golden]") {
  for (const char* mechanism : {"adaptive_span", "block_sparse", "compressive", "favor", "full", "linformer", "lsh", "pia",
                                "sink_window", "sparse_transformer", "transformer_xl", "window"}) {
    SECTION(mechanism) { RequireFolder(mechanism); }
  }
}

}  // namespace lwave::golden
