// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/torch_random.h"

#include <cmath>
#include <cstddef>
#include <numbers>

#include "attention/numpy_random.h"

namespace lwave::attention {
namespace {

constexpr size_t kBlock = 16;  // numbers that are turned together, by Box and Muller: halves are radii and angles

void DrawBlock(NumpyRandom& random, float* out) {
  double uniform[kBlock];
  for (double& u : uniform) u = static_cast<double>(random.Bits() & 0xffffff) * 0x1p-24;
  for (size_t i = 0; i < kBlock / 2; ++i) {
    const double radius = std::sqrt(-2 * std::log(1 - uniform[i]));
    const double angle = 2 * std::numbers::pi * uniform[i + kBlock / 2];
    out[i] = static_cast<float>(radius * std::cos(angle));
    out[i + kBlock / 2] = static_cast<float>(radius * std::sin(angle));
  }
}

}  // namespace

void TorchNormals(uint32_t seed, absl::Span<float> out) {
  NumpyRandom random(seed);  // both libraries seed the same generator in the same way
  for (size_t i = 0; i + kBlock <= out.size(); i += kBlock) DrawBlock(random, out.data() + i);
  if (out.size() % kBlock == 0 || out.size() < kBlock) return;
  // Words for all numbers are drawn first; then, as some are left over, the last block of all anew, over numbers that
  // stand already.
  for (size_t i = 0; i < out.size() % kBlock; ++i) random.Bits();
  DrawBlock(random, out.data() + out.size() - kBlock);
}

}  // namespace lwave::attention
