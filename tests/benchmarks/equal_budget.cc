// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "equal_budget.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <string>
#include <vector>

#include "layer_run.h"
#include "mechanism_shapes.h"

namespace lwave::bench {
namespace {

using test::Config;
using test::Rows;
using test::Set;

enum class Kind { kSmall, kRandom, kLowRank, kPeaked };
constexpr Kind kKinds[] = {Kind::kSmall, Kind::kRandom, Kind::kLowRank, Kind::kPeaked};

// rows [n, 768]: mixtures of eight directions a head, whose weights are slow waves, and a little noise.
std::vector<float> SlowMixtures(int64_t n, uint64_t directions_seed, uint64_t seed) {
  constexpr int64_t kRank = 8;
  const std::vector<float> directions = Gaussians(kRank * kWidth, 1, directions_seed);
  const std::vector<float> phases = Gaussians(kRank * kHeads, 3, seed);
  std::vector<float> rows = Gaussians(n * kWidth, 0.1, seed + 1);
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t h = 0; h < kHeads; ++h) {
      for (int64_t r = 0; r < kRank; ++r) {
        const double turns = static_cast<double>((r + 1) * i) / static_cast<double>(n);
        const double phase = static_cast<double>(phases[static_cast<size_t>(r * kHeads + h)]);
        const float weight = static_cast<float>(0.5 * std::cos(2 * 3.141592653589793 * turns + phase));
        for (int64_t c = h * kHeadDim; c < (h + 1) * kHeadDim; ++c) {
          rows[static_cast<size_t>(i * kWidth + c)] += weight * directions[static_cast<size_t>(r * kWidth + c)];
        }
      }
    }
  }
  return rows;
}

Rows Inputs(Kind kind, int64_t n) {
  Rows rows;
  rows.queries = rows.keys = n;
  if (kind == Kind::kLowRank) {
    rows.q = SlowMixtures(n, 51, 53);
    rows.k = SlowMixtures(n, 51, 55);
    rows.v = SlowMixtures(n, 52, 57);
    return rows;
  }
  rows.q = Gaussians(n * kWidth, kind == Kind::kRandom ? 1 : 0.5, 61);
  rows.k = Gaussians(n * kWidth, kind == Kind::kSmall ? 0.5 : 1, 62);
  rows.v = Gaussians(n * kWidth, 1, 63);
  if (kind != Kind::kPeaked) return rows;
  std::mt19937_64 random(64);
  for (int64_t i = 0; i < n; ++i) {
    const bool near = random() % 2 == 0;
    const int64_t somewhere = static_cast<int64_t>(random() % static_cast<uint64_t>(near ? 64 : n));
    const int64_t key = near ? std::clamp<int64_t>(i - 32 + somewhere, 0, n - 1) : somewhere;
    for (int64_t c = 0; c < kWidth; ++c) {
      rows.q[static_cast<size_t>(i * kWidth + c)] += 1.5f * rows.k[static_cast<size_t>(key * kWidth + c)];
    }
  }
  return rows;
}

constexpr int64_t kSamples = 96;
int64_t SampledRow(int64_t s, int64_t n) { return (s * 2 + 1) * n / (2 * kSamples); }

// Exact attention of the sampled rows, two of the heads.   [samples, 2, head_dim]
std::vector<double> Exact(const Rows& rows) {
  std::vector<double> all;
  std::vector<double> weights(static_cast<size_t>(rows.keys));
  for (int64_t s = 0; s < kSamples; ++s) {
    for (int64_t h : {int64_t{0}, kHeads / 2}) {
      const float* q = rows.q.data() + SampledRow(s, rows.keys) * kWidth + h * kHeadDim;
      double highest = -1e300, sum = 0;
      for (int64_t j = 0; j < rows.keys; ++j) {
        const float* k = rows.k.data() + j * kWidth + h * kHeadDim;
        double dot = 0;
        for (int64_t c = 0; c < kHeadDim; ++c) dot += static_cast<double>(q[c]) * static_cast<double>(k[c]);
        weights[static_cast<size_t>(j)] = dot / std::sqrt(static_cast<double>(kHeadDim));
        highest = std::max(highest, weights[static_cast<size_t>(j)]);
      }
      std::vector<double> out(kHeadDim, 0.0);
      for (int64_t j = 0; j < rows.keys; ++j) {
        const double weight = std::exp(weights[static_cast<size_t>(j)] - highest);
        const float* v = rows.v.data() + j * kWidth + h * kHeadDim;
        sum += weight;
        for (int64_t c = 0; c < kHeadDim; ++c) out[static_cast<size_t>(c)] += weight * static_cast<double>(v[c]);
      }
      for (double number : out) all.push_back(number / sum);
    }
  }
  return all;
}

double ErrorOf(const std::vector<float>& out, const std::vector<double>& exact, int64_t n) {
  double difference = 0, norm = 0;
  size_t at = 0;
  for (int64_t s = 0; s < kSamples; ++s) {
    for (int64_t h : {int64_t{0}, kHeads / 2}) {
      for (int64_t c = 0; c < kHeadDim; ++c, ++at) {
        const size_t place = static_cast<size_t>(SampledRow(s, n) * kWidth + h * kHeadDim + c);
        difference += std::pow(static_cast<double>(out[place]) - exact[at], 2);
        norm += exact[at] * exact[at];
      }
    }
  }
  return std::sqrt(difference / norm);
}

struct Contender {
  std::string name;
  Config config;
};

std::vector<Contender> Contenders(int64_t budget, int64_t n) {
  std::vector<Contender> all;
  Config config = ConfigOf("window");
  Set(config, "left", budget / 2);
  Set(config, "right", budget / 2 - 1);
  all.push_back({"Longformer", std::move(config)});
  config = ConfigOf("block_sparse");  // two global blocks, three around the row, three random
  Set(config, "block_size", budget / 8);
  Set(config, "num_random", int64_t{3});
  Set(config, "random_blocks", RandomBlocks(n / (budget / 8), 3, 7));
  all.push_back({"BigBird", std::move(config)});
  config = ConfigOf("linformer");
  Set(config, "slots", budget);
  const double deviation = 1 / std::sqrt(static_cast<double>(budget));
  Set(config, "e", Gaussians(budget * n, deviation, 11));
  Set(config, "f", Gaussians(budget * n, deviation, 12));
  all.push_back({"Linformer Gaussian", std::move(config)});
  config = ConfigOf("linformer");
  Set(config, "projection", "mean_pool");
  Set(config, "stride", n / budget);
  all.push_back({"Linformer mean pool", std::move(config)});
  config = ConfigOf("favor");
  Set(config, "kernel", "softmax");
  Set(config, "projection", Gaussians(budget * kHeadDim, 1, 3));
  all.push_back({"FAVOR iid", std::move(config)});
  return all;
}

}  // namespace

void AddBudgetRows(int64_t n, const Options& options, Report& report) {
  report.NewTable({{"n", "n", 0},
                   {"threads", "threads", 0},
                   {"entries", "entries/row", 0},
                   {"us_per_token", "us/token", 3},
                   {"median_us_per_token", "median", 3},
                   {"bytes", "bytes", 0},
                   {"error_small", "err small", 4},
                   {"error_random", "err random", 4},
                   {"error_low_rank", "err low rank", 4},
                   {"error_peaked", "err peaked", 4}});
  std::vector<Rows> inputs;
  std::vector<std::vector<double>> exact;
  for (Kind kind : kKinds) {
    inputs.push_back(Inputs(kind, n));
    exact.push_back(Exact(inputs.back()));
  }
  const test::Context context = test::MakeContext(options.threads);
  for (const int64_t budget : {256, 512}) {
    for (const Contender& contender : Contenders(budget, n)) {
      LayerRun run(n, options.seconds);
      const LayerFigures figures = run.Forward(contender.config, options.threads);
      const test::Attention attention = test::MakeAttention(context, contender.config);
      std::vector<double> values = {static_cast<double>(n), static_cast<double>(options.threads),
                                    static_cast<double>(budget), figures.timing.min_s * 1e6 / static_cast<double>(n),
                                    figures.timing.median_s * 1e6 / static_cast<double>(n),
                                    static_cast<double>(figures.counted_bytes)};
      for (size_t i = 0; i < inputs.size(); ++i) {
        values.push_back(ErrorOf(test::Forward(attention, inputs[i]), exact[i], n));
      }
      report.Add("budget " + std::to_string(budget) + " " + contender.name, values);
    }
  }
}

}  // namespace lwave::bench
