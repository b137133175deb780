// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// full: softmax attention over every key (Vaswani et al. 2017), exact.
//   score_ij = scale q_i.k_j - slope_h |i + query_offset - j|;   causal: j <= i + query_offset
// Query i is at position i + query_offset and key j at j: rotary positions turn by them, distances count them. The
// slopes are ALiBi's (Press et al. 2022), or instead of them T5's learned bias of buckets of distances is added (Raffel
// et al. 2020; T5 has scale 1); key heads may be fewer than query heads (Ainslie et al. 2023).
// Remembers every key and value, 2 kv_heads head_dim floats a row, so a stream is created for max_tokens.
// Costs n^2 head_dim products. A stream that is not causal gives its rows only when it is finished.

#include <cmath>
#include <memory>

#include "absl/strings/str_cat.h"
#include "attention/mechanisms.h"
#include "attention/relative_buckets.h"
#include "attention/tile_layer.h"

namespace lwave::attention {
namespace {

class SlopeBias : public Bias {
 public:
  explicit SlopeBias(std::vector<float> slopes) : slopes_(std::move(slopes)) {}
  bool ByDistance() const override { return true; }
  void Distances(int64_t head, int64_t first, int64_t count, float* table) const override {
    const float slope = slopes_[static_cast<size_t>(head)];
    for (int64_t x = 0; x < count; ++x) table[x] = -slope * static_cast<float>(std::abs(first + x));
  }

 private:
  const std::vector<float> slopes_;  // [heads]
};

const OptionInfo kOptions[] = {
    {"causal", OptionType::kInt, 0, 1},
    {"query_offset", OptionType::kInt, -kMostTokens, kMostTokens},
    {"rope.theta", OptionType::kFloat, 1e-3, kAnyFloat},
    {"rope.dim", OptionType::kInt, 2, 256},
    {"rope.style", OptionType::kText, 0, 0, "half|interleaved"},
    {"alibi_slopes", OptionType::kFloats},
    {"relative_buckets", OptionType::kInt, 2, 1 << 16},
    {"relative_max_distance", OptionType::kInt, 2, 1 << 16},
    {"relative_bias", OptionType::kFloats},
    {"store", OptionType::kText, 0, 0, "f32|bf16"},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<TileSpec> spec = SpecFromOptions(options);
  if (!spec.ok()) return spec.status();
  absl::StatusOr<std::optional<Rotary>> rotary = Rotary::FromOptions(options, spec->head_dim);
  if (!rotary.ok()) return rotary.status();
  const bool causal = options.Flag("causal");
  spec->rotary = *std::move(rotary);
  spec->cross = true;
  spec->zero_closed_rows = false;
  spec->query_offset = options.Int("query_offset", 0);
  spec->late = !causal;
  spec->right = std::max<int64_t>(0, spec->query_offset);
  if (causal && spec->max_tokens > 0) spec->right = std::min(spec->right, spec->max_tokens);
  absl::StatusOr<std::unique_ptr<Bias>> buckets = BucketBiasFromOptions(options, spec->heads, causal);
  if (!buckets.ok()) return buckets.status();
  std::unique_ptr<Bias> bias = *std::move(buckets);
  if (options.Has("alibi_slopes")) {
    if (bias != nullptr) return absl::InvalidArgumentError("alibi_slopes and relative_bias exclude each other");
    absl::StatusOr<std::vector<float>> slopes = options.Tensor("alibi_slopes", spec->heads);
    if (!slopes.ok()) return slopes.status();
    bias = std::make_unique<SlopeBias>(*std::move(slopes));
  }
  return std::make_shared<TileLayer>(std::move(context), "full", options, *std::move(spec),
                                     std::make_unique<FullPattern>(causal), std::move(bias));
}

}  // namespace

const Mechanism kFull = {"full", kOptions, Create};

}  // namespace lwave::attention
