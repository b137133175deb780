// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "position_schemes.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "attention/projection.h"
#include "base/allocator.h"
#include "base/thread_pool.h"
#include "layer_run.h"
#include "mechanism_shapes.h"

namespace lwave::bench {
namespace {

using test::Config;
using test::Set;

Config Causal(int64_t n) {
  Config config = ConfigOf("full");
  Set(config, "causal", int64_t{1});
  Set(config, "max_tokens", n);
  return config;
}

// Slopes 2^(-8 h / heads), as for a power of two heads.
std::vector<float> Slopes() {
  std::vector<float> slopes;
  for (int64_t h = 1; h <= kHeads; ++h) {
    slopes.push_back(static_cast<float>(std::exp2(-8.0 * static_cast<double>(h) / static_cast<double>(kHeads))));
  }
  return slopes;
}

// The whole sequence is one segment without a memory.
Config OneSegment(const char* mechanism, int64_t n) {
  Config config = test::MakeConfig(mechanism);
  Set(config, "heads", kHeads);
  Set(config, "d_model", kWidth);
  Set(config, "segment", n);
  SetWeights(config);
  return config;
}

// q + table and k + table, as a layer of its own would be given.
Timing AddTable(int64_t n, int32_t threads, double seconds) {
  const std::unique_ptr<Runner> runner = MakeThreadPool(threads);
  const std::vector<float> table = Gaussians(n * kWidth, 1, 41);
  std::vector<float> rows[2] = {Gaussians(n * kWidth, 1, 42), Gaussians(n * kWidth, 1, 43)}, sums[2] = {table, table};
  return Measure(
      [&] {
        runner->For(n, [&](int64_t row, int32_t) {
          for (size_t x = 0; x < 2; ++x) {
            const float* from = rows[x].data() + row * kWidth;
            const float* add = table.data() + row * kWidth;
            float* to = sums[x].data() + row * kWidth;
            for (int64_t c = 0; c < kWidth; ++c) to[c] = from[c] + add[c];
          }
        });
      },
      seconds, 3);
}

// q, k, v and output products with weights [768, 768], as the layers make them: some rows at a time.
Timing Projections(int64_t n, int32_t threads, double seconds) {
  const std::unique_ptr<Runner> runner = MakeThreadPool(threads);
  attention::Projection projection;
  if (!projection.Pack(Allocator::Default(), Gaussians(kWidth * kWidth, 0.04, 44), {}, kWidth, kWidth).ok()) {
    std::fprintf(stderr, "out of memory\n");
    std::exit(1);
  }
  const std::vector<float> x = Gaussians(n * kWidth, 1, 45);
  std::vector<float> y(x.size());
  constexpr int64_t kChunk = 192;
  return Measure(
      [&] {
        for (int64_t row = 0; row < n; row += kChunk) {
          for (int product = 0; product < 4; ++product) {
            projection.Apply(*runner, x.data() + row * kWidth, std::min(kChunk, n - row), y.data() + row * kWidth);
          }
        }
      },
      seconds, 3);
}

}  // namespace

void AddPositionRows(int64_t n, const Options& options, Report& report) {
  const double entries = static_cast<double>(kHeads * n) * static_cast<double>(n + 1) / 2;
  report.NewTable({{"n", "n", 0},
                   {"threads", "threads", 0},
                   {"min_s", "min s", 5},
                   {"median_s", "median s", 5},
                   {"ns_per_entry", "ns/entry", 4},
                   {"net_ns_per_entry", "net ns/entry", 4}});
  const double none = std::numeric_limits<double>::quiet_NaN();
  const auto add = [&](const char* name, const Timing& timing, double beside_s) {
    report.Add(std::string("positions ") + name,
               {static_cast<double>(n), static_cast<double>(options.threads), timing.min_s, timing.median_s,
                timing.min_s * 1e9 / entries, std::isnan(beside_s) ? none : (timing.min_s - beside_s) * 1e9 / entries});
  };
  LayerRun run(n, options.seconds);
  const auto forward = [&](const Config& config) { return run.Forward(config, options.threads).timing; };

  const Timing plain = forward(Causal(n));
  add("none", plain, 0);
  Timing absolute = AddTable(n, options.threads, options.seconds);
  absolute.min_s += plain.min_s;
  absolute.median_s += plain.median_s;
  add("absolute added to q and k", absolute, 0);
  Config config = Causal(n);
  Set(config, "alibi_slopes", Slopes());
  add("ALiBi", forward(config), 0);
  config = Causal(n);
  Set(config, "rope.theta", 10000.0);
  add("RoPE", forward(config), 0);
  config = Causal(n);
  Set(config, "relative_buckets", int64_t{32});
  Set(config, "relative_max_distance", int64_t{128});
  Set(config, "relative_bias", Gaussians(kHeads * 32, 1, 46));
  add("T5 buckets", forward(config), 0);

  const Timing projections = Projections(n, options.threads, options.seconds);
  add("(four projections alone)", projections, none);
  config = OneSegment("pia", n);
  Set(config, "pos", Gaussians(n * kWidth, 1, 47));
  add("PIA with projections", forward(config), projections.min_s);
  add("Transformer-XL with projections", forward(OneSegment("transformer_xl", n)), projections.min_s);
}

}  // namespace lwave::bench
