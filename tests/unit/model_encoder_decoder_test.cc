// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// BART and LED: what their configurations mean, and which are refused by name.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cmath>

#include "model_changed_config.h"

namespace lwave::model {
namespace {

using Catch::Matchers::ContainsSubstring;
using namespace testing;

std::string Unsupported(const std::string& changes) {
  return RefusalOf("bart-base", changes, absl::StatusCode::kUnimplemented);
}
std::string Wrong(const std::string& changes) { return RefusalOf("bart-base", changes, absl::StatusCode::kDataLoss); }

ModelSpec SpecOf(const std::string& changes) {
  const auto checkpoint = OpenChanged("bart-base", changes);
  INFO(checkpoint.status().ToString());
  REQUIRE(checkpoint.ok());
  return (*checkpoint)->spec();
}

}  // namespace

TEST_CASE("BART has as many positions as its configuration says, behind two rows of the table", "[model]") {
  const ModelSpec spec = SpecOf("{}");
  CHECK(spec.positions.usable() == 48);
  CHECK(spec.stack->embedding.position_spec.offset == 2);
  CHECK(spec.decoder->embedding.position_spec.table_rows == 50);
  CHECK(spec.decoder->max_positions == 48);
  CHECK(spec.decoder->causal);
  CHECK(spec.decoder_start_id == 2);
  CHECK_THAT(Wrong(R"({"max_position_embeddings": 50})"), ContainsSubstring("must have the shape [52, 32]"));
}

TEST_CASE("Words are scaled by the root of the width where BART's configuration says so", "[model]") {
  CHECK(SpecOf("{}").stack->embedding.scale == 1);
  const ModelSpec scaled = SpecOf(R"({"scale_embedding": true})");
  CHECK(scaled.stack->embedding.scale == std::sqrt(32.0));
  CHECK(scaled.decoder->embedding.scale == std::sqrt(32.0));
}

TEST_CASE("Both sides of BART have layers, heads and widths of their own", "[model]") {
  CHECK_THAT(Wrong(R"({"decoder_layers": 3})"), ContainsSubstring("model.decoder.layers.2"));
  CHECK_THAT(Wrong(R"({"encoder_layers": 1})"), ContainsSubstring("has no place"));
  CHECK_THAT(Wrong(R"({"decoder_ffn_dim": 60})"), ContainsSubstring("must have the shape [60, 32]"));
  CHECK_THAT(Wrong(R"({"decoder_attention_heads": 5})"), ContainsSubstring("decoder_attention_heads must be a divisor"));
  CHECK(SpecOf(R"({"decoder_attention_heads": 8})").decoder->blocks[0].cross->head_dim == 4);
}

TEST_CASE("Settings that would make another model of BART are refused by name", "[model]") {
  CHECK_THAT(Unsupported(R"({"is_decoder": true})"), ContainsSubstring("is_decoder"));
  CHECK_THAT(Unsupported(R"({"is_encoder_decoder": false})"), ContainsSubstring("is_encoder_decoder"));
  CHECK_THAT(Unsupported(R"({"normalize_before": true})"), ContainsSubstring("normalize_before"));
  CHECK_THAT(Unsupported(R"({"add_final_layer_norm": true})"), ContainsSubstring("add_final_layer_norm"));
  CHECK_THAT(Unsupported(R"({"static_position_embeddings": true})"), ContainsSubstring("static_position_embeddings"));
  CHECK_THAT(Unsupported(R"({"normalize_embedding": false})"), ContainsSubstring("normalize_embedding"));
  CHECK_THAT(Unsupported(R"({"extra_pos_embeddings": 0})"), ContainsSubstring("extra_pos_embeddings"));
  CHECK_THAT(Unsupported(R"({"activation_function": "mish"})"), ContainsSubstring("activation_function \"mish\""));
  CHECK_THAT(Unsupported(R"({"architectures": ["BartForCausalLM"]})"), ContainsSubstring("BartForCausalLM"));
  CHECK_THAT(Wrong(R"({"eos_token_id": [2, 3]})"), ContainsSubstring("eos_token_id"));
  CHECK_THAT(Wrong(R"({"decoder_start_token_id": 601})"), ContainsSubstring("decoder_start_token_id"));
}

TEST_CASE("A head that the configuration names must be in the file", "[model]") {
  CHECK_THAT(Wrong(R"({"architectures": ["BartForSequenceClassification"]})"),
             ContainsSubstring("classification_head.dense.weight\" is missing"));
  CHECK_THAT(Wrong(R"({"architectures": ["BartModel"]})"), ContainsSubstring("final_logits_bias\" has no place"));
  CHECK_THAT(RefusalOf("bart-seqcls", R"({"id2label": {"2": null}})", absl::StatusCode::kDataLoss),
             ContainsSubstring("must have the shape [2, 32]"));
}

TEST_CASE("LED counts a window over both sides, one for all layers or one for each, and positions from the first row",
          "[model]") {
  const auto side = [](const std::string& changes, size_t layer) {
    const auto checkpoint = OpenChanged("led-deep", changes);
    INFO(checkpoint.status().ToString());
    REQUIRE(checkpoint.ok());
    const ModelSpec& spec = (*checkpoint)->spec();
    CHECK(spec.positions.offset == 0);
    CHECK(spec.positions.usable() == 72);
    CHECK(spec.decoder->max_positions == 40);
    CHECK(spec.stack->blocks[0].attention.head_dim == 16);
    CHECK(spec.decoder->blocks[0].attention.head_dim == 8);
    for (const AttentionOption& option : spec.stack->blocks[layer].attention.options) {
      if (option.name == "left") return option.ints.at(0);
    }
    return int64_t{-1};
  };
  CHECK(side("{}", 0) == 6);
  CHECK(side("{}", 1) == 3);
  CHECK(side("{}", 2) == 2);
  CHECK(side(R"({"attention_window": 10})", 2) == 5);
}

TEST_CASE("Settings of LED that cannot be met are refused by name", "[model]") {
  const auto wrong = [](const char* changes) { return RefusalOf("led-deep", changes, absl::StatusCode::kDataLoss); };
  CHECK_THAT(wrong(R"({"attention_window": [12, 6]})"), ContainsSubstring("attention_window"));
  CHECK_THAT(wrong(R"({"attention_window": [12, 6, 5]})"), ContainsSubstring("attention_window must be even"));
  CHECK_THAT(wrong(R"({"attention_window": 0})"), ContainsSubstring("attention_window"));
  CHECK_THAT(wrong(R"({"max_encoder_position_embeddings": 80})"), ContainsSubstring("must have the shape [80, 32]"));
  CHECK_THAT(RefusalOf("led-deep", R"({"scale_embedding": true})", absl::StatusCode::kUnimplemented),
             ContainsSubstring("scale_embedding"));
}

}  // namespace lwave::model
