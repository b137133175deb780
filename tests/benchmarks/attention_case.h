// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The work that attention_bench measures: one layer's attention over a whole sequence, and decode steps.

#ifndef LONGWAVE_TESTS_BENCHMARKS_ATTENTION_CASE_H_
#define LONGWAVE_TESTS_BENCHMARKS_ATTENTION_CASE_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/allocator.h"
#include "base/thread_pool.h"
#include "kernels/tile_attention.h"

namespace lwave::bench {

enum class Pattern { kFull, kCausal, kWindow };

struct AttentionCase {
  Pattern pattern;
  int64_t n;
  int64_t heads;
  int64_t head_dim;
  int64_t window = 0;  // keys on each side
  int64_t sinks = 0;
  kernels::NumberType type = kernels::NumberType::kF32;  // of keys and values

  std::string Name() const;
  bool Open(int64_t row, int64_t key) const;
};

// Queries, tiles of keys and values, and what each block of queries sees.
class AttentionLayer {
 public:
  explicit AttentionLayer(const AttentionCase& c);
  void Run(Runner& runner);
  int64_t Entries() const { return entries_ * case_.heads; }  // visible, of all heads
  int64_t Bytes() const;

 private:
  struct Block {
    int64_t first = 0;
    int64_t rows = 0;
    std::vector<kernels::KeyTile> tiles;
    std::vector<std::vector<uint64_t>> masks;  // [tiles][rows]; empty where all is open
  };
  void AddTile(Block& block, int64_t tile);

  AttentionCase case_;
  kernels::TileShape shape_;
  int64_t entries_ = 0;                               // of one head
  std::vector<float> query_, output_;
  Buffer<std::byte> keys_, values_;
  std::vector<Block> blocks_;
};

// One row per step in each of several layers, whose keys and values together are larger than caches are.
class DecodeLayers {
 public:
  DecodeLayers(int64_t rows, int64_t heads, int64_t head_dim, kernels::NumberType type);
  int64_t layers() const;
  int64_t BytesOfLayer() const;
  void Step(Runner& runner);  // attention of one row, layer after layer
  void Read(Runner& runner);  // reads the keys and values of every layer, shared among threads in the same way

 private:
  struct Layer {
    Buffer<std::byte> keys, values;
    std::vector<kernels::KeyTile> tiles;
  };
  kernels::TileShape shape_;
  std::vector<float> query_, output_;
  std::vector<Layer> layers_;
};

}  // namespace lwave::bench

#endif  // LONGWAVE_TESTS_BENCHMARKS_ATTENTION_CASE_H_
