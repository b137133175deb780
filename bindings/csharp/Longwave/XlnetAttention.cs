// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>Relative positions as XLNet has them.</summary>
    /// <remarks>Rows of k and v are rows of a memory and then those of q.</remarks>
    public sealed class XlnetAttention : ProjectedAttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="headDim">floats of a head in q and k</param>
        public XlnetAttention(int heads, int headDim) : base("xlnet", heads, "head_dim", headDim)
        {
        }

        /// <summary>The weights of relative positions, [heads head_dim, d_position].</summary>
        public float[] RelativeWeights
        {
            get => GetFloats("w_r");
            set => SetFloats("w_r", value);
        }

        /// <summary>Floats of a position; heads head_dim by default.</summary>
        public int? DPosition
        {
            get => GetInt("d_position");
            set => SetInt("d_position", value);
        }

        /// <summary>The bias u of queries for keys, [heads, head_dim].</summary>
        public float[] BiasU
        {
            get => GetFloats("bias_u");
            set => SetFloats("bias_u", value);
        }

        /// <summary>The bias v of queries for positions, [heads, head_dim].</summary>
        public float[] BiasV
        {
            get => GetFloats("bias_v");
            set => SetFloats("bias_v", value);
        }

        /// <summary>The greatest distance that is told apart; 0, the default: all are.</summary>
        public int? ClampLen
        {
            get => GetInt("clamp_len");
            set => SetInt("clamp_len", value);
        }

        /// <summary>The bias of queries for segments, [heads, head_dim]; of models, which give token types.</summary>
        public float[] BiasS
        {
            get => GetFloats("bias_s");
            set => SetFloats("bias_s", value);
        }

        /// <summary>Embeddings of the same and of another segment, [2, heads, head_dim].</summary>
        public float[] SegmentEmbedding
        {
            get => GetFloats("seg_embed");
            set => SetFloats("seg_embed", value);
        }

        /// <summary>Whether rows see only what came before them, and themselves.</summary>
        public bool? Causal
        {
            get => GetBool("causal");
            set => SetBool("causal", value);
        }

        /// <summary>What keys and values are rounded to when they are kept.</summary>
        public KeyValueStore? Store
        {
            get => GetEnum<KeyValueStore>("store", Words.KeyValueStore);
            set => SetEnum("store", (int?)value, Words.KeyValueStore);
        }
    }
}
