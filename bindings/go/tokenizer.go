// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"runtime"

	"longwave.dev/longwave/internal/lwswig"
)

// Tokenizer is a tokenizer without a model. It does not change; any number of goroutines may use it.
type Tokenizer struct{ object }

func (t *Tokenizer) ref() int64 {
	if t == nil {
		return 0
	}
	return t.number()
}

// OpenTokenizer opens the tokenizer of a folder (tokenizer.json, else vocab.txt).
func OpenTokenizer(c *Context, directory string) (*Tokenizer, error) {
	defer runtime.KeepAlive(c)
	number, err := takeNumber(func(out *int64) int64 { return lwswig.TokenizerOpen(c.ref(), directory, out) })
	if err != nil {
		return nil, err
	}
	o := newObject(lwswig.Tokenizer, number)
	return own(&Tokenizer{o}, o), nil
}

// Vocabulary is the number of ids.
func (t *Tokenizer) Vocabulary() (int, error) {
	defer runtime.KeepAlive(t)
	n, err := takeNumber(func(out *int64) int64 { return lwswig.TokenizerVocabulary(t.ref(), out) })
	return int(n), err
}

// Token is a piece of a text.
type Token struct {
	ID         int32
	Type       int32 // 0 or 1, which text of a pair it belongs to
	Begin, End int   // its bytes in that text; 0, 0 for tokens that were added
}

// Encode gives the tokens of a text. addSpecialTokens: as a model reads it, else the text's own alone.
func (t *Tokenizer) Encode(text string, addSpecialTokens bool) ([]Token, error) {
	return t.encode(text, "", false, addSpecialTokens)
}

// EncodePair gives the tokens of two texts that a model reads together.
func (t *Tokenizer) EncodePair(text, pair string, addSpecialTokens bool) ([]Token, error) {
	return t.encode(text, pair, true, addSpecialTokens)
}

func (t *Tokenizer) encode(text, pair string, hasPair, addSpecialTokens bool) ([]Token, error) {
	defer runtime.KeepAlive(t)
	var result [2]int64
	if f := lwswig.TokenizerEncode(t.ref(), text, pair, hasPair, addSpecialTokens, &result[0]); f != 0 {
		return nil, failure(f)
	}
	numbers := lwswig.TakeLongs(result)
	tokens := make([]Token, len(numbers)/4)
	for i := range tokens {
		n := numbers[4*i:]
		tokens[i] = Token{int32(n[0]), int32(n[1]), int(n[2]), int(n[3])}
	}
	return tokens, nil
}

// Decode gives the text of ids.
func (t *Tokenizer) Decode(ids []int32, skipSpecialTokens bool) (string, error) {
	defer runtime.KeepAlive(t)
	skip := int32(0)
	if skipSpecialTokens {
		skip = 1
	}
	var result [2]int64
	if f := lwswig.TokenizerDecode(t.ref(), ids, skip, &result); f != 0 {
		return "", failure(f)
	}
	return lwswig.TakeText(result), nil
}

// Close gives the tokenizer up.
func (t *Tokenizer) Close() error {
	if t == nil {
		return nil
	}
	defer runtime.KeepAlive(t)
	return t.close()
}

// Closed says whether it was closed.
func (t *Tokenizer) Closed() bool {
	defer runtime.KeepAlive(t)
	return t == nil || t.closed()
}
