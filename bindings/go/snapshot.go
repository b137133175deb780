// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"io"

	"longwave.dev/longwave/internal/lwswig"
)

// Snapshot is the saved state of a stream, a memory, a generator or a scorer. Programs in other languages that use Longwave take it as well.
// It is an io.WriterTo and, through a pointer, an io.ReaderFrom.
type Snapshot []byte

// WriteTo writes it.
func (s Snapshot) WriteTo(w io.Writer) (int64, error) {
	n, err := w.Write(s)
	return int64(n), err
}

// ReadFrom replaces it by all that r gives.
func (s *Snapshot) ReadFrom(r io.Reader) (int64, error) {
	data, err := io.ReadAll(r)
	*s = data
	return int64(len(data)), err
}

// Describe is what it holds, as JSON. No model is needed.
func (s Snapshot) Describe() (string, error) {
	var result [2]int64
	if f := lwswig.SnapshotDescribe(s, &result); f != 0 {
		return "", failure(f)
	}
	return lwswig.TakeText(result), nil
}
