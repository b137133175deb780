// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A matrix product for the tests of kernels/gemm.h: random inputs in arrays of the exact size (so that
// address checks see a read too far), packed weights, and the call.

#ifndef LONGWAVE_TESTS_UNIT_KERNELS_GEMM_PROBLEM_H_
#define LONGWAVE_TESTS_UNIT_KERNELS_GEMM_PROBLEM_H_

#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "base/allocator.h"
#include "base/thread_pool.h"
#include "kernels/gemm.h"

namespace lwave::testing {

// Runs the tasks backwards on the calling thread: the order may not matter.
class BackwardRunner : public Runner {
 public:
  int32_t threads() const override { return 1; }
  void Run(int64_t count, Task task, void* state) override {
    for (int64_t index = count - 1; index >= 0; --index) task(state, index, 0);
  }
};

class SerialRunner : public Runner {
 public:
  int32_t threads() const override { return 1; }
  void Run(int64_t count, Task task, void* state) override {
    for (int64_t index = 0; index < count; ++index) task(state, index, 0);
  }
};

inline const char* NameOf(kernels::NumberType type) {
  return type == kernels::NumberType::kInt8 ? "int8" : type == kernels::NumberType::kBf16 ? "bf16" : "f32";
}

inline constexpr kernels::NumberType kPanelTypes[] = {kernels::NumberType::kF32, kernels::NumberType::kBf16,
                                                      kernels::NumberType::kInt8};

inline std::vector<float> RandomFloats(std::mt19937& random, int64_t count, float low = -1.0f,
                                       float high = 1.0f) {
  std::uniform_real_distribution<float> distribution(low, high);
  std::vector<float> values(static_cast<size_t>(count));
  for (float& value : values) value = distribution(random);
  return values;
}

// Scratch for PrepareRows, aligned as the contract asks.
inline Buffer<char> Scratch(kernels::NumberType type, int64_t rows, int64_t depth) {
  Buffer<char> scratch;
  const int64_t bytes = kernels::PreparedRowsBytes(type, rows, depth);
  if (!scratch.Resize(Allocator::Default(), static_cast<size_t>(bytes)).ok()) throw std::bad_alloc();
  return scratch;
}

// One weight matrix with everything that PackedMatrix points at.
struct Weights {
  Weights(kernels::NumberType type, std::vector<float> values, int64_t columns, int64_t depth)
      : w(std::move(values)),
        panels(static_cast<size_t>(kernels::PanelBytes(type, columns, depth)), 0x55),
        scales(static_cast<size_t>(columns)),
        sums(static_cast<size_t>(columns)) {
    matrix.type = type;
    matrix.columns = columns;
    matrix.depth = depth;
    matrix.panels = panels.data();
    if (type == kernels::NumberType::kInt8) {
      kernels::QuantizePanels(w.data(), 0, columns, depth, panels.data(), scales.data());
      kernels::SumPanelColumns(panels.data(), columns, depth, sums.data());
      matrix.scales = scales.data();
      matrix.column_sums = sums.data();
    } else {
      kernels::PackPanels(type, w.data(), 0, columns, depth, panels.data());
    }
  }
  Weights(const Weights&) = delete;
  Weights& operator=(const Weights&) = delete;

  std::vector<float> w;  // [columns, depth]
  std::vector<char> panels;
  std::vector<float> scales;
  std::vector<int32_t> sums;
  kernels::PackedMatrix matrix;
};

// y = act(x W^T + bias) + residual for contiguous rows; returns y // [rows, columns].
inline std::vector<float> Multiply(Runner& runner, const float* x, int64_t rows, int64_t stride,
                                   const Weights& weights, const float* bias = nullptr,
                                   kernels::Activation activation = kernels::Activation::kNone,
                                   const float* residual = nullptr) {
  const kernels::NumberType type = weights.matrix.type;
  std::vector<float> y(static_cast<size_t>(rows * weights.matrix.columns), -77.0f);
  Buffer<char> scratch = Scratch(type, rows, weights.matrix.depth);
  const kernels::PreparedRows prepared =
      kernels::PrepareRows(runner, type, x, rows, weights.matrix.depth, stride, scratch.data());
  kernels::GemmOutput output;
  output.weight = weights.matrix;
  output.bias = bias;
  output.activation = activation;
  output.residual = residual;
  output.residual_stride = weights.matrix.columns;
  output.y = y.data();
  output.y_stride = weights.matrix.columns;
  kernels::Gemm(runner, prepared, {&output, 1});
  return y;
}

inline bool SameBits(const float* a, const float* b, int64_t count) {
  return count == 0 || std::memcmp(a, b, static_cast<size_t>(count) * sizeof(float)) == 0;
}

}  // namespace lwave::testing

#endif  // LONGWAVE_TESTS_UNIT_KERNELS_GEMM_PROBLEM_H_
