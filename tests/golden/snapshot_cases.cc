// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "snapshot_cases.h"

#include <initializer_list>
#include <utility>

namespace lwave::golden {
namespace {

using test::Set;

constexpr int64_t kHeads = 2, kWidth = 4, kModel = kHeads * kWidth, kRows = 40, kTaken = 23;

// Numbers from -1 to 1, the same everywhere and for ever (a distribution of the standard library need not be).
std::vector<float> Numbers(uint64_t seed, int64_t count) {
  std::vector<float> numbers;
  uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;
  for (int64_t i = 0; i < count; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    numbers.push_back(static_cast<float>(static_cast<int64_t>(state >> 40) - (int64_t{1} << 23)) / 8388608.0f);
  }
  return numbers;
}

void SetAll(const test::Config& config, std::initializer_list<std::pair<const char*, int64_t>> numbers) {
  for (const auto& [key, value] : numbers) Set(config, key, value);
}

// q, k and v in.
SnapshotCase OfHeads(const char* mechanism, const char* name) {
  SnapshotCase c = {name, test::MakeConfig(mechanism), {}, kTaken};
  SetAll(c.config, {{"heads", kHeads}, {"head_dim", kWidth}, {"max_tokens", kRows}});
  c.rows.queries = c.rows.keys = kRows;
  c.rows.q = Numbers(1, kRows * kModel);
  c.rows.k = Numbers(2, kRows * kModel);
  c.rows.v = Numbers(3, kRows * kModel);
  for (int64_t i = 0; i < kRows; ++i) c.rows.mask.push_back(i % 7 != 3);
  return c;
}

// Hidden rows in, of a layer with the named weights [columns, d_model].
SnapshotCase OfHidden(const char* mechanism, const char* name) {
  SnapshotCase c = {name, test::MakeConfig(mechanism), {}, kTaken};
  SetAll(c.config, {{"heads", kHeads}, {"d_model", kModel}, {"segment", 9}});
  c.rows.queries = c.rows.keys = kRows;
  c.rows.q = Numbers(4, kRows * kModel);
  return c;
}

void SetWeights(const test::Config& config, std::initializer_list<std::pair<const char*, int64_t>> tensors) {
  uint64_t seed = 20;
  for (const auto& [key, count] : tensors) {
    std::vector<float> values = Numbers(++seed, count);
    for (float& value : values) value *= 0.6f;
    Set(config, key, values);
  }
}

SnapshotCase Compressive(const char* function, const char* name) {
  SnapshotCase c = OfHidden("compressive", name);
  constexpr int64_t square = kModel * kModel;
  SetAll(c.config, {{"mem_len", 5}, {"cmem_len", 3}, {"ratio", 2}, {"loss", 1}});
  Set(c.config, "function", function);
  SetWeights(c.config, {{"w_qkv", 3 * square}, {"w_o", square}, {"w_r", square}, {"bias_u", kModel}, {"bias_v", kModel}});
  return c;
}

}  // namespace

std::vector<SnapshotCase> LayerSnapshotCases() {
  constexpr int64_t square = kModel * kModel;
  std::vector<SnapshotCase> all;
  const auto add = [&all](SnapshotCase c) -> const test::Config& {
    all.push_back(std::move(c));
    return all.back().config;
  };
  Set(add(OfHeads("full", "full_causal")), "causal", int64_t{1});
  add(OfHeads("full", "full_waiting"));  // every row waits for the end
  SetAll(add(OfHeads("window", "window")), {{"left", 6}, {"right", 3}});
  {
    const test::Config& config = add(OfHeads("window", "window_global"));
    SetAll(config, {{"left", 4}, {"right", 2}, {"dilation", 2}});
    Set(config, "global", std::vector<int64_t>{0, 11});
  }
  SetAll(add(OfHeads("sink_window", "sink_window")), {{"sinks", 3}, {"window", 8}});
  Set(all.back().config, "rope.theta", 10000.0);
  SetAll(add(OfHeads("sink_window", "sink_window_all")), {{"sinks", 3}, {"left", 5}, {"right", 4}});
  Set(all.back().config, "sinks_see", "all");
  SetAll(add(OfHeads("sparse_transformer", "sparse_transformer")), {{"stride", 5}, {"summary", 2}});
  Set(all.back().config, "pattern", "fixed");
  SetAll(add(OfHeads("block_sparse", "block_sparse")), {{"block_size", 4}, {"num_random", 1}, {"full_up_to", 0}});
  Set(all.back().config, "plan", "zeros");
  {
    const test::Config& config = add(OfHeads("adaptive_span", "adaptive_span"));
    all.back().rows.mask.clear();
    SetAll(config, {{"max_span", 9}, {"ramp", 4}});
    Set(config, "span", std::vector<float>{0.3f, 0.8f});
    SetWeights(config, {{"key_pe", kWidth * 9}});
  }
  {
    const test::Config& config = add(OfHeads("mixed", "mixed"));
    Set(config, "head_kinds", "window,local");
    SetAll(config, {{"left", 4}, {"right", 2}, {"stride", 5}});
    Set(config, "pattern", "strided");
  }
  {
    const test::Config& config = add(OfHeads("linformer", "linformer"));
    Set(config, "slots", int64_t{6});
    SetWeights(config, {{"e", 6 * kRows}, {"f", 6 * kRows}});
  }
  Set(add(OfHeads("linformer", "linformer_pool")), "projection", "mean_pool");
  Set(all.back().config, "stride", int64_t{3});
  {
    const test::Config& config = add(OfHeads("favor", "favor"));
    Set(config, "causal", int64_t{1});
    Set(config, "key_shift", 0.0);
    SetWeights(config, {{"projection", 5 * kWidth}});
  }
  {
    const test::Config& config = add(OfHeads("lsh", "lsh"));
    all.back().rows.k.clear();
    SetAll(config, {{"chunk_length", 8}, {"chunks_before", 1}, {"n_hashes", 2}, {"causal", 1}});
    Set(config, "bucket_factors", std::vector<int64_t>{4});
    SetWeights(config, {{"rotations", kHeads * kWidth * 2 * 2}});
  }
  {
    const test::Config& config = add(OfHidden("transformer_xl", "transformer_xl"));
    SetAll(config, {{"mem_len", 7}, {"head_dim", kWidth}});
    SetWeights(config, {{"w_qkv", 3 * square}, {"w_o", square}, {"w_r", square}, {"bias_u", kModel}, {"bias_v", kModel}});
  }
  add(Compressive("mean", "compressive_mean"));
  add(Compressive("most_used", "compressive_most_used"));
  {
    const test::Config& config = add(OfHidden("pia", "pia"));
    Set(config, "cache_len", int64_t{7});
    SetWeights(config, {{"pos", 16 * kModel}, {"w_q", square}, {"w_k", square}, {"w_v", square}, {"w_o", square}});
  }
  return all;
}

std::vector<float> StepRange(const test::Attention& attention, lwave_memory* memory, const test::Rows& rows,
                             int64_t begin, int64_t end, bool finish) {
  std::vector<float> out;
  test::StepRows(attention, memory, rows, begin, end - begin, 8, out);
  if (finish) test::FinishRows(memory, test::AttentionInt(attention, "out_width"), 8, out);
  return out;
}

}  // namespace lwave::golden
