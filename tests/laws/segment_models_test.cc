// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Models with memory over segments: the bits of a sequence's rows and memory depend neither on what else is in the
// batch nor on the number of threads, whether memories are given or not.

#include <catch2/catch_test_macros.hpp>

#include "law_support.h"

namespace lwave::test {
namespace {

constexpr const char* kModels[] = {"transfoxl-base", "transfoxl-plain", "xlnet-lm"};
constexpr int32_t kOutputs[] = {LWAVE_LAST_HIDDEN_STATE, LWAVE_LOGITS, LWAVE_MEMORIES};

Model Open(const Context& context, const char* name) {
  return OpenModel(context, std::string(LWAVE_TEST_DATA "/models/tiny/") + name);
}

Inputs Make(const std::vector<int32_t>& ids, int64_t batch, const std::vector<float>& memories) {
  Inputs inputs = MakeInputs(batch, static_cast<int64_t>(ids.size()) / batch);
  Set(inputs, "ids", ids);
  if (!memories.empty()) Set(inputs, "memories", memories);
  return inputs;
}

// The numbers of one sequence: of [layers, batch, ...] where the output has layers in front, else of [batch, ...].
std::vector<float> Of(const std::vector<float>& all, int64_t layers, int64_t batch, int64_t index) {
  const int64_t each = static_cast<int64_t>(all.size()) / (layers * batch);
  std::vector<float> some;
  for (int64_t l = 0; l < layers; ++l) {
    const auto begin = all.begin() + (l * batch + index) * each;
    some.insert(some.end(), begin, begin + each);
  }
  return some;
}

}  // namespace

TEST_CASE("a segment of a sequence gives the same bits alone and in any batch, its memory too", "[laws]") {
  const Context context = MakeContext(2);
  for (const char* name : kModels) {
    const Model model = Open(context, name);
    const int64_t layers = ModelInt(model, "layers");
    for (uint64_t seed = 1; seed <= Share(8); ++seed) {
      Random random(seed);
      const int64_t batch = Between(random, 2, 4);
      std::vector<float> memories;
      for (int segment = 0; segment < 3; ++segment) {
        const int64_t tokens = Between(random, 1, 20);
        const std::vector<int32_t> ids = RandomIds(random, model, batch * tokens);
        const Inputs together = Make(ids, batch, memories);
        for (const int32_t output : kOutputs) {
          const int64_t in_front = output == LWAVE_MEMORIES ? layers : 1;
          const std::vector<float> all = Run(model, together, output);
          for (int64_t b = 0; b < batch; ++b) {
            INFO(name << ", seed " << seed << ", segment " << segment << ", output " << output << ", sequence " << b);
            const std::vector<int32_t> own(ids.begin() + b * tokens, ids.begin() + (b + 1) * tokens);
            CHECK(Run(model, Make(own, 1, memories.empty() ? memories : Of(memories, layers, batch, b)), output) ==
                  Of(all, in_front, batch, b));
          }
        }
        memories = Run(model, together, LWAVE_MEMORIES);
      }
    }
  }
}

TEST_CASE("segments give the same bits with any number of threads", "[laws][threads]") {
  for (const char* name : kModels) {
    std::vector<std::vector<float>> expected;
    for (const int32_t threads : {1, 2, 4}) {
      const Context context = MakeContext(threads);
      const Model model = Open(context, name);
      Random random(3);
      std::vector<std::vector<float>> got;
      std::vector<float> memories;
      for (const int64_t tokens : {17, 3}) {
        const Inputs inputs = Make(RandomIds(random, model, 2 * tokens), 2, memories);
        for (const int32_t output : kOutputs) got.push_back(Run(model, inputs, output));
        memories = got.back();
      }
      INFO(name << ", " << threads << " threads");
      if (expected.empty()) expected = got;
      CHECK(got == expected);
    }
  }
}

TEST_CASE("memories of another shape, or for a model without memory, are refused", "[laws]") {
  const Context context = MakeContext(1);
  const auto refusal = [&](const char* name, size_t numbers) {
    const Model model = Open(context, name);
    const Inputs inputs = Make({1, 2}, 1, std::vector<float>(numbers, 0.5f));
    try {
      Run(model, inputs, LWAVE_LAST_HIDDEN_STATE);
    } catch (const Failure& failure) {
      CHECK(failure.status() == LWAVE_INVALID_ARGUMENT);
      return std::string(failure.what());
    }
    return std::string();
  };
  CHECK(refusal("transfoxl-base", 3 * 32 * 12) == "");
  CHECK(refusal("transfoxl-base", 3 * 32 * 13).find("at most 12 rows") != std::string::npos);
  CHECK(refusal("transfoxl-base", 3 * 32 + 1).find("3 x 1 x rows x 32") != std::string::npos);
  CHECK(refusal("xlnet-base", 3 * 32).find("remembers no rows") != std::string::npos);
  CHECK(refusal("bert-base", 3 * 32).find("remembers no rows") != std::string::npos);
}

}  // namespace lwave::test
