// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>Segments that see a memory of the rows before them, with relative positions: Transformer-XL.</summary>
    /// <remarks>
    /// It holds its projections: rows of q are hidden rows, [tokens, d_model], there is no k, v or mask, and it gives
    /// hidden rows. Parts of a memory: memory, mass, segment_mass.
    /// </remarks>
    public sealed class TransformerXlAttention : AttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="dModel">floats of a hidden row</param>
        public TransformerXlAttention(int heads, int dModel) : base("transformer_xl", heads, "d_model", dModel)
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
        public int? MemLen
        {
            get => GetInt("mem_len");
            set => SetInt("mem_len", value);
        }

        /// <summary>The longest distance that is told from others; 0: all are.</summary>
        public int? ClampLen
        {
            get => GetInt("clamp_len");
            set => SetInt("clamp_len", value);
        }

        /// <summary>Whether every row sees equally many.</summary>
        public bool? SameLength
        {
            get => GetBool("same_length");
            set => SetBool("same_length", value);
        }

        /// <summary>What is there before the first segment.</summary>
        public InitialMemory? InitialMemory
        {
            get => GetEnum<InitialMemory>("initial_memory", Words.InitialMemory);
            set => SetEnum("initial_memory", (int?)value, Words.InitialMemory);
        }

        /// <summary>What stands around the attention.</summary>
        public AttentionWrap? Wrap
        {
            get => GetEnum<AttentionWrap>("wrap", Words.AttentionWrap);
            set => SetEnum("wrap", (int?)value, Words.AttentionWrap);
        }

        /// <summary>What the layer norm adds to the variance.</summary>
        public double? LnEps
        {
            get => GetDouble("ln_eps");
            set => SetDouble("ln_eps", value);
        }

        /// <summary>The weights of queries, keys and values, [3 heads head_dim, d_model].</summary>
        public float[] WeightsQkv
        {
            get => GetFloats("w_qkv");
            set => SetFloats("w_qkv", value);
        }

        /// <summary>The weights of the output, [d_model, heads head_dim].</summary>
        public float[] WeightsOut
        {
            get => GetFloats("w_o");
            set => SetFloats("w_o", value);
        }

        /// <summary>The weights of relative positions, [heads head_dim, d_model].</summary>
        public float[] RelativeWeights
        {
            get => GetFloats("w_r");
            set => SetFloats("w_r", value);
        }

        /// <summary>The bias u, [heads, head_dim].</summary>
        public float[] BiasU
        {
            get => GetFloats("bias_u");
            set => SetFloats("bias_u", value);
        }

        /// <summary>The bias v, [heads, head_dim].</summary>
        public float[] BiasV
        {
            get => GetFloats("bias_v");
            set => SetFloats("bias_v", value);
        }

        /// <summary>The weight of the layer norm, [d_model].</summary>
        public float[] LnWeight
        {
            get => GetFloats("ln_weight");
            set => SetFloats("ln_weight", value);
        }

        /// <summary>The bias of the layer norm, [d_model].</summary>
        public float[] LnBias
        {
            get => GetFloats("ln_bias");
            set => SetFloats("ln_bias", value);
        }
    }
}
