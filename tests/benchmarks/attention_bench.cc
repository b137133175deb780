// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Speed of tile attention: full, causal and sliding-window patterns over a sweep of lengths, as GFLOP/s of
// the visible entries and as a share of this machine's own multiply-add peak, measured in the same run.
//
//   attention_bench [--threads N] [--seconds S] [--json] [part of a row's name]

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench_common.h"
#include "kernels/tile_attention.h"

namespace lwave::bench {
namespace {

using kernels::kKeyTile;
using kernels::kQueryTile;

enum class Pattern { kFull, kCausal, kWindow };

struct Case {
  Pattern pattern;
  int64_t n;
  int64_t heads;
  int64_t head_dim;
  int64_t window = 0;  // keys on each side
  int64_t sinks = 0;
  kernels::NumberType type = kernels::NumberType::kF32;
};

uint64_t MaskOf(const Case& c, int64_t i, int64_t tile) {
  uint64_t mask = 0;
  for (int64_t k = 0; k < kKeyTile; ++k) {
    const int64_t j = tile * kKeyTile + k;
    const bool window = (j - i <= c.window && i - j <= c.window) || j < c.sinks;
    const bool open = c.pattern == Pattern::kFull || (c.pattern == Pattern::kCausal ? j <= i : window);
    if (j < c.n && open) mask |= uint64_t{1} << k;
  }
  return mask;
}

// One layer's attention: queries, tiles of keys and values, and what each block of queries sees.
class Layer {
 public:
  explicit Layer(const Case& c) : case_(c) {
    shape_ = {c.heads, c.head_dim, c.head_dim, c.type};
    const int64_t tiles = (c.n + kKeyTile - 1) / kKeyTile;
    const int64_t width = c.heads * c.head_dim;
    query_ = Numbers(c.n * width);
    output_ = Numbers(c.n * width);
    keys_.resize(static_cast<size_t>(tiles * shape_.KeySlotBytes()));
    values_.resize(static_cast<size_t>(tiles * shape_.ValueSlotBytes()));
    const std::vector<float> key = Numbers(kKeyTile * width), value = Numbers(kKeyTile * width);
    for (int64_t t = 0; t < tiles; ++t) {
      kernels::StoreTileRows(shape_, key.data(), width, value.data(), width, 0, kKeyTile,
                             keys_.data() + t * shape_.KeySlotBytes(), values_.data() + t * shape_.ValueSlotBytes());
    }
    for (int64_t first = 0; first < c.n; first += kQueryTile) {
      Block block;
      block.first = first;
      block.rows = std::min(kQueryTile, c.n - first);
      for (int64_t t = 0; t < tiles; ++t) AddTile(block, t);
      blocks_.push_back(std::move(block));
    }
  }

  void Run(Runner& runner) {
    runner.For(static_cast<int64_t>(blocks_.size()) * case_.heads, [&](int64_t index, int32_t) {
      const int64_t head = index % case_.heads;
      const Block& block = blocks_[static_cast<size_t>(index / case_.heads)];
      const int64_t width = case_.heads * case_.head_dim;
      kernels::AttentionBlock task;
      task.shape = shape_;
      task.heads = case_.heads;
      task.scale = 0.125f;
      task.rows = block.rows;
      task.query = query_.data() + block.first * width;
      task.query_stride = width;
      task.output = output_.data() + block.first * width;
      task.output_stride = width;
      task.tiles = block.tiles;
      kernels::TileAttention(task, head, head + 1);
    });
  }

  // Two products of head_dim per visible entry.
  double Flop() const { return 4.0 * static_cast<double>(entries_ * case_.head_dim * case_.heads); }

 private:
  struct Block {
    int64_t first = 0;
    int64_t rows = 0;
    std::vector<kernels::KeyTile> tiles;
    std::vector<std::vector<uint64_t>> masks;  // [tiles][rows]; empty where all is open
  };

  void AddTile(Block& block, int64_t tile) {
    std::vector<uint64_t> masks;
    uint64_t any = 0;
    uint64_t all = ~uint64_t{0};
    for (int64_t r = 0; r < block.rows; ++r) {
      masks.push_back(MaskOf(case_, block.first + r, tile));
      any |= masks.back();
      all &= masks.back();
      for (uint64_t m = masks.back(); m != 0; m &= m - 1) ++entries_;
    }
    if (any == 0) return;
    if (all == ~uint64_t{0}) masks.clear();
    block.masks.push_back(std::move(masks));  // a moved vector keeps its numbers in place
    const std::vector<uint64_t>& kept = block.masks.back();
    block.tiles.push_back({keys_.data() + tile * shape_.KeySlotBytes(),
                           values_.data() + tile * shape_.ValueSlotBytes(),
                           kept.empty() ? nullptr : kept.data(), tile});
  }

  static std::vector<float> Numbers(int64_t count) {
    std::vector<float> x(static_cast<size_t>(count));
    uint32_t state = 1;
    for (float& number : x) {
      state = state * 1664525u + 1013904223u;
      number = static_cast<float>(state >> 8) * (2.0f / 16777216.0f) - 1.0f;
    }
    return x;
  }

  Case case_;
  kernels::TileShape shape_;
  int64_t entries_ = 0;
  std::vector<float> query_, output_;
  std::vector<std::byte> keys_, values_;
  std::vector<Block> blocks_;
};

std::string Name(const Case& c) {
  std::string name = c.type == kernels::NumberType::kBf16 ? "attention bf16 " : "attention f32 ";
  name += c.pattern == Pattern::kFull ? "full" : c.pattern == Pattern::kCausal ? "causal" : "window ";
  if (c.pattern == Pattern::kWindow) name += std::to_string(c.window);
  if (c.sinks > 0) name += " sinks " + std::to_string(c.sinks);
  return name + " n=" + std::to_string(c.n) + " d=" + std::to_string(c.head_dim);
}

int Main(int argc, char** argv) {
  const Options options = ParseOptions(argc, argv, "attention_bench: speed of tile attention");
  PrintMachine(options);
  const std::unique_ptr<Runner> runner = MakeThreadPool(options.threads);
  const double peak = MeasureF32Peak(*runner);
  Report report({{"gflops", "GFLOP/s"},
                 {"peak_share", "of peak"},
                 {"min_ms", "min ms", 3},
                 {"median_ms", "median ms", 3},
                 {"tokens_per_s", "tokens/s", 0}},
                options.json);
  std::vector<Case> cases;
  for (const int64_t head_dim : {64, 32}) {
    const int64_t heads = 256 / head_dim;
    for (const int64_t n : {128, 512, 1024, 2048, 4096, 8192}) {
      cases.push_back({Pattern::kFull, n, n >= 2048 ? 1 : heads, head_dim});
    }
    for (const int64_t n : {1024, 8192})
      cases.push_back({Pattern::kCausal, n, n >= 2048 ? 1 : heads, head_dim});
    // Linear in n: tokens/s stays.
    for (const int64_t n : {1024, 4096, 16384}) cases.push_back({Pattern::kWindow, n, heads, head_dim, 256});
    cases.push_back({Pattern::kWindow, 4096, heads, head_dim, 64});
    cases.push_back({Pattern::kWindow, 4096, heads, head_dim, 64, 33});
  }
  for (size_t i = 0, count = cases.size(); i < count; ++i) {
    cases.push_back(cases[i]);
    cases.back().type = kernels::NumberType::kBf16;
  }
  for (const Case& c : cases) {
    if (!options.rest.empty() && Name(c).find(options.rest[0]) == std::string::npos) continue;
    Layer layer(c);
    const Timing timing = Measure([&] { layer.Run(*runner); }, options.seconds);
    const double gflops = layer.Flop() / timing.min_s * 1e-9;
    report.Add(Name(c), {gflops, gflops / peak, timing.min_s * 1e3, timing.median_s * 1e3,
                         static_cast<double>(c.n) / timing.min_s});
  }
  report.Finish();
  return 0;
}

}  // namespace
}  // namespace lwave::bench

int main(int argc, char** argv) { return lwave::bench::Main(argc, argv); }
