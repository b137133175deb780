// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Timing, tables, options and peaks for the benchmark programs.

#include "benchmarks/bench_common.h"

#include <atomic>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#if defined(__unix__) || defined(__APPLE__)
#include <sys/resource.h>
#endif
#if defined(__GLIBC__)
#include <malloc.h>
#endif

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "benchmarks/bench_common.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep

#include "simd/hwy-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lwave {
namespace HWY_NAMESPACE {
namespace {

// Twelve independent sums hide the latency of every multiply-add unit we know (4 cycles, 2 a cycle).
#define LWAVE_SIX(OP) OP(0) OP(1) OP(2) OP(3) OP(4) OP(5)
#define LWAVE_TWELVE(OP) LWAVE_SIX(OP) OP(6) OP(7) OP(8) OP(9) OP(10) OP(11)

// Each loop returns a number made of its sums, so that nothing is optimised away, and says how many
// operations one round does.

float LoopF32(int64_t rounds, int64_t* operations) {
  const FloatTag d;
  const auto a = hn::Set(d, 0.5f);
  const auto b = hn::Iota(d, 1.0f);
#define LWAVE_DECLARE(i) auto sum##i = hn::Set(d, static_cast<float>(i));
  LWAVE_TWELVE(LWAVE_DECLARE)
#undef LWAVE_DECLARE
  for (int64_t r = 0; r < rounds; ++r) {
#define LWAVE_STEP(i) sum##i = hn::MulAdd(a, b, sum##i);
    LWAVE_TWELVE(LWAVE_STEP)
#undef LWAVE_STEP
  }
  *operations = 12 * 2 * static_cast<int64_t>(hn::Lanes(d));
  auto total = hn::Zero(d);
#define LWAVE_ADD(i) total = hn::Add(total, sum##i);
  LWAVE_TWELVE(LWAVE_ADD)
#undef LWAVE_ADD
  return hn::ReduceSum(d, total);
}

float LoopBf16(int64_t rounds, int64_t* operations) {
  const FloatTag d;
#if LWAVE_NATIVE_PAIR_DOT
  const hn::RebindToUnsigned<FloatTag> du;
  const hn::Repartition<hwy::bfloat16_t, FloatTag> dbf;
  const auto a = hn::BitCast(dbf, hn::Set(du, 0x3F003F00u));
  const auto b = hn::BitCast(dbf, hn::Set(du, 0x3F803F80u));
  auto unused = hn::Zero(d);
#define LWAVE_DECLARE(i) auto sum##i = hn::Set(d, static_cast<float>(i));
  LWAVE_TWELVE(LWAVE_DECLARE)
#undef LWAVE_DECLARE
  for (int64_t r = 0; r < rounds; ++r) {
#define LWAVE_STEP(i) sum##i = hn::ReorderWidenMulAccumulate(d, a, b, sum##i, unused);
    LWAVE_TWELVE(LWAVE_STEP)
#undef LWAVE_STEP
  }
  *operations = 12 * 4 * static_cast<int64_t>(hn::Lanes(d));
  auto total = unused;
#define LWAVE_ADD(i) total = hn::Add(total, sum##i);
  LWAVE_TWELVE(LWAVE_ADD)
#undef LWAVE_ADD
  return hn::ReduceSum(d, total);
#else
  (void)d;
  return LoopF32(rounds, operations);  // both numbers are widened: the f32 units do the work
#endif
}

float LoopInt8(int64_t rounds, int64_t* operations) {
  const hn::RebindToSigned<FloatTag> di;
#define LWAVE_DECLARE(i) auto sum##i = hn::Set(di, i);
  LWAVE_TWELVE(LWAVE_DECLARE)
#undef LWAVE_DECLARE
#if LWAVE_NATIVE_QUAD_DOT
  const hn::Repartition<uint8_t, decltype(di)> du8;
  const hn::Repartition<int8_t, decltype(di)> di8;
  const auto a = hn::Set(du8, uint8_t{3});
  const auto b = hn::Set(di8, int8_t{-2});
  constexpr int64_t kProducts = 4;
  for (int64_t r = 0; r < rounds; ++r) {
#define LWAVE_STEP(i) sum##i = hn::SumOfMulQuadAccumulate(di, a, b, sum##i);
    LWAVE_TWELVE(LWAVE_STEP)
#undef LWAVE_STEP
  }
#else
  // Pairs of i16 products, then an addition. The products change in every round and differ among the sums,
  // else they would be taken once; six sums are enough here and leave registers for their factors.
  const hn::Repartition<int16_t, decltype(di)> di16;
  auto a = hn::Set(di16, int16_t{1});
  const auto one = hn::Set(di16, int16_t{1});
#define LWAVE_DECLARE(i) const auto b##i = hn::Set(di16, static_cast<int16_t>(rounds + i));
  LWAVE_SIX(LWAVE_DECLARE)
#undef LWAVE_DECLARE
  constexpr int64_t kProducts = 1;  // 2 for half of the sums
  for (int64_t r = 0; r < rounds; ++r) {
#define LWAVE_STEP(i) sum##i = hn::Add(sum##i, hn::WidenMulPairwiseAdd(di, a, b##i));
    LWAVE_SIX(LWAVE_STEP)
#undef LWAVE_STEP
    a = hn::Add(a, one);
  }
#endif
  *operations = 12 * 2 * kProducts * static_cast<int64_t>(hn::Lanes(di));
  auto total = hn::Zero(di);
#define LWAVE_ADD(i) total = hn::Add(total, sum##i);
  LWAVE_TWELVE(LWAVE_ADD)
#undef LWAVE_ADD
  return static_cast<float>(hn::ReduceSum(di, total));
}

// Sum of count numbers, read once. count // a multiple of 64
float ReadAll(const float* HWY_RESTRICT x, size_t count) {
  const FloatTag d;
  const size_t lanes = hn::Lanes(d);
  auto sum0 = hn::Zero(d), sum1 = hn::Zero(d), sum2 = hn::Zero(d), sum3 = hn::Zero(d);
  for (size_t i = 0; i < count; i += 4 * lanes) {
    sum0 = hn::Add(sum0, hn::LoadU(d, x + i));
    sum1 = hn::Add(sum1, hn::LoadU(d, x + i + lanes));
    sum2 = hn::Add(sum2, hn::LoadU(d, x + i + 2 * lanes));
    sum3 = hn::Add(sum3, hn::LoadU(d, x + i + 3 * lanes));
  }
  return hn::ReduceSum(d, hn::Add(hn::Add(sum0, sum1), hn::Add(sum2, sum3)));
}

const char* Name() { return hwy::TargetName(HWY_TARGET); }

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace lwave
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lwave {
namespace {
HWY_EXPORT(LoopF32);
HWY_EXPORT(LoopBf16);
HWY_EXPORT(LoopInt8);
HWY_EXPORT(ReadAll);
HWY_EXPORT(Name);

float CallF32(int64_t rounds, int64_t* operations) {
  return HWY_DYNAMIC_DISPATCH(LoopF32)(rounds, operations);
}
float CallBf16(int64_t rounds, int64_t* operations) {
  return HWY_DYNAMIC_DISPATCH(LoopBf16)(rounds, operations);
}
float CallInt8(int64_t rounds, int64_t* operations) {
  return HWY_DYNAMIC_DISPATCH(LoopInt8)(rounds, operations);
}

// What loops return goes here, from any thread, so that none is optimised away.
std::atomic<float> sink{0};
void Keep(float result) { sink.store(result, std::memory_order_relaxed); }

// Best of many short runs on all threads, in 1e9 operations per second.
double PeakOf(Runner& runner, double seconds, float (*loop)(int64_t, int64_t*)) {
  constexpr int64_t kRounds = 100000;  // about a millisecond
  const int64_t tasks = 2 * int64_t{runner.threads()};
  int64_t operations = 0;
  Keep(loop(1, &operations));
  const bench::Timing timing = bench::Measure(
      [&] {
        runner.For(tasks, [&](int64_t, int32_t) {
          int64_t unused = 0;
          Keep(loop(kRounds, &unused));
        });
      },
      seconds);
  return static_cast<double>(operations) * static_cast<double>(kRounds * tasks) / timing.min_s * 1e-9;
}
}  // namespace

namespace bench {

Timing Summarise(std::vector<double> seconds) {
  Timing timing;
  if (seconds.empty()) return timing;
  std::sort(seconds.begin(), seconds.end());
  timing.min_s = seconds.front();
  timing.median_s = seconds[seconds.size() / 2];
  timing.repeats = static_cast<int64_t>(seconds.size());
  return timing;
}

Options ParseOptions(int argc, char** argv, const char* usage) {
  Options options;
  const auto number = [&](int* i, double least) {
    char* end = nullptr;
    const double value = *i + 1 < argc ? std::strtod(argv[*i + 1], &end) : 0;
    if (end == nullptr || *end != '\0' || !(value >= least)) {
      std::fprintf(stderr, "%s needs a number of at least %g\n", argv[*i], least);
      std::exit(2);
    }
    ++*i;
    return value;
  };
  for (int i = 1; i < argc; ++i) {
    const char* argument = argv[i];
    if (std::strcmp(argument, "--json") == 0) {
      options.json = true;
    } else if (std::strcmp(argument, "--threads") == 0) {
      options.threads = static_cast<int32_t>(number(&i, 1));
      options.threads_given = true;
    } else if (std::strcmp(argument, "--seconds") == 0) {
      options.seconds = number(&i, 0);
    } else if (std::strcmp(argument, "--help") == 0 || std::strcmp(argument, "-h") == 0) {
      std::printf("%s\n  --threads N   (default: the processors this process may use)\n"
                  "  --seconds S   time for one figure (default 0.5)\n  --json        a list of objects\n",
                  usage);
      std::exit(0);
    } else {
      options.rest.emplace_back(argument);
    }
  }
  if (options.threads == 0) options.threads = UsableProcessors();
  return options;
}

void RefuseOthers(const Options& options, const char* program) {
  if (options.rest.empty()) return;
  std::fprintf(stderr, "%s: unknown argument %s (see --help)\n", program, options.rest[0].c_str());
  std::exit(2);
}

void Report::Add(const std::string& name, const std::vector<double>& values) {
  constexpr int kNameWidth = 50;
  const auto width = [](const Column& column) {
    return static_cast<int>(std::max<size_t>(column.title.size(), 9));
  };
  if (json_) {
    std::printf("%s  {\"name\": \"%s\"", rows_ == 0 ? "[\n" : ",\n", name.c_str());
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (std::isnan(values[i])) {
        std::printf(", \"%s\": null", columns_[i].key.c_str());
      } else {
        std::printf(", \"%s\": %.9g", columns_[i].key.c_str(), values[i]);
      }
    }
    std::printf("}");
  } else {
    if (heading_) {
      std::printf("%s%-*s", rows_ == 0 ? "" : "\n", kNameWidth, "");
      for (const Column& column : columns_) std::printf("  %*s", width(column), column.title.c_str());
      std::printf("\n");
    }
    std::printf("%-*s", kNameWidth, name.c_str());
    for (size_t i = 0; i < columns_.size(); ++i) {
      if (std::isnan(values[i])) {
        std::printf("  %*s", width(columns_[i]), "-");
      } else {
        std::printf("  %*.*f", width(columns_[i]), columns_[i].decimals, values[i]);
      }
    }
    std::printf("\n");
  }
  std::fflush(stdout);
  heading_ = false;
  ++rows_;
}

void Report::NewTable(std::vector<Column> columns) {
  columns_ = std::move(columns);
  heading_ = true;
}

void Report::Finish() {
  if (json_) std::printf("%s]\n", rows_ == 0 ? "[" : "\n");
}

const char* TargetName() { return HWY_DYNAMIC_DISPATCH(Name)(); }

bool UseTarget(const std::string& name) {
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    if (name == hwy::TargetName(target)) {
      hwy::SetSupportedTargetsForTest(target);
      return true;
    }
  }
  return false;
}

void PrintMachine(const Options& options) {
  if (!options.json) std::printf("SIMD target %s, %d thread(s)\n", TargetName(), options.threads);
}

double MeasureF32Peak(Runner& runner, double seconds) { return PeakOf(runner, seconds, CallF32); }
double MeasureBf16Peak(Runner& runner, double seconds) { return PeakOf(runner, seconds, CallBf16); }
double MeasureInt8Peak(Runner& runner, double seconds) { return PeakOf(runner, seconds, CallInt8); }
double MeasurePeak(Runner& runner, const std::string& type, double seconds) {
  return PeakOf(runner, seconds, type == "int8" ? CallInt8 : type == "bf16" ? CallBf16 : CallF32);
}

void ReadMemory(const float* x, int64_t count) {
  Keep(HWY_DYNAMIC_DISPATCH(ReadAll)(x, static_cast<size_t>(count)));
}

Peaks MeasurePeaks(Runner& runner, double seconds_each) {
  Peaks peaks;
  peaks.f32 = MeasureF32Peak(runner, seconds_each);
  peaks.bf16 = MeasureBf16Peak(runner, seconds_each);
  peaks.int8 = MeasureInt8Peak(runner, seconds_each);

  constexpr size_t kPart = size_t{1} << 24;  // 64 MB for each thread
  const int32_t threads = runner.threads();
  const std::vector<float> memory(kPart * static_cast<size_t>(threads), 1.0f);
  const Timing timing = Measure(
      [&] {
        runner.For(threads, [&](int64_t index, int32_t) {
          Keep(HWY_DYNAMIC_DISPATCH(ReadAll)(memory.data() + static_cast<size_t>(index) * kPart, kPart));
        });
      },
      seconds_each);
  peaks.bandwidth = static_cast<double>(memory.size() * sizeof(float)) / timing.min_s * 1e-9;
  return peaks;
}

int64_t PeakMemoryBytes() {
#if defined(__unix__) || defined(__APPLE__)
  rusage usage;
  if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
#if defined(__APPLE__)
  return static_cast<int64_t>(usage.ru_maxrss);
#else
  return static_cast<int64_t>(usage.ru_maxrss) * 1024;
#endif
#else
  return 0;
#endif
}

namespace {
// A line of /proc/self/status such as "VmHWM: 1234 kB", in bytes; -1 where there is none.
int64_t StatusBytes(const char* key) {
  int64_t kilobytes = -1;
#if defined(__linux__)
  if (std::FILE* file = std::fopen("/proc/self/status", "r")) {
    char line[256];
    const size_t length = std::strlen(key);
    while (std::fgets(line, sizeof line, file) != nullptr) {
      if (std::strncmp(line, key, length) == 0) kilobytes = std::strtoll(line + length, nullptr, 10);
    }
    std::fclose(file);
  }
#else
  (void)key;
#endif
  return kilobytes < 0 ? -1 : kilobytes * 1024;
}
}  // namespace

MemoryGrowth::MemoryGrowth() {
#if defined(__GLIBC__)
  mallopt(M_MMAP_THRESHOLD, 1 << 20);  // larger blocks come from the system and go back to it
  malloc_trim(0);
#endif
#if defined(__linux__)
  // "5" sets the high-water mark back to what is resident now.
  if (std::FILE* file = std::fopen("/proc/self/clear_refs", "w")) {
    const bool written = std::fputs("5", file) >= 0;
    if (std::fclose(file) == 0 && written) before_ = StatusBytes("VmRSS:");
  }
#endif
}

int64_t MemoryGrowth::Bytes() const {
  const int64_t peak = StatusBytes("VmHWM:");
  return before_ < 0 || peak < 0 ? -1 : std::max<int64_t>(0, peak - before_);
}

}  // namespace bench
}  // namespace lwave
#endif  // HWY_ONCE
