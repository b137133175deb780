// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the laws of generators share: the tiny models by name, tokens with their log-probabilities, copies.

#ifndef LONGWAVE_TESTS_LAWS_GENERATOR_SUPPORT_H_
#define LONGWAVE_TESTS_LAWS_GENERATOR_SUPPORT_H_

#include <cstdint>
#include <string>
#include <vector>

#include "law_support.h"
#include "support/api.h"

namespace lwave::test {

inline std::string Folder(const std::string& name) { return LWAVE_TEST_DATA "/models/tiny/" + name; }

struct Generated {
  std::vector<int32_t> ids;
  std::vector<float> logs;
  friend bool operator==(const Generated&, const Generated&) = default;
};

inline Generated All(const Generator& generator) {
  Generated tokens;
  tokens.ids = Generate(generator, &tokens.logs);
  return tokens;
}

// The next `count` tokens.
inline void Some(const Generator& generator, int64_t count, Generated& tokens) {
  for (int64_t i = 0; i < count; ++i) {
    Error error;
    int32_t id = 0, finished = 0;
    float log = 0;
    error.Check(lwave_generator_next(generator.get(), &id, &log, &finished, error));
    if (finished != 0) return;
    tokens.ids.push_back(id);
    tokens.logs.push_back(log);
  }
}

inline int64_t Number(const Generator& generator, const char* key) {
  Error error;
  int64_t value = 0;
  error.Check(lwave_generator_get_int(generator.get(), key, &value, error));
  return value;
}

inline Generator Restored(const Model& model, const std::string& saved) {
  Error error;
  lwave_generator* made = nullptr;
  error.Check(lwave_generator_restore(model.get(), saved.data(), static_cast<int64_t>(saved.size()), &made, error));
  return Generator(made);
}
inline Generator Forked(const Generator& generator) {
  Error error;
  lwave_generator* made = nullptr;
  error.Check(lwave_generator_fork(generator.get(), &made, error));
  return Generator(made);
}

inline void SetFloat(const Config& config, const char* key, double value) {
  Error error;
  error.Check(lwave_config_set_float(config.get(), key, value, error));
}

// Greedy, drawn or beams, by the seed.
inline Config RandomGeneration(uint64_t seed, int64_t tokens) {
  Config config = MakeConfig("generation");
  Set(config, "max_new_tokens", tokens);
  Set(config, "stop_at_end", int64_t{0});
  if (seed % 3 == 1) {
    Set(config, "sample", int64_t{1});
    Set(config, "seed", static_cast<int64_t>(seed));
    SetFloat(config, "temperature", 1.3);
    SetFloat(config, "top_p", 0.95);
  }
  if (seed % 3 == 2) Set(config, "beams", int64_t{3});
  return config;
}

}  // namespace lwave::test

#endif  // LONGWAVE_TESTS_LAWS_GENERATOR_SUPPORT_H_
