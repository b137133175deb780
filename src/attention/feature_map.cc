// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/feature_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"

namespace lwave::attention {

absl::Status FeatureMap::Read(const Allocator& allocator, const Options& options, int64_t head_dim) {
  const std::string name = options.Text("kernel", "softmax");
  kernel_ = name == "softmax" ? Kernel::kSoftmax : name == "hyperbolic" ? Kernel::kHyperbolic
            : name == "trigonometric" ? Kernel::kTrigonometric : name == "relu" ? Kernel::kRelu : Kernel::kExp;
  row_max_ = options.Text("query_shift", "row_max") == "row_max";
  global_max_ = shifted() && (options.Text("key_shift", "") == "global_max" || !options.Has("key_shift"));
  key_shift_ = static_cast<float>(options.Float("key_shift", 0));
  eps_ = static_cast<float>(options.Float("eps", 1e-4));
  if (kernel_ == Kernel::kTrigonometric) eps_ = 0;
  kernel_eps_ = static_cast<float>(options.Float("kernel_eps", 1e-3));
  const std::vector<float>& rows = options.Floats("projection");
  const int64_t numbers = static_cast<int64_t>(rows.size());
  if (numbers == 0 || numbers % head_dim != 0) {
    return absl::InvalidArgumentError(absl::StrCat("option projection must be [features, head_dim], has ", numbers, " numbers"));
  }
  const int64_t m = numbers / head_dim;
  if ((two_sided() ? 2 * m : m) > 1024) {
    return absl::InvalidArgumentError(absl::StrCat("there can be 1024 features, got ", two_sided() ? 2 * m : m));
  }
  return projection_.Pack(allocator, rows, {}, m, head_dim);
}

void FeatureMap::Project(Runner& runner, const float* x, int64_t vectors, float* scaled, float* u, float* h) const {
  const int64_t d = projection_.depth();
  const float scale = static_cast<float>(1.0 / std::sqrt(std::sqrt(static_cast<double>(d))));
  for (int64_t i = 0; i < vectors; ++i) {
    double sum = 0;
    for (int64_t c = 0; c < d; ++c) {
      const float value = x[i * d + c] * scale;
      scaled[i * d + c] = value;
      sum += static_cast<double>(value) * static_cast<double>(value);
    }
    h[i] = static_cast<float>(sum / 2);
  }
  projection_.Apply(runner, scaled, vectors, u);
}

float FeatureMap::Largest(const float* u, float h) const {
  if (kernel_ == Kernel::kTrigonometric) return h;
  float largest = -std::numeric_limits<float>::infinity();
  for (int64_t r = 0; r < projection_.columns(); ++r) {
    largest = std::max(largest, kernel_ == Kernel::kHyperbolic ? std::abs(u[r]) : u[r]);
  }
  return largest;
}

void FeatureMap::StartShift(int64_t heads, float* shift) const {
  std::fill_n(shift, heads, global_max_ ? -std::numeric_limits<float>::infinity() : key_shift_);
}

void FeatureMap::RaiseShift(Runner& runner, const float* x, const int32_t* mask, int64_t rows, int64_t heads,
                            float* scratch, float* shift) const {
  const int64_t vectors = rows * heads;
  float* const u = scratch + vectors * projection_.depth();
  float* const h = u + vectors * projection_.columns();
  Project(runner, x, vectors, scratch, u, h);
  for (int64_t i = 0; i < vectors; ++i) {
    if (mask != nullptr && mask[i / heads] == 0) continue;
    shift[i % heads] = std::max(shift[i % heads], Largest(u + i * projection_.columns(), h[i]));
  }
}

void FeatureMap::Map(Runner& runner, const float* x, const int32_t* mask, int64_t rows, int64_t heads, bool queries,
                     const float* shift, float* scratch, float* features) const {
  const int64_t vectors = rows * heads, m = projection_.columns();
  float* const all_u = scratch + vectors * projection_.depth();
  float* const all_h = all_u + vectors * m;
  Project(runner, x, vectors, scratch, all_u, all_h);
  runner.For(rows, [&](int64_t row, int32_t /*thread*/) {
    for (int64_t head = 0; head < heads; ++head) {
      const int64_t i = row * heads + head;
      float* to = features + i * count();
      if (mask != nullptr && mask[row] == 0) {
        std::fill_n(to, count(), 0.0f);
        continue;
      }
      const float* u = all_u + i * m;
      const float h = all_h[i];
      if (!shifted()) {
        for (int64_t r = 0; r < m; ++r) {
          const float value = kernel_ == Kernel::kExp ? std::exp(u[r]) : u[r] < 0 ? 0.0f : u[r];  // NaN stays
          to[r] = value + kernel_eps_;
        }
        continue;
      }
      const float c = queries ? (row_max_ ? Largest(u, h) : 0.0f) : shift[head];
      const float norm = 1.0f / std::sqrt(static_cast<float>(kernel_ == Kernel::kHyperbolic ? 2 * m : m));
      if (kernel_ == Kernel::kTrigonometric) {
        const float factor = norm * std::exp(h - c);
        for (int64_t r = 0; r < m; ++r) {
          to[r] = factor * std::cos(u[r]);
          to[m + r] = factor * std::sin(u[r]);
        }
        continue;
      }
      for (int64_t r = 0; r < m; ++r) {
        to[r] = norm * (std::exp(u[r] - h - c) + eps_);
        if (kernel_ == Kernel::kHyperbolic) to[m + r] = norm * (std::exp(-u[r] - h - c) + eps_);
      }
    }
  });
}

}  // namespace lwave::attention
