// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// chunked: the local attention of Reformer models as published code has it (Kitaev et al. 2020), exact.
//   a row of chunk x (of chunk_length tokens) sees chunks x - chunks_before to x + chunks_after, counted around the
//   sequence's ends: the first also sees the last. A chunk that is met m times counts m times, a bias of ln m. causal
//   closes what lies ahead. At most chunk_length tokens: everything is open. Padding rows are the caller's: they are
//   tokens that the mask closes, and make the circle longer.
// Causal with one chunk before and none after there is no circle: then a stream remembers 2 chunk_length - 1 rows and
// gives each at once. Otherwise rows leave when the sequence is finished, and a stream needs max_tokens.
// Costs n (chunks_before + 1 + chunks_after) chunk_length products.

#include <algorithm>
#include <cmath>
#include <memory>

#include "attention/mechanisms.h"
#include "attention/tile_layer.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

struct Chunks {
  int64_t length = 1, before = 1, after = 0;
  bool causal = false;

  bool Circle() const { return !causal || before > 1 || after > 0; }
  bool Full(int64_t total) const { return total <= length; }
  int64_t Count(int64_t total) const { return (total + length - 1) / length; }
  // Whether chunk x + offset is there, of a sequence of so many tokens, and which it is.
  bool At(int64_t total, int64_t x, int64_t offset, int64_t* y) const {
    *y = x + offset;
    if (Circle()) {
      const int64_t count = Count(total);
      *y = ((*y % count) + count) % count;
    }
    return *y >= 0;
  }
  // How often a row of chunk x meets chunk y.
  int64_t Times(int64_t total, int64_t x, int64_t y) const {
    int64_t times = 0, other;
    for (int64_t offset = -before; offset <= after; ++offset) times += At(total, x, offset, &other) && other == y;
    return times;
  }
  bool MayRepeat(int64_t total) const { return Circle() && !Full(total) && Count(total) <= before + after; }
};

class ChunkedPattern : public Pattern {
 public:
  explicit ChunkedPattern(const Chunks& chunks) : c_(chunks) {}

  int64_t NextTile(const SequenceView& sequence, int64_t, int64_t first_row, int64_t rows, int64_t tile) const override {
    if (c_.causal && tile * kKeyTile >= first_row + rows) return kNoTile;
    if (c_.Circle() && c_.Full(sequence.total)) return tile;
    int64_t next = kNoTile, y;
    for (int64_t x = first_row / c_.length; x <= (first_row + rows - 1) / c_.length; ++x) {
      for (int64_t offset = -c_.before; offset <= c_.after; ++offset) {
        if (!c_.At(sequence.total, x, offset, &y)) continue;
        const int64_t low = y * c_.length / kKeyTile, high = ((y + 1) * c_.length - 1) / kKeyTile;
        if (tile <= high) next = std::min(next, std::max(tile, low));
      }
    }
    return next;
  }

  uint64_t Mask(const SequenceView& sequence, int64_t, int64_t row, int64_t tile) const override {
    const int64_t first = tile * kKeyTile;
    const uint64_t up_to_row = c_.causal ? Bits(0, row + 1 - first) : ~uint64_t{0};
    if (c_.Circle() && c_.Full(sequence.total)) return up_to_row;
    uint64_t mask = 0;
    int64_t y;
    for (int64_t offset = -c_.before; offset <= c_.after; ++offset) {
      if (!c_.At(sequence.total, row / c_.length, offset, &y)) continue;
      mask |= Bits(y * c_.length - first, (y + 1) * c_.length - first);
    }
    return mask & up_to_row;
  }

 private:
  const Chunks c_;
};

class RepeatedChunks : public Bias {
 public:
  explicit RepeatedChunks(const Chunks& chunks) : c_(chunks) {}
  bool ByDistance() const override { return false; }

  bool Tile(const SequenceView& sequence, int64_t, int64_t first_row, int64_t rows, int64_t tile, const float*, int64_t,
            float* table) const override {
    if (!c_.MayRepeat(sequence.total)) return false;
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t k = 0; k < kKeyTile; ++k) {
        const int64_t times = c_.Times(sequence.total, (first_row + r) / c_.length, (tile * kKeyTile + k) / c_.length);
        table[r * kKeyTile + k] = times > 1 ? std::log(static_cast<float>(times)) : 0.0f;
      }
    }
    return true;
  }
  // Only sequences of few chunks meet one twice.
  int64_t MostTiles(int64_t tiles) const override {
    return std::min(tiles, (c_.before + c_.after) * c_.length / kKeyTile + 1);
  }

 private:
  const Chunks c_;
};

const OptionInfo kOptions[] = {
    {"causal", OptionType::kInt, 0, 1},
    {"chunk_length", OptionType::kInt, 1, 1 << 24},
    {"chunks_before", OptionType::kInt, 0, 1024},
    {"chunks_after", OptionType::kInt, 0, 1024},
    {"store", OptionType::kText, 0, 0, "f32|bf16"},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<TileSpec> spec = SpecFromOptions(options);
  if (!spec.ok()) return spec.status();
  Chunks chunks;
  chunks.causal = options.Flag("causal");
  chunks.length = options.Int("chunk_length", 0);
  if (chunks.length < 1) return absl::InvalidArgumentError("option chunk_length must be set");
  chunks.before = options.Int("chunks_before", 1);
  chunks.after = options.Int("chunks_after", 0);
  spec->bounded = !chunks.Circle();
  spec->late = chunks.Circle();
  if (spec->bounded) spec->left = (chunks.before + 1) * chunks.length - 1;
  return std::make_shared<TileLayer>(std::move(context), "chunked", options, *spec,
                                     std::make_unique<ChunkedPattern>(chunks),
                                     chunks.Circle() && chunks.before + chunks.after > 0
                                         ? std::make_unique<RepeatedChunks>(chunks)
                                         : nullptr);
}

}  // namespace

const Mechanism kChunked = {"chunked", kOptions, Create};

}  // namespace lwave::attention
