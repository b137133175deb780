// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/projection.h"

namespace lwave::attention {

absl::Status Projection::Pack(const Allocator& allocator, absl::Span<const float> weight, absl::Span<const float> bias,
                              int64_t columns, int64_t depth) {
  const absl::Status status = panels_.Resize(
      allocator, static_cast<size_t>(kernels::PanelBytes(kernels::NumberType::kF32, columns, depth)));
  if (!status.ok()) return status;
  kernels::PackPanels(kernels::NumberType::kF32, weight.data(), 0, columns, depth, panels_.data());
  bias_.assign(bias.begin(), bias.end());
  columns_ = columns;
  depth_ = depth;
  return absl::OkStatus();
}

absl::Status Projection::PackOptions(const Allocator& allocator, const Options& options, absl::string_view weight,
                                     absl::string_view bias, int64_t columns, int64_t depth) {
  absl::StatusOr<std::vector<float>> w = options.Tensor(weight, columns * depth);
  if (!w.ok()) return w.status();
  std::vector<float> b;
  if (!bias.empty() && options.Has(bias)) {
    absl::StatusOr<std::vector<float>> set = options.Tensor(bias, columns);
    if (!set.ok()) return set.status();
    b = *std::move(set);
  }
  return Pack(allocator, *w, b, columns, depth);
}

kernels::GemmOutput Projection::To(float* y, int64_t stride) const {
  kernels::GemmOutput output;
  output.weight.columns = columns_;
  output.weight.depth = depth_;
  output.weight.panels = panels_.data();
  output.bias = bias_.empty() ? nullptr : bias_.data();
  output.y = y;
  output.y_stride = stride;
  return output;
}

void Projection::Apply(Runner& runner, const float* x, int64_t rows, float* y) const {
  if (rows <= 0) return;
  const kernels::GemmOutput output = To(y, columns_);
  kernels::Gemm(runner, Prepare(runner, x, rows), absl::MakeConstSpan(&output, 1));
}

}  // namespace lwave::attention
