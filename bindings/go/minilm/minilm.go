// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

// Package minilm is the default model, in the program itself: English texts, vectors of 384 numbers. Its files are put here
// by bindings/go/package.sh.
package minilm

import (
	"embed"

	longwave "longwave.dev/longwave"
)

//go:embed all:minilm
var files embed.FS

// Open opens the model. The weights are copied into the context's memory.
func Open(c *longwave.Context) (*longwave.Model, error) { return longwave.OpenModelFS(c, files) }
