// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

// Layers that remember what came before a segment.

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

// XLNetAttention is the kind "xlnet". Relative positions over a memory and the rows themselves: XLNet. k and v are rows of a
// memory and then those of q.
type XLNetAttention struct {
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
	// The weights of relative positions, [heads head_dim, PositionDim].
	RelativeWeights []float32 `option:"w_r"`
	// The width of a position's embedding; by default heads head_dim.
	PositionDim int `option:"d_position"`
	// The bias u, [heads, head_dim].
	BiasU []float32 `option:"bias_u"`
	// The bias v, [heads, head_dim].
	BiasV []float32 `option:"bias_v"`
	// The longest distance that is told from others; 0: all are.
	ClampLen int `option:"clamp_len"`
	// Whether rows see only what came before them, and themselves.
	Causal bool `option:"causal"`
	// Of models, which give token types: the bias s, [heads, head_dim],
	BiasS []float32 `option:"bias_s"`
	// and embeddings of the same segment and of another, [2, heads, head_dim].
	SegmentEmbedding []float32 `option:"seg_embed"`
	// What keys and values are rounded to when they are kept.
	Store KeyValueStore `option:"store"`
	// Weights around the layer; it then takes and gives hidden rows.
	Projections Projections
}

func (TransformerXLAttention) kind() string                { return "transformer_xl" }
func (l TransformerXLAttention) configure(c *config) error { return c.setFields(l) }

func (CompressiveAttention) kind() string                { return "compressive" }
func (l CompressiveAttention) configure(c *config) error { return c.setFields(l) }

func (PositionInfusedAttention) kind() string                { return "pia" }
func (l PositionInfusedAttention) configure(c *config) error { return c.setFields(l) }

func (XLNetAttention) kind() string                { return "xlnet" }
func (l XLNetAttention) configure(c *config) error { return c.setFields(l) }
