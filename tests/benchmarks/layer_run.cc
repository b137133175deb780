// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "layer_run.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "mechanism_shapes.h"

namespace lwave::bench {
namespace {

constexpr int64_t kStepRows = 512, kReadRows = 4096;
constexpr int64_t kShift = 997 * 64;  // floats between where q, k and v begin

}  // namespace

test::Context CountingHost::MakeContext(int32_t threads) {
  test::Error error;
  lwave_context* context = nullptr;
  error.Check(lwave_context_create_with(threads, Allocate, Free, this, nullptr, nullptr, nullptr, nullptr, &context,
                                        error));
  return test::Context(context);
}

void* CountingHost::Allocate(void* opaque, int64_t bytes, int64_t alignment) {
  auto& self = *static_cast<CountingHost*>(opaque);
  const int64_t whole = (bytes + alignment - 1) / alignment * alignment;
  void* block = std::aligned_alloc(static_cast<size_t>(alignment), static_cast<size_t>(whole));
  if (block == nullptr) return nullptr;
  const int64_t now = self.bytes_ += bytes;
  for (int64_t peak = self.peak_; peak < now && !self.peak_.compare_exchange_weak(peak, now);) {
  }
  return block;
}

void CountingHost::Free(void* opaque, void* block, int64_t bytes) {
  static_cast<CountingHost*>(opaque)->bytes_ -= bytes;
  std::free(block);
}

LayerRun::Inputs LayerRun::InputsOf(const test::Attention& attention) {
  Inputs inputs;
  inputs.q_width = AttentionInt(attention, "q_width");
  inputs.k_width = AttentionInt(attention, "k_width");
  inputs.v_width = AttentionInt(attention, "v_width");
  inputs.out_width = AttentionInt(attention, "out_width");
  const int64_t widest = std::max({inputs.q_width, inputs.k_width, inputs.v_width});
  const size_t needed = static_cast<size_t>(n_ * widest + 2 * kShift);
  if (rows_.size() < needed) {
    // A prime number of them, so that no two rows are alike.
    static const std::vector<float> numbers = Gaussians(1000003, 1, 1);
    const size_t from = rows_.size();
    rows_.resize(needed);
    for (size_t i = from; i < needed; ++i) rows_[i] = numbers[i % numbers.size()];
  }
  inputs.q = rows_.data();
  if (inputs.k_width > 0) inputs.k = rows_.data() + kShift;
  if (inputs.v_width > 0) inputs.v = rows_.data() + 2 * kShift;
  return inputs;
}

// run() gives the seconds of one run.
template <typename Function>
Timing LayerRun::Repeat(LayerFigures& figures, Function&& run) const {
  std::vector<double> times = {run()};
  figures.seconds = times[0];
  const bool is_short = times[0] < budget_s_;
  if (is_short) times.clear();  // it was a warm-up
  double spent = 0;
  while (times.size() < (is_short ? 3u : 2u) || (is_short && spent < budget_s_)) {
    times.push_back(run());
    spent += times.back();
    figures.seconds = std::max(figures.seconds, times.back());
  }
  return Summarise(std::move(times));
}

LayerFigures LayerRun::Forward(const test::Config& config, int32_t threads) {
  LayerFigures figures;
  CountingHost host;
  const test::Context context = host.MakeContext(threads);
  const test::Attention attention = test::MakeAttention(context, config);
  figures.layer_bytes = host.bytes();
  const Inputs in = InputsOf(attention);
  out_.assign(static_cast<size_t>(n_ * in.out_width), 0.0f);
  test::Error error;
  error.Check(lwave_attention_plan(attention.get(), n_, n_, &figures.planned_bytes, error));

  const MemoryGrowth growth;
  host.ResetPeak();
  lwave_workspace* made = nullptr;
  error.Check(lwave_workspace_create_for_attention(attention.get(), n_, n_, &made, error));
  const test::Workspace workspace(made);
  figures.timing = Repeat(figures, [&] {
    const double start = Seconds();
    error.Check(lwave_attention_forward(attention.get(), workspace.get(), in.q, n_ * in.q_width, in.k, n_ * in.k_width,
                                        in.v, n_ * in.v_width, nullptr, 0, 1, n_, n_, out_.data(), n_ * in.out_width,
                                        error));
    return Seconds() - start;
  });
  figures.counted_bytes = host.peak() - figures.layer_bytes;
  figures.process_bytes = growth.Bytes();
  return figures;
}

LayerFigures LayerRun::Stream(const test::Config& config, int32_t threads) {
  LayerFigures figures;
  CountingHost host;
  const test::Context context = host.MakeContext(threads);
  const test::Attention attention = test::MakeAttention(context, config);
  figures.layer_bytes = host.bytes();
  const Inputs in = InputsOf(attention);
  out_.assign(static_cast<size_t>(kReadRows * in.out_width), 0.0f);
  const int64_t capacity = test::Size(out_);
  test::Error error;
  error.Check(lwave_memory_plan_for_attention(attention.get(), &figures.planned_bytes, nullptr, nullptr, nullptr,
                                              error));
  const MemoryGrowth growth;
  host.ResetPeak();
  figures.timing = Repeat(figures, [&] {
    const test::Memory memory = test::MakeMemory(attention);
    const double start = Seconds();
    int64_t taken = 0, written = 0;
    for (int64_t row = 0; row < n_; row += taken) {
      const int64_t rows = std::min(kStepRows, n_ - row);
      const lwave_status status = lwave_memory_step(
          memory.get(), in.q + row * in.q_width, rows * in.q_width, in.k == nullptr ? nullptr : in.k + row * in.k_width,
          rows * in.k_width, in.v == nullptr ? nullptr : in.v + row * in.v_width, rows * in.v_width, nullptr, 0, rows,
          &taken, out_.data(), capacity, &written, error);
      if (status != LWAVE_OUTPUT_FULL) error.Check(status);
    }
    for (lwave_status status = LWAVE_OUTPUT_FULL; status != LWAVE_OK;) {
      status = lwave_memory_finish(memory.get(), out_.data(), capacity, &written, error);
      if (status != LWAVE_OUTPUT_FULL) error.Check(status);
    }
    return Seconds() - start;
  });
  figures.counted_bytes = host.peak() - figures.layer_bytes;
  figures.process_bytes = growth.Bytes();
  return figures;
}

}  // namespace lwave::bench
