/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A scorer: how likely a causal model finds a document, token by token. Text (or ids) goes in piece by piece, every
 * token with its log-probability and byte range comes out; memory is fixed when the scorer is made, however long the
 * document, and any split of the input into calls gives the same bits.
 *
 *   lwave_scorer_create
 *   loop:  lwave_scorer_push_text;  on LWAVE_OUTPUT_FULL read, then push what was not taken
 *          lwave_scorer_read until *count is 0
 *   loop:  lwave_scorer_finish until LWAVE_OK, reading in between and after
 *   lwave_scorer_get_float(scorer, "bits_per_byte", ...)
 *   lwave_scorer_destroy
 *
 * How much context a token has is the option "mode" of the config kind "scoring" (config.h):
 *   sliding  windows of `length` tokens that advance by `stride`: of each but the first the last `stride` tokens are
 *            scored, with at least length - stride tokens before them
 *   segment  blocks that begin with the last token of the block before, as their only context: sliding with stride
 *            length - 1
 *   stream   the document goes through one memory: a window with sinks (option left), or a model that remembers
 *            (Transformer-XL, whose segments are length - 1 tokens) */

#ifndef LONGWAVE_SCORER_H_
#define LONGWAVE_SCORER_H_

#include "longwave/config.h"
#include "longwave/model.h"
#include "longwave/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One thread at a time; may move between threads. Only lwave_scorer_cancel may be called from another meanwhile. */
typedef struct lwave_scorer lwave_scorer;

/* config: of the kind "scoring" or NULL. After this call push, finish, read and the getters allocate nothing of the
 * size of text or rows. Errors: INVALID_ARGUMENT, UNSUPPORTED (the model has no head that says which token comes next;
 * mode stream where a layer cannot be streamed, by its number), OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_scorer_create(lwave_model* model, const lwave_config* config, lwave_scorer** scorer,
                                           lwave_error* error);
/* Bytes that a scorer takes from the allocator. Errors: as create. Since 0.1. */
LWAVE_API lwave_status lwave_scorer_plan(lwave_model* model, const lwave_config* config, int64_t* bytes,
                                         lwave_error* error);
/* NULL is fine. Since 0.1. */
LWAVE_API void lwave_scorer_destroy(lwave_scorer* scorer);

/* Takes text.
 *   text   [bytes] UTF-8, cut anywhere, even within a character; invalid bytes read as U+FFFD
 *   taken  receives how many bytes were taken (may be all of them when the status is not LWAVE_OK)
 * LWAVE_OUTPUT_FULL: the queue is full, read and push the rest. LWAVE_CANCELLED: push the rest to go on.
 * No special tokens are added (option begin). Errors: INVALID_ARGUMENT, INVALID_STATE (after finish, or after push_ids),
 * UNSUPPORTED (the model has no tokenizer), CAPACITY_EXCEEDED (a run of text that cannot be cut into tokens). Since 0.1. */
LWAVE_API lwave_status lwave_scorer_push_text(lwave_scorer* scorer, const char* text, int64_t bytes, int64_t* taken,
                                              lwave_error* error);
/* Takes ids, as they are; their tokens have no byte ranges. ids [count]; taken receives how many. Otherwise as push_text;
 * an id out of the vocabulary is INVALID_ARGUMENT, those before it are taken. Since 0.1. */
LWAVE_API lwave_status lwave_scorer_push_ids(lwave_scorer* scorer, const int32_t* ids, int64_t count, int64_t* taken,
                                             lwave_error* error);
/* Ends the document; call it until it returns LWAVE_OK, reading in between. Since 0.1. */
LWAVE_API lwave_status lwave_scorer_finish(lwave_scorer* scorer, lwave_error* error);

/* Takes the oldest tokens that are done, at most `capacity`.
 *   ids                [capacity] or NULL
 *   log_probabilities  [capacity] or NULL: ln p(token | those before it, as far as mode shows them), in nats. NaN for a
 *                      document's first token, which has nothing before it (unless option begin puts an id there)
 *   ranges             [2 * capacity] or NULL: first byte and end of each token in the raw text; -1 where ids were pushed
 *   count              receives how many; 0 when none waits
 * Errors: INVALID_ARGUMENT. Since 0.1. */
LWAVE_API lwave_status lwave_scorer_read(lwave_scorer* scorer, int32_t* ids, float* log_probabilities, int64_t* ranges,
                                         int64_t capacity, int64_t* count, lwave_error* error);

/* A number: "tokens" (done so far, the first included), "scored" (those with a log-probability), "bytes_taken",
 * "scored_bytes" (of the text, from the first scored token to the end of the last; once finished, to the text's end),
 * "waiting" (to be read), "finished", "length", "stride" (as they were settled), "invalid_utf8", "bytes" (allocated).
 * Errors: INVALID_ARGUMENT. Since 0.1. */
LWAVE_API lwave_status lwave_scorer_get_int(const lwave_scorer* scorer, const char* key, int64_t* value,
                                            lwave_error* error);
/* Of everything scored so far, read or not: "log_probability" (the sum, in nats), "bits_per_byte" (of scored_bytes; NaN
 * where ids were pushed), "perplexity" (per token). NaN when nothing is scored. Errors: INVALID_ARGUMENT. Since 0.1. */
LWAVE_API lwave_status lwave_scorer_get_float(const lwave_scorer* scorer, const char* key, double* value,
                                              lwave_error* error);

/* Back to the beginning, for another document; results that were not read are gone. Takes no memory. Errors:
 * INVALID_ARGUMENT (NULL). Since 0.1. */
LWAVE_API lwave_status lwave_scorer_reset(lwave_scorer* scorer, lwave_error* error);

/* Everything so far as bytes; buffer [capacity] or NULL when capacity is 0; needed receives how many. At any time between
 * two calls; not after finish has begun. Errors: INVALID_ARGUMENT, INVALID_STATE, OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_scorer_save(const lwave_scorer* scorer, void* buffer, int64_t capacity, int64_t* needed,
                                         lwave_error* error);
/* A scorer from a snapshot, with the options that it holds. Errors: CORRUPT_DATA, MISMATCH (of another model), as
 * create. Since 0.1. */
LWAVE_API lwave_status lwave_scorer_restore(lwave_model* model, const void* data, int64_t bytes, lwave_scorer** scorer,
                                            lwave_error* error);
/* A copy that goes its own way. Errors: as save. Since 0.1. */
LWAVE_API lwave_status lwave_scorer_fork(const lwave_scorer* scorer, lwave_scorer** fork, lwave_error* error);

/* Asks the call in progress, or else the next one, to stop with LWAVE_CANCELLED; nothing is lost. It is looked at within a
 * window too: between layers, every few dozen tokens, every 65536 bytes of text. Any thread. NULL is fine. Since 0.1. */
LWAVE_API void lwave_scorer_cancel(lwave_scorer* scorer);

#ifdef __cplusplus
}
#endif

#endif /* LONGWAVE_SCORER_H_ */
