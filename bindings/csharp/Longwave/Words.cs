// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

using System;

namespace Longwave
{
    /// <summary>The enums' members as the C API names them, in their order.</summary>
    internal static class Words
    {
        internal static readonly string[] RopeStyle = { "half", "interleaved" };
        internal static readonly string[] SinksSee = { "past", "all" };
        internal static readonly string[] WindowVisibility = { "token", "chunk" };
        internal static readonly string[] SparsePattern = { "strided", "fixed" };
        internal static readonly string[] HeadSet = { "local", "distant", "union" };
        internal static readonly string[] BlockPlan = { "given", "zeros", "seeded" };
        internal static readonly string[] BlockPlanAlgorithm = { "by_length", "block_rand_mask", "block_rand_mask_with_head" };
        internal static readonly string[] InitialCache = { "zeros", "empty" };
        internal static readonly string[] LinformerProjection = { "linear", "gaussian", "orthonormal", "mean_pool", "max_pool", "conv" };
        internal static readonly string[] LinformerSharing = { "none", "headwise", "kv", "layerwise" };
        internal static readonly string[] FavorKernel = { "softmax", "hyperbolic", "trigonometric", "relu", "exp", "elu", "given", "exact" };
        internal static readonly string[] FavorProjectionKind = { "given", "iid", "orthogonal", "hadamard" };
        internal static readonly string[] FavorProjectionLengths = { "chi", "sqrt_dim" };
        internal static readonly string[] FavorQueryShift = { "row_max", "none" };
        internal static readonly string[] KeyValueStore = { "f32", "bf16" };
        internal static readonly string[] LshNormals = { "longwave", "torch" };
        internal static readonly string[] LshKeyNorm = { "rms", "l2" };
        internal static readonly string[] InitialMemory = { "empty", "zeros" };
        internal static readonly string[] AttentionWrap = { "none", "post_norm", "pre_norm" };
        internal static readonly string[] MemoryCompression = { "mean", "max", "conv", "dilated_conv", "most_used" };
        internal static readonly string[] CompressionLoss = { "none", "attention", "autoencoding" };
        internal static readonly string[] HeadKind = { "full", "window", "local", "distant", "union", "adaptive_span" };
        internal static readonly string[] DistancePositions = { "xl", "table" };
        internal static readonly string[] WeightType = { "f32", "bf16", "f16", "int8", "f32-packed", "bf16-packed" };
        internal static readonly string[] Execution = { "auto", "stream", "whole" };
        internal static readonly string[] TokenizerRoute = { "automatic", "sentencepiece" };
        internal static readonly string[] ScoringMode = { "sliding", "segment", "stream" };
        internal static readonly string[] EarlyStopping = { "no", "yes", "never" };

        /// <summary>The name of a member.</summary>
        internal static string Of(string[] words, int member, string parameter)
        {
            if (member >= 0 && member < words.Length) return words[member];
            throw new ArgumentOutOfRangeException(parameter, member, "not one of the names");
        }
    }
}
