// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Every mechanism with the sizes of its paper, at 12 heads of 64.

#ifndef LONGWAVE_TESTS_BENCHMARKS_MECHANISM_SHAPES_H_
#define LONGWAVE_TESTS_BENCHMARKS_MECHANISM_SHAPES_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "support/layers.h"

namespace lwave::bench {

inline constexpr int64_t kHeads = 12, kHeadDim = 64, kWidth = kHeads * kHeadDim;

struct MechanismShape {
  std::string name;
  bool causal = false;  // it is held against full attention that is causal as well
  bool linear = false;  // the paper claims that time grows in proportion to the length
  bool hidden = false;  // takes hidden rows: its time holds four products with weights [768, 768]
  std::function<test::Config(int64_t n)> config;  // for sequences of n rows
  // Keys, slots or features that a row of a head meets, on average over n rows.
  std::function<double(int64_t n)> entries;
};

std::vector<MechanismShape> PublishedShapes();
// The one of this name; it must exist.
MechanismShape PublishedShape(const std::string& name);

// `mechanism` with heads and head_dim set.
test::Config ConfigOf(const char* mechanism);
// Normally distributed numbers of this standard deviation, the same for the same seed.
std::vector<float> Gaussians(int64_t count, double deviation, uint64_t seed);
// Random blocks of BigBird's plan [heads, blocks - 2, per_block]: none of a row is its window or global.
std::vector<int64_t> RandomBlocks(int64_t blocks, int64_t per_block, uint64_t seed);
// Weights of a layer of hidden rows, those that its options have.
void SetWeights(const test::Config& config);
// Projections around a layer over q, k and v, where its options have them.
bool CanProject(const test::Config& config);
void SetProjections(const test::Config& config);

}  // namespace lwave::bench

#endif  // LONGWAVE_TESTS_BENCHMARKS_MECHANISM_SHAPES_H_
