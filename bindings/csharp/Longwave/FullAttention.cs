// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>Every row sees every key.</summary>
    /// <remarks>Queries may be of another number than keys.</remarks>
    public sealed class FullAttention : ProjectedAttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="headDim">floats of a head in q and k</param>
        public FullAttention(int heads, int headDim) : base("full", heads, "head_dim", headDim)
        {
        }

        /// <summary>Whether rows see only what came before them, and themselves.</summary>
        public bool? Causal
        {
            get => GetBool("causal");
            set => SetBool("causal", value);
        }

        /// <summary>The position of query 0, where key 0 is at 0.</summary>
        public long? QueryOffset
        {
            get => GetLong("query_offset");
            set => SetLong("query_offset", value);
        }

        /// <summary>Rotary positions: the base of the angles, such as 10000.</summary>
        public double? RopeTheta
        {
            get => GetDouble("rope.theta");
            set => SetDouble("rope.theta", value);
        }

        /// <summary>Rotary positions: how many channels turn.</summary>
        public int? RopeDim
        {
            get => GetInt("rope.dim");
            set => SetInt("rope.dim", value);
        }

        /// <summary>Rotary positions: how channels are paired.</summary>
        public RopeStyle? RopeStyle
        {
            get => GetEnum<RopeStyle>("rope.style", Words.RopeStyle);
            set => SetEnum("rope.style", (int?)value, Words.RopeStyle);
        }

        /// <summary>ALiBi: a slope for each head.</summary>
        public float[] AlibiSlopes
        {
            get => GetFloats("alibi_slopes");
            set => SetFloats("alibi_slopes", value);
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
