// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>Rows see the rows of their hash bucket: Reformer.</summary>
    /// <remarks>q is both query and key; there is no k.</remarks>
    public sealed class LshAttention : ProjectedAttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="headDim">floats of a head in q and k</param>
        public LshAttention(int heads, int headDim) : base("lsh", heads, "head_dim", headDim)
        {
        }

        /// <summary>Whether rows see only what came before them, and themselves.</summary>
        public bool? Causal
        {
            get => GetBool("causal");
            set => SetBool("causal", value);
        }

        /// <summary>Rows of a chunk of the sorted sequence.</summary>
        public int? ChunkLength
        {
            get => GetInt("chunk_length");
            set => SetInt("chunk_length", value);
        }

        /// <summary>Chunks seen before a row's own.</summary>
        public int? ChunksBefore
        {
            get => GetInt("chunks_before");
            set => SetInt("chunks_before", value);
        }

        /// <summary>Chunks seen after a row's own.</summary>
        public int? ChunksAfter
        {
            get => GetInt("chunks_after");
            set => SetInt("chunks_after", value);
        }

        /// <summary>Rounds of hashing.</summary>
        public int? NHashes
        {
            get => GetInt("n_hashes");
            set => SetInt("n_hashes", value);
        }

        /// <summary>The number of buckets, or its factors.</summary>
        public Numbers? BucketFactors
        {
            get => GetNumbers("bucket_factors");
            set => SetNumbers("bucket_factors", value);
        }

        /// <summary>The random rotations, [heads, head_dim, n_hashes, sum of bucket_factors / 2].</summary>
        public float[] Rotations
        {
            get => GetFloats("rotations");
            set => SetFloats("rotations", value);
        }

        /// <summary>The seed that rotations are drawn from, where they are not given.</summary>
        public long? Seed
        {
            get => GetLong("seed");
            set => SetLong("seed", value);
        }

        /// <summary>How keys are normalised.</summary>
        public LshKeyNorm? KeyNorm
        {
            get => GetEnum<LshKeyNorm>("key_norm", Words.LshKeyNorm);
            set => SetEnum("key_norm", (int?)value, Words.LshKeyNorm);
        }

        /// <summary>What scores are multiplied by in addition.</summary>
        public double? ScoreScale
        {
            get => GetDouble("score_scale");
            set => SetDouble("score_scale", value);
        }

        /// <summary>The score of a row with itself.</summary>
        public double? SelfValue
        {
            get => GetDouble("self_value");
            set => SetDouble("self_value", value);
        }

        /// <summary>Whose numbers are drawn from the seed.</summary>
        public LshNormals? Generator
        {
            get => GetEnum<LshNormals>("generator", Words.LshNormals);
            set => SetEnum("generator", (int?)value, Words.LshNormals);
        }
    }
}
