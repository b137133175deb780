// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"reflect"
	"strings"
	"testing"

	"longwave.dev/longwave/internal/lwswig"
)

// optionTypes are the library's options of a kind, with their types.
func optionTypes(kind string) (map[string]int64, error) {
	c, err := newConfig(kind)
	if err != nil {
		return nil, err
	}
	defer c.free()
	count, err := takeNumber(func(out *int64) int64 { return lwswig.ConfigOptionCount(c.ref(), out) })
	if err != nil {
		return nil, err
	}
	types := map[string]int64{}
	for i := int64(0); i < count; i++ {
		name, err := takeText(func(out *int64) int64 { return lwswig.ConfigOptionName(c.ref(), i, out) })
		if err != nil {
			return nil, err
		}
		var bounds [3]int64
		if f := lwswig.ConfigOptionBounds(c.ref(), name, &bounds[0]); f != 0 {
			return nil, failure(f)
		}
		types[name] = bounds[0]
	}
	return types, nil
}

var layers = []Layer{FullAttention{}, WindowAttention{}, SinkWindowAttention{}, SparseTransformerAttention{},
	BlockSparseAttention{}, AdaptiveSpanAttention{}, LinformerAttention{}, FavorAttention{}, LSHAttention{},
	TransformerXLAttention{}, CompressiveAttention{}, PositionInfusedAttention{}, MixedAttention{}, ChunkedAttention{},
	TransientGlobalAttention{}, NystromAttention{}, XLNetAttention{}}

// The fields are the library's options, all of them and no others, of types that hold their values.
func TestFieldsAreTheLibrarysOptions(t *testing.T) {
	options := map[string]any{"stream": Reading{}, "generation": Generation{}, "scoring": Scoring{},
		"convert": Conversion{}}
	for _, layer := range layers {
		options[layer.kind()] = layer
	}
	projections := reflect.VisibleFields(reflect.TypeOf(Projections{}))
	if len(options) != 21 {
		t.Fatalf("%d kinds", len(options))
	}
	// Notes in golden cases of how they were made; nothing depends on them.
	notes := map[string]bool{"compressive.remainder": true, "pia.table": true}
	for kind, fields := range options {
		types, err := optionTypes(kind)
		ok(t, err)
		seen := map[string]bool{}
		all := reflect.VisibleFields(reflect.TypeOf(fields))
		if _, has := reflect.TypeOf(fields).FieldByName("Projections"); has {
			all = append(all, projections...)
		}
		for _, field := range all {
			if field.Type.Kind() == reflect.Struct {
				continue
			}
			key, _, word := strings.Cut(field.Tag.Get("option"), ",")
			seen[key] = true
			type_ := field.Type
			if type_.Kind() == reflect.Pointer {
				type_ = type_.Elem()
			}
			fits := map[int64][]string{1: {"int", "bool", "[]string"} /* loss takes 1 as well as words */, 2: {"[]int64"}, 3: {"string", "[]string"}, 4: {"float64"}, 5: {"[]float32"}}
			name := type_.String()
			if type_.Kind() == reflect.String {
				name = "string"
			} else if type_.Kind() == reflect.Slice && type_.Elem().Kind() == reflect.String {
				name = "[]string"
			}
			if found := strings.Contains(" "+strings.Join(fits[types[key]], " ")+" ", " "+name+" "); !found && !word {
				t.Errorf("%s: %s is a %s, the option %q of type %d", kind, field.Name, field.Type, key, types[key])
			}
		}
		for name := range types {
			if !seen[name] && !notes[kind+"."+name] {
				t.Errorf("%s: no field for the option %s", kind, name)
			}
		}
	}
}

func TestFieldsReachTheLayer(t *testing.T) {
	c := context1(t)
	for want, layer := range map[string]Layer{
		"\"causal\":1":             FullAttention{Heads: 1, HeadDim: 4, Causal: true},
		"\"window\":3":             SinkWindowAttention{Heads: 1, HeadDim: 4, Window: 3, Visibility: VisibilityChunk, ExplicitSegments: true},
		"\"segment\":\"explicit\"": SinkWindowAttention{Heads: 1, HeadDim: 4, Window: 3, Visibility: VisibilityChunk, ExplicitSegments: true},
		"\"head_sets\":\"local,union\"": SparseTransformerAttention{Heads: 2, HeadDim: 4, Stride: 2,
			HeadSets: []HeadSet{HeadSetLocal, HeadSetUnion}},
		"\"full_up_to\":0":             BlockSparseAttention{Heads: 1, HeadDim: 4, BlockSize: 2, Plan: BlockPlanZeros, FullUpTo: Value(0)},
		"\"key_shift\":\"global_max\"": FavorAttention{Heads: 1, HeadDim: 2, Projection: make([]float32, 6), KeyShiftGlobalMax: true},
		"\"store\":\"bf16\"":           ChunkedAttention{Heads: 1, HeadDim: 4, ChunkLength: 2, Store: KeyValueStoreBF16},
		"\"global_block_size\":3":      TransientGlobalAttention{Heads: 1, HeadDim: 4, Radius: 2, GlobalBlockSize: 3},
		"\"landmarks\":2":              NystromAttention{Heads: 1, HeadDim: 4, Landmarks: 2},
		"\"most_globals\":5":           WindowAttention{Heads: 1, HeadDim: 4, Left: []int64{1}, MostGlobals: 5},
		"\"clamp_len\":7": XLNetAttention{Heads: 1, HeadDim: 4, ClampLen: 7, RelativeWeights: make([]float32, 16),
			BiasU: make([]float32, 4), BiasV: make([]float32, 4)},
		"\"generator\":\"torch\"": LSHAttention{Heads: 2, HeadDim: 4, ChunkLength: 4, NHashes: 1, BucketFactors: []int64{4},
			Seed: 1, Generator: NormalsTorch},
	} {
		a, err := NewAttention(c, layer)
		if err != nil {
			t.Errorf("%T: %v", layer, err)
			continue
		}
		description := must(a.Describe())
		if !strings.Contains(strings.ReplaceAll(description, " ", ""), want) {
			t.Errorf("%T: %s is not in %s", layer, want, description)
		}
		a.Close()
	}
	_, err := NewAttention(c, WindowAttention{Heads: 1, HeadDim: 4, Left: []int64{-1}})
	wants(t, err, ErrInvalidArgument)
	_, err = NewStream(testModel(t), &Reading{Long: "sideways"})
	wants(t, err, ErrInvalidArgument)
}
