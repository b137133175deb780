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
// Costs n (left + right) products a head; dilated heads visit the tiles in between as well.

#include <algorithm>
#include <memory>

#include "attention/mechanisms.h"
#include "attention/tile_layer.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

struct Windows {
  std::vector<int64_t> left, right, dilation;  // [heads]
  std::vector<int64_t> global;                 // ascending
  bool causal = false;
};

class LocalPattern : public Pattern {
 public:
  explicit LocalPattern(const Windows& windows) : w_(windows) {}

  int64_t NextTile(const SequenceView&, int64_t head, int64_t first_row, int64_t rows, int64_t tile) const override {
    int64_t next = kNoTile;
    const int64_t low = std::max<int64_t>(0, first_row - Reach(w_.left, head)) / kKeyTile;
    const int64_t high = (first_row + rows - 1 + Reach(w_.right, head)) / kKeyTile;
    if (tile <= high) next = std::max(tile, low);
    const auto global = std::lower_bound(w_.global.begin(), w_.global.end(), tile * kKeyTile);
    if (global != w_.global.end()) next = std::min(next, *global / kKeyTile);
    return next;
  }

  uint64_t Mask(const SequenceView&, int64_t head, int64_t row, int64_t tile) const override {
    const int64_t first = tile * kKeyTile;
    const int64_t low = row - Reach(w_.left, head);
    const int64_t high = row + Reach(w_.right, head);
    const int64_t step = w_.dilation[static_cast<size_t>(head)];
    uint64_t mask = 0;
    if (step == 1) {
      mask = Bits(low - first, high + 1 - first);
    } else {
      int64_t key = std::max(low, first);
      key += ((row - key) % step + step) % step;  // the next one of the row's own residue
      for (; key <= high && key < first + kKeyTile; key += step) mask |= uint64_t{1} << (key - first);
    }
    for (auto global = std::lower_bound(w_.global.begin(), w_.global.end(), first);
         global != w_.global.end() && *global < first + kKeyTile; ++global) {
      mask |= uint64_t{1} << (*global - first);
    }
    return w_.causal ? mask & Bits(0, row + 1 - first) : mask;
  }

 private:
  int64_t Reach(const std::vector<int64_t>& side, int64_t head) const {
    return side[static_cast<size_t>(head)] * w_.dilation[static_cast<size_t>(head)];
  }
  const Windows w_;
};

class WindowLayer : public TileLayer {
 public:
  WindowLayer(ContextPtr context, const Options& options, const TileSpec& tile_spec, const Windows& sides)
      : TileLayer(std::move(context), "window", options, tile_spec, std::make_unique<LocalPattern>(sides), nullptr),
        windows(sides), global_pattern(sides.causal) {}

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
  Windows windows;
  windows.causal = options.Flag("causal");
  struct Side {
    const char* name;
    std::vector<int64_t>* list;
    int64_t otherwise;
  };
  for (const Side& side : {Side{"left", &windows.left, 0}, Side{"right", &windows.right, 0},
                           Side{"dilation", &windows.dilation, 1}}) {
    absl::StatusOr<std::vector<int64_t>> list = options.PerHead(side.name, spec->heads, side.otherwise);
    if (!list.ok()) return list.status();
    *side.list = *std::move(list);
  }
  windows.global = options.Ints("global");
  std::sort(windows.global.begin(), windows.global.end());
  if (std::adjacent_find(windows.global.begin(), windows.global.end()) != windows.global.end()) {
    return absl::InvalidArgumentError("option global names a token twice");
  }
  if (windows.causal) std::fill(windows.right.begin(), windows.right.end(), 0);
  for (size_t h = 0; h < windows.left.size(); ++h) {
    spec->left = std::max(spec->left, windows.left[h] * windows.dilation[h]);
    spec->right = std::max(spec->right, windows.right[h] * windows.dilation[h]);
  }
  spec->two_sets = options.Flag("global_projections");
  spec->bounded = windows.global.empty();
  spec->late = !spec->bounded && !windows.causal;
  return std::make_shared<WindowLayer>(std::move(context), options, *spec, windows);
}

}  // namespace

const Mechanism kWindow = {"window", kOptions, Create};

}  // namespace lwave::attention
