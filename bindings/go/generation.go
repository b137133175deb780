// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

package longwave

// Generation is how a generator chooses tokens. Fields left zero take what the model's generation_config.json says, else
// the default; those for which zero is a choice of its own are pointers (Value makes one).
type Generation struct {
	// The most tokens that are generated; by default 20.
	MaxNewTokens int `option:"max_new_tokens"`
	// The most tokens with the prompt, or with the start of an encoder's decoder.
	MaxLength int `option:"max_length"`
	// No end before so many tokens were generated; by default 0.
	MinNewTokens *int `option:"min_new_tokens"`
	// The same with the prompt.
	MinLength *int `option:"min_length"`
	// Whether tokens are drawn, rather than the best one taken; by default not.
	Sample *bool `option:"sample"`
	// What scores are divided by before a token is drawn; by default 1.
	Temperature float64 `option:"temperature"`
	// Only so many of the best tokens are drawn from; by default 50, 0: all.
	TopK *int `option:"top_k"`
	// Only the best tokens whose probabilities sum up to this are drawn from; by default 1.
	TopP *float64 `option:"top_p"`
	// What draws depend on, 0 to 2^53: the same everywhere as far as scores are.
	Seed int `option:"seed"`
	// How many beginnings are followed at once, 1 to 64; by default 1.
	Beams int `option:"beams"`
	// Beams: sums of log-probabilities are divided by the length to this power; by default 1.
	LengthPenalty *float64 `option:"length_penalty"`
	// Beams: when they end.
	EarlyStopping EarlyStopping `option:"early_stopping"`
	// What scores of tokens that came before are divided by; by default 1.
	RepetitionPenalty float64 `option:"repetition_penalty"`
	// No run of so many tokens comes twice; by default 0: all may.
	NoRepeatNgram *int `option:"no_repeat_ngram"`
	// The token that comes first; -1: any.
	ForcedFirst *int `option:"forced_first"`
	// The token that comes last, where the length ends it; -1: any.
	ForcedLast *int `option:"forced_last"`
	// The id that a decoder beside an encoder begins with.
	DecoderStart *int `option:"decoder_start"`
	// Ids that end it.
	EndIDs []int64 `option:"end_ids"`
	// Ids that never come.
	Suppressed []int64 `option:"suppressed"`
	// Tokens of an encoder's source that see, and are seen by, all: LED.
	Globals []int64 `option:"globals"`
	// Whether the end ids end it; by default they do.
	StopAtEnd *bool `option:"stop_at_end"`
	// Rows that the memory takes; by default the model's positions.
	MaxTokens int `option:"max_tokens"`
	// A causal model reads through a window, in fixed memory, without end: rows seen before each row,
	Left *int `option:"left"`
	// rows at the beginning that every row sees,
	Sinks *int `option:"sinks"`
	// and after how many positions learned ones are tiled; by default all there are.
	Tile int `option:"tile"`
	// Whether the model's generation_config.json is looked at; by default it is.
	ModelSettings *bool `option:"model_settings"`
}

// EarlyStopping is when beams end.
type EarlyStopping string

// When beams end.
const (
	EarlyStoppingNo    EarlyStopping = "no"    // when no better one is likely
	EarlyStoppingYes   EarlyStopping = "yes"   // when as many as there are beams have ended
	EarlyStoppingNever EarlyStopping = "never" // when no better one is possible
)

func (g *Generation) open() (*config, error) { return openConfig("generation", g) }
