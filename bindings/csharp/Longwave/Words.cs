// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>The enums' members as the C API names them, in their order.</summary>
    internal static class Words
    {
        internal static readonly string[] RopeStyle = { "half", "interleaved" };
        internal static readonly string[] SinksSee = { "past", "all" };
        internal static readonly string[] Visibility = { "token", "chunk" };
        internal static readonly string[] Pattern = { "strided", "fixed" };
        internal static readonly string[] HeadSet = { "local", "distant", "union" };
        internal static readonly string[] BlockPlan = { "given", "zeros" };
        internal static readonly string[] InitialCache = { "zeros", "empty" };
        internal static readonly string[] Projection = { "linear", "mean_pool", "max_pool", "conv" };
        internal static readonly string[] Sharing = { "none", "headwise", "kv", "layerwise" };
        internal static readonly string[] Kernel = { "softmax", "hyperbolic", "trigonometric", "relu", "exp", "exact" };
        internal static readonly string[] QueryShift = { "row_max", "none" };
        internal static readonly string[] KeyNorm = { "rms", "l2" };
        internal static readonly string[] InitialMemory = { "empty", "zeros" };
        internal static readonly string[] Wrap = { "none", "post_norm", "pre_norm" };
        internal static readonly string[] Compression = { "mean", "max", "conv", "dilated_conv", "most_used" };
        internal static readonly string[] Positions = { "xl", "table" };
    }
}
