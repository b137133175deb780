// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>Keys and values are projected to few rows: Linformer.</summary>
    /// <remarks>Queries may be of another number than keys.</remarks>
    public sealed class LinformerAttention : ProjectedAttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="headDim">floats of a head in q and k</param>
        public LinformerAttention(int heads, int headDim) : base("linformer", heads, "head_dim", headDim)
        {
        }

        /// <summary>How keys and values are made fewer.</summary>
        public LinformerProjection? Projection
        {
            get => GetEnum<LinformerProjection>("projection", Words.LinformerProjection);
            set => SetEnum("projection", (int?)value, Words.LinformerProjection);
        }

        /// <summary>What the matrices are shared among.</summary>
        public LinformerSharing? Sharing
        {
            get => GetEnum<LinformerSharing>("sharing", Words.LinformerSharing);
            set => SetEnum("sharing", (int?)value, Words.LinformerSharing);
        }

        /// <summary>Rows that keys and values become.</summary>
        public int? Slots
        {
            get => GetInt("slots");
            set => SetInt("slots", value);
        }

        /// <summary>Drawn matrices: how many slots, as ceil(8 ln MaxTokens / Tolerance^2).</summary>
        public double? Tolerance
        {
            get => GetDouble("tolerance");
            set => SetDouble("tolerance", value);
        }

        /// <summary>Drawn matrices: the seed.</summary>
        public long? Seed
        {
            get => GetLong("seed");
            set => SetLong("seed", value);
        }

        /// <summary>Rows that become one, by pooling or convolution.</summary>
        public int? Stride
        {
            get => GetInt("stride");
            set => SetInt("stride", value);
        }

        /// <summary>The matrix of keys, [slots, keys], or with LinformerSharing.None [heads, slots, keys].</summary>
        public float[] E
        {
            get => GetFloats("e");
            set => SetFloats("e", value);
        }

        /// <summary>The matrix of values, of the same shape.</summary>
        public float[] F
        {
            get => GetFloats("f");
            set => SetFloats("f", value);
        }

        /// <summary>What is added to the projected keys.</summary>
        public float[] EBias
        {
            get => GetFloats("e_bias");
            set => SetFloats("e_bias", value);
        }

        /// <summary>What is added to the projected values.</summary>
        public float[] FBias
        {
            get => GetFloats("f_bias");
            set => SetFloats("f_bias", value);
        }

        /// <summary>The convolution of keys.</summary>
        public float[] ConvWeightK
        {
            get => GetFloats("conv_weight_k");
            set => SetFloats("conv_weight_k", value);
        }

        /// <summary>The bias of the convolution of keys.</summary>
        public float[] ConvBiasK
        {
            get => GetFloats("conv_bias_k");
            set => SetFloats("conv_bias_k", value);
        }

        /// <summary>The convolution of values.</summary>
        public float[] ConvWeightV
        {
            get => GetFloats("conv_weight_v");
            set => SetFloats("conv_weight_v", value);
        }

        /// <summary>The bias of the convolution of values.</summary>
        public float[] ConvBiasV
        {
            get => GetFloats("conv_bias_v");
            set => SetFloats("conv_bias_v", value);
        }
    }
}
