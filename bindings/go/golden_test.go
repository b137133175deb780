// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// tensor of a safetensors file, and what it holds.
type tensor struct {
	DType   string `json:"dtype"`
	Shape   []int  `json:"shape"`
	Offsets [2]int `json:"data_offsets"`
	data    []byte
}

func (t tensor) floats() []float32 {
	values := make([]float32, len(t.data)/4)
	for i := range values {
		values[i] = math.Float32frombits(binary.LittleEndian.Uint32(t.data[4*i:]))
	}
	return values
}

func (t tensor) longs() []int64 {
	if t.DType == "U8" {
		values := make([]int64, len(t.data))
		for i := range values {
			values[i] = int64(t.data[i])
		}
		return values
	}
	values := make([]int64, len(t.data)/8)
	for i := range values {
		values[i] = int64(binary.LittleEndian.Uint64(t.data[8*i:]))
	}
	return values
}

func (t tensor) ints() (values []int32) {
	for _, value := range t.longs() {
		values = append(values, int32(value))
	}
	return values
}

// rows gives [batch, heads, n, width] as [batch, n, heads, width].
func (t tensor) rows() []float32 {
	from := t.floats()
	if len(t.Shape) != 4 {
		return from
	}
	heads, n, width := t.Shape[1], t.Shape[2], t.Shape[3]
	to := make([]float32, 0, len(from))
	for b := 0; b < t.Shape[0]; b++ {
		for i := 0; i < n; i++ {
			for h := 0; h < heads; h++ {
				at := ((b*heads+h)*n + i) * width
				to = append(to, from[at:at+width]...)
			}
		}
	}
	return to
}

// golden is a case: its tensors, and what its metadata say.
type golden struct {
	tensors     map[string]tensor
	Mechanism   string
	Config      map[string]any
	Inputs      []string
	Tolerance   struct{ Atol, Rtol float64 }
	values      map[string]any
	types       map[string]int64
	query       string
	inOneGo     bool
	streamsWell bool
}

// readTensors gives those of a safetensors file, and its metadata.
func readTensors(path string) (tensors map[string]tensor, metadata map[string]string, err error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, nil, err
	}
	size := binary.LittleEndian.Uint64(content)
	var header map[string]json.RawMessage
	if err := json.Unmarshal(content[8:8+size], &header); err != nil {
		return nil, nil, err
	}
	tensors = map[string]tensor{}
	for name, raw := range header {
		if name == "__metadata__" {
			if err := json.Unmarshal(raw, &metadata); err != nil {
				return nil, nil, err
			}
			continue
		}
		var t tensor
		if err := json.Unmarshal(raw, &t); err != nil {
			return nil, nil, err
		}
		t.data = content[8+int(size)+t.Offsets[0] : 8+int(size)+t.Offsets[1]]
		tensors[name] = t
	}
	return tensors, metadata, nil
}

func readGolden(path string) (*golden, error) {
	g := &golden{values: map[string]any{}, inOneGo: true}
	tensors, metadata, err := readTensors(path)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(metadata["case"]), g); err != nil {
		return nil, err
	}
	g.tensors = tensors
	for _, name := range []string{"q", "qk", "x"} {
		if _, ok := g.tensors[name]; ok {
			g.query = name
		}
	}
	return g, nil
}

// setting takes one option; objects become keys with dots, lists of objects lists of their members.
func (g *golden) setting(key string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			g.setting(key+"."+name, member)
		}
	case []any:
		switch {
		case len(v) > 0 && fmt.Sprintf("%T", v[0]) == "string":
			words := make([]string, len(v))
			for i := range v {
				words[i] = v[i].(string)
			}
			g.values[key] = strings.Join(words, ",")
		case len(v) > 0 && fmt.Sprintf("%T", v[0]) == "map[string]interface {}":
			for name := range v[0].(map[string]any) {
				list := make([]any, len(v))
				for i := range v {
					list[i] = v[i].(map[string]any)[name]
				}
				g.setting(key+"."+name, list)
			}
		default:
			list := make([]int64, len(v))
			for i := range v {
				list[i] = int64(v[i].(float64))
			}
			g.values[key] = list
		}
	case float64:
		if g.types[key] == 4 {
			g.values[key] = v
		} else {
			g.values[key] = int64(v)
		}
	default: // string, bool
		g.values[key] = v
	}
}

func (g *golden) shape(key string, value int) {
	if g.types[key] != 0 {
		g.values[key] = value
	}
}

// layer is what follows from the tensors' shapes, the case's settings, and tensors that are options.
func (g *golden) layer() (Layer, error) {
	types, err := optionTypes(g.Mechanism)
	if err != nil {
		return nil, err
	}
	g.types = types
	query := g.tensors[g.query]
	if g.query == "x" {
		g.shape("d_model", query.Shape[2])
		if w, ok := g.tensors["w_qkv"]; ok {
			g.shape("head_dim", w.Shape[0]/3/int(g.Config["heads"].(float64)))
		}
		g.shape("max_tokens", query.Shape[1])
	} else {
		key := query
		if g.query == "q" {
			key = g.tensors["k"]
			g.shape("kv_heads", key.Shape[1])
		}
		g.shape("heads", query.Shape[1])
		g.shape("head_dim", query.Shape[3])
		g.shape("value_dim", g.tensors["v"].Shape[3])
		g.shape("max_tokens", key.Shape[2])
		g.streamsWell = key.Shape[2] == query.Shape[2]
		if e, ok := g.tensors["e"]; ok {
			g.shape("slots", e.Shape[len(e.Shape)-2])
		}
	}
	if chunks, ok := g.Config["chunks"].([]any); ok && g.types["segment"] != 0 {
		equal := true
		for i := range chunks {
			equal = equal && (chunks[i].(float64) == chunks[0].(float64) || i+1 == len(chunks) && chunks[i].(float64) < chunks[0].(float64))
		}
		if equal {
			g.values["segment"] = int64(chunks[0].(float64))
		} else {
			g.values["segment"] = "explicit"
			g.inOneGo = len(chunks) <= 1
		}
	}
	for key, value := range g.Config {
		if key != "chunks" {
			g.setting(key, value)
		}
	}
	if _, ok := g.tensors["q_global"]; ok {
		g.values["global_projections"] = true
	}
	for _, name := range g.Inputs {
		switch name {
		case "q", "k", "v", "x", "qk", "q_global", "k_global", "v_global", "mask", "key_mask":
		default:
			if g.tensors[name].DType == "I64" {
				g.values[name] = g.tensors[name].longs()
			} else {
				g.values[name] = g.tensors[name].floats()
			}
		}
	}
	return AnyAttention{g.Mechanism, g.values}, nil
}

// rows of one or of two sets of heads, one behind the other in every token.
func (g *golden) rows(name, second string) []float32 {
	first, ok := g.tensors[name]
	if !ok {
		return nil
	}
	other, ok := g.tensors[second]
	if !ok {
		return first.rows()
	}
	a, b := first.rows(), other.rows()
	width := first.Shape[1] * first.Shape[3]
	both := make([]float32, 0, 2*len(a))
	for at := 0; at < len(a); at += width {
		both = append(append(both, a[at:at+width]...), b[at:at+width]...)
	}
	return both
}

func (g *golden) compare(t *testing.T, name string, got []float32) {
	want := g.tensors["out"].rows()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, not %d", name, len(got), len(want))
	}
	for i := range want {
		x, y := float64(got[i]), float64(want[i])
		if !(math.Abs(x-y) <= g.Tolerance.Atol+g.Tolerance.Rtol*math.Abs(y)) {
			t.Fatalf("%s: number %d is %v, not %v", name, i, x, y)
		}
	}
}

func (g *golden) run(t *testing.T) {
	layer, err := g.layer()
	ok(t, err)
	a, err := NewAttention(context1(t), layer)
	ok(t, err)
	defer a.Close()
	batch := Batch{Q: g.rows(g.query, "q_global"), Size: g.tensors[g.query].Shape[0]}
	if a.KWidth() > 0 {
		batch.K = g.rows("k", "k_global")
	}
	if a.VWidth() > 0 {
		batch.V = g.rows("v", "v_global")
	}
	for _, name := range []string{"mask", "key_mask"} {
		if mask, ok := g.tensors[name]; ok {
			for _, one := range mask.longs() {
				batch.Mask = append(batch.Mask, int32(one))
			}
		}
	}
	out := make([]float32, len(g.tensors["out"].floats()))
	if g.inOneGo {
		ok(t, a.Forward(batch, out))
		g.compare(t, "forward", out)
	}
	_, offset := g.Config["query_offset"]
	if !a.Streams() || !g.inOneGo || offset || batch.Size != 1 || (g.query != "x" && !g.streamsWell) {
		return
	}
	// In pieces of three rows at most.
	memory, err := a.NewMemory()
	ok(t, err)
	defer memory.Close()
	streamed := make([]float32, len(out)+a.OutWidth())
	count, at, written := len(batch.Q)/a.QWidth(), 0, 0
	part := func(from []float32, width, n int) []float32 {
		if width == 0 {
			return nil
		}
		return from[at*width : (at+n)*width]
	}
	for at < count {
		n := 3
		if count-at < n {
			n = count - at
		}
		rows := Rows{Q: part(batch.Q, a.QWidth(), n), K: part(batch.K, a.KWidth(), n), V: part(batch.V, a.VWidth(), n), Count: n}
		if batch.Mask != nil {
			rows.Mask = batch.Mask[at : at+n]
		}
		taken, w, err := memory.Step(rows, streamed[written*a.OutWidth():])
		ok(t, err)
		at, written = at+taken, written+w
	}
	w, err := memory.Finish(streamed[written*a.OutWidth():])
	ok(t, err)
	g.compare(t, "stream", streamed[:(written+w)*a.OutWidth()])
}

// The numbers that every mechanism must give, over whole sequences and in pieces.
func TestGoldens(t *testing.T) {
	root := source(t, "tests/golden/cases")
	mechanisms, cases := map[string]bool{}, 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".safetensors" {
			return err
		}
		g, err := readGolden(path)
		if err != nil {
			return err
		}
		mechanisms[g.Mechanism] = true
		cases++
		t.Run(g.Mechanism+"/"+strings.TrimSuffix(entry.Name(), ".safetensors"), g.run)
		return nil
	})
	ok(t, err)
	if len(mechanisms) < 12 || cases < 100 {
		t.Errorf("%d cases of %d mechanisms", cases, len(mechanisms))
	}
}
