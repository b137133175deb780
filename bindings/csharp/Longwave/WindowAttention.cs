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
    }
}
