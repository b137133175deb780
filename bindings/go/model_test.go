// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"io/fs"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

func TestAModelFromMemoryIsTheSame(t *testing.T) {
	folder := os.DirFS(source(t, "examples/models/minilm"))
	files := map[string][]byte{}
	ok(t, fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			files[name], err = fs.ReadFile(folder, name)
		}
		return err
	}))
	want := must(testModel(t).Embed("A question?"))
	c := context1(t)
	for name, open := range map[string]func() (*Model, error){
		"map": func() (*Model, error) { return OpenModelMemory(c, files) },
		"fs":  func() (*Model, error) { return OpenModelFS(c, folder) },
	} {
		m, err := open()
		ok(t, err)
		if got := must(m.Embed("A question?")); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: another vector", name)
		}
		ok(t, m.Close())
		_, err = m.Embed("A question?")
		wants(t, err, ErrClosed)
	}
	_, err := OpenModelMemory(c, nil)
	if err == nil {
		t.Error("a model of nothing opens")
	}
	_, err = OpenModelFS(c, nil)
	wants(t, err, ErrInvalidArgument)
	_, err = OpenModelFS(c, fstest.MapFS{"config.json": {Data: []byte("{")}})
	wants(t, err, ErrCorruptData)
}

func TestAModelTellsAboutItself(t *testing.T) {
	m := testModel(t)
	if m.EmbeddingWidth() != 384 || must(m.Int("hidden")) != 384 {
		t.Error("another width")
	}
	if name := must(m.Name()); !strings.HasPrefix(name, "minilm-") {
		t.Error(name)
	}
	if text := must(m.Describe(&Reading{Long: LongAlone})); !strings.HasPrefix(text, "{") {
		t.Error(text)
	}
	plan := must(m.PlanStream(nil))
	if more := must(m.PlanStream(&Reading{Queue: 1000})); plan.Bytes <= 0 || more.Bytes <= plan.Bytes {
		t.Errorf("%+v, %+v", plan, more)
	}
	if plan := must(m.PlanMemory(nil)); plan.Bytes <= 0 {
		t.Errorf("%+v", plan)
	}
	ok(t, m.Prepare())
	_, err := m.Int("nothing")
	wants(t, err, ErrInvalidArgument)
	if Version() == "" || SIMDTarget() == "" {
		t.Error("no version")
	}
	wants(t, ConvertModel(source(t, "no such model"), t.TempDir(), "int8", nil), ErrNotFound)
}

func TestForwardGivesWhatEmbedDoes(t *testing.T) {
	m := testModel(t)
	text := "A short text that is read in full."
	tokenizer := must(OpenTokenizer(shared.context, source(t, "examples/models/minilm")))
	defer tokenizer.Close()
	if n := must(tokenizer.Vocabulary()); n != 30522 {
		t.Errorf("%d ids", n)
	}
	var ids []int32
	for _, token := range must(tokenizer.Encode(text, true)) {
		ids = append(ids, token.ID)
	}
	w := must(m.NewWorkspace(nil, 1, len(ids)))
	defer w.Close()
	if bytes := must(m.PlanWorkspace(nil, 1, len(ids))); bytes <= 0 {
		t.Errorf("%d bytes", bytes)
	}
	got := make([]float32, m.EmbeddingWidth())
	ok(t, m.Forward(Sequences{IDs: ids, Workspace: w}, SentenceEmbedding, got))
	for i, x := range must(m.Embed(text)) {
		if math.Abs(float64(x-got[i])) > 1e-5 {
			t.Fatalf("number %d is %v, not %v", i, got[i], x)
		}
	}
	rows := make([]float32, len(ids)*384)
	ok(t, m.Forward(Sequences{IDs: ids}, LastHiddenState, rows))
	queries := make([]float32, int(must(m.Int("layers")))*len(rows))
	ok(t, m.Forward(Sequences{IDs: ids}, Queries, queries))
	memory := must(m.NewMemory(nil))
	defer memory.Close()
	streamed := make([]float32, len(rows))
	taken, written, err := memory.Push(ids, streamed)
	ok(t, err)
	rest, err := memory.Finish(streamed[written*384:])
	ok(t, err)
	if taken != len(ids) || written+rest != len(ids) || !reflect.DeepEqual(rows, streamed) {
		t.Error("the memory gives other rows")
	}
	_, _, err = memory.Push([]int32{-1}, nil)
	if err == nil {
		t.Error("id -1 is taken")
	}
	pair := must(tokenizer.EncodePair("one", "two", true))
	if pair[len(pair)-1].Type != 1 {
		t.Errorf("%+v", pair)
	}
}

func TestSearchFindsTheNearest(t *testing.T) {
	vectors := []float32{1, 0, 0, 1, 0.6, 0.8}
	hits := must(Search([]float32{0, 1}, vectors, 2))
	if len(hits) != 2 || hits[0] != (Hit{1, 1}) || hits[1].Index != 2 {
		t.Errorf("%+v", hits)
	}
	if hits := must(Search([]float32{0, 1}, vectors, 10)); len(hits) != 3 {
		t.Errorf("%+v", hits)
	}
}

// Matrices in the packed layout are used as they lie in the file.
func TestAConvertedModelNeedsLittlePacking(t *testing.T) {
	original, expected := tinyModel(t, "bert-base")
	folder := source(t, "tests/data/models/tiny/bert-base")
	ids := expected["n1.input_ids"].ints()
	run := func(m *Model) []float32 {
		i := inputs(t, 1, len(ids))
		ok(t, i.SetInts("ids", ids))
		return must(m.Run(i, LastHiddenState))
	}
	want := run(original)
	all := must(original.Packing()).TotalBytes
	c := context1(t)
	for weights, packs := range map[string]bool{"f32": true, "f32-packed": false} {
		copied := t.TempDir()
		ok(t, ConvertModel(folder, copied, weights, nil))
		converted := must(OpenModel(c, copied))
		defer converted.Close()
		if p := must(converted.Packing()); (p.TotalBytes > all/4) != packs {
			t.Errorf("%s: %+v of %d", weights, p, all)
		}
		if !reflect.DeepEqual(run(converted), want) {
			t.Errorf("%s: other rows", weights)
		}
	}
	wants(t, ConvertModel(folder, t.TempDir(), "f8", nil), ErrInvalidArgument)
}

func TestAModelBecomesALongOne(t *testing.T) {
	folder := source(t, "tests/data/models/tiny/bert-base")
	copied := t.TempDir()
	ok(t, ConvertModelWith(folder, copied, Conversion{Attention: "window:8", Positions: "copied:256"}))
	m := must(OpenModel(context1(t), copied))
	defer m.Close()
	if n := must(m.Int("positions")); n != 256 {
		t.Errorf("%d positions", n)
	}
	wants(t, ConvertModelWith(folder, t.TempDir(), Conversion{Attention: "sideways:8"}), ErrInvalidArgument)
}
