// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>Windows of blocks, global blocks and random ones: BigBird.</summary>
    public sealed class BlockSparseAttention : ProjectedAttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="headDim">floats of a head in q and k</param>
        public BlockSparseAttention(int heads, int headDim) : base("block_sparse", heads, "head_dim", headDim)
        {
        }

        /// <summary>Rows of a block.</summary>
        public int? BlockSize
        {
            get => GetInt("block_size");
            set => SetInt("block_size", value);
        }

        /// <summary>Random blocks that each block sees.</summary>
        public int? NumRandom
        {
            get => GetInt("num_random");
            set => SetInt("num_random", value);
        }

        /// <summary>
        /// Sequences of at most this many rows are read in full; by default (5 + 2 NumRandom) BlockSize.
        /// </summary>
        public long? FullUpTo
        {
            get => GetLong("full_up_to");
            set => SetLong("full_up_to", value);
        }

        /// <summary>Where the random blocks come from.</summary>
        public BlockPlan? Plan
        {
            get => GetEnum<BlockPlan>("plan", Words.BlockPlan);
            set => SetEnum("plan", (int?)value, Words.BlockPlan);
        }

        /// <summary>The random blocks, [heads, blocks - 2, NumRandom].</summary>
        public long[] RandomBlocks
        {
            get => GetLongs("random_blocks");
            set => SetLongs("random_blocks", value);
        }

        /// <summary>BlockPlan.Seeded: the seed; there it is the layer's index.</summary>
        public long? Seed
        {
            get => GetLong("seed");
            set => SetLong("seed", value);
        }

        /// <summary>BlockPlan.Seeded: which drawing.</summary>
        public BlockPlanAlgorithm? PlanAlgorithm
        {
            get => GetEnum<BlockPlanAlgorithm>("plan_algorithm", Words.BlockPlanAlgorithm);
            set => SetEnum("plan_algorithm", (int?)value, Words.BlockPlanAlgorithm);
        }

        /// <summary>BlockPlan.Seeded: the longest sequence, max_position_embeddings there; 4096 by default.</summary>
        public int? PlanTokens
        {
            get => GetInt("plan_tokens");
            set => SetInt("plan_tokens", value);
        }

        /// <summary>What keys and values are rounded to when they are kept.</summary>
        public KeyValueStore? Store
        {
            get => GetEnum<KeyValueStore>("store", Words.KeyValueStore);
            set => SetEnum("store", (int?)value, Words.KeyValueStore);
        }
    }
}
