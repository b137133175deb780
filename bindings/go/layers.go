// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

// Layer is the options of an attention layer of one kind: WindowAttention, FavorAttention and their siblings, or
// AnyAttention. Fields that are left zero take the library's default; those for which zero is a choice of its own are
// pointers (Value makes one).
type Layer interface {
	configure(config *config) error
	kind() string
}

// AnyAttention names a kind and its options as the C API does. Values are int, int64, []int64, float64, []float32,
// string or bool.
type AnyAttention struct {
	Kind   string
	Values map[string]any
}

// FullAttention is the kind "full". Every row sees every key. Queries may be of another number than keys.
type FullAttention struct {
	// How many heads.
	Heads int `option:"heads"`
	// The width of a head of queries and keys, 1 to 256.
	HeadDim int `option:"head_dim"`
	// How many heads of keys and values; by default as many as Heads.
	KVHeads int `option:"kv_heads"`
	// The width of a head of values; by default HeadDim.
	ValueDim int `option:"value_dim"`
	// What scores are multiplied by; by default HeadDim^-1/2.
	Scale float64 `option:"scale"`
	// How long a sequence a memory is made for, where rows may see everything.
	MaxTokens int `option:"max_tokens"`
	// Rows computed at a time in a memory; results do not depend on it.
	StepRows int `option:"step_rows"`
	// Whether rows see only what came before them, and themselves.
	Causal bool `option:"causal"`
	// The position of query 0, where key 0 is at 0.
	QueryOffset int `option:"query_offset"`
	// Rotary positions: the base of the angles, such as 10000.
	RopeTheta float64 `option:"rope.theta"`
	// Rotary positions: how many channels turn.
	RopeDim int `option:"rope.dim"`
	// Rotary positions: how channels are paired.
	RopeStyle RopeStyle `option:"rope.style"`
	// ALiBi: a slope for each head.
	AlibiSlopes []float32 `option:"alibi_slopes"`
	// T5: biases of distances, [heads, RelativeBuckets].
	RelativeBias []float32 `option:"relative_bias"`
	// T5: how many buckets distances fall into; 32 by default.
	RelativeBuckets int `option:"relative_buckets"`
	// T5: from which distance on all are one; 128 by default.
	RelativeMaxDistance int `option:"relative_max_distance"`
	// Weights around the layer; it then takes and gives hidden rows.
	Projections Projections
}

// WindowAttention is the kind "window". A sliding window, with dilation and global tokens: Longformer.
type WindowAttention struct {
	// How many heads.
	Heads int `option:"heads"`
	// The width of a head of queries and keys, 1 to 256.
	HeadDim int `option:"head_dim"`
	// How many heads of keys and values; by default as many as Heads.
	KVHeads int `option:"kv_heads"`
	// The width of a head of values; by default HeadDim.
	ValueDim int `option:"value_dim"`
	// What scores are multiplied by; by default HeadDim^-1/2.
	Scale float64 `option:"scale"`
	// How long a sequence a memory is made for, where rows may see everything.
	MaxTokens int `option:"max_tokens"`
	// Rows computed at a time in a memory; results do not depend on it.
	StepRows int `option:"step_rows"`
	// Rows seen before each row: one number, or one a head.
	Left []int64 `option:"left"`
	// Rows seen after each row: one number, or one a head.
	Right []int64 `option:"right"`
	// Every how many rows the window has one: one number, or one a head.
	Dilation []int64 `option:"dilation"`
	// Tokens that see every row and are seen by every row.
	Global []int64 `option:"global"`
	// Whether rows of q, k and v are two sets of heads, one behind the other, of which global rows use the second.
	GlobalProjections bool `option:"global_projections"`
	// Whether rows see only what came before them, and themselves.
	Causal bool `option:"causal"`
	// Weights around the layer; it then takes and gives hidden rows.
	Projections Projections
}

// SinkWindowAttention is the kind "sink_window". A window and the first rows: attention sinks.
type SinkWindowAttention struct {
	// How many heads.
	Heads int `option:"heads"`
	// The width of a head of queries and keys, 1 to 256.
	HeadDim int `option:"head_dim"`
	// How many heads of keys and values; by default as many as Heads.
	KVHeads int `option:"kv_heads"`
	// The width of a head of values; by default HeadDim.
	ValueDim int `option:"value_dim"`
	// What scores are multiplied by; by default HeadDim^-1/2.
	Scale float64 `option:"scale"`
	// How long a sequence a memory is made for, where rows may see everything.
	MaxTokens int `option:"max_tokens"`
	// Rows computed at a time in a memory; results do not depend on it.
	StepRows int `option:"step_rows"`
	// Rows at the beginning that every row sees.
	Sinks int `option:"sinks"`
	// What the sinks themselves see.
	SinksSee SinksSee `option:"sinks_see"`
	// With SinksSeePast: rows seen, counting the row itself.
	Window int `option:"window"`
	// What the window is counted in.
	Visibility Visibility `option:"visibility"`
	// The length of a segment, counted from position 0.
	Segment int `option:"segment"`
	// Instead of Segment: segments end with Memory.EndSegment.
	ExplicitSegments bool `option:"segment,explicit"`
	// With SinksSeeAll: rows seen before each row.
	Left int `option:"left"`
	// With SinksSeeAll: rows seen after each row.
	Right int `option:"right"`
	// Rotary positions: the base of the angles, such as 10000.
	RopeTheta float64 `option:"rope.theta"`
	// Rotary positions: how many channels turn.
	RopeDim int `option:"rope.dim"`
	// Rotary positions: how channels are paired.
	RopeStyle RopeStyle `option:"rope.style"`
	// Weights around the layer; it then takes and gives hidden rows.
	Projections Projections
}

// SparseTransformerAttention is the kind "sparse_transformer". Strided and fixed patterns: Sparse Transformer.
type SparseTransformerAttention struct {
	// How many heads.
	Heads int `option:"heads"`
	// The width of a head of queries and keys, 1 to 256.
	HeadDim int `option:"head_dim"`
	// How many heads of keys and values; by default as many as Heads.
	KVHeads int `option:"kv_heads"`
	// The width of a head of values; by default HeadDim.
	ValueDim int `option:"value_dim"`
	// What scores are multiplied by; by default HeadDim^-1/2.
	Scale float64 `option:"scale"`
	// How long a sequence a memory is made for, where rows may see everything.
	MaxTokens int `option:"max_tokens"`
	// Rows computed at a time in a memory; results do not depend on it.
	StepRows int `option:"step_rows"`
	// The pattern.
	Pattern SparsePattern `option:"pattern"`
	// The stride, or the length of a block.
	Stride int `option:"stride"`
	// How many tokens at the end of a block are its summary.
	Summary int `option:"summary"`
	// Which keys heads see: one set, or one a head.
	HeadSets []HeadSet `option:"head_sets"`
	// Weights around the layer; it then takes and gives hidden rows.
	Projections Projections
}

// BlockSparseAttention is the kind "block_sparse". Windows of blocks, global blocks and random ones: BigBird.
type BlockSparseAttention struct {
	// How many heads.
	Heads int `option:"heads"`
	// The width of a head of queries and keys, 1 to 256.
	HeadDim int `option:"head_dim"`
	// How many heads of keys and values; by default as many as Heads.
	KVHeads int `option:"kv_heads"`
	// The width of a head of values; by default HeadDim.
	ValueDim int `option:"value_dim"`
	// What scores are multiplied by; by default HeadDim^-1/2.
	Scale float64 `option:"scale"`
	// How long a sequence a memory is made for, where rows may see everything.
	MaxTokens int `option:"max_tokens"`
	// Rows computed at a time in a memory; results do not depend on it.
	StepRows int `option:"step_rows"`
	// Rows of a block.
	BlockSize int `option:"block_size"`
	// Random blocks that each block sees.
	NumRandom int `option:"num_random"`
	// Sequences of at most this many rows are read in full; by default (5 + 2 NumRandom) BlockSize.
	FullUpTo *int `option:"full_up_to"`
	// Where the random blocks come from.
	Plan BlockPlan `option:"plan"`
	// The random blocks, [heads, blocks - 2, NumRandom].
	RandomBlocks []int64 `option:"random_blocks"`
	// BlockPlanSeeded: the seed; there it is the layer's index.
	Seed int `option:"seed"`
	// BlockPlanSeeded: which drawing.
	PlanAlgorithm PlanAlgorithm `option:"plan_algorithm"`
	// BlockPlanSeeded: the longest sequence, max_position_embeddings there; 4096 by default.
	PlanTokens int `option:"plan_tokens"`
	// Weights around the layer; it then takes and gives hidden rows.
	Projections Projections
}

// AdaptiveSpanAttention is the kind "adaptive_span". Every head has a learnt span with a soft end: Adaptive
// Attention Span. The rows of q are the last of those of k.
type AdaptiveSpanAttention struct {
	// How many heads.
	Heads int `option:"heads"`
	// The width of a head of queries and keys, 1 to 256.
	HeadDim int `option:"head_dim"`
	// How many heads of keys and values; by default as many as Heads.
	KVHeads int `option:"kv_heads"`
	// The width of a head of values; by default HeadDim.
	ValueDim int `option:"value_dim"`
	// What scores are multiplied by; by default HeadDim^-1/2.
	Scale float64 `option:"scale"`
	// How long a sequence a memory is made for, where rows may see everything.
	MaxTokens int `option:"max_tokens"`
	// Rows computed at a time in a memory; results do not depend on it.
	StepRows int `option:"step_rows"`
	// The longest span.
	MaxSpan int `option:"max_span"`
	// Over how many rows a span ends.
	Ramp int `option:"ramp"`
	// What is there before the first token.
	InitialCache InitialCache `option:"initial_cache"`
	// The weight of the part "span_loss".
	LossCoeff float64 `option:"loss_coeff"`
	// The learnt spans as parts of MaxSpan, one a head.
	Span []float32 `option:"span"`
	// Embeddings of distances, [head_dim, max_span].
	KeyPE []float32 `option:"key_pe"`
	// Weights around the layer; it then takes and gives hidden rows.
	Projections Projections
}

// LinformerAttention is the kind "linformer". Keys and values are projected to few rows: Linformer. Queries
// may be of another number than keys.
type LinformerAttention struct {
	// How many heads.
	Heads int `option:"heads"`
	// The width of a head of queries and keys, 1 to 256.
	HeadDim int `option:"head_dim"`
	// How many heads of keys and values; by default as many as Heads.
	KVHeads int `option:"kv_heads"`
	// The width of a head of values; by default HeadDim.
	ValueDim int `option:"value_dim"`
	// What scores are multiplied by; by default HeadDim^-1/2.
	Scale float64 `option:"scale"`
	// How long a sequence a memory is made for, where rows may see everything.
	MaxTokens int `option:"max_tokens"`
	// Rows computed at a time in a memory; results do not depend on it.
	StepRows int `option:"step_rows"`
	// How keys and values are made fewer.
	Projection Projection `option:"projection"`
	// What the matrices are shared among.
	Sharing Sharing `option:"sharing"`
	// Rows that keys and values become.
	Slots int `option:"slots"`
	// Drawn matrices: how many slots, as ceil(8 ln MaxTokens / Tolerance^2).
	Tolerance float64 `option:"tolerance"`
	// Drawn matrices: the seed.
	Seed int `option:"seed"`
	// Rows that become one, by pooling or convolution.
	Stride int `option:"stride"`
	// The matrix of keys, [slots, keys], or with SharingNone [heads, slots, keys].
	E []float32 `option:"e"`
	// The matrix of values, of the same shape.
	F []float32 `option:"f"`
	// What is added to the projected keys.
	EBias []float32 `option:"e_bias"`
	// What is added to the projected values.
	FBias []float32 `option:"f_bias"`
	// The convolution of keys.
	ConvWeightK []float32 `option:"conv_weight_k"`
	// The bias of the convolution of keys.
	ConvBiasK []float32 `option:"conv_bias_k"`
	// The convolution of values.
	ConvWeightV []float32 `option:"conv_weight_v"`
	// The bias of the convolution of values.
	ConvBiasV []float32 `option:"conv_bias_v"`
	// Weights around the layer; it then takes and gives hidden rows.
	Projections Projections
}

// FavorAttention is the kind "favor". Linear attention by random features: Performer (FAVOR+). A memory has
// the parts state_s and state_z.
type FavorAttention struct {
	// How many heads.
	Heads int `option:"heads"`
	// The width of a head of queries and keys, 1 to 256.
	HeadDim int `option:"head_dim"`
	// How many heads of keys and values; by default as many as Heads.
	KVHeads int `option:"kv_heads"`
	// The width of a head of values; by default HeadDim.
	ValueDim int `option:"value_dim"`
	// What scores are multiplied by; by default HeadDim^-1/2.
	Scale float64 `option:"scale"`
	// How long a sequence a memory is made for, where rows may see everything.
	MaxTokens int `option:"max_tokens"`
	// Rows computed at a time in a memory; results do not depend on it.
	StepRows int `option:"step_rows"`
	// The feature map.
	Kernel Kernel `option:"kernel"`
	// The random features, [features, head_dim].
	Projection []float32 `option:"projection"`
	// Whether rows see only what came before them, and themselves.
	Causal bool `option:"causal"`
	// What is added to features of the softmax kernel.
	Eps *float64 `option:"eps"`
	// What is added to the other features.
	KernelEps *float64 `option:"kernel_eps"`
	// What is added to the denominator, times the sum of a query's features.
	DenominatorEps float64 `option:"denominator_eps"`
	// What is added to the denominator, whatever the features.
	DenominatorConstant float64 `option:"denominator_constant"`
	// Where the random features come from.
	ProjectionKind ProjectionKind `option:"projection_kind"`
	// How many random features are drawn, or are given a head.
	Features int `option:"features"`
	// How long drawn features are.
	ProjectionLengths ProjectionLengths `option:"projection_lengths"`
	// The seed of the drawing.
	Seed int `option:"seed"`
	// Which drawing: 0, 1, 2 ... of the same seed.
	Draw int `option:"draw"`
	// What is taken off the exponents of queries.
	QueryShift QueryShift `option:"query_shift"`
	// What is taken off the exponents of keys.
	KeyShift *float64 `option:"key_shift"`
	// Instead of KeyShift: the greatest exponent of all keys.
	KeyShiftGlobalMax bool `option:"key_shift,global_max"`
	// Weights around the layer; it then takes and gives hidden rows.
	Projections Projections
}

// LSHAttention is the kind "lsh". Rows see the rows of their hash bucket: Reformer. q is both query and key;
// there is no k.
type LSHAttention struct {
	// How many heads.
	Heads int `option:"heads"`
	// The width of a head of queries and keys, 1 to 256.
	HeadDim int `option:"head_dim"`
	// How many heads of keys and values; by default as many as Heads.
	KVHeads int `option:"kv_heads"`
	// The width of a head of values; by default HeadDim.
	ValueDim int `option:"value_dim"`
	// What scores are multiplied by; by default HeadDim^-1/2.
	Scale float64 `option:"scale"`
	// How long a sequence a memory is made for, where rows may see everything.
	MaxTokens int `option:"max_tokens"`
	// Rows computed at a time in a memory; results do not depend on it.
	StepRows int `option:"step_rows"`
	// Whether rows see only what came before them, and themselves.
	Causal bool `option:"causal"`
	// Rows of a chunk of the sorted sequence.
	ChunkLength int `option:"chunk_length"`
	// Chunks seen before a row's own.
	ChunksBefore *int `option:"chunks_before"`
	// Chunks seen after a row's own.
	ChunksAfter int `option:"chunks_after"`
	// Rounds of hashing.
	NHashes int `option:"n_hashes"`
	// The number of buckets, or its factors.
	BucketFactors []int64 `option:"bucket_factors"`
	// The random rotations, [heads, head_dim, n_hashes, sum of bucket_factors / 2].
	Rotations []float32 `option:"rotations"`
	// The seed that rotations are drawn from, where they are not given.
	Seed int `option:"seed"`
	// How keys are normalised.
	KeyNorm KeyNorm `option:"key_norm"`
	// What scores are multiplied by in addition.
	ScoreScale *float64 `option:"score_scale"`
	// The score of a row with itself.
	SelfValue *float64 `option:"self_value"`
	// Weights around the layer; it then takes and gives hidden rows.
	Projections Projections
}

// TransformerXLAttention is the kind "transformer_xl". Segments that see a memory of the rows before them,
// with relative positions: Transformer-XL. Parts of a memory: memory, mass, segment_mass.
type TransformerXLAttention struct {
	// How many heads.
	Heads int `option:"heads"`
	// The width of rows.
	DModel int `option:"d_model"`
	// The width of a head; by default DModel / Heads.
	HeadDim int `option:"head_dim"`
	// How many heads of keys and values; by default as many as Heads.
	KVHeads int `option:"kv_heads"`
	// The width of a head of values; by default HeadDim.
	ValueDim int `option:"value_dim"`
	// What scores are multiplied by; by default HeadDim^-1/2.
	Scale float64 `option:"scale"`
	// How long a sequence a memory is made for, where rows may see everything.
	MaxTokens int `option:"max_tokens"`
	// Rows computed at a time in a memory; results do not depend on it.
	StepRows int `option:"step_rows"`
	// The length of a segment, counted from position 0.
	Segment int `option:"segment"`
	// Instead of Segment: segments end with Memory.EndSegment.
	ExplicitSegments bool `option:"segment,explicit"`
	// Whether the parts "mass" and "segment_mass" are kept: how much attention each part of the memory got.
	Statistics bool `option:"statistics"`
	// Rows that are remembered.
	MemLen int `option:"mem_len"`
	// The longest distance that is told from others; 0: all are.
	ClampLen int `option:"clamp_len"`
	// Whether every row sees equally many.
	SameLength bool `option:"same_length"`
	// What is there before the first segment.
	InitialMemory InitialMemory `option:"initial_memory"`
	// What stands around the attention.
	Wrap Wrap `option:"wrap"`
	// What the layer norm adds to the variance.
	LNEps *float64 `option:"ln_eps"`
	// The weights of queries, keys and values, [3 heads head_dim, d_model].
	WeightsQKV []float32 `option:"w_qkv"`
	// The weights of the output, [d_model, heads head_dim].
	WeightsOut []float32 `option:"w_o"`
	// The weights of relative positions, [heads head_dim, d_model].
	RelativeWeights []float32 `option:"w_r"`
	// The bias u, [heads, head_dim].
	BiasU []float32 `option:"bias_u"`
	// The bias v, [heads, head_dim].
	BiasV []float32 `option:"bias_v"`
	// The weight of the layer norm, [d_model].
	LNWeight []float32 `option:"ln_weight"`
	// The bias of the layer norm, [d_model].
	LNBias []float32 `option:"ln_bias"`
}

// CompressiveAttention is the kind "compressive". As Transformer-XL, and what leaves the memory is compressed
// into another: Compressive Transformer. Parts of a memory: memory, compressed, usage, loss,
// autoencoding_loss, mass, segment_mass.
type CompressiveAttention struct {
	// How many heads.
	Heads int `option:"heads"`
	// The width of rows.
	DModel int `option:"d_model"`
	// The width of a head; by default DModel / Heads.
	HeadDim int `option:"head_dim"`
	// How many heads of keys and values; by default as many as Heads.
	KVHeads int `option:"kv_heads"`
	// The width of a head of values; by default HeadDim.
	ValueDim int `option:"value_dim"`
	// What scores are multiplied by; by default HeadDim^-1/2.
	Scale float64 `option:"scale"`
	// How long a sequence a memory is made for, where rows may see everything.
	MaxTokens int `option:"max_tokens"`
	// Rows computed at a time in a memory; results do not depend on it.
	StepRows int `option:"step_rows"`
	// The length of a segment, counted from position 0.
	Segment int `option:"segment"`
	// Instead of Segment: segments end with Memory.EndSegment.
	ExplicitSegments bool `option:"segment,explicit"`
	// Whether the parts "mass" and "segment_mass" are kept: how much attention each part of the memory got.
	Statistics bool `option:"statistics"`
	// Rows that are remembered as they are.
	MemLen int `option:"mem_len"`
	// Rows of the compressed memory.
	CompressedLen int `option:"cmem_len"`
	// How many rows become one.
	Ratio int `option:"ratio"`
	// How rows are compressed.
	Function Compression `option:"function"`
	// How positions are told.
	Position Positions `option:"position"`
	// Which losses are computed, as parts of the memory.
	Loss []Loss `option:"loss"`
	// LossAutoencoding: the weights of the decoder, [d_model, d_model, ratio].
	DecoderWeight []float32 `option:"decoder_weight"`
	// LossAutoencoding: the bias of the decoder.
	DecoderBias []float32 `option:"decoder_bias"`
	// The weights of queries, keys and values, [3 heads head_dim, d_model].
	WeightsQKV []float32 `option:"w_qkv"`
	// The weights of the output, [d_model, heads head_dim].
	WeightsOut []float32 `option:"w_o"`
	// The bias of the output, [d_model].
	BiasOut []float32 `option:"b_o"`
	// The weights of relative positions, [heads head_dim, d_model].
	RelativeWeights []float32 `option:"w_r"`
	// The bias u, [heads, head_dim].
	BiasU []float32 `option:"bias_u"`
	// The bias v, [heads, head_dim].
	BiasV []float32 `option:"bias_v"`
	// The table of distances, [heads, distances, head_dim].
	PositionTable []float32 `option:"pos"`
	// The convolution.
	ConvWeight []float32 `option:"conv_weight"`
	// The bias of the convolution.
	ConvBias []float32 `option:"conv_bias"`
	// Of stacked convolutions: the kernel of each.
	ConvLayersKernel []int64 `option:"conv_layers.kernel"`
	// Of stacked convolutions: the stride of each.
	ConvLayersStride []int64 `option:"conv_layers.stride"`
	// Of stacked convolutions: the dilation of each.
	ConvLayersDilation []int64 `option:"conv_layers.dilation"`
	// Of stacked convolutions: the weights of number 0.
	ConvWeight0 []float32 `option:"conv_weight_0"`
	// Of stacked convolutions: the bias of number 0.
	ConvBias0 []float32 `option:"conv_bias_0"`
	// Of stacked convolutions: the weights of number 1.
	ConvWeight1 []float32 `option:"conv_weight_1"`
	// Of stacked convolutions: the bias of number 1.
	ConvBias1 []float32 `option:"conv_bias_1"`
	// Of stacked convolutions: the weights of number 2.
	ConvWeight2 []float32 `option:"conv_weight_2"`
	// Of stacked convolutions: the bias of number 2.
	ConvBias2 []float32 `option:"conv_bias_2"`
	// Of stacked convolutions: the weights of number 3.
	ConvWeight3 []float32 `option:"conv_weight_3"`
	// Of stacked convolutions: the bias of number 3.
	ConvBias3 []float32 `option:"conv_bias_3"`
}

// PositionInfusedAttention is the kind "pia". Positions are added to queries and keys, so that a cache of rows
// can be reused: Shortformer. Parts of a memory: cache, mass, segment_mass.
type PositionInfusedAttention struct {
	// How many heads.
	Heads int `option:"heads"`
	// The width of rows.
	DModel int `option:"d_model"`
	// The width of a head; by default DModel / Heads.
	HeadDim int `option:"head_dim"`
	// How many heads of keys and values; by default as many as Heads.
	KVHeads int `option:"kv_heads"`
	// The width of a head of values; by default HeadDim.
	ValueDim int `option:"value_dim"`
	// What scores are multiplied by; by default HeadDim^-1/2.
	Scale float64 `option:"scale"`
	// How long a sequence a memory is made for, where rows may see everything.
	MaxTokens int `option:"max_tokens"`
	// Rows computed at a time in a memory; results do not depend on it.
	StepRows int `option:"step_rows"`
	// The length of a segment, counted from position 0.
	Segment int `option:"segment"`
	// Instead of Segment: segments end with Memory.EndSegment.
	ExplicitSegments bool `option:"segment,explicit"`
	// Whether the parts "mass" and "segment_mass" are kept: how much attention each part of the memory got.
	Statistics bool `option:"statistics"`
	// Rows that are remembered.
	CacheLen int `option:"cache_len"`
	// The embeddings of positions, [positions, d_model].
	Positions []float32 `option:"pos"`
	// The weights of queries, [heads head_dim, d_model].
	WeightsQuery []float32 `option:"w_q"`
	// The weights of keys, [heads head_dim, d_model].
	WeightsKey []float32 `option:"w_k"`
	// The weights of values, [heads head_dim, d_model].
	WeightsValue []float32 `option:"w_v"`
	// The weights of the output, [d_model, heads head_dim].
	WeightsOut []float32 `option:"w_o"`
	// The bias of queries.
	BiasQuery []float32 `option:"b_q"`
	// The bias of keys.
	BiasKey []float32 `option:"b_k"`
	// The bias of values.
	BiasValue []float32 `option:"b_v"`
	// The bias of the output.
	BiasOut []float32 `option:"b_o"`
}

// MixedAttention is the kind "mixed". Every head has a kind of its own.
type MixedAttention struct {
	// How many heads.
	Heads int `option:"heads"`
	// The width of a head of queries and keys, 1 to 256.
	HeadDim int `option:"head_dim"`
	// How many heads of keys and values; by default as many as Heads.
	KVHeads int `option:"kv_heads"`
	// The width of a head of values; by default HeadDim.
	ValueDim int `option:"value_dim"`
	// What scores are multiplied by; by default HeadDim^-1/2.
	Scale float64 `option:"scale"`
	// How long a sequence a memory is made for, where rows may see everything.
	MaxTokens int `option:"max_tokens"`
	// Rows computed at a time in a memory; results do not depend on it.
	StepRows int `option:"step_rows"`
	// What heads see: one kind, or one a head.
	HeadKinds []HeadKind `option:"head_kinds"`
	// Whether rows see only what came before them, and themselves.
	Causal bool `option:"causal"`
	// Windows: rows seen before each row: one number, or one a head.
	Left []int64 `option:"left"`
	// Windows: rows seen after each row: one number, or one a head.
	Right []int64 `option:"right"`
	// Windows: every how many rows they have one: one number, or one a head.
	Dilation []int64 `option:"dilation"`
	// Sparse heads: the pattern.
	Pattern SparsePattern `option:"pattern"`
	// Sparse heads: the stride, or the length of a block.
	Stride int `option:"stride"`
	// Sparse heads: how many tokens at the end of a block are its summary.
	Summary int `option:"summary"`
	// Adaptive spans: the longest one.
	MaxSpan int `option:"max_span"`
	// Adaptive spans: over how many rows they end.
	Ramp int `option:"ramp"`
	// Adaptive spans: the weight of the part "span_loss".
	LossCoeff float64 `option:"loss_coeff"`
	// Adaptive spans: the learnt spans as parts of MaxSpan, one a head.
	Span []float32 `option:"span"`
	// Adaptive spans: embeddings of distances, [head_dim, max_span].
	KeyPE []float32 `option:"key_pe"`
	// Weights around the layer; it then takes and gives hidden rows.
	Projections Projections
}

// Projections are weights around any kind over q, k and v, switched on by WeightsQuery: rows of q are then hidden rows
// [DModel], there is no k and v, and the output is hidden rows. Weights are [out, in].
type Projections struct {
	// Floats of a hidden row.
	DModel int `option:"d_model"`
	// Floats of a row of the other sequence; as DModel by default.
	DContext int `option:"d_context"`
	// Whether k is rows [d_context] of another sequence.
	Cross bool `option:"cross"`
	// The weights of queries, [width of q, d_model]; they switch projections on.
	WeightsQuery []float32 `option:"w_q"`
	// The weights of keys, [width of k, d_model].
	WeightsKey []float32 `option:"w_k"`
	// The weights of values, [width of v, d_model].
	WeightsValue []float32 `option:"w_v"`
	// The weights of the output, [d_model, width of the output]; without them the heads' results come out.
	WeightsOut []float32 `option:"w_o"`
	// The bias of queries.
	BiasQuery []float32 `option:"b_q"`
	// The bias of keys.
	BiasKey []float32 `option:"b_k"`
	// The bias of values.
	BiasValue []float32 `option:"b_v"`
	// The bias of the output.
	BiasOut []float32 `option:"b_o"`
	// WindowAttention with GlobalProjections: the weights of global queries.
	GlobalWeightsQuery []float32 `option:"w_q_global"`
	// The weights of keys for global queries.
	GlobalWeightsKey []float32 `option:"w_k_global"`
	// The weights of values for global queries.
	GlobalWeightsValue []float32 `option:"w_v_global"`
	// The bias of global queries.
	GlobalBiasQuery []float32 `option:"b_q_global"`
	// The bias of keys for global queries.
	GlobalBiasKey []float32 `option:"b_k_global"`
	// The bias of values for global queries.
	GlobalBiasValue []float32 `option:"b_v_global"`
}

func (FullAttention) kind() string                { return "full" }
func (l FullAttention) configure(c *config) error { return c.setFields(l) }

func (WindowAttention) kind() string                { return "window" }
func (l WindowAttention) configure(c *config) error { return c.setFields(l) }

func (SinkWindowAttention) kind() string                { return "sink_window" }
func (l SinkWindowAttention) configure(c *config) error { return c.setFields(l) }

func (SparseTransformerAttention) kind() string                { return "sparse_transformer" }
func (l SparseTransformerAttention) configure(c *config) error { return c.setFields(l) }

func (BlockSparseAttention) kind() string                { return "block_sparse" }
func (l BlockSparseAttention) configure(c *config) error { return c.setFields(l) }

func (AdaptiveSpanAttention) kind() string                { return "adaptive_span" }
func (l AdaptiveSpanAttention) configure(c *config) error { return c.setFields(l) }

func (LinformerAttention) kind() string                { return "linformer" }
func (l LinformerAttention) configure(c *config) error { return c.setFields(l) }

func (FavorAttention) kind() string                { return "favor" }
func (l FavorAttention) configure(c *config) error { return c.setFields(l) }

func (LSHAttention) kind() string                { return "lsh" }
func (l LSHAttention) configure(c *config) error { return c.setFields(l) }

func (TransformerXLAttention) kind() string                { return "transformer_xl" }
func (l TransformerXLAttention) configure(c *config) error { return c.setFields(l) }

func (CompressiveAttention) kind() string                { return "compressive" }
func (l CompressiveAttention) configure(c *config) error { return c.setFields(l) }

func (PositionInfusedAttention) kind() string                { return "pia" }
func (l PositionInfusedAttention) configure(c *config) error { return c.setFields(l) }

func (MixedAttention) kind() string                { return "mixed" }
func (l MixedAttention) configure(c *config) error { return c.setFields(l) }
