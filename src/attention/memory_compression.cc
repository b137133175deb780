// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/memory_compression.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "kernels/rows.h"

namespace lwave::attention {

absl::Status ReadTaps(const Allocator& allocator, const Options& options, const std::string& weight,
                      const std::string& bias, int64_t d, int64_t kernel, TapOrder order, Projection* product) {
  absl::StatusOr<std::vector<float>> from = options.Tensor(weight, d * d * kernel);
  if (!from.ok()) return from.status();
  std::vector<float> shift;
  if (order == TapOrder::kInputs || options.Has(bias)) {
    absl::StatusOr<std::vector<float>> set = options.Tensor(bias, d);
    if (!set.ok()) return set.status();
    shift = *std::move(set);
  }
  std::vector<float> to(from->size());
  for (int64_t o = 0; o < d; ++o) {
    for (int64_t i = 0; i < d; ++i) {
      for (int64_t s = 0; s < kernel; ++s) {
        const int64_t at = order == TapOrder::kInputs ? (o * kernel + s) * d + i : (s * d + o) * d + i;
        to[static_cast<size_t>(at)] = (*from)[static_cast<size_t>((o * d + i) * kernel + s)];
      }
    }
  }
  if (order == TapOrder::kInputs) return product->Pack(allocator, to, shift, d, kernel * d);
  const std::vector<float> once = shift;
  for (int64_t s = 1; s < kernel; ++s) shift.insert(shift.end(), once.begin(), once.end());
  return product->Pack(allocator, to, shift, kernel * d, d);
}

absl::Status Compression::Read(const Allocator& allocator, const Options& options, int64_t d_model, int64_t ratio) {
  d_model_ = d_model;
  ratio_ = ratio;
  const std::string name = options.Text("function", "mean");
  kind_ = name == "mean" ? Kind::kMean : name == "max" ? Kind::kMax : name == "conv" ? Kind::kConv
          : name == "dilated_conv" ? Kind::kDilatedConv : Kind::kMostUsed;
  if (kind_ == Kind::kConv) {
    layers_.resize(1);
    layers_[0].kernel = layers_[0].stride = ratio;
    return ReadTaps(allocator, options, "conv_weight", "conv_bias", d_model, ratio, TapOrder::kInputs,
                    &layers_[0].product);
  }
  if (kind_ != Kind::kDilatedConv) return absl::OkStatus();
  const std::vector<int64_t>& kernels = options.Ints("conv_layers.kernel");
  const std::vector<int64_t>& strides = options.Ints("conv_layers.stride");
  const std::vector<int64_t>& dilations = options.Ints("conv_layers.dilation");
  if (kernels.empty() || kernels.size() > 4 || strides.size() != kernels.size() || dilations.size() != kernels.size()) {
    return absl::InvalidArgumentError("conv_layers.kernel, stride and dilation must have 1 to 4 numbers each");
  }
  layers_.resize(kernels.size());
  int64_t product = 1;
  for (size_t l = 0; l < layers_.size(); ++l) {
    layers_[l].kernel = kernels[l];
    layers_[l].stride = strides[l];
    layers_[l].dilation = dilations[l];
    if (kernels[l] % 2 == 0) return absl::InvalidArgumentError("the kernels of dilated convolutions must be odd");
    product *= strides[l];
    const absl::Status status =
        ReadTaps(allocator, options, absl::StrCat("conv_weight_", l), absl::StrCat("conv_bias_", l), d_model, kernels[l],
                 TapOrder::kInputs, &layers_[l].product);
    if (!status.ok()) return status;
  }
  if (product != ratio) {
    return absl::InvalidArgumentError(absl::StrCat("the strides multiply to ", product, ", the ratio is ", ratio));
  }
  return absl::OkStatus();
}

int64_t Compression::ScratchFloats(int64_t rows) const {
  if (kind_ != Kind::kDilatedConv) return 0;
  int64_t taps = 0;
  for (const Layer& layer : layers_) taps = std::max(taps, layer.kernel);
  return (taps + 2) * rows * d_model_;
}

void Compression::Convolve(Runner& runner, const Layer& layer, const float* rows, int64_t count, float* taps,
                           float* out) const {
  const int64_t d = d_model_, length = layer.Length(count);
  for (int64_t g = 0; g < length; ++g) {
    for (int64_t s = 0; s < layer.kernel; ++s) {
      float* to = taps + (g * layer.kernel + s) * d;
      const int64_t row = g * layer.stride + s * layer.dilation - layer.Pad();
      if (row < 0 || row >= count) {
        std::fill_n(to, d, 0.0f);
      } else {
        std::copy_n(rows + row * d, d, to);
      }
    }
  }
  layer.product.Apply(runner, taps, length, out);
}

void Compression::Pool(const float* rows, int64_t groups, float* out) const {
  const int64_t d = d_model_;
  for (int64_t g = 0; g < groups; ++g, out += d) {
    std::copy_n(rows, d, out);
    rows += d;
    for (int64_t s = 1; s < ratio_; ++s, rows += d) {
      if (kind_ == Kind::kMean) {
        kernels::AddTo(rows, d, out);
        continue;
      }
      // A NaN stays: it is never the smaller one.
      for (int64_t c = 0; c < d; ++c) out[c] = rows[c] <= out[c] || std::isnan(out[c]) ? out[c] : rows[c];
    }
    if (kind_ != Kind::kMean) continue;
    for (int64_t c = 0; c < d; ++c) out[c] /= static_cast<float>(ratio_);
  }
}

void Compression::Select(const float* rows, int64_t count, const double* use, float* out) const {
  const auto rank = [&](int64_t row) { return std::isnan(use[row]) ? std::numeric_limits<double>::infinity() : use[row]; };
  for (int64_t row = 0; row < count; ++row) {
    const double own = rank(row);
    int64_t before = 0;  // rows that come first in the order of use
    for (int64_t other = 0; other < count; ++other) {
      before += rank(other) > own || (rank(other) == own && other < row) ? 1 : 0;
    }
    if (before >= count / ratio_) continue;
    std::copy_n(rows + row * d_model_, d_model_, out);
    out += d_model_;
  }
}

void Compression::Compress(Runner& runner, const float* rows, int64_t count, const double* use, float* scratch,
                           float* out) const {
  const int64_t d = d_model_;
  switch (kind_) {
    case Kind::kMean:
    case Kind::kMax:
      return Pool(rows, count / ratio_, out);
    case Kind::kMostUsed:
      return Select(rows, count, use, out);
    case Kind::kConv:  // a group's rows lie one behind the other: they are its taps
      return layers_[0].product.Apply(runner, rows, count / ratio_, out);
    case Kind::kDilatedConv:
      break;
  }
  float* const halves[2] = {scratch, scratch + count * d};
  float* const taps = scratch + 2 * count * d;
  int64_t length = count;
  for (size_t l = 0; l < layers_.size(); ++l) {
    float* to = l + 1 == layers_.size() ? out : halves[l % 2];
    Convolve(runner, layers_[l], rows, length, taps, to);
    length = layers_[l].Length(length);
    rows = to;
  }
}

}  // namespace lwave::attention
