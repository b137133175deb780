// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    /// <summary>
    /// As Transformer-XL, and what leaves the memory is compressed into another: Compressive Transformer.
    /// </summary>
    /// <remarks>
    /// It holds its projections: rows of q are hidden rows, [tokens, d_model], there is no k, v or mask, and it gives
    /// hidden rows. Parts of a memory: memory, compressed, usage, loss, autoencoding_loss, mass, segment_mass.
    /// </remarks>
    public sealed class CompressiveAttention : AttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="dModel">floats of a hidden row</param>
        public CompressiveAttention(int heads, int dModel) : base("compressive", heads, "d_model", dModel)
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

        /// <summary>Rows that are remembered as they are.</summary>
        public int? MemLen
        {
            get => GetInt("mem_len");
            set => SetInt("mem_len", value);
        }

        /// <summary>Rows of the compressed memory.</summary>
        public int? CompressedLen
        {
            get => GetInt("cmem_len");
            set => SetInt("cmem_len", value);
        }

        /// <summary>How many rows become one.</summary>
        public int? Ratio
        {
            get => GetInt("ratio");
            set => SetInt("ratio", value);
        }

        /// <summary>How rows are compressed.</summary>
        public MemoryCompression? Function
        {
            get => GetEnum<MemoryCompression>("function", Words.MemoryCompression);
            set => SetEnum("function", (int?)value, Words.MemoryCompression);
        }

        /// <summary>How positions are told.</summary>
        public DistancePositions? Position
        {
            get => GetEnum<DistancePositions>("position", Words.DistancePositions);
            set => SetEnum("position", (int?)value, Words.DistancePositions);
        }

        /// <summary>Which losses are computed, as parts of the memory.</summary>
        public CompressionLoss[] Loss
        {
            get
            {
                string words = GetWord("loss");
                return words == null ? null : Array.ConvertAll(words.Split(','), word => (CompressionLoss)Array.IndexOf(Words.CompressionLoss, word));
            }
            set => SetWord("loss", value == null ? null : string.Join(",", Array.ConvertAll(value, word => Words.CompressionLoss[(int)word])));
        }

        /// <summary>CompressionLoss.Autoencoding: the weights of the decoder, [d_model, d_model, ratio].</summary>
        public float[] DecoderWeight
        {
            get => GetFloats("decoder_weight");
            set => SetFloats("decoder_weight", value);
        }

        /// <summary>CompressionLoss.Autoencoding: the bias of the decoder.</summary>
        public float[] DecoderBias
        {
            get => GetFloats("decoder_bias");
            set => SetFloats("decoder_bias", value);
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

        /// <summary>The bias of the output, [d_model].</summary>
        public float[] BiasOut
        {
            get => GetFloats("b_o");
            set => SetFloats("b_o", value);
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

        /// <summary>The table of distances, [heads, distances, head_dim].</summary>
        public float[] PositionTable
        {
            get => GetFloats("pos");
            set => SetFloats("pos", value);
        }

        /// <summary>The convolution.</summary>
        public float[] ConvWeight
        {
            get => GetFloats("conv_weight");
            set => SetFloats("conv_weight", value);
        }

        /// <summary>The bias of the convolution.</summary>
        public float[] ConvBias
        {
            get => GetFloats("conv_bias");
            set => SetFloats("conv_bias", value);
        }

        /// <summary>MemoryCompression.DilatedConv: the shapes of the convolutions, one number each.</summary>
        /// <param name="kernels">rows that a convolution sees</param>
        /// <param name="strides">rows from one place to the next</param>
        /// <param name="dilations">rows between those that it sees</param>
        public void SetConvLayers(int[] kernels, int[] strides, int[] dilations)
        {
            SetNumbers("conv_layers.kernel", kernels);
            SetNumbers("conv_layers.stride", strides);
            SetNumbers("conv_layers.dilation", dilations);
        }

        /// <summary>MemoryCompression.DilatedConv: the numbers of one convolution.</summary>
        /// <param name="index">which one, from 0 to 3</param>
        /// <param name="weight">its weights, row by row; copied</param>
        /// <param name="bias">its biases; copied</param>
        public void SetConvLayer(int index, float[] weight, float[] bias)
        {
            SetFloats("conv_weight_" + index, weight);
            SetFloats("conv_bias_" + index, bias);
        }
    }
}
