// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// window: Longformer (Beltagy et al. 2020), exact.
//   a row sees the tokens i + s D_h, -left <= s <= right, and all global tokens, in one softmax; a global row sees
//   every token, with q, k and v of its own where global_projections says that rows hold two sets of heads.
// left, right and dilation are one number or one a head. causal closes what lies ahead for all of them. A global
// token that the mask closes, or that lies behind the end, is none.
// Remembers without global tokens max(left D) + max(right D) rows of keys and values; with them, which must see
// everything, all rows (max_tokens), and two-sided rows leave only when the sequence is finished.
// Costs n (left + right) products a head, dilated or not.

#include <algorithm>
#include <memory>

#include "attention/mechanisms.h"
#include "attention/tile_layer.h"
#include "attention/window_heads.h"

namespace lwave::attention {
namespace {

class WindowLayer : public TileLayer {
 public:
  WindowLayer(ContextPtr context, const Options& options, const TileSpec& tile_spec, const Windows& sides)
      : TileLayer(std::move(context), "window", options, tile_spec, std::make_unique<LocalPattern>(sides), nullptr),
        windows(sides), global_pattern(sides.causal) {}

  bool UsesSecondQuery(int64_t row) const override {
    return std::binary_search(windows.global.begin(), windows.global.end(), row);
  }

  const Windows windows;
  const FullPattern global_pattern;  // what a global row sees

 protected:
  std::unique_ptr<TileState> MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
                                       bool whole) const override;
};

class WindowState : public TileState {
 public:
  WindowState(const WindowLayer& layer, Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
              bool whole)
      : TileState(layer, arena, ring, waiting, chunk, whole), window_layer_(layer) {}

 protected:
  void AttendChunk(const float* q, int64_t first_row, int64_t rows, float* out) override {
    TileState::AttendChunk(q, first_row, rows, out);
    const RowWidths width = layer_.widths();
    for (int64_t token : window_layer_.windows.global) {
      if (token < first_row || token >= first_row + rows) continue;
      const int64_t row = token - first_row;
      const float* query = q + row * width.q + (spec_.two_sets ? spec_.heads * spec_.head_dim : 0);
      AttendSet(spec_.two_sets ? 1 : 0, window_layer_.global_pattern, query, token, 1, out + row * width.out);
    }
  }

 private:
  const WindowLayer& window_layer_;
};

std::unique_ptr<TileState> WindowLayer::MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting,
                                                  int64_t chunk, bool whole) const {
  return std::make_unique<WindowState>(*this, arena, ring, waiting, chunk, whole);
}

const OptionInfo kOptions[] = {
    {"left", OptionType::kInts, 0, 1 << 24},
    {"right", OptionType::kInts, 0, 1 << 24},
    {"dilation", OptionType::kInts, 1, 1 << 12},
    {"global", OptionType::kInts, 0, kMostTokens},
    {"global_projections", OptionType::kInt, 0, 1},
    {"causal", OptionType::kInt, 0, 1},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<TileSpec> spec = SpecFromOptions(options);
  if (!spec.ok()) return spec.status();
  absl::StatusOr<Windows> made = WindowsFromOptions(options, spec->heads);
  if (!made.ok()) return made.status();
  Windows& windows = *made;
  windows.global = options.Ints("global");
  std::sort(windows.global.begin(), windows.global.end());
  if (std::adjacent_find(windows.global.begin(), windows.global.end()) != windows.global.end()) {
    return absl::InvalidArgumentError("option global names a token twice");
  }
  for (int64_t head = 0; head < spec->heads; ++head) {
    spec->left = std::max(spec->left, windows.Behind(head));
    spec->right = std::max(spec->right, windows.Ahead(head));
  }
  spec->two_sets = options.Flag("global_projections");
  spec->bounded = windows.global.empty();
  spec->late = !spec->bounded && !windows.causal;
  return std::make_shared<WindowLayer>(std::move(context), options, *spec, windows);
}

}  // namespace

const Mechanism kWindow = {"window", kOptions, Create};

}  // namespace lwave::attention
