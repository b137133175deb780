// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// ModernBERT, Qwen3 and Gemma 3: both forms of their configurations, and what is refused. Their numbers are compared
// with the reference's in tests/golden.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "model/checkpoint.h"
#include "model/stack_spec.h"
#include "model_checkpoint_support.h"

namespace lwave::model {
namespace {

using Catch::Matchers::ContainsSubstring;
using nlohmann::json;
using namespace testing;

// A tiny model whose configuration can be changed.
class Copy {
 public:
  explicit Copy(const std::string& name) {
    CopyModel(TinyModel(name), folder_ / "model");
    config = json::parse(ReadAll(folder_ / "model/config.json"));
  }
  ModelSpec Spec() const {
    Write();
    const auto checkpoint = Checkpoint::Open(folder_ / "model");
    INFO(checkpoint.status().ToString());
    REQUIRE(checkpoint.ok());
    return (*checkpoint)->spec();
  }
  std::string Refusal(absl::StatusCode code) const {
    Write();
    const absl::Status status = Checkpoint::Open(folder_ / "model").status();
    INFO(status.ToString());
    REQUIRE(status.code() == code);
    return std::string(status.message());
  }

  json config;

 private:
  void Write() const { WriteAll(folder_ / "model/config.json", config.dump()); }
  const TemporaryFolder folder_;
};

std::string Unsupported(const char* model, const json& changes) {
  Copy copy(model);
  copy.config.merge_patch(changes);
  return copy.Refusal(absl::StatusCode::kUnimplemented);
}

std::string Wrong(const char* model, const json& changes) {
  Copy copy(model);
  copy.config.merge_patch(changes);
  return copy.Refusal(absl::StatusCode::kDataLoss);
}

const AttentionSpec& Attention(const ModelSpec& spec, size_t layer) { return spec.stack->blocks.at(layer).attention; }

TEST_CASE("ModernBERT's two forms of configuration say the same", "[model]") {
  Copy copy("modernbert-base");
  const ModelSpec current = copy.Spec();
  copy.config.erase("layer_types");
  copy.config.erase("rope_parameters");
  const ModelSpec older = copy.Spec();  // every third layer is full, the bases are the defaults
  for (size_t i = 0; i < 4; ++i) {
    INFO("layer " << i);
    CHECK(Attention(current, i).mechanism == (i % 3 == 0 ? "full" : "window"));
    CHECK(Attention(older, i).mechanism == Attention(current, i).mechanism);
    CHECK(Attention(older, i).rotary->frequencies == Attention(current, i).rotary->frequencies);
  }
  CHECK(Attention(current, 0).rotary->frequencies[1] == std::pow(160000, -2.0 / 8));
  CHECK(Attention(current, 1).rotary->frequencies[1] == std::pow(10000, -2.0 / 8));
  CHECK(Attention(current, 1).options.at(0).ints == std::vector<int64_t>{4});
  CHECK_FALSE(current.stack->blocks[0].attention_residual.before);
  CHECK(current.stack->blocks[1].attention_residual.before);
  CHECK(current.head == nullptr);
}

TEST_CASE("Positions scaled linearly are slower, where the configuration says so", "[model]") {
  Copy qwen("qwen3-embed");
  const double plain = Attention(qwen.Spec(), 0).rotary->frequencies.at(3);
  qwen.config["rope_scaling"] = {{"type", "linear"}, {"factor", 4.0}};
  CHECK(Attention(qwen.Spec(), 0).rotary->frequencies.at(3) == plain / 4);

  Copy gemma("gemma3-causal");  // layers 0 and 2 slide, 1 and 3 see everything
  const ModelSpec before = gemma.Spec();
  gemma.config["rope_scaling"] = {{"rope_type", "linear"}, {"factor", 8.0}};
  const ModelSpec after = gemma.Spec();
  CHECK(Attention(after, 0).rotary->frequencies == Attention(before, 0).rotary->frequencies);
  CHECK(Attention(after, 1).rotary->frequencies.at(2) == Attention(before, 1).rotary->frequencies.at(2) / 8);
}

TEST_CASE("Windows are of the width that each family means", "[model]") {
  const auto side = [](const ModelSpec& spec, size_t layer, const char* name) {
    for (const AttentionOption& option : Attention(spec, layer).options) {
      if (option.name == name) return option.ints.at(0);
    }
    return int64_t{-1};
  };
  const ModelSpec causal = Copy("gemma3-causal").Spec(), both = Copy("gemma3-embed").Spec();
  CHECK(side(causal, 0, "left") == 9);  // sliding_window 10: the row itself and nine before it
  CHECK(side(causal, 0, "right") == 0);
  CHECK(causal.stack->causal);
  CHECK(side(both, 0, "left") == 6);  // sliding_window 12: half on each side
  CHECK(side(both, 0, "right") == 6);
  CHECK_FALSE(both.stack->causal);

  Copy qwen("qwen3-lm");
  qwen.config.erase("layer_types");
  qwen.config.merge_patch({{"use_sliding_window", true}, {"sliding_window", 5}, {"max_window_layers", 1}});
  const ModelSpec windows = qwen.Spec();
  CHECK(Attention(windows, 0).mechanism == "full");
  CHECK(Attention(windows, 1).mechanism == "window");
  CHECK(side(windows, 2, "left") == 4);
}

TEST_CASE("Embedders that are saved under the name of a language model have no head where the file has none", "[model]") {
  Copy copy("qwen3-embed");
  copy.config["architectures"] = {"Qwen3ForCausalLM"};
  CHECK(copy.Spec().head->outputs == 543);  // tied
  copy.config["tie_word_embeddings"] = false;
  CHECK(copy.Spec().head == nullptr);
}

TEST_CASE("Settings of rotary families that change the maths and are not done are refused by name", "[model]") {
  for (const char* type : {"yarn", "llama3", "dynamic", "longrope"}) {
    const json scaling = {{"rope_type", type}, {"factor", 4.0}, {"low_freq_factor", 1.0}};
    CHECK_THAT(Unsupported("qwen3-embed", {{"rope_scaling", scaling}}), ContainsSubstring(type));
    CHECK_THAT(Unsupported("qwen3-lm", {{"rope_parameters", scaling}}), ContainsSubstring(type));
    CHECK_THAT(Unsupported("gemma3-causal", {{"rope_scaling", scaling}}), ContainsSubstring(type));
    CHECK_THAT(Unsupported("modernbert-base", {{"rope_parameters", {{"sliding_attention", scaling}}}}),
               ContainsSubstring(type));
  }
  CHECK_THAT(Unsupported("qwen3-lm", {{"rope_parameters", {{"mrope_section", {1, 2, 3}}}}}),
             ContainsSubstring("mrope_section"));
  CHECK_THAT(Unsupported("qwen3-embed", {{"partial_rotary_factor", 0.5}}), ContainsSubstring("partial_rotary_factor"));
  CHECK_THAT(Unsupported("qwen3-embed", {{"hidden_act", "quick_gelu"}}), ContainsSubstring("quick_gelu"));
  CHECK_THAT(Unsupported("modernbert-base", {{"hidden_activation", "mish"}}), ContainsSubstring("mish"));
  CHECK_THAT(Unsupported("modernbert-base",
                         {{"layer_types", {"full_attention", "chunked_attention", "full_attention", "full_attention"}}}),
             ContainsSubstring("chunked_attention"));
  CHECK_THAT(Unsupported("modernbert-base",
                         {{"architectures", {"ModernBertForSequenceClassification"}}, {"classifier_pooling", "max"}}),
             ContainsSubstring("classifier_pooling \"max\""));
  CHECK_THAT(Unsupported("gemma3-causal", {{"attn_logit_softcapping", 50.0}}),
             ContainsSubstring("attn_logit_softcapping"));
  for (const char* model : {"modernbert-base", "qwen3-embed", "gemma3-embed"}) {
    CHECK_THAT(Unsupported(model, {{"quantization_config", {{"bits", 4}}}}), ContainsSubstring("quantization_config"));
  }
}

TEST_CASE("Configurations of rotary families that contradict themselves or the file are refused", "[model]") {
  CHECK_THAT(Wrong("modernbert-base", {{"layer_types", {"full_attention"}}}),
             ContainsSubstring("layer_types must be a list of num_hidden_layers 4 texts"));
  CHECK_THAT(Wrong("modernbert-base", {{"rope_parameters", {{"dense_attention", {{"rope_theta", 1.0}}}}}}),
             ContainsSubstring("rope_parameters must be an object of the keys full_attention and sliding_attention"));
  CHECK_THAT(Wrong("modernbert-mlm", {{"norm_bias", false}}), ContainsSubstring("norm.bias"));
  CHECK_THAT(Wrong("modernbert-mlm", {{"decoder_bias", false}}), ContainsSubstring("decoder.bias"));
  CHECK_THAT(Wrong("modernbert-base", {{"mlp_bias", true}}), ContainsSubstring("mlp.Wi.bias\" is missing"));
  CHECK_THAT(Wrong("modernbert-mlm", {{"tie_word_embeddings", false}}), ContainsSubstring("decoder.weight\" is missing"));
  CHECK_THAT(Wrong("qwen3-embed", {{"num_key_value_heads", 3}}), ContainsSubstring("a divisor of num_attention_heads 4"));
  CHECK_THAT(Wrong("qwen3-lm", {{"layer_types", {"full_attention", "full_attention", "sliding_attention"}}}),
             ContainsSubstring("use_sliding_window is not true"));
  CHECK_THAT(Wrong("qwen3-embed", {{"rope_scaling", {{"type", "linear"}}}}),
             ContainsSubstring("rope_scaling: factor must be a number from 1"));
  CHECK_THAT(Wrong("gemma3-causal", {{"model_type", "gemma3"}}), ContainsSubstring("text_config must be an object"));
  CHECK_THAT(Wrong("qwen3-embed", {{"architectures", {"Qwen3ForSequenceClassification"}}}),
             ContainsSubstring("score.weight\" is missing"));
}

}  // namespace
}  // namespace lwave::model
