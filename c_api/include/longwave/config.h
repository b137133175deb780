/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Options as keys and values, with defaults and bounds that can be asked for. Where a function takes a config,
 * NULL means: every option at its default. A config is read during the call and not kept.
 *
 * Kind "stream": how a model reads text. Options left unset take the model's own setting (longwave.json).
 *   long            text  "window", "alone", "truncate" or "refuse": how text beyond full_up_to rows is read
 *   left, right     ints  window: rows seen before and after each row; one number, or one a layer
 *   sinks           int   window: rows at the beginning that every row sees, 0 to 4096
 *   tile            int   window: positions are tiled at this many, above sinks
 *   full_up_to      int   window, alone: texts of at most this many rows are read in full, 0 to the position table
 *   passage_tokens  int   most tokens of a passage, 1 to 8192, default 254 (under "alone" fewer where
 *                         the model has fewer positions)
 *   queue           int   passages that wait to be read at most, 1 to 65536, default 16
 *   step_rows       int   rows computed at a time, 1 to 1024, default 192: a row may come up to step_rows - 1
 *                         rows later than the latency in rows says; results do not depend on it
 *   add_special_tokens  int  push_ids adds the model's special tokens (1, default) or takes rows as they are (0)
 *   max_rows        int   truncate, refuse: most rows of a document, special tokens included, where less than the model's
 *                         own limit is wanted: a stream takes the memory of as many as it may read. 1 ..
 *   vectors         int   0 (default) or 1: rows come as vectors (push_vectors) in place of what ids give
 *   execution       text  how rows go through families other than plain encoders: "stream" (as they come; UNSUPPORTED,
 *                         naming the layer, where one needs the whole sequence), "whole" (when the document is
 *                         finished), "auto" (default): the first where it can be. Results are the same to the bit
 *   held_back       int   bytes of text that a tokenizer other than WordPiece may keep until it is certain which
 *                         tokens they become, 256 to 67108864, default 65536; the plan counts its storage. A longer
 *                         run of text that nothing allows to be cut is CAPACITY_EXCEEDED, naming its first byte,
 *   split_long      int   or, when this is 1 (default 0), is cut all the same and counted ("split_words")
 *
 * Kind "generation" (generator.h); what is not set follows the model's generation_config.json, then the default. Names
 * are short for transformers' where they differ:
 *   max_new_tokens  int    1 .., default 20;  max_length: prompt included (an encoder's decoder: its start)
 *   min_new_tokens, min_length  int  no end token before
 *   sample          int    0 (default): the best token; 1: drawn, after temperature, top_k, top_p
 *   temperature     float  default 1;  top_k  int  default 50, 0: all;  top_p  float  default 1
 *   seed            int    0 .. 2^53, default 0. One uniform number a token from xoshiro256** (seeded as in attention.h):
 *                          tokens in order of falling probability, the smaller id first where two are equal; the first
 *                          whose summed probability is above it. The same on every machine as far as the scores are
 *   beams           int    1 (default) .. 64;  length_penalty  float  default 1;  early_stopping  text  "no", "yes", "never"
 *   repetition_penalty  float  default 1;  no_repeat_ngram  int  default 0
 *   forced_first, forced_last  int  ids, -1: none;  suppressed  ints  ids that never come
 *   end_ids         ints   ids that end it;  stop_at_end  int  0: they do not, default 1
 *   decoder_start   int    the id that a decoder beside an encoder begins with
 *   globals         ints   tokens of an encoder's source that see, and are seen by, all (LED)
 *   max_tokens      int    rows that the memory takes, default the model's positions, but at most 4096 (the memory of all
 *                          of them is taken at once); of models with segments (Transformer-XL): the longest prompt
 *   left, sinks, tile  int  a causal model read through a window: every row sees `sinks` first tokens and `left` before
 *                          itself, in fixed memory, without end; learned positions are tiled (default: all there are),
 *                          rotary ones go by the place in the cache, and tile is refused
 *   model_settings  int    0: generation_config.json is not looked at
 *
 * Kind "scoring" (scorer.h):
 *   mode            text   "sliding" (default), "segment", "stream"
 *   length          int    tokens of a window or block, 2 .. 16777216, default the model's positions, at most 4096 (1024
 *                          where it has no bound); of mode stream how many are computed at a time, and one more than
 *                          a segment of models that have such (default: the model's)
 *   stride          int    sliding: 1 .. length - 1, default half of length
 *   begin           int    an id that is read before the document, so that its first token is scored; -1 (default): none
 *   left, sinks, tile  int  stream: a window, as for "generation"
 *   max_tokens      int    stream, without a window: rows that the memory takes, default the model's positions
 *   queue           int    tokens that may wait to be read, 1 .. 16777216, default 4096; a window's tokens always may
 *   held_back, split_long  int  as for "stream"
 *
 * The kind "convert" and its options are in model.h (lwave_model_convert_with), the kinds of attention layers ("full",
 * "window", ...) and theirs in attention.h.
 */

#ifndef LONGWAVE_CONFIG_H_
#define LONGWAVE_CONFIG_H_

#include "longwave/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One thread at a time. */
typedef struct lwave_config lwave_config;

#define LWAVE_OPTION_INT 1  /* one int64 */
#define LWAVE_OPTION_INTS 2 /* a list of int64; one int is taken as a list of one */
#define LWAVE_OPTION_TEXT 3 /* one of a few words */
#define LWAVE_OPTION_FLOAT 4  /* one double */
#define LWAVE_OPTION_FLOATS 5 /* a tensor of float, row-major */

/* Makes a config of a kind. Errors: INVALID_ARGUMENT (NULL), UNSUPPORTED (no such kind; the message lists
 * them), OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_config_create(const char* kind, lwave_config** config, lwave_error* error);
/* NULL is fine. Since 0.1. */
LWAVE_API void lwave_config_destroy(lwave_config* config);

/* Set one option. Errors: INVALID_ARGUMENT (no such option, another type, out of bounds: the message says what
 * is allowed), OUT_OF_MEMORY; then the config is as it was. Since 0.1. */
LWAVE_API lwave_status lwave_config_set_int(lwave_config* config, const char* key, int64_t value, lwave_error* error);
LWAVE_API lwave_status lwave_config_set_ints(lwave_config* config, const char* key, const int64_t* values,
                                             int64_t count, lwave_error* error);
LWAVE_API lwave_status lwave_config_set_float(lwave_config* config, const char* key, double value,
                                              lwave_error* error);
LWAVE_API lwave_status lwave_config_set_floats(lwave_config* config, const char* key, const float* values,
                                               int64_t count, lwave_error* error);
LWAVE_API lwave_status lwave_config_set_text(lwave_config* config, const char* key, const char* value,
                                             lwave_error* error);

/* How many options the kind has, 0 for NULL; and the name of one of them (static storage), NULL beyond the
 * last. Since 0.1. */
LWAVE_API int64_t lwave_config_option_count(const lwave_config* config);
LWAVE_API const char* lwave_config_option_name(const lwave_config* config, int64_t index);
/* An option's type (LWAVE_OPTION_...) and, for ints, its bounds; each result pointer may be NULL. For texts
 * and floats minimum and maximum are 0. Errors: INVALID_ARGUMENT. Since 0.1. */
LWAVE_API lwave_status lwave_config_option_bounds(const lwave_config* config, const char* key, int32_t* type,
                                                  int64_t* minimum, int64_t* maximum, lwave_error* error);

#ifdef __cplusplus
}
#endif

#endif /* LONGWAVE_CONFIG_H_ */
