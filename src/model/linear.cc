// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/linear.h"

#include "absl/types/span.h"
#include "kernels/gemm.h"

namespace lwave::model {

void ApplyLinear(Runner& runner, const Linear& linear, kernels::Activation activation, const float* x, int64_t x_stride,
                 int64_t rows, void* prepared, float* y, int64_t y_stride) {
  const kernels::PackedMatrix& matrix = linear.matrix;
  kernels::GemmOutput output;
  output.weight = matrix;
  output.bias = linear.bias;
  output.activation = activation;
  output.y = y;
  output.y_stride = y_stride;
  kernels::Gemm(runner, kernels::PrepareRows(runner, matrix.type, x, rows, matrix.depth, x_stride, prepared),
                absl::MakeConstSpan(&output, 1));
}

}  // namespace lwave::model
