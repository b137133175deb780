// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"bytes"
	"context"
	"errors"
	"math"
	"reflect"
	"testing"
	"testing/iotest"
)

func scorer(t testing.TB, m *Model, options *Scoring) *Scorer {
	t.Helper()
	s, err := NewScorer(m, options)
	ok(t, err)
	t.Cleanup(func() { s.Close() })
	return s
}

// scored runs a document of text through a scorer; NaN is 1, so that results can be compared.
func scored(t testing.TB, s *Scorer, text []byte, inBytes bool) (all []Scored) {
	t.Helper()
	yield := func(tokens []Scored) error {
		for _, token := range tokens {
			if token.LogProbability != token.LogProbability {
				token.LogProbability = 1
			}
			all = append(all, token)
		}
		return nil
	}
	if inBytes {
		ok(t, s.ScoreAll(context.Background(), iotest.OneByteReader(bytes.NewReader(text)), yield))
	} else {
		ok(t, s.ScoreAll(context.Background(), bytes.NewReader(text), yield))
	}
	return all
}

func TestScoresAreThoseOfTheReference(t *testing.T) {
	m, expected := tinyModel(t, "gpt2-base")
	ids := expected["token_nll.input_ids"].ints()
	s := scorer(t, m, nil)
	n, err := s.PushIDs(ids)
	if ok(t, err); n != len(ids) {
		t.Fatalf("%d ids were taken", n)
	}
	ok(t, s.Finish())
	tokens := make([]Scored, 100)
	if n = must(s.Read(tokens)); n != len(ids) {
		t.Fatalf("%d tokens", n)
	}
	var got []float32
	sum := 0.0
	for i, token := range tokens[:n] {
		if token.ID != ids[i] || token.ByteBegin != -1 {
			t.Errorf("token %d is %+v", i, token)
		}
		if i > 0 {
			got = append(got, -token.LogProbability)
			sum += float64(token.LogProbability)
		}
	}
	near(t, "nll", got, expected["token_nll.nll"].floats())
	if first := tokens[0].LogProbability; first == first {
		t.Errorf("the first token has %v", first)
	}
	score := must(s.Score())
	if math.Abs(score.LogProbability-sum) > 1e-3 || math.Abs(score.Perplexity/math.Exp(-sum/29)-1) > 1e-4 ||
		!math.IsNaN(score.BitsPerByte) {
		t.Errorf("%+v, where the sum is %v", score, sum)
	}
	if must(s.Int("scored")) != 29 || must(s.Int("finished")) != 1 || must(m.PlanScorer(nil)) <= 0 {
		t.Error("other numbers")
	}
}

func TestScoresDoNotDependOnHowTheTextIsCut(t *testing.T) {
	m, _ := tinyModel(t, "gpt2-base")
	text := handbook(t)[:3000]
	for _, options := range []Scoring{{Length: 32, Stride: 8}, {Mode: ScoringSegment, Length: 32, Queue: 7},
		{Mode: ScoringStream, Left: Value(16), Sinks: Value(2)}} {
		options := options
		s := scorer(t, m, &options)
		want := scored(t, s, text, false)
		score := must(s.Score())
		if last := want[len(want)-1]; last.ByteEnd != int64(len(text)) || want[0].LogProbability != 1 || want[1].LogProbability > 0 {
			t.Errorf("%+v: %+v ... %+v", options, want[:2], last)
		}
		if !(score.BitsPerByte > 0) || !(score.Perplexity > 1) {
			t.Errorf("%+v: %+v", options, score)
		}
		ok(t, s.Reset())
		if got := scored(t, s, text, true); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v: others byte by byte", options)
		}
	}
	s := scorer(t, m, &Scoring{Begin: Value(560)})
	if all := scored(t, s, text[:100], false); all[0].LogProbability > 0 {
		t.Errorf("the first token is not scored behind another: %+v", all[0])
	}
}

func TestSavedAndForkedScorersGoOnAlike(t *testing.T) {
	m, _ := tinyModel(t, "gpt2-base")
	text := handbook(t)[:3000]
	s := scorer(t, m, &Scoring{Length: 32})
	_, err := s.PushBytes(text[:1001])
	ok(t, err)
	snapshot := must(s.Save())
	fork := must(s.Fork())
	defer fork.Close()
	restored := must(RestoreScorer(m, snapshot))
	defer restored.Close()
	want := scored(t, s, text[1001:], false)
	if got := scored(t, fork, text[1001:], false); !reflect.DeepEqual(got, want) {
		t.Error("the fork gives others")
	}
	if got := scored(t, restored, text[1001:], false); !reflect.DeepEqual(got, want) {
		t.Error("the restored one gives others")
	}
	for cut := 0; cut < len(snapshot); cut += 1 + len(snapshot)/20 {
		_, err := RestoreScorer(m, snapshot[:cut])
		wants(t, err, ErrCorruptData)
	}
	_, err = s.Save()
	wants(t, err, ErrInvalidState)
}

func TestACancelledScorerLosesNothing(t *testing.T) {
	m, _ := tinyModel(t, "gpt2-base")
	ids := make([]int32, 500)
	for i := range ids {
		ids[i] = int32(i * 31 % 561)
	}
	rest := func(s *Scorer, ids []int32) Score {
		n, err := s.PushIDs(ids)
		if ok(t, err); n != len(ids) {
			t.Fatalf("%d ids were taken", n)
		}
		ok(t, s.Finish())
		score := must(s.Score())
		score.BitsPerByte = 0
		return score
	}
	want := rest(scorer(t, m, nil), ids)
	s := scorer(t, m, nil)
	ok(t, s.Cancel())
	n, err := s.PushIDs(ids)
	wants(t, err, ErrCancelled)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = s.PushBytesContext(ctx, []byte("text"))
	wants(t, err, context.Canceled)
	wants(t, s.FinishContext(ctx), context.Canceled)
	if got := rest(s, ids[n:]); got != want {
		t.Errorf("%+v, without a cancel %+v", got, want)
	}
}

func TestWhatAScorerCannotDoIsAnError(t *testing.T) {
	_, err := NewScorer(testModel(t), nil)
	wants(t, err, ErrUnsupported)
	m, _ := tinyModel(t, "gpt2-base")
	_, err = NewScorer(m, &Scoring{Length: 1})
	wants(t, err, ErrInvalidArgument)
	s := scorer(t, m, nil)
	_, err = s.PushIDs([]int32{1, -1})
	wants(t, err, ErrInvalidArgument)
	_, err = s.Float("nothing")
	wants(t, err, ErrInvalidArgument)
	broken := errors.New("broken")
	wants(t, s.ScoreAll(context.Background(), iotest.ErrReader(broken), func([]Scored) error { return nil }), broken)
	for _, s := range []*Scorer{nil, {}} {
		_, err := s.PushText("text")
		wants(t, err, ErrInvalidArgument)
		_, err = s.PushBytesContext(context.Background(), nil)
		wants(t, err, ErrInvalidArgument)
		wants(t, s.Finish(), ErrInvalidArgument)
		_, err = s.Read(nil)
		wants(t, err, ErrInvalidArgument)
		_, err = s.Score()
		wants(t, err, ErrInvalidArgument)
		ok(t, s.Close())
	}
	ok(t, s.Close())
	_, err = s.PushText("text")
	wants(t, err, ErrClosed)
	_, err = s.Save()
	wants(t, err, ErrClosed)
	if !s.Closed() {
		t.Error("it is not closed")
	}
}
