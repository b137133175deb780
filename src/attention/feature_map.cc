// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/feature_map.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"
#include "attention/random_projection.h"

namespace lwave::attention {
namespace {

using kernels::FeatureKind;
using kernels::FeatureShift;

constexpr int64_t kMostFeatures = 1024;

bool HasProjection(absl::string_view kernel) { return kernel != "elu" && kernel != "given"; }

FeatureKind KindOf(absl::string_view kernel) {
  if (kernel == "hyperbolic") return FeatureKind::kHyperbolic;
  if (kernel == "trigonometric") return FeatureKind::kTrigonometric;
  if (kernel == "relu") return FeatureKind::kRelu;
  if (kernel == "exp") return FeatureKind::kExp;
  return kernel == "elu" ? FeatureKind::kElu : FeatureKind::kSoftmax;
}

absl::Status CheckCount(int64_t features) {
  if (features <= kMostFeatures) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("there can be ", kMostFeatures, " features, got ", features));
}

}  // namespace

absl::StatusOr<std::vector<float>> FeatureMap::ProjectionOf(const Options& options, int64_t head_dim) {
  const bool drawn = options.Text("projection_kind", options.Has("features") ? "orthogonal" : "given") != "given";
  if (!HasProjection(options.Text("kernel", "softmax"))) {
    if (options.Has("projection") || options.Has("projection_kind")) {
      return absl::InvalidArgumentError(absl::StrCat("kernel ", options.Text("kernel", ""), " has no projection"));
    }
    return std::vector<float>();
  }
  if (options.Has("projection")) {
    if (options.Text("projection_kind", "given") != "given") {
      return absl::InvalidArgumentError("option projection is set, so projection_kind can only be given");
    }
    const std::vector<float>& rows = options.Floats("projection");
    const int64_t numbers = static_cast<int64_t>(rows.size());
    const int64_t wanted = options.Int("features", numbers / head_dim) * head_dim;
    if (numbers == 0 || numbers % head_dim != 0 || numbers != wanted) {
      return absl::InvalidArgumentError(absl::StrCat("option projection must be [features, head_dim], ",
                                                     options.Has("features") ? absl::StrCat(wanted, " numbers, ") : "",
                                                     "has ", numbers, " numbers"));
    }
    return rows;
  }
  if (!drawn) {
    return absl::InvalidArgumentError("option projection must be set, [features, head_dim], or features, to draw it");
  }
  if (!options.Has("features")) return absl::InvalidArgumentError("option features must be set to draw a projection");
  const std::string kind = options.Text("projection_kind", "orthogonal");
  return DrawProjection(kind == "iid"        ? ProjectionKind::kIid
                        : kind == "hadamard" ? ProjectionKind::kHadamard
                                             : ProjectionKind::kOrthogonal,
                        options.Text("projection_lengths", "chi") == "sqrt_dim" ? ProjectionLengths::kSqrtDim
                                                                               : ProjectionLengths::kChi,
                        options.Int("features", 1), head_dim, static_cast<uint64_t>(options.Int("seed", 0)),
                        static_cast<uint64_t>(options.Int("draw", 0)));
}

absl::Status FeatureMap::Read(const Allocator& allocator, const Options& options, int64_t head_dim) {
  const std::string kernel = options.Text("kernel", "softmax");
  task_.kind = KindOf(kernel);
  given_ = kernel == "given";
  absl::StatusOr<std::vector<float>> rows = ProjectionOf(options, head_dim);
  if (!rows.ok()) return rows.status();
  if (!HasProjection(kernel)) {
    if (options.Has("scale")) return absl::InvalidArgumentError(absl::StrCat("kernel ", kernel, " has no scale"));
    if (!given_ && options.Has("features")) return absl::InvalidArgumentError("kernel elu has head_dim features");
    task_.projection.columns = task_.projection.depth = options.Int("features", head_dim);
    return CheckCount(count());
  }
  const int64_t m = static_cast<int64_t>(rows->size()) / head_dim;
  task_.projection.columns = m;
  task_.projection.depth = head_dim;
  absl::Status status = CheckCount(count());
  if (!status.ok()) return status;
  const double scale = options.Float("scale", 1 / std::sqrt(static_cast<double>(head_dim)));
  if (!(scale > 0)) {
    return absl::InvalidArgumentError(absl::StrCat("option scale must be above 0 for features, got ", scale));
  }
  for (float& w : *rows) w = static_cast<float>(static_cast<double>(w) * std::sqrt(scale));
  const int64_t bytes = kernels::PanelBytes(kernels::NumberType::kF32, m, head_dim);
  status = panels_.Resize(allocator, static_cast<size_t>(bytes));
  if (!status.ok()) return status;
  kernels::PackPanels(kernels::NumberType::kF32, rows->data(), 0, m, head_dim, panels_.data());
  task_.projection.panels = panels_.data();
  task_.half_scale = static_cast<float>(scale / 2);

  if (task_.kind == FeatureKind::kRelu || task_.kind == FeatureKind::kExp) {
    task_.eps = static_cast<float>(options.Float("kernel_eps", 1e-3));
    return absl::OkStatus();
  }
  const bool trigonometric = task_.kind == FeatureKind::kTrigonometric;
  task_.eps = trigonometric ? 0 : static_cast<float>(options.Float("eps", 1e-4));
  task_.norm = static_cast<float>(1 / std::sqrt(static_cast<double>(count() / (trigonometric ? 2 : 1))));
  const bool cancels = task_.eps == 0.0f && !trigonometric;
  const bool row_max = options.Text("query_shift", "row_max") == "row_max";
  query_shift_ = cancels && options.Float("denominator_constant", 0) == 0 ? FeatureShift::kRowMaxOfSum
                 : row_max                                                ? FeatureShift::kRowMax
                                                                          : FeatureShift::kFixed;
  // A number, where none is given the maximum.
  global_max_ = options.Text("key_shift", "") == "global_max" || !options.Has("key_shift");
  of_sum_ = global_max_ && cancels && options.Float("denominator_constant", 0) == 0 &&
            options.Float("denominator_eps", 0) == 0;
  task_.shift_kind = global_max_ ? FeatureShift::kFixedMost : FeatureShift::kFixed;
  task_.shift = static_cast<float>(options.Float("key_shift", 0));
  return absl::OkStatus();
}

float FeatureMap::StartShift() const {
  return global_max_ ? -std::numeric_limits<float>::infinity() : task_.shift;
}

kernels::FeatureTask FeatureMap::TaskOf(const HeadRows& rows, float* to) const {
  kernels::FeatureTask task = task_;
  task.rows = rows.rows;
  task.x = rows.data;
  task.x_stride = rows.stride;
  task.mask = rows.mask;
  task.to = to;
  task.to_stride = stride();
  task.rows_after = rows.rows_after;
  task.beside = rows.beside;
  task.beside_stride = rows.beside_stride;
  task.beside_width = rows.beside_width;
  return task;
}

float FeatureMap::RaiseShift(const HeadRows& keys, float shift, float* scratch) const {
  return kernels::LargestExponent(TaskOf(keys, scratch), of_sum_, shift);
}

HeadRows FeatureMap::Run(const kernels::FeatureTask& task, const HeadRows& rows, float* to) const {
  if (given_ && rows.mask == nullptr) return rows;
  HeadRows mapped = rows;
  mapped.data = to;
  mapped.stride = stride();
  if (!given_) {
    kernels::MapFeatures(task);
    return mapped;
  }
  for (int64_t r = 0; r < rows.rows; ++r) {
    if (rows.mask[r] == 0) {
      std::fill_n(to + r * stride(), count(), 0.0f);
    } else {
      std::copy_n(rows.data + r * rows.stride, count(), to + r * stride());
    }
  }
  return mapped;
}

HeadRows FeatureMap::MapQueries(const HeadRows& rows, float* to) const {
  kernels::FeatureTask task = TaskOf(rows, to);
  task.shift_kind = query_shift_;
  task.shift = 0;
  return Run(task, rows, to);
}

HeadRows FeatureMap::MapKeys(const HeadRows& rows, float shift, float* to) const {
  kernels::FeatureTask task = TaskOf(rows, to);
  task.shift = shift;
  return Run(task, rows, to);
}

}  // namespace lwave::attention
