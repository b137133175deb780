// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// block_sparse: BigBird's internal transformer construction (Zaheer et al. 2020), exact for its plan. In blocks of b:
//   query blocks 0 and nb - 1 see everything; block x sees 0, x - 1, x, x + 1, nb - 1 (each once) and its random
//   blocks. Lists count with repetition: a block listed m times has m exp(score), that is, a bias of ln m.
// The plan is given (random_blocks [heads, nb - 2, num_random]) or, with plan zeros, is block 0 throughout, as a
// published implementation evaluates. At most full_up_to tokens: everything is open and there is no plan.
// Remembers everything: the last block is global, so no row leaves before the end; a stream needs max_tokens.
// Costs n (5 + r) b products a head, and two dense blocks of rows.

#include <algorithm>
#include <cmath>
#include <memory>

#include "absl/strings/str_cat.h"
#include "attention/mechanisms.h"
#include "attention/tile_layer.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;
using kernels::kQueryTile;

struct BlockPlan {
  int64_t block = 1, random = 0, full_up_to = 0;
  int64_t middle = -1;         // nb - 2 of a given plan; -1: block 0 throughout
  std::vector<int64_t> given;  // [heads, nb - 2, random]

  int64_t Blocks(int64_t total) const { return (total + block - 1) / block; }
  bool Full(int64_t total) const { return total <= full_up_to; }
  int64_t Random(int64_t head, int64_t x, int64_t i) const {
    if (middle < 0) return 0;
    return given[static_cast<size_t>((head * middle + x - 1) * random + i)];
  }
  // How often query block x lists key block y.
  int64_t Count(int64_t total, int64_t head, int64_t x, int64_t y) const {
    const int64_t last = Blocks(total) - 1;
    if (x == 0 || x == last) return 1;
    int64_t count = y == 0 || y == last || (y >= x - 1 && y <= x + 1) ? 1 : 0;
    for (int64_t i = 0; i < random; ++i) count += Random(head, x, i) == y;
    return count;
  }
};

class BlockPattern : public Pattern {
 public:
  explicit BlockPattern(const BlockPlan& plan) : plan_(plan) {}

  int64_t NextTile(const SequenceView& sequence, int64_t head, int64_t first_row, int64_t rows,
                   int64_t tile) const override {
    if (plan_.Full(sequence.total)) return tile;
    const int64_t last = plan_.Blocks(sequence.total) - 1;
    int64_t next = kNoTile;
    const auto consider = [&](int64_t block) {
      const int64_t low = block * plan_.block / kKeyTile;
      const int64_t high = ((block + 1) * plan_.block - 1) / kKeyTile;
      if (tile <= high) next = std::min(next, std::max(tile, low));
    };
    for (int64_t x = first_row / plan_.block; x <= (first_row + rows - 1) / plan_.block; ++x) {
      if (x == 0 || x >= last) return tile;
      for (int64_t block : {int64_t{0}, x - 1, x, x + 1, last}) consider(block);
      for (int64_t i = 0; i < plan_.random; ++i) consider(plan_.Random(head, x, i));
    }
    return next;
  }

  uint64_t Mask(const SequenceView& sequence, int64_t head, int64_t row, int64_t tile) const override {
    if (plan_.Full(sequence.total)) return ~uint64_t{0};
    const int64_t first = tile * kKeyTile;
    uint64_t mask = 0;
    for (int64_t y = first / plan_.block; y * plan_.block < first + kKeyTile; ++y) {
      if (plan_.Count(sequence.total, head, row / plan_.block, y) == 0) continue;
      mask |= Bits(y * plan_.block - first, (y + 1) * plan_.block - first);
    }
    return mask;
  }

 private:
  const BlockPlan plan_;
};

class RepetitionBias : public Bias {
 public:
  explicit RepetitionBias(const BlockPlan& plan) : plan_(plan) {}
  bool ByDistance() const override { return false; }

  bool Tile(const SequenceView& sequence, int64_t head, int64_t first_row, int64_t rows, int64_t tile,
            const float* /*query*/, int64_t /*query_stride*/, float* table) const override {
    if (plan_.Full(sequence.total)) return false;
    const int64_t first = tile * kKeyTile;
    const int64_t end = std::min(first + kKeyTile, plan_.Blocks(sequence.total) * plan_.block);
    bool any = false;
    const auto each = [&](const auto& visit) {
      for (int64_t r = 0; r < rows; ++r) {
        for (int64_t y = first / plan_.block; y * plan_.block < end; ++y) {
          const int64_t count = plan_.Count(sequence.total, head, (first_row + r) / plan_.block, y);
          if (count > 1) visit(r, y, count);
        }
      }
    };
    each([&](int64_t, int64_t, int64_t) { any = true; });
    if (!any) return false;
    std::fill_n(table, rows * kKeyTile, 0.0f);
    each([&](int64_t r, int64_t y, int64_t count) {
      const int64_t begin = std::max(y * plan_.block, first), stop = std::min((y + 1) * plan_.block, end);
      std::fill(table + r * kKeyTile + begin - first, table + r * kKeyTile + stop - first,
                std::log(static_cast<float>(count)));
    });
    return true;
  }
  // A block is listed twice only if one of the random ones is it.
  int64_t MostTiles(int64_t tiles) const override {
    const int64_t query_blocks = kQueryTile / plan_.block + 2;
    return std::min(tiles, query_blocks * plan_.random * ((plan_.block + kKeyTile - 2) / kKeyTile + 1));
  }

 private:
  const BlockPlan plan_;
};

class BlockLayer : public TileLayer {
 public:
  BlockLayer(ContextPtr context, const Options& options, const TileSpec& tile_spec, const BlockPlan& block_plan)
      : TileLayer(std::move(context), "block_sparse", options, tile_spec, std::make_unique<BlockPattern>(block_plan),
                  block_plan.random > 0 ? std::make_unique<RepetitionBias>(block_plan) : nullptr),
        plan_(block_plan) {}

  absl::Status CheckLength(int64_t total) const override {
    if (total == 0 || plan_.Full(total)) return absl::OkStatus();
    if (plan_.middle == kNoPlan) return absl::InvalidArgumentError("option random_blocks or plan must be set");
    const int64_t blocks = plan_.Blocks(total);
    if (blocks < 4) {
      return absl::InvalidArgumentError(absl::StrCat("block_sparse needs at least 4 blocks of ", plan_.block,
                                                     " tokens or at most full_up_to (", plan_.full_up_to,
                                                     ") tokens, got ", total, " tokens"));
    }
    if (plan_.middle >= 0 && plan_.middle != blocks - 2) {
      return absl::InvalidArgumentError(absl::StrCat("the plan is for ", plan_.middle + 2, " blocks, the ", total,
                                                     " tokens are ", blocks));
    }
    return absl::OkStatus();
  }

  static constexpr int64_t kNoPlan = -2;

 private:
  const BlockPlan plan_;
};

const OptionInfo kOptions[] = {
    {"block_size", OptionType::kInt, 1, 1 << 20},
    {"num_random", OptionType::kInt, 0, 1024},
    {"full_up_to", OptionType::kInt, 0, kMostTokens},
    {"plan", OptionType::kText, 0, 0, "given|zeros"},
    {"random_blocks", OptionType::kInts, 0, kMostTokens},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<TileSpec> spec = SpecFromOptions(options);
  if (!spec.ok()) return spec.status();
  BlockPlan plan;
  plan.block = options.Int("block_size", 64);
  plan.random = options.Int("num_random", 0);
  plan.full_up_to = options.Int("full_up_to", (5 + 2 * plan.random) * plan.block);
  const bool zeros = options.Text("plan", "given") == "zeros";
  if (plan.random > 0 && !zeros) {
    plan.given = options.Ints("random_blocks");
    const int64_t count = static_cast<int64_t>(plan.given.size());
    plan.middle = BlockLayer::kNoPlan;
    if (count > 0) {
      if (count % (spec->heads * plan.random) != 0) {
        return absl::InvalidArgumentError(absl::StrCat("option random_blocks must be [heads, blocks - 2, num_random], has ",
                                                       count, " numbers"));
      }
      plan.middle = count / (spec->heads * plan.random);
    }
    for (int64_t block : plan.given) {
      if (block >= plan.middle + 2) {
        return absl::InvalidArgumentError(
            absl::StrCat("option random_blocks names block ", block, " of ", plan.middle + 2));
      }
    }
  }
  spec->late = true;
  return std::make_shared<BlockLayer>(std::move(context), options, *spec, plan);
}

}  // namespace

const Mechanism kBlockSparse = {"block_sparse", kOptions, Create};

}  // namespace lwave::attention
