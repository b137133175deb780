// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

// Command embedtree embeds every document of a directory tree or a tar stream, as many at once as there are processors,
// and prints a JSON line for each passage.
//
//	embedtree docs > passages.jsonl
//	curl https://example.org/docs.tar | embedtree - > passages.jsonl
//
// Interrupt it (Ctrl-C) and it ends after the step it is in, with whole lines. Memory is bounded: a stream's for each
// worker, and of a tar at most 1 MiB for each document that waits.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"sync"

	longwave "longwave.dev/longwave"
	"longwave.dev/longwave/minilm"
)

// line is what is printed: a passage, or why a document could not be read.
type line struct {
	File       string    `json:"file"`
	ByteBegin  int64     `json:"byte_begin"`
	ByteEnd    int64     `json:"byte_end"`
	TokenBegin int64     `json:"token_begin"`
	TokenEnd   int64     `json:"token_end"`
	Vector     []float32 `json:"vector,omitempty"`
	Error      string    `json:"error,omitempty"`
}

func main() {
	workers := flag.Int("workers", runtime.GOMAXPROCS(0), "documents read at once")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: embedtree [-workers N] DIRECTORY | FILE.tar | -")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 1 || *workers < 1 {
		flag.Usage()
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	failed, err := run(ctx, source(flag.Arg(0), os.Stdin), *workers, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "embedtree:", err)
		os.Exit(1)
	}
	if failed > 0 {
		fmt.Fprintf(os.Stderr, "embedtree: %d documents could not be read\n", failed)
		os.Exit(1)
	}
}

// run sends the documents of a source through the model: how many of them failed, and what ended the whole, if anything.
func run(ctx context.Context, documents producer, workers int, out io.Writer) (failed int, err error) {
	// One thread: each worker computes on its own, and none waits for another's.
	c, err := longwave.NewContext(1)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	model, err := minilm.Open(c)
	if err != nil {
		return 0, err
	}
	defer model.Close()

	// The first error of the producer or of the output ends everything.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var once sync.Once
	end := func(e error) {
		if e != nil {
			once.Do(func() { err = e })
			cancel()
		}
	}

	queue, lines := make(chan document), make(chan line)
	go func() {
		defer close(queue)
		end(documents(ctx, queue))
	}()
	var group sync.WaitGroup
	for i := 0; i < workers; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for d := range queue {
				if e := embed(ctx, model, d, lines); e != nil {
					if ctx.Err() != nil {
						end(ctx.Err())
						continue // lets the producer end
					}
					lines <- line{File: d.name, Error: e.Error()}
				}
			}
		}()
	}
	go func() {
		group.Wait()
		close(lines)
	}()
	encoder := json.NewEncoder(out)
	for l := range lines {
		if l.Error != "" {
			failed++
		}
		if ctx.Err() == nil {
			end(encoder.Encode(l))
		}
	}
	return failed, err
}

// embed reads one document and sends its passages.
func embed(ctx context.Context, model *longwave.Model, d document, lines chan<- line) error {
	r, err := d.open()
	if err != nil {
		return err
	}
	defer r.Close()
	stream, err := longwave.NewStream(model, nil)
	if err != nil {
		return err
	}
	defer stream.Close()
	err = stream.ReadAll(ctx, r, func(e *longwave.Embedding) error {
		if e.Document {
			return nil
		}
		// The vector is the stream's until this function returns.
		vector := append([]float32(nil), e.Vector...)
		lines <- line{d.name, e.ByteBegin, e.ByteEnd, e.TokenBegin, e.TokenEnd, vector, ""}
		return nil
	})
	if errors.Is(err, longwave.ErrCancelled) {
		return ctx.Err()
	}
	return err
}
