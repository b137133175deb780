// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"context"
	"errors"
	"io"
)

// Write takes all of the text, for io.Copy and its kind: where the queue is full, it sets embeddings aside (1.5 kB each
// with the default model), which Next gives later. ReadAll needs no such memory.
func (s *Stream) Write(text []byte) (int, error) {
	total := 0
	for {
		n, err := s.PushBytes(text[total:])
		total += n
		if !errors.Is(err, ErrOutputFull) {
			return total, err
		}
		if err := s.setAside(); err != nil {
			return total, err
		}
	}
}

func (s *Stream) setAside() error {
	for {
		var e Embedding
		if ok, err := s.read(&e); !ok {
			return err
		}
		s.lock.Lock()
		s.aside = append(s.aside, e)
		s.lock.Unlock()
	}
}

// ReadAll pushes all that r gives, finishes, and calls yield with each embedding as it comes; the embedding and its vector
// are valid until yield returns. It stops at an error of yield, of r, or when ctx is done: then with an error for which
// errors.Is finds ctx.Err(). The stream stays usable, but what r gave and the stream has not taken is lost; its
// Int("bytes_taken") says where to go on. The stream must be at its beginning, or at a snapshot that r goes on from.
func (s *Stream) ReadAll(ctx context.Context, r io.Reader, yield func(*Embedding) error) error {
	if ctx == nil || r == nil || yield == nil {
		return invalid("ReadAll: the context, the reader or yield is nil")
	}
	var e Embedding
	drain := func() error {
		for {
			if ok, err := s.Next(&e); !ok {
				return err
			}
			if err := yield(&e); err != nil {
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

// PushTextContext is PushText until ctx is done: then errors.Is finds ctx.Err() in the error, and the rest may be pushed
// later.
func (s *Stream) PushTextContext(ctx context.Context, text string) (int, error) {
	return s.until(ctx, func() (int, error) { return s.PushText(text) })
}

// PushBytesContext is PushBytes until ctx is done.
func (s *Stream) PushBytesContext(ctx context.Context, text []byte) (int, error) {
	return s.until(ctx, func() (int, error) { return s.PushBytes(text) })
}

// PushIDsContext is PushIDs until ctx is done.
func (s *Stream) PushIDsContext(ctx context.Context, ids []int32) (int, error) {
	return s.until(ctx, func() (int, error) { return s.PushIDs(ids) })
}

// PushVectorsContext is PushVectors until ctx is done.
func (s *Stream) PushVectorsContext(ctx context.Context, vectors []float32) (int, error) {
	return s.until(ctx, func() (int, error) { return s.PushVectors(vectors) })
}

// FinishContext is Finish until ctx is done.
func (s *Stream) FinishContext(ctx context.Context) error {
	_, err := s.until(ctx, func() (int, error) { return 0, s.Finish() })
	return err
}

func (s *Stream) until(ctx context.Context, call func() (int, error)) (int, error) {
	if s == nil {
		return call()
	}
	return s.stop.until(ctx, func() { s.Cancel() }, call)
}
