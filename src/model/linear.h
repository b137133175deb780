// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// One linear map of packed weights over some rows.

#ifndef LONGWAVE_MODEL_LINEAR_H_
#define LONGWAVE_MODEL_LINEAR_H_

#include <cstdint>

#include "base/thread_pool.h"
#include "model/weights.h"

namespace lwave::model {

// y = act(x W^T + bias).   x // [rows, x_stride]   y // [rows, y_stride]
// prepared: scratch of kernels::PreparedRowsBytes for so many rows, aligned to 64 bytes.
void ApplyLinear(Runner& runner, const Linear& linear, kernels::Activation activation, const float* x, int64_t x_stride,
                 int64_t rows, void* prepared, float* y, int64_t y_stride);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_LINEAR_H_
