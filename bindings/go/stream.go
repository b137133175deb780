// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"runtime"
	"sync"

	"longwave.dev/longwave/internal/lwswig"
)

// Stream is a document on its way through a model: push text or ids in pieces of any size, and read the vectors of its
// passages, and last the document's own.
//
// ReadAll does all of it for an io.Reader. By hand: the Push functions say how much they took; with ErrOutputFull, take
// what Next gives, then push the rest. After Finish, which is called until it returns nil, Next gives what is left.
//
// One call at a time, but for Cancel, Progress and Close; it may move between goroutines.
type Stream struct {
	object
	width, hidden int
	stop          stopper

	lock  sync.Mutex
	aside []Embedding // what Write had to read in order to go on
}

func (s *Stream) ref() int64 {
	if s == nil {
		return 0
	}
	return s.number()
}

func newStream(width, hidden int, call func(out *int64) int64) (*Stream, error) {
	number, err := takeNumber(call)
	if err != nil {
		return nil, err
	}
	o := newObject(lwswig.Stream, number)
	return own(&Stream{object: o, width: width, hidden: hidden}, o), nil
}

// NewStream makes a stream for one document. reading may be nil.
func NewStream(m *Model, reading *Reading) (*Stream, error) {
	defer runtime.KeepAlive(m)
	config, err := reading.open()
	if err != nil {
		return nil, err
	}
	defer config.free()
	return newStream(m.EmbeddingWidth(), m.hiddenWidth(), func(out *int64) int64 { return lwswig.StreamCreate(m.ref(), config.ref(), out) })
}

// RestoreStream makes a stream from a snapshot, with the reading that the snapshot holds. What was pushed after the
// snapshot is to be pushed again.
func RestoreStream(m *Model, snapshot Snapshot) (*Stream, error) {
	defer runtime.KeepAlive(m)
	return newStream(m.EmbeddingWidth(), m.hiddenWidth(), func(out *int64) int64 { return lwswig.StreamRestore(m.ref(), snapshot, out) })
}

// PushText takes UTF-8 text, cut anywhere, even within a character: how many bytes were taken. Invalid bytes read as
// U+FFFD.
func (s *Stream) PushText(text string) (int, error) {
	return s.push(func(taken int, result *[2]int64) int64 { return lwswig.StreamPushText(s.ref(), text[taken:], result) })
}

// PushBytes is PushText for a slice.
func (s *Stream) PushBytes(text []byte) (int, error) {
	return s.push(func(taken int, result *[2]int64) int64 { return lwswig.StreamPushBytes(s.ref(), text[taken:], result) })
}

// PushIDs takes token ids without special tokens: how many were taken. Passages then have no byte ranges.
func (s *Stream) PushIDs(ids []int32) (int, error) {
	return s.push(func(taken int, result *[2]int64) int64 { return lwswig.StreamPushIDs(s.ref(), ids[taken:], result) })
}

// PushVectors takes rows in place of what ids give (speech frames, letters of a protein, whatever is as wide as the model),
// in a stream with Reading.Vectors: how many rows were taken. vectors [rows, hidden]. Passages have no byte ranges.
func (s *Stream) PushVectors(vectors []float32) (int, error) {
	return s.push(func(taken int, result *[2]int64) int64 {
		rest := vectors
		if taken > 0 {
			rest = vectors[taken*s.hidden:]
		}
		return lwswig.StreamPushVectors(s.ref(), rest, result)
	})
}

func (s *Stream) push(call func(taken int, result *[2]int64) int64) (taken int, err error) {
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

// Finish ends the document. ErrOutputFull: take what Next gives, then call it again.
func (s *Stream) Finish() error {
	defer runtime.KeepAlive(s)
	for {
		var status int64
		if f := lwswig.StreamFinish(s.ref(), &status); f != 0 {
			return failure(f)
		}
		if s.stop.late(status) {
			continue
		}
		return stopped(status)
	}
}

// Reset takes the stream back to its beginning, for another document, also after Finish: as new, and with the same memory.
// What waits to be read is gone; a pending Cancel stays.
func (s *Stream) Reset() error {
	defer runtime.KeepAlive(s)
	if f := lwswig.StreamReset(s.ref()); f != 0 {
		return failure(f)
	}
	s.lock.Lock()
	s.aside = nil
	s.lock.Unlock()
	return nil
}

// Embedding is the vector of a passage or of the whole document. Ranges are half-open.
type Embedding struct {
	Document bool // the document's, which comes last
	// Bytes in the text from its first one; -1 where ids were pushed.
	ByteBegin, ByteEnd int64
	// Tokens from 0 at the text's first.
	TokenBegin, TokenEnd int64
	// Empty for a document without a token.
	Vector []float32
}

// Next takes the oldest embedding that waits; false: none does. e.Vector's memory is used again where it is large enough,
// so one Embedding serves a whole loop without allocating.
func (s *Stream) Next(e *Embedding) (bool, error) {
	if s == nil || e == nil {
		return false, invalid("Next: the stream or the embedding is nil")
	}
	s.lock.Lock()
	if len(s.aside) > 0 {
		vector := append(e.Vector[:0], s.aside[0].Vector...)
		*e = s.aside[0]
		e.Vector = vector
		s.aside[0].Vector = nil
		s.aside = s.aside[1:]
		s.lock.Unlock()
		return true, nil
	}
	s.lock.Unlock()
	return s.read(e)
}

func (s *Stream) read(e *Embedding) (bool, error) {
	if cap(e.Vector) < s.width {
		e.Vector = make([]float32, s.width)
	}
	vector := e.Vector[:s.width]
	var result [8]int64
	f := lwswig.StreamRead(s.ref(), vector, &result)
	runtime.KeepAlive(s)
	if f != 0 {
		return false, failure(f)
	}
	const none, document = 0, 20
	if result[0] == none {
		return false, nil
	}
	if result[7] == 0 {
		vector = vector[:0]
	}
	*e = Embedding{result[0] == document, result[1], result[2], result[3], result[4], vector}
	return true, nil
}

// Int is a number of the stream by the name that the C API gives it: "bytes_taken", "tokens", "passages", "waiting",
// "finished", "invalid_utf8", "split_words", "emitted_bytes" ...
func (s *Stream) Int(key string) (int64, error) {
	defer runtime.KeepAlive(s)
	return takeNumber(func(out *int64) int64 { return lwswig.StreamGetInt(s.ref(), key, out) })
}

// Describe is the state as JSON.
func (s *Stream) Describe() (string, error) {
	defer runtime.KeepAlive(s)
	return takeText(func(out *int64) int64 { return lwswig.StreamDescribe(s.ref(), out) })
}

// Cancel asks the call in progress, or else the next one, to stop with ErrCancelled after its current step. The stream
// stays as it is then: push the rest to go on.
func (s *Stream) Cancel() error {
	if s == nil {
		return nil
	}
	defer runtime.KeepAlive(s)
	s.stop.asked()
	return failure(lwswig.StreamCancel(s.ref()))
}

// Progress is where the call in progress is.
type Progress struct{ Bytes, Tokens, Passages int64 }

// Progress may be asked from any goroutine.
func (s *Stream) Progress() (Progress, error) {
	defer runtime.KeepAlive(s)
	var result [3]int64
	if f := lwswig.StreamProgress(s.ref(), &result[0]); f != 0 {
		return Progress{}, failure(f)
	}
	return Progress{result[0], result[1], result[2]}, nil
}

// Save gives the whole state: after any byte, before Finish. It holds what waits to be read, but for what Write has set
// aside: that must be taken with Next first.
func (s *Stream) Save() (Snapshot, error) {
	defer runtime.KeepAlive(s)
	if err := s.nothingAside("Save"); err != nil {
		return nil, err
	}
	return takeBytes(func(out *int64) int64 { return lwswig.StreamSave(s.ref(), out) })
}

// Load replaces the state by one of the same model and reading: wholly or, on failure, not at all.
func (s *Stream) Load(snapshot Snapshot) error {
	defer runtime.KeepAlive(s)
	if f := lwswig.StreamLoad(s.ref(), snapshot); f != 0 {
		return failure(f)
	}
	s.lock.Lock()
	s.aside = nil
	s.lock.Unlock()
	return nil
}

// Fork gives an independent copy. To index a file that will grow: push all of it, save, and finish a fork.
func (s *Stream) Fork() (*Stream, error) {
	defer runtime.KeepAlive(s)
	if err := s.nothingAside("Fork"); err != nil {
		return nil, err
	}
	width, hidden := 0, 0
	if s != nil {
		width, hidden = s.width, s.hidden
	}
	return newStream(width, hidden, func(out *int64) int64 { return lwswig.StreamFork(s.ref(), out) })
}

func (s *Stream) nothingAside(name string) error {
	if s == nil {
		return nil
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if len(s.aside) > 0 {
		return &Error{Code: InvalidState, Message: name + ": embeddings that Write has set aside wait; take them with Next first"}
	}
	return nil
}

// Close gives the stream up. A call in flight is cancelled and ends first.
func (s *Stream) Close() error {
	if s == nil {
		return nil
	}
	defer runtime.KeepAlive(s)
	return s.close()
}

// Closed says whether it was closed.
func (s *Stream) Closed() bool {
	defer runtime.KeepAlive(s)
	return s == nil || s.closed()
}
