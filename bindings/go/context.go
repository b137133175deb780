// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"math"
	"runtime"

	"longwave.dev/longwave/internal/lwswig"
)

// Context is the threads and the memory that models and layers share. Any number of goroutines may use it.
//
// A model that many goroutines read through at once is best opened in a context of one thread: then each computes on its
// own thread, and none waits for another's.
type Context struct{ object }

func (c *Context) ref() int64 {
	if c == nil {
		return 0
	}
	return c.number()
}

// NewContext makes a context of 1 to 1024 threads, or with 0 of as many as the process may use.
func NewContext(threads int) (*Context, error) {
	if threads < math.MinInt32 || threads > math.MaxInt32 {
		threads = -1
	}
	number, err := takeNumber(func(out *int64) int64 { return lwswig.ContextCreate(threads, out) })
	if err != nil {
		return nil, err
	}
	o := newObject(lwswig.Context, number)
	return own(&Context{o}, o), nil
}

// Threads is how many threads compute.
func (c *Context) Threads() (int, error) {
	defer runtime.KeepAlive(c)
	n, err := takeNumber(func(out *int64) int64 { return lwswig.ContextThreads(c.ref(), out) })
	return int(n), err
}

// Close gives the context up. Models and layers that were made in it keep what they need.
func (c *Context) Close() error {
	if c == nil {
		return nil
	}
	defer runtime.KeepAlive(c)
	return c.close()
}

// Closed says whether it was closed.
func (c *Context) Closed() bool {
	defer runtime.KeepAlive(c)
	return c == nil || c.closed()
}
