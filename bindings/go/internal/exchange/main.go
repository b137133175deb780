// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

// Command exchange saves a stream and a memory in the middle, and goes on from those that others have saved, whatever
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

var model *longwave.Model
var layer *longwave.Attention
var text []byte

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

// restOfStream reads the text behind the cut, and all that comes then.
func restOfStream(s *longwave.Stream) []byte {
	var out bytes.Buffer
	check(s.ReadAll(context.Background(), bytes.NewReader(text[cut:]), func(e *longwave.Embedding) error {
		kind, hasVector := int32(10), int32(1)
		if e.Document {
			kind = 20
		}
		vector := make([]float32, model.EmbeddingWidth())
		if copy(vector, e.Vector) == 0 {
			hasVector = 0
		}
		for _, v := range []any{kind, e.ByteBegin, e.ByteEnd, e.TokenBegin, e.TokenEnd, hasVector, vector} {
			check(binary.Write(&out, binary.LittleEndian, v))
		}
		return nil
	}))
	return out.Bytes()
}

func restOfMemory(m *longwave.Memory) []byte {
	buffer := make([]float32, 64*16)
	_, written, err := m.Step(rows(step, 64), buffer)
	check(err)
	last, err := m.Finish(buffer[written*16:])
	check(err)
	var out bytes.Buffer
	check(binary.Write(&out, binary.LittleEndian, buffer[:(written+last)*16]))
	return out.Bytes()
}

func save(folder string) {
	s, err := longwave.NewStream(model, nil)
	check(err)
	defer s.Close()
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
	snapshot, err := s.Save()
	check(err)
	check(os.WriteFile(filepath.Join(folder, "go.stream.snapshot"), snapshot, 0o666))
	check(os.WriteFile(filepath.Join(folder, "go.stream.expected"), restOfStream(s), 0o666))

	m, err := layer.NewMemory()
	check(err)
	defer m.Close()
	_, _, err = m.Step(rows(0, step), make([]float32, 64*16))
	check(err)
	snapshot, err = m.Save()
	check(err)
	check(os.WriteFile(filepath.Join(folder, "go.memory.snapshot"), snapshot, 0o666))
	check(os.WriteFile(filepath.Join(folder, "go.memory.expected"), restOfMemory(m), 0o666))
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
		var got []byte
		if strings.HasSuffix(file, ".stream.snapshot") {
			var s *longwave.Stream
			if s, err = longwave.RestoreStream(model, snapshot); err == nil {
				got = restOfStream(s)
				s.Close()
			}
		} else {
			m, made := layer.NewMemory()
			check(made)
			if err = m.Load(snapshot); err == nil {
				got = restOfMemory(m)
			}
			m.Close()
		}
		word := "ok"
		if err != nil || !bytes.Equal(got, expected) {
			word, failed = "not ok", true
		}
		fmt.Printf("%s go restores %s\n", word, filepath.Base(file))
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
	model, err = longwave.OpenModel(c, filepath.Join(root, "examples/models/minilm"))
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
