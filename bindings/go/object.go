// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import "longwave.dev/longwave/internal/lwswig"

// object is a native object. Closing gives up what it holds; the object itself, a few dozen bytes that know that it was
// closed, is deleted when the collector has seen that nothing can reach it. So its number is never stale: also copies of
// what a constructor gave, which nobody needs but anybody can make, share the native they point to.
type object struct{ native *native }

type native struct{ number, class int64 }

func newObject(class int, number int64) object { return object{&native{number, int64(class)}} }

// own makes the native object go with the last that points to it.
func own[T any](owner *T, o object) *T {
	onCollect(o.native)
	return owner
}

func (n native) drop() { lwswig.Delete(int(n.class), n.number) }

// number is 0 of a zero value, which is no object.
func (o object) number() int64 {
	if o.native == nil {
		return 0
	}
	return o.native.number
}

func (o object) drop() { o.native.drop() }

func (o object) close() error {
	if o.native != nil {
		lwswig.Close(int(o.native.class), o.native.number)
	}
	return nil
}

func (o object) closed() bool {
	return o.native == nil || lwswig.IsClosed(int(o.native.class), o.native.number)
}

// text, floats and number run a native call that gives such a result.
func takeText(call func(*int64) int64) (string, error) {
	var result [2]int64
	if f := call(&result[0]); f != 0 {
		return "", failure(f)
	}
	return lwswig.TakeText(result), nil
}

func takeFloats(call func(*int64) int64) ([]float32, error) {
	var result [2]int64
	if f := call(&result[0]); f != 0 {
		return nil, failure(f)
	}
	return lwswig.TakeFloats(result), nil
}

func takeBytes(call func(*int64) int64) ([]byte, error) {
	var result [2]int64
	if f := call(&result[0]); f != 0 {
		return nil, failure(f)
	}
	return lwswig.TakeBytes(result), nil
}

func takeNumber(call func(*int64) int64) (int64, error) {
	var result int64
	if f := call(&result); f != 0 {
		return 0, failure(f)
	}
	return result, nil
}

// Plan is what a memory or a stream takes, known before it is made.
type Plan struct {
	Bytes     int64 // from the allocator, however long the sequence
	LoadBytes int64 // in addition during Load
	// Row 0 can leave once row FirstRows is in, row i once row i + SteadyRows is; -1 where rows leave only at the end.
	FirstRows, SteadyRows int64
}

func takePlan(call func(*int64) int64) (Plan, error) {
	var result [4]int64
	if f := call(&result[0]); f != 0 {
		return Plan{}, failure(f)
	}
	return Plan{result[0], result[1], result[2], result[3]}, nil
}
