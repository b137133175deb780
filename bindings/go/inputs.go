// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"runtime"

	"longwave.dev/longwave/internal/lwswig"
)

// Inputs are whole sequences with everything that a family may read, by name. One call at a time, a Run included.
//
//	"ids", "mask", "token_types", "positions"  [sequences, tokens]
//	"globals"                                  [sequences, tokens]: 1 for tokens that see, and are seen by, all
//	"decoder_ids", "decoder_mask"              [sequences, tokens of the decoder]
//	"rows"                                     the rows that Logits are wanted of
//	"vectors"                                  [sequences, tokens, hidden] in place of what ids give
//	"memories"                                 what the output Memories gave for the segment before
//	"layers.N.OPTION"                          an option of the attention of layer N, for this run
type Inputs struct{ object }

func (i *Inputs) ref() int64 {
	if i == nil {
		return 0
	}
	return i.number()
}

// NewInputs is for so many sequences of so many tokens each.
func NewInputs(sequences, tokens int) (*Inputs, error) {
	number, err := takeNumber(func(out *int64) int64 { return lwswig.InputsCreate(int64(sequences), int64(tokens), out) })
	if err != nil {
		return nil, err
	}
	o := newObject(lwswig.Inputs, number)
	return own(&Inputs{o}, o), nil
}

// SetInts sets numbers by name, in place of what was set before. They are copied, as all inputs are.
func (i *Inputs) SetInts(name string, values []int32) error {
	defer runtime.KeepAlive(i)
	return failure(lwswig.InputsSetInts(i.ref(), name, values))
}

// SetFloats sets numbers by name.
func (i *Inputs) SetFloats(name string, values []float32) error {
	defer runtime.KeepAlive(i)
	return failure(lwswig.InputsSetFloats(i.ref(), name, values))
}

// SetText sets a word by name.
func (i *Inputs) SetText(name, word string) error {
	defer runtime.KeepAlive(i)
	return failure(lwswig.InputsSetText(i.ref(), name, word))
}

// Close gives the inputs up.
func (i *Inputs) Close() error {
	if i == nil {
		return nil
	}
	defer runtime.KeepAlive(i)
	return i.close()
}

// Closed says whether they were closed.
func (i *Inputs) Closed() bool {
	defer runtime.KeepAlive(i)
	return i == nil || i.closed()
}

// OutputShape is the shape of what Run gives.
func (m *Model) OutputShape(inputs *Inputs, output Output) ([]int, error) {
	defer runtime.KeepAlive(m)
	defer runtime.KeepAlive(inputs)
	var result [2]int64
	if f := lwswig.ModelOutputShape(m.ref(), inputs.ref(), int(output), &result[0]); f != 0 {
		return nil, failure(f)
	}
	var shape []int
	for _, n := range lwswig.TakeLongs(result) {
		shape = append(shape, int(n))
	}
	return shape, nil
}

// Run reads whole sequences at once and gives an output, row by row.
func (m *Model) Run(inputs *Inputs, output Output) ([]float32, error) {
	shape, err := m.OutputShape(inputs, output)
	if err != nil {
		return nil, err
	}
	count := 1
	for _, n := range shape {
		count *= n
	}
	result := make([]float32, count)
	if err := m.RunInto(nil, inputs, output, result); err != nil {
		return nil, err
	}
	return result, nil
}

// RunInto is Run into the caller's result, which has the output's shape, with a workspace of at least as many rows or nil.
func (m *Model) RunInto(workspace *Workspace, inputs *Inputs, output Output, result []float32) error {
	defer runtime.KeepAlive(m)
	defer runtime.KeepAlive(workspace)
	defer runtime.KeepAlive(inputs)
	return failure(lwswig.ModelRun(m.ref(), workspace.ref(), inputs.ref(), int32(output), result))
}

// RunPart gives what the attention of a layer holds once it has seen each sequence, by the name "layers.N.PART": such as
// layers.1.buckets of a Reformer. ErrNotFound: there is no such part.
func (m *Model) RunPart(inputs *Inputs, name string) ([]float32, error) {
	defer runtime.KeepAlive(m)
	defer runtime.KeepAlive(inputs)
	return takeFloats(func(out *int64) int64 { return lwswig.ModelRunPart(m.ref(), inputs.ref(), name, out) })
}
