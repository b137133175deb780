// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"testing"
)

func TestWrongLengthsAreErrorsAndWriteNothing(t *testing.T) {
	a := window(t)
	q := numbers(32, 3, 1)
	out := make([]float32, 33)
	for i := range out {
		out[i] = 7
	}
	wants(t, a.Forward(Batch{Q: q, K: q, V: q}, out[:31]), ErrInvalidArgument)
	wants(t, a.Forward(Batch{Q: q, K: q, V: q}, out), ErrInvalidArgument)
	wants(t, a.Forward(Batch{Q: q, K: q, V: q}, nil), ErrInvalidArgument)
	wants(t, a.Forward(Batch{Q: q, K: q, V: q[:16]}, out[:32]), ErrInvalidArgument)
	wants(t, a.Forward(Batch{Q: q[:31], K: q, V: q}, out[:32]), ErrInvalidArgument)
	wants(t, a.Forward(Batch{Q: q, K: q, V: q, Size: -1}, out[:32]), ErrInvalidArgument)
	wants(t, a.Forward(Batch{Q: q, K: q, V: q, Mask: []int32{1}}, out[:32]), ErrInvalidArgument)
	for _, x := range out {
		if x != 7 {
			t.Fatal("something was written")
		}
	}
	m := testModel(t)
	wants(t, m.EmbedInto("text", make([]float32, 5)), ErrInvalidArgument)
	wants(t, m.Forward(Sequences{IDs: []int32{1, 2, 3}, Size: 2}, LastHiddenState, nil), ErrInvalidArgument)
	_, err := Search(nil, q, 1)
	wants(t, err, ErrInvalidArgument)
	_, err = Search(q[:5], q, 1)
	wants(t, err, ErrInvalidArgument)
	_, err = Search(q[:4], q, -1)
	wants(t, err, ErrInvalidArgument)
}

func TestNilAndEmptySlicesAreEmptySequences(t *testing.T) {
	a := window(t)
	ok(t, a.Forward(Batch{}, nil))
	ok(t, a.Forward(Batch{Q: []float32{}, K: []float32{}, V: []float32{}}, []float32{}))
	memory := must(a.NewMemory())
	defer memory.Close()
	taken, written, err := memory.Step(Rows{}, nil)
	if taken != 0 || written != 0 || err != nil {
		t.Error(taken, written, err)
	}
	written, err = memory.Finish(nil)
	if written != 0 || err != nil {
		t.Error(written, err)
	}
	hits, err := Search(numbers(4, 1, 0), nil, 3)
	if len(hits) != 0 || err != nil {
		t.Error(hits, err)
	}
}

// cgo would refuse to hand on memory in which pointers lie, if it were to look.
func TestASliceMayLieBesidePointers(t *testing.T) {
	a := window(t)
	block := &struct {
		pointer *int
		q       [32]float32
		mask    [2]int32
		out     [32]float32
	}{pointer: new(int), mask: [2]int32{1, 1}}
	copy(block.q[:], numbers(32, 3, 1))
	ok(t, a.Forward(Batch{Q: block.q[:], K: block.q[:], V: block.q[:], Mask: block.mask[:]}, block.out[:]))
	if block.out[0] == 0 {
		t.Error("nothing was written")
	}
}

func TestAMillionFloatsGoInAndOut(t *testing.T) {
	c := context1(t)
	a := must(NewAttention(c, WindowAttention{Heads: 1, HeadDim: 125, Left: []int64{0}, Right: []int64{0}}))
	defer a.Close()
	x := numbers(1000000, 3, 1)
	v := numbers(1000000, 5, 2)
	out := make([]float32, len(x))
	ok(t, a.Forward(Batch{Q: x, K: x, V: v}, out))
	for i := range out { // a row that sees itself alone gives its own value
		if out[i] != v[i] {
			t.Fatalf("number %d is %v, not %v", i, out[i], v[i])
		}
	}
}

func TestForwardWithAWorkspaceAllocatesNothing(t *testing.T) {
	a := must(NewAttention(context1(t), FullAttention{Heads: 1, HeadDim: 8}))
	defer a.Close()
	w := must(a.NewWorkspace(1, 1))
	defer w.Close()
	x, out := numbers(8, 3, 1), make([]float32, 8)
	if n := testing.AllocsPerRun(100, func() {
		if err := a.Forward(Batch{Q: x, K: x, V: x, Workspace: w}, out); err != nil {
			t.Error(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
	many := numbers(8*4096, 3, 1)
	wants(t, a.Forward(Batch{Q: many, K: many, V: many, Workspace: w}, make([]float32, len(many))), ErrCapacityExceeded)
}
