// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"bytes"
	"context"
	"errors"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"
)

// collect reads a whole document through a new stream.
func collect(t *testing.T, reading *Reading, r io.Reader) []Embedding {
	t.Helper()
	s, err := NewStream(testModel(t), reading)
	ok(t, err)
	defer s.Close()
	return collectFrom(t, s, r)
}

func collectFrom(t *testing.T, s *Stream, r io.Reader) (all []Embedding) {
	t.Helper()
	ok(t, s.ReadAll(context.Background(), r, func(e *Embedding) error {
		one := *e
		one.Vector = append([]float32(nil), e.Vector...)
		all = append(all, one)
		return nil
	}))
	return all
}

func TestEmbeddingsDoNotDependOnHowTheTextIsCut(t *testing.T) {
	text := handbook(t)[:16000]
	want := collect(t, nil, bytes.NewReader(text))
	if len(want) < 3 || !want[len(want)-1].Document || want[0].Document {
		t.Fatalf("%d embeddings", len(want))
	}
	last := want[len(want)-1]
	if last.ByteBegin != 0 || last.ByteEnd != int64(len(text)) || len(last.Vector) != testModel(t).EmbeddingWidth() {
		t.Errorf("the document's range is %d to %d", last.ByteBegin, last.ByteEnd)
	}
	if got := collect(t, nil, iotest.OneByteReader(bytes.NewReader(text))); !reflect.DeepEqual(got, want) {
		t.Error("other embeddings byte by byte")
	}
	if got := collect(t, &Reading{Queue: 1}, bytes.NewReader(text)); !reflect.DeepEqual(got, want) {
		t.Error("other embeddings with a queue of one")
	}
	// As an io.Writer.
	s := must(NewStream(testModel(t), &Reading{Queue: 1}))
	defer s.Close()
	n, err := io.Copy(s, bytes.NewReader(text))
	if n != int64(len(text)) || err != nil {
		t.Fatal(n, err)
	}
	_, err = s.Save()
	wants(t, err, ErrInvalidState)
	_, err = s.Fork()
	wants(t, err, ErrInvalidState)
	if got := collectFrom(t, s, strings.NewReader("")); !reflect.DeepEqual(got, want) {
		t.Error("other embeddings through io.Copy")
	}
}

func TestTextMayHoldNULAndEmoji(t *testing.T) {
	text := "caf\u00e9 \U0001F600 one\x00two \xff end"
	all := collect(t, nil, strings.NewReader(text))
	if last := all[len(all)-1]; last.ByteEnd != int64(len(text)) {
		t.Errorf("the text ends at %d, not %d", last.ByteEnd, len(text))
	}
	s := must(NewStream(testModel(t), nil))
	defer s.Close()
	for i := 0; i < len(text); i++ {
		n, err := s.PushText(text[i : i+1])
		if n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if n := must(s.Int("invalid_utf8")); n != 1 {
		t.Errorf("%d invalid parts", n)
	}
	if n := must(s.Int("bytes_taken")); n != int64(len(text)) {
		t.Errorf("%d bytes", n)
	}
	vector := must(testModel(t).Embed("one\x00two \U0001F600"))
	if same := must(testModel(t).Embed("one")); reflect.DeepEqual(vector, same) {
		t.Error("the text was cut at NUL")
	}
	_, err := s.Int("a\x00key")
	wants(t, err, ErrInvalidArgument)
}

func TestADocumentWithoutAToken(t *testing.T) {
	all := collect(t, nil, strings.NewReader(" \n "))
	if len(all) != 1 || !all[0].Document || len(all[0].Vector) != 0 {
		t.Errorf("%+v", all)
	}
}

func TestIDsGiveTheVectorsOfTheirText(t *testing.T) {
	text := "A short text that is read in full."
	tokenizer := must(OpenTokenizer(shared.context, source(t, "examples/models/minilm")))
	defer tokenizer.Close()
	var ids []int32
	for _, token := range must(tokenizer.Encode(text, false)) {
		ids = append(ids, token.ID)
		if token.Type != 0 || token.End <= token.Begin {
			t.Errorf("%+v", token)
		}
	}
	s := must(NewStream(testModel(t), nil))
	defer s.Close()
	n, err := s.PushIDsContext(context.Background(), ids)
	if n != len(ids) || err != nil {
		t.Fatal(n, err)
	}
	all := collectFrom(t, s, strings.NewReader(""))
	last := all[len(all)-1]
	if last.ByteBegin != -1 || !reflect.DeepEqual(last.Vector, must(testModel(t).Embed(text))) {
		t.Error("another vector")
	}
	_, err = s.PushText("more")
	wants(t, err, ErrInvalidState)
	if back := must(tokenizer.Decode(ids, true)); !strings.EqualFold(strings.ReplaceAll(back, " .", "."), text) {
		t.Errorf("decoded %q", back)
	}
}

func TestASavedStreamGoesOnWithTheSameBits(t *testing.T) {
	text := handbook(t)[:20000]
	m := testModel(t)
	s := must(NewStream(m, nil))
	defer s.Close()
	for at := 0; at < 9001; {
		n, err := s.PushBytes(text[at:9001])
		if err != nil && !errors.Is(err, ErrOutputFull) {
			t.Fatal(err)
		}
		at += n
		var e Embedding
		for more := true; more; {
			more, err = s.Next(&e)
			ok(t, err)
		}
	}
	snapshot := must(s.Save())
	fork := must(s.Fork())
	defer fork.Close()
	want := collectFrom(t, s, bytes.NewReader(text[9001:]))
	if got := collectFrom(t, fork, bytes.NewReader(text[9001:])); !reflect.DeepEqual(got, want) {
		t.Error("the fork gives others")
	}
	restored := must(RestoreStream(m, snapshot))
	defer restored.Close()
	if got := collectFrom(t, restored, bytes.NewReader(text[9001:])); !reflect.DeepEqual(got, want) {
		t.Error("the restored stream gives others")
	}
	loaded := must(NewStream(m, nil))
	defer loaded.Close()
	ok(t, loaded.Load(snapshot))
	if got := collectFrom(t, loaded, bytes.NewReader(text[9001:])); !reflect.DeepEqual(got, want) {
		t.Error("the loaded stream gives others")
	}
	for cut := 0; cut < len(snapshot); cut += 1 + len(snapshot)/20 {
		_, err := RestoreStream(m, snapshot[:cut])
		wants(t, err, ErrCorruptData)
		wants(t, fork.Load(snapshot[:cut]), ErrCorruptData)
	}
	if must(snapshot.Describe()) == "" || must(restored.Describe()) == "" {
		t.Error("no description")
	}
	_, err := Snapshot("no snapshot").Describe()
	wants(t, err, ErrCorruptData)
}

func TestAResetStreamGivesTheSameBits(t *testing.T) {
	text := handbook(t)[:16000]
	s := must(NewStream(testModel(t), &Reading{Queue: 1}))
	defer s.Close()
	want := collectFrom(t, s, bytes.NewReader(text))
	ok(t, s.Reset())
	if got := collectFrom(t, s, bytes.NewReader(text)); !reflect.DeepEqual(got, want) {
		t.Error("other embeddings after a reset after the end")
	}
	// In the midst of a document, with embeddings set aside.
	ok(t, s.Reset())
	_, err := s.Write(text[:9001])
	ok(t, err)
	wants(t, s.nothingAside("this test"), ErrInvalidState)
	ok(t, s.Reset())
	if got := collectFrom(t, s, bytes.NewReader(text)); !reflect.DeepEqual(got, want) {
		t.Error("other embeddings after a reset in the midst")
	}
	ok(t, s.Close())
	wants(t, s.Reset(), ErrClosed)
	var none *Stream
	if none.Reset() == nil {
		t.Error("no stream was reset")
	}
}

func TestAContextCancelsAndTheRestGoesOn(t *testing.T) {
	text := handbook(t)[:30000]
	want := collect(t, nil, bytes.NewReader(text))
	var s *Stream
	var ctx context.Context
	var n int
	var err error
	// The push may end before the other goroutine gets a turn.
	for round := 0; err == nil && round < 20; round++ {
		s = must(NewStream(testModel(t), &Reading{Queue: 1000}))
		defer s.Close()
		var cancel func()
		ctx, cancel = context.WithCancel(context.Background())
		done := make(chan error, 1)
		var group sync.WaitGroup
		group.Add(1)
		go func(s *Stream) {
			defer group.Done()
			readsTokens(t, s, 300, done)
			cancel()
		}(s)
		n, err = s.PushBytesContext(ctx, text)
		done <- err
		group.Wait()
	}
	wants(t, err, context.Canceled)
	wants(t, err, ErrCancelled)
	m, err := s.PushBytesContext(ctx, text[n:])
	wants(t, err, context.Canceled)
	if m != 0 {
		t.Errorf("%d bytes were taken after the end", m)
	}
	wants(t, s.FinishContext(ctx), context.Canceled)
	if got := collectFrom(t, s, bytes.NewReader(text[n:])); !reflect.DeepEqual(got, want) {
		t.Error("others than without a cancel")
	}
}

func TestADeadlineEndsReadAll(t *testing.T) {
	s := must(NewStream(testModel(t), nil))
	defer s.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	endless := readerFunc(func(p []byte) (int, error) { return copy(p, "word after word, "), nil })
	err := s.ReadAll(ctx, endless, func(*Embedding) error { return nil })
	wants(t, err, context.DeadlineExceeded)
}

// A context that ends just after a call has does not stop the next one.
func TestALateContextDoesNotCancelTheNextCall(t *testing.T) {
	text := handbook(t)[:3000]
	for i := 0; i < 30; i++ {
		s := must(NewStream(testModel(t), &Reading{Queue: 1000}))
		ctx, cancel := context.WithCancel(context.Background())
		go cancel()
		n, err := s.PushTextContext(ctx, "A word. ")
		if err != nil {
			wants(t, err, context.Canceled)
		}
		_ = n
		if _, err := s.PushBytes(text); err != nil {
			t.Fatalf("round %d: %v", i, err)
		}
		s.Close()
	}
	// But a Cancel of one's own does.
	s := must(NewStream(testModel(t), &Reading{Queue: 1000}))
	defer s.Close()
	ok(t, s.Cancel())
	_, err := s.PushBytes(text)
	wants(t, err, ErrCancelled)
}

func TestErrorsOfTheReaderAndOfTheCallbackEndReadAll(t *testing.T) {
	s := must(NewStream(testModel(t), nil))
	defer s.Close()
	broken := errors.New("broken")
	wants(t, s.ReadAll(context.Background(), iotest.ErrReader(broken), func(*Embedding) error { return nil }), broken)
	wants(t, s.ReadAll(context.Background(), bytes.NewReader(handbook(t)[:6000]), func(*Embedding) error { return broken }), broken)
}

type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
