// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

// Layers whose rows see some of the others, near and far.

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
	// What keys and values are rounded to when they are kept.
	Store KeyValueStore `option:"store"`
	// Weights around the layer; it then takes and gives hidden rows.
	Projections Projections
}

// TransientGlobalAttention is the kind "transient_global". A window of both sides, and summaries of all blocks: LongT5. k
// and v have queries / GlobalBlockSize rows more than q, keys and values of the summaries, the last.
type TransientGlobalAttention struct {
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
	// Rows seen before and after each row.
	Radius int `option:"radius"`
	// Rows of a block, which has one summary.
	GlobalBlockSize int `option:"global_block_size"`
	// T5: biases of distances, [heads, RelativeBuckets].
	RelativeBias []float32 `option:"relative_bias"`
	// T5: how many buckets distances fall into; 32 by default.
	RelativeBuckets int `option:"relative_buckets"`
	// T5: from which distance on all are one; 128 by default.
	RelativeMaxDistance int `option:"relative_max_distance"`
	// The same for blocks.
	SummaryBias []float32 `option:"summary_bias"`
	// What keys and values are rounded to when they are kept.
	Store KeyValueStore `option:"store"`
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
	// Whose normals they are drawn from.
	Generator Normals `option:"generator"`
	// How keys are normalised.
	KeyNorm KeyNorm `option:"key_norm"`
	// What scores are multiplied by in addition.
	ScoreScale *float64 `option:"score_scale"`
	// The score of a row with itself.
	SelfValue *float64 `option:"self_value"`
	// Weights around the layer; it then takes and gives hidden rows.
	Projections Projections
}

func (SparseTransformerAttention) kind() string                { return "sparse_transformer" }
func (l SparseTransformerAttention) configure(c *config) error { return c.setFields(l) }

func (BlockSparseAttention) kind() string                { return "block_sparse" }
func (l BlockSparseAttention) configure(c *config) error { return c.setFields(l) }

func (TransientGlobalAttention) kind() string                { return "transient_global" }
func (l TransientGlobalAttention) configure(c *config) error { return c.setFields(l) }

func (LSHAttention) kind() string                { return "lsh" }
func (l LSHAttention) configure(c *config) error { return c.setFields(l) }
