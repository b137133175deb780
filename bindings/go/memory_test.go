// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"bytes"
	"errors"
	"reflect"
	"testing"
)

func sequence(count int) Rows {
	return Rows{Q: numbers(count*16, 7, 1), K: numbers(count*16, 5, 2), V: numbers(count*16, 3, 4), Count: count}
}

func (r Rows) part(begin, end int) Rows {
	return Rows{Q: r.Q[16*begin : 16*end], K: r.K[16*begin : 16*end], V: r.V[16*begin : 16*end], Count: end - begin}
}

// rest steps rows and finishes: all that is written.
func rest(t *testing.T, m *Memory, rows Rows) []float32 {
	t.Helper()
	var all []float32
	buffer := make([]float32, 3*16)
	for at := 0; at < rows.Count; {
		taken, written, err := m.Step(rows.part(at, rows.Count), buffer)
		if err != nil && !errors.Is(err, ErrOutputFull) {
			t.Fatal(err)
		}
		at += taken
		all = append(all, buffer[:written*16]...)
	}
	for {
		written, err := m.Finish(buffer)
		all = append(all, buffer[:written*16]...)
		if err == nil {
			return all
		}
		wants(t, err, ErrOutputFull)
	}
}

func TestAMemoryGivesTheRowsOfForward(t *testing.T) {
	a := window(t)
	rows := sequence(64)
	want := make([]float32, 64*16)
	ok(t, a.Forward(Batch{Q: rows.Q, K: rows.K, V: rows.V}, want))
	m := must(a.NewMemory())
	defer m.Close()
	if got := rest(t, m, rows); !reflect.DeepEqual(got, want) {
		t.Error("other rows")
	}
	if n := must(m.Int("finished")); n != 1 {
		t.Error("not finished")
	}
	_, _, err := m.Step(rows.part(0, 1), make([]float32, 16))
	wants(t, err, ErrInvalidState)
	ok(t, m.Reset())
	if got := rest(t, m, rows); !reflect.DeepEqual(got, want) {
		t.Error("other rows after a reset")
	}
	plan := must(a.PlanMemory())
	if plan.Bytes <= 0 || plan.SteadyRows != 2 {
		t.Errorf("%+v", plan)
	}
	if bytes := must(m.Int("bytes")); bytes > plan.Bytes {
		t.Errorf("%d bytes, planned %d", bytes, plan.Bytes)
	}
}

func TestASavedMemoryGoesOnWithTheSameBits(t *testing.T) {
	a := window(t)
	rows := sequence(64)
	m := must(a.NewMemory())
	defer m.Close()
	_, _, err := m.Step(rows.part(0, 37), make([]float32, 64*16))
	ok(t, err)
	snapshot := must(m.Save())
	fork := must(m.Fork())
	defer fork.Close()
	want := rest(t, m, rows.part(37, 64))
	if got := rest(t, fork, rows.part(37, 64)); !reflect.DeepEqual(got, want) {
		t.Error("the fork gives other rows")
	}
	var file bytes.Buffer
	_, err = snapshot.WriteTo(&file)
	ok(t, err)
	var read Snapshot
	_, err = read.ReadFrom(&file)
	ok(t, err)
	loaded := must(a.NewMemory())
	defer loaded.Close()
	ok(t, loaded.Load(read))
	if got := rest(t, loaded, rows.part(37, 64)); !reflect.DeepEqual(got, want) {
		t.Error("the loaded memory gives other rows")
	}
	if must(snapshot.Describe()) == "" || must(m.Describe()) == "" {
		t.Error("no description")
	}
}

func TestDamagedSnapshotsAreRefused(t *testing.T) {
	a := window(t)
	m := must(a.NewMemory())
	defer m.Close()
	_, _, err := m.Step(sequence(37), make([]float32, 64*16))
	ok(t, err)
	snapshot := must(m.Save())
	before := must(m.Describe())
	for cut := 0; cut < len(snapshot); cut += 1 + cut/8 {
		wants(t, m.Load(snapshot[:cut]), ErrCorruptData)
	}
	for at := 0; at < len(snapshot); at += 1 + len(snapshot)/100 {
		damaged := append(Snapshot(nil), snapshot...)
		damaged[at] ^= 0x55
		if err := m.Load(damaged); !errors.Is(err, ErrCorruptData) && !errors.Is(err, ErrMismatch) && !errors.Is(err, ErrUnsupported) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
	if must(m.Describe()) != before {
		t.Error("the memory has changed")
	}
	other := must(NewAttention(context1(t), WindowAttention{Heads: 2, HeadDim: 8, Left: []int64{6}, Right: []int64{2}}))
	defer other.Close()
	foreign := must(other.NewMemory())
	defer foreign.Close()
	wants(t, foreign.Load(snapshot), ErrMismatch)
	wants(t, m.Load(nil), ErrCorruptData)
}

func TestSegmentsAndParts(t *testing.T) {
	const width, heads = 4, 1
	weights := numbers(width*width, 3, 1)
	a, err := NewAttention(context1(t), PositionInfusedAttention{Heads: heads, DModel: width, ExplicitSegments: true, CacheLen: 3,
		MaxTokens: 8, Positions: numbers(16*width, 5, 1), WeightsQuery: weights, WeightsKey: weights, WeightsValue: weights, WeightsOut: weights})
	ok(t, err)
	defer a.Close()
	m := must(a.NewMemory())
	defer m.Close()
	_, _, err = m.Step(Rows{Q: numbers(5*width, 3, 2), Count: 5}, make([]float32, 5*width))
	ok(t, err)
	ok(t, m.EndSegment())
	if cache := must(m.ReadPart("cache")); len(cache) == 0 {
		t.Error("the cache is empty")
	}
	_, err = m.ReadPart("nothing")
	wants(t, err, ErrNotFound)
}

func TestTheErrorOfAnEstimateCanBeMeasured(t *testing.T) {
	layer := FavorAttention{Heads: 1, HeadDim: 8, Features: 64, Kernel: KernelSoftmax}
	a, err := NewAttention(context1(t), layer)
	ok(t, err)
	defer a.Close()
	batch := Batch{Q: numbers(32*8, 3, 1), K: numbers(32*8, 5, 2), V: numbers(32*8, 7, 3)}
	estimate := must(a.EstimateError(batch, nil, 32, 1))
	if !(estimate.Relative > 0 && estimate.Relative < 1 && estimate.MaxRelative >= estimate.MeanRelative) {
		t.Errorf("%+v", estimate)
	}
	_, err = window(t).EstimateError(Batch{Q: numbers(16, 1, 1), K: numbers(16, 1, 1), V: numbers(16, 1, 1)}, nil, 1, 1)
	wants(t, err, ErrUnsupported)
}
