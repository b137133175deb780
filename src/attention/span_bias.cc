// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/span_bias.h"

#include "absl/strings/str_cat.h"
#include "kernels/gemm.h"

namespace lwave::attention {

absl::StatusOr<Spans> SpansFromOptions(const Options& options, int64_t heads, int64_t head_dim) {
  Spans spans;
  spans.max_span = options.Int("max_span", 0);
  if (spans.max_span < 1) return absl::InvalidArgumentError("option max_span must be set");
  spans.ramp = options.Int("ramp", 32);
  spans.loss_coeff = options.Float("loss_coeff", 0);
  absl::StatusOr<std::vector<float>> span = options.Tensor("span", heads);
  if (!span.ok()) return span.status();
  for (float z : *span) {
    if (!(z >= 0 && z <= 1)) return absl::InvalidArgumentError(absl::StrCat("option span must be 0 to 1, got ", z));
  }
  spans.span = *std::move(span);
  absl::StatusOr<std::vector<float>> key_pe = options.Tensor("key_pe", head_dim * spans.max_span);
  if (!key_pe.ok()) return key_pe.status();
  spans.stride = kernels::RoundUp(spans.max_span, 16) | 16;
  spans.key_pe.resize(static_cast<size_t>(head_dim * spans.stride));
  for (int64_t c = 0; c < head_dim; ++c) {
    std::copy_n(key_pe->data() + c * spans.max_span, spans.max_span, spans.key_pe.data() + c * spans.stride);
  }
  return spans;
}

}  // namespace lwave::attention
