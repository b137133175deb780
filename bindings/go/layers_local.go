// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

// Layers whose rows see a window.

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
	// How many tokens of a sequence may be global where a model names them for each text.
	MostGlobals int `option:"most_globals"`
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
	// What keys and values are rounded to when they are kept.
	Store KeyValueStore `option:"store"`
	// Weights around the layer; it then takes and gives hidden rows.
	Projections Projections
}

// ChunkedAttention is the kind "chunked". Chunks that see themselves and their neighbours: the local attention of Reformer.
type ChunkedAttention struct {
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
	// Rows of a chunk.
	ChunkLength int `option:"chunk_length"`
	// How many chunks before its own a row sees; 1 by default.
	ChunksBefore *int `option:"chunks_before"`
	// How many chunks behind its own a row sees; 0 by default.
	ChunksAfter int `option:"chunks_after"`
	// Whether rows see only what came before them, and themselves.
	Causal bool `option:"causal"`
	// What keys and values are rounded to when they are kept.
	Store KeyValueStore `option:"store"`
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

func (WindowAttention) kind() string                { return "window" }
func (l WindowAttention) configure(c *config) error { return c.setFields(l) }

func (SinkWindowAttention) kind() string                { return "sink_window" }
func (l SinkWindowAttention) configure(c *config) error { return c.setFields(l) }

func (ChunkedAttention) kind() string                { return "chunked" }
func (l ChunkedAttention) configure(c *config) error { return c.setFields(l) }

func (AdaptiveSpanAttention) kind() string                { return "adaptive_span" }
func (l AdaptiveSpanAttention) configure(c *config) error { return c.setFields(l) }
