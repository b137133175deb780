// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"

	longwave "longwave.dev/longwave"
)

// A layer without a model: whole sequences.
func ExampleAttention_Forward() {
	c, err := longwave.NewContext(1)
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	layer, err := longwave.NewAttention(c, longwave.WindowAttention{Heads: 1, HeadDim: 2, Left: []int64{1}})
	if err != nil {
		log.Fatal(err)
	}
	defer layer.Close()
	x := []float32{1, 0, 0, 1, 1, 1} // three rows
	out := make([]float32, len(x))
	if err := layer.Forward(longwave.Batch{Q: x, K: x, V: x}, out); err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.2f\n", out)
	// Output: [1.00 0.00 0.33 0.67 0.67 1.00]
}

// The same in pieces, with a memory that can be saved in between.
func ExampleMemory_Step() {
	c, _ := longwave.NewContext(1)
	defer c.Close()
	layer, err := longwave.NewAttention(c, longwave.WindowAttention{Heads: 1, HeadDim: 2, Left: []int64{1}})
	if err != nil {
		log.Fatal(err)
	}
	defer layer.Close()
	memory, err := layer.NewMemory()
	if err != nil {
		log.Fatal(err)
	}
	defer memory.Close()
	out := make([]float32, 2)
	for _, x := range [][]float32{{1, 0}, {0, 1}, {1, 1}} {
		_, written, err := memory.Step(longwave.Rows{Q: x, K: x, V: x, Count: 1}, out)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%.2f\n", out[:2*written])
	}
	// Output:
	// [1.00 0.00]
	// [0.33 0.67]
	// [0.67 1.00]
}

// The vectors of a document's passages, as they come.
func ExampleStream_ReadAll() {
	c, err := longwave.NewContext(0)
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close()
	model, err := longwave.OpenModel(c, os.Getenv("LONGWAVE_SOURCE")+"/examples/models/minilm")
	if err != nil {
		log.Fatal(err)
	}
	defer model.Close()
	stream, err := longwave.NewStream(model, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer stream.Close()
	text := strings.NewReader("Backups are kept for thirty days.")
	err = stream.ReadAll(context.Background(), text, func(e *longwave.Embedding) error {
		fmt.Println(e.Document, e.ByteBegin, e.ByteEnd, len(e.Vector))
		return nil
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output:
	// false 0 33 384
	// true 0 33 384
}

// Text token by token, as it becomes certain.
func ExampleGenerator_Next() {
	c, _ := longwave.NewContext(1)
	defer c.Close()
	model, err := longwave.OpenModel(c, os.Getenv("LONGWAVE_SOURCE")+"/tests/data/models/tiny/gpt2-base") // of random weights
	if err != nil {
		log.Fatal(err)
	}
	defer model.Close()
	generator, err := longwave.NewGenerator(model, &longwave.Generation{MaxNewTokens: 8, StopAtEnd: longwave.Value(false)})
	if err != nil {
		log.Fatal(err)
	}
	defer generator.Close()
	if err := generator.PushText("The licence applies", false); err != nil {
		log.Fatal(err)
	}
	text, count := "", 0
	for {
		_, more, err := generator.Next()
		if err != nil {
			log.Fatal(err)
		}
		piece, err := generator.Text()
		if err != nil {
			log.Fatal(err)
		}
		text += piece
		if !more {
			break
		}
		count++
	}
	fmt.Println(count, "tokens", len(text) > 0)
	// Output: 8 tokens true
}
