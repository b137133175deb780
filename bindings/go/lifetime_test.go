// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"longwave.dev/longwave/internal/lwswig"
)

func TestWhatCannotBeMadeIsAnErrorAndLeavesNothing(t *testing.T) {
	c := context1(t)
	handles := lwswig.LiveHandles()
	_, err := NewContext(-1)
	wants(t, err, ErrInvalidArgument)
	_, err = NewContext(1 << 40)
	wants(t, err, ErrInvalidArgument)
	_, err = NewAttention(c, WindowAttention{})
	wants(t, err, ErrInvalidArgument)
	_, err = NewAttention(c, nil)
	wants(t, err, ErrInvalidArgument)
	_, err = NewAttention(nil, FullAttention{Heads: 1, HeadDim: 8})
	wants(t, err, ErrInvalidArgument)
	_, err = NewAttention(c, AnyAttention{Kind: "none"})
	wants(t, err, ErrUnsupported)
	_, err = NewAttention(c, AnyAttention{Kind: "full", Values: map[string]any{"heads": struct{}{}}})
	wants(t, err, ErrInvalidArgument)
	_, err = OpenModel(c, "no such folder")
	wants(t, err, ErrNotFound)
	wants(t, err, fs.ErrNotExist)
	_, err = OpenModel(c, "a\x00b")
	wants(t, err, ErrInvalidArgument)
	_, err = OpenTokenizer(c, "no such folder")
	wants(t, err, ErrNotFound)
	_, err = NewStream(nil, nil)
	wants(t, err, ErrInvalidArgument)
	_, err = RestoreStream(nil, nil)
	wants(t, err, ErrInvalidArgument)
	if n := lwswig.LiveHandles(); n != handles {
		t.Errorf("%d handles live, not %d", n, handles)
	}
}

func TestAClosedObjectGivesErrClosedAndClosesAgain(t *testing.T) {
	m := testModel(t)
	s := must(NewStream(m, nil))
	a := window(t)
	memory := must(a.NewMemory())
	w := must(a.NewWorkspace(4, 4))
	tokenizer := must(OpenTokenizer(shared.context, source(t, "examples/models/minilm")))
	c := must(NewContext(1))
	gpt2, _ := tinyModel(t, "gpt2-base")
	g := must(NewGenerator(gpt2, nil))
	inputs := must(NewInputs(1, 4))
	for i := 0; i < 3; i++ {
		for _, closer := range []interface {
			Close() error
			Closed() bool
		}{s, memory, w, tokenizer, c, g, inputs} {
			ok(t, closer.Close())
			if !closer.Closed() {
				t.Errorf("%T is not closed", closer)
			}
		}
	}
	_, err := s.PushText("text")
	wants(t, err, ErrClosed)
	wants(t, err, fs.ErrClosed)
	var e Embedding
	_, err = s.Next(&e)
	wants(t, err, ErrClosed)
	wants(t, s.Finish(), ErrClosed)
	wants(t, s.FinishContext(context.Background()), ErrClosed)
	_, err = s.Save()
	wants(t, err, ErrClosed)
	_, err = s.Fork()
	wants(t, err, ErrClosed)
	_, err = s.Describe()
	wants(t, err, ErrClosed)
	_, _, err = memory.Step(Rows{}, nil)
	wants(t, err, ErrClosed)
	_, err = memory.Save()
	wants(t, err, ErrClosed)
	wants(t, a.Forward(Batch{Q: numbers(16, 1, 0), K: numbers(16, 1, 0), V: numbers(16, 1, 0), Workspace: w}, make([]float32, 16)),
		ErrClosed)
	_, err = tokenizer.Encode("text", true)
	wants(t, err, ErrClosed)
	_, err = tokenizer.EncodeWindows("text", Windows{})
	wants(t, err, ErrClosed)
	_, err = s.PushVectors(nil)
	wants(t, err, ErrClosed)
	wants(t, g.PushText("text", false), ErrClosed)
	_, _, err = g.Next()
	wants(t, err, ErrClosed)
	_, _, err = g.NextContext(context.Background())
	wants(t, err, ErrClosed)
	_, err = g.Save()
	wants(t, err, ErrClosed)
	_, err = g.Fork()
	wants(t, err, ErrClosed)
	wants(t, inputs.SetInts("ids", []int32{1, 2, 3, 4}), ErrClosed)
	_, err = m.OutputShape(inputs, LastHiddenState)
	wants(t, err, ErrClosed)
	_, err = c.Threads()
	wants(t, err, ErrClosed)
	_, err = OpenModel(c, "folder")
	wants(t, err, ErrClosed)
}

func TestNilAndZeroObjectsGiveErrorsNotPanics(t *testing.T) {
	_, err := Search(nil, nil, 1<<62)
	wants(t, err, ErrInvalidArgument)
	wants(t, must(NewStream(testModel(t), nil)).ReadAll(context.Background(), nil, nil), ErrInvalidArgument)
	for _, s := range []*Stream{nil, {}} {
		_, err := s.PushText("text")
		wants(t, err, ErrInvalidArgument)
		_, err = s.PushTextContext(context.Background(), "text")
		wants(t, err, ErrInvalidArgument)
		var e Embedding
		_, err = s.Next(&e)
		wants(t, err, ErrInvalidArgument)
		wants(t, s.Finish(), ErrInvalidArgument)
		_, err = s.Fork()
		wants(t, err, ErrInvalidArgument)
		ok(t, s.Close())
	}
	for _, m := range []*Model{nil, {}} {
		_, err := m.Embed("text")
		wants(t, err, ErrInvalidArgument)
		_, err = NewStream(m, nil)
		wants(t, err, ErrInvalidArgument)
		wants(t, m.Forward(Sequences{}, LastHiddenState, nil), ErrInvalidArgument)
		ok(t, m.Close())
	}
	for _, a := range []*Attention{nil, {}} {
		wants(t, a.Forward(Batch{}, nil), ErrInvalidArgument)
		_, err := a.NewMemory()
		wants(t, err, ErrInvalidArgument)
		ok(t, a.Close())
	}
	for _, m := range []*Memory{nil, {}} {
		_, _, err := m.Step(Rows{}, nil)
		wants(t, err, ErrInvalidArgument)
		wants(t, m.Load(nil), ErrInvalidArgument)
		ok(t, m.Close())
	}
	for _, g := range []*Generator{nil, {}} {
		wants(t, g.PushText("text", true), ErrInvalidArgument)
		wants(t, g.PushIDs([]int32{1}), ErrInvalidArgument)
		wants(t, g.AddStop("."), ErrInvalidArgument)
		_, _, err := g.Next()
		wants(t, err, ErrInvalidArgument)
		_, _, err = g.NextContext(context.Background())
		wants(t, err, ErrInvalidArgument)
		_, err = g.Text()
		wants(t, err, ErrInvalidArgument)
		_, err = g.Fork()
		wants(t, err, ErrInvalidArgument)
		wants(t, g.Generate(context.Background(), nil), ErrInvalidArgument)
		ok(t, g.Close())
	}
	for _, inputs := range []*Inputs{nil, {}} {
		wants(t, inputs.SetInts("ids", nil), ErrInvalidArgument)
		wants(t, inputs.SetText("layers.0.store", "bf16"), ErrInvalidArgument)
		_, err := testModel(t).Run(inputs, LastHiddenState)
		wants(t, err, ErrInvalidArgument)
		ok(t, inputs.Close())
	}
	for _, m := range []*Model{nil, {}} {
		wants(t, m.Prepare(), ErrInvalidArgument)
		wants(t, m.PrepareContext(context.Background()), ErrInvalidArgument)
		_, err := m.Packing()
		wants(t, err, ErrInvalidArgument)
		_, err = m.Tokenizer()
		wants(t, err, ErrInvalidArgument)
		_, err = NewGenerator(m, nil)
		wants(t, err, ErrInvalidArgument)
		_, err = RestoreGenerator(m, nil)
		wants(t, err, ErrInvalidArgument)
		_, err = m.PlanGenerator(nil)
		wants(t, err, ErrInvalidArgument)
	}
	ok(t, (*Context)(nil).Close())
	ok(t, (*Workspace)(nil).Close())
	ok(t, (*Tokenizer)(nil).Close())
	if _, err := (*Tokenizer)(nil).Encode("", true); err == nil {
		t.Error("a nil tokenizer encodes")
	}
}

func TestChildrenOutliveTheirParents(t *testing.T) {
	c := must(NewContext(1))
	a := must(NewAttention(c, WindowAttention{Heads: 2, HeadDim: 8, Left: []int64{5}}))
	memory := must(a.NewMemory())
	defer memory.Close()
	c.Close()
	a.Close()
	rows := Rows{Q: numbers(32, 3, 1), K: numbers(32, 5, 2), V: numbers(32, 7, 3), Count: 2}
	taken, _, err := memory.Step(rows, make([]float32, 32))
	ok(t, err)
	if taken != 2 {
		t.Errorf("took %d rows", taken)
	}
	fork := must(memory.Fork())
	memory.Close()
	_, err = fork.Finish(make([]float32, 32))
	ok(t, err)
	fork.Close()
}

// A forward that loses the race gives ErrClosed, and no other error.
func TestCloseRacesWithForward(t *testing.T) {
	c := context1(t)
	q := numbers(64, 3, 1)
	var calls atomic.Int64
	for round := 0; round < 300; round++ {
		a := must(NewAttention(c, WindowAttention{Heads: 2, HeadDim: 8, Left: []int64{5}}))
		var group sync.WaitGroup
		started := make(chan struct{}, 4)
		for i := 0; i < 2; i++ {
			group.Add(1)
			go func() {
				defer group.Done()
				defer func() { started <- struct{}{} }() // nobody waits for what does not come
				out := make([]float32, 64)
				for n := 0; ; n++ {
					if n == 1 {
						started <- struct{}{}
					}
					if err := a.Forward(Batch{Q: q, K: q, V: q}, out); err != nil {
						if !errors.Is(err, ErrClosed) {
							t.Error(err)
						}
						return
					}
					calls.Add(1)
				}
			}()
		}
		<-started
		a.Close()
		go a.Close()
		group.Wait()
	}
	t.Logf("%d forwards", calls.Load())
}

func TestCloseRacesWithAStream(t *testing.T) {
	m := testModel(t)
	text := handbook(t)[:40000]
	for round := 0; round < 10; round++ {
		s := must(NewStream(m, &Reading{Queue: 1000}))
		done := make(chan error, 1)
		go func() {
			_, err := s.PushBytes(text)
			done <- err
		}()
		readsTokens(t, s, 1, done)
		s.Close()
		if err := <-done; err != nil && !errors.Is(err, ErrCancelled) && !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
		_, err := s.Progress()
		wants(t, err, ErrClosed)
	}
}

func TestASecondCallMeanwhileIsBusy(t *testing.T) {
	m := testModel(t)
	s := must(NewStream(m, &Reading{Queue: 1000}))
	defer s.Close()
	text := bytes.Repeat(handbook(t)[:60000], 10) // which takes minutes
	done := make(chan error, 1)
	go func() {
		_, err := s.PushBytes(text)
		done <- err
	}()
	readsTokens(t, s, 1, done)
	_, err := s.PushText("more")
	wants(t, err, ErrBusy)
	_, err = s.Save()
	wants(t, err, ErrBusy)
	ok(t, s.Cancel())
	wants(t, <-done, ErrCancelled)
}

func TestDroppedObjectsAreReclaimed(t *testing.T) {
	c := context1(t)
	collectDropped()
	handles, objects := lwswig.LiveHandles(), lwswig.LiveObjects()
	for i := 0; i < 20000; i++ {
		a := must(NewAttention(c, FullAttention{Heads: 1, HeadDim: 8, MaxTokens: 4}))
		if i%2 == 0 {
			must(a.NewMemory())
		}
		if i%3 == 0 {
			a.Close()
		}
	}
	ok(t, settled(handles, objects))
}

// Copies that a program makes of what a constructor gave hold the native object as well.
func TestCopiesOfDroppedObjectsWork(t *testing.T) {
	copies := make([]Context, 20)
	for i := range copies {
		copies[i] = *must(NewContext(1))
	}
	for i := 0; i < 20; i++ {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	for i := range copies {
		if n := must(copies[i].Threads()); n != 1 {
			t.Errorf("%d threads", n)
		}
		ok(t, copies[i].Close())
	}
}

// collectDropped lets what earlier tests dropped go.
func collectDropped() {
	for i := 0; i < 10; i++ {
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
	}
}

// Every goroutine finds its own message, whatever threads they ran on.
func TestErrorsAreTheirCallsOwn(t *testing.T) {
	c := context1(t)
	var group sync.WaitGroup
	for g := 0; g < 16; g++ {
		group.Add(1)
		go func(g int) {
			defer group.Done()
			kind := fmt.Sprintf("kind_%d_", g)
			for i := 0; i < 500; i++ {
				_, err := NewAttention(c, AnyAttention{Kind: kind})
				var e *Error
				if !errors.As(err, &e) || e.Code != Unsupported || !strings.Contains(e.Message, kind) {
					t.Errorf("got %v for %s", err, kind)
					return
				}
			}
		}(g)
	}
	group.Wait()
}

func TestCancelledErrorsAreThoseOfTheirContext(t *testing.T) {
	wants(t, cancelled, context.Canceled)
	wants(t, cancelled, ErrCancelled)
	deadline := cancelledBy(context.DeadlineExceeded)
	wants(t, deadline, context.DeadlineExceeded)
	wants(t, deadline, ErrCancelled)
	if errors.Is(deadline, context.Canceled) {
		t.Error("a deadline is taken for a cancel")
	}
	wants(t, &Error{Code: 12345}, ErrInternal)
}
