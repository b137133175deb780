// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Families beyond plain encoders, one small model of each: the bits of a sequence's result depend neither on what else
// is in the batch nor on the number of threads.

#include <catch2/catch_test_macros.hpp>

#include "law_support.h"

namespace lwave::test {
namespace {

struct Family {
  const char* model;
  int64_t most_tokens;
  int64_t most_decoder_tokens = 0;  // 0: no decoder
  bool globals = false;
  bool head = true;
};
constexpr Family kFamilies[] = {
    {"bart-base", 48, 48},
    {"bart-seqcls", 48},
    {"led-base", 96, 40, true},
    {"led-deep", 72, 40, true},
    {"reformer-base", 128, 0, false, false},
    {"reformer-lm", 120},
};

Model Open(const Context& context, const char* name) {
  return OpenModel(context, std::string(LWAVE_TEST_DATA "/models/tiny/") + name);
}

// What run reads; decoder ids may be empty although there is a decoder.
struct Input {
  int64_t batch = 0, tokens = 0, decoder_tokens = 0;
  std::vector<int32_t> ids, mask, globals, decoder_ids, decoder_mask;

  Inputs Make() const {
    Inputs inputs = MakeInputs(batch, tokens);
    Set(inputs, "ids", ids);
    if (!mask.empty()) Set(inputs, "mask", mask);
    if (!globals.empty()) Set(inputs, "globals", globals);
    if (!decoder_ids.empty()) Set(inputs, "decoder_ids", decoder_ids);
    if (!decoder_mask.empty()) Set(inputs, "decoder_mask", decoder_mask);
    return inputs;
  }
  Input Sequence(int64_t index) const {
    const auto part = [&](const std::vector<int32_t>& all, int64_t rows) {
      if (all.empty()) return all;
      return std::vector<int32_t>(all.begin() + index * rows, all.begin() + (index + 1) * rows);
    };
    return {1, tokens, decoder_tokens, part(ids, tokens), part(mask, tokens), part(globals, tokens),
            part(decoder_ids, decoder_tokens), part(decoder_mask, decoder_tokens)};
  }
};

// Sequences of different real lengths, padded on the right; the end token closes each, as heads may look for it.
Input RandomInput(Random& random, const Model& model, const Family& family) {
  constexpr int32_t kEnd = 2;
  Input input;
  input.batch = Between(random, 1, 4);
  input.tokens = Between(random, 1, family.most_tokens);
  input.ids = RandomIds(random, model, input.batch * input.tokens);
  for (int64_t b = 0; b < input.batch; ++b) {
    const int64_t length = Between(random, 1, input.tokens);
    input.ids[static_cast<size_t>(b * input.tokens + length - 1)] = kEnd;
    for (int64_t i = 0; i < input.tokens; ++i) {
      input.mask.push_back(i < length ? 1 : 0);
      if (family.globals) input.globals.push_back(i < length && random() % 5 == 0 ? 1 : 0);
    }
  }
  if (family.most_decoder_tokens == 0) return input;
  if (input.tokens <= family.most_decoder_tokens && random() % 4 == 0) return input;  // the source stands in
  input.decoder_tokens = Between(random, 1, family.most_decoder_tokens);
  input.decoder_ids = RandomIds(random, model, input.batch * input.decoder_tokens);
  for (int64_t b = 0; b < input.batch; ++b) {
    const int64_t length = Between(random, 1, input.decoder_tokens);
    for (int64_t i = 0; i < input.decoder_tokens; ++i) input.decoder_mask.push_back(i < length ? 1 : 0);
  }
  return input;
}

std::vector<int32_t> OutputsOf(const Family& family) {
  std::vector<int32_t> outputs;
  outputs.push_back(LWAVE_LAST_HIDDEN_STATE);
  if (family.head) outputs.push_back(LWAVE_LOGITS);
  if (family.most_decoder_tokens > 0) outputs.push_back(LWAVE_ENCODER_LAST_HIDDEN_STATE);
  return outputs;
}

}  // namespace

TEST_CASE("a sequence of any family gives the same bits alone and in any batch", "[laws]") {
  const Context context = MakeContext(2);
  for (const Family& family : kFamilies) {
    const Model model = Open(context, family.model);
    for (uint64_t seed = 1; seed <= Share(8); ++seed) {
      Random random(seed);
      const Input input = RandomInput(random, model, family);
      for (const int32_t output : OutputsOf(family)) {
        INFO(family.model << ", seed " << seed << ", output " << output);
        const std::vector<float> together = Run(model, input.Make(), output);
        const int64_t each = static_cast<int64_t>(together.size()) / input.batch;
        for (int64_t b = 0; b < input.batch; ++b) {
          const std::vector<float> alone = Run(model, input.Sequence(b).Make(), output);
          CHECK(alone == std::vector<float>(together.begin() + b * each, together.begin() + (b + 1) * each));
        }
      }
    }
  }
}

TEST_CASE("any family gives the same bits on any number of threads", "[laws][threads]") {
  const Context one = MakeContext(1);
  for (const Family& family : kFamilies) {
    const Model expected = Open(one, family.model);
    for (const int32_t threads : {2, 3}) {
      const Context context = MakeContext(threads);
      const Model model = Open(context, family.model);
      for (uint64_t seed = 1; seed <= Share(4); ++seed) {
        Random random(seed);
        const Input input = RandomInput(random, model, family);
        for (const int32_t output : OutputsOf(family)) {
          INFO(family.model << ", seed " << seed << ", output " << output << ", " << threads << " threads");
          CHECK(Run(model, input.Make(), output) == Run(expected, input.Make(), output));
        }
      }
    }
  }
}

TEST_CASE("a decoder that is given no ids reads its start token and the source without its last", "[laws]") {
  constexpr int32_t kStart = 2;
  const Context context = MakeContext(1);
  const Model model = Open(context, "bart-base");
  for (uint64_t seed = 1; seed <= Share(5); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    Input input = RandomInput(random, model, kFamilies[0]);
    input.decoder_ids = input.decoder_mask = {};
    const std::vector<float> without = Run(model, input.Make(), LWAVE_LOGITS);
    input.decoder_tokens = input.tokens;
    for (int64_t b = 0; b < input.batch; ++b) {
      const auto begin = input.ids.begin() + b * input.tokens;
      input.decoder_ids.push_back(kStart);
      input.decoder_ids.insert(input.decoder_ids.end(), begin, begin + input.tokens - 1);
    }
    CHECK(Run(model, input.Make(), LWAVE_LOGITS) == without);
  }
}

TEST_CASE("buckets that were read and are given again give the same bits as hashing does", "[laws]") {
  const Context context = MakeContext(1);
  const Model model = Open(context, "reformer-lm");
  for (uint64_t seed = 1; seed <= Share(5); ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    Input input = RandomInput(random, model, {"reformer-lm", 120});
    if (input.tokens <= 4) continue;  // one chunk is not hashed
    const Inputs inputs = input.Make();
    const std::vector<float> hashed = Run(model, inputs, LWAVE_LAST_HIDDEN_STATE);
    for (const char* layer : {"layers.0.buckets", "layers.2.buckets"}) {
      const std::vector<float> buckets = RunPart(model, inputs, layer);
      // 3 heads, 3 rounds, rows padded to a multiple of 12
      REQUIRE(static_cast<int64_t>(buckets.size()) == input.batch * 9 * ((input.tokens + 11) / 12 * 12));
      Set(inputs, layer, std::vector<int32_t>(buckets.begin(), buckets.end()));
    }
    CHECK(Run(model, inputs, LWAVE_LAST_HIDDEN_STATE) == hashed);
  }
}

TEST_CASE("a workspace gives an encoder and its decoder the bits that a call without one gives", "[laws]") {
  const Context context = MakeContext(1);
  for (const Family& family : kFamilies) {
    const Model model = Open(context, family.model);
    const Workspace workspace = MakeWorkspace(model, nullptr, 4, family.most_tokens);
    for (uint64_t seed = 1; seed <= Share(5); ++seed) {
      INFO(family.model << ", seed " << seed);
      Random random(seed);
      const Input input = RandomInput(random, model, family);
      for (const int32_t output : OutputsOf(family)) {
        CHECK(Run(model, input.Make(), output, workspace.get()) == Run(model, input.Make(), output));
      }
    }
  }
}

}  // namespace lwave::test
