// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

// Package longwave reads long documents through transformer models on the CPU, piece by piece, in fixed memory.
//
//	c, err := longwave.NewContext(0)
//	model, err := longwave.OpenModel(c, "models/minilm")
//	stream, err := longwave.NewStream(model, nil)
//	err = stream.ReadAll(ctx, file, func(e *longwave.Embedding) error { ... })
//
// # Closing
//
// Close what you open, with defer: the collector reclaims what is dropped, but does not see how large native memory is.
// Close may be called any number of times, from any goroutine, on nil as well, and in any order: what an object needs of
// its parents lives as long as it does. A call in flight ends first (a stream's is cancelled). Calls on a closed object
// give ErrClosed.
//
// # Goroutines
//
// Context, Model, Attention and Tokenizer may be shared by any number of goroutines. A Stream, Memory or Workspace takes
// one call at a time; a second one meanwhile gives ErrBusy. Close, and a stream's Cancel and Progress, may be called at
// any time. Nothing here panics.
//
// # Slices
//
// Numbers go in and out in the caller's slices, which are neither copied nor kept. A result slice must have the right
// length. A nil slice is an empty one.
package longwave

import "longwave.dev/longwave/internal/lwswig"

// Version is the library's version, such as "0.1.0".
func Version() string {
	var result [2]int64
	if lwswig.Version(&result[0]) != 0 {
		return ""
	}
	return lwswig.TakeText(result)
}

// SIMDTarget is the instruction set that computes here, such as "AVX3_ZEN4". Results are equal to the bit only on the
// same one.
func SIMDTarget() string {
	var result [2]int64
	if lwswig.SimdTarget(&result[0]) != 0 {
		return ""
	}
	return lwswig.TakeText(result)
}

// LiveHandles is how many native handles there are in the process, for tests of leaks.
func LiveHandles() int { return int(lwswig.LiveHandles()) }

// Hit is a vector that Search found.
type Hit struct {
	Index int     // which vector, from 0
	Score float32 // its dot product with the query: the cosine, for the unit vectors that streams give
}

// Search gives the k vectors with the greatest dot products with the query, best first. vectors are [n, len(query)], one
// behind the other.
func Search(query, vectors []float32, k int) ([]Hit, error) {
	if k < 0 {
		return nil, invalid("Search: k is negative")
	}
	if len(query) == 0 {
		return nil, invalid("Search: the query is empty")
	}
	if n := len(vectors); k > n/len(query) {
		k = n / len(query)
	}
	indices, scores := make([]int64, k), make([]float32, k)
	var found int64
	if f := lwswig.Search(query, vectors, indices, scores, &found); f != 0 {
		return nil, failure(f)
	}
	hits := make([]Hit, found)
	for i := range hits {
		hits[i] = Hit{int(indices[i]), scores[i]}
	}
	return hits, nil
}

// Value is a pointer to a copy of v, for options that tell zero from unset.
func Value[T any](v T) *T { return &v }
