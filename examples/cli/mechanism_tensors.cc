// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Tensors by name.

#include "mechanism_tensors.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>

namespace lwave::cli {
namespace {

// The same numbers with every standard library, which its own distributions do not promise.
class Gaussian {
 public:
  explicit Gaussian(uint64_t seed) : engine_(seed) {}
  double Next() {
    const double radius = std::sqrt(-2 * std::log(Unit()));
    return radius * std::cos(2 * std::numbers::pi * Unit());
  }
  uint64_t Below(uint64_t end) { return engine_() % end; }

 private:
  double Unit() { return (static_cast<double>(engine_() >> 11) + 0.5) * 0x1p-53; }
  std::mt19937_64 engine_;
};

std::vector<float> Random(int64_t count, double scale, uint64_t seed) {
  Gaussian gaussian(seed);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = static_cast<float>(scale * gaussian.Next());
  return values;
}

std::vector<float> Zeros(int64_t count) { return std::vector<float>(static_cast<size_t>(count), 0.0f); }

// [out, in, taps]: each output is the mean of the taps of its own input.
std::vector<float> MeanOfTaps(int64_t width, int64_t taps) {
  std::vector<float> weight = Zeros(width * width * taps);
  for (int64_t o = 0; o < width; ++o) {
    std::fill_n(weight.begin() + (o * width + o) * taps, taps, 1.0f / static_cast<float>(taps));
  }
  return weight;
}

// The length that a memory's rows and a segment have together, and room for what waits to be compressed.
int64_t Places(const TensorRequest& wanted) {
  const int64_t segment = wanted.number("segment", wanted.tokens);  // "explicit": the whole text is one
  return segment + wanted.number("cache_len", 0) + wanted.number("mem_len", 0) + wanted.number("cmem_len", 0) +
         wanted.number("ratio", 1);
}

// Layers with projections: heads are as wide as d_model, v passes rows on, q and k are zero, so that every key that is
// seen weighs the same; the output is one head's.
std::vector<float> Projection(const std::string& key, const TensorRequest& wanted) {
  const int64_t d = wanted.columns, width = wanted.heads * d;
  std::vector<float> weight;
  if (key == "w_qkv" || key == "w_v") {
    weight = Zeros((key == "w_v" ? 1 : 3) * width * d);
    const int64_t first = key == "w_v" ? 0 : 2 * width;
    for (int64_t r = 0; r < width; ++r) weight[static_cast<size_t>((first + r) * d + r % d)] = 1;
  } else if (key == "w_o") {
    weight = Zeros(d * width);
    for (int64_t r = 0; r < d; ++r) weight[static_cast<size_t>(r * width + wanted.head * d + r)] = 1;
  } else if (key == "w_q" || key == "w_k" || key == "w_r") {
    weight = Zeros(width * d);
  } else if (key == "bias_u" || key == "bias_v" || key == "b_q" || key == "b_k" || key == "b_v") {
    weight = Zeros(width);
  } else if (key == "b_o") {
    weight = Zeros(d);
  }
  return weight;
}

std::vector<float> OfCompressive(const std::string& key, const TensorRequest& wanted) {
  const int64_t d = wanted.columns, ratio = wanted.number("ratio", 1);
  const std::string function = wanted.word("function");
  if (key == "pos" && wanted.word("position") == "table") return Zeros(wanted.heads * Places(wanted) * d);
  if (function == "conv" && key == "conv_weight") return MeanOfTaps(d, ratio);
  if (function == "conv" && key == "conv_bias") return Zeros(d);
  const std::vector<int64_t> kernels = wanted.numbers("conv_layers.kernel");
  for (size_t l = 0; function == "dilated_conv" && l < kernels.size(); ++l) {
    if (key == "conv_weight_" + std::to_string(l)) return MeanOfTaps(d, kernels[l]);
    if (key == "conv_bias_" + std::to_string(l)) return Zeros(d);
  }
  return {};
}

std::vector<float> OfLinformer(const std::string& key, const TensorRequest& wanted) {
  const std::string projection = wanted.word("projection"), sharing = wanted.word("sharing");
  const int64_t stride = wanted.number("stride", 1), slots = wanted.number("slots", 1);
  if (projection == "conv") {
    if (key == "conv_weight_k") return MeanOfTaps(wanted.head_dim, stride);
    if (key == "conv_weight_v") return MeanOfTaps(wanted.columns, stride);
    if (key == "conv_bias_k") return Zeros(wanted.head_dim);
    if (key == "conv_bias_v") return Zeros(wanted.columns);
  }
  if (projection == "linear" && (key == "e" || (key == "f" && sharing != "kv" && sharing != "layerwise"))) {
    // Johnson and Lindenstrauss: entries of variance 1 / slots, the same for keys and values so that e^T e is about 1.
    const int64_t sets = sharing == "none" ? wanted.heads : 1;
    return Random(sets * slots * wanted.tokens, 1 / std::sqrt(static_cast<double>(slots)), 5);
  }
  return {};
}

}  // namespace

std::vector<float> MakeTensor(const std::string& mechanism, const std::string& key, const TensorRequest& wanted) {
  const bool spans = mechanism == "adaptive_span" || mechanism == "mixed";
  if (spans && key == "span") {  // from short to all
    std::vector<float> span;
    for (int64_t h = 0; h < wanted.heads; ++h) {
      span.push_back(static_cast<float>(h + 1) / static_cast<float>(wanted.heads));
    }
    return span;
  }
  if (spans && key == "key_pe") return Zeros(wanted.head_dim * wanted.number("max_span", 1));
  if (mechanism == "favor" && key == "projection") return Random(256 * wanted.head_dim, 1, 3);
  if (mechanism == "linformer") return OfLinformer(key, wanted);
  if (mechanism == "lsh" && key == "rotations") {
    int64_t columns = 0;
    for (const int64_t factor : MakeList(mechanism, "bucket_factors", wanted)) columns += factor / 2;
    return Random(wanted.heads * wanted.head_dim * std::max<int64_t>(1, wanted.number("n_hashes", 1)) * columns, 1, 4);
  }
  if (mechanism == "pia" && key == "pos") return Zeros(Places(wanted) * wanted.columns);
  if (mechanism == "compressive") {
    const std::vector<float> tensor = OfCompressive(key, wanted);
    if (!tensor.empty()) return tensor;
  }
  if (mechanism == "transformer_xl" || mechanism == "compressive" || mechanism == "pia") {
    return Projection(key, wanted);
  }
  return {};
}

std::vector<int64_t> MakeList(const std::string& mechanism, const std::string& key, const TensorRequest& wanted) {
  if (mechanism == "lsh" && key == "bucket_factors") {
    const std::vector<int64_t> given = wanted.numbers("bucket_factors");
    if (!given.empty()) return given;
    const int64_t chunks = wanted.tokens / std::max<int64_t>(1, wanted.number("chunk_length", 1));
    return {std::clamp<int64_t>(chunks / 2 * 2, 2, 64)};
  }
  const std::string plan_kind = wanted.word("plan");
  if (mechanism == "block_sparse" && key == "random_blocks" && (plan_kind.empty() || plan_kind == "given")) {
    const int64_t block = std::max<int64_t>(1, wanted.number("block_size", 64));
    const int64_t blocks = (wanted.tokens + block - 1) / block, random = wanted.number("num_random", 0);
    std::vector<int64_t> plan;
    Gaussian gaussian(6);
    for (int64_t h = 0; h < wanted.heads && random <= blocks; ++h) {
      for (int64_t x = 1; x + 1 < blocks; ++x) {
        // Blocks that are not seen anyway, as far as there are any, each once.
        std::vector<int64_t> rest;
        for (int64_t y = 1; y + 1 < blocks; ++y) {
          if (std::abs(x - y) > 1) rest.push_back(y);
        }
        for (int64_t i = 0; i < random; ++i) {
          if (rest.empty()) {
            plan.push_back(0);
            continue;
          }
          const size_t chosen = static_cast<size_t>(gaussian.Below(rest.size()));
          plan.push_back(rest[chosen]);
          rest.erase(rest.begin() + static_cast<int64_t>(chosen));
        }
      }
    }
    return plan;
  }
  return {};
}

std::vector<float> MakeRows(int64_t tokens, int64_t heads, int64_t head_dim, bool queries) {
  constexpr int64_t kTopics = 5, kTopicTokens = 12;
  const double size = std::sqrt(static_cast<double>(head_dim));
  std::vector<float> rows(static_cast<size_t>(tokens * heads * head_dim));
  Gaussian noise(queries ? 1 : 2);
  for (int64_t h = 0; h < heads; ++h) {
    Gaussian direction(static_cast<uint64_t>(100 + h));
    std::vector<double> topics(static_cast<size_t>(kTopics * head_dim));  // of length sqrt(head_dim)
    for (int64_t t = 0; t < kTopics; ++t) {
      double* topic = topics.data() + t * head_dim;
      double square = 0;
      for (int64_t c = 0; c < head_dim; ++c) {
        topic[c] = direction.Next();
        square += topic[c] * topic[c];
      }
      for (int64_t c = 0; c < head_dim; ++c) topic[c] *= size / std::sqrt(square);
    }
    for (int64_t i = 0; i < tokens; ++i) {
      const int64_t part = i / kTopicTokens;
      const double* topic = topics.data() + (part * part + part / 2) % kTopics * head_dim;
      for (int64_t c = 0; c < head_dim; ++c) {
        rows[static_cast<size_t>((i * heads + h) * head_dim + c)] =
            static_cast<float>(0.9 * topic[c] + 0.35 * noise.Next());
      }
    }
  }
  return rows;
}

}  // namespace lwave::cli
