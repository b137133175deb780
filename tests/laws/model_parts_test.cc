// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Parts of a model's layers: how many numbers they are is said without running anything, and they are so many. Options of
// single layers: those that a model cannot do without are refused, and others do what the same input for all would.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
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

TEST_CASE("an option of a layer that follows from its model is refused, whatever it would be", "[laws]") {
  const Context context = MakeContext(1);
  for (const char* name : {"gpt2-base", "modernbert-base", "longformer-base"}) {
    const Model model = OpenModel(context, std::string(LWAVE_TEST_DATA "/models/tiny/") + name);
    for (const char* option : {"heads", "kv_heads", "head_dim", "value_dim", "d_model", "causal", "global_projections"}) {
      for (const int32_t value : {0, 1, 64}) {
        INFO(name << ", " << option << " " << value);
        Random random(1);
        const Inputs inputs = MakeInputs(1, 8);
        Set(inputs, "ids", RandomIds(random, model, 8));
        Set(inputs, std::string("layers.0.") + option, std::vector<int32_t>{value});
        std::vector<float> rows(static_cast<size_t>(8 * ModelInt(model, "hidden")));
        Error error;
        CHECK(lwave_model_run(model.get(), nullptr, inputs.get(), LWAVE_LAST_HIDDEN_STATE, rows.data(),
                              static_cast<int64_t>(rows.size()), error) == LWAVE_INVALID_ARGUMENT);
        CHECK(std::string(error.message()).find("follows from the model") != std::string::npos);
      }
    }
  }
}

TEST_CASE("global tokens that every layer is given are those that the sequence is given", "[laws]") {
  const Context context = MakeContext(2);
  for (const char* name : {"longformer-base", "led-base"}) {
    INFO(name);
    const Model model = OpenModel(context, std::string(LWAVE_TEST_DATA "/models/tiny/") + name);
    Random random(2);
    const std::vector<int32_t> ids = RandomIds(random, model, 40);
    const Inputs whole = MakeInputs(1, 40), each = MakeInputs(1, 40), none = MakeInputs(1, 40);
    for (const Inputs* inputs : {&whole, &each, &none}) Set(*inputs, "ids", ids);
    std::vector<int32_t> globals(40);
    globals[0] = 1;
    Set(whole, "globals", globals);
    for (int64_t layer = 0; layer < ModelInt(model, "layers"); ++layer) {
      Set(each, "layers." + std::to_string(layer) + ".global", std::vector<int32_t>{0});
    }
    const auto distance = [](const std::vector<float>& a, const std::vector<float>& b) {
      float most = 0;
      for (size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(a[i] - b[i]));
      return most;
    };
    const int32_t output = std::string(name) == "led-base" ? LWAVE_ENCODER_LAST_HIDDEN_STATE : LWAVE_LAST_HIDDEN_STATE;
    const std::vector<float> expected = Run(model, whole, output);
    CHECK(distance(expected, Run(model, each, output)) < 1e-4F);
    CHECK(distance(expected, Run(model, none, output)) > 1e-2F);
  }
}

}  // namespace
}  // namespace lwave::test
