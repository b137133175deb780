// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What this machine can do at best: multiply-adds of each type from registers, and memory bandwidth, on one
// thread and on all.

#include "benchmarks/bench_common.h"

int main(int argc, char** argv) {
  using namespace lwave;
  const bench::Options options = bench::ParseOptions(
      argc, argv, "peak: the machine's own limits, which other figures are quoted against");
  bench::PrintMachine(options);
  bench::Report report({{"threads", "threads", 0},
                        {"f32_gflops", "f32 GFLOP/s", 1},
                        {"bf16_gflops", "bf16 GFLOP/s", 1},
                        {"int8_gops", "int8 Gop/s", 1},
                        {"bandwidth_gbs", "GB/s", 1}},
                       options.json);
  for (int32_t threads : {1, options.threads}) {
    if (threads == 1 || options.threads > 1) {
      const auto runner = MakeThreadPool(threads);
      const bench::Peaks peaks = bench::MeasurePeaks(*runner, options.seconds);
      report.Add("peak " + std::to_string(threads) + (threads == 1 ? " thread" : " threads"),
                 {static_cast<double>(threads), peaks.f32, peaks.bf16, peaks.int8, peaks.bandwidth});
    }
    if (options.threads == 1) break;
  }
  report.Finish();
  return 0;
}
