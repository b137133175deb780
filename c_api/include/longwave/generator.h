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
 * the bit, as reading everything again.
 *
 * A generator has all its memory from the beginning (beside an encoder: from its first next) and keeps no more, so that
 * one with a window goes on without end. It keeps no token that it gave, unless an option looks at them: of
 * no_repeat_ngram all, some bytes each; of repetition_penalty which there were. Models that are run anew for each token
 * (Reformer) keep all tokens, and take a run's memory for each. A call that fails with OUT_OF_MEMORY changes
 * nothing: called again it gives what it would have given. */

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
/* The most bytes that a generator takes from the allocator: a memory for the prompt, another for each of several beams,
 * weights that its layers keep packed, and for models that are run anew for each token (Reformer) the run over max_tokens
 * rows, which is given back after each. Not counted: what a tokenizer takes for a text while it is pushed, which is given
 * back then; what an encoder's source takes, that is the run over it, its rows,
 * and their keys and values in each memory ("bytes" of get_int counts the last two once they are there).
 * Errors: as create. Since 0.1. */
LWAVE_API lwave_status lwave_generator_plan(lwave_model* model, const lwave_config* config, int64_t* bytes,
                                            lwave_error* error);
/* NULL is fine. Since 0.1. */
LWAVE_API void lwave_generator_destroy(lwave_generator* generator);

/* Takes the prompt (of a causal model) or the source (of an encoder), in any number of calls: where it is cut changes no
 * bit. A causal model reads at once; an encoder's source, and a prompt that must be read together (of a model with
 * segments, Transformer-XL, of which everything that is pushed before a next is one; of one that is run anew for each
 * token), are read with the first next. A causal model takes more between turns: generation then goes on behind it, and
 * counts anew.
 *   text  [bytes] UTF-8, one text for the tokenizer; add_special_tokens 1: with the tokenizer's own around it
 * Errors, with which nothing is taken: INVALID_ARGUMENT, CAPACITY_EXCEEDED (more than the model reads), INVALID_STATE,
 * UNSUPPORTED (no tokenizer), OUT_OF_MEMORY. CANCELLED: everything is taken, and what was not read yet is read by the next
 * push or next, so nothing is to be pushed again. Since 0.1. */
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
 * nothing is taken. Up to 65536 bytes of text wait to be taken; of more the oldest characters go, which "dropped_text" of
 * get_int counts: who wants all text takes it in between. Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_generator_text(lwave_generator* generator, char* buffer, int64_t capacity, int64_t* needed,
                                            lwave_error* error);

#define LWAVE_FINISH_NONE 0
#define LWAVE_FINISH_END_TOKEN 10
#define LWAVE_FINISH_STOP_STRING 20
#define LWAVE_FINISH_LENGTH 30   /* max_new_tokens or max_length */
#define LWAVE_FINISH_CAPACITY 40 /* the model's positions, or max_tokens, are used up */

/* A number: "prompt_tokens", "generated_tokens" (of this turn), "finish_reason" (LWAVE_FINISH_...), "finished", "bytes"
 * (that it has of the allocator; of models that are run anew also those of a run), "dropped_text" (bytes that nobody took in time). Errors: INVALID_ARGUMENT. Since 0.1. */
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

/* Asks the call in progress, or the next, to stop with LWAVE_CANCELLED; nothing is lost, and another next goes on. It is
 * looked at before a token, between tokens of beams, between blocks of a prompt's rows (then a push has still taken all of
 * it) and between layers of an encoder's run, which begins again. Any thread. NULL is fine. Since 0.1. */
LWAVE_API void lwave_generator_cancel(lwave_generator* generator);

#ifdef __cplusplus
}
#endif

#endif /* LONGWAVE_GENERATOR_H_ */
