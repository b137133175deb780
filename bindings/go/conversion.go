// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

import "longwave.dev/longwave/internal/lwswig"

// Conversion is what becomes of a model folder that is copied: other weights, and a long form. Fields left zero leave it as
// it is.
type Conversion struct {
	// "f32" (the default), "bf16", "f16" or "int8".
	Weights string `option:"weights"`
	// Whether weights are written as they are used, so that nothing is packed when the model is.
	Packed bool `option:"packed"`
	// "window:N" or "window:LEFT,RIGHT" (rows on each side), "favor:FEATURES" or "full"; once, or once for each layer with
	// semicolons between them.
	Attention string `option:"attention"`
	// "copied:N": the table of positions goes on for N rows with copies of itself; "tiled:N": the long reading's.
	Positions string `option:"positions"`
	// Every how many rows a window has one: one number, or one a head.
	Dilation []int64 `option:"dilation"`
	// Rows at the beginning that every row sees.
	Sinks *int `option:"sinks"`
	// Of the long reading, as in Reading.
	FullUpTo *int `option:"full_up_to"`
	// Of the long reading, as in Reading.
	PassageTokens int `option:"passage_tokens"`
}

// ConvertModelWith is ConvertModel with all that can become of a model, its long form among it: BERT, RoBERTa and BART with
// a window that is as wide on both sides become a Longformer or an LED as they are published. ErrUnsupported: the model
// cannot become that.
func ConvertModelWith(source, destination string, conversion Conversion) error {
	config, err := openConfig("convert", &conversion)
	if err != nil {
		return err
	}
	defer config.free()
	return failure(lwswig.ModelConvertWith(source, destination, config.ref()))
}
