// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

// Command exchange saves a stream, a memory, a generator and a scorer in the middle, and goes on from those that others have saved, whatever
// their language (tests/bindings/exchange.sh).
//
//	exchange save|restore SOURCE-TREE FOLDER
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	longwave "longwave.dev/longwave"
)

const cut, step = 9001, 37 // where the text and the rows are cut

var encoder, causal *longwave.Model
var layer *longwave.Attention
var text []byte

// middle is something that can be saved in its middle, and what comes behind that.
type middle struct {
	save func() (longwave.Snapshot, error)
	rest func(out *bytes.Buffer)
}

// kinds give one from a snapshot, or, where that is nil, from the beginning.
var kinds = map[string]func(snapshot []byte) (middle, error){
	"memory": startMemory, "stream": startStream, "generator": startGenerator, "scorer": startScorer,
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "exchange:", err)
		os.Exit(1)
	}
}

func rows(begin, end int) longwave.Rows {
	r := longwave.Rows{Count: end - begin}
	for t := begin; t < end; t++ {
		for j := 0; j < 16; j++ {
			r.Q = append(r.Q, float32((t*31+j*7)%17-8)/8)
			r.K = append(r.K, float32((t*13+j*5)%19-9)/8)
			r.V = append(r.V, float32((t*7+j*3)%23-11)/8)
		}
	}
	return r
}

func write(out *bytes.Buffer, values ...any) {
	for _, v := range values {
		check(binary.Write(out, binary.LittleEndian, v))
	}
}

func startMemory(snapshot []byte) (middle, error) {
	m, err := layer.NewMemory()
	if err == nil && snapshot != nil {
		err = m.Load(snapshot)
	} else if err == nil {
		_, _, err = m.Step(rows(0, step), make([]float32, 64*16))
	}
	return middle{m.Save, func(out *bytes.Buffer) {
		buffer := make([]float32, 64*16)
		_, written, err := m.Step(rows(step, 64), buffer)
		check(err)
		last, err := m.Finish(buffer[written*16:])
		check(err)
		write(out, buffer[:(written+last)*16])
	}}, err
}

func startStream(snapshot []byte) (middle, error) {
	var s *longwave.Stream
	var err error
	if snapshot != nil {
		s, err = longwave.RestoreStream(encoder, snapshot)
	} else if s, err = longwave.NewStream(encoder, nil); err == nil {
		var e longwave.Embedding
		for at := 0; at < cut; {
			n, err := s.PushBytes(text[at:cut])
			at += n
			if !errors.Is(err, longwave.ErrOutputFull) {
				check(err)
			}
			for more := true; more; {
				more, err = s.Next(&e)
				check(err)
			}
		}
	}
	return middle{s.Save, func(out *bytes.Buffer) {
		check(s.ReadAll(context.Background(), bytes.NewReader(text[cut:]), func(e *longwave.Embedding) error {
			kind, hasVector := int32(10), int32(1)
			if e.Document {
				kind = 20
			}
			vector := make([]float32, encoder.EmbeddingWidth())
			if copy(vector, e.Vector) == 0 {
				hasVector = 0
			}
			write(out, kind, e.ByteBegin, e.ByteEnd, e.TokenBegin, e.TokenEnd, hasVector, vector)
			return nil
		}))
	}}, err
}

// startGenerator: the text of the tokens before the snapshot is taken behind it.
func startGenerator(snapshot []byte) (middle, error) {
	var g *longwave.Generator
	var err error
	if snapshot != nil {
		g, err = longwave.RestoreGenerator(causal, snapshot)
	} else if g, err = longwave.NewGenerator(causal, &longwave.Generation{MaxNewTokens: 24, Sample: longwave.Value(true),
		Temperature: 0.8, TopK: longwave.Value(20), Seed: 7, StopAtEnd: longwave.Value(false)}); err == nil {
		check(g.PushText("The licence applies to", true))
		for i := 0; i < 3; i++ {
			_, _, err := g.Next()
			check(err)
		}
	}
	return middle{g.Save, func(out *bytes.Buffer) {
		for {
			token, more, err := g.Next()
			check(err)
			if !more {
				break
			}
			write(out, token.ID, token.LogProbability)
		}
		piece, err := g.Text()
		check(err)
		out.WriteString(piece)
	}}, err
}

// startScorer: what waits to be read before the snapshot is read behind it.
func startScorer(snapshot []byte) (middle, error) {
	var s *longwave.Scorer
	var err error
	if snapshot != nil {
		s, err = longwave.RestoreScorer(causal, snapshot)
	} else if s, err = longwave.NewScorer(causal, &longwave.Scoring{Length: 32, Stride: 12, Queue: 50}); err == nil {
		tokens := make([]longwave.Scored, 1024)
		for at := 0; ; {
			n, err := s.PushBytes(text[at:cut])
			if !errors.Is(err, longwave.ErrOutputFull) {
				check(err)
			}
			if at += n; at == cut {
				break
			}
			for n = 1; n > 0; {
				n, err = s.Read(tokens)
				check(err)
			}
		}
	}
	return middle{s.Save, func(out *bytes.Buffer) {
		check(s.ScoreAll(context.Background(), bytes.NewReader(text[cut:]), func(tokens []longwave.Scored) error {
			for _, t := range tokens {
				write(out, t.ID, t.LogProbability, t.ByteBegin, t.ByteEnd)
			}
			return nil
		}))
		score, err := s.Score()
		check(err)
		write(out, score.BitsPerByte)
	}}, err
}

func save(folder string) {
	for kind, start := range kinds {
		m, err := start(nil)
		check(err)
		snapshot, err := m.save()
		check(err)
		var expected bytes.Buffer
		m.rest(&expected)
		name := filepath.Join(folder, "go."+kind)
		check(os.WriteFile(name+".snapshot", snapshot, 0o666))
		check(os.WriteFile(name+".expected", expected.Bytes(), 0o666))
	}
}

func restore(folder string) {
	files, err := filepath.Glob(filepath.Join(folder, "*.snapshot"))
	check(err)
	failed := len(files) == 0
	for _, file := range files {
		snapshot, err := os.ReadFile(file)
		check(err)
		expected, err := os.ReadFile(strings.TrimSuffix(file, ".snapshot") + ".expected")
		check(err)
		name := filepath.Base(file) // LANGUAGE.KIND.snapshot
		var got bytes.Buffer
		m, err := kinds[strings.Split(name, ".")[1]](snapshot)
		if err == nil {
			m.rest(&got)
		}
		word := "ok"
		if err != nil || !bytes.Equal(got.Bytes(), expected) {
			word, failed = "not ok", true
		}
		fmt.Printf("%s go restores %s\n", word, name)
		if err != nil {
			fmt.Println("   ", err)
		}
	}
	if failed {
		os.Exit(1)
	}
}

func main() {
	if len(os.Args) != 4 {
		check(errors.New("usage: exchange save|restore SOURCE-TREE FOLDER"))
	}
	root, folder := os.Args[2], os.Args[3]
	c, err := longwave.NewContext(1)
	check(err)
	encoder, err = longwave.OpenModel(c, filepath.Join(root, "examples/models/minilm"))
	check(err)
	causal, err = longwave.OpenModel(c, filepath.Join(root, "tests/data/models/tiny/gpt2-base"))
	check(err)
	layer, err = longwave.NewAttention(c, longwave.WindowAttention{Heads: 2, HeadDim: 8, Left: []int64{5}, Right: []int64{2}})
	check(err)
	text, err = os.ReadFile(filepath.Join(root, "examples/text/handbook.txt"))
	check(err)
	text = text[:20000]
	switch os.Args[1] {
	case "save":
		save(folder)
	case "restore":
		restore(folder)
	default:
		check(errors.New("the verbs are save and restore"))
	}
}
