// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What forward shows of a layer's attention: its queries, keys and values.

#include <catch2/catch_test_macros.hpp>
#include <cmath>

#include "checkpoint_reference.h"
#include "law_support.h"

namespace lwave::test {
namespace {

// x W^T + b in double.   x // [rows, inputs]
std::vector<double> Product(const reference::Linear& linear, const float* x, int64_t rows) {
  std::vector<double> y;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t o = 0; o < linear.outputs; ++o) {
      double sum = linear.bias.empty() ? 0 : linear.bias[static_cast<size_t>(o)];
      for (int64_t i = 0; i < linear.inputs; ++i) {
        sum += static_cast<double>(x[r * linear.inputs + i]) * linear.weight[static_cast<size_t>(o * linear.inputs + i)];
      }
      y.push_back(sum);
    }
  }
  return y;
}

TEST_CASE("queries, keys and values are each layer's products of its hidden rows", "[laws]") {
  const Context context = MakeContext(2);
  for (const std::string& directory : TinyModels()) {
    const reference::Encoder encoder = reference::LoadEncoder(directory);
    if (encoder.pre_norm) continue;  // their products are of normed rows
    const Model model = OpenModel(context, directory);
    for (const bool windowed : {false, true}) {
      Random random(450);
      INFO(directory << (windowed ? " window" : " in full"));
      const Batch batch = OneSequence(RandomIds(random, model, windowed ? 90 : 40));
      const Config config = windowed ? ToConfig(Window()) : Config();
      const std::vector<float> hidden = Forward(model, config, batch, LWAVE_HIDDEN_STATES);
      for (const int32_t output : {LWAVE_QUERIES, LWAVE_KEYS, LWAVE_VALUES}) {
        const std::vector<float> got = Forward(model, config, batch, output);
        const size_t plane = static_cast<size_t>(batch.tokens * encoder.hidden);
        REQUIRE(got.size() == plane * encoder.layers.size());
        for (size_t l = 0; l < encoder.layers.size(); ++l) {
          const reference::EncoderLayer& layer = encoder.layers[l];
          const std::vector<double> expected =
              Product(output == LWAVE_QUERIES ? layer.query : output == LWAVE_KEYS ? layer.key : layer.value,
                      hidden.data() + l * plane, batch.tokens);
          double worst = 0, largest = 1e-3;
          for (size_t i = 0; i < plane; ++i) {
            worst = std::max(worst, std::abs(static_cast<double>(got[l * plane + i]) - expected[i]));
            largest = std::max(largest, std::abs(expected[i]));
          }
          INFO("output " << output << " layer " << l);
          CHECK(worst <= 1e-5 * largest);
        }
      }
    }
  }
}

TEST_CASE("queries, keys and values take their exact count", "[laws]") {
  const Context context = MakeContext(1);
  const Model model = OpenModel(context, TinyModels().front());
  const Batch batch = OneSequence({1, 2, 3});
  for (const int32_t output : {LWAVE_QUERIES, LWAVE_KEYS, LWAVE_VALUES}) {
    std::vector<float> result(static_cast<size_t>(OutputSize(model, batch, output)));
    for (const int64_t off : {-1, 1}) {
      lwave_error error;
      CHECK(lwave_model_forward(model.get(), nullptr, nullptr, batch.ids.data(), nullptr, nullptr, 1, 3, output,
                                result.data(), static_cast<int64_t>(result.size()) + off,
                                &error) == LWAVE_INVALID_ARGUMENT);
    }
  }
}

}  // namespace
}  // namespace lwave::test
