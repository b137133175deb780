// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Speed of tile attention, 12 heads: full, causal and sliding-window patterns over a sweep of lengths, and one
// decode step, with keys and values in f32 and in bf16. GFLOP/s count the visible entries only, shares are of this
// machine's own peak for that type in the same run. Bytes: queries, keys, values and results, once each.
//
//   attention_bench [--threads N] [--seconds S] [--json] [--long] [part of a row's name]...
//     --long   windows up to n = 131072 (takes 1.8 GB)

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "attention_case.h"
#include "bench_common.h"

namespace lwave::bench {
namespace {

using kernels::NumberType;

constexpr int64_t kHeads = 12;

const char* TypeName(NumberType type) { return type == NumberType::kBf16 ? "bf16" : "f32"; }

std::vector<AttentionCase> Cases(bool with_long) {
  std::vector<AttentionCase> cases;
  for (const int64_t head_dim : {64, 32}) {
    for (const Pattern pattern : {Pattern::kFull, Pattern::kCausal}) {
      for (const int64_t n : {128, 512, 1024, 2048, 4096, 8192}) cases.push_back({pattern, n, kHeads, head_dim});
    }
  }
  // Time in proportion to n, and to the window.
  for (const int64_t window : {256, 128}) {
    for (const int64_t n : {8192, 16384, 32768, 65536, 131072}) {
      if (n <= 16384 || with_long) cases.push_back({Pattern::kWindow, n, kHeads, 64, window});
    }
  }
  // As the shipped model streams.
  cases.push_back({Pattern::kWindow, 8192, kHeads, 32, 64});
  cases.push_back({Pattern::kWindow, 8192, kHeads, 32, 64, 33});
  for (const int64_t head_dim : {80, 96, 128, 256}) cases.push_back({Pattern::kFull, 2048, kHeads, head_dim});
  for (size_t i = 0, count = cases.size(); i < count; ++i) {
    cases.push_back(cases[i]);
    cases.back().type = NumberType::kBf16;
  }
  return cases;
}

class Bench {
 public:
  explicit Bench(const Options& options)
      : options_(options),
        runner_(MakeThreadPool(options.threads)),
        report_({{"gflops", "GFLOP/s", 1},
                 {"share_of_peak", "of peak", 3},
                 {"peak_gflops", "peak", 1},
                 {"min_s", "min s", 6},
                 {"median_s", "median s", 6},
                 {"tokens_per_s", "rows/s", 0},
                 {"ns_per_entry", "ns/entry", 4},
                 {"bytes", "bytes", 0}},
                options.json) {}

  void Whole(const AttentionCase& c) {
    if (!Wanted(c.Name())) return;
    AttentionLayer layer(c);
    double peak = 0;
    const Timing timing = MeasureBesidePeak(
        *runner_, TypeName(c.type), &peak, [&] { return Measure([&] { layer.Run(*runner_); }, options_.seconds, 3); });
    Add(c.Name(), timing, peak, layer.Entries(), c.head_dim, c.n, layer.Bytes());
  }

  // One new row against a window of rows, in layer after layer of a model too large for the caches; and, in
  // turn with it, nothing but reading the same keys and values.
  void Decode(int64_t rows, int64_t head_dim, NumberType type) {
    const std::string name =
        std::string("attention ") + TypeName(type) + " decode window " + std::to_string(rows) + " d=" + std::to_string(head_dim);
    const std::string read_name = name + " (read only)";
    if (!Wanted(name)) return;
    DecodeLayers layers(rows, kHeads, head_dim, type);
    std::vector<double> steps, reads;
    double peak = 0;
    MeasureBesidePeak(*runner_, TypeName(type), &peak, [&] {
      const double end = Seconds() + 2 * options_.seconds;
      while (steps.size() < 10 || Seconds() < end) {
        for (std::vector<double>* times : {&steps, &reads}) {
          const double start = Seconds();
          if (times == &steps) {
            layers.Step(*runner_);
          } else {
            layers.Read(*runner_);
          }
          times->push_back((Seconds() - start) / static_cast<double>(layers.layers()));
        }
      }
      return Timing();
    });
    Add(name, Summarise(steps), peak, kHeads * rows, head_dim, 1, layers.BytesOfLayer());
    Add(read_name, Summarise(reads), peak, 0, head_dim, 1, layers.BytesOfLayer());
  }

  void Finish() { report_.Finish(); }

 private:
  bool Wanted(const std::string& name) const {
    for (const std::string& part : options_.rest) {
      if (name.find(part) != std::string::npos) return true;
    }
    return options_.rest.empty();
  }

  // Two products of head_dim numbers per visible entry of each head.
  void Add(const std::string& name, const Timing& timing, double peak, int64_t entries, int64_t head_dim,
           int64_t rows, int64_t bytes) {
    const double gflops = 4e-9 * static_cast<double>(entries * head_dim) / timing.min_s;
    const double ns = entries == 0 ? 0 : timing.min_s * 1e9 / static_cast<double>(entries);
    report_.Add(name, {gflops, gflops / peak, peak, timing.min_s, timing.median_s,
                       static_cast<double>(rows) / timing.min_s, ns, static_cast<double>(bytes)});
  }

  const Options& options_;
  std::unique_ptr<Runner> runner_;
  Report report_;
};

int Main(int argc, char** argv) {
  Options options =
      ParseOptions(argc, argv,
                   "attention_bench [PART-OF-A-NAME...]: speed of tile attention, 12 heads\n"
                   "  --long        windows up to n = 131072 (takes 1.8 GB)");
  const bool with_long = std::erase(options.rest, "--long") > 0;
  for (const std::string& part : options.rest) {
    if (part.rfind("-", 0) == 0) {
      std::fprintf(stderr, "attention_bench: unknown option %s (see --help)\n", part.c_str());
      return 2;
    }
  }
  PrintMachine(options);
  Bench bench(options);
  for (const AttentionCase& c : Cases(with_long)) bench.Whole(c);
  bench.Decode(4096, 64, NumberType::kF32);
  bench.Decode(4096, 64, NumberType::kBf16);
  bench.Finish();
  return 0;
}

}  // namespace
}  // namespace lwave::bench

int main(int argc, char** argv) { return lwave::bench::Main(argc, argv); }
