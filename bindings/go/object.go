// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import "longwave.dev/longwave/internal/lwswig"

// object is a native object. Closing gives up what it holds; the object itself, a few dozen bytes that know that it was
// closed, is deleted when the collector has seen that nothing can reach it. So its number is never stale.
type object struct {
	number int64
	class  int
}

// own makes the native object go with its owner.
func own[T any](owner *T, o object) *T {
	onCollect(owner, o)
	return owner
}

func (o object) drop() { lwswig.Delete(o.class, o.number) }

func (o object) close() error {
	lwswig.Close(o.class, o.number)
	return nil
}

func (o object) closed() bool { return lwswig.IsClosed(o.class, o.number) }

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
