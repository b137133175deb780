// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The laws of whole sequences, for models of every family: a list of tiny models, each with whatever it takes (masks,
// global tokens, types) and gives (rows, states, pooler, scores).

#include <catch2/catch_test_macros.hpp>
#include <limits>
#include <string>
#include <vector>

#include "batch_slices.h"
#include "host.h"
#include "law_support.h"

namespace lwave::test {
namespace {

struct FamilyModel {
  const char* name;
  int64_t most_tokens;
  bool globals = false;
  bool question = false;  // the head looks for three separators (id 2) where there are no global tokens
  int64_t types = 1;
};

constexpr FamilyModel kModels[] = {
    {"bert-mlm", 60, false, false, 2},       {"bert-seqcls", 60, false, false, 2},
    {"roberta-mlm", 60},                     {"roberta-seqcls", 60},
    {"distilbert-base", 60},                 {"distilbert-seqcls", 60},
    {"longformer-base", 120, true},          {"longformer-qa", 120, true, true},
    {"longformer-seqcls", 120, true},        {"longformer-tokcls", 120, true},
    {"bigbird-base", 120, false, false, 2},  {"bigbird-mlm", 190, false, false, 2},
};

std::string Directory(const FamilyModel& model) { return std::string(LWAVE_TEST_DATA "/models/tiny/") + model.name; }

// Sequences with everything that a model takes.   // [batch, tokens] each
struct Texts {
  int64_t batch = 0, tokens = 0;
  std::vector<int32_t> ids, mask, globals, types;
};

Texts RandomTexts(Random& random, const FamilyModel& family, const Model& model, int64_t batch, int64_t tokens) {
  Texts texts;
  texts.batch = batch, texts.tokens = tokens;
  texts.ids = RandomIds(random, model, batch * tokens);
  const bool named = family.globals && random() % 2 == 0;
  for (int64_t i = 0; i < batch * tokens; ++i) {
    int32_t& id = texts.ids[static_cast<size_t>(i)];
    if (family.question) {
      const int64_t place = i % tokens;
      if (id == 2) id = 3;
      if (place == tokens / 4 || place == tokens / 4 + 1 || place == tokens - 1) id = 2;
    }
    texts.mask.push_back(i % tokens == 0 || random() % 5 != 0 ? 1 : 0);
    texts.types.push_back(static_cast<int32_t>(random() % static_cast<uint64_t>(family.types)));
    if (named) texts.globals.push_back(random() % 6 == 0 ? 1 : 0);
  }
  return texts;
}

Inputs ToInputs(const Texts& texts) {
  Inputs inputs = MakeInputs(texts.batch, texts.tokens);
  Set(inputs, "ids", texts.ids);
  Set(inputs, "mask", texts.mask);
  Set(inputs, "token_types", texts.types);
  if (!texts.globals.empty()) Set(inputs, "globals", texts.globals);
  return inputs;
}

Texts Alone(const Texts& all, int64_t index) {
  const auto part = [&](const std::vector<int32_t>& numbers) {
    if (numbers.empty()) return numbers;
    return std::vector<int32_t>(numbers.begin() + index * all.tokens, numbers.begin() + (index + 1) * all.tokens);
  };
  return {1, all.tokens, part(all.ids), part(all.mask), part(all.globals), part(all.types)};
}

// The outputs that the model has.
std::vector<int32_t> Outputs(const Model& model, const Inputs& inputs) {
  std::vector<int32_t> outputs = {LWAVE_LAST_HIDDEN_STATE, LWAVE_HIDDEN_STATES, LWAVE_SENTENCE_EMBEDDING};
  for (const int32_t output : {LWAVE_POOLER_OUTPUT, LWAVE_LOGITS}) {
    int64_t shape[8], dimensions = 0;
    if (lwave_model_output_shape(model.get(), inputs.get(), output, shape, 8, &dimensions, nullptr) == LWAVE_OK) {
      outputs.push_back(output);
    }
  }
  return outputs;
}

TEST_CASE("a sequence's result does not depend on its batch, in every family", "[laws]") {
  const Context context = MakeContext(2);
  for (const FamilyModel& family : kModels) {
    const Model model = OpenModel(context, Directory(family));
    for (uint64_t seed = 900; seed < 900 + Share(6); ++seed) {
      Random random(seed);
      INFO(family.name << " seed " << seed);
      const Texts texts =
          RandomTexts(random, family, model, Between(random, 2, 4), Between(random, 8, family.most_tokens));
      const Inputs together = ToInputs(texts);
      for (const int32_t output : Outputs(model, together)) {
        const std::vector<float> all = Run(model, together, output);
        const int64_t planes = output == LWAVE_HIDDEN_STATES ? OutputShape(model, together, output)[0] : 1;
        for (int64_t i = 0; i < texts.batch; ++i) {
          INFO("output " << output << ", sequence " << i << " of " << texts.batch << " x " << texts.tokens);
          const std::vector<float> alone = Run(model, ToInputs(Alone(texts, i)), output);
          REQUIRE(Difference(alone, Slice(all, planes, texts.batch, i)) == "");
        }
      }
    }
  }
}

TEST_CASE("results do not depend on the number of threads, in every family", "[laws][threads]") {
  for (const FamilyModel& family : kModels) {
    std::vector<std::vector<float>> expected;
    for (const int32_t threads : {1, 2, 3, 5}) {
      const Model model = OpenModel(MakeContext(threads), Directory(family));
      Random random(950);
      INFO(family.name << " seed 950, " << threads << " threads");
      const Inputs inputs = ToInputs(RandomTexts(random, family, model, 2, family.most_tokens));
      size_t at = 0;
      for (const int32_t output : Outputs(model, inputs)) {
        const std::vector<float> got = Run(model, inputs, output);
        if (threads == 1) {
          expected.push_back(got);
        } else {
          REQUIRE(Difference(expected.at(at++), got) == "");
        }
      }
    }
  }
}

TEST_CASE("a workspace takes what its plan says and then nothing, and changes no bit, in every family", "[laws]") {
  CountingAllocator allocator;
  for (const FamilyModel& family : kModels) {
    const Context context = allocator.MakeContext(2);
    const Model model = OpenModel(context, Directory(family));
    Random random(970);
    INFO(family.name << " seed 970");
    const Texts texts = RandomTexts(random, family, model, 2, family.most_tokens / 2);
    const Inputs inputs = ToInputs(texts);
    Error error;
    error.Check(lwave_model_prepare(model.get(), error));
    std::vector<std::vector<float>> expected;
    for (const int32_t output : Outputs(model, inputs)) expected.push_back(Run(model, inputs, output));
    int64_t planned = 0;
    error.Check(lwave_workspace_plan(model.get(), nullptr, 2, family.most_tokens, &planned, error));
    const int64_t before = allocator.bytes();
    const Workspace workspace = MakeWorkspace(model, Config(), 2, family.most_tokens);
    CHECK(allocator.bytes() - before == planned);
    const int64_t calls = allocator.calls();
    size_t at = 0;
    for (const int32_t output : Outputs(model, inputs)) {
      CHECK(Difference(expected.at(at++), Run(model, inputs, output, workspace.get())) == "");
    }
    CHECK(allocator.calls() == calls);
  }
  CHECK(allocator.bytes() == 0);
  CHECK(!allocator.misused());
}

TEST_CASE("a NaN in a closed row reaches no other, not even through global tokens", "[laws]") {
  const Model model = OpenModel(MakeContext(2), LWAVE_TEST_DATA "/models/tiny/longformer-base");
  const int64_t tokens = 70, hidden = ModelInt(model, "hidden"), closed = 33;
  for (const int64_t every : {35, 7}) {  // two global tokens, and many
    Random random(990);
    INFO("seed 990, every " << every << "th token is global");
    std::vector<float> vectors(static_cast<size_t>(tokens * hidden));
    for (float& number : vectors) number = static_cast<float>(Between(random, -1000, 1000)) / 1000;
    std::vector<int32_t> mask(static_cast<size_t>(tokens), 1), globals(mask.size());
    mask[closed] = 0;
    for (int64_t i = 0; i < tokens; i += every) globals[static_cast<size_t>(i)] = 1;
    const auto rows = [&] {
      const Inputs inputs = MakeInputs(1, tokens);
      Set(inputs, "vectors", vectors);
      Set(inputs, "mask", mask);
      Set(inputs, "globals", globals);
      std::vector<float> result = Run(model, inputs, LWAVE_LAST_HIDDEN_STATE);
      result.erase(result.begin() + closed * hidden, result.begin() + (closed + 1) * hidden);
      return result;
    };
    const std::vector<float> expected = rows();
    vectors[static_cast<size_t>(closed * hidden + 3)] = std::numeric_limits<float>::quiet_NaN();
    CHECK(Difference(expected, rows()) == "");
  }
}

TEST_CASE("closed rows behind a text change nothing, so that padding a batch is free", "[laws]") {
  const Context context = MakeContext(2);
  for (const FamilyModel& family : kModels) {
    if (std::string(family.name).rfind("bigbird", 0) == 0) continue;  // its grid of blocks is the text's length
    const Model model = OpenModel(context, Directory(family));
    Random random(980);
    INFO(family.name << " seed 980");
    const Texts texts = RandomTexts(random, family, model, 1, family.most_tokens - 13);
    Texts padded = texts;
    padded.tokens += 13;
    for (std::vector<int32_t>* numbers : {&padded.ids, &padded.mask, &padded.types, &padded.globals}) {
      if (!numbers->empty()) numbers->resize(static_cast<size_t>(padded.tokens), 0);
    }
    const std::vector<float> alone = Run(model, ToInputs(texts), LWAVE_LAST_HIDDEN_STATE);
    std::vector<float> behind = Run(model, ToInputs(padded), LWAVE_LAST_HIDDEN_STATE);
    behind.resize(alone.size());
    CHECK(Difference(alone, behind) == "");
  }
}

}  // namespace
}  // namespace lwave::test
