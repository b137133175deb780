// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>A sliding window, with dilation and global tokens: Longformer.</summary>
    public sealed class WindowAttention : ProjectedAttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="headDim">floats of a head in q and k</param>
        public WindowAttention(int heads, int headDim) : base("window", heads, "head_dim", headDim)
        {
        }

        /// <summary>Rows seen before each row: one number, or one a head.</summary>
        public Numbers? Left
        {
            get => GetNumbers("left");
            set => SetNumbers("left", value);
        }

        /// <summary>Rows seen after each row: one number, or one a head.</summary>
        public Numbers? Right
        {
            get => GetNumbers("right");
            set => SetNumbers("right", value);
        }

        /// <summary>Every how many rows the window has one: one number, or one a head.</summary>
        public Numbers? Dilation
        {
            get => GetNumbers("dilation");
            set => SetNumbers("dilation", value);
        }

        /// <summary>Tokens that see every row and are seen by every row.</summary>
        public long[] GlobalTokens
        {
            get => GetLongs("global");
            set => SetLongs("global", value);
        }

        /// <summary>
        /// Whether rows of q, k and v are two sets of heads, one behind the other, of which global rows use the
        /// second.
        /// </summary>
        public bool? GlobalProjections
        {
            get => GetBool("global_projections");
            set => SetBool("global_projections", value);
        }

        /// <summary>Whether rows see only what came before them, and themselves.</summary>
        public bool? Causal
        {
            get => GetBool("causal");
            set => SetBool("causal", value);
        }

        /// <summary>How many global tokens there are at most, of models, which name them for each text.</summary>
        public int? MostGlobals
        {
            get => GetInt("most_globals");
            set => SetInt("most_globals", value);
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

        /// <summary>What keys and values are rounded to when they are kept.</summary>
        public KeyValueStore? Store
        {
            get => GetEnum<KeyValueStore>("store", Words.KeyValueStore);
            set => SetEnum("store", (int?)value, Words.KeyValueStore);
        }
    }
}
