// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

//go:build go1.23

package longwave

import (
	"context"
	"errors"
	"io"
	"iter"
)

// Embeddings reads all that r gives, for a loop over the embeddings as they come:
//
//	for e, err := range stream.Embeddings(ctx, file) { ... }
//
// An error is the last pair. e and its vector are valid until the next turn.
func (s *Stream) Embeddings(ctx context.Context, r io.Reader) iter.Seq2[*Embedding, error] {
	return func(yield func(*Embedding, error) bool) {
		stop := errors.New("stop")
		err := s.ReadAll(ctx, r, func(e *Embedding) error {
			if yield(e, nil) {
				return nil
			}
			return stop
		})
		if err != nil && err != stop {
			yield(nil, err)
		}
	}
}

// Waiting takes what waits to be read.
func (s *Stream) Waiting() iter.Seq2[*Embedding, error] {
	return func(yield func(*Embedding, error) bool) {
		var e Embedding
		for {
			ok, err := s.Next(&e)
			if err != nil {
				yield(nil, err)
			}
			if !ok || !yield(&e, nil) {
				return
			}
		}
	}
}
