// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"runtime"

	"longwave.dev/longwave/internal/lwswig"
)

// Workspace is scratch of forwards up to the lengths it was made for; with one, a forward allocates nothing. One call at
// a time.
type Workspace struct{ object }

func (w *Workspace) ref() int64 {
	if w == nil {
		return 0
	}
	return w.number()
}

func newWorkspace(call func(out *int64) int64) (*Workspace, error) {
	number, err := takeNumber(call)
	if err != nil {
		return nil, err
	}
	o := newObject(lwswig.Workspace, number)
	return own(&Workspace{o}, o), nil
}

// NewWorkspace makes scratch for forwards of the layer up to these lengths.
func (a *Attention) NewWorkspace(queries, keys int) (*Workspace, error) {
	defer runtime.KeepAlive(a)
	return newWorkspace(func(out *int64) int64 {
		return lwswig.WorkspaceForAttention(a.ref(), int64(queries), int64(keys), out)
	})
}

// NewWorkspace makes scratch for forwards of so many sequences of at most so many tokens. reading as in Forward.
func (m *Model) NewWorkspace(reading *Reading, sequences, tokens int) (*Workspace, error) {
	defer runtime.KeepAlive(m)
	config, err := reading.open()
	if err != nil {
		return nil, err
	}
	defer config.free()
	return newWorkspace(func(out *int64) int64 {
		return lwswig.WorkspaceForModel(m.ref(), config.ref(), int64(sequences), int64(tokens), out)
	})
}

// Close gives the scratch up.
func (w *Workspace) Close() error {
	if w == nil {
		return nil
	}
	defer runtime.KeepAlive(w)
	return w.close()
}

// Closed says whether it was closed.
func (w *Workspace) Closed() bool {
	defer runtime.KeepAlive(w)
	return w == nil || w.closed()
}
