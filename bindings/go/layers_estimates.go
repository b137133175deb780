// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

// Layers whose time grows with the length alone, most of them by estimates.

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

// NystromAttention is the kind "nystrom". Softmax attention by way of landmarks: Nystroemformer.
type NystromAttention struct {
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
	// Means of neighbouring rows that stand for all.
	Landmarks int `option:"landmarks"`
	// The length that the layer takes, a multiple of Landmarks. As many as Landmarks, the default: softmax attention itself
	// over any length.
	Tokens int `option:"tokens"`
	// A convolution over the values, [heads, an odd width].
	ConvWeight []float32 `option:"conv_weight"`
	// Weights around the layer; it then takes and gives hidden rows.
	Projections Projections
}

func (LinformerAttention) kind() string                { return "linformer" }
func (l LinformerAttention) configure(c *config) error { return c.setFields(l) }

func (FavorAttention) kind() string                { return "favor" }
func (l FavorAttention) configure(c *config) error { return c.setFields(l) }

func (NystromAttention) kind() string                { return "nystrom" }
func (l NystromAttention) configure(c *config) error { return c.setFields(l) }
