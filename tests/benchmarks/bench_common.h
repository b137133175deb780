// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the benchmark programs share: timing, one table that prints as text or JSON, the usual options, and
// the machine's own peaks, measured in the same run, which figures are quoted against.

#ifndef LONGWAVE_TESTS_BENCHMARKS_BENCH_COMMON_H_
#define LONGWAVE_TESTS_BENCHMARKS_BENCH_COMMON_H_

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "base/thread_pool.h"

namespace lwave::bench {

inline double Seconds() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

struct Timing {
  double min_s = 0;
  double median_s = 0;
  int64_t repeats = 0;
};

// Minimum and median of times in any order.
Timing Summarise(std::vector<double> seconds);

// Calls f() once to warm up, then again and again for about `budget_s` seconds, at least `min_repeats` times.
template <typename Function>
Timing Measure(Function&& f, double budget_s = 0.5, int64_t min_repeats = 5) {
  f();
  std::vector<double> times;
  const double end = Seconds() + budget_s;
  while (static_cast<int64_t>(times.size()) < min_repeats || (Seconds() < end && times.size() < 1000000)) {
    const double start = Seconds();
    f();
    times.push_back(Seconds() - start);
  }
  return Summarise(std::move(times));
}

// Options that every benchmark knows; what is left stays in `rest` for the program.
struct Options {
  int32_t threads = 0;  // after parsing: the number asked for, else the usable processors
  bool threads_given = false;
  bool json = false;
  double seconds = 0.5;  // time budget of one figure
  std::vector<std::string> rest;
};
// --threads N, --json, --seconds S, --help. Prints `usage` and exits on --help, with status 2 on an error.
Options ParseOptions(int argc, char** argv, const char* usage);
// For programs that know nothing else: ends the program with status 2 where `rest` has anything.
void RefuseOthers(const Options& options, const char* program);

// A table whose rows appear as they are measured (text), or all at the end as one JSON list of objects.
// The first cell of a row is its name (JSON key "name"), the others are numbers under the columns' keys; NaN is a
// cell that was not measured (null in JSON).
class Report {
 public:
  struct Column {
    std::string key;    // JSON key
    std::string title;  // heading in the table
    int decimals = 2;   // in the table
  };
  Report(std::vector<Column> columns, bool json) : columns_(std::move(columns)), json_(json) {}
  void Add(const std::string& name, const std::vector<double>& values);
  // The rows that follow have these columns.
  void NewTable(std::vector<Column> columns);
  // Prints the list when JSON was asked for. Call it once, at the end.
  void Finish();

 private:
  std::vector<Column> columns_;
  bool json_;
  bool heading_ = true;  // is due
  int64_t rows_ = 0;
};

// One line of text about the machine: SIMD target in use and threads. Nothing in JSON mode.
void PrintMachine(const Options& options);
const char* TargetName();  // such as "AVX3_ZEN4"
// Holds kernels that are linked into the program to one target, by name. False: the machine has none such.
bool UseTarget(const std::string& name);

// What the machine can do at best: register-only loops on all threads of the runner at once. An operation is
// a multiplication or an addition, in every type.
struct Peaks {
  double f32 = 0;        // GFLOP/s, fused multiply-add
  double bf16 = 0;       // GFLOP/s, pairs of bf16 products into f32 (as the matrix kernels take them)
  double int8 = 0;       // Gop/s, quads of u8 x i8 products into i32 (likewise)
  double bandwidth = 0;  // GB/s, reading memory much larger than the caches
};
Peaks MeasurePeaks(Runner& runner, double seconds_each = 0.2);
// One of them alone.
double MeasureF32Peak(Runner& runner, double seconds = 0.2);
double MeasureBf16Peak(Runner& runner, double seconds = 0.2);
double MeasureInt8Peak(Runner& runner, double seconds = 0.2);
// The one of a type named "bf16" or "int8", else that of f32 (which f16 is computed in).
double MeasurePeak(Runner& runner, const std::string& type, double seconds = 0.2);

// Measures something between two short looks at the peak, because machines change their clock: the higher one
// is what its figure is held against. Where others use the machine too, the system may leave all threads of a new pool
// on one processor for a while: a look must be longer than that.
template <typename Function>
Timing MeasureBesidePeak(Runner& runner, const std::string& type, double* peak, const Function& measure,
                         double look_s = 0.05) {
  *peak = MeasurePeak(runner, type, look_s);
  const Timing timing = measure();
  *peak = std::max(*peak, MeasurePeak(runner, type, look_s));
  return timing;
}

// Reads numbers once, as fast as one thread can.   x // [count], count a multiple of 64
void ReadMemory(const float* x, int64_t count);

// Peak resident memory of this process so far, in bytes (0 where the system does not tell).
int64_t PeakMemoryBytes();
// The highest growth of resident memory since it was made, in bytes; negative where the system does not tell (Linux
// does). Memory that was freed before but kept by the allocator may hide some of it.
class MemoryGrowth {
 public:
  MemoryGrowth();
  int64_t Bytes() const;

 private:
  int64_t before_ = -1;
};

}  // namespace lwave::bench

#endif  // LONGWAVE_TESTS_BENCHMARKS_BENCH_COMMON_H_
