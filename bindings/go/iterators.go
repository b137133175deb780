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

// Tokens runs to the end of the turn, for a loop over the tokens as they come:
//
//	for token, err := range generator.Tokens(ctx) { ... }
//
// An error is the last pair. Text may be called within the loop.
func (g *Generator) Tokens(ctx context.Context) iter.Seq2[Generated, error] {
	return func(yield func(Generated, error) bool) {
		for {
			token, more, err := g.NextContext(ctx)
			if err != nil {
				yield(Generated{}, err)
				return
			}
			if !more || !yield(token, nil) {
				return
			}
		}
	}
}

// Pieces is Tokens for the text: pieces of it as they become certain.
func (g *Generator) Pieces(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		stop := errors.New("stop")
		err := g.Generate(ctx, func(piece string) error {
			if yield(piece, nil) {
				return nil
			}
			return stop
		})
		if err != nil && err != stop {
			yield("", err)
		}
	}
}
