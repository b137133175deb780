// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

namespace Longwave
{
    /// <summary>How rotary positions pair channels.</summary>
    public enum RopeStyle
    {
        /// <summary>Channel t with t + dim / 2.</summary>
        Half,

        /// <summary>Channel 2 t with 2 t + 1.</summary>
        Interleaved,
    }

    /// <summary>What the first rows see.</summary>
    public enum SinksSee
    {
        /// <summary>What any other row sees.</summary>
        Past,

        /// <summary>Everything.</summary>
        All,
    }

    /// <summary>What the window is counted in.</summary>
    public enum Visibility
    {
        /// <summary>Tokens: every row sees so many before it.</summary>
        Token,

        /// <summary>Segments: rows see to the end of the window before their segment.</summary>
        Chunk,
    }

    /// <summary>Which of the two patterns of the paper.</summary>
    public enum Pattern
    {
        /// <summary>Every stride-th token before a row.</summary>
        Strided,

        /// <summary>The last tokens of every block.</summary>
        Fixed,
    }

    /// <summary>Which of the two sets of keys a head sees.</summary>
    public enum HeadSet
    {
        /// <summary>The tokens just before.</summary>
        Local,

        /// <summary>The summary tokens.</summary>
        Distant,

        /// <summary>Both.</summary>
        Union,
    }

    /// <summary>Where the random blocks come from.</summary>
    public enum BlockPlan
    {
        /// <summary>From RandomBlocks.</summary>
        Given,

        /// <summary>All are block 0.</summary>
        Zeros,
    }

    /// <summary>What is there before the first token.</summary>
    public enum InitialCache
    {
        /// <summary>Keys and values of zeros.</summary>
        Zeros,

        /// <summary>Nothing.</summary>
        Empty,
    }

    /// <summary>How keys and values are made fewer.</summary>
    public enum Projection
    {
        /// <summary>By matrices.</summary>
        Linear,

        /// <summary>Means of stride rows.</summary>
        MeanPool,

        /// <summary>Maxima of stride rows.</summary>
        MaxPool,

        /// <summary>A convolution of stride rows.</summary>
        Conv,
    }

    /// <summary>What the matrices are shared among.</summary>
    public enum Sharing
    {
        /// <summary>Nothing: one for each head.</summary>
        None,

        /// <summary>The heads; keys and values have their own.</summary>
        Headwise,

        /// <summary>Heads, keys and values.</summary>
        Kv,

        /// <summary>All layers of a model; computed as kv.</summary>
        Layerwise,
    }

    /// <summary>The feature map.</summary>
    public enum Kernel
    {
        /// <summary>Positive features of the softmax kernel.</summary>
        Softmax,

        /// <summary>The same with both signs.</summary>
        Hyperbolic,

        /// <summary>Sines and cosines.</summary>
        Trigonometric,

        /// <summary>Rectified products.</summary>
        Relu,

        /// <summary>Exponentials of products.</summary>
        Exp,

        /// <summary>No features: full attention.</summary>
        Exact,
    }

    /// <summary>What is taken off the exponents of queries.</summary>
    public enum QueryShift
    {
        /// <summary>Each row's own maximum.</summary>
        RowMax,

        /// <summary>Nothing.</summary>
        None,
    }

    /// <summary>How keys are normalised.</summary>
    public enum KeyNorm
    {
        /// <summary>By their root mean square.</summary>
        Rms,

        /// <summary>To length 1.</summary>
        L2,
    }

    /// <summary>What is there before the first segment.</summary>
    public enum InitialMemory
    {
        /// <summary>Nothing.</summary>
        Empty,

        /// <summary>Rows of zeros.</summary>
        Zeros,
    }

    /// <summary>What stands around the attention.</summary>
    public enum Wrap
    {
        /// <summary>Nothing.</summary>
        None,

        /// <summary>A residual, then a layer norm.</summary>
        PostNorm,

        /// <summary>A layer norm, and a residual around it.</summary>
        PreNorm,
    }

    /// <summary>How rows that leave the memory are compressed.</summary>
    public enum Compression
    {
        /// <summary>Their mean.</summary>
        Mean,

        /// <summary>Their maximum.</summary>
        Max,

        /// <summary>A convolution.</summary>
        Conv,

        /// <summary>A stack of dilated convolutions.</summary>
        DilatedConv,

        /// <summary>The rows that were attended most.</summary>
        MostUsed,
    }

    /// <summary>How positions are told.</summary>
    public enum Positions
    {
        /// <summary>Relative, as in Transformer-XL: RelativeWeights, BiasU, BiasV.</summary>
        Xl,

        /// <summary>A table of distances: PositionTable.</summary>
        Table,
    }
}
