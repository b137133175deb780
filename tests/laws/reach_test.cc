// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How far a row reaches through stacks of layers with memories: layers x memory, and for compressed memories layers x
// (memory + rate x compressed). One input row is changed; exactly the outputs within reach change, the others keep
// every bit.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <cstring>
#include <functional>

#include "random_layer.h"

namespace lwave::test {
namespace {

constexpr int64_t kHeads = 2, kWidth = 12, kDepth = 4;

std::vector<float> RandomWeight(Random& random, int64_t outputs, int64_t inputs) {
  std::vector<float> weight = RandomFloats(random, outputs * inputs);
  for (float& w : weight) w /= std::sqrt(static_cast<float>(inputs));
  return weight;
}

// Scores stay small, so that no weight is lost in rounding over several layers.
Config LayerConfig(const std::string& mechanism, Random& random, int64_t segment) {
  Config config = MakeConfig(mechanism.c_str());
  Set(config, "heads", kHeads);
  Set(config, "d_model", kWidth);
  Set(config, "segment", segment);
  const auto weight = [&](int64_t outputs, float scale) {
    std::vector<float> w = RandomWeight(random, outputs, kWidth);
    for (float& value : w) value *= scale;
    return w;
  };
  if (mechanism == "pia") {
    Set(config, "w_q", weight(kWidth, 0.05f)), Set(config, "w_k", weight(kWidth, 0.05f));
    Set(config, "w_v", weight(kWidth, 1.5f)), Set(config, "w_o", weight(kWidth, 1.5f));
    for (const char* bias : {"b_q", "b_k", "b_v", "b_o"}) Set(config, bias, RandomFloats(random, kWidth));
    return config;
  }
  std::vector<float> qkv = weight(2 * kWidth, 0.05f), values = weight(kWidth, 1.5f);
  qkv.insert(qkv.end(), values.begin(), values.end());
  Set(config, "w_qkv", qkv);
  Set(config, "w_o", weight(kWidth, 1.5f));
  Set(config, "w_r", weight(kWidth, 0.3f));
  Set(config, "bias_u", RandomFloats(random, kWidth));
  Set(config, "bias_v", RandomFloats(random, kWidth));
  return config;
}

// Rows through a stack, as every layer's own stream gives them.
std::vector<float> Stack(const std::vector<Attention>& layers, std::vector<float> rows, Random& random) {
  for (const Attention& layer : layers) {
    Rows input;
    input.q = std::move(rows);
    input.queries = input.keys = static_cast<int64_t>(input.q.size()) / kWidth;
    const Memory memory = MakeMemory(layer);
    rows.clear();
    for (int64_t at = 0; at < input.keys;) {
      const int64_t count = Between(random, 1, std::min<int64_t>(input.keys - at, 20));
      StepRows(layer, memory.get(), input, at, count, 50, rows);
      at += count;
    }
  }
  return rows;
}

// lowest(i): the first row that row i of a layer sees; it sees all from there to itself.
using Lowest = std::function<int64_t(int64_t i)>;

// Changes row after row of the input and compares.
void RequireReach(const std::vector<Attention>& layers, int64_t rows, const Lowest& lowest, Random& random) {
  const std::vector<float> input = RandomFloats(random, rows * kWidth);
  const std::vector<float> before = Stack(layers, input, random);
  for (int64_t changed = 0; changed < rows; changed += Between(random, 1, 5)) {
    std::vector<float> other = input;
    for (int64_t c = 0; c < kWidth; ++c) other[static_cast<size_t>(changed * kWidth + c)] += c % 2 == 0 ? 2 : -3;
    const std::vector<float> after = Stack(layers, other, random);
    for (int64_t i = 0; i < rows; ++i) {
      int64_t first = i;
      for (size_t l = 0; l < layers.size(); ++l) first = lowest(first);
      const bool reached = changed <= i && changed >= first;
      const size_t at = static_cast<size_t>(i * kWidth);
      const bool same = std::memcmp(before.data() + at, after.data() + at, kWidth * sizeof(float)) == 0;
      INFO(layers.size() << " layers, row " << changed << " changed, output " << i << " reaches back to " << first);
      REQUIRE(same == !reached);
    }
  }
}

// Layers with `set` for what is the mechanism's own, one to four of them.
template <typename SetOwn>
void ForStacks(const std::string& mechanism, int64_t rows, int64_t segment, const Lowest& lowest, uint64_t seed,
               const SetOwn& set) {
  const Context context = MakeContext(2);
  Random random(seed);
  std::vector<Attention> layers;
  for (int64_t l = 0; l < kDepth; ++l) {
    const Config config = LayerConfig(mechanism, random, segment);
    set(config, random);
    layers.push_back(MakeAttention(context, config));
    RequireReach(layers, rows, lowest, random);
  }
}

int64_t SegmentBegin(int64_t i, int64_t segment) { return i / segment * segment; }

TEST_CASE("Transformer-XL reaches back its memory in front of the segment, once a layer", "[laws][layers]") {
  for (const int64_t memory : {0, 4, 6, 12}) {
    const int64_t segment = 6;
    INFO("memory " << memory);
    const Lowest lowest = [&](int64_t i) { return std::max<int64_t>(0, SegmentBegin(i, segment) - memory); };
    // Where the memory is whole segments, layers x memory in front of the own segment.
    if (memory % segment == 0) {
      int64_t first = 59;
      for (int64_t l = 0; l < 3; ++l) first = lowest(first);
      REQUIRE(first == 54 - 3 * memory);
    }
    ForStacks("transformer_xl", 60, segment, lowest, 15000 + static_cast<uint64_t>(memory),
              [&](const Config& config, Random&) { Set(config, "mem_len", memory); });
  }
}

TEST_CASE("Transformer-XL with same_length reaches back memory - 1 rows a layer, wherever segments end",
          "[laws][layers]") {
  const int64_t memory = 7;
  const Lowest lowest = [&](int64_t i) { return std::max<int64_t>(0, i - memory + 1); };
  ForStacks("transformer_xl", 50, 5, lowest, 15100, [&](const Config& config, Random&) {
    Set(config, "mem_len", memory);
    Set(config, "same_length", int64_t{1});
  });
}

TEST_CASE("position-infused attention reaches back its cache in front of the segment, once a layer", "[laws][layers]") {
  for (const int64_t cache : {0, 3, 8}) {
    const int64_t segment = 4;
    INFO("cache " << cache);
    const Lowest lowest = [&](int64_t i) { return std::max<int64_t>(0, SegmentBegin(i, segment) - cache); };
    ForStacks("pia", 50, segment, lowest, 15200 + static_cast<uint64_t>(cache), [&](const Config& config, Random& random) {
      Set(config, "cache_len", cache);
      Set(config, "pos", RandomFloats(random, (cache + segment) * kWidth));
    });
  }
}

TEST_CASE("the Compressive Transformer reaches back memory + rate x compressed memory, once a layer", "[laws][layers]") {
  struct Shape {
    int64_t segment, memory, compressed, ratio;
  };
  for (const Shape& s : {Shape{4, 4, 2, 2}, Shape{6, 0, 2, 3}, Shape{4, 4, 0, 2}, Shape{6, 3, 3, 3}}) {
    for (const char* function : {"mean", "conv"}) {
      INFO(function << ", segment " << s.segment << ", memory " << s.memory << ", compressed " << s.compressed << " at "
                    << s.ratio);
      // Segments and memory are whole groups here, so that no row waits for the rest of its group.
      const int64_t reach = s.memory + s.ratio * s.compressed;
      const Lowest lowest = [&](int64_t i) { return std::max<int64_t>(0, SegmentBegin(i, s.segment) - reach); };
      ForStacks("compressive", 60, s.segment, lowest, 15300 + static_cast<uint64_t>(reach),
                [&](const Config& config, Random& random) {
                  Set(config, "mem_len", s.memory);
                  Set(config, "cmem_len", s.compressed);
                  Set(config, "ratio", s.ratio);
                  Set(config, "function", function);
                  if (std::string(function) == "mean") return;
                  Set(config, "conv_weight", RandomWeight(random, kWidth, kWidth * s.ratio));
                  Set(config, "conv_bias", RandomFloats(random, kWidth));
                });
    }
  }
}

TEST_CASE("rows that wait for the rest of their group are reached until it leaves whole", "[laws][layers]") {
  // Segments of 3, groups of 2: after segment s there are 3 s rows, of which whole groups beyond mem_len 2 have left.
  const int64_t segment = 3, memory = 2, compressed = 2, ratio = 2;
  const Lowest lowest = [&](int64_t i) {
    const int64_t begin = SegmentBegin(i, segment);
    const int64_t left = begin <= memory ? 0 : (begin - memory) / ratio * ratio;
    return std::max<int64_t>(0, left - ratio * compressed);
  };
  ForStacks("compressive", 50, segment, lowest, 15400, [&](const Config& config, Random&) {
    Set(config, "mem_len", memory);
    Set(config, "cmem_len", compressed);
    Set(config, "ratio", ratio);
  });
}

}  // namespace
}  // namespace lwave::test
