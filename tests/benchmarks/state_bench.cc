// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Speed of linear attention over a state: causal and bidirectional prefill over a sweep of lengths, and the
// one-row step. Prefill is quoted as a share of the machine's multiply-add peak, the step also as bytes that
// it must read at least; peaks are measured in the same run.
//
//   state_bench [--threads N] [--seconds S] [--json] [--target T] [part of a row's name]

#include <cstdint>
#include <cstdio>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "bench_common.h"
#include "kernels/state.h"

namespace lwave::bench {
namespace {

using kernels::kStateBlock;
using kernels::StateRows;
using kernels::StateShape;

enum class Kind { kCausal, kFull, kDecode };

struct Case {
  Kind kind;
  int64_t n;  // decode: independent states (layers, sequences) that take a step in turn
  int64_t heads;
  int64_t features;
  int64_t value_dim;
};

std::string Name(const Case& c) {
  const std::string shape = " f=" + std::to_string(c.features) + " d=" + std::to_string(c.value_dim);
  if (c.kind == Kind::kDecode) return "state decode" + shape + (c.n == 1 ? " in cache" : "");
  return std::string("state ") + (c.kind == Kind::kCausal ? "causal" : "full") + " n=" + std::to_string(c.n) +
         shape;
}

std::vector<float> Numbers(int64_t count) {
  std::vector<float> x(static_cast<size_t>(count));
  uint32_t state = 1;
  for (float& number : x) {
    state = state * 1664525u + 1013904223u;
    number = static_cast<float>(state >> 8) * (1.0f / 16777216.0f);
  }
  return x;
}

class Layer {
 public:
  explicit Layer(const Case& c) : case_(c) {
    task_.shape = {c.heads, c.features, c.value_dim};
    states_ = c.kind == Kind::kDecode ? c.n : 1;
    const int64_t rows = c.kind == Kind::kDecode ? kStateBlock : c.n;
    query_ = Numbers(rows * c.heads * c.features);
    key_ = query_;
    value_ = Numbers(rows * c.heads * c.value_dim);
    output_ = Numbers(rows * c.heads * c.value_dim);
    const std::align_val_t line{64};
    const size_t floats = static_cast<size_t>(task_.shape.Floats() * states_);
    state_.reset(static_cast<float*>(::operator new(floats * sizeof(float), line)));
    for (int64_t i = 0; i < states_; ++i) kernels::ClearState(task_.shape, State(i));
    task_.query_stride = task_.key_stride = c.heads * c.features;
    task_.value_stride = task_.output_stride = c.heads * c.value_dim;
  }

  // Prefill: all rows from an empty state. Decode: 64 steps of every state.
  void Run(Runner& runner) {
    if (case_.kind != Kind::kDecode) {
      kernels::ClearState(task_.shape, State(0));
      Prefill(runner);
      return;
    }
    for (int64_t step = 0; step < kStateBlock; ++step) {
      for (int64_t i = 0; i < states_; ++i) {
        StateRows task = At(step, 1);
        task.state = State(i);
        task.position = position_ + step;
        runner.For(case_.heads,
                   [&](int64_t head, int32_t) { kernels::AppendAndReadState(task, head, head + 1); });
      }
    }
    position_ += kStateBlock;
  }

  // Tokens (steps of one state) in one Run.
  double Tokens() const {
    return static_cast<double>(case_.kind == Kind::kDecode ? states_ * kStateBlock : case_.n);
  }
  // Two products with S, for reading and adding, and two with the rows of the block that are seen.
  double Flop() const {
    const double width = static_cast<double>(case_.features + case_.value_dim);
    const double seen = case_.kind == Kind::kFull ? 0 : static_cast<double>(kStateBlock + 1) / 2;
    const double row = 4.0 * static_cast<double>(case_.features * case_.value_dim) + 2.0 * seen * width;
    return Tokens() * static_cast<double>(case_.heads) * row;
  }
  // What a step must read: S, z and on average half a block of pending rows.
  double StepBytes() const {
    const double rows = static_cast<double>(kStateBlock + 1) / 2;
    const double width = static_cast<double>(case_.features + case_.value_dim);
    const double sums = static_cast<double>(case_.features * (case_.value_dim + 1));
    return 4.0 * static_cast<double>(case_.heads) * (sums + rows * width);
  }
  double StateBytes() const { return static_cast<double>(task_.shape.Bytes()); }

 private:
  struct Free {
    void operator()(float* p) const { ::operator delete (p, std::align_val_t{64}); }
  };

  float* State(int64_t i) { return state_.get() + i * task_.shape.Floats(); }

  StateRows At(int64_t row, int64_t rows) {
    StateRows task = task_;
    task.state = State(0);
    task.rows = rows;
    task.query = query_.data() + row * task.query_stride;
    task.key = key_.data() + row * task.key_stride;
    task.value = value_.data() + row * task.value_stride;
    task.output = output_.data() + row * task.output_stride;
    return task;
  }

  void Prefill(Runner& runner) {
    // Rows go in 512 at a time, as a layer would get them: all heads of a row lie together, so that a head's
    // part of more rows than that lies in more pages than the processor has at hand.
    constexpr int64_t kChunk = 512;
    for (int64_t row = 0; row < case_.n; row += kChunk) {
      StateRows task = At(row, std::min(kChunk, case_.n - row));
      task.position = row;
      runner.For(case_.heads, [&](int64_t head, int32_t) {
        if (case_.kind == Kind::kCausal) {
          kernels::AppendAndReadState(task, head, head + 1);
        } else {
          kernels::AppendState(task, head, head + 1);
        }
      });
    }
    if (case_.kind == Kind::kCausal) return;
    constexpr int64_t kRows = 512;
    const int64_t tiles = (case_.n + kRows - 1) / kRows;
    runner.For(case_.heads * tiles, [&](int64_t index, int32_t) {
      const int64_t head = index % case_.heads;
      const int64_t row = index / case_.heads * kRows;
      StateRows part = At(row, std::min(kRows, case_.n - row));
      part.position = case_.n;
      kernels::ReadState(part, head, head + 1);
    });
  }

  Case case_;
  StateRows task_;
  int64_t states_ = 1;
  int64_t position_ = 0;
  std::vector<float> query_, key_, value_, output_;
  std::unique_ptr<float, Free> state_;
};

int Main(int argc, char** argv) {
  const Options options = ParseOptions(argc, argv,
                                       "state_bench [PART OF A ROW'S NAME]: linear attention over a state\n"
                                       "  --target T    hold the kernels to a SIMD target, such as AVX2");
  std::string part;
  for (size_t i = 0; i < options.rest.size(); ++i) {
    if (options.rest[i] == "--target" && i + 1 < options.rest.size()) {
      if (!UseTarget(options.rest[++i])) {
        std::fprintf(stderr, "state_bench: this machine has no SIMD target %s\n", options.rest[i].c_str());
        return 2;
      }
    } else if (options.rest[i].rfind("-", 0) == 0) {
      std::fprintf(stderr, "state_bench: unknown argument %s (see --help)\n", options.rest[i].c_str());
      return 2;
    } else {
      part = options.rest[i];
    }
  }
  PrintMachine(options);
  const std::unique_ptr<Runner> runner = MakeThreadPool(options.threads);
  const double bandwidth = MeasurePeaks(*runner, 0.1).bandwidth;
  Report report({{"gflops", "GFLOP/s", 1},
                 {"share_of_peak", "of peak", 3},
                 {"tokens_per_s", "tokens/s", 0},
                 {"min_s", "min s", 6},
                 {"median_s", "median s", 6},
                 {"state_bytes", "state bytes", 0},
                 {"gbytes_per_s", "GB/s", 1},
                 {"share_of_bandwidth", "of memory", 2}},
                options.json);
  std::vector<Case> cases;
  for (const int64_t n : {64, 1024, 8192, 65536}) cases.push_back({Kind::kCausal, n, 12, 256, 64});
  for (const int64_t n : {1024, 8192}) cases.push_back({Kind::kFull, n, 12, 256, 64});
  cases.push_back({Kind::kCausal, 8192, 12, 128, 64});
  cases.push_back({Kind::kCausal, 8192, 12, 266, 64});
  cases.push_back({Kind::kCausal, 8192, 12, 64, 64});
  cases.push_back({Kind::kCausal, 8192, 12, 128, 32});
  cases.push_back({Kind::kCausal, 8192, 4, 512, 128});
  cases.push_back({Kind::kDecode, 48, 12, 256, 64});  // 120 MB: the states come from memory
  cases.push_back({Kind::kDecode, 1, 12, 256, 64});
  for (const Case& c : cases) {
    if (Name(c).find(part) == std::string::npos) continue;
    Layer layer(c);
    double peak = 0;
    const Timing timing = MeasureBesidePeak(
        *runner, "f32", &peak, [&] { return Measure([&] { layer.Run(*runner); }, options.seconds); });
    const double gflops = layer.Flop() / timing.min_s * 1e-9;
    // A step's times are of one token of one state.
    const bool decode = c.kind == Kind::kDecode;
    const double runs = decode ? layer.Tokens() : 1;
    const double bytes = decode ? layer.StepBytes() * layer.Tokens() / timing.min_s * 1e-9 : 0;
    report.Add(Name(c), {gflops, gflops / peak, layer.Tokens() / timing.min_s, timing.min_s / runs,
                         timing.median_s / runs, layer.StateBytes(), bytes, bytes / bandwidth});
  }
  report.Finish();
  return 0;
}

}  // namespace
}  // namespace lwave::bench

int main(int argc, char** argv) { return lwave::bench::Main(argc, argv); }
