// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"context"
	"errors"
	"runtime"

	"longwave.dev/longwave/internal/lwswig"
)

// Generator gives text from a causal model, or from an encoder with a decoder, token by token: push a prompt (or an
// encoder's source), then call Next until there is none any more, and Text for what became certain of the text.
//
//	for {
//		token, more, err := generator.Next()
//		if err != nil || !more { break }
//		piece, err := generator.Text()
//	}
//
// Generate does that. A prompt that was read once can be saved, or forked for each question that follows it: what then
// comes is the same, to the bit, as reading everything again.
//
// One call at a time, but for Cancel and Close; it may move between goroutines.
type Generator struct {
	object
	stop stopper
}

func (g *Generator) ref() int64 {
	if g == nil {
		return 0
	}
	return g.number()
}

func newGenerator(call func(out *int64) int64) (*Generator, error) {
	number, err := takeNumber(call)
	if err != nil {
		return nil, err
	}
	o := newObject(lwswig.Generator, number)
	return own(&Generator{object: o}, o), nil
}

// NewGenerator makes a generator. options may be nil. ErrUnsupported: the model has no head that says which token comes
// next, or its generation_config.json wants what Longwave does not have.
func NewGenerator(m *Model, options *Generation) (*Generator, error) {
	defer runtime.KeepAlive(m)
	config, err := options.open()
	if err != nil {
		return nil, err
	}
	defer config.free()
	return newGenerator(func(out *int64) int64 { return lwswig.GeneratorCreate(m.ref(), config.ref(), out) })
}

// RestoreGenerator makes a generator from a snapshot, with the options that the snapshot holds.
func RestoreGenerator(m *Model, snapshot Snapshot) (*Generator, error) {
	defer runtime.KeepAlive(m)
	return newGenerator(func(out *int64) int64 { return lwswig.GeneratorRestore(m.ref(), snapshot, out) })
}

// PlanGenerator is the bytes that a generator takes, its beams included; an encoder's run of its source is not.
func (m *Model) PlanGenerator(options *Generation) (int64, error) {
	defer runtime.KeepAlive(m)
	config, err := options.open()
	if err != nil {
		return 0, err
	}
	defer config.free()
	return takeNumber(func(out *int64) int64 { return lwswig.ModelPlanGenerator(m.ref(), config.ref(), out) })
}

// PushText takes the prompt of a causal model, which reads it at once, or the source of an encoder: one text for the
// tokenizer each call, with the tokenizer's own tokens around it if addSpecialTokens. A causal model takes more between
// turns: generation then goes on behind it, and counts anew. ErrCapacityExceeded: nothing is taken. ErrCancelled (Cancel
// was called while a long prompt was read): all of it is taken, and the next call reads the rest: push nothing again.
func (g *Generator) PushText(text string, addSpecialTokens bool) error {
	defer runtime.KeepAlive(g)
	return g.pushed(lwswig.GeneratorPushText(g.ref(), text, addSpecialTokens))
}

// PushIDs is PushText for token ids, as they are.
func (g *Generator) PushIDs(ids []int32) error {
	defer runtime.KeepAlive(g)
	return g.pushed(lwswig.GeneratorPushIDs(g.ref(), ids))
}

// pushed makes an error of a push's failure. Where the call before was meant to stop there is none: all is taken.
func (g *Generator) pushed(f int64) error {
	err := failure(f)
	if errors.Is(err, ErrCancelled) && g.stop.late(int64(Cancelled)) {
		return nil
	}
	return err
}

// AddStop adds a text that ends generation when it appears, even across tokens; it is not part of the text that comes out.
// Before the first Next.
func (g *Generator) AddStop(text string) error {
	defer runtime.KeepAlive(g)
	return failure(lwswig.GeneratorAddStop(g.ref(), text))
}

// Generated is a token that was generated.
type Generated struct {
	ID             int32
	LogProbability float32 // ln p(ID) under the model's own scores, before any rule
}

// Next gives the next token; false: there is none any more (FinishReason says why). With beams the first call finds all of
// them. After ErrCancelled nothing is lost: call it again to go on.
func (g *Generator) Next() (Generated, bool, error) {
	defer runtime.KeepAlive(g)
	for {
		var result [3]int64
		var logProbability float32
		if f := lwswig.GeneratorNext(g.ref(), &result, &logProbability); f != 0 {
			return Generated{}, false, failure(f)
		}
		if g.stop.late(result[0]) {
			continue
		}
		if err := stopped(result[0]); err != nil || result[2] != 0 {
			return Generated{}, false, err
		}
		return Generated{int32(result[1]), logProbability}, true, nil
	}
}

// NextContext is Next until ctx is done: then errors.Is finds ctx.Err() in the error.
func (g *Generator) NextContext(ctx context.Context) (token Generated, more bool, err error) {
	if g == nil {
		return g.Next()
	}
	_, err = g.stop.until(ctx, func() { g.Cancel() }, func() (int, error) {
		var err error
		token, more, err = g.Next()
		return 0, err
	})
	return token, more, err
}

// Text takes the text that has become certain since the last call: unfinished characters, and what may become a stop, are
// held back until they are known. Of text that nobody takes the newest 65,536 bytes are kept; Int("dropped_text") counts
// the bytes before.
func (g *Generator) Text() (string, error) {
	defer runtime.KeepAlive(g)
	return takeText(func(out *int64) int64 { return lwswig.GeneratorTakeText(g.ref(), out) })
}

// Generate runs to the end of the turn and calls yield with each piece of text as it becomes certain. It stops at an error
// of yield, or when ctx is done: then with an error for which errors.Is finds ctx.Err(). It can go on from there.
func (g *Generator) Generate(ctx context.Context, yield func(piece string) error) error {
	if yield == nil {
		return invalid("Generate: yield is nil")
	}
	for {
		_, more, err := g.NextContext(ctx)
		if err != nil {
			return err
		}
		piece, err := g.Text()
		if err != nil {
			return err
		}
		if piece != "" {
			if err := yield(piece); err != nil {
				return err
			}
		}
		if !more {
			return nil
		}
	}
}

// FinishReason is why there is no token any more.
type FinishReason int64

// The reasons.
const (
	FinishNone       FinishReason = 0  // there is more
	FinishEndToken   FinishReason = 10 // the model ended it
	FinishStopString FinishReason = 20 // a text of AddStop appeared
	FinishLength     FinishReason = 30 // MaxNewTokens or MaxLength
	FinishCapacity   FinishReason = 40 // the model's positions, or MaxTokens, are used up
)

// FinishReason tells it.
func (g *Generator) FinishReason() (FinishReason, error) {
	n, err := g.Int("finish_reason")
	return FinishReason(n), err
}

// Int is a number of the generator by the name that the C API gives it: "prompt_tokens", "generated_tokens" (of this
// turn), "finish_reason", "finished", "bytes".
func (g *Generator) Int(key string) (int64, error) {
	defer runtime.KeepAlive(g)
	return takeNumber(func(out *int64) int64 { return lwswig.GeneratorGetInt(g.ref(), key, out) })
}

// Cancel asks the call in progress, or else the next one that is long enough to notice, to stop with ErrCancelled. From any
// goroutine.
func (g *Generator) Cancel() error {
	if g == nil {
		return nil
	}
	defer runtime.KeepAlive(g)
	g.stop.asked()
	return failure(lwswig.GeneratorCancel(g.ref()))
}

// Save gives the whole state, at any time between two calls.
func (g *Generator) Save() (Snapshot, error) {
	defer runtime.KeepAlive(g)
	return takeBytes(func(out *int64) int64 { return lwswig.GeneratorSave(g.ref(), out) })
}

// Fork gives an independent copy.
func (g *Generator) Fork() (*Generator, error) {
	defer runtime.KeepAlive(g)
	return newGenerator(func(out *int64) int64 { return lwswig.GeneratorFork(g.ref(), out) })
}

// Close gives the generator up. A call in flight is cancelled and ends first.
func (g *Generator) Close() error {
	if g == nil {
		return nil
	}
	defer runtime.KeepAlive(g)
	return g.close()
}

// Closed says whether it was closed.
func (g *Generator) Closed() bool {
	defer runtime.KeepAlive(g)
	return g == nil || g.closed()
}
