// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"context"
	"errors"
	"sync/atomic"
)

// stopper is the cancelling of one object's calls.
//
// A context may ask to stop just as the call ends by itself; then the next call would stop in its place. stale is set
// where that may have happened, cleared when somebody really asks.
type stopper struct{ stale atomic.Bool }

// asked is called before somebody really asks.
func (s *stopper) asked() { s.stale.Store(false) }

// late says whether a call that stopped was asked to by a context of a call before it, and is to go on.
func (s *stopper) late(status int64) bool { return Code(status) == Cancelled && s.stale.Swap(false) }

// until runs a call that is cancelled when ctx is done. Whoever watches has ended when it returns.
func (s *stopper) until(ctx context.Context, cancel func(), call func() (int, error)) (int, error) {
	if ctx == nil {
		return 0, invalid("the context is nil")
	}
	if err := ctx.Err(); err != nil {
		return 0, cancelledBy(err)
	}
	if ctx.Done() == nil {
		return call()
	}
	returned, watched := make(chan struct{}), make(chan bool)
	go func() {
		select {
		case <-ctx.Done():
			cancel()
			watched <- true
		case <-returned:
			watched <- false
		}
	}()
	n, err := call()
	close(returned)
	asked := <-watched
	if errors.Is(err, ErrCancelled) && ctx.Err() != nil {
		return n, cancelledBy(ctx.Err())
	}
	if asked {
		s.stale.Store(true)
	}
	return n, err
}
