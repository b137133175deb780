// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"context"
	"reflect"
	"testing"
)

func inputs(t testing.TB, sequences, tokens int) *Inputs {
	t.Helper()
	i, err := NewInputs(sequences, tokens)
	ok(t, err)
	t.Cleanup(func() { i.Close() })
	return i
}

func TestRunGivesWhatTheReferenceDoes(t *testing.T) {
	m, expected := tinyModel(t, "bart-base")
	i := inputs(t, 1, 13)
	for name, input := range map[string]string{"ids": "input_ids", "mask": "attention_mask", "decoder_ids": "decoder_input_ids"} {
		ok(t, i.SetInts(name, expected["n13."+input].ints()))
	}
	for name, output := range map[string]Output{"last_hidden_state": LastHiddenState, "logits": Logits,
		"encoder_last_hidden_state": EncoderLastHiddenState, "encoder_hidden_states": EncoderHiddenStates,
		"decoder_hidden_states": HiddenStates} {
		want := expected["n13."+name]
		if shape := must(m.OutputShape(i, output)); !reflect.DeepEqual(shape, want.Shape) {
			t.Errorf("%s: shape %v, not %v", name, shape, want.Shape)
		}
		near(t, name, must(m.Run(i, output)), want.floats())
	}
	wants(t, i.SetInts("decoder_idz", []int32{1}), ErrInvalidArgument)
	wants(t, m.RunInto(nil, i, Logits, make([]float32, 3)), ErrInvalidArgument)
	_, err := m.OutputShape(i, Memories)
	wants(t, err, ErrUnsupported)
}

func TestRunIsForwardAndTakesItsWorkspace(t *testing.T) {
	m := testModel(t)
	ids := []int32{101, 2023, 2003, 1037, 3231, 102, 101, 2178, 2028, 102, 0, 0}
	mask := []int32{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0}
	want := make([]float32, 2*384)
	ok(t, m.Forward(Sequences{IDs: ids, Mask: mask, Size: 2}, SentenceEmbedding, want))
	i := inputs(t, 2, 6)
	ok(t, i.SetInts("ids", ids))
	ok(t, i.SetInts("mask", mask))
	w := must(m.NewWorkspace(nil, 2, 6))
	defer w.Close()
	got := make([]float32, 2*384)
	ok(t, m.RunInto(w, i, SentenceEmbedding, got))
	if !reflect.DeepEqual(got, want) {
		t.Error("run gives another embedding than forward")
	}
	if got := must(m.Run(i, SentenceEmbedding)); !reflect.DeepEqual(got, want) {
		t.Error("another one without a workspace")
	}
}

func TestALayersOptionsAreOfOneRun(t *testing.T) {
	m, expected := tinyModel(t, "gpt2-base")
	ids := expected["n11.input_ids"].ints()
	i := inputs(t, 1, 11)
	ok(t, i.SetInts("ids", ids))
	want := must(m.Run(i, LastHiddenState))
	near(t, "last_hidden_state", want, expected["n11.last_hidden_state"].floats())
	other := inputs(t, 1, 11)
	ok(t, other.SetInts("ids", ids))
	ok(t, other.SetText("layers.0.store", "bf16"))
	if reflect.DeepEqual(must(m.Run(other, LastHiddenState)), want) {
		t.Error("the layer's option changes nothing")
	}
	if !reflect.DeepEqual(must(m.Run(i, LastHiddenState)), want) {
		t.Error("the option stays")
	}
	ok(t, other.SetText("layers.0.store", "f16"))
	_, err := m.Run(other, LastHiddenState)
	wants(t, err, ErrInvalidArgument)
}

func TestMemoriesGoOnWithTheNextSegment(t *testing.T) {
	m, _ := tinyModel(t, "transfoxl-base")
	segment := func(ids []int32, memories []float32) *Inputs {
		i := inputs(t, 1, len(ids))
		ok(t, i.SetInts("ids", ids))
		if memories != nil {
			ok(t, i.SetFloats("memories", memories))
		}
		return i
	}
	first := segment([]int32{3, 4, 5, 6}, nil)
	memories := must(m.Run(first, Memories))
	second := []int32{7, 8, 9}
	with := must(m.Run(segment(second, memories), LastHiddenState))
	without := must(m.Run(segment(second, nil), LastHiddenState))
	if len(with) != len(without) || reflect.DeepEqual(with, without) {
		t.Error("the memories change nothing")
	}
}

func TestPartsOfLayersAreGivenByName(t *testing.T) {
	m, expected := tinyModel(t, "reformer-base")
	ids := expected["n_multiple.input_ids"]
	i := inputs(t, 1, ids.Shape[1])
	ok(t, i.SetInts("ids", ids.ints()))
	rotations := must(m.RunPart(i, "layers.1.rotations"))
	if buckets := must(m.RunPart(i, "layers.1.buckets")); len(rotations) == 0 || len(buckets) == 0 {
		t.Errorf("%d rotations, %d buckets", len(rotations), len(buckets))
	}
	// Rotations of one's own are the layer's for this run: the reference's give the reference's buckets.
	ok(t, i.SetFloats("layers.1.rotations", expected["n_multiple.rotations.0"].floats()))
	if got := must(m.RunPart(i, "layers.1.rotations")); !reflect.DeepEqual(got, expected["n_multiple.rotations.0"].floats()) {
		t.Error("other rotations than those that were set")
	}
	buckets := must(m.RunPart(i, "layers.1.buckets"))
	want := expected["n_multiple.buckets.0"].longs()
	if len(buckets) != len(want) {
		t.Fatalf("%d buckets, not %d", len(buckets), len(want))
	}
	const perRound = 8 // the reference counts on from round to round
	for at, bucket := range want {
		if buckets[at] != float32(bucket%perRound) {
			t.Fatalf("bucket %d is %v, not %d", at, buckets[at], bucket%perRound)
		}
	}
	_, err := m.RunPart(i, "layers.1.nothing")
	wants(t, err, ErrNotFound)
}

func TestVectorsAreRowsHoweverTheyAreCut(t *testing.T) {
	m := testModel(t)
	vectors := numbers(40*384, 7, 3)
	document := func(step int) []float32 {
		s := must(NewStream(m, &Reading{Vectors: true}))
		defer s.Close()
		for at := 0; at < 40; at += step {
			n := step
			if 40-at < n {
				n = 40 - at
			}
			taken, err := s.PushVectorsContext(context.Background(), vectors[at*384:(at+n)*384])
			if ok(t, err); taken != n {
				t.Fatalf("took %d rows of %d", taken, n)
			}
		}
		ok(t, s.Finish())
		var e Embedding
		for !e.Document {
			if more, err := s.Next(&e); err != nil || !more {
				t.Fatal("no document", err)
			}
		}
		if e.TokenEnd != 40 || e.ByteBegin != -1 {
			t.Errorf("%+v", e)
		}
		return e.Vector
	}
	want := document(40)
	if got := document(7); !reflect.DeepEqual(got, want) {
		t.Error("another vector in pieces of 7 rows")
	}
	i := inputs(t, 1, 40)
	ok(t, i.SetFloats("vectors", vectors))
	near(t, "run", must(m.Run(i, SentenceEmbedding)), want)
	s := must(NewStream(m, &Reading{Vectors: true}))
	defer s.Close()
	_, err := s.PushVectors(vectors[:383])
	wants(t, err, ErrInvalidArgument)
	_, err = s.PushText("text")
	if err == nil {
		t.Error("a stream of vectors takes text")
	}
	plain := must(NewStream(m, nil))
	defer plain.Close()
	if _, err := plain.PushVectors(vectors); err == nil {
		t.Error("a stream of text takes vectors")
	}
}

func TestExecutionDoesNotChangeResults(t *testing.T) {
	m, _ := tinyModel(t, "gpt2-base")
	document := func(reading *Reading) []float32 {
		s := must(NewStream(m, reading))
		defer s.Close()
		_, err := s.PushText("One text, read in either way.")
		ok(t, err)
		ok(t, s.Finish())
		var e Embedding
		for !e.Document {
			if more, err := s.Next(&e); err != nil || !more {
				t.Fatal("no document", err)
			}
		}
		return e.Vector
	}
	want := document(&Reading{Execution: ExecutionWhole})
	for _, reading := range []*Reading{{Execution: ExecutionStream}, {Execution: ExecutionAuto, HeldBack: 512}} {
		if got := document(reading); len(got) == 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v: another vector", reading)
		}
	}
}

func TestPackingCanBeCancelledAndWatched(t *testing.T) {
	c := context1(t)
	m := must(OpenModel(c, source(t, "examples/models/minilm")))
	defer m.Close()
	p := must(m.Packing())
	if p.Bytes != 0 || p.TotalBytes != must(m.Int("packed_bytes")) || p.TotalBytes == 0 {
		t.Errorf("%+v before", p)
	}
	ok(t, m.Cancel())
	wants(t, m.Prepare(), ErrCancelled)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	wants(t, m.PrepareContext(ctx), context.Canceled)
	ok(t, m.PrepareContext(context.Background()))
	if p := must(m.Packing()); p.Bytes != p.TotalBytes {
		t.Errorf("%+v behind", p)
	}
	ok(t, m.Cancel())
	ok(t, m.Prepare())
	vector := must(m.Embed("A question?"))
	if !reflect.DeepEqual(vector, must(testModel(t).Embed("A question?"))) {
		t.Error("another vector")
	}
}
