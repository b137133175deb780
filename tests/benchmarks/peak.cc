// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What this machine can do at best: multiply-adds of each type from registers, and memory bandwidth, on one
// thread and on all. And what the thread pool costs: an empty parallel region whose workers are awake (regions follow
// each other) or asleep (a pause before).

#include <chrono>
#include <thread>
#include <utility>
#include <vector>

#include "benchmarks/bench_common.h"

namespace lwave {
namespace {

// Median time of a region in which every thread has one empty task.
double RegionMicroseconds(Runner& runner, std::chrono::microseconds pause) {
  std::vector<double> times;
  for (int i = 0; i < 200; ++i) {
    if (pause.count() > 0) std::this_thread::sleep_for(pause);
    const double start = bench::Seconds();
    runner.For(runner.threads(), [](int64_t, int32_t) {});
    times.push_back(bench::Seconds() - start);
  }
  return bench::Summarise(std::move(times)).median_s * 1e6;
}

}  // namespace
}  // namespace lwave

int main(int argc, char** argv) {
  using namespace lwave;
  const bench::Options options = bench::ParseOptions(
      argc, argv, "peak: the machine's own limits, which other figures are quoted against");
  bench::RefuseOthers(options, "peak");
  bench::PrintMachine(options);
  bench::Report report({{"threads", "threads", 0},
                        {"f32_gflops", "f32 GFLOP/s", 1},
                        {"bf16_gflops", "bf16 GFLOP/s", 1},
                        {"int8_gops", "int8 Gop/s", 1},
                        {"bandwidth_gbs", "GB/s", 1},
                        {"region_us", "region us", 2},
                        {"region_asleep_us", "asleep us", 2}},
                       options.json);
  for (int32_t threads : {1, options.threads}) {
    if (threads == 1 || options.threads > 1) {
      const auto runner = MakeThreadPool(threads);
      const bench::Peaks peaks = bench::MeasurePeaks(*runner, options.seconds);
      report.Add("peak " + std::to_string(threads) + (threads == 1 ? " thread" : " threads"),
                 {static_cast<double>(threads), peaks.f32, peaks.bf16, peaks.int8, peaks.bandwidth,
                  RegionMicroseconds(*runner, std::chrono::microseconds(0)),
                  RegionMicroseconds(*runner, std::chrono::milliseconds(2))});
    }
    if (options.threads == 1) break;
  }
  report.Finish();
  return 0;
}
