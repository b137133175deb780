// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// BigBird's two published ways of drawing a plan. Which list is permuted when is what makes their numbers, so the
// oddities of both are kept: lists that leave out a block too many or too few, and a last row drawn for nothing.

#include "attention/block_plan.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "attention/numpy_random.h"

namespace lwave::attention {
namespace {

constexpr int64_t kMostIds = int64_t{1} << 28;

// Writes chosen blocks to `count` places, as numpy assigns to a slice.
absl::Status Assign(const std::vector<int32_t>& chosen, int64_t x, int64_t blocks, int64_t count, int32_t* to) {
  if (chosen.size() == 1) {
    std::fill_n(to, count, chosen[0]);
    return absl::OkStatus();
  }
  if (static_cast<int64_t>(chosen.size()) == count) {
    std::copy(chosen.begin(), chosen.end(), to);
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("the published plan finds ", chosen.size(),
                                                 " random blocks for block ", x, " of ", blocks, " and needs ", count));
}

// ids begin + 1 .. end of the list 1 .. blocks - 2, as middle[begin:end] cuts it.
void AddSlice(int64_t blocks, int64_t begin, int64_t end, std::vector<int32_t>* list) {
  for (int64_t i = begin; i < std::min(end, blocks - 2); ++i) list->push_back(static_cast<int32_t>(i + 1));
}

// `count` of the blocks [begin, end) for block x: in an order drawn anew, those that are not seen already.
std::vector<int32_t> Draw(NumpyRandom& random, int64_t x, int64_t begin, int64_t end, int64_t count) {
  std::vector<int32_t> order;
  for (int64_t y = begin; y < end; ++y) order.push_back(static_cast<int32_t>(y));
  std::vector<int32_t> chosen;
  for (int32_t y : random.Permutation(std::move(order))) {
    const bool seen = (y >= x - 1 && y <= x + 1) || y == 0 || y == end - 1;
    if (seen || (x == 1 && y == end - 2) || (x == end - 2 && y == 1)) continue;
    chosen.push_back(y);
    if (static_cast<int64_t>(chosen.size()) == count) break;
  }
  return chosen;
}

// Places [at, at + count) of a row are drawn from the blocks [begin, end).
struct Segment {
  int64_t begin, end, at, count;
};

}  // namespace

absl::StatusOr<RandomBlocks> BlockRandMask(uint32_t seed, int64_t heads, int64_t blocks, int64_t random, int64_t last) {
  NumpyRandom numbers(seed);
  RandomBlocks table;
  table.blocks = blocks;
  table.ids.resize(static_cast<size_t>(heads * (blocks - 2) * random));
  int32_t* to = table.ids.data();
  for (int64_t h = 0; h < heads; ++h) {
    for (int64_t x = 1; x < blocks - 1; ++x, to += random) {
      std::vector<int32_t> list;
      if (x <= 2) {
        AddSlice(blocks, x + 1, last, &list);
      } else if (x >= blocks - 3 || x - 2 > last) {
        AddSlice(blocks, 0, last, &list);
      } else {
        AddSlice(blocks, 0, x - 2, &list);
        if (x + 1 != last) AddSlice(blocks, x + 1, last, &list);
      }
      list = numbers.Permutation(std::move(list));
      list.resize(std::min(list.size(), static_cast<size_t>(random)));
      const absl::Status status = Assign(list, x, blocks, random, to);
      if (!status.ok()) return status;
    }
  }
  return table;
}

absl::StatusOr<RandomBlocks> BlockRandMaskWithHead(uint32_t seed, int64_t heads, int64_t blocks, int64_t random) {
  NumpyRandom numbers(seed);
  std::vector<int32_t> rows(static_cast<size_t>(heads * blocks * random));  // the first and last are left out below
  const auto draw = [&](int64_t from, int64_t to, const Segment& segment) {
    absl::Status status;
    if (segment.count == 0) return status;
    for (int64_t x = from; x < to; ++x) {
      for (int64_t h = 0; h < heads; ++h) {
        status = Assign(Draw(numbers, x, segment.begin, segment.end, segment.count), x, blocks, segment.count,
                        rows.data() + (h * blocks + x) * random + segment.at);
        if (!status.ok()) return status;
      }
    }
    return status;
  };
  // The first segment and the rest of the blocks, with their shares of the random ones.
  Segment near = {0, blocks, 0, random}, far = {blocks, blocks, random, 0};
  if (2 * random + 5 < blocks) {
    near.end = far.begin = 2 * random + 5;
  } else if (random + 5 < blocks) {
    near.end = far.begin = random + 5;
    near.count = far.at = random / 2;
    far.count = random - random / 2;
  }
  absl::Status status = draw(1, near.end, near);
  if (status.ok()) status = draw(1, near.end, far);
  if (status.ok()) status = draw(near.end, blocks, near);
  if (status.ok()) status = draw(near.end, blocks, far);
  if (!status.ok()) return status;
  RandomBlocks table;
  table.blocks = blocks;
  for (int64_t h = 0; h < heads; ++h) {
    table.ids.insert(table.ids.end(), rows.begin() + (h * blocks + 1) * random,
                     rows.begin() + ((h + 1) * blocks - 1) * random);
  }
  return table;
}

bool BlockPlans::ByBlockRandMask(int64_t blocks) const {
  const int64_t tokens = blocks * plan_.block;
  switch (plan_.algorithm) {
    case BlockPlanAlgorithm::kBlockRandMask: return true;
    case BlockPlanAlgorithm::kBlockRandMaskWithHead: return false;
    case BlockPlanAlgorithm::kByLength: break;
  }
  return tokens == 1024 || tokens == 3072 || tokens == 4096;
}

absl::StatusOr<BlockPlans> BlockPlans::Create(const SeededPlan& plan) {
  BlockPlans plans;
  plans.plan_ = plan;
  const int64_t most = (plan.tokens + plan.block - 1) / plan.block;
  const int64_t all_above = 2 * plan.random + 6;
  const auto wanted = [&](int64_t blocks) {
    return blocks >= 4 && blocks <= most && blocks * plan.block > plan.full_up_to;
  };
  int64_t rows = 2 * most;
  for (int64_t blocks = 4; blocks < std::min(most + 1, all_above); ++blocks) rows += wanted(blocks) ? blocks : 0;
  if (rows > kMostIds / (plan.heads * plan.random)) {
    return absl::InvalidArgumentError(absl::StrCat("seeded plans of ", plan.random,
                                                   " random blocks for every length up to ", plan.tokens,
                                                   " tokens are too large; raise full_up_to"));
  }
  for (int64_t blocks = 4; blocks <= most && !plans.mask_.ok(); ++blocks) {
    if (!wanted(blocks) || !plans.ByBlockRandMask(blocks)) continue;
    const int64_t of_table = plan.tokens / plan.block;
    plans.mask_ = BlockRandMask(plan.seed, plan.heads, of_table, plan.random,
                                1024 > 2 * plan.block ? 1024 / plan.block - 1 : of_table - 1);
    if (!plans.mask_.ok()) break;
  }
  if (plan.algorithm == BlockPlanAlgorithm::kBlockRandMask) return plans;
  for (int64_t blocks = 0; blocks < std::min(most + 1, all_above); ++blocks) {
    plans.with_head_.push_back(absl::InvalidArgumentError("no plan of this length"));
    if (wanted(blocks)) plans.with_head_.back() = BlockRandMaskWithHead(plan.seed, plan.heads, blocks, plan.random);
  }
  if (most >= all_above) {
    plans.with_head_.push_back(BlockRandMaskWithHead(plan.seed, plan.heads, most, plan.random));
  }
  return plans;
}

const absl::StatusOr<RandomBlocks>& BlockPlans::Find(int64_t tokens) const {
  const int64_t blocks = (tokens + plan_.block - 1) / plan_.block;
  if (ByBlockRandMask(blocks)) return mask_;
  return with_head_[std::min(static_cast<size_t>(blocks), with_head_.size() - 1)];
}

absl::Status BlockPlans::Check(int64_t tokens) const {
  if (tokens > plan_.tokens) {
    return absl::InvalidArgumentError(absl::StrCat("the seeded plan is for at most ", plan_.tokens, " tokens, the ",
                                                   tokens, " tokens are more (option plan_tokens)"));
  }
  const absl::StatusOr<RandomBlocks>& found = Find(tokens);
  if (!found.ok()) return found.status();
  const int64_t blocks = (tokens + plan_.block - 1) / plan_.block;
  if (blocks <= found->blocks) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the seeded plan is for ", found->blocks, " blocks, the ", tokens, " tokens are ", blocks));
}

}  // namespace lwave::attention
