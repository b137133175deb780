// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"runtime"

	"longwave.dev/longwave/internal/lwswig"
)

// Memory is what a layer or a model remembers of one sequence that comes in pieces. One call at a time; it may move
// between goroutines.
type Memory struct{ object }

func (m *Memory) ref() int64 {
	if m == nil {
		return 0
	}
	return m.number()
}

func newMemory(call func(out *int64) int64) (*Memory, error) {
	number, err := takeNumber(call)
	if err != nil {
		return nil, err
	}
	o := newObject(lwswig.Memory, number)
	return own(&Memory{o}, o), nil
}

// NewMemory makes a memory of a sequence of rows.
func (a *Attention) NewMemory() (*Memory, error) {
	defer runtime.KeepAlive(a)
	return newMemory(func(out *int64) int64 { return lwswig.MemoryForAttention(a.ref(), out) })
}

// NewMemory makes a memory of a sequence of token ids. reading may be nil.
func (m *Model) NewMemory(reading *Reading) (*Memory, error) {
	defer runtime.KeepAlive(m)
	config, err := reading.open()
	if err != nil {
		return nil, err
	}
	defer config.free()
	return newMemory(func(out *int64) int64 { return lwswig.MemoryForModel(m.ref(), config.ref(), out) })
}

// Rows are what a layer's memory takes: [Count, QWidth] and so on. Inputs that the layer does not take are nil.
type Rows struct {
	Q, K, V []float32
	Mask    []int32 // [Count] of 0 and 1, or nil
	Count   int
}

// Step takes rows of a layer and writes those that became final into out, a whole number of rows: how many were taken
// and written. ErrOutputFull: out has no room for more; step again with the rows behind those that were taken.
func (m *Memory) Step(rows Rows, out []float32) (taken, written int, err error) {
	var result [3]int64
	f := lwswig.MemoryStep(m.ref(), rows.Q, rows.K, rows.V, rows.Mask, int64(rows.Count), out, &result)
	runtime.KeepAlive(m)
	return counts(f, &result)
}

// Push takes token ids of a model (rows as they are, special tokens included) and writes the rows that became final, as
// Step does.
func (m *Memory) Push(ids []int32, out []float32) (taken, written int, err error) {
	var result [3]int64
	f := lwswig.MemoryPush(m.ref(), ids, out, &result)
	runtime.KeepAlive(m)
	return counts(f, &result)
}

// Finish ends the sequence and writes the remaining rows: how many. ErrOutputFull: call it again for the rest.
func (m *Memory) Finish(out []float32) (written int, err error) {
	var result [3]int64
	f := lwswig.MemoryFinish(m.ref(), out, &result)
	runtime.KeepAlive(m)
	_, written, err = counts(f, &result)
	return written, err
}

func counts(f int64, result *[3]int64) (taken, written int, err error) {
	if f != 0 {
		err = failure(f)
	} else {
		err = stopped(result[0])
	}
	return int(result[1]), int(result[2]), err
}

// EndSegment ends a segment of a layer with explicit ones, or a shorter one of a layer with a length.
func (m *Memory) EndSegment() error {
	defer runtime.KeepAlive(m)
	return failure(lwswig.MemoryEndSegment(m.ref()))
}

// Reset takes the memory back to its beginning, for another sequence, also after Finish.
func (m *Memory) Reset() error {
	defer runtime.KeepAlive(m)
	return failure(lwswig.MemoryReset(m.ref()))
}

// Int is a number of the memory by the name that the C API gives it: "position", "emitted", "bytes", "finished".
func (m *Memory) Int(key string) (int64, error) {
	defer runtime.KeepAlive(m)
	return takeNumber(func(out *int64) int64 { return lwswig.MemoryGetInt(m.ref(), key, out) })
}

// Describe is the state as JSON.
func (m *Memory) Describe() (string, error) {
	defer runtime.KeepAlive(m)
	return takeText(func(out *int64) int64 { return lwswig.MemoryDescribe(m.ref(), out) })
}

// ReadPart gives the numbers of a part of a layer's memory, rows from the oldest to the newest.
func (m *Memory) ReadPart(name string) ([]float32, error) {
	defer runtime.KeepAlive(m)
	return takeFloats(func(out *int64) int64 { return lwswig.MemoryReadPart(m.ref(), name, out) })
}

// Save gives the whole state.
func (m *Memory) Save() (Snapshot, error) {
	defer runtime.KeepAlive(m)
	return takeBytes(func(out *int64) int64 { return lwswig.MemorySave(m.ref(), out) })
}

// Load replaces the state by one of the same model or layer, with the same options: wholly or, on failure, not at all.
func (m *Memory) Load(s Snapshot) error {
	defer runtime.KeepAlive(m)
	return failure(lwswig.MemoryLoad(m.ref(), s))
}

// Fork gives an independent copy.
func (m *Memory) Fork() (*Memory, error) {
	defer runtime.KeepAlive(m)
	return newMemory(func(out *int64) int64 { return lwswig.MemoryFork(m.ref(), out) })
}

// Close gives the memory up.
func (m *Memory) Close() error {
	if m == nil {
		return nil
	}
	defer runtime.KeepAlive(m)
	return m.close()
}

// Closed says whether it was closed.
func (m *Memory) Closed() bool {
	defer runtime.KeepAlive(m)
	return m == nil || m.closed()
}
