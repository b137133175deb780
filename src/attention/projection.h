// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Weights of a layer: row-major tensors of the options, packed once for the matrix products.

#ifndef LONGWAVE_ATTENTION_PROJECTION_H_
#define LONGWAVE_ATTENTION_PROJECTION_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "attention/options.h"
#include "base/allocator.h"
#include "kernels/gemm.h"

namespace lwave::attention {

// y = x W^T + b.
class Projection {
 public:
  // weight // [columns, depth]   bias // [columns] or empty
  absl::Status Pack(const Allocator& allocator, absl::Span<const float> weight, absl::Span<const float> bias,
                    int64_t columns, int64_t depth);
  // From options; a bias that is not set is none.
  absl::Status PackOptions(const Allocator& allocator, const Options& options, absl::string_view weight,
                           absl::string_view bias, int64_t columns, int64_t depth);
  bool empty() const { return columns_ == 0; }
  int64_t columns() const { return columns_; }
  int64_t depth() const { return depth_; }
  int64_t bytes() const { return static_cast<int64_t>(panels_.bytes()); }
  // The product as one of several that share their rows: y // [rows, stride]
  kernels::GemmOutput To(float* y, int64_t stride) const;
  kernels::PreparedRows Prepare(Runner& runner, const float* x, int64_t rows) const {
    return kernels::PrepareRows(runner, kernels::NumberType::kF32, x, rows, depth_, depth_, nullptr);
  }
  // x // [rows, depth]   y // [rows, columns]
  void Apply(Runner& runner, const float* x, int64_t rows, float* y) const;

 private:
  Buffer<std::byte> panels_;
  std::vector<float> bias_;
  int64_t columns_ = 0, depth_ = 0;
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_PROJECTION_H_
