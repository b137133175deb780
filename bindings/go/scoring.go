// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

// Scoring is how much context a token has. Fields left zero take the default.
type Scoring struct {
	Mode ScoringMode `option:"mode"`
	// Tokens of a window or block, 2 to 16777216; by default the model's positions. ScoringStream: how many are computed at
	// a time.
	Length int `option:"length"`
	// ScoringSliding: by how many tokens windows advance; by default half of Length.
	Stride int `option:"stride"`
	// An id that is read before the document, so that its first token is scored; -1: none, the default.
	Begin *int `option:"begin"`
	// ScoringStream: rows seen before each row,
	Left *int `option:"left"`
	// rows at the beginning that every row sees,
	Sinks *int `option:"sinks"`
	// and after how many positions learned ones are tiled.
	Tile int `option:"tile"`
	// ScoringStream without a window: rows that the memory takes; by default the model's positions.
	MaxTokens int `option:"max_tokens"`
	// How many tokens may wait to be read, 1 to 16777216; by default 4096. Those of one window always may.
	Queue int `option:"queue"`
	// As in Reading.
	HeldBack int `option:"held_back"`
	// As in Reading.
	SplitLong bool `option:"split_long"`
}

// ScoringMode is how a document is cut into contexts.
type ScoringMode string

// The modes.
const (
	ScoringSliding ScoringMode = "sliding" // windows that overlap; of each but the first the last Stride tokens are scored
	ScoringSegment ScoringMode = "segment" // blocks that begin with the last token of the block before
	ScoringStream  ScoringMode = "stream"  // one memory: a window with sinks, or a model that remembers
)

func (o *Scoring) open() (*config, error) { return openConfig("scoring", o) }
