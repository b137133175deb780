// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Beams and the rules of repetition against what transformers 5.12 generates from the same small models (in float64;
// tests/data/generation/beams.json holds its ids).

#include <catch2/catch_test_macros.hpp>
#include <cstdint>
#include <fstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "support/api.h"

namespace lwave::test {
namespace {

using nlohmann::json;

void SetReal(const Config& config, const char* key, double value) {
  Error error;
  error.Check(lwave_config_set_float(config.get(), key, value, error));
}

// transformers' names and ours.
Config ConfigOf(const json& one) {
  Config config = MakeConfig("generation");
  Set(config, "model_settings", int64_t{0});
  const json& options = one.at("options");
  for (const auto& [key, value] : options.items()) {
    if (key == "num_beams") Set(config, "beams", value.get<int64_t>());
    else if (key == "no_repeat_ngram_size") Set(config, "no_repeat_ngram", value.get<int64_t>());
    else if (key == "forced_eos_token_id") Set(config, "forced_last", value.get<int64_t>());
    else if (key == "eos") Set(config, "end_ids", std::vector<int64_t>{value.get<int64_t>()});
    else if (key == "early_stopping") Set(config, "early_stopping", value.is_string() ? "never" : value.get<bool>() ? "yes" : "no");
    else if (key == "length_penalty" || key == "repetition_penalty") SetReal(config, key.c_str(), value.get<double>());
    else Set(config, key.c_str(), value.get<int64_t>());
  }
  if (one.contains("decoder_start")) Set(config, "decoder_start", one.at("decoder_start").get<int64_t>());
  if (one.contains("globals")) Set(config, "globals", one.at("globals").get<std::vector<int64_t>>());
  return config;
}

TEST_CASE("beams, penalties and forced tokens give the ids that transformers gives", "[golden]") {
  std::ifstream file(LWAVE_TEST_DATA "/generation/beams.json");
  const json cases = json::parse(file);
  REQUIRE(cases.size() >= 30);
  const Context context = MakeContext(2);
  std::string name;
  Model model;
  for (const json& one : cases) {
    if (one.at("model").get<std::string>() != name) {
      name = one.at("model").get<std::string>();
      model = OpenModel(context, LWAVE_TEST_DATA "/models/tiny/" + name);
    }
    INFO(name << " " << one.at("options").dump());
    const Generator generator = MakeGenerator(model, ConfigOf(one));
    Push(generator, one.at("ids").get<std::vector<int32_t>>());
    CHECK(Generate(generator) == one.at("expected").get<std::vector<int32_t>>());
  }
}

}  // namespace
}  // namespace lwave::test
