// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// One attention layer through the public C interface: time and bytes of a whole sequence, and of a stream.

#ifndef LONGWAVE_TESTS_BENCHMARKS_LAYER_RUN_H_
#define LONGWAVE_TESTS_BENCHMARKS_LAYER_RUN_H_

#include <atomic>
#include <cstdint>
#include <vector>

#include "bench_common.h"
#include "support/layers.h"

namespace lwave::bench {

// A host whose allocator counts what a context takes. Any thread.
class CountingHost {
 public:
  test::Context MakeContext(int32_t threads);
  int64_t bytes() const { return bytes_; }  // now
  int64_t peak() const { return peak_; }    // since ResetPeak
  void ResetPeak() { peak_ = bytes_.load(); }

 private:
  static void* Allocate(void* opaque, int64_t bytes, int64_t alignment);
  static void Free(void* opaque, void* block, int64_t bytes);

  std::atomic<int64_t> bytes_{0}, peak_{0};
};

struct LayerFigures {
  Timing timing;
  int64_t planned_bytes = 0;  // of the workspace or the memory
  int64_t counted_bytes = 0;  // at most, beside the layer: what the host's allocator saw
  int64_t layer_bytes = 0;    // of the layer itself: packed weights
  int64_t process_bytes = -1; // growth of the process's resident memory; -1: the system does not tell
  double seconds = 0;         // of the longest run
};

// Layers of one size in turn, with rows of normally distributed numbers to feed them.
class LayerRun {
 public:
  // budget_s: repeats go on for so long; a run that is longer is repeated once
  LayerRun(int64_t n, double budget_s) : n_(n), budget_s_(budget_s) {}

  // k and v of the same rows where the layer takes them.
  LayerFigures Forward(const test::Config& config, int32_t threads);
  // 512 rows a step, results read 4096 rows at a time at most. Throws test::Failure where the layer cannot stream.
  LayerFigures Stream(const test::Config& config, int32_t threads);

 private:
  struct Inputs {
    const float *q = nullptr, *k = nullptr, *v = nullptr;  // k, v: null where the layer takes none
    int64_t q_width = 0, k_width = 0, v_width = 0, out_width = 0;
  };
  Inputs InputsOf(const test::Attention& attention);
  template <typename Function>
  Timing Repeat(LayerFigures& figures, Function&& run) const;

  const int64_t n_;
  const double budget_s_;
  // q, k and v are this buffer from different places on: other numbers, and a third of the memory.
  std::vector<float> rows_;
  std::vector<float> out_;
};

}  // namespace lwave::bench

#endif  // LONGWAVE_TESTS_BENCHMARKS_LAYER_RUN_H_
