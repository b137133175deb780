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
    public enum WindowVisibility
    {
        /// <summary>Tokens: every row sees so many before it.</summary>
        Token,

        /// <summary>Segments: rows see to the end of the window before their segment.</summary>
        Chunk,
    }

    /// <summary>Which of the two patterns of the paper.</summary>
    public enum SparsePattern
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

        /// <summary>What Hugging Face's code draws in training after seeding NumPy.</summary>
        Seeded,
    }

    /// <summary>Which of Hugging Face's two drawings.</summary>
    public enum BlockPlanAlgorithm
    {
        /// <summary>The first at 1024, 3072 and 4096 tokens, else the second.</summary>
        ByLength,

        /// <summary>The first.</summary>
        BlockRandMask,

        /// <summary>The second.</summary>
        BlockRandMaskWithHead,
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
    public enum LinformerProjection
    {
        /// <summary>By matrices.</summary>
        Linear,

        /// <summary>By matrices of normals that are drawn from Seed.</summary>
        Gaussian,

        /// <summary>By matrices of rows at right angles that are drawn from Seed.</summary>
        Orthonormal,

        /// <summary>Means of stride rows.</summary>
        MeanPool,

        /// <summary>Maxima of stride rows.</summary>
        MaxPool,

        /// <summary>A convolution of stride rows.</summary>
        Conv,
    }

    /// <summary>What the matrices are shared among.</summary>
    public enum LinformerSharing
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
    public enum FavorKernel
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

        /// <summary>Elu(x) + 1 of the rows themselves: Linear Transformer.</summary>
        Elu,

        /// <summary>Q and k are features already.</summary>
        Given,

        /// <summary>No features: full attention.</summary>
        Exact,
    }

    /// <summary>Where the random features come from.</summary>
    public enum FavorProjectionKind
    {
        /// <summary>From projection.</summary>
        Given,

        /// <summary>Drawn, independent.</summary>
        Iid,

        /// <summary>Drawn, at right angles.</summary>
        Orthogonal,

        /// <summary>Drawn, as products of Hadamard matrices and signs.</summary>
        Hadamard,
    }

    /// <summary>How long drawn features are.</summary>
    public enum FavorProjectionLengths
    {
        /// <summary>As vectors of normals.</summary>
        Chi,

        /// <summary>The square root of their width.</summary>
        SqrtDim,
    }

    /// <summary>What is taken off the exponents of queries.</summary>
    public enum FavorQueryShift
    {
        /// <summary>Each row's own maximum.</summary>
        RowMax,

        /// <summary>Nothing.</summary>
        None,
    }

    /// <summary>What keys and values are rounded to when they are kept.</summary>
    public enum KeyValueStore
    {
        /// <summary>Nothing: all of it is kept.</summary>
        F32,

        /// <summary>The upper halves, which take half the room.</summary>
        Bf16,
    }

    /// <summary>Whose normals are drawn from a seed.</summary>
    public enum LshNormals
    {
        /// <summary>Longwave's own, the same on every machine and in every release.</summary>
        Longwave,

        /// <summary>Those of PyTorch's CPU generator after manual_seed, as published code has them.</summary>
        Torch,
    }

    /// <summary>How keys are normalised.</summary>
    public enum LshKeyNorm
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
    public enum AttentionWrap
    {
        /// <summary>Nothing.</summary>
        None,

        /// <summary>A residual, then a layer norm.</summary>
        PostNorm,

        /// <summary>A layer norm, and a residual around it.</summary>
        PreNorm,
    }

    /// <summary>How rows that leave the memory are compressed.</summary>
    public enum MemoryCompression
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

    /// <summary>What a compression loses.</summary>
    public enum CompressionLoss
    {
        /// <summary>Nothing is computed.</summary>
        None,

        /// <summary>The part "loss": how much attention differs.</summary>
        Attention,

        /// <summary>The part "autoencoding_loss": how far rows can be rebuilt.</summary>
        Autoencoding,
    }

    /// <summary>What a head sees.</summary>
    public enum HeadKind
    {
        /// <summary>Every key.</summary>
        Full,

        /// <summary>A window, as WindowAttention.</summary>
        Window,

        /// <summary>The tokens just before, as SparseTransformerAttention.</summary>
        Local,

        /// <summary>The summary tokens, as SparseTransformerAttention.</summary>
        Distant,

        /// <summary>Both.</summary>
        Union,

        /// <summary>A learnt span, as AdaptiveSpanAttention.</summary>
        AdaptiveSpan,
    }

    /// <summary>How positions are told.</summary>
    public enum DistancePositions
    {
        /// <summary>Relative, as in Transformer-XL: RelativeWeights, BiasU, BiasV.</summary>
        Xl,

        /// <summary>A table of distances: PositionTable.</summary>
        Table,
    }
}
