// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// transient_global: LongT5 (Guo et al. 2022), exact for what it defines.
//   a row sees the tokens within `radius` on both sides, and one summary for each whole block of global_block_size
//   tokens, in one softmax, with T5's biases: of distances to tokens, and of distances between blocks to summaries.
// Summaries are keys and values of their own, made by the caller (in LongT5 from the normalised sum of the block's
// rows, SummariesOf): n rows of q, and n + n / global_block_size rows of k and v, the summaries last.
// A token that the mask closes belongs to no summary. Tokens behind the last whole block belong to the summary of the
// last, where a block is whole if its last token is open; as many summaries are open as are belonged to, as in published
// code, so holes in a mask shift them. (That code divides by the block size in floating point; for sizes that are no
// powers of two it may put a token into the block before.)
// Costs n (2 radius + 1 + n / global_block_size) products. Cannot stream: a summary is seen from everywhere.

#include "attention/transient_global.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "absl/strings/str_cat.h"
#include "attention/mechanisms.h"
#include "attention/relative_buckets.h"
#include "attention/tile_layer.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;
using kernels::kQueryTile;

class SummaryPattern : public Pattern {
 public:
  explicit SummaryPattern(int64_t radius) : radius_(radius) {}

  int64_t NextTile(const SequenceView& sequence, int64_t, int64_t first_row, int64_t rows, int64_t tile) const override {
    const int64_t low = std::max<int64_t>(0, first_row - radius_) / kKeyTile;
    const int64_t high = std::min(first_row + rows - 1 + radius_, sequence.summaries_begin - 1) / kKeyTile;
    if (tile <= high) return std::max(tile, low);
    if (sequence.summaries == 0) return kNoTile;
    const int64_t last = (sequence.summaries_begin + sequence.summaries - 1) / kKeyTile;
    return tile <= last ? std::max(tile, sequence.summaries_begin / kKeyTile) : kNoTile;
  }

  uint64_t Mask(const SequenceView& sequence, int64_t, int64_t row, int64_t tile) const override {
    const int64_t first = tile * kKeyTile, begin = sequence.summaries_begin - first;
    return Bits(row - radius_ - first, std::min(row + radius_ + 1 - first, begin)) |
           Bits(begin, begin + sequence.summaries);
  }

  bool AllOpen(const SequenceView& sequence, int64_t, int64_t first_row, int64_t rows, int64_t tile) const override {
    const int64_t first = tile * kKeyTile, end = first + kKeyTile;
    if (first >= sequence.summaries_begin) return end <= sequence.summaries_begin + sequence.summaries;
    return first >= first_row + rows - 1 - radius_ && end - 1 <= first_row + radius_ && end <= sequence.summaries_begin;
  }

 private:
  const int64_t radius_;
};

class SummaryBias : public Bias {
 public:
  SummaryBias(std::unique_ptr<Bias> tokens, std::unique_ptr<Bias> blocks, int64_t radius, int64_t block)
      : tokens_(std::move(tokens)), blocks_(std::move(blocks)), radius_(radius), block_(block) {}
  bool ByDistance() const override { return false; }

  bool Tile(const SequenceView& sequence, int64_t head, int64_t first_row, int64_t rows, int64_t tile, const float*,
            int64_t, float* table) const override {
    const int64_t first = tile * kKeyTile, summaries = std::clamp<int64_t>(sequence.summaries_begin - first, 0, kKeyTile);
    for (int64_t r = 0; r < rows; ++r) {
      float* const row = table + r * kKeyTile;
      tokens_->Distances(head, first - (first_row + r), summaries, row);
      if (summaries == kKeyTile) continue;
      const int64_t own = sequence.summary_of[static_cast<size_t>(first_row + r)];
      blocks_->Distances(head, first + summaries - sequence.summaries_begin - own, kKeyTile - summaries, row + summaries);
    }
    return true;
  }
  int64_t MostTiles(int64_t tiles) const override {
    return std::min(tiles, (kQueryTile + 2 * radius_) / kKeyTile + 2 + tiles / block_ + 2);
  }

 private:
  const std::unique_ptr<Bias> tokens_, blocks_;
  const int64_t radius_, block_;
};

class SummaryLayer : public TileLayer {
 public:
  SummaryLayer(ContextPtr context, const Options& options, const TileSpec& tile_spec, int64_t radius, int64_t size,
               std::unique_ptr<Bias> bias)
      : TileLayer(std::move(context), "transient_global", options, tile_spec, std::make_unique<SummaryPattern>(radius),
                  std::move(bias)),
        block(size) {}
  absl::Status CanStream() const override {
    return absl::UnimplementedError("a layer of kind transient_global cannot stream: every row sees the summaries of all"
                                    " blocks, and the caller makes these from all rows");
  }

  const int64_t block;

 protected:
  std::unique_ptr<TileState> MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
                                       bool whole) const override;
};

class SummaryState : public TileState {
 public:
  SummaryState(const SummaryLayer& layer, Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
               bool whole)
      : TileState(layer, arena, ring, waiting, chunk, whole), block_(layer.block) {
    summary_of_ = arena.Take<int32_t>(ring.slots() * kKeyTile);
  }

  absl::Status WholeBegin(int64_t rows, int64_t keys) override {
    if (keys != rows + rows / block_) {
      return absl::InvalidArgumentError(absl::StrCat("with ", rows, " rows there must be as many keys and another ",
                                                     rows / block_, " for the blocks of ", block_, " tokens, got ",
                                                     keys, " keys"));
    }
    rows_ = rows;
    return TileState::WholeBegin(rows, keys);
  }

  void WholeQueries(const float* q, int64_t rows, float* out) override {
    if (emitted_ == 0) {
      const absl::Span<int32_t> of = summary_of_.subspan(0, static_cast<size_t>(rows_));
      view_.summaries_begin = rows_;
      view_.summaries = SummariesOf(block_, [&](int64_t row) { return sets_[0].IsOpen(row); }, of);
      view_.summary_of = of;
    }
    TileState::WholeQueries(q, rows, out);
  }

 private:
  const int64_t block_;
  int64_t rows_ = 0;
  absl::Span<int32_t> summary_of_;  // [rows]
};

std::unique_ptr<TileState> SummaryLayer::MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting,
                                                   int64_t chunk, bool whole) const {
  return std::make_unique<SummaryState>(*this, arena, ring, waiting, chunk, whole);
}

const OptionInfo kOptions[] = {
    {"radius", OptionType::kInt, 0, 1 << 24},
    {"global_block_size", OptionType::kInt, 1, 1 << 24},
    {"relative_buckets", OptionType::kInt, 2, 1 << 16},
    {"relative_max_distance", OptionType::kInt, 2, 1 << 16},
    {"relative_bias", OptionType::kFloats},
    {"summary_bias", OptionType::kFloats},
    {"store", OptionType::kText, 0, 0, "f32|bf16"},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<TileSpec> spec = SpecFromOptions(options);
  if (!spec.ok()) return spec.status();
  for (const char* name : {"radius", "global_block_size"}) {
    if (!options.Has(name)) return absl::InvalidArgumentError(absl::StrCat("option ", name, " must be set"));
  }
  if (options.Has("relative_bias") != options.Has("summary_bias")) {
    return absl::InvalidArgumentError("options relative_bias and summary_bias are set together");
  }
  const int64_t radius = options.Int("radius", 0), block = options.Int("global_block_size", 1);
  std::unique_ptr<Bias> bias;
  if (options.Has("relative_bias")) {
    absl::StatusOr<std::unique_ptr<Bias>> tokens = BucketBiasFromOptions(options, spec->heads, false);
    if (!tokens.ok()) return tokens.status();
    absl::StatusOr<std::unique_ptr<Bias>> blocks = BucketBiasFromOptions(options, spec->heads, false, "summary_bias");
    if (!blocks.ok()) return blocks.status();
    bias = std::make_unique<SummaryBias>(*std::move(tokens), *std::move(blocks), radius, block);
  }
  spec->cross = true;
  spec->late = true;
  return std::make_shared<SummaryLayer>(std::move(context), options, *spec, radius, block, std::move(bias));
}

}  // namespace

const Mechanism kTransientGlobal = {"transient_global", kOptions, Create};

}  // namespace lwave::attention
