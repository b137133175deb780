// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

// Command bench measures the calls of bindings/bench/calls.c from Go and prints nanoseconds, the best of several batches.
package main

import (
	"fmt"
	"os"
	"time"

	longwave "longwave.dev/longwave"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measure(name string, layer longwave.Layer, width, rows, batches, calls int) {
	c, err := longwave.NewContext(1)
	check(err)
	defer c.Close()
	a, err := longwave.NewAttention(c, layer)
	check(err)
	defer a.Close()
	w, err := a.NewWorkspace(rows, rows)
	check(err)
	defer w.Close()
	q, out := make([]float32, rows*width), make([]float32, rows*width)
	for i := range q {
		q[i] = float32(i%17-8) / 8
	}
	best := 1e300
	for b := 0; b < batches; b++ {
		begin := time.Now()
		for i := 0; i < calls; i++ {
			check(a.Forward(longwave.Batch{Q: q, K: q, V: q, Workspace: w}, out))
		}
		if each := float64(time.Since(begin).Nanoseconds()) / float64(calls); each < best {
			best = each
		}
	}
	fmt.Printf("%s %.1f\n", name, best)
}

func main() {
	measure("small-go", longwave.FullAttention{Heads: 1, HeadDim: 8}, 8, 1, 15, 20000)
	measure("large-go", longwave.WindowAttention{Heads: 1, HeadDim: 125, Left: []int64{1}, Right: []int64{0}}, 125, 8000, 15, 3)
}
