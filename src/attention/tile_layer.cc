// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a layer's description means for its memory.

#include "attention/tile_layer.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace lwave::attention {

using kernels::kKeyTile;

absl::StatusOr<TileSpec> SpecFromOptions(const Options& options) {
  TileSpec spec;
  spec.heads = options.Int("heads", 0);
  spec.head_dim = options.Int("head_dim", 0);
  if (spec.heads < 1 || spec.head_dim < 1) return absl::InvalidArgumentError("options heads and head_dim must be set");
  spec.kv_heads = options.Int("kv_heads", spec.heads);
  if (spec.heads % spec.kv_heads != 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("option kv_heads (", spec.kv_heads, ") must divide heads (", spec.heads, ")"));
  }
  spec.value_dim = options.Int("value_dim", spec.head_dim);
  spec.scale = static_cast<float>(options.Float("scale", 1.0 / std::sqrt(static_cast<double>(spec.head_dim))));
  if (options.Text("store", "f32") == "bf16") spec.store = kernels::NumberType::kBf16;
  spec.max_tokens = options.Int("max_tokens", 0);
  spec.step_rows = options.Int("step_rows", spec.step_rows);
  return spec;
}

namespace {

// Rows computed at a time in a stream. Strided heads copy their keys once for all rows of a remainder, so there are to
// be several of these, unless the options say otherwise.
int64_t StepRows(const TileLayer& layer) {
  int64_t rows = layer.spec().step_rows;
  if (layer.options().Has("step_rows")) return rows;
  for (int64_t head = 0; head < layer.spec().heads; ++head) {
    rows = std::max(rows, std::min<int64_t>(8 * layer.pattern().Strided(head).stride, 1024));
  }
  return rows;
}

}  // namespace

RowWidths TileLayer::widths() const {
  const int64_t sets = spec_.two_sets ? 2 : 1;
  return {sets * spec_.heads * spec_.head_dim, sets * spec_.kv_heads * spec_.head_dim,
          sets * spec_.kv_heads * spec_.value_dim, spec_.heads * spec_.value_dim};
}

absl::Status TileLayer::CanStream() const {
  if (spec_.bounded || spec_.max_tokens > 0) return absl::OkStatus();
  return absl::UnimplementedError(
      absl::StrCat("a layer of kind ", mechanism(),
                   " whose rows may see everything streams only where its option max_tokens bounds the memory"));
}

LayerPlan TileLayer::Latency() const {
  LayerPlan plan;
  plan.first_rows = plan.steady_rows = -1;
  if (!spec_.late) {
    plan.first_rows = std::max(spec_.right, spec_.wait_for - 1);
    plan.steady_rows = spec_.right;
  }
  return plan;
}

std::unique_ptr<SequenceState> TileLayer::MakeWhole(Arena& arena, int64_t rows, int64_t keys) const {
  memory::TileRing ring;
  ring.pinned = (spec_.PlaceEnd(keys) + kKeyTile - 1) / kKeyTile;
  ring.turning = 1;
  // Rotary positions turn copies of a chunk's rows; otherwise all rows are one chunk.
  const int64_t chunk = std::clamp<int64_t>(std::max(rows, keys), 1, spec_.rotary ? 192 : INT64_MAX);
  return MakeState(arena, ring, 0, chunk, true);
}

std::unique_ptr<SequenceState> TileLayer::MakeStream(Arena& arena) const {
  memory::TileRing ring;
  const int64_t step_rows = StepRows(*this);
  int64_t waiting = 0;
  if (spec_.late) {
    waiting = spec_.max_tokens;
  } else {
    waiting = std::max(spec_.right, spec_.wait_for - 1) + step_rows;
  }
  if (spec_.bounded) {
    ring = memory::TileRing::For(spec_.pinned, spec_.left + waiting, 0, kKeyTile);
  } else {
    ring.pinned = (spec_.PlaceEnd(spec_.max_tokens) + kKeyTile - 1) / kKeyTile;
    ring.turning = 1;
  }
  return MakeState(arena, ring, waiting, step_rows, false);
}

std::unique_ptr<TileState> TileLayer::MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting,
                                                int64_t chunk, bool whole) const {
  return std::make_unique<TileState>(*this, arena, ring, waiting, chunk, whole);
}

}  // namespace lwave::attention
