// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import (
	"fmt"
	"reflect"
	"strings"

	"longwave.dev/longwave/internal/lwswig"
)

// config is a native list of options, for the time of one call; nil where every option is at its default.
type config struct{ object }

func newConfig(kind string) (*config, error) {
	number, err := takeNumber(func(out *int64) int64 { return lwswig.ConfigCreate(kind, out) })
	if err != nil {
		return nil, err
	}
	return &config{newObject(lwswig.Config, number)}, nil
}

func (c *config) ref() int64 {
	if c == nil {
		return 0
	}
	return c.number()
}

// free ends it. Nothing else holds it, so it needs no collector.
func (c *config) free() {
	if c != nil {
		c.drop()
	}
}

// set takes one option.
func (c *config) set(key string, value any) error {
	switch v := value.(type) {
	case int:
		return failure(lwswig.ConfigSetInt(c.number(), key, int64(v)))
	case int64:
		return failure(lwswig.ConfigSetInt(c.number(), key, v))
	case bool:
		if v {
			return failure(lwswig.ConfigSetInt(c.number(), key, 1))
		}
		return failure(lwswig.ConfigSetInt(c.number(), key, 0))
	case float64:
		return failure(lwswig.ConfigSetFloat(c.number(), key, v))
	case string:
		return failure(lwswig.ConfigSetText(c.number(), key, v))
	case []int64:
		return failure(lwswig.ConfigSetInts(c.number(), key, v))
	case []float32:
		return failure(lwswig.ConfigSetFloats(c.number(), key, v))
	}
	return invalid(fmt.Sprintf("option %s: a value of type %T is none that options take", key, value))
}

// setFields takes the fields of a struct that are not zero, under the names in their tags. A word after a comma is what
// a field of type bool sets.
func (c *config) setFields(options any) error {
	value := reflect.ValueOf(options)
	for i := 0; i < value.NumField(); i++ {
		key, word, hasWord := strings.Cut(value.Type().Field(i).Tag.Get("option"), ",")
		field := value.Field(i)
		if field.IsZero() {
			continue
		}
		if field.Kind() == reflect.Struct {
			if err := c.setFields(field.Interface()); err != nil {
				return err
			}
			continue
		}
		if field.Kind() == reflect.Pointer {
			field = field.Elem()
		}
		var err error
		switch {
		case hasWord:
			err = c.set(key, word)
		case field.Kind() == reflect.String:
			err = c.set(key, field.String())
		case field.Kind() == reflect.Slice && field.Type().Elem().Kind() == reflect.String:
			words := make([]string, field.Len())
			for j := range words {
				words[j] = field.Index(j).String()
			}
			err = c.set(key, strings.Join(words, ","))
		default:
			err = c.set(key, field.Interface())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (a AnyAttention) kind() string { return a.Kind }

func (a AnyAttention) configure(c *config) error {
	for key, value := range a.Values {
		if err := c.set(key, value); err != nil {
			return err
		}
	}
	return nil
}

// Reading is how a model reads text. Fields left zero take the model's own setting.
type Reading struct {
	// How text beyond FullUpTo rows is read.
	Long Long `option:"long"`
	// LongWindow: rows seen before and after each row; one number, or one a layer.
	Left  []int64 `option:"left"`
	Right []int64 `option:"right"`
	// LongWindow: rows at the beginning that every row sees.
	Sinks *int `option:"sinks"`
	// LongWindow: positions are tiled at this many.
	Tile int `option:"tile"`
	// LongWindow and LongAlone: texts of at most this many rows are read in full.
	FullUpTo *int `option:"full_up_to"`
	// The most tokens of a passage, 1 to 8192; by default 254.
	PassageTokens int `option:"passage_tokens"`
	// How many passages wait to be read at most, by default 16.
	Queue int `option:"queue"`
	// Rows computed at a time, by default 192; results do not depend on it.
	StepRows int `option:"step_rows"`
	// Whether PushIDs adds the model's special tokens, by default true, or takes rows as they are.
	AddSpecialTokens *bool `option:"add_special_tokens"`
	// LongTruncate, LongRefuse: the most rows of a document, special tokens included, where less than the model's own limit
	// is wanted; a stream takes the memory of as many as it may read.
	MaxRows int `option:"max_rows"`
	// Whether rows come as vectors (PushVectors) in place of what ids give.
	Vectors bool `option:"vectors"`
	// How rows go through families other than plain encoders. Results are the same.
	Execution Execution `option:"execution"`
	// Bytes of text that a tokenizer other than WordPiece may keep until it is certain which tokens they become, 256 to
	// 67108864; by default 65536. A longer run that cannot be cut is ErrCapacityExceeded,
	HeldBack int `option:"held_back"`
	// or is cut all the same, and counted in Stream.Int("split_words").
	SplitLong bool `option:"split_long"`
}

// Long is how a text that is too long to be read in full is read.
type Long string

// The readings.
const (
	LongWindow   Long = "window"   // every row sees a window and the first rows
	LongAlone    Long = "alone"    // each passage by itself
	LongTruncate Long = "truncate" // what the model takes; the rest is left out
	LongRefuse   Long = "refuse"   // not at all: an error
)

// Execution is how rows go through families other than plain encoders.
type Execution string

// The executions.
const (
	ExecutionAuto   Execution = "auto"   // as they come where every layer can, else when the document is finished
	ExecutionStream Execution = "stream" // as they come: ErrUnsupported where a layer needs the whole sequence
	ExecutionWhole  Execution = "whole"  // when the document is finished
)

// open makes a native config of it, nil of nil.
func (r *Reading) open() (*config, error) { return openConfig("stream", r) }

// openConfig makes a native config of a struct's fields, nil of nil.
func openConfig[T any](kind string, options *T) (*config, error) {
	if options == nil {
		return nil, nil
	}
	c, err := newConfig(kind)
	if err != nil {
		return nil, err
	}
	if err := c.setFields(*options); err != nil {
		c.free()
		return nil, err
	}
	return c, nil
}
