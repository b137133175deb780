// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// adaptive_span: Sukhbaatar et al. 2019, exact. A row attends to distances t = 1 .. L, not to itself:
//   score(t) = (q.k + q.key_pe[:, L - t]) / sqrt(d)      m(t) = clamp((R + z_h L + 1 - t) / R, 0, 1)
//   a = softmax over the distances * m;   weight = a / (sum a + 1e-8)
// The mask is a bias of ln m: with N = sum e^score m and Z = sum e^score the result is the softmax with that bias,
// times N / (N + 1e-8 Z). Z comes from a second pass over the keys whose values are not used;
// the first leaves out the distances at which the head's mask is 0.
// Remembers the last L rows of keys and values, 2 L kv_heads head_dim floats; from the first row on where initial_cache
// is zeros (they take weight then). Costs, a row and head, 2 L head_dim products for Z, and 3 head_dim for every
// distance up to the head's own reach. Outputs do not depend on chunking.
// Cannot: look ahead, rewind.

#include <algorithm>
#include <cmath>
#include <memory>

#include "attention/mechanisms.h"
#include "attention/span_bias.h"
#include "attention/span_pass.h"
#include "attention/tile_layer.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

// Keys lie at place L + position, so row i sees places [i + L - reach, i + L) of the last `reach` <= L: distance t is
// place i + L - t.
class SpanPattern : public Pattern {
 public:
  SpanPattern(int64_t max_span, std::vector<int64_t> reach) : max_span_(max_span), reach_(std::move(reach)) {}
  int64_t NextTile(const SequenceView&, int64_t head, int64_t first_row, int64_t rows, int64_t tile) const override {
    const int64_t next = std::max(tile, (first_row + Skipped(head)) / kKeyTile);
    return next <= (first_row + rows - 1 + max_span_ - 1) / kKeyTile ? next : kNoTile;
  }
  uint64_t Mask(const SequenceView&, int64_t head, int64_t row, int64_t tile) const override {
    const int64_t first = tile * kKeyTile;
    return Bits(row + Skipped(head) - first, row + max_span_ - first);
  }

 private:
  int64_t Skipped(int64_t head) const { return max_span_ - reach_[static_cast<size_t>(head)]; }

  const int64_t max_span_;
  const std::vector<int64_t> reach_;  // [heads]
};

class SpanLayer : public TileLayer {
 public:
  SpanLayer(ContextPtr context, const Options& options, const TileSpec& tile_spec, const Spans& span_values)
      : TileLayer(std::move(context), "adaptive_span", options, tile_spec,
                  std::make_unique<SpanPattern>(span_values.max_span, span_values.Reach()),
                  std::make_unique<SpanBias>(span_values, tile_spec.head_dim, tile_spec.scale, span_values.max_span, true)),
        plain_pattern(span_values.max_span, std::vector<int64_t>(span_values.span.size(), span_values.max_span)),
        plain_bias(span_values, tile_spec.head_dim, tile_spec.scale, span_values.max_span, false), spans_(span_values) {}

  // span_mask [heads, max_span], span_loss, reach (the farthest distance in use by any head)
  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override {
    const float largest = *std::max_element(spans_.span.begin(), spans_.span.end());
    const double length = static_cast<double>(spans_.max_span);
    if (name == "span_mask") {
      std::vector<float> mask;
      for (int64_t h = 0; h < spec().heads; ++h) {
        for (int64_t s = 0; s < spans_.max_span; ++s) mask.push_back(spans_.SoftMask(h, spans_.max_span - s));
      }
      return mask;
    }
    if (name == "span_loss") {
      double sum = 0;
      for (float z : spans_.span) sum += static_cast<double>(z);
      return std::vector<float>{
          static_cast<float>(spans_.loss_coeff * length * sum / static_cast<double>(spans_.span.size()))};
    }
    if (name == "reach") {
      const int64_t reach = static_cast<int64_t>(std::ceil(static_cast<double>(largest) * length)) + spans_.ramp;
      return std::vector<float>{static_cast<float>(std::min(spans_.max_span, std::max<int64_t>(0, reach)))};
    }
    return TileLayer::ReadPart(name);
  }

  // Of all distances, whatever the masks.
  const SpanPattern plain_pattern;
  const SpanBias plain_bias;

 protected:
  std::unique_ptr<TileState> MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
                                       bool whole) const override;

 private:
  const Spans spans_;
};

class SpanState : public TileState {
 public:
  SpanState(const SpanLayer& layer, Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
            bool whole)
      : TileState(layer, arena, ring, waiting, chunk, whole), span_layer_(layer) {
    log_sums_ = arena.Take<float>(chunk * spec_.heads);
    pass_ = SpanPass(arena, chunk, spec_.heads);
  }

 protected:
  void AttendChunk(const float* q, int64_t first_row, int64_t rows, float* out) override {
    TileState::AttendChunk(q, first_row, rows, out);
    AttendJob job = Job(0, layer_.pattern(), q, first_row, rows, out);
    job.log_sums = log_sums_.data();
    pass_.Finish(*layer_.context().runner, job, span_layer_.plain_pattern, span_layer_.plain_bias, nullptr, scratch_);
  }

 private:
  const SpanLayer& span_layer_;
  SpanPass pass_;
};

std::unique_ptr<TileState> SpanLayer::MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting,
                                                int64_t chunk, bool whole) const {
  return std::make_unique<SpanState>(*this, arena, ring, waiting, chunk, whole);
}

const OptionInfo kOptions[] = {
    {"max_span", OptionType::kInt, 1, 1 << 20},
    {"ramp", OptionType::kInt, 1, 1 << 20},
    {"initial_cache", OptionType::kText, 0, 0, "zeros|empty"},
    {"loss_coeff", OptionType::kFloat, -kAnyFloat, kAnyFloat},
    {"span", OptionType::kFloats},
    {"key_pe", OptionType::kFloats},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<TileSpec> spec = SpecFromOptions(options);
  if (!spec.ok()) return spec.status();
  absl::StatusOr<Spans> spans = SpansFromOptions(options, spec->heads, spec->head_dim);
  if (!spans.ok()) return spans.status();
  spec->bounded = true;
  spec->zero_closed_rows = false;
  spec->queries_are_last = true;
  spec->left = spec->lead = spans->max_span;
  spec->zero_lead = options.Text("initial_cache", "zeros") == "zeros";
  return std::make_shared<SpanLayer>(std::move(context), options, *spec, *spans);
}

}  // namespace

const Mechanism kAdaptiveSpan = {"adaptive_span", kOptions, Create};

}  // namespace lwave::attention
