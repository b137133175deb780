// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The double-precision oracle itself, against results of an independent implementation (computed in double
// and stored in single precision) for every tiny model of the two families.

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

#include "reference/checkpoint_reference.h"
#include "reference/encoder_reference.h"
#include "reference/safetensors_reference.h"

namespace lwave::reference {
namespace {

// Largest error in units of what storing in single precision may cost.
double Error(const Values& got, const Values& expected) {
  if (got.size() != expected.size()) return 1e300;
  double worst = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    const double error = std::abs(got[i] - expected[i]) / (1e-6 + 1e-6 * std::abs(expected[i]));
    if (!(error <= worst)) worst = error;
  }
  return worst;
}

// Sequence b of a tensor [batch, ...], or of [layers + 1, batch, ...] at one layer.
Values Part(const StoredTensor& tensor, int64_t index, int64_t parts) {
  const Values all = tensor.Doubles();
  const int64_t size = static_cast<int64_t>(all.size()) / parts;
  return Values(all.begin() + index * size, all.begin() + (index + 1) * size);
}

// Stored results are zero where the mask is.
Values Masked(Values rows, const std::vector<int64_t>& mask, int64_t hidden) {
  for (size_t i = 0; i < mask.size(); ++i) {
    if (mask[i] == 0) std::fill_n(rows.begin() + static_cast<int64_t>(i) * hidden, hidden, 0.0);
  }
  return rows;
}

void CheckModel(const std::string& directory) {
  const Encoder encoder = LoadEncoder(directory);
  const StoredFile file = ReadSafetensors(directory + "/expected.safetensors");
  const nlohmann::json expected = nlohmann::json::parse(ReadWholeFile(directory + "/expected.json"));
  for (const nlohmann::json& entry : expected.at("cases")) {
    const std::string name = entry.at("name").get<std::string>();
    INFO(directory << ", case " << name);
    const auto has = [&](const std::string& what) { return file.Has(name + "." + what); };
    const auto at = [&](const std::string& what) -> const StoredTensor& {
      return file.At(name + "." + what);
    };
    const int64_t batch = at("input_ids").shape[0], n = at("input_ids").shape[1];
    const auto integers = [&](const std::string& what, int64_t b) {
      if (!has(what)) return std::vector<int64_t>();
      const std::vector<int64_t> all = at(what).Integers();
      return std::vector<int64_t>(all.begin() + b * n, all.begin() + (b + 1) * n);
    };
    for (int64_t b = 0; b < batch; ++b) {
      const EncoderInput input = {integers("input_ids", b), integers("attention_mask", b),
                                  integers("token_type_ids", b)};
      const std::vector<Values> states = HiddenStates(encoder, input);
      const auto rows = [&](size_t layer) { return Masked(states[layer], input.mask, encoder.hidden); };
      if (has("last_hidden_state")) {
        CHECK(Error(rows(states.size() - 1), Part(at("last_hidden_state"), b, batch)) <= 1);
      }
      for (size_t layer = 0; has("hidden_states") && layer < states.size(); ++layer) {
        const int64_t parts = batch * static_cast<int64_t>(states.size());
        const int64_t index = static_cast<int64_t>(layer) * batch + b;
        CHECK(Error(rows(layer), Part(at("hidden_states"), index, parts)) <= 1);
      }
      if (has("pooler_output")) {
        CHECK(Error(PoolerOutput(encoder, states.back()), Part(at("pooler_output"), b, batch)) <= 1);
      }
      if (has("sentence_embedding")) {
        const Values embedding = SentenceEmbedding(encoder, states.back(), input.mask);
        CHECK(Error(embedding, Part(at("sentence_embedding"), b, batch)) <= 1);
      }
    }
  }
}

TEST_CASE("the oracle agrees with the independent results of every tiny BERT and RoBERTa", "[reference]") {
  int checked = 0;
  const std::filesystem::path models = LWAVE_TEST_DATA "/models/tiny";
  REQUIRE(std::filesystem::is_directory(models));
  for (const auto& entry : std::filesystem::directory_iterator(models)) {
    const std::string name = entry.path().filename().string();
    if (name.rfind("bert-", 0) != 0 && name.rfind("roberta-", 0) != 0) continue;
    if (!std::filesystem::exists(entry.path() / "expected.json")) continue;
    CheckModel(entry.path().string());
    ++checked;
  }
  CHECK(checked >= 2);
}

// A random encoder of one layer kind, for properties that hold for any weights.
Encoder RandomEncoder(uint64_t seed, bool pre_norm) {
  std::mt19937_64 random(seed);
  std::normal_distribution<double> normal(0.0, 0.4);
  const auto draw = [&](int64_t count) {
    Values values(static_cast<size_t>(count));
    for (double& value : values) value = normal(random);
    return values;
  };
  const int64_t hidden = 8, intermediate = 12;
  const auto linear = [&](int64_t outputs, int64_t inputs) {
    return Linear{outputs, inputs, draw(outputs * inputs), draw(outputs)};
  };
  const auto norm = [&] { return Norm{draw(hidden), draw(hidden)}; };
  Encoder encoder;
  encoder.hidden = hidden;
  encoder.heads = 2;
  encoder.vocabulary = 20;
  encoder.pre_norm = pre_norm;
  encoder.word_embedding = draw(20 * hidden);
  encoder.position_embedding = draw(64 * hidden);
  encoder.type_embedding = draw(2 * hidden);
  encoder.embedding_norm = norm();
  for (int l = 0; l < 3; ++l) {
    encoder.layers.push_back({linear(hidden, hidden), linear(hidden, hidden), linear(hidden, hidden),
                              linear(hidden, hidden), norm(), linear(intermediate, hidden),
                              linear(hidden, intermediate), {}, norm()});
  }
  if (pre_norm) encoder.final_norm = norm();
  return encoder;
}

EncoderInput RandomInput(uint64_t seed, int64_t n) {
  std::mt19937_64 random(seed);
  EncoderInput input;
  for (int64_t i = 0; i < n; ++i) input.ids.push_back(static_cast<int64_t>(random() % 20));
  return input;
}

TEST_CASE("a window that reaches everything is the full reading", "[reference]") {
  for (const bool pre_norm : {false, true}) {
    const Encoder encoder = RandomEncoder(3, pre_norm);
    const EncoderInput input = RandomInput(4, 40);
    LongReading reading;
    reading.left = reading.right = {40, 40, 40};
    reading.tile = 64;
    CHECK(HiddenStates(encoder, input, &reading) == HiddenStates(encoder, input));
  }
}

TEST_CASE("a row depends on exactly what windows and sinks let through", "[reference]") {
  const Encoder encoder = RandomEncoder(5, false);
  LongReading reading;
  reading.left = {2, 1, 0};
  reading.right = {1, 0, 2};
  reading.sinks = 0;
  reading.tile = 16;
  const EncoderInput input = RandomInput(6, 40);
  const Values before = HiddenStates(encoder, input, &reading).back();
  EncoderInput changed = input;
  changed.ids[20] = (changed.ids[20] + 1) % 20;
  const auto differs = [&](const Values& after, int64_t i) {
    return !std::equal(before.begin() + i * 8, before.begin() + (i + 1) * 8, after.begin() + i * 8);
  };
  const Values after = HiddenStates(encoder, changed, &reading).back();
  // Row i sees back 2 + 1 + 0 rows and ahead 1 + 0 + 2 rows in all.
  for (int64_t i = 0; i < 40; ++i) CHECK(differs(after, i) == (i >= 17 && i <= 23));

  reading.sinks = 3;
  const Values base = HiddenStates(encoder, input, &reading).back();
  changed = input;
  changed.ids[1] = (changed.ids[1] + 1) % 20;
  const Values sunk = HiddenStates(encoder, changed, &reading).back();
  for (int64_t i = 0; i < 40; ++i) {
    CHECK_FALSE(std::equal(base.begin() + i * 8, base.begin() + (i + 1) * 8, sunk.begin() + i * 8));
  }
}

TEST_CASE("positions are tiled behind the sinks", "[reference]") {
  LongReading reading;
  reading.sinks = 3;
  reading.tile = 8;
  const std::vector<int64_t> expected = {0, 1, 2, 3, 4, 5, 6, 7, 3, 4, 5, 6, 7, 3, 4};
  for (size_t i = 0; i < expected.size(); ++i) {
    CHECK(reading.Position(static_cast<int64_t>(i)) == expected[i]);
  }
}

TEST_CASE("a row that may see nothing gets zeros from attention", "[reference]") {
  const Encoder encoder = RandomEncoder(7, false);
  EncoderInput input = RandomInput(8, 5);
  input.mask = {0, 0, 0, 0, 0};
  Encoder without = encoder;
  for (EncoderLayer& layer : without.layers) {
    layer.attention_output.weight.assign(layer.attention_output.weight.size(), 0.0);
  }
  CHECK(HiddenStates(encoder, input) == HiddenStates(without, input));
}

}  // namespace
}  // namespace lwave::reference
