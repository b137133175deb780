// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"reflect"
	"testing"
)

func TestWindowsOverlapAndAreFilledUp(t *testing.T) {
	tokenizer := must(testModel(t).Tokenizer())
	defer tokenizer.Close()
	text := "one two three four five six seven"
	var plain []int32
	whole := must(tokenizer.Encode(text, false))
	for _, token := range whole {
		plain = append(plain, token.ID)
	}
	if len(plain) != 7 {
		t.Fatalf("%d tokens", len(plain))
	}
	// Of 5 ids, 2 of them special, sharing 1 token.
	windows := must(tokenizer.EncodeWindows(text, Windows{MaxLength: 5, Stride: 1}))
	if len(windows) != 3 {
		t.Fatalf("%d windows", len(windows))
	}
	for i, w := range windows {
		if !reflect.DeepEqual(w.IDs[1:4], plain[2*i:2*i+3]) || !reflect.DeepEqual(w.Special, []int32{1, 0, 0, 0, 1}) {
			t.Errorf("window %d is %+v", i, w)
		}
		if first := whole[2*i]; w.Ranges[1] != [2]int{first.Begin, first.End} || w.Words[1] != int32(2*i) || w.Words[0] != -1 {
			t.Errorf("window %d is %+v", i, w)
		}
	}
	if ends := must(tokenizer.EncodeWindows(text, Windows{MaxLength: 5, FromLeft: true})); !reflect.DeepEqual(ends[0].IDs[1:4], plain[4:]) {
		t.Errorf("the first window from the end is %+v", ends[0])
	}
	pair := "the question"
	batch := must(tokenizer.EncodeBatch([]Texts{{Text: text}, {Text: "short", Pair: &pair}}, Windows{NoSpecialTokens: true},
		&Padding{MultipleOf: 4, ID: 9, Type: 3}))
	if len(batch) != 2 || len(batch[0].IDs) != 8 || len(batch[1].IDs) != 8 {
		t.Fatalf("%+v", batch)
	}
	short := batch[1]
	if !reflect.DeepEqual(short.Mask, []int32{1, 1, 1, 0, 0, 0, 0, 0}) || !reflect.DeepEqual(short.Types, []int32{0, 1, 1, 3, 3, 3, 3, 3}) ||
		!reflect.DeepEqual(short.Sequences, []int32{0, 1, 1, -1, -1, -1, -1, -1}) || short.IDs[3] != 9 {
		t.Errorf("%+v", short)
	}
	left := must(tokenizer.EncodeBatch([]Texts{{Text: "short"}}, Windows{}, &Padding{Length: 6, OnLeft: true}))
	if !reflect.DeepEqual(left[0].Mask, []int32{0, 0, 0, 1, 1, 1}) {
		t.Errorf("%+v", left[0])
	}
	// The first of a pair is cut, the question stays.
	cut := must(tokenizer.EncodeBatch([]Texts{{Text: text, Pair: &pair}}, Windows{MaxLength: 8, Cut: CutFirst}, nil))
	if len(cut) != 3 || len(cut[0].IDs) != 8 || cut[2].IDs[4] != cut[0].IDs[6] && len(cut[2].IDs) == 8 {
		t.Errorf("%+v", cut)
	}
	for _, windows := range []Windows{{MaxLength: 1}, {MaxLength: 4, Stride: 2}, {MaxLength: 5, Cut: 7}} {
		_, err := tokenizer.EncodeWindows(text, windows)
		wants(t, err, ErrInvalidArgument)
	}
	if none := must(tokenizer.EncodeBatch(nil, Windows{}, &Padding{})); len(none) != 0 {
		t.Errorf("%+v", none)
	}
}

func TestATokenizerOutlivesItsModelAndMayGoAnotherRoute(t *testing.T) {
	c := context1(t)
	folder := source(t, "tests/data/models/tiny/xlnet-base")
	m := must(OpenModel(c, folder))
	tokenizer := must(m.Tokenizer())
	defer tokenizer.Close()
	ok(t, m.Close())
	want := must(tokenizer.Encode("A plain text.", false))
	for _, route := range []Route{RouteAutomatic, RouteSentencePiece} {
		other, err := OpenTokenizerRoute(c, folder, route)
		ok(t, err)
		defer other.Close()
		if got := must(other.Encode("A plain text.", false)); len(got) == 0 || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, not %+v", route, got, want)
		}
	}
	_, err := OpenTokenizerRoute(c, folder, "sideways")
	wants(t, err, ErrInvalidArgument)
	_, err = OpenTokenizerRoute(c, source(t, "tests/data/models/tiny/gpt2-base"), RouteSentencePiece)
	if err == nil {
		t.Error("a folder without such a file has a tokenizer of SentencePiece")
	}
}
