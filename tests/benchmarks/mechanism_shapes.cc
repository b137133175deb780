// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "mechanism_shapes.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace lwave::bench {
namespace {

using test::Config;
using test::Set;

// The mean over rows i of [0, n) of what each meets.
template <typename Count>
std::function<double(int64_t)> MeanOf(Count count) {
  return [count](int64_t n) {
    double sum = 0;
    for (int64_t i = 0; i < n; ++i) sum += static_cast<double>(count(i, n));
    return sum / static_cast<double>(std::max<int64_t>(n, 1));
  };
}
std::function<double(int64_t)> Always(double entries) {
  return [entries](int64_t) { return entries; };
}

Config Full(int64_t n, bool causal) {
  Config config = ConfigOf("full");
  Set(config, "causal", int64_t{causal});
  Set(config, "max_tokens", n);
  return config;
}

// Longformer: 256 keys on each side, published as 512.
Config Window(int64_t n, bool global) {
  Config config = ConfigOf("window");
  Set(config, "left", int64_t{256});
  Set(config, "right", int64_t{256});
  Set(config, "max_tokens", n);
  if (global) {
    Set(config, "global", std::vector<int64_t>{0});
    Set(config, "global_projections", int64_t{1});
  }
  return config;
}
int64_t Sides(int64_t i, int64_t n, int64_t reach, int64_t dilation) {
  return 1 + std::min(reach, i / dilation) + std::min(reach, (n - 1 - i) / dilation);
}

void AddWindows(std::vector<MechanismShape>& all) {
  all.push_back({"window 256", false, true, false, [](int64_t n) { return Window(n, false); },
                 MeanOf([](int64_t i, int64_t n) { return Sides(i, n, 256, 1); })});
  all.push_back({"window 256 one global", false, true, false, [](int64_t n) { return Window(n, true); },
                 MeanOf([](int64_t i, int64_t n) { return i == 0 ? n : Sides(i, n, 256, 1) + (i > 256 ? 1 : 0); })});
  // The paper dilates two heads of the upper layers.
  all.push_back({"window 256 two heads dilated 4", false, true, false,
                 [](int64_t n) {
                   Config config = Window(n, false);
                   std::vector<int64_t> dilation(kHeads, 1);
                   dilation[10] = dilation[11] = 4;
                   Set(config, "dilation", dilation);
                   return config;
                 },
                 MeanOf([](int64_t i, int64_t n) {
                   return (10.0 * static_cast<double>(Sides(i, n, 256, 1)) +
                           2.0 * static_cast<double>(Sides(i, n, 256, 4))) / 12;
                 })});
  all.push_back({"sink_window 4 and 1020 behind", true, true, false,
                 [](int64_t) {
                   Config config = ConfigOf("sink_window");
                   Set(config, "sinks", int64_t{4});
                   Set(config, "window", int64_t{1020});
                   Set(config, "rope.theta", 10000.0);
                   return config;
                 },
                 MeanOf([](int64_t i, int64_t) { return std::min<int64_t>(i + 1, 1024); })});
  all.push_back({"sink_window 33 and 64 each side", false, true, false,
                 [](int64_t) {
                   Config config = ConfigOf("sink_window");
                   Set(config, "sinks", int64_t{33});
                   Set(config, "sinks_see", "all");
                   Set(config, "left", int64_t{64});
                   Set(config, "right", int64_t{64});
                   return config;
                 },
                 MeanOf([](int64_t i, int64_t n) {
                   return Sides(i, n, 64, 1) + std::clamp<int64_t>(i - 64, 0, 33);
                 })});
}

Config Sparse(int64_t n, const char* pattern, int64_t stride, int64_t summary) {
  Config config = ConfigOf("sparse_transformer");
  Set(config, "pattern", pattern);
  Set(config, "stride", stride);
  if (summary > 0) Set(config, "summary", summary);
  Set(config, "max_tokens", n);
  return config;
}
// The paper's rule, a power of two here.
int64_t RootOf(int64_t n) {
  int64_t root = 1;
  while (4 * root * root <= n * 2) root *= 2;
  return root;
}

void AddSparse(std::vector<MechanismShape>& all) {
  all.push_back({"sparse_transformer strided 128", true, false, false,
                 [](int64_t n) { return Sparse(n, "strided", 128, 0); },
                 MeanOf([](int64_t i, int64_t) { return std::min<int64_t>(i + 1, 128) + i / 128; })});
  all.push_back({"sparse_transformer strided sqrt(n)", true, false, false,
                 [](int64_t n) { return Sparse(n, "strided", RootOf(n), 0); },
                 MeanOf([](int64_t i, int64_t n) { return std::min<int64_t>(i + 1, RootOf(n)) + i / RootOf(n); })});
  all.push_back({"sparse_transformer fixed 128 of 32", true, false, false,
                 [](int64_t n) { return Sparse(n, "fixed", 128, 32); },
                 MeanOf([](int64_t i, int64_t) { return i % 128 + 1 + i / 128 * 32; })});
  all.push_back({"block_sparse 64 random 3", false, true, false,
                 [](int64_t n) {
                   Config config = ConfigOf("block_sparse");
                   Set(config, "block_size", int64_t{64});
                   Set(config, "num_random", int64_t{3});
                   Set(config, "random_blocks", RandomBlocks((n + 63) / 64, 3, 7));
                   Set(config, "max_tokens", n);
                   return config;
                 },
                 MeanOf([](int64_t i, int64_t n) { return i < 64 || i >= n - 64 ? n : std::min<int64_t>(n, 8 * 64); })});
}

Config Segments(const char* mechanism, int64_t segment) {
  Config config = test::MakeConfig(mechanism);
  Set(config, "heads", kHeads);
  Set(config, "d_model", kWidth);
  Set(config, "segment", segment);
  SetWeights(config);
  return config;
}

// Named by segment, memory and compressed memory.
void AddSegments(std::vector<MechanismShape>& all) {
  const auto recurrent = [](int64_t i, int64_t) { return i % 512 + 1 + (i < 512 ? 0 : 512); };
  all.push_back({"transformer_xl 512+512", true, true, true,
                 [](int64_t) {
                   Config config = Segments("transformer_xl", 512);
                   Set(config, "mem_len", int64_t{512});
                   return config;
                 },
                 MeanOf(recurrent)});
  for (const char* function : {"mean", "conv", "most_used"}) {
    all.push_back({std::string("compressive 512+512+512 by 3 ") + function, true, true, true,
                   [function](int64_t) {
                     Config config = Segments("compressive", 512);
                     Set(config, "mem_len", int64_t{512});
                     Set(config, "cmem_len", int64_t{512});
                     Set(config, "ratio", int64_t{3});
                     Set(config, "function", function);
                     if (std::string(function) == "conv") {
                       Set(config, "conv_weight", Gaussians(3 * kWidth * kWidth, 0.02, 21));
                       Set(config, "conv_bias", std::vector<float>(kWidth, 0.0f));
                     }
                     return config;
                   },
                   MeanOf([recurrent](int64_t i, int64_t n) {
                     return recurrent(i, n) + std::min<int64_t>(512, std::max<int64_t>(0, i / 512 - 1) * 170);
                   })});
  }
  all.push_back({"pia 512+512", true, true, true,
                 [](int64_t) {
                   Config config = Segments("pia", 512);
                   Set(config, "cache_len", int64_t{512});
                   Set(config, "pos", Gaussians(1024 * kWidth, 1, 5));
                   return config;
                 },
                 MeanOf(recurrent)});
}

Config Favor(bool causal) {
  Config config = ConfigOf("favor");
  Set(config, "kernel", "softmax");
  Set(config, "causal", int64_t{causal});
  if (causal) Set(config, "key_shift", 0.0);
  Set(config, "projection", Gaussians(256 * kHeadDim, 1, 3));
  return config;
}

// Two buckets a chunk; as published code does, a large number of them is the product of two.
std::vector<int64_t> BucketFactors(int64_t n) {
  const int64_t buckets = std::max<int64_t>(2, 2 * (n / 64));
  int64_t power = 0;
  while ((int64_t{2} << power) <= buckets) ++power;
  if (buckets <= 128) return {int64_t{1} << power};
  return {int64_t{1} << (power / 2), int64_t{1} << (power - power / 2)};
}

void AddApproximate(std::vector<MechanismShape>& all) {
  all.push_back({"linformer 256", false, true, false,
                 [](int64_t n) {
                   Config config = ConfigOf("linformer");
                   Set(config, "slots", int64_t{256});
                   Set(config, "sharing", "layerwise");
                   Set(config, "e", Gaussians(256 * n, 1.0 / 16, 11));
                   Set(config, "max_tokens", n);
                   return config;
                 },
                 Always(256)});
  all.push_back({"favor 256 two-sided", false, true, false, [](int64_t) { return Favor(false); }, Always(256)});
  all.push_back({"favor 256 causal", true, true, false, [](int64_t) { return Favor(true); }, Always(256)});
  all.push_back({"lsh 64 four rounds", true, true, false,
                 [](int64_t n) {
                   Config config = ConfigOf("lsh");
                   const std::vector<int64_t> factors = BucketFactors(n);
                   int64_t columns = 0;
                   for (int64_t factor : factors) columns += factor / 2;
                   Set(config, "causal", int64_t{1});
                   Set(config, "chunk_length", int64_t{64});
                   Set(config, "n_hashes", int64_t{4});
                   Set(config, "bucket_factors", factors);
                   Set(config, "rotations", Gaussians(kWidth * 4 * columns, 1, 9));
                   Set(config, "max_tokens", n);
                   return config;
                 },
                 Always(4 * 128)});
  all.push_back({"adaptive_span 1024", true, true, false,
                 [](int64_t) {
                   Config config = ConfigOf("adaptive_span");
                   Set(config, "max_span", int64_t{1024});
                   Set(config, "ramp", int64_t{32});
                   Set(config, "span", std::vector<float>(kHeads, 1.0f));
                   Set(config, "key_pe", Gaussians(kHeadDim * 1024, 1, 13));
                   return config;
                 },
                 Always(1024)});
}

}  // namespace

Config ConfigOf(const char* mechanism) {
  Config config = test::MakeConfig(mechanism);
  Set(config, "heads", kHeads);
  Set(config, "head_dim", kHeadDim);
  return config;
}

std::vector<float> Gaussians(int64_t count, double deviation, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal(0, static_cast<float>(deviation));
  std::vector<float> numbers(static_cast<size_t>(count));
  for (float& number : numbers) number = normal(random);
  return numbers;
}

std::vector<int64_t> RandomBlocks(int64_t blocks, int64_t per_block, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<int64_t> plan;
  for (int64_t row = 0; row < kHeads * (blocks - 2); ++row) {
    const int64_t own = row % (blocks - 2) + 1;
    std::vector<int64_t> chosen;
    while (static_cast<int64_t>(chosen.size()) < per_block) {
      const int64_t block = 1 + static_cast<int64_t>(random() % static_cast<uint64_t>(blocks - 2));
      const bool near = std::abs(block - own) <= 1 && blocks > 2 + 3 + per_block;
      if (!near && std::find(chosen.begin(), chosen.end(), block) == chosen.end()) chosen.push_back(block);
    }
    plan.insert(plan.end(), chosen.begin(), chosen.end());
  }
  return plan;
}

void SetWeights(const Config& config) {
  const auto weight = [&](const char* name, int64_t rows, uint64_t seed) {
    if (test::OptionType(config, name) != 0) {
      Set(config, name, Gaussians(rows * kWidth, 1 / std::sqrt(static_cast<double>(kWidth)), seed));
    }
  };
  weight("w_qkv", 3 * kWidth, 31);
  uint64_t seed = 32;
  for (const char* name : {"w_q", "w_k", "w_v", "w_o", "w_r", "w_q_global", "w_k_global", "w_v_global"}) {
    weight(name, kWidth, seed++);
  }
  for (const char* name : {"b_q", "b_k", "b_v", "b_o", "b_q_global", "b_k_global", "b_v_global", "bias_u", "bias_v"}) {
    if (test::OptionType(config, name) != 0) Set(config, name, Gaussians(kWidth, 0.1, seed++));
  }
}

bool CanProject(const Config& config) { return test::OptionType(config, "w_q") != 0; }

void SetProjections(const Config& config) {
  Set(config, "d_model", kWidth);
  SetWeights(config);
}

std::vector<MechanismShape> PublishedShapes() {
  std::vector<MechanismShape> all;
  for (const bool causal : {false, true}) {
    all.push_back({causal ? "full causal" : "full", causal, false, false,
                   [causal](int64_t n) { return Full(n, causal); },
                   [causal](int64_t n) { return static_cast<double>(causal ? n + 1 : 2 * n) / 2; }});
  }
  if (CanProject(ConfigOf("full"))) {
    all.push_back({"full causal projected", true, false, true,
                   [](int64_t n) {
                     Config config = Full(n, true);
                     SetProjections(config);
                     return config;
                   },
                   [](int64_t n) { return static_cast<double>(n + 1) / 2; }});
  }
  AddWindows(all);
  AddSparse(all);
  AddSegments(all);
  AddApproximate(all);
  return all;
}

MechanismShape PublishedShape(const std::string& name) {
  for (MechanismShape& shape : PublishedShapes()) {
    if (shape.name == name) return shape;
  }
  std::fprintf(stderr, "no shape is called %s\n", name.c_str());
  std::exit(1);
}

}  // namespace lwave::bench
