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
	// What keys and values are rounded to when they are kept.
	Store KeyValueStore `option:"store"`
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

func (FullAttention) kind() string                { return "full" }
func (l FullAttention) configure(c *config) error { return c.setFields(l) }

func (MixedAttention) kind() string                { return "mixed" }
func (l MixedAttention) configure(c *config) error { return c.setFields(l) }
