// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

const prompt = "The licence applies to any program or other work."

func generator(t testing.TB, m *Model, options *Generation) *Generator {
	t.Helper()
	g, err := NewGenerator(m, options)
	ok(t, err)
	t.Cleanup(func() { g.Close() })
	return g
}

// long is so many tokens, whether or not the model would end.
func long(tokens int) *Generation {
	return &Generation{MaxNewTokens: tokens, StopAtEnd: Value(false)}
}

// tokens runs to the end of the turn.
func tokens(t testing.TB, g *Generator) (ids []int32) {
	t.Helper()
	for {
		token, more, err := g.Next()
		ok(t, err)
		if !more {
			return ids
		}
		ids = append(ids, token.ID)
	}
}

func finishes(t testing.TB, g *Generator, want FinishReason) {
	t.Helper()
	if reason := must(g.FinishReason()); reason != want {
		t.Errorf("finish reason %d, not %d", reason, want)
	}
}

func TestGeneratedTokensAreThoseOfTheReference(t *testing.T) {
	m, expected := tinyModel(t, "gpt2-base")
	g := generator(t, m, long(24))
	ok(t, g.PushText(prompt, false))
	ids := tokens(t, g)
	if want := expected["greedy_text.generated_ids"].ints(); !reflect.DeepEqual(ids, want[19:]) {
		t.Errorf("%v, not %v", ids, want[19:])
	}
	finishes(t, g, FinishLength)
	if must(g.Int("prompt_tokens")) != 19 || must(g.Int("generated_tokens")) != 24 || must(g.Int("finished")) != 1 {
		t.Error("other counts")
	}
	if must(m.PlanGenerator(long(24))) != must(g.Int("bytes")) {
		t.Error("the plan is another")
	}

	bart, expected := tinyModel(t, "bart-base")
	g = generator(t, bart, long(24))
	ok(t, g.PushIDs(expected["greedy.input_ids"].ints()))
	ids = tokens(t, g)
	if want := expected["greedy.generated_ids"].ints(); !reflect.DeepEqual(ids, want[1:]) {
		t.Errorf("%v, not %v", ids, want[1:])
	}
}

func TestTextComesInWholeCharacters(t *testing.T) {
	m, _ := tinyModel(t, "gpt2-base")
	g := generator(t, m, long(24))
	ok(t, g.PushText(prompt, false))
	var ids []int32
	text := ""
	for {
		token, more, err := g.Next()
		ok(t, err)
		piece := must(g.Text())
		if !utf8.ValidString(piece) {
			t.Errorf("%q", piece)
		}
		text += piece
		if !more {
			break
		}
		if token.LogProbability >= 0 {
			t.Errorf("ln p is %v", token.LogProbability)
		}
		ids = append(ids, token.ID)
	}
	tokenizer := must(m.Tokenizer())
	defer tokenizer.Close()
	want := must(tokenizer.Decode(ids, true))
	if text != want || text == "" {
		t.Errorf("%q, not %q", text, want)
	}

	// The same by Generate, which an error of yield ends, and which then goes on.
	g = generator(t, m, long(24))
	ok(t, g.PushText(prompt, false))
	enough := errors.New("enough")
	text, pieces := "", 0
	collect := func(piece string) error {
		text += piece
		pieces++
		if pieces == 2 {
			return enough
		}
		return nil
	}
	wants(t, g.Generate(context.Background(), collect), enough)
	ok(t, g.Generate(context.Background(), collect))
	if text != want || pieces < 3 {
		t.Errorf("%d pieces: %q, not %q", pieces, text, want)
	}

	// A stop ends it, and does not come out itself.
	middle := []rune(want)
	stop := string(middle[len(middle)/2 : len(middle)/2+4])
	g = generator(t, m, long(24))
	ok(t, g.PushText(prompt, false))
	ok(t, g.AddStop(stop))
	text = ""
	ok(t, g.Generate(context.Background(), func(piece string) error {
		text += piece
		return nil
	}))
	if before, _, _ := strings.Cut(want, stop); text != before {
		t.Errorf("%q, not %q", text, before)
	}
	finishes(t, g, FinishStopString)
	wants(t, g.AddStop(stop), ErrInvalidState)
}

func TestSavedAndForkedGeneratorsGoOnAlike(t *testing.T) {
	m, _ := tinyModel(t, "gpt2-base")
	options := long(20)
	options.Sample, options.Seed, options.Temperature, options.TopK, options.TopP =
		Value(true), 7, 1.5, Value(0), Value(0.9)
	g := generator(t, m, options)
	ok(t, g.PushText(prompt, false))
	prompted := must(g.Save())
	for i := 0; i < 5; i++ {
		_, _, err := g.Next()
		ok(t, err)
	}
	snapshot := must(g.Save())
	fork := must(g.Fork())
	defer fork.Close()
	restored := must(RestoreGenerator(m, snapshot))
	defer restored.Close()
	want := tokens(t, g)
	if len(want) != 15 {
		t.Fatalf("%d tokens", len(want))
	}
	if got := tokens(t, fork); !reflect.DeepEqual(got, want) {
		t.Errorf("the fork gives %v, not %v", got, want)
	}
	if got := tokens(t, restored); !reflect.DeepEqual(got, want) {
		t.Errorf("the restored one gives %v, not %v", got, want)
	}
	again := must(RestoreGenerator(m, prompted))
	defer again.Close()
	if got := tokens(t, again); len(got) != 20 || !reflect.DeepEqual(got[5:], want) {
		t.Errorf("from the prompt come %v, then not %v", got, want)
	}
	options.Seed = 8
	other := generator(t, m, options)
	ok(t, other.PushText(prompt, false))
	if got := tokens(t, other); reflect.DeepEqual(got[5:], want) {
		t.Error("another seed draws the same")
	}
	for cut := 0; cut < len(snapshot); cut += 1 + len(snapshot)/20 {
		_, err := RestoreGenerator(m, snapshot[:cut])
		wants(t, err, ErrCorruptData)
	}
	another, _ := tinyModel(t, "gpt2-hub")
	_, err := RestoreGenerator(another, snapshot)
	wants(t, err, ErrMismatch)
}

func TestATurnGoesOnBehindAnother(t *testing.T) {
	m, _ := tinyModel(t, "gpt2-base")
	g := generator(t, m, long(4))
	ok(t, g.PushIDs([]int32{5, 6, 7}))
	first := tokens(t, g)
	ok(t, g.PushIDs([]int32{8, 9}))
	second := tokens(t, g)
	whole := generator(t, m, long(4))
	ok(t, whole.PushIDs(append(append([]int32{5, 6, 7}, first...), 8, 9)))
	if want := tokens(t, whole); len(second) != 4 || !reflect.DeepEqual(second, want) {
		t.Errorf("%v, not %v", second, want)
	}
}

func TestAWindowGeneratesBeyondThePositions(t *testing.T) {
	m, _ := tinyModel(t, "gpt2-base")
	g := generator(t, m, long(100))
	ok(t, g.PushIDs([]int32{5, 6, 7}))
	if n := len(tokens(t, g)); n >= 64 {
		t.Errorf("%d tokens of a model of 64 positions", n)
	}
	finishes(t, g, FinishCapacity)
	options := long(100)
	options.Left, options.Sinks = Value(16), Value(2)
	g = generator(t, m, options)
	ok(t, g.PushIDs([]int32{5, 6, 7}))
	if n := len(tokens(t, g)); n != 100 {
		t.Errorf("%d tokens", n)
	}
	finishes(t, g, FinishLength)
}

func TestBeamsFindWhatIsAtLeastAsLikely(t *testing.T) {
	m, _ := tinyModel(t, "gpt2-base")
	likelihood := func(beams int) (sum float64) {
		options := long(8)
		options.Beams, options.EarlyStopping, options.LengthPenalty = beams, EarlyStoppingYes, Value(0.0)
		g := generator(t, m, options)
		ok(t, g.PushText(prompt, false))
		for {
			token, more, err := g.Next()
			ok(t, err)
			if !more {
				return sum
			}
			sum += float64(token.LogProbability)
		}
	}
	if one, many := likelihood(1), likelihood(16); many < one {
		t.Errorf("16 beams find %v, one %v", many, one)
	}
	_, err := NewGenerator(m, &Generation{Beams: 65})
	wants(t, err, ErrInvalidArgument)
}

func TestACancelledPushHasTakenEverything(t *testing.T) {
	m, _ := tinyModel(t, "gpt2-base")
	ids := make([]int32, 300)
	for i := range ids {
		ids[i] = int32(i % 50)
	}
	window := func() *Generator {
		options := long(8)
		options.Left, options.Sinks = Value(16), Value(2)
		return generator(t, m, options)
	}
	asked, meant, whole := window(), window(), window()
	ok(t, whole.PushIDs(ids))
	ok(t, asked.Cancel())
	wants(t, asked.PushIDs(ids), ErrCancelled)
	// What a context of the call before asks for too late is no error.
	ok(t, meant.Cancel())
	meant.stop.stale.Store(true)
	ok(t, meant.PushIDs(ids))
	for i := 0; i < 8; i++ {
		want, _, err := whole.Next()
		ok(t, err)
		for _, g := range []*Generator{asked, meant} {
			got, more, err := g.Next()
			if ok(t, err); !more || got != want {
				t.Fatalf("token %d: got %v, want %v", i, got, want)
			}
		}
	}
}

func TestACancelledGeneratorLosesNothing(t *testing.T) {
	m, expected := tinyModel(t, "gpt2-base")
	want := expected["greedy_text.generated_ids"].ints()[19:]
	g := generator(t, m, long(24))
	ok(t, g.PushText(prompt, false))
	ok(t, g.Cancel())
	_, _, err := g.Next()
	wants(t, err, ErrCancelled)
	ctx, cancel := context.WithCancel(context.Background())
	var ids []int32
	for len(ids) < 10 {
		token, more, err := g.NextContext(ctx)
		if ok(t, err); !more {
			t.Fatal("it ended")
		}
		ids = append(ids, token.ID)
	}
	cancel()
	_, _, err = g.NextContext(ctx)
	wants(t, err, context.Canceled)
	wants(t, g.Generate(ctx, func(string) error { return nil }), context.Canceled)
	if ids = append(ids, tokens(t, g)...); !reflect.DeepEqual(ids, want) {
		t.Errorf("%v, not %v", ids, want)
	}
}

// A context that ends just after a call has does not stop the next one.
func TestALateContextDoesNotCancelTheNextToken(t *testing.T) {
	m, expected := tinyModel(t, "gpt2-base")
	want := expected["greedy_text.generated_ids"].ints()[19:]
	g := generator(t, m, long(24))
	ok(t, g.PushText(prompt, false))
	var ids []int32
	for len(ids) < 24 {
		ctx, cancel := context.WithCancel(context.Background())
		go cancel()
		token, more, err := g.NextContext(ctx)
		if err != nil {
			wants(t, err, context.Canceled)
		} else if more {
			ids = append(ids, token.ID)
		}
		if len(ids) < 24 {
			token, _, err = g.Next()
			ok(t, err)
			ids = append(ids, token.ID)
		}
	}
	if !reflect.DeepEqual(ids, want) {
		t.Errorf("%v, not %v", ids, want)
	}
}

func TestWhatAGeneratorCannotDoIsAnError(t *testing.T) {
	_, err := NewGenerator(testModel(t), nil)
	wants(t, err, ErrUnsupported)
	m, _ := tinyModel(t, "gpt2-base")
	g := generator(t, m, nil)
	_, _, err = g.Next()
	wants(t, err, ErrInvalidState)
	wants(t, g.PushIDs([]int32{-1}), ErrInvalidArgument)
	wants(t, g.PushIDs(make([]int32, 65)), ErrCapacityExceeded)
	wants(t, g.AddStop(""), ErrInvalidArgument)
	_, err = g.Int("nothing")
	wants(t, err, ErrInvalidArgument)
	wants(t, g.Generate(nil, func(string) error { return nil }), ErrInvalidArgument) //lint:ignore SA1012 that is the test
}

// A call that loses the race gives ErrClosed or ErrCancelled, and no other error.
func TestCloseRacesWithAGenerator(t *testing.T) {
	m, _ := tinyModel(t, "gpt2-base")
	for round := 0; round < 50; round++ {
		options := long(1 << 30)
		options.Left = Value(8)
		g := must(NewGenerator(m, options))
		ok(t, g.PushIDs([]int32{5, 6, 7}))
		started, done := make(chan struct{}), make(chan error)
		go func() {
			for n := 0; ; n++ {
				if n == 1 {
					close(started)
				}
				if _, more, err := g.Next(); err != nil || !more {
					done <- err
					return
				}
			}
		}()
		select {
		case <-started:
		case err := <-done:
			t.Fatalf("it ended before it was closed: %v", err)
		}
		ok(t, g.Close())
		if err := <-done; !errors.Is(err, ErrClosed) && !errors.Is(err, ErrCancelled) {
			t.Errorf("got %v", err)
		}
	}
}

func TestASecondCallOfAGeneratorIsBusy(t *testing.T) {
	m, _ := tinyModel(t, "gpt2-base")
	options := long(60)
	options.Beams = 64
	// A search may end before this goroutine gets a turn.
	for round, busy := 0, false; !busy; round++ {
		if round == 100 {
			t.Fatal("no second call came while one went on")
		}
		g := generator(t, m, options)
		ok(t, g.PushIDs([]int32{5, 6, 7}))
		done := make(chan error, 1)
		go func() {
			for {
				if _, _, err := g.Next(); !errors.Is(err, ErrBusy) {
					done <- err
					return
				}
			}
		}()
		for !busy && len(done) == 0 {
			_, err := g.Int("bytes")
			if busy = err != nil; busy {
				wants(t, err, ErrBusy)
			}
		}
		ok(t, g.Cancel())
		if err := <-done; err != nil {
			wants(t, err, ErrCancelled)
		}
	}
}
