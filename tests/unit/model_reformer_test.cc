// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Reformer: what its configuration means, and which are refused by name.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "model_changed_config.h"

namespace lwave::model {
namespace {

using Catch::Matchers::ContainsSubstring;
using namespace testing;

std::string Unsupported(const std::string& changes) {
  return RefusalOf("reformer-lm", changes, absl::StatusCode::kUnimplemented);
}
std::string Wrong(const std::string& changes) {
  return RefusalOf("reformer-lm", changes, absl::StatusCode::kDataLoss);
}

ModelSpec SpecOf(const std::string& changes) {
  const auto checkpoint = OpenChanged("reformer-lm", changes);
  INFO(checkpoint.status().ToString());
  REQUIRE(checkpoint.ok());
  return (*checkpoint)->spec();
}

const AttentionOption* OptionOf(const AttentionSpec& attention, const std::string& name) {
  for (const AttentionOption& option : attention.options) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("Sequences of a Reformer are padded to all of its chunks, once they are longer than the shortest", "[model]") {
  const ModelSpec spec = SpecOf("{}");
  const StackSpec& stack = *spec.stack;
  CHECK(stack.PaddedRows(4) == 4);
  CHECK(stack.PaddedRows(5) == 12);
  CHECK(stack.PaddedRows(12) == 12);
  CHECK(stack.PaddedRows(13) == 24);
  CHECK(stack.max_positions == 120);
  CHECK(stack.output_width() == 64);
}

TEST_CASE("A Reformer with a hash seed draws as the reference does, one without draws another set for each layer",
          "[model]") {
  const ModelSpec seeded = SpecOf("{}"), free = SpecOf(R"({"hash_seed": null})");
  for (const size_t layer : {0, 2}) {
    const AttentionSpec& of_seed = seeded.stack->blocks[layer].attention;
    REQUIRE(OptionOf(of_seed, "generator") != nullptr);
    CHECK(OptionOf(of_seed, "generator")->text == "torch");
    CHECK(OptionOf(of_seed, "seed")->ints == std::vector<int64_t>{7});
    const AttentionSpec& of_layer = free.stack->blocks[layer].attention;
    CHECK(OptionOf(of_layer, "generator") == nullptr);
    CHECK(OptionOf(of_layer, "seed")->ints == std::vector<int64_t>{static_cast<int64_t>(layer)});
  }
  CHECK(OptionOf(seeded.stack->blocks[1].attention, "seed") == nullptr);
}

TEST_CASE("Settings of a Reformer that cannot be met are refused by name", "[model]") {
  CHECK_THAT(Unsupported(R"({"num_buckets": null})"), ContainsSubstring("num_buckets null"));
  CHECK_THAT(Unsupported(R"({"tie_word_embeddings": true})"), ContainsSubstring("tie_word_embeddings"));
  CHECK_THAT(Unsupported(R"({"sinusoidal_pos_embds": true})"), ContainsSubstring("sinusoidal_pos_embds"));
  CHECK_THAT(Unsupported(R"({"hidden_act": "mish"})"), ContainsSubstring("hidden_act \"mish\""));
  CHECK_THAT(Unsupported(R"({"axial_pos_shape": [2, 5, 12]})"), ContainsSubstring("axial positions"));
  CHECK_THAT(Unsupported(R"({"architectures": ["ReformerForChat"]})"), ContainsSubstring("ReformerForChat"));
  CHECK_THAT(Wrong(R"({"num_buckets": [4, 3]})"), ContainsSubstring("num_buckets must be an even number"));
  CHECK_THAT(Wrong(R"({"num_buckets": 7})"), ContainsSubstring("num_buckets must be an even number"));
  CHECK_THAT(Wrong(R"({"attn_layers": ["lsh", "global"]})"), ContainsSubstring("attn_layers must be"));
  CHECK_THAT(Wrong(R"({"attn_layers": []})"), ContainsSubstring("attn_layers must be"));
  CHECK_THAT(Wrong(R"({"axial_pos_embds_dim": [12, 12]})"), ContainsSubstring("sum is hidden_size 32"));
  CHECK_THAT(Wrong(R"({"axial_pos_shape": [12, 10]})"), ContainsSubstring("weights.0"));
  CHECK_THAT(Wrong(R"({"is_decoder": false})"), ContainsSubstring("is_decoder must be true with ReformerModelWithLMHead"));
}

}  // namespace lwave::model
