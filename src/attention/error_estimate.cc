// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/error_estimate.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/random_numbers.h"

namespace lwave::attention {
namespace {

constexpr int64_t kMostValueDim = 256;
constexpr int64_t kRowsTogether = 8;  // that see a key while it is at hand

struct Shape {
  int64_t heads, kv_heads, head_dim, value_dim;
  double scale;
  bool causal;
};

struct Squares {
  double difference = 0, exact = 0;
};

absl::StatusOr<Shape> ShapeOf(const Layer& layer) {
  const Options& options = layer.options();
  const std::string kernel = options.Text("kernel", "softmax");  // of favor
  bool estimates = layer.mechanism() == "full" || layer.mechanism() == "linformer" ||
                   (layer.mechanism() == "favor" &&
                    (kernel == "softmax" || kernel == "hyperbolic" || kernel == "trigonometric"));
  for (const char* moves : {"rope.theta", "alibi_slopes", "query_offset"}) estimates = estimates && !options.Has(moves);
  Shape shape;
  shape.heads = options.Int("heads", 1);
  shape.kv_heads = options.Int("kv_heads", shape.heads);
  shape.head_dim = options.Int("head_dim", 1);
  shape.value_dim = options.Int("value_dim", shape.head_dim);
  shape.scale = options.Float("scale", 1 / std::sqrt(static_cast<double>(shape.head_dim)));
  shape.causal = options.Flag("causal");
  const RowWidths width = layer.widths();
  estimates = estimates && width.q == shape.heads * shape.head_dim && width.k == shape.kv_heads * shape.head_dim &&
              width.v == shape.kv_heads * shape.value_dim && width.out == shape.heads * shape.value_dim;
  if (estimates) return shape;
  return absl::UnimplementedError(absl::StrCat("this ", layer.mechanism(),
                                               " layer is no estimate of softmax attention over all keys of q, k and v"));
}

double Dot(const float* a, const float* b, int64_t width) {
  double sums[4] = {0, 0, 0, 0};
  int64_t c = 0;
  for (; c + 4 <= width; c += 4) {
    for (int64_t i = 0; i < 4; ++i) sums[i] += static_cast<double>(a[c + i]) * static_cast<double>(b[c + i]);
  }
  for (; c < width; ++c) sums[0] += static_cast<double>(a[c]) * static_cast<double>(b[c]);
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

// One row of one head of softmax attention, key by key.
struct ExactRow {
  int64_t row = 0;
  double largest = -std::numeric_limits<double>::infinity();
  double weight = 0;
  double sums[kMostValueDim] = {};

  void Add(double score, const float* value, int64_t width) {
    if (score > largest) {
      const double factor = std::exp(largest - score);
      weight *= factor;
      for (int64_t c = 0; c < width; ++c) sums[c] *= factor;
      largest = score;
    }
    const double w = std::exp(score - largest);
    weight += w;
    for (int64_t c = 0; c < width; ++c) sums[c] += w * static_cast<double>(value[c]);
  }
  Squares Compare(const float* out, int64_t width) const {
    Squares squares;
    for (int64_t c = 0; c < width; ++c) {
      const double exact = weight == 0 ? 0 : sums[c] / weight;
      const double difference = static_cast<double>(out[c]) - exact;
      squares.difference += difference * difference;
      squares.exact += exact * exact;
    }
    return squares;
  }
};

}  // namespace

absl::StatusOr<ErrorEstimate> EstimateError(const Layer& layer, const InputRows& input, const float* out,
                                            int64_t samples, uint64_t seed) {
  const absl::StatusOr<Shape> found = ShapeOf(layer);
  if (!found.ok()) return found.status();
  const Shape shape = *found;
  if (samples < 1 || samples > kMostSamples) {
    return absl::InvalidArgumentError(absl::StrCat("samples must be 1 to ", kMostSamples, ", got ", samples));
  }
  samples = std::min(samples, input.rows);
  RandomNumbers random(seed);
  Buffer<int64_t> rows;
  Buffer<Squares> squares;  // [samples, heads]
  absl::Status status = rows.Resize(layer.context().allocator, static_cast<size_t>(samples));
  if (status.ok()) status = squares.Resize(layer.context().allocator, static_cast<size_t>(samples * shape.heads));
  if (!status.ok()) return status;
  for (int64_t s = 0; s < samples; ++s) {
    const int64_t begin = s * input.rows / samples, end = (s + 1) * input.rows / samples;
    rows.data()[s] = begin + random.Below(end - begin);
  }

  const RowWidths width = layer.widths();
  const int64_t groups = (samples + kRowsTogether - 1) / kRowsTogether;
  layer.context().runner->For(groups * shape.heads, [&](int64_t task, int32_t) {
    const int64_t head = task % shape.heads, first = task / shape.heads * kRowsTogether;
    const int64_t kv_head = head / (shape.heads / shape.kv_heads);
    const int64_t count = std::min(kRowsTogether, samples - first);
    ExactRow exact[kRowsTogether];
    for (int64_t r = 0; r < count; ++r) exact[r].row = rows.data()[first + r];
    // Rows of a sample are in ascending order.
    const int64_t keys = shape.causal ? std::min(input.keys, exact[count - 1].row + 1) : input.keys;
    for (int64_t j = 0; j < keys; ++j) {
      if (input.mask != nullptr && input.mask[j] == 0) continue;
      const float* key = input.k + j * width.k + kv_head * shape.head_dim;
      const float* value = input.v + j * width.v + kv_head * shape.value_dim;
      for (int64_t r = 0; r < count; ++r) {
        if (shape.causal && j > exact[r].row) continue;
        const float* query = input.q + exact[r].row * width.q + head * shape.head_dim;
        exact[r].Add(shape.scale * Dot(query, key, shape.head_dim), value, shape.value_dim);
      }
    }
    for (int64_t r = 0; r < count; ++r) {
      const float* row = out + exact[r].row * width.out + head * shape.value_dim;
      squares.data()[(first + r) * shape.heads + head] = exact[r].Compare(row, shape.value_dim);
    }
  });

  ErrorEstimate estimate;
  Squares total;
  for (int64_t i = 0; i < samples * shape.heads; ++i) {
    const Squares& one = squares.data()[i];
    total.difference += one.difference;
    total.exact += one.exact;
    const double error = one.difference == 0 ? 0 : std::sqrt(one.difference / one.exact);
    estimate.mean_relative += error / static_cast<double>(samples * shape.heads);
    const bool is_nan = std::isnan(estimate.max_relative);  // which stays
    if (!is_nan && !(error <= estimate.max_relative)) estimate.max_relative = error;
  }
  estimate.relative = total.difference == 0 ? 0 : std::sqrt(total.difference / total.exact);
  return estimate;
}

}  // namespace lwave::attention
