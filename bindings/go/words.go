// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

// The words that options take. Empty is the library's default.

// RopeStyle: how rotary positions pair channels.
type RopeStyle string

const (
	RopeStyleHalf        RopeStyle = "half"        // channel t with t + dim / 2
	RopeStyleInterleaved RopeStyle = "interleaved" // channel 2 t with 2 t + 1
)

// SinksSee: what the first rows see.
type SinksSee string

const (
	SinksSeePast SinksSee = "past" // what any other row sees
	SinksSeeAll  SinksSee = "all"  // everything
)

// Visibility: what the window is counted in.
type Visibility string

const (
	VisibilityToken Visibility = "token" // tokens: every row sees so many before it
	VisibilityChunk Visibility = "chunk" // segments: rows see to the end of the window before their segment
)

// SparsePattern: which of the two patterns of the paper.
type SparsePattern string

const (
	SparsePatternStrided SparsePattern = "strided" // every stride-th token before a row
	SparsePatternFixed   SparsePattern = "fixed"   // the last tokens of every block
)

// HeadSet: which of the two sets of keys a head sees.
type HeadSet string

const (
	HeadSetLocal   HeadSet = "local"   // the tokens just before
	HeadSetDistant HeadSet = "distant" // the summary tokens
	HeadSetUnion   HeadSet = "union"   // both
)

// BlockPlan: where the random blocks come from.
type BlockPlan string

const (
	BlockPlanGiven  BlockPlan = "given"  // from RandomBlocks
	BlockPlanZeros  BlockPlan = "zeros"  // all are block 0
	BlockPlanSeeded BlockPlan = "seeded" // what Hugging Face's code draws in training after seeding NumPy
)

// PlanAlgorithm: which of Hugging Face's two drawings.
type PlanAlgorithm string

const (
	PlanAlgorithmByLength              PlanAlgorithm = "by_length"                 // the first at 1024, 3072 and 4096 tokens, else the second
	PlanAlgorithmBlockRandMask         PlanAlgorithm = "block_rand_mask"           // the first
	PlanAlgorithmBlockRandMaskWithHead PlanAlgorithm = "block_rand_mask_with_head" // the second
)

// InitialCache: what is there before the first token.
type InitialCache string

const (
	InitialCacheZeros InitialCache = "zeros" // keys and values of zeros
	InitialCacheEmpty InitialCache = "empty" // nothing
)

// Projection: how keys and values are made fewer.
type Projection string

const (
	ProjectionLinear      Projection = "linear"      // by matrices
	ProjectionGaussian    Projection = "gaussian"    // by matrices of normals that are drawn from Seed
	ProjectionOrthonormal Projection = "orthonormal" // by matrices of rows at right angles that are drawn from Seed
	ProjectionMeanPool    Projection = "mean_pool"   // means of stride rows
	ProjectionMaxPool     Projection = "max_pool"    // maxima of stride rows
	ProjectionConv        Projection = "conv"        // a convolution of stride rows
)

// Sharing: what the matrices are shared among.
type Sharing string

const (
	SharingNone      Sharing = "none"      // nothing: one for each head
	SharingHeadwise  Sharing = "headwise"  // the heads; keys and values have their own
	SharingKV        Sharing = "kv"        // heads, keys and values
	SharingLayerwise Sharing = "layerwise" // all layers of a model; computed as kv
)

// Kernel: the feature map.
type Kernel string

const (
	KernelSoftmax       Kernel = "softmax"       // positive features of the softmax kernel
	KernelHyperbolic    Kernel = "hyperbolic"    // the same with both signs
	KernelTrigonometric Kernel = "trigonometric" // sines and cosines
	KernelRelu          Kernel = "relu"          // rectified products
	KernelExp           Kernel = "exp"           // exponentials of products
	KernelElu           Kernel = "elu"           // elu(x) + 1 of the rows themselves: Linear Transformer
	KernelGiven         Kernel = "given"         // q and k are features already
	KernelExact         Kernel = "exact"         // no features: full attention
)

// ProjectionKind: where the random features come from.
type ProjectionKind string

const (
	ProjectionKindGiven      ProjectionKind = "given"      // from projection
	ProjectionKindIid        ProjectionKind = "iid"        // drawn, independent
	ProjectionKindOrthogonal ProjectionKind = "orthogonal" // drawn, at right angles
	ProjectionKindHadamard   ProjectionKind = "hadamard"   // drawn, as products of Hadamard matrices and signs
)

// ProjectionLengths: how long drawn features are.
type ProjectionLengths string

const (
	ProjectionLengthsChi     ProjectionLengths = "chi"      // as vectors of normals
	ProjectionLengthsSqrtDim ProjectionLengths = "sqrt_dim" // the square root of their width
)

// QueryShift: what is taken off the exponents of queries.
type QueryShift string

const (
	QueryShiftRowMax QueryShift = "row_max" // each row's own maximum
	QueryShiftNone   QueryShift = "none"    // nothing
)

// KeyNorm: how keys are normalised.
type KeyNorm string

const (
	KeyNormRms KeyNorm = "rms" // by their root mean square
	KeyNormL2  KeyNorm = "l2"  // to length 1
)

// InitialMemory: what is there before the first segment.
type InitialMemory string

const (
	InitialMemoryEmpty InitialMemory = "empty" // nothing
	InitialMemoryZeros InitialMemory = "zeros" // rows of zeros
)

// Wrap: what stands around the attention.
type Wrap string

const (
	WrapNone     Wrap = "none"      // nothing
	WrapPostNorm Wrap = "post_norm" // a residual, then a layer norm
	WrapPreNorm  Wrap = "pre_norm"  // a layer norm, and a residual around it
)

// Compression: how rows that leave the memory are compressed.
type Compression string

const (
	CompressionMean        Compression = "mean"         // their mean
	CompressionMax         Compression = "max"          // their maximum
	CompressionConv        Compression = "conv"         // a convolution
	CompressionDilatedConv Compression = "dilated_conv" // a stack of dilated convolutions
	CompressionMostUsed    Compression = "most_used"    // the rows that were attended most
)

// Loss: what a compression loses.
type Loss string

const (
	LossNone         Loss = "none"         // nothing is computed
	LossAttention    Loss = "attention"    // the part "loss": how much attention differs
	LossAutoencoding Loss = "autoencoding" // the part "autoencoding_loss": how far rows can be rebuilt
)

// HeadKind: what a head sees.
type HeadKind string

const (
	HeadKindFull         HeadKind = "full"          // every key
	HeadKindWindow       HeadKind = "window"        // a window, as WindowAttention
	HeadKindLocal        HeadKind = "local"         // the tokens just before, as SparseTransformerAttention
	HeadKindDistant      HeadKind = "distant"       // the summary tokens, as SparseTransformerAttention
	HeadKindUnion        HeadKind = "union"         // both
	HeadKindAdaptiveSpan HeadKind = "adaptive_span" // a learnt span, as AdaptiveSpanAttention
)

// Positions: how positions are told.
type Positions string

const (
	PositionsXL    Positions = "xl"    // relative, as in Transformer-XL: RelativeWeights, BiasU, BiasV
	PositionsTable Positions = "table" // a table of distances: PositionTable
)

// KeyValueStore: what keys and values are rounded to when a layer keeps them.
type KeyValueStore string

const (
	KeyValueStoreF32  KeyValueStore = "f32"  // they are kept as they are
	KeyValueStoreBF16 KeyValueStore = "bf16" // half the room
)

// Normals: whose normals rotations are drawn from.
type Normals string

const (
	NormalsLongwave Normals = "longwave" // our own, the same on every machine and in every release
	NormalsTorch    Normals = "torch"    // those of PyTorch's CPU generator after manual_seed
)
