/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A generator: text from a causal model, or from an encoder with a decoder, token by token.
 *
 *   lwave_generator_create
 *   lwave_generator_push_text        the prompt, or the source of an encoder
 *   loop:  lwave_generator_next      until *finished is 1;  lwave_generator_text for what became certain
 *   lwave_generator_destroy
 *
 * A prompt that was read once can be saved, or forked for each question that follows it: what then comes is the same, to
 * the bit, as reading everything again. */

#ifndef LONGWAVE_GENERATOR_H_
#define LONGWAVE_GENERATOR_H_

#include "longwave/config.h"
#include "longwave/model.h"
#include "longwave/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One thread at a time; may move between threads. Only lwave_generator_cancel may be called from another meanwhile. */
typedef struct lwave_generator lwave_generator;

/* config: of the kind "generation" (config.h) or NULL. What it does not set, the model's generation_config.json says, else
 * the defaults. Errors: INVALID_ARGUMENT, UNSUPPORTED (the model has no head that says which token comes next; a setting of
 * generation_config.json that is not done, by name), OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_generator_create(lwave_model* model, const lwave_config* config,
                                              lwave_generator** generator, lwave_error* error);
/* Bytes that a generator takes from the allocator, one memory for each beam included. Not counted: the run over an
 * encoder's source and its rows, copies while beams change places (up to as much again), and the runs of models that are
 * computed anew for each token (Reformer). What was generated is kept beside it, some bytes a token.
 * Errors: as create. Since 0.1. */
LWAVE_API lwave_status lwave_generator_plan(lwave_model* model, const lwave_config* config, int64_t* bytes,
                                            lwave_error* error);
/* NULL is fine. Since 0.1. */
LWAVE_API void lwave_generator_destroy(lwave_generator* generator);

/* Takes the prompt (of a causal model, which reads it at once) or the source (of an encoder, which is read with the first
 * next), in any number of calls (of a model with segments, Transformer-XL, each call is one). A causal model takes more between turns: generation then goes on behind it, and counts anew.
 *   text  [bytes] UTF-8, one text for the tokenizer; add_special_tokens 1: with the tokenizer's own around it
 * Errors: INVALID_ARGUMENT, CAPACITY_EXCEEDED (more than the model reads; nothing is taken), INVALID_STATE, UNSUPPORTED
 * (no tokenizer), OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_generator_push_text(lwave_generator* generator, const char* text, int64_t bytes,
                                                 int32_t add_special_tokens, lwave_error* error);
LWAVE_API lwave_status lwave_generator_push_ids(lwave_generator* generator, const int32_t* ids, int64_t count,
                                                lwave_error* error);
/* A text that ends generation when it appears, even across tokens; it is not part of the text that comes out. Before the
 * first next. Errors: INVALID_ARGUMENT (empty), INVALID_STATE, UNSUPPORTED (no tokenizer). Since 0.1. */
LWAVE_API lwave_status lwave_generator_add_stop(lwave_generator* generator, const char* text, int64_t bytes,
                                                lwave_error* error);

/* The next token. With beams the first call finds all of them.
 *   id               receives it; may be NULL
 *   log_probability  receives ln p(id) under the model's own scores, before any rule; may be NULL
 *   finished         receives 1, and id is then not written, when there is none any more ("finish_reason" of get_int)
 * Errors: INVALID_STATE (nothing was pushed), CANCELLED, OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_generator_next(lwave_generator* generator, int32_t* id, float* log_probability,
                                            int32_t* finished, lwave_error* error);
/* Takes the text that has become certain since the last call: unfinished characters and what may become a stop string are
 * held back. buffer [capacity] receives UTF-8 and a NUL; with capacity 0 only *needed is written (the NUL included) and
 * nothing is taken. Errors: INVALID_ARGUMENT. Since 0.1. */
LWAVE_API lwave_status lwave_generator_text(lwave_generator* generator, char* buffer, int64_t capacity, int64_t* needed,
                                            lwave_error* error);

#define LWAVE_FINISH_NONE 0
#define LWAVE_FINISH_END_TOKEN 10
#define LWAVE_FINISH_STOP_STRING 20
#define LWAVE_FINISH_LENGTH 30   /* max_new_tokens or max_length */
#define LWAVE_FINISH_CAPACITY 40 /* the model's positions, or max_tokens, are used up */

/* A number: "prompt_tokens", "generated_tokens" (of this turn), "finish_reason" (LWAVE_FINISH_...), "finished", "bytes".
 * Errors: INVALID_ARGUMENT. Since 0.1. */
LWAVE_API lwave_status lwave_generator_get_int(const lwave_generator* generator, const char* key, int64_t* value,
                                               lwave_error* error);

/* Everything so far as bytes; buffer [capacity] or NULL when capacity is 0; needed receives how many. At any time between
 * two calls. Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_generator_save(const lwave_generator* generator, void* buffer, int64_t capacity,
                                            int64_t* needed, lwave_error* error);
/* A generator from a snapshot, with the options that it holds. Errors: CORRUPT_DATA, MISMATCH (of another model), as
 * create. Since 0.1. */
LWAVE_API lwave_status lwave_generator_restore(lwave_model* model, const void* data, int64_t bytes,
                                               lwave_generator** generator, lwave_error* error);
/* A copy that goes its own way. Errors: OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_generator_fork(const lwave_generator* generator, lwave_generator** fork, lwave_error* error);

/* Asks the next call of lwave_generator_next, or the search of beams in progress, to stop with LWAVE_CANCELLED; nothing is
 * lost. A prompt or a source that is being read is read to its end. Any thread. NULL is fine. Since 0.1. */
LWAVE_API void lwave_generator_cancel(lwave_generator* generator);

#ifdef __cplusplus
}
#endif

#endif /* LONGWAVE_GENERATOR_H_ */
