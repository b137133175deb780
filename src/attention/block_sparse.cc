// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// block_sparse: BigBird's internal transformer construction (Zaheer et al. 2020), exact for its plan. In blocks of b:
//   query blocks 0 and nb - 1 see everything; block x sees 0, x - 1, x, x + 1, nb - 1 (each once) and its random
//   blocks. Lists count with repetition: a block listed m times has m exp(score), that is, a bias of ln m.
// The plan is given (random_blocks [heads, nb - 2, num_random]), drawn from a seed as the published code draws it in
// training (block_plan.h), or, with plan zeros, block 0 throughout, as a published implementation evaluates. At most
// full_up_to tokens: everything is open and there is no plan. A whole sequence may have a plan of its own
// (SetRandomBlocks).
// Remembers everything: the last block is global, so no row leaves before the end; a stream needs max_tokens.
// Costs n (5 + r) b products a head, and two dense blocks of rows.

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

#include "absl/strings/str_cat.h"
#include "attention/block_plan.h"
#include "attention/mechanisms.h"
#include "attention/tile_layer.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;
using kernels::kQueryTile;

constexpr int64_t kPublishedTokens = 4096;  // max_position_embeddings of the published models

struct BlockPlan {
  enum class Kind { kNone, kGiven, kZeros, kSeeded };
  Kind kind = Kind::kNone;  // kNone: only what needs no plan
  int64_t block = 1, random = 0, full_up_to = 0;
  RandomBlocks given;
  std::optional<BlockPlans> seeded;

  int64_t Blocks(int64_t total) const { return (total + block - 1) / block; }
  bool Full(int64_t total) const { return total <= full_up_to; }
  // Those of query block x; null: block 0 throughout.   // [random]
  const int32_t* Random(const SequenceView& sequence, int64_t head, int64_t x) const {
    if (!sequence.random_blocks.empty()) {
      return sequence.random_blocks.data() + (head * (Blocks(sequence.total) - 2) + x - 1) * random;
    }
    if (kind == Kind::kZeros || random == 0) return nullptr;
    const RandomBlocks& table = kind == Kind::kSeeded ? seeded->At(sequence.total) : given;
    return table.ids.data() + (head * (table.blocks - 2) + x - 1) * random;
  }
  // How often query block x lists key block y.
  int64_t Count(const SequenceView& sequence, int64_t head, int64_t x, int64_t y) const {
    const int64_t last = Blocks(sequence.total) - 1;
    if (x == 0 || x == last) return 1;
    int64_t count = y == 0 || y == last || (y >= x - 1 && y <= x + 1) ? 1 : 0;
    const int32_t* ids = Random(sequence, head, x);
    if (ids == nullptr) return count + (y == 0 ? random : 0);
    for (int64_t i = 0; i < random; ++i) count += ids[i] == y;
    return count;
  }
};
using BlockPlanPtr = std::shared_ptr<const BlockPlan>;

class BlockPattern : public Pattern {
 public:
  explicit BlockPattern(BlockPlanPtr plan) : shared_(std::move(plan)), plan_(*shared_) {}

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
      const int32_t* ids = plan_.Random(sequence, head, x);
      for (int64_t i = 0; ids != nullptr && i < plan_.random; ++i) consider(ids[i]);
    }
    return next;
  }

  uint64_t Mask(const SequenceView& sequence, int64_t head, int64_t row, int64_t tile) const override {
    if (plan_.Full(sequence.total)) return ~uint64_t{0};
    const int64_t first = tile * kKeyTile;
    uint64_t mask = 0;
    for (int64_t y = first / plan_.block; y * plan_.block < first + kKeyTile; ++y) {
      if (plan_.Count(sequence, head, row / plan_.block, y) == 0) continue;
      mask |= Bits(y * plan_.block - first, (y + 1) * plan_.block - first);
    }
    return mask;
  }

 private:
  const BlockPlanPtr shared_;
  const BlockPlan& plan_;
};

class RepetitionBias : public Bias {
 public:
  explicit RepetitionBias(BlockPlanPtr plan) : shared_(std::move(plan)), plan_(*shared_) {}
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
          const int64_t count = plan_.Count(sequence, head, (first_row + r) / plan_.block, y);
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
  const BlockPlanPtr shared_;
  const BlockPlan& plan_;
};

class BlockLayer : public TileLayer {
 public:
  BlockLayer(ContextPtr context, const Options& options, const TileSpec& tile_spec, const BlockPlanPtr& block_plan)
      : TileLayer(std::move(context), "block_sparse", options, tile_spec, std::make_unique<BlockPattern>(block_plan),
                  block_plan->random > 0 ? std::make_unique<RepetitionBias>(block_plan) : nullptr),
        shared_(block_plan),
        plan_(*shared_) {}

  absl::Status CheckLength(int64_t total) const override {
    if (total == 0 || plan_.Full(total)) return absl::OkStatus();
    if (plan_.kind == BlockPlan::Kind::kNone) {
      return absl::InvalidArgumentError("option random_blocks or plan must be set");
    }
    const int64_t blocks = plan_.Blocks(total);
    if (blocks < 4) {
      return absl::InvalidArgumentError(absl::StrCat("block_sparse needs at least 4 blocks of ", plan_.block,
                                                     " tokens or at most full_up_to (", plan_.full_up_to,
                                                     ") tokens, got ", total, " tokens"));
    }
    if (plan_.kind == BlockPlan::Kind::kSeeded) return plan_.seeded->Check(total);
    if (plan_.kind == BlockPlan::Kind::kGiven && plan_.given.blocks != blocks) {
      return absl::InvalidArgumentError(absl::StrCat("the plan is for ", plan_.given.blocks, " blocks, the ", total,
                                                     " tokens are ", blocks));
    }
    return absl::OkStatus();
  }

  // random_blocks [heads, nb - 2, num_random]: as given, else of a sequence of max_tokens, or of plan_tokens
  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override {
    if (name != "random_blocks" || plan_.random == 0) return TileLayer::ReadPart(name);
    const bool given = plan_.kind == BlockPlan::Kind::kGiven;
    const int64_t tokens = given ? plan_.given.blocks * plan_.block : PlanTokens();
    const absl::Status status = CheckLength(tokens);
    if (!status.ok()) return status;
    std::vector<float> part;
    SequenceView sequence;
    sequence.total = tokens;
    if (plan_.Full(tokens) && !given) return part;
    for (int64_t h = 0; h < spec().heads; ++h) {
      for (int64_t x = 1; x < plan_.Blocks(tokens) - 1; ++x) {
        const int32_t* ids = plan_.Random(sequence, h, x);
        for (int64_t i = 0; i < plan_.random; ++i) part.push_back(ids == nullptr ? 0.0f : static_cast<float>(ids[i]));
      }
    }
    return part;
  }

 protected:
  std::unique_ptr<TileState> MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
                                       bool whole) const override;

 private:
  int64_t PlanTokens() const {
    return spec().max_tokens > 0 ? spec().max_tokens : options().Int("plan_tokens", kPublishedTokens);
  }

  const BlockPlanPtr shared_;
  const BlockPlan& plan_;
};

// Whole sequences may have a plan of their own.
class BlockState : public TileState {
 public:
  BlockState(const BlockLayer& layer, const BlockPlan& plan, Arena& arena, const memory::TileRing& ring,
             int64_t waiting, int64_t chunk, bool whole)
      : TileState(layer, arena, ring, waiting, chunk, whole), plan_(plan) {
    if (whole) own_ = arena.Take<int32_t>(spec_.heads * plan.random * plan.Blocks(ring.slots() * kKeyTile));
  }

  absl::Status SetRandomBlocks(absl::Span<const int64_t> blocks) override {
    const int64_t count = static_cast<int64_t>(blocks.size()), row = spec_.heads * plan_.random;
    if (own_.empty() || received_ > 0) {
      return absl::FailedPreconditionError("random blocks are given to a whole sequence, before its first row");
    }
    if (count == 0 || count % row != 0 || blocks.size() > own_.size()) {
      return absl::InvalidArgumentError(
          absl::StrCat("random blocks must be [heads (", spec_.heads, "), blocks - 2, num_random (", plan_.random,
                       ")], got ", count, " numbers"));
    }
    for (int64_t block : blocks) {
      if (block >= 0 && block < count / row + 2) continue;
      return absl::InvalidArgumentError(absl::StrCat("there is no random block ", block, " of ", count / row + 2));
    }
    std::copy(blocks.begin(), blocks.end(), own_.begin());
    view_.random_blocks = own_.subspan(0, blocks.size());
    return absl::OkStatus();
  }

  absl::Status WholeBegin(int64_t rows, int64_t keys) override {
    if (view_.random_blocks.empty() || plan_.Full(keys)) return TileState::WholeBegin(rows, keys);
    const int64_t planned = static_cast<int64_t>(view_.random_blocks.size()) / (spec_.heads * plan_.random) + 2;
    if (planned == plan_.Blocks(keys) && planned >= 4) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat("the random blocks are of ", planned, " blocks, the ", keys,
                                                   " tokens are ", plan_.Blocks(keys), ", of at least 4"));
  }

 private:
  const BlockPlan& plan_;
  absl::Span<int32_t> own_;  // [heads, blocks - 2, random]
};

std::unique_ptr<TileState> BlockLayer::MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting,
                                                 int64_t chunk, bool whole) const {
  return std::make_unique<BlockState>(*this, plan_, arena, ring, waiting, chunk, whole);
}

const OptionInfo kOptions[] = {
    {"block_size", OptionType::kInt, 1, 1 << 20},
    {"num_random", OptionType::kInt, 0, 1024},
    {"full_up_to", OptionType::kInt, 0, kMostTokens},
    {"plan", OptionType::kText, 0, 0, "given|zeros|seeded"},
    {"random_blocks", OptionType::kInts, 0, kMostTokens},
    {"seed", OptionType::kInt, 0, 4294967295.0},
    {"plan_algorithm", OptionType::kText, 0, 0, "by_length|block_rand_mask|block_rand_mask_with_head"},
    {"plan_tokens", OptionType::kInt, 1, 1 << 24},
    {"store", OptionType::kText, 0, 0, "f32|bf16"},
};

absl::Status ReadGiven(const Options& options, int64_t heads, BlockPlan* plan) {
  const std::vector<int64_t>& ids = options.Ints("random_blocks");
  const int64_t count = static_cast<int64_t>(ids.size());
  if (count == 0) return absl::OkStatus();
  if (count % (heads * plan->random) != 0) {
    return absl::InvalidArgumentError(absl::StrCat("option random_blocks must be [heads, blocks - 2, num_random], has ",
                                                   count, " numbers"));
  }
  plan->kind = BlockPlan::Kind::kGiven;
  plan->given.blocks = count / (heads * plan->random) + 2;
  for (int64_t block : ids) {
    if (block >= plan->given.blocks) {
      return absl::InvalidArgumentError(
          absl::StrCat("option random_blocks names block ", block, " of ", plan->given.blocks));
    }
    plan->given.ids.push_back(static_cast<int32_t>(block));
  }
  return absl::OkStatus();
}

absl::Status ReadSeeded(const Options& options, int64_t heads, BlockPlan* plan) {
  SeededPlan seeded;
  if (!options.Has("seed")) {
    return absl::InvalidArgumentError("option seed must be set: the published code takes the layer's index");
  }
  const std::string algorithm = options.Text("plan_algorithm", "by_length");
  seeded.algorithm = algorithm == "by_length"         ? BlockPlanAlgorithm::kByLength
                     : algorithm == "block_rand_mask" ? BlockPlanAlgorithm::kBlockRandMask
                                                      : BlockPlanAlgorithm::kBlockRandMaskWithHead;
  seeded.seed = static_cast<uint32_t>(options.Int("seed", 0));
  seeded.heads = heads;
  seeded.block = plan->block;
  seeded.random = plan->random;
  seeded.tokens = options.Int("plan_tokens", kPublishedTokens);
  seeded.full_up_to = plan->full_up_to;
  absl::StatusOr<BlockPlans> plans = BlockPlans::Create(seeded);
  if (!plans.ok()) return plans.status();
  plan->kind = BlockPlan::Kind::kSeeded;
  plan->seeded = *std::move(plans);
  return absl::OkStatus();
}

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<TileSpec> spec = SpecFromOptions(options);
  if (!spec.ok()) return spec.status();
  const auto plan = std::make_shared<BlockPlan>();
  plan->block = options.Int("block_size", 64);
  plan->random = options.Int("num_random", 0);
  plan->full_up_to = options.Int("full_up_to", (5 + 2 * plan->random) * plan->block);
  const std::string kind = options.Text("plan", "given");
  absl::Status status;
  if (!options.Ints("random_blocks").empty() && (plan->random == 0 || kind != "given")) {
    return absl::InvalidArgumentError("option random_blocks is for plan given and num_random above 0");
  }
  if (plan->random == 0 || kind == "zeros") {
    plan->kind = BlockPlan::Kind::kZeros;
  } else {
    status = (kind == "seeded" ? ReadSeeded : ReadGiven)(options, spec->heads, plan.get());
  }
  if (!status.ok()) return status;
  spec->late = true;
  return std::make_shared<BlockLayer>(std::move(context), options, *spec, plan);
}

}  // namespace

const Mechanism kBlockSparse = {"block_sparse", kOptions, Create};

}  // namespace lwave::attention
