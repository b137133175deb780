// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// sink_window: attention sinks (Xiao et al. 2023, StreamingLLM), exact for what it defines. Two kinds:
//   sinks_see past (default): a row sees the first `sinks` tokens, as far as they are past, and the last `window` of
//     the others, itself included (visibility token), or the cache as it was before the row's segment and the
//     segment up to itself (visibility chunk; outputs then depend on the segments, which the configuration gives).
//     Rotary positions are slots: of the r keys a query sees, in time order, key a is at a and the query at r - 1.
//   sinks_see all: row i sees row j when j < sinks, ahead or behind, or -left <= j - i <= right.
// Slots need no second copy of the keys: between window tokens they differ from positions by the same number, so both
// are turned by position; sinks are keys of tiles of their own that see the query turned to its slot.
// Remembers sinks + window rows (past; visibility chunk: and a segment), or sinks + left + right (all).
// Costs n (sinks + window) products.
// Cannot: rewind; visibility chunk with explicit segments needs max_tokens, as a segment has no longest length.

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "attention/mechanisms.h"
#include "attention/tile_layer.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

class AllPattern : public Pattern {
 public:
  AllPattern(int64_t left, int64_t right, int64_t sinks) : left_(left), right_(right), sinks_(sinks) {}
  int64_t NextTile(const SequenceView&, int64_t, int64_t first_row, int64_t rows, int64_t tile) const override {
    if (tile * kKeyTile < sinks_) return tile;
    const int64_t next = std::max(tile, std::max<int64_t>(0, first_row - left_) / kKeyTile);
    return next <= (first_row + rows - 1 + right_) / kKeyTile ? next : kNoTile;
  }
  uint64_t Mask(const SequenceView&, int64_t, int64_t row, int64_t tile) const override {
    const int64_t first = tile * kKeyTile;
    return Bits(row - left_ - first, row + right_ + 1 - first) | Bits(0, sinks_ - first);
  }

 private:
  const int64_t left_, right_, sinks_;
};

struct PastWindow {
  int64_t sinks = 0, window = 1;
  bool chunk = false;
  int64_t sink_places = 0;  // sinks rounded up to whole tiles

  // The first token behind the sinks that a row sees.
  int64_t First(const SequenceView& sequence, int64_t row) const {
    return std::max(sinks, chunk ? sequence.segment_begin - window : row - window + 1);
  }
  int64_t Place(int64_t position) const { return position - sinks + sink_places; }
};

class PastPattern : public Pattern {
 public:
  explicit PastPattern(const PastWindow& window) : w_(window) {}
  int64_t NextTile(const SequenceView& sequence, int64_t, int64_t first_row, int64_t rows,
                   int64_t tile) const override {
    if (tile * kKeyTile < w_.sink_places) return tile;
    const int64_t last_row = first_row + rows - 1;
    if (last_row < w_.sinks) return kNoTile;
    const int64_t next = std::max(tile, w_.Place(w_.First(sequence, first_row)) / kKeyTile);
    return next <= w_.Place(last_row) / kKeyTile ? next : kNoTile;
  }
  uint64_t Mask(const SequenceView& sequence, int64_t, int64_t row, int64_t tile) const override {
    const int64_t first = tile * kKeyTile;
    if (first < w_.sink_places) return Bits(0, std::min(w_.sinks, row + 1) - first);
    return Bits(w_.Place(w_.First(sequence, row)) - first, w_.Place(row) + 1 - first);
  }

 private:
  const PastWindow w_;
};

class PastLayer : public TileLayer {
 public:
  PastLayer(ContextPtr context, const Options& options, const TileSpec& tile_spec, const PastWindow& past)
      : TileLayer(std::move(context), "sink_window", options, tile_spec, std::make_unique<PastPattern>(past), nullptr),
        window(past) {}
  int64_t SecondPosition(const SequenceView& sequence, int64_t row) const override {
    if (row < window.sinks) return row;
    return window.sinks + row - window.First(sequence, row);
  }

  const PastWindow window;

 protected:
  std::unique_ptr<TileState> MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
                                       bool whole) const override;
};

// Reads the cache back as the paper keeps it: keys not turned.
class PastState : public TileState {
 public:
  PastState(const PastLayer& layer, Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
            bool whole)
      : TileState(layer, arena, ring, waiting, chunk, whole), past_(layer) {}

  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override {
    const bool keys = name == "cache_k", values = name == "cache_v", index = name == "cache_index";
    if (!keys && !values && !index) return TileState::ReadPart(name);
    std::vector<float> all;
    const int64_t key_width = spec_.kv_heads * spec_.head_dim, value_width = spec_.kv_heads * spec_.value_dim;
    std::vector<float> key(static_cast<size_t>(key_width)), value(static_cast<size_t>(value_width));
    const PastWindow& w = past_.window;
    for (int64_t position = 0; position < received_; ++position) {
      if (position == w.sinks) position = std::max(position, received_ - w.window);
      if (index) {
        all.push_back(static_cast<float>(position));
        continue;
      }
      const int64_t place = spec_.Place(position);
      const int64_t tile = place / kKeyTile;
      const TileStore& store = sets_[0].store;
      kernels::LoadTileRow(store.shape, store.KeySlot(tile), store.ValueSlot(tile), place % kKeyTile, key.data(),
                           value.data());
      if (spec_.rotary) spec_.rotary->Turn(key.data(), spec_.kv_heads, spec_.head_dim, -position, key.data());
      const std::vector<float>& row = keys ? key : value;
      all.insert(all.end(), row.begin(), row.end());
    }
    return all;
  }
  absl::StatusOr<int64_t> PartSize(absl::string_view name, int64_t rows, int64_t remembered) const override {
    const PastWindow& w = past_.window;
    const int64_t kept = std::min(rows, w.sinks) + std::min(std::max<int64_t>(rows - w.sinks, 0), w.window);
    if (name == "cache_k") return kept * spec_.kv_heads * spec_.head_dim;
    if (name == "cache_v") return kept * spec_.kv_heads * spec_.value_dim;
    if (name == "cache_index") return kept;
    return TileState::PartSize(name, rows, remembered);
  }

 private:
  const PastLayer& past_;
};

std::unique_ptr<TileState> PastLayer::MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting,
                                                int64_t chunk, bool whole) const {
  return std::make_unique<PastState>(*this, arena, ring, waiting, chunk, whole);
}

const OptionInfo kOptions[] = {
    {"sinks", OptionType::kInt, 0, 1 << 20},
    {"sinks_see", OptionType::kText, 0, 0, "past|all"},
    {"window", OptionType::kInt, 1, 1 << 24},
    {"visibility", OptionType::kText, 0, 0, "token|chunk"},
    {"segment", OptionType::kInt, 1, 1 << 24, "explicit"},
    {"left", OptionType::kInt, 0, 1 << 24},
    {"right", OptionType::kInt, 0, 1 << 24},
    {"rope.theta", OptionType::kFloat, 1e-3, kAnyFloat},
    {"rope.dim", OptionType::kInt, 2, 256},
    {"rope.style", OptionType::kText, 0, 0, "half|interleaved"},
    {"store", OptionType::kText, 0, 0, "f32|bf16"},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<TileSpec> spec = SpecFromOptions(options);
  if (!spec.ok()) return spec.status();
  absl::StatusOr<std::optional<Rotary>> rotary = Rotary::FromOptions(options, spec->head_dim);
  if (!rotary.ok()) return rotary.status();
  const int64_t sinks = options.Int("sinks", 0);
  spec->bounded = true;
  if (options.Text("sinks_see", "past") == "all") {
    if (rotary->has_value()) return absl::UnimplementedError("rotary positions with sinks_see all");
    if (options.Has("window")) return absl::InvalidArgumentError("sinks_see all has left and right, not window");
    spec->left = options.Int("left", 0);
    spec->right = options.Int("right", 0);
    spec->pinned = spec->wait_for = sinks;
    auto pattern = std::make_unique<AllPattern>(spec->left, spec->right, sinks);
    return std::make_shared<TileLayer>(std::move(context), "sink_window", options, *std::move(spec),
                                       std::move(pattern), nullptr);
  }
  if (options.Has("left") || options.Has("right")) {
    return absl::InvalidArgumentError("left and right belong to sinks_see all; sinks_see past has a window");
  }
  if (!options.Has("window")) return absl::InvalidArgumentError("option window must be set");
  PastWindow window;
  window.sinks = sinks;
  window.window = options.Int("window", 1);
  window.chunk = options.Text("visibility", "token") == "chunk";
  window.sink_places = kernels::RoundUp(sinks, kKeyTile);
  spec->rotary = *std::move(rotary);
  spec->split = sinks;
  spec->gap = window.sink_places - sinks;
  spec->pinned = window.sink_places;
  spec->left = window.window;
  if (spec->rotary) spec->second_tiles = window.sink_places / kKeyTile;
  spec->explicit_segments = options.Text("segment", "") == "explicit";  // nothing to a token's visibility
  if (window.chunk) {
    spec->segment = options.Int("segment", 0);
    if (spec->segment == 0 && !spec->explicit_segments) {
      return absl::InvalidArgumentError("visibility chunk needs the option segment");
    }
    spec->left += spec->segment;
    if (spec->explicit_segments) spec->bounded = false;
  }
  return std::make_shared<PastLayer>(std::move(context), options, *spec, window);
}

}  // namespace

const Mechanism kSinkWindow = {"sink_window", kOptions, Create};

}  // namespace lwave::attention
