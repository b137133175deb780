// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The generic encoder and decoder, and other kinds of attention in models, against a naive model in double
// (tests/reference/stack_reference.h) with random weights.

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include "reference/favor_reference.h"
#include "reference/linformer_reference.h"
#include "reference/patterns_reference.h"
#include "reference/segments_reference.h"
#include "reference/stack_reference.h"
#include "support/api.h"
#include "support/temporary_folder.h"

namespace lwave::golden {
namespace {

using nlohmann::json;
using reference::Heads;
using reference::Stack;
using reference::Values;

class ModelFolder : public test::TemporaryFolder {
 public:
  void Write(const std::string& name, const std::string& bytes) const {
    std::ofstream(*this / name, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }
};

// Random weights with their shapes, for the folder and for the reference.
class Weights {
 public:
  explicit Weights(uint32_t seed) : random_(seed) {}
  void Add(const std::string& name, const std::vector<int64_t>& shape, double spread, double middle = 0) {
    int64_t size = 1;
    for (const int64_t dimension : shape) size *= dimension;
    std::normal_distribution<double> normal(middle, spread);
    std::vector<float>& numbers = tensors[name];
    for (int64_t i = 0; i < size; ++i) numbers.push_back(static_cast<float>(normal(random_)));
    shapes_[name] = shape;
  }
  std::string Safetensors() const {
    json header = json::object();
    std::string data;
    for (const auto& [name, numbers] : tensors) {
      const size_t begin = data.size();
      data.append(reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(float));
      header[name] = {{"dtype", "F32"}, {"shape", shapes_.at(name)}, {"data_offsets", {begin, data.size()}}};
    }
    const std::string text = header.dump();
    std::string file(8, '\0');
    for (size_t i = 0; i < 8; ++i) file[i] = static_cast<char>(uint64_t{text.size()} >> (8 * i) & 0xFF);
    return file + text + data;
  }

  std::map<std::string, std::vector<float>> tensors;

 private:
  std::mt19937 random_;
  std::map<std::string, std::vector<int64_t>> shapes_;
};

constexpr int64_t kHidden = 12, kHeads = 3, kHeadDim = 4, kInner = 20, kLayers = 2, kWords = 17, kRows = 14;

// A decoder (or encoder) of the sizes above; `more` are keys of config.json.
struct Built {
  json config;
  Weights weights{7};
  Stack stack;

  explicit Built(bool decoder, const json& more = json::object()) {
    config = {{"model_type", decoder ? "longwave-decoder" : "longwave-encoder"}, {"vocab_size", kWords},
              {"hidden_size", kHidden}, {"num_attention_heads", kHeads}, {"intermediate_size", kInner},
              {"num_hidden_layers", kLayers}, {"max_position_embeddings", kRows}};
    config.update(more);
    stack.hidden = kHidden, stack.heads = kHeads, stack.head_dim = kHeadDim, stack.inner = kInner;
    stack.layers = kLayers, stack.vocabulary = kWords;
    stack.kv_heads = config.value("num_key_value_heads", kHeads);
    stack.pre_norm = config.value("norm_placement", "pre") == "pre";
    stack.rms = config.value("norm_kind", "layer") == "rms";
    stack.gated = config.value("gated_mlp", false);
    stack.activation = config.value("hidden_act", "gelu");
    const std::string positions = config.value("positions", "learned");
    stack.rotary_theta = positions == "rotary" ? config.value("rope_theta", 10000.0) : 0.0;
    weights.Add("embeddings.words", {kWords, kHidden}, 1);
    if (positions == "learned") weights.Add("embeddings.positions", {kRows, kHidden}, 0.5);
    if (config.contains("type_vocab_size")) weights.Add("embeddings.types", {config["type_vocab_size"], kHidden}, 0.5);
    if (config.value("embedding_norm", false)) Norm("embeddings.norm");
    for (int64_t l = 0; l < kLayers; ++l) {
      const std::string layer = "layers." + std::to_string(l) + ".";
      Linear(layer + "attention.query", kHeads * kHeadDim, kHidden);
      Linear(layer + "attention.key", stack.kv_heads * kHeadDim, kHidden);
      Linear(layer + "attention.value", stack.kv_heads * kHeadDim, kHidden);
      Linear(layer + "attention.output", kHidden, kHeads * kHeadDim);
      Norm(layer + "attention.norm");
      Linear(layer + "mlp.up", kInner, kHidden);
      if (stack.gated) Linear(layer + "mlp.gate", kInner, kHidden);
      Linear(layer + "mlp.down", kHidden, kInner);
      Norm(layer + "mlp.norm");
    }
    if (stack.pre_norm) Norm("final_norm");
    if (decoder) weights.Add("head.bias", {kWords}, 0.2);
  }
  void Linear(const std::string& name, int64_t outputs, int64_t inputs) {
    weights.Add(name + ".weight", {outputs, inputs}, 1.5 / std::sqrt(static_cast<double>(inputs)));
    if (config.value("projection_bias", true)) weights.Add(name + ".bias", {outputs}, 0.3);
  }
  void Norm(const std::string& name) {
    weights.Add(name + ".weight", {kHidden}, 0.2, 1);
    if (!stack.rms) weights.Add(name + ".bias", {kHidden}, 0.2);
  }
  // Numbers of another kind of attention, the same shape in every layer.
  void AddLongwave(const std::string& option, const std::vector<int64_t>& shape, double spread) {
    for (int64_t l = 0; l < kLayers; ++l) weights.Add(LongwaveName(l, option), shape, spread);
  }
  static std::string LongwaveName(int64_t layer, const std::string& option) {
    return "longwave.layers." + std::to_string(layer) + "." + option;
  }
  const std::vector<float>& Longwave(int64_t layer, const std::string& option) const {
    return weights.tensors.at(LongwaveName(layer, option));
  }
  const std::vector<float>& Tensor(int64_t layer, const std::string& name) const {
    return weights.tensors.at("layers." + std::to_string(layer) + ".attention." + name);
  }
  void WriteTo(const ModelFolder& folder) const {
    folder.Write("config.json", config.dump());
    folder.Write("model.safetensors", weights.Safetensors());
  }
};

std::vector<int32_t> Ids(int64_t rows) {
  std::vector<int32_t> ids;
  for (int64_t i = 0; i < rows; ++i) ids.push_back(static_cast<int32_t>((i * i * 5 + 3 * i + 1) % kWords));
  return ids;
}

void RequireClose(const std::vector<float>& got, const std::vector<double>& expected, double tolerance = 1e-4) {
  REQUIRE(got.size() == expected.size());
  double worst = 0, largest = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    worst = std::max(worst, std::fabs(static_cast<double>(got[i]) - expected[i]));
    largest = std::max(largest, std::fabs(expected[i]));
  }
  INFO("greatest error " << worst << " of numbers up to " << largest);
  CHECK(worst <= tolerance);
  CHECK(largest > 0.5);
}

// The model's hidden states, and a decoder's logits, against the naive model with this attention.
void Check(Built& built, const reference::LayerAttention& attention, const std::vector<int32_t>& mask = {}) {
  built.stack.tensors = built.weights.tensors;
  const ModelFolder folder;
  built.WriteTo(folder);
  const test::Context context = test::MakeContext(1);
  const test::Model model = test::OpenModel(context, folder.path());
  const std::vector<int32_t> ids = Ids(kRows);
  const test::Inputs inputs = test::MakeInputs(1, kRows);
  test::Set(inputs, "ids", ids);
  std::vector<int64_t> types;
  if (built.config.contains("type_vocab_size")) {
    for (int64_t i = 0; i < kRows; ++i) types.push_back(i / 5 % built.config["type_vocab_size"].get<int64_t>());
    test::Set(inputs, "token_types", std::vector<int32_t>(types.begin(), types.end()));
  }
  if (!mask.empty()) test::Set(inputs, "mask", mask);
  const std::vector<Values> states = StackStates(built.stack, {ids.begin(), ids.end()}, types, attention);
  std::vector<double> all;
  for (const Values& state : states) all.insert(all.end(), state.begin(), state.end());
  RequireClose(test::Run(model, inputs, LWAVE_HIDDEN_STATES), all);
  if (built.weights.tensors.count("head.bias") == 1) {
    RequireClose(test::Run(model, inputs, LWAVE_LOGITS), StackLogits(built.stack, states.back()), 3e-4);
  }
}

// Softmax attention over listed keys, of the model's own projections.
reference::LayerAttention Listed(const Built& built, const reference::Listing& listing,
                                 const std::vector<int32_t>& mask = {}) {
  return [&built, listing, mask](int64_t layer, const Values& rows) {
    const Stack& stack = built.stack;
    const Heads heads = ProjectHeads(stack, layer, rows);
    reference::ListedProblem problem;
    problem.rows = problem.keys = static_cast<int64_t>(rows.size()) / stack.hidden;
    problem.heads = stack.heads, problem.kv_heads = stack.kv_heads;
    problem.head_dim = problem.value_dim = stack.head_dim;
    problem.scale = 1 / std::sqrt(static_cast<double>(stack.head_dim));
    problem.query = heads.q, problem.key = heads.k, problem.value = heads.v;
    for (const int32_t open : mask) problem.closed.push_back(open == 0);
    problem.listing = listing;
    return ProjectOutput(stack, layer, ListedAttention(problem));
  };
}

Values Flat(const reference::Matrix& rows) {
  Values flat;
  for (const std::vector<double>& row : rows) flat.insert(flat.end(), row.begin(), row.end());
  return flat;
}

template <typename Problem>
void SetSegments(const Values& rows, int64_t segment, Problem& problem) {
  problem.heads = kHeads, problem.head_dim = kHeadDim, problem.d_model = kHidden;
  problem.x.assign(rows.begin(), rows.end());
  for (int64_t left = static_cast<int64_t>(rows.size()) / kHidden; left > 0; left -= segment) {
    problem.segments.push_back(std::min(left, segment));
  }
}

std::vector<float> Stacked(const Built& built, int64_t layer) {
  std::vector<float> all;
  for (const char* name : {"query.weight", "key.weight", "value.weight"}) {
    const std::vector<float>& one = built.Tensor(layer, name);
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

const json kPlainDecoder = {{"positions", "none"}, {"projection_bias", false}};

}  // namespace

TEST_CASE("A generic encoder with norms behind, types and a mask is the naive model", "[golden]") {
  Built built(false, {{"norm_placement", "post"}, {"type_vocab_size", 2}, {"embedding_norm", true}, {"hidden_act", "gelu_new"}});
  std::vector<int32_t> mask(kRows, 1);
  mask[3] = mask[12] = mask[13] = 0;
  Check(built, Listed(built, reference::FullListing(false, 0), mask), mask);
}

TEST_CASE("A generic decoder with RMS norms, rotary positions, grouped heads and a gated MLP is the naive model", "[golden]") {
  Built built(true, {{"norm_kind", "rms"}, {"positions", "rotary"}, {"rope_theta", 500.0}, {"num_key_value_heads", 1},
                     {"gated_mlp", true}, {"hidden_act", "silu"}, {"projection_bias", false}});
  Check(built, Listed(built, reference::FullListing(true, 0)));
}

TEST_CASE("A window with a dilation for each head in place of a decoder's attention is the naive model", "[golden]") {
  Built built(true, {{"longwave_attention", {{"kind", "window"}, {"left", {2, 3, 1}}, {"dilation", {1, 2, 4}}}}});
  reference::LongformerPattern pattern;
  pattern.left = {2, 3, 1}, pattern.right = {0, 0, 0}, pattern.dilation = {1, 2, 4}, pattern.causal = true;
  Check(built, Listed(built, LongformerListing(pattern)));
}

TEST_CASE("Sinks and a window are of the past in a decoder and of both sides in an encoder", "[golden]") {
  Built decoder(true, {{"longwave_attention", {{"kind", "sink_window"}, {"sinks", 2}, {"window", 4}}}});
  Check(decoder, Listed(decoder, reference::PastSinkListing(2, 4)));
  Built encoder(false, {{"longwave_attention", {{"kind", "sink_window"}, {"sinks", 1}, {"left", 2}, {"right", 3}}}});
  Check(encoder, Listed(encoder, reference::TwoSidedSinkListing(1, 2, 3)));
}

TEST_CASE("Each layer may have a kind of its own, or the model's", "[golden]") {
  Built built(true, {{"longwave_attention", {{{"kind", "window"}, {"left", 3}}, nullptr}}});
  reference::LongformerPattern pattern;
  pattern.left = {3, 3, 3}, pattern.right = {0, 0, 0}, pattern.dilation = {1, 1, 1}, pattern.causal = true;
  const reference::LayerAttention window = Listed(built, LongformerListing(pattern));
  const reference::LayerAttention full = Listed(built, reference::FullListing(true, 0));
  Check(built, [&](int64_t layer, const Values& rows) { return layer == 0 ? window(layer, rows) : full(layer, rows); });
}

TEST_CASE("A Performer, encoder or causal decoder, with given projections is the naive model", "[golden]") {
  constexpr int64_t kFeatures = 10;
  for (const bool decoder : {false, true}) {
    json attention = {{"kind", "favor"}, {"features", kFeatures}, {"projection_kind", "given"}, {"eps", 0.001}};
    if (decoder) attention["key_shift"] = 0.0;
    Built built(decoder, {{"longwave_attention", attention}});
    built.AddLongwave("projection", {kFeatures, kHeadDim}, 1);
    std::vector<int32_t> mask;
    if (!decoder) mask.assign(kRows, 1), mask[6] = 0;
    Check(built, [&](int64_t layer, const Values& rows) {
      const Heads heads = ProjectHeads(built.stack, layer, rows);
      reference::FavorProblem problem;
      problem.rows = problem.keys = kRows, problem.heads = kHeads;
      problem.head_dim = problem.value_dim = kHeadDim;
      problem.causal = decoder;
      problem.scale = 1 / std::sqrt(static_cast<double>(kHeadDim));
      problem.eps = 0.001;
      problem.global_max = !decoder;
      problem.projection = built.Longwave(layer, "projection");
      problem.query = heads.q, problem.key = heads.k, problem.value = heads.v;
      problem.open = mask;
      return ProjectOutput(built.stack, layer, FavorAttention(problem));
    }, mask);
  }
}

TEST_CASE("A Linformer encoder with learned projections is the naive model, padding counts as zeros", "[golden]") {
  constexpr int64_t kSlots = 5;
  Built built(false, {{"longwave_attention", {{"kind", "linformer"}, {"slots", kSlots}, {"sharing", "headwise"}}}});
  built.AddLongwave("e", {kSlots, kRows}, 0.5);
  built.AddLongwave("f", {kSlots, kRows}, 0.5);
  std::vector<int32_t> mask(kRows, 1);
  mask[2] = mask[13] = 0;
  Check(built, [&](int64_t layer, const Values& rows) {
    const Heads heads = ProjectHeads(built.stack, layer, rows);
    reference::LinformerProblem problem;
    problem.rows = problem.keys = kRows, problem.heads = kHeads;
    problem.head_dim = problem.value_dim = kHeadDim;
    problem.scale = 1 / std::sqrt(static_cast<double>(kHeadDim));
    problem.query = heads.q, problem.key = heads.k, problem.value = heads.v;
    for (const int32_t open : mask) problem.closed.push_back(open == 0);
    for (reference::SlotProjection* slots : {&problem.keys_to_slots, &problem.values_to_slots}) {
      slots->slots = kSlots, slots->columns = kRows;
      slots->matrix = built.Longwave(layer, slots == &problem.keys_to_slots ? "e" : "f");
    }
    return ProjectOutput(built.stack, layer, LinformerAttention(problem));
  }, mask);
}

TEST_CASE("A Compressive Transformer with a learned compression is the naive model, norms in front or behind", "[golden]") {
  for (const char* placement : {"pre", "post"}) {
    json more = kPlainDecoder;
    more["norm_placement"] = placement;
    more["longwave_attention"] = {{"kind", "compressive"}, {"segment", 3}, {"mem_len", 4}, {"cmem_len", 2}, {"ratio", 2},
                                  {"function", "conv"}};
    Built built(true, more);
    for (const char* name : {"bias_u", "bias_v"}) built.AddLongwave(name, {kHeads, kHeadDim}, 0.5);
    built.AddLongwave("w_r", {kHeads * kHeadDim, kHidden}, 0.4);
    built.AddLongwave("conv_weight", {kHidden, kHidden, 2}, 0.3);
    built.AddLongwave("conv_bias", {kHidden}, 0.3);
    Check(built, [&](int64_t layer, const Values& rows) {
      reference::CompressiveProblem problem;
      SetSegments(rows, 3, problem);
      problem.mem_len = 4, problem.cmem_len = 2, problem.ratio = 2, problem.function = "conv";
      problem.w_qkv = Stacked(built, layer), problem.w_o = built.Tensor(layer, "output.weight");
      problem.w_r = built.Longwave(layer, "w_r");
      problem.bias_u = built.Longwave(layer, "bias_u"), problem.bias_v = built.Longwave(layer, "bias_v");
      problem.convolutions = {{2, 2, 1, built.Longwave(layer, "conv_weight"), built.Longwave(layer, "conv_bias")}};
      return Flat(Compressive(problem).out);
    });
  }
}

TEST_CASE("Transformer-XL's attention in a generic decoder is the naive model", "[golden]") {
  json more = kPlainDecoder;
  more["longwave_attention"] = {{"kind", "transformer_xl"}, {"segment", 4}, {"mem_len", 6}, {"clamp_len", 5}, {"same_length", true}};
  Built built(true, more);
  for (const char* name : {"bias_u", "bias_v"}) built.AddLongwave(name, {kHeads, kHeadDim}, 0.5);
  built.AddLongwave("w_r", {kHeads * kHeadDim, kHidden}, 0.4);
  Check(built, [&](int64_t layer, const Values& rows) {
    reference::XlProblem problem;
    SetSegments(rows, 4, problem);
    problem.mem_len = 6, problem.clamp_len = 5, problem.same_length = true;
    problem.w_qkv = Stacked(built, layer), problem.w_o = built.Tensor(layer, "output.weight");
    problem.w_r = built.Longwave(layer, "w_r");
    problem.bias_u = built.Longwave(layer, "bias_u"), problem.bias_v = built.Longwave(layer, "bias_v");
    return Flat(TransformerXl(problem).out);
  });
}

TEST_CASE("Shortformer's attention with the projections' biases in a generic decoder is the naive model", "[golden]") {
  Built built(true, {{"positions", "none"}, {"longwave_attention", {{"kind", "pia"}, {"segment", 5}, {"cache_len", 4}}}});
  built.AddLongwave("pos", {9, kHidden}, 0.5);
  Check(built, [&](int64_t layer, const Values& rows) {
    reference::PiaProblem problem;
    SetSegments(rows, 5, problem);
    problem.cache_len = 4;
    problem.pos = built.Longwave(layer, "pos");
    problem.w_q = built.Tensor(layer, "query.weight"), problem.b_q = built.Tensor(layer, "query.bias");
    problem.w_k = built.Tensor(layer, "key.weight"), problem.b_k = built.Tensor(layer, "key.bias");
    problem.w_v = built.Tensor(layer, "value.weight"), problem.b_v = built.Tensor(layer, "value.bias");
    problem.w_o = built.Tensor(layer, "output.weight"), problem.b_o = built.Tensor(layer, "output.bias");
    return Flat(Pia(problem).out);
  });
}

TEST_CASE("BERT and RoBERTa with full attention by name give what their own path gives", "[golden]") {
  const test::Context context = test::MakeContext(1);
  for (const char* name : {"bert-base", "roberta-mlm"}) {
    const std::string source = std::string(LWAVE_TEST_DATA) + "/models/tiny/" + name;
    const ModelFolder folder;
    std::filesystem::copy_file(source + "/model.safetensors", folder.path() + "/model.safetensors");
    json config = json::parse(std::ifstream(source + "/config.json"));
    config["longwave_attention"] = {{"kind", "full"}};
    folder.Write("config.json", config.dump());
    const test::Model own = test::OpenModel(context, source), stack = test::OpenModel(context, folder.path());
    constexpr int64_t kTokens = 11;
    const test::Inputs inputs = test::MakeInputs(2, kTokens);
    std::vector<int32_t> ids, mask(2 * kTokens, 1);
    for (int32_t i = 0; i < 2 * kTokens; ++i) ids.push_back(5 + i * 7 % 90);
    for (size_t i = 17; i < mask.size(); ++i) mask[i] = 0, ids[i] = config["pad_token_id"].get<int32_t>();
    test::Set(inputs, "ids", ids);
    test::Set(inputs, "mask", mask);
    const std::vector<float> expected = test::Run(own, inputs, LWAVE_HIDDEN_STATES);
    RequireClose(test::Run(stack, inputs, LWAVE_HIDDEN_STATES), {expected.begin(), expected.end()}, 2e-5);
  }
}

TEST_CASE("Attention that cannot stand in a model is refused by kind, layer and reason", "[golden]") {
  const test::Context context = test::MakeContext(1);
  const auto refusal = [&](bool decoder, const json& more, const std::string& tensor = "") {
    Built built(decoder, more);
    if (!tensor.empty()) built.weights.Add(tensor, {3}, 1);
    const ModelFolder folder;
    built.WriteTo(folder);
    test::Error error;
    lwave_model* model = nullptr;
    CHECK(lwave_model_open(context.get(), folder.path().c_str(), &model, error) != LWAVE_OK);
    lwave_model_destroy(model);
    return std::string(error.message());
  };
  using Catch::Matchers::ContainsSubstring;
  const auto with = [](const json& attention) { return json{{"longwave_attention", attention}}; };
  CHECK_THAT(refusal(true, with({{"kind", "linformer"}})), ContainsSubstring("linformer in layer 0: it sees rows ahead"));
  CHECK_THAT(refusal(false, with({{"kind", "compressive"}})), ContainsSubstring("it sees no row ahead"));
  CHECK_THAT(refusal(false, with({{"kind", "sink_window"}, {"sinks_see", "past"}})), ContainsSubstring("sinks_see can only be all"));
  CHECK_THAT(refusal(true, with({{"kind", "transformer_xl"}, {"segment", 4}})), ContainsSubstring("no biases of projections"));
  CHECK_THAT(refusal(true, with({{"kind", "quick"}})), ContainsSubstring("one of full, window"));
  CHECK_THAT(refusal(true, with({{"kind", "window"}, {"width", 3}})), ContainsSubstring("window has no option \"width\""));
  CHECK_THAT(refusal(true, with({{"kind", "window"}, {"left", "far"}})), ContainsSubstring("left of window must be"));
  CHECK_THAT(refusal(true, with({{"kind", "window"}, {"heads", 3}})), ContainsSubstring("takes from the model"));
  CHECK_THAT(refusal(true, with({nullptr, nullptr, nullptr})), ContainsSubstring("2 layers, got 3"));
  CHECK_THAT(refusal(true, with({{"kind", "window"}, {"left", 3}}), "longwave.layers.0.e"),
             ContainsSubstring("\"longwave.layers.0.e\" is no option"));
}

}  // namespace lwave::golden
