// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>Positions are added to queries and keys, so that a cache of rows can be reused: Shortformer.</summary>
    /// <remarks>
    /// It holds its projections: rows of q are hidden rows, [tokens, d_model], there is no k, v or mask, and it gives
    /// hidden rows. Parts of a memory: cache, mass, segment_mass.
    /// </remarks>
    public sealed class PositionInfusedAttention : AttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="dModel">floats of a hidden row</param>
        public PositionInfusedAttention(int heads, int dModel) : base("pia", heads, "d_model", dModel)
        {
        }

        /// <summary>Floats of a head; by default d_model / heads.</summary>
        public int? HeadDim
        {
            get => GetInt("head_dim");
            set => SetInt("head_dim", value);
        }

        /// <summary>Rows of a segment; the last may be shorter.</summary>
        public long? Segment
        {
            get => GetLong("segment");
            set => SetLong("segment", value);
        }

        /// <summary>
        /// Segments end where <see cref="Memory.EndSegment"/> is called instead, and a forward is one segment.
        /// </summary>
        public bool? ExplicitSegments
        {
            get => GetWord("segment") == "explicit" ? true : (bool?)null;
            set
            {
                if (value == true) SetWord("segment", "explicit");
                else if (GetWord("segment") != null) SetWord("segment", null);
            }
        }

        /// <summary>
        /// Whether the parts "mass" and "segment_mass" are kept: how much attention each part of the memory got.
        /// </summary>
        public bool? Statistics
        {
            get => GetBool("statistics");
            set => SetBool("statistics", value);
        }

        /// <summary>Rows that are remembered.</summary>
        public int? CacheLen
        {
            get => GetInt("cache_len");
            set => SetInt("cache_len", value);
        }

        /// <summary>The embeddings of positions, [positions, d_model].</summary>
        public float[] Positions
        {
            get => GetFloats("pos");
            set => SetFloats("pos", value);
        }

        /// <summary>The weights of queries, [heads head_dim, d_model].</summary>
        public float[] WeightsQuery
        {
            get => GetFloats("w_q");
            set => SetFloats("w_q", value);
        }

        /// <summary>The weights of keys, [heads head_dim, d_model].</summary>
        public float[] WeightsKey
        {
            get => GetFloats("w_k");
            set => SetFloats("w_k", value);
        }

        /// <summary>The weights of values, [heads head_dim, d_model].</summary>
        public float[] WeightsValue
        {
            get => GetFloats("w_v");
            set => SetFloats("w_v", value);
        }

        /// <summary>The weights of the output, [d_model, heads head_dim].</summary>
        public float[] WeightsOut
        {
            get => GetFloats("w_o");
            set => SetFloats("w_o", value);
        }

        /// <summary>The bias of queries.</summary>
        public float[] BiasQuery
        {
            get => GetFloats("b_q");
            set => SetFloats("b_q", value);
        }

        /// <summary>The bias of keys.</summary>
        public float[] BiasKey
        {
            get => GetFloats("b_k");
            set => SetFloats("b_k", value);
        }

        /// <summary>The bias of values.</summary>
        public float[] BiasValue
        {
            get => GetFloats("b_v");
            set => SetFloats("b_v", value);
        }

        /// <summary>The bias of the output.</summary>
        public float[] BiasOut
        {
            get => GetFloats("b_o");
            set => SetFloats("b_o", value);
        }
    }
}
