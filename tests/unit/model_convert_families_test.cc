// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Conversion of families beyond plain encoders: tied tables, parts of fused matrices, vectors of one row and tables of
// axial positions are found again.

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "model/checkpoint.h"
#include "model/convert.h"
#include "model_checkpoint_support.h"

namespace lwave::model {

using namespace testing;

TEST_CASE("What convert writes of any family opens again, in rows and in panels", "[model]") {
  using kernels::NumberType;
  for (const char* name : {"bart-base", "bart-seqcls", "led-base", "reformer-base", "reformer-lm"}) {
    for (const NumberType type : {NumberType::kF32, NumberType::kBf16, NumberType::kInt8}) {
      for (const bool packed : {false, true}) {
        INFO(name << ", type " << static_cast<int>(type) << (packed ? ", packed" : ""));
        const TemporaryFolder folder;
        ConvertOptions options;
        options.weight_type = type;
        options.packed = packed;
        const absl::Status written = Convert(TinyModel(name), folder / "converted", options);
        INFO(written.ToString());
        REQUIRE(written.ok());
        const auto checkpoint = Checkpoint::Open(folder / "converted");
        INFO(checkpoint.status().ToString());
        REQUIRE(checkpoint.ok());
        const ModelSpec& spec = (*checkpoint)->spec();
        CHECK(spec.family == std::string(name).substr(0, std::string(name).find('-')));
        CHECK((spec.head != nullptr) == (std::string(name) != "reformer-base"));
      }
    }
  }
}

}  // namespace lwave::model
