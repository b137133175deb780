// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

//go:build cgo

package lwswig

// The kinds of objects, in the order of go_flat.h.
const (
	Context = iota
	Config
	Files
	Attention
	Workspace
	Model
	Memory
	Stream
	Tokenizer
	Encodings
	Inputs
	Generator
	Scorer
)
