// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Which random blocks BigBird's query blocks 1 .. blocks - 2 see, head by head, drawn from a seed as the published code
// draws them in training (Hugging Face's modeling_big_bird.py, after Google's). There are two published algorithms,
// named here after its functions:
//   block_rand_mask            head after head, one table for plan_tokens tokens (its max_position_embeddings) of which
//                              a shorter sequence uses the first rows; from about the first 1024 tokens alone
//   block_rand_mask_with_head  block after block, for each block head after head, for the sequence's own length
//   by_length                  the first at 1024, 3072 and 4096 tokens (rounded up to whole blocks), else the second
// The published seed of a layer is its index. Where the code finds one allowed block for several places, it repeats
// it; where it finds too few, it fails, and so does this.

#ifndef LONGWAVE_ATTENTION_BLOCK_PLAN_H_
#define LONGWAVE_ATTENTION_BLOCK_PLAN_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace lwave::attention {

enum class BlockPlanAlgorithm : int32_t { kByLength, kBlockRandMask, kBlockRandMaskWithHead };

// The random blocks of one number of blocks.
struct RandomBlocks {
  int64_t blocks = 0;        // of the sequence; 0: there is no plan
  std::vector<int32_t> ids;  // [heads, blocks - 2, random]
};

// Each as the published function of that name gives it after numpy.random.seed(seed); InvalidArgument where it fails.
//   blocks  of the table, at least 4   last  blocks of 1024 tokens, less one
absl::StatusOr<RandomBlocks> BlockRandMask(uint32_t seed, int64_t heads, int64_t blocks, int64_t random, int64_t last);
absl::StatusOr<RandomBlocks> BlockRandMaskWithHead(uint32_t seed, int64_t heads, int64_t blocks, int64_t random);

struct SeededPlan {
  BlockPlanAlgorithm algorithm = BlockPlanAlgorithm::kByLength;
  uint32_t seed = 0;
  int64_t heads = 1, block = 64, random = 0;
  int64_t tokens = 4096;   // the longest sequence
  int64_t full_up_to = 0;  // tokens that need no plan
};

// The plans of every length up to some number of tokens. Immutable.
class BlockPlans {
 public:
  // The second algorithm takes a table for each number of blocks up to 2 random + 5, and one for all above, whose
  // first rows do not depend on the length. InvalidArgument where all of it would be more than 2^28 numbers.
  static absl::StatusOr<BlockPlans> Create(const SeededPlan& plan);

  // InvalidArgument where there is no plan for sequences of this length.
  absl::Status Check(int64_t tokens) const;
  // After Check: row x - 1 of head h is at ids[(h * (blocks - 2) + x - 1) * random]; there may be more rows than the
  // sequence has blocks.
  const RandomBlocks& At(int64_t tokens) const { return *Find(tokens); }

 private:
  bool ByBlockRandMask(int64_t blocks) const;
  const absl::StatusOr<RandomBlocks>& Find(int64_t tokens) const;

  SeededPlan plan_;
  absl::StatusOr<RandomBlocks> mask_;  // of the first algorithm
  // Of the second, by number of blocks; the last one for all above.
  std::vector<absl::StatusOr<RandomBlocks>> with_head_;
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_BLOCK_PLAN_H_
