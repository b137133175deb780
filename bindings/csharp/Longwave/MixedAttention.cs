// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    /// <summary>Every head has a kind of its own.</summary>
    public sealed class MixedAttention : ProjectedAttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="headDim">floats of a head in q and k</param>
        public MixedAttention(int heads, int headDim) : base("mixed", heads, "head_dim", headDim)
        {
        }

        /// <summary>What heads see: one kind, or one a head.</summary>
        public HeadKind[] HeadKinds
        {
            get
            {
                string words = GetWord("head_kinds");
                return words == null ? null : Array.ConvertAll(words.Split(','), word => (HeadKind)Array.IndexOf(Words.HeadKind, word));
            }
            set => SetWord("head_kinds", value == null ? null : string.Join(",", Array.ConvertAll(value, word => Words.HeadKind[(int)word])));
        }

        /// <summary>Whether rows see only what came before them, and themselves.</summary>
        public bool? Causal
        {
            get => GetBool("causal");
            set => SetBool("causal", value);
        }

        /// <summary>Windows: rows seen before each row: one number, or one a head.</summary>
        public Numbers? Left
        {
            get => GetNumbers("left");
            set => SetNumbers("left", value);
        }

        /// <summary>Windows: rows seen after each row: one number, or one a head.</summary>
        public Numbers? Right
        {
            get => GetNumbers("right");
            set => SetNumbers("right", value);
        }

        /// <summary>Windows: every how many rows they have one: one number, or one a head.</summary>
        public Numbers? Dilation
        {
            get => GetNumbers("dilation");
            set => SetNumbers("dilation", value);
        }

        /// <summary>Sparse heads: the pattern.</summary>
        public SparsePattern? Pattern
        {
            get => GetEnum<SparsePattern>("pattern", Words.SparsePattern);
            set => SetEnum("pattern", (int?)value, Words.SparsePattern);
        }

        /// <summary>Sparse heads: the stride, or the length of a block.</summary>
        public int? Stride
        {
            get => GetInt("stride");
            set => SetInt("stride", value);
        }

        /// <summary>Sparse heads: how many tokens at the end of a block are its summary.</summary>
        public int? Summary
        {
            get => GetInt("summary");
            set => SetInt("summary", value);
        }

        /// <summary>Adaptive spans: the longest one.</summary>
        public int? MaxSpan
        {
            get => GetInt("max_span");
            set => SetInt("max_span", value);
        }

        /// <summary>Adaptive spans: over how many rows they end.</summary>
        public int? Ramp
        {
            get => GetInt("ramp");
            set => SetInt("ramp", value);
        }

        /// <summary>Adaptive spans: the weight of the part "span_loss".</summary>
        public double? LossCoeff
        {
            get => GetDouble("loss_coeff");
            set => SetDouble("loss_coeff", value);
        }

        /// <summary>Adaptive spans: the learnt spans as parts of MaxSpan, one a head.</summary>
        public float[] Span
        {
            get => GetFloats("span");
            set => SetFloats("span", value);
        }

        /// <summary>Adaptive spans: embeddings of distances, [head_dim, max_span].</summary>
        public float[] KeyPe
        {
            get => GetFloats("key_pe");
            set => SetFloats("key_pe", value);
        }
    }
}
