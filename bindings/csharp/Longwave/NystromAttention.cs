// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>Softmax attention by way of landmarks: Nystroemformer.</summary>
    public sealed class NystromAttention : ProjectedAttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="headDim">floats of a head in q and k</param>
        public NystromAttention(int heads, int headDim) : base("nystrom", heads, "head_dim", headDim)
        {
        }

        /// <summary>Means of neighbouring rows that stand for all.</summary>
        public int? Landmarks
        {
            get => GetInt("landmarks");
            set => SetInt("landmarks", value);
        }

        /// <summary>The length that the layer takes, a multiple of Landmarks; as many by default: softmax attention over any.</summary>
        public int? Tokens
        {
            get => GetInt("tokens");
            set => SetInt("tokens", value);
        }

        /// <summary>A convolution over the values, [heads, an odd width].</summary>
        public float[] ConvWeight
        {
            get => GetFloats("conv_weight");
            set => SetFloats("conv_weight", value);
        }
    }
}
