// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Checkpoints of published shapes with random weights: what a model costs does not depend on its numbers.

#ifndef LONGWAVE_TESTS_BENCHMARKS_RANDOM_CHECKPOINT_H_
#define LONGWAVE_TESTS_BENCHMARKS_RANDOM_CHECKPOINT_H_

#include <cstdint>
#include <filesystem>
#include <string>

namespace lwave::bench {

// A folder that disappears with this object.
class ScratchFolder {
 public:
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::string Sub(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// The base size of Longformer and of BigBird: 12 layers, 12 heads, 768 numbers, 3072 in the middle.
struct LongShape {
  int64_t layers = 12, heads = 12, hidden = 768, intermediate = 3072;
  int64_t vocabulary = 4096;  // smaller than the published: rows of it are looked up, not multiplied
  int64_t tokens = 4096;
  int64_t window_side = 256;  // Longformer: tokens on each side
  int64_t block = 64, random = 3;  // BigBird
};

// config.json and model.safetensors in f32, in a new folder.   family: "longformer" or "big_bird"
void WriteRandomCheckpoint(const std::string& folder, const std::string& family, const LongShape& shape);

}  // namespace lwave::bench

#endif  // LONGWAVE_TESTS_BENCHMARKS_RANDOM_CHECKPOINT_H_
