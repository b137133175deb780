// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/span_pass.h"

#include <cmath>
#include <limits>

namespace lwave::attention {

void SpanPass::Finish(Runner& runner, const AttendJob& masked, const Pattern& pattern, const Bias& bias,
                      const std::vector<bool>* has_span, const AttendScratch& scratch) {
  KeySet narrow = *masked.keys;  // the same keys, and one column of whatever the values begin with
  narrow.store.shape.value_dim = 1;
  AttendJob job = masked;
  job.keys = &narrow;
  job.pattern = &pattern;
  job.bias = &bias;
  job.output = unused_.data();
  job.output_stride = masked.heads;
  job.log_sums = plain_.data();
  AttendRows(runner, job, scratch);
  const int64_t value_dim = masked.keys->store.shape.value_dim;
  for (int64_t r = 0; r < masked.rows; ++r) {
    for (int64_t h = 0; h < masked.heads; ++h) {
      if (has_span != nullptr && !(*has_span)[static_cast<size_t>(h)]) continue;
      const int64_t at = r * masked.heads + h;
      if (masked.log_sums[at] == -std::numeric_limits<float>::infinity()) continue;  // zeros already
      const double share =
          std::exp(static_cast<double>(masked.log_sums[at]) - static_cast<double>(plain_[static_cast<size_t>(at)]));
      const float factor = static_cast<float>(share / (share + 1e-8));
      float* row = masked.output + r * masked.output_stride + h * value_dim;
      for (int64_t c = 0; c < value_dim; ++c) row[c] *= factor;
    }
  }
}

}  // namespace lwave::attention
