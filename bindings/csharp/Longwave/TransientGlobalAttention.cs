// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>A window and the summaries of all blocks: LongT5.</summary>
    /// <remarks>Rows of k and v are as many as those of q, and then one summary for each whole block.</remarks>
    public sealed class TransientGlobalAttention : ProjectedAttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="headDim">floats of a head in q and k</param>
        public TransientGlobalAttention(int heads, int headDim) : base("transient_global", heads, "head_dim", headDim)
        {
        }

        /// <summary>Rows seen before and after each row.</summary>
        public int? Radius
        {
            get => GetInt("radius");
            set => SetInt("radius", value);
        }

        /// <summary>Rows of a block.</summary>
        public int? GlobalBlockSize
        {
            get => GetInt("global_block_size");
            set => SetInt("global_block_size", value);
        }

        /// <summary>T5: biases of distances, [heads, RelativeBuckets].</summary>
        public float[] RelativeBias
        {
            get => GetFloats("relative_bias");
            set => SetFloats("relative_bias", value);
        }

        /// <summary>T5: how many buckets distances fall into; 32 by default.</summary>
        public int? RelativeBuckets
        {
            get => GetInt("relative_buckets");
            set => SetInt("relative_buckets", value);
        }

        /// <summary>T5: from which distance on all are one; 128 by default.</summary>
        public int? RelativeMaxDistance
        {
            get => GetInt("relative_max_distance");
            set => SetInt("relative_max_distance", value);
        }

        /// <summary>Biases of distances to the blocks, of the shape of RelativeBias.</summary>
        public float[] SummaryBias
        {
            get => GetFloats("summary_bias");
            set => SetFloats("summary_bias", value);
        }

        /// <summary>What keys and values are rounded to when they are kept.</summary>
        public KeyValueStore? Store
        {
            get => GetEnum<KeyValueStore>("store", Words.KeyValueStore);
            set => SetEnum("store", (int?)value, Words.KeyValueStore);
        }
    }
}
