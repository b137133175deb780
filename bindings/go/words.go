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

// Pattern: which of the two patterns of the paper.
type Pattern string

const (
	PatternStrided Pattern = "strided" // every stride-th token before a row
	PatternFixed   Pattern = "fixed"   // the last tokens of every block
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
	BlockPlanGiven BlockPlan = "given" // from RandomBlocks
	BlockPlanZeros BlockPlan = "zeros" // all are block 0
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
	ProjectionLinear   Projection = "linear"    // by matrices
	ProjectionMeanPool Projection = "mean_pool" // means of stride rows
	ProjectionMaxPool  Projection = "max_pool"  // maxima of stride rows
	ProjectionConv     Projection = "conv"      // a convolution of stride rows
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
	KernelExact         Kernel = "exact"         // no features: full attention
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

// Positions: how positions are told.
type Positions string

const (
	PositionsXL    Positions = "xl"    // relative, as in Transformer-XL: RelativeWeights, BiasU, BiasV
	PositionsTable Positions = "table" // a table of distances: PositionTable
)
