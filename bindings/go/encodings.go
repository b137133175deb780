// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"runtime"

	"longwave.dev/longwave/internal/lwswig"
)

// Texts are a text, or a pair that a model reads together.
type Texts struct {
	Text string
	Pair *string // nil: there is none
}

// Windows is how long texts are cut into windows. They are those of the Hugging Face tokenizers library.
type Windows struct {
	// The most ids of a window, special tokens included; 0: one window, however long.
	MaxLength int
	// How many tokens neighbouring windows share, below what fits in a window.
	Stride int
	// Which text of a pair is cut.
	Cut Cut
	// Whether the first window is the text's end, rather than its beginning.
	FromLeft bool
	// Whether the model's special tokens are left out.
	NoSpecialTokens bool
}

// Cut is which text of a pair is cut.
type Cut int

// The cuts.
const (
	CutLongest Cut = 0 // the longer one until both have the same length, then both
	CutFirst   Cut = 1
	CutSecond  Cut = 2
)

// Padding fills up what is shorter.
type Padding struct {
	// To this many ids; 0: to the longest.
	Length int
	// And on to a multiple of this; 0 or 1: any.
	MultipleOf int
	// Whether in front.
	OnLeft bool
	// What is filled in.
	ID, Type int32
}

// Encoding is an encoded text, or a window of one; all slices are of one length, an element a token.
type Encoding struct {
	IDs   []int32
	Types []int32 // which text of a pair a token belongs to, as the model wants it
	Mask  []int32 // 0: padding
	// 1: a special token or padding.
	Special []int32
	// The word of its text that a token belongs to, and its text (0 or 1); -1 for special tokens and padding.
	Words, Sequences []int32
	// A token's bytes in its text: from, to; 0, 0 for special tokens and padding.
	Ranges [][2]int
}

// EncodeWindows gives all windows of a text.
func (t *Tokenizer) EncodeWindows(text string, windows Windows) ([]Encoding, error) {
	return t.EncodeBatch([]Texts{{Text: text}}, windows, nil)
}

// EncodeBatch gives all windows of texts or pairs, those of the first one first; all of one length unless padding is nil.
func (t *Tokenizer) EncodeBatch(batch []Texts, windows Windows, padding *Padding) ([]Encoding, error) {
	defer runtime.KeepAlive(t)
	number, err := takeNumber(lwswig.EncodingsCreate)
	if err != nil {
		return nil, err
	}
	list := newObject(lwswig.Encodings, number)
	defer list.drop()
	for _, texts := range batch {
		pair := ""
		if texts.Pair != nil {
			pair = *texts.Pair
		}
		if f := lwswig.EncodingsAdd(number, t.ref(), texts.Text, pair, texts.Pair != nil, !windows.NoSpecialTokens,
			int64(windows.MaxLength), int64(windows.Stride), int(windows.Cut), windows.FromLeft); f != 0 {
			return nil, failure(f)
		}
	}
	if p := padding; p != nil {
		if f := lwswig.EncodingsPad(number, int64(p.Length), int64(p.MultipleOf), p.OnLeft, int(p.ID), int(p.Type)); f != 0 {
			return nil, failure(f)
		}
	}
	count, err := takeNumber(func(out *int64) int64 { return lwswig.EncodingsSize(number, out) })
	if err != nil {
		return nil, err
	}
	encodings := make([]Encoding, count)
	for i := range encodings {
		if err := encodings[i].read(number, int64(i)); err != nil {
			return nil, err
		}
	}
	return encodings, nil
}

func (e *Encoding) read(list, index int64) error {
	var result [2]int64
	if f := lwswig.EncodingsRead(list, index, &result[0]); f != 0 {
		return failure(f)
	}
	const each = 8
	numbers := lwswig.TakeLongs(result)
	count := len(numbers) / each
	columns := make([]int32, 6*count)
	for c, into := range []*[]int32{&e.IDs, &e.Types, &e.Mask, &e.Special, &e.Words, &e.Sequences} {
		*into = columns[c*count : (c+1)*count : (c+1)*count]
		for i := range *into {
			(*into)[i] = int32(numbers[i*each+c])
		}
	}
	e.Ranges = make([][2]int, count)
	for i := range e.Ranges {
		e.Ranges[i] = [2]int{int(numbers[i*each+6]), int(numbers[i*each+7])}
	}
	return nil
}
