// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"

	"longwave.dev/longwave/internal/lwswig"
)

// Scorer says how likely a causal model finds a document, token by token: push text or ids in pieces of any size, and read
// the tokens with their log-probabilities. Its memory is fixed, however long the document, and no split of it into pieces
// changes a bit.
//
// ScoreAll does all of it for an io.Reader. By hand: the Push functions say how much they took; with ErrOutputFull, take
// what Read gives, then push the rest. After Finish, which is called until it returns nil, Read gives what is left.
//
// One call at a time, but for Cancel and Close; it may move between goroutines.
type Scorer struct {
	object
	stop stopper
}

func (s *Scorer) ref() int64 {
	if s == nil {
		return 0
	}
	return s.number()
}

func newScorer(call func(out *int64) int64) (*Scorer, error) {
	number, err := takeNumber(call)
	if err != nil {
		return nil, err
	}
	o := newObject(lwswig.Scorer, number)
	return own(&Scorer{object: o}, o), nil
}

// NewScorer makes a scorer for one document. options may be nil. ErrUnsupported: the model has no head that says which token
// comes next, or cannot read in this mode.
func NewScorer(m *Model, options *Scoring) (*Scorer, error) {
	defer runtime.KeepAlive(m)
	config, err := options.open()
	if err != nil {
		return nil, err
	}
	defer config.free()
	return newScorer(func(out *int64) int64 { return lwswig.ScorerCreate(m.ref(), config.ref(), out) })
}

// RestoreScorer makes a scorer from a snapshot, with the options that the snapshot holds.
func RestoreScorer(m *Model, snapshot Snapshot) (*Scorer, error) {
	defer runtime.KeepAlive(m)
	return newScorer(func(out *int64) int64 { return lwswig.ScorerRestore(m.ref(), snapshot, out) })
}

// PlanScorer is the bytes that a scorer takes.
func (m *Model) PlanScorer(options *Scoring) (int64, error) {
	defer runtime.KeepAlive(m)
	config, err := options.open()
	if err != nil {
		return 0, err
	}
	defer config.free()
	return takeNumber(func(out *int64) int64 { return lwswig.ModelPlanScorer(m.ref(), config.ref(), out) })
}

// PushText takes UTF-8 text, cut anywhere, even within a character: how many bytes were taken. No special tokens are added.
func (s *Scorer) PushText(text string) (int, error) {
	return s.push(func(taken int, result *[2]int64) int64 { return lwswig.ScorerPushText(s.ref(), text[taken:], result) })
}

// PushBytes is PushText for a slice.
func (s *Scorer) PushBytes(text []byte) (int, error) {
	return s.push(func(taken int, result *[2]int64) int64 { return lwswig.ScorerPushBytes(s.ref(), text[taken:], result) })
}

// PushIDs takes token ids, as they are: how many were taken. Their tokens have no byte ranges.
func (s *Scorer) PushIDs(ids []int32) (int, error) {
	return s.push(func(taken int, result *[2]int64) int64 { return lwswig.ScorerPushIDs(s.ref(), ids[taken:], result) })
}

func (s *Scorer) push(call func(taken int, result *[2]int64) int64) (taken int, err error) {
	defer runtime.KeepAlive(s)
	for {
		var result [2]int64
		if f := call(taken, &result); f != 0 {
			return taken + int(result[1]), failure(f)
		}
		taken += int(result[1])
		if s.stop.late(result[0]) {
			continue
		}
		return taken, stopped(result[0])
	}
}

// PushBytesContext is PushBytes until ctx is done: then errors.Is finds ctx.Err() in the error, and the rest may be pushed
// later.
func (s *Scorer) PushBytesContext(ctx context.Context, text []byte) (int, error) {
	return s.until(ctx, func() (int, error) { return s.PushBytes(text) })
}

// FinishContext is Finish until ctx is done.
func (s *Scorer) FinishContext(ctx context.Context) error {
	_, err := s.until(ctx, func() (int, error) { return 0, s.Finish() })
	return err
}

func (s *Scorer) until(ctx context.Context, call func() (int, error)) (int, error) {
	if s == nil {
		return call()
	}
	return s.stop.until(ctx, func() { s.Cancel() }, call)
}

// Finish ends the document. ErrOutputFull: take what Read gives, then call it again.
func (s *Scorer) Finish() error {
	defer runtime.KeepAlive(s)
	for {
		var status int64
		if f := lwswig.ScorerFinish(s.ref(), &status); f != 0 {
			return failure(f)
		}
		if s.stop.late(status) {
			continue
		}
		return stopped(status)
	}
}

// Scored is a token of the document.
type Scored struct {
	ID int32
	// ln p of it after those before it, as far as the mode shows them; NaN of a document's first token, which has nothing
	// before it unless Scoring.Begin puts an id there.
	LogProbability float32
	// Bytes in the text from its first one; -1 where ids were pushed.
	ByteBegin, ByteEnd int64
}

// Read takes the oldest tokens that are done, as many as there is room for, at most 1024: how many; 0: none waits.
func (s *Scorer) Read(tokens []Scored) (int, error) {
	defer runtime.KeepAlive(s)
	room := scoredRooms.Get().(*scoredRoom)
	defer scoredRooms.Put(room)
	count := len(tokens)
	if count > len(room.logs) {
		count = len(room.logs)
	}
	var got int64
	if f := lwswig.ScorerRead(s.ref(), room.numbers[:3*count], room.logs[:count], &got); f != 0 {
		return 0, failure(f)
	}
	for i := range tokens[:got] {
		n := room.numbers[3*i:]
		tokens[i] = Scored{int32(n[0]), room.logs[i], n[1], n[2]}
	}
	return int(got), nil
}

// scoredRoom is where native calls write tokens.
type scoredRoom struct {
	numbers [3 * 1024]int64
	logs    [1024]float32
}

var scoredRooms = sync.Pool{New: func() any { return new(scoredRoom) }}

// ScoreAll pushes all that r gives, finishes, and calls yield with the tokens as they are done; they are valid until yield
// returns. It stops at an error of yield, of r, or when ctx is done: then with an error for which errors.Is finds ctx.Err().
func (s *Scorer) ScoreAll(ctx context.Context, r io.Reader, yield func([]Scored) error) error {
	if ctx == nil || r == nil || yield == nil {
		return invalid("ScoreAll: the context, the reader or yield is nil")
	}
	tokens := make([]Scored, 1024)
	drain := func() error {
		for {
			n, err := s.Read(tokens)
			if err != nil || n == 0 {
				return err
			}
			if err := yield(tokens[:n]); err != nil {
				return err
			}
		}
	}
	buffer := make([]byte, 64<<10)
	for {
		n, readError := r.Read(buffer)
		for rest := buffer[:n]; len(rest) > 0; {
			taken, err := s.PushBytesContext(ctx, rest)
			rest = rest[taken:]
			if err != nil && !errors.Is(err, ErrOutputFull) {
				return err
			}
			if err := drain(); err != nil {
				return err
			}
		}
		if readError == io.EOF {
			break
		}
		if readError != nil {
			return readError
		}
	}
	for {
		err := s.FinishContext(ctx)
		if err != nil && !errors.Is(err, ErrOutputFull) {
			return err
		}
		if err := drain(); err != nil {
			return err
		}
		if err == nil {
			return nil
		}
	}
}

// Score is what a document comes to: of everything scored so far, read or not. NaN where nothing is.
type Score struct {
	LogProbability float64 // the sum, in nats
	BitsPerByte    float64 // NaN where ids were pushed
	Perplexity     float64 // per token
}

// Score may be asked at any time.
func (s *Scorer) Score() (score Score, err error) {
	for _, one := range []struct {
		key  string
		into *float64
	}{{"log_probability", &score.LogProbability}, {"bits_per_byte", &score.BitsPerByte}, {"perplexity", &score.Perplexity}} {
		if *one.into, err = s.Float(one.key); err != nil {
			return Score{}, err
		}
	}
	return score, nil
}

// Float is a number of the scorer by the name that the C API gives it: those of Score.
func (s *Scorer) Float(key string) (float64, error) {
	defer runtime.KeepAlive(s)
	var value float64
	if f := lwswig.ScorerGetFloat(s.ref(), key, &value); f != 0 {
		return 0, failure(f)
	}
	return value, nil
}

// Int is a number of the scorer by the name that the C API gives it: "tokens", "scored", "bytes_taken", "scored_bytes",
// "waiting", "finished", "length", "stride", "invalid_utf8", "bytes".
func (s *Scorer) Int(key string) (int64, error) {
	defer runtime.KeepAlive(s)
	return takeNumber(func(out *int64) int64 { return lwswig.ScorerGetInt(s.ref(), key, out) })
}

// Reset takes the scorer back to its beginning, for another document. What waits to be read is gone.
func (s *Scorer) Reset() error {
	defer runtime.KeepAlive(s)
	return failure(lwswig.ScorerReset(s.ref()))
}

// Cancel asks the call in progress, or else the next one, to stop with ErrCancelled: push the rest to go on. From any
// goroutine.
func (s *Scorer) Cancel() error {
	if s == nil {
		return nil
	}
	defer runtime.KeepAlive(s)
	s.stop.asked()
	return failure(lwswig.ScorerCancel(s.ref()))
}

// Save gives the whole state, at any time between two calls; not after Finish has begun.
func (s *Scorer) Save() (Snapshot, error) {
	defer runtime.KeepAlive(s)
	return takeBytes(func(out *int64) int64 { return lwswig.ScorerSave(s.ref(), out) })
}

// Fork gives an independent copy.
func (s *Scorer) Fork() (*Scorer, error) {
	defer runtime.KeepAlive(s)
	return newScorer(func(out *int64) int64 { return lwswig.ScorerFork(s.ref(), out) })
}

// Close gives the scorer up. A call in flight is cancelled and ends first.
func (s *Scorer) Close() error {
	if s == nil {
		return nil
	}
	defer runtime.KeepAlive(s)
	return s.close()
}

// Closed says whether it was closed.
func (s *Scorer) Closed() bool {
	defer runtime.KeepAlive(s)
	return s == nil || s.closed()
}
