// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"longwave.dev/longwave/internal/lwswig"
)

// source is a path in the source tree, which LONGWAVE_SOURCE names.
func source(t testing.TB, path string) string {
	t.Helper()
	root := os.Getenv("LONGWAVE_SOURCE")
	if root == "" {
		t.Skip("LONGWAVE_SOURCE does not name the source tree")
	}
	return filepath.Join(root, path)
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func wants(t testing.TB, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Errorf("got %v, want %v", err, target)
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var shared struct {
	sync.Once
	context *Context
	model   *Model
}

// testModel is the default model in a context of one thread, opened once.
func testModel(t testing.TB) *Model {
	t.Helper()
	directory := source(t, "examples/models/minilm")
	shared.Do(func() {
		shared.context = must(NewContext(1))
		shared.model = must(OpenModel(shared.context, directory))
	})
	return shared.model
}

// tinyModel is a small model of a family, and what the reference gives for it.
func tinyModel(t testing.TB, name string) (*Model, map[string]tensor) {
	t.Helper()
	folder := source(t, "tests/data/models/tiny/"+name)
	m, err := OpenModel(context1(t), folder)
	ok(t, err)
	t.Cleanup(func() { m.Close() })
	expected, _, err := readTensors(filepath.Join(folder, "expected.safetensors"))
	ok(t, err)
	return m, expected
}

// near compares numbers of about 1.
func near(t testing.TB, name string, got, want []float32) {
	t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		t.Fatalf("%s: %d numbers, not %d", name, len(got), len(want))
	}
	for i := range want {
		if d := math.Abs(float64(got[i] - want[i])); !(d <= 1e-4) {
			t.Fatalf("%s: number %d is %v, not %v", name, i, got[i], want[i])
		}
	}
}

func handbook(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile(source(t, "examples/text/handbook.txt"))
	ok(t, err)
	return text
}

func context1(t testing.TB) *Context {
	t.Helper()
	c, err := NewContext(1)
	ok(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

// window is a layer of two heads with a window, and rows for it.
func window(t testing.TB) *Attention {
	t.Helper()
	a, err := NewAttention(context1(t), WindowAttention{Heads: 2, HeadDim: 8, Left: []int64{5}, Right: []int64{2}})
	ok(t, err)
	t.Cleanup(func() { a.Close() })
	return a
}

func numbers(count, step, from int) []float32 {
	values := make([]float32, count)
	for i := range values {
		values[i] = float32((i*step+from)%17-8) / 8
	}
	return values
}

// readsTokens waits until a stream that another goroutine pushes to has read so many, or until the push is done.
func readsTokens(t *testing.T, s *Stream, tokens int64, done chan error) {
	for len(done) == 0 {
		p, err := s.Progress()
		if err != nil {
			t.Error(err)
			return
		}
		if p.Tokens >= tokens {
			return
		}
	}
}

// settled waits until the collector has deleted what is dropped.
func settled(handles, objects int64) error {
	for begin := time.Now(); ; {
		if lwswig.LiveHandles() <= handles && lwswig.LiveObjects() <= objects {
			return nil
		}
		if time.Since(begin) > time.Minute { // on the slowest machine
			return fmt.Errorf("%d handles and %d objects live, not %d and %d", lwswig.LiveHandles(), lwswig.LiveObjects(), handles,
				objects)
		}
		runtime.GC()
		time.Sleep(2 * time.Millisecond)
	}
}

// Nothing is left when all tests have ended.
func TestMain(m *testing.M) {
	code := m.Run()
	shared.model.Close()
	shared.context.Close()
	shared.model, shared.context = nil, nil
	if err := settled(0, 0); err != nil {
		fmt.Println("--- FAIL: TestNothingIsLeftAtTheEnd")
		fmt.Println("   ", err)
		code = 1
	} else {
		fmt.Println("--- PASS: TestNothingIsLeftAtTheEnd (0.00s)")
	}
	os.Exit(code)
}
