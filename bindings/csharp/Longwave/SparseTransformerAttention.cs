// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    /// <summary>Strided and fixed patterns: Sparse Transformer.</summary>
    public sealed class SparseTransformerAttention : ProjectedAttentionOptions
    {
        /// <summary>Begins with the shape, which every layer needs.</summary>
        /// <param name="heads">query heads</param>
        /// <param name="headDim">floats of a head in q and k</param>
        public SparseTransformerAttention(int heads, int headDim) : base("sparse_transformer", heads, "head_dim", headDim)
        {
        }

        /// <summary>The pattern.</summary>
        public SparsePattern? Pattern
        {
            get => GetEnum<SparsePattern>("pattern", Words.SparsePattern);
            set => SetEnum("pattern", (int?)value, Words.SparsePattern);
        }

        /// <summary>The stride, or the length of a block.</summary>
        public int? Stride
        {
            get => GetInt("stride");
            set => SetInt("stride", value);
        }

        /// <summary>How many tokens at the end of a block are its summary.</summary>
        public int? Summary
        {
            get => GetInt("summary");
            set => SetInt("summary", value);
        }

        /// <summary>Which keys heads see: one set, or one a head.</summary>
        public HeadSet[] HeadSets
        {
            get
            {
                string words = GetWord("head_sets");
                return words == null ? null : Array.ConvertAll(words.Split(','), word => (HeadSet)Array.IndexOf(Words.HeadSet, word));
            }
            set => SetWord("head_sets", value == null ? null : string.Join(",", Array.ConvertAll(value, word => Words.HeadSet[(int)word])));
        }
    }
}
