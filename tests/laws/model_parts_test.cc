// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Parts of a model's layers: how many numbers they are is said without running anything, and they are so many.

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "host.h"
#include "law_support.h"

namespace lwave::test {
namespace {

TEST_CASE("the size of a layer's part is asked for without a run, and is that of the numbers that a run gives", "[laws]") {
  struct Case {
    const char* model;
    const char* part;
    bool own;  // of the layer
  };
  for (const Case& one : {Case{"reformer-lm", "layers.0.buckets", false}, Case{"reformer-lm", "layers.2.buckets", false},
                          Case{"reformer-base", "layers.0.rotations", true}, Case{"transfoxl-base", "layers.1.memory", false},
                          Case{"transfoxl-plain", "layers.0.memory", false}, Case{"gpt2-base", "layers.0.memory", false}}) {
    HostRunner runner;
    const Context context = runner.MakeContext(2);
    const Model model = OpenModel(context, std::string(LWAVE_TEST_DATA "/models/tiny/") + one.model);
    for (const int64_t tokens : {1, 5, 13, 40}) {
      for (const int64_t batch : {1, 3}) {
        INFO(one.model << " " << one.part << ", " << batch << " x " << tokens);
        Random random(static_cast<uint64_t>(tokens));
        const Inputs inputs = MakeInputs(batch, tokens);
        Set(inputs, "ids", RandomIds(random, model, batch * tokens));
        Error error;
        int64_t asked = -1, given = -1;
        runner.regions = 0;
        const lwave_status status = lwave_model_run_part(model.get(), inputs.get(), one.part, nullptr, 0, &asked, error);
        CHECK(runner.regions == 0);
        std::vector<float> values(1 << 20);
        const lwave_status run = lwave_model_run_part(model.get(), inputs.get(), one.part, values.data(),
                                                      static_cast<int64_t>(values.size()), &given, error);
        CHECK((run == LWAVE_OK || run == LWAVE_NOT_FOUND));
        CHECK(lwave_status_name(status) == std::string(lwave_status_name(run)));
        CHECK(asked == given);
        CHECK((runner.regions > 0 || one.own || tokens < 40));  // there was something to save
      }
    }
  }
}

}  // namespace
}  // namespace lwave::test
