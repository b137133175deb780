// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"runtime"

	"longwave.dev/longwave/internal/lwswig"
)

// Tokenizer is a tokenizer, a model's or without one. It does not change; any number of goroutines may use it.
type Tokenizer struct{ object }

func (t *Tokenizer) ref() int64 {
	if t == nil {
		return 0
	}
	return t.number()
}

// OpenTokenizer opens the tokenizer of a folder: tokenizer.json, vocab.txt, spiece.model, tokenizer.model or words.txt, the
// first that is there.
func OpenTokenizer(c *Context, directory string) (*Tokenizer, error) {
	defer runtime.KeepAlive(c)
	return newTokenizer(func(out *int64) int64 { return lwswig.TokenizerOpen(c.ref(), directory, out) })
}

// Route is which of a folder's files make its tokenizer.
type Route string

// The routes.
const (
	RouteAutomatic Route = "automatic" // as OpenTokenizer
	// spiece.model or tokenizer.model, whatever else there is: the ids are those of the SentencePiece library, to which
	// control tokens such as <s> in a text are ordinary characters.
	RouteSentencePiece Route = "sentencepiece"
)

// OpenTokenizerRoute is OpenTokenizer by a route of one's choice.
func OpenTokenizerRoute(c *Context, directory string, route Route) (*Tokenizer, error) {
	defer runtime.KeepAlive(c)
	return newTokenizer(func(out *int64) int64 { return lwswig.TokenizerOpenRoute(c.ref(), directory, string(route), out) })
}

// Tokenizer is the model's own; the model may be closed before it. ErrUnsupported: it has none.
func (m *Model) Tokenizer() (*Tokenizer, error) {
	defer runtime.KeepAlive(m)
	return newTokenizer(func(out *int64) int64 { return lwswig.TokenizerOfModel(m.ref(), out) })
}

func newTokenizer(call func(out *int64) int64) (*Tokenizer, error) {
	number, err := takeNumber(call)
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
