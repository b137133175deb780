/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A stream: one document going through a model. Text (or ids) goes in piece by piece, passages with their
 * vectors and byte ranges come out, and at the end the document's own vector. Memory is fixed when the stream
 * is made, however long the document; any split of the text into calls gives the same bits.
 *
 *   lwave_stream_create
 *   loop:  lwave_stream_push_text;  on LWAVE_OUTPUT_FULL read, then push what was not taken
 *          lwave_stream_read until LWAVE_ITEM_NONE
 *   loop:  lwave_stream_finish until LWAVE_OK, reading in between and after
 *   lwave_stream_destroy
 */

#ifndef LONGWAVE_STREAM_H_
#define LONGWAVE_STREAM_H_

#include "longwave/config.h"
#include "longwave/model.h"
#include "longwave/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One thread at a time; may move between threads. Only lwave_stream_cancel and lwave_stream_progress may be
 * called from another thread meanwhile. */
typedef struct lwave_stream lwave_stream;

/* As lwave_memory_plan, with the text, the passages and the queue. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_stream_plan(const lwave_model* model, const lwave_config* config, int64_t* bytes,
                                         int64_t* load_bytes, int64_t* first_rows, int64_t* steady_rows,
                                         lwave_error* error);
/* config: a "stream" config or NULL. After this call push, finish, read and get_int allocate nothing (a failing call
 * may, for its message); load, fork, save and describe do as a memory's. Errors: INVALID_ARGUMENT, UNSUPPORTED (such
 * as a window over a model that does not pool by the mean), OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_stream_create(lwave_model* model, const lwave_config* config, lwave_stream** stream,
                                           lwave_error* error);
/* A stream from a snapshot, with the options that the snapshot holds. Errors: CORRUPT_DATA, MISMATCH (a
 * snapshot of another model), as create. Since 0.1. */
LWAVE_API lwave_status lwave_stream_restore(lwave_model* model, const void* data, int64_t bytes,
                                            lwave_stream** stream, lwave_error* error);
/* NULL is fine. Since 0.1. */
LWAVE_API void lwave_stream_destroy(lwave_stream* stream);

/* Takes text.
 *   text   [bytes] UTF-8, cut anywhere, even within a character; invalid bytes read as U+FFFD
 *   taken  receives how many bytes were taken (may be all of them when the status is not LWAVE_OK)
 * LWAVE_OUTPUT_FULL: the queue is full, read and push the rest. LWAVE_CANCELLED: push the rest to go on.
 * Errors: INVALID_ARGUMENT, INVALID_STATE (after finish, or after push_ids), UNSUPPORTED (the model has no
 * tokenizer), CAPACITY_EXCEEDED (beyond the model's limit under "refuse"). Since 0.1. */
LWAVE_API lwave_status lwave_stream_push_text(lwave_stream* stream, const char* text, int64_t bytes, int64_t* taken,
                                              lwave_error* error);
/* Takes ids without special tokens (the stream adds them; see add_special_tokens). ids [count]. Passages are
 * then cut every passage_tokens ids and have no byte ranges. Otherwise as push_text; an id out of the
 * vocabulary is INVALID_ARGUMENT, those before it are taken. Since 0.1. */
LWAVE_API lwave_status lwave_stream_push_ids(lwave_stream* stream, const int32_t* ids, int64_t count, int64_t* taken,
                                             lwave_error* error);
/* Takes rows as vectors in place of what ids give (the word's embedding): speech frames, protein letters, anything that
 * has been made as wide as the model. The stream must have been made with the option vectors = 1; it adds no special
 * tokens, and its passages are cut every passage_tokens rows. vectors [count], count = rows * hidden;  taken  receives rows. Otherwise as
 * push_ids, with the same laws. Since 0.1. */
LWAVE_API lwave_status lwave_stream_push_vectors(lwave_stream* stream, const float* vectors, int64_t count,
                                                 int64_t* taken, lwave_error* error);
/* Ends the document; call it until it returns LWAVE_OK, reading in between. Since 0.1. */
LWAVE_API lwave_status lwave_stream_finish(lwave_stream* stream, lwave_error* error);

#define LWAVE_ITEM_NONE 0     /* nothing waits */
#define LWAVE_ITEM_PASSAGE 10 /* a passage's vector */
#define LWAVE_ITEM_DOCUMENT 20 /* the document's vector; the last item of every finished document */

/* Takes the oldest result.
 *   kind     receives LWAVE_ITEM_...
 *   vector   [count], count = "embedding_width"; written unless kind is NONE
 *   ranges   [4] receives byte_begin, byte_end, token_begin, token_end, half-open; bytes in the raw text from
 *            its first byte, tokens from 0; bytes are -1 where ids were pushed
 *   has_vector  receives 0 for a document without a token (vector is then zeros), else 1; may be NULL
 * Errors: INVALID_ARGUMENT. Since 0.1. */
LWAVE_API lwave_status lwave_stream_read(lwave_stream* stream, int32_t* kind, float* vector, int64_t count,
                                         int64_t* ranges, int32_t* has_vector, lwave_error* error);

/* A number: "bytes_taken", "tokens" (without the stream's own special tokens), "rows" (with them), "emitted_rows",
 * "passages" (put into the queue so far), "waiting" (in the queue), "finished", "invalid_utf8" (bad parts so
 * far), "first_invalid_utf8" (its byte offset, or -1), "split_words" (cuts under split_long), "truncated" (tokens beyond the limit, under "truncate"),
 * "emitted_bytes" (end of the last passage put into the queue), "bytes" (allocated). Errors: INVALID_ARGUMENT.
 * Since 0.1. */
LWAVE_API lwave_status lwave_stream_get_int(const lwave_stream* stream, const char* key, int64_t* value,
                                            lwave_error* error);

/* Asks the call in progress, or else the next one, to stop with LWAVE_CANCELLED after its current step. Any
 * thread. NULL is fine. Since 0.1. */
LWAVE_API void lwave_stream_cancel(lwave_stream* stream);
/* Where the call in progress is; each pointer may be NULL. Any thread. Since 0.1. */
LWAVE_API void lwave_stream_progress(const lwave_stream* stream, int64_t* bytes, int64_t* tokens, int64_t* passages);
/* Called after each step on the thread that pushes; a result other than 0 cancels. NULL: none. Must not call
 * the stream's functions but cancel and progress. Since 0.1. */
typedef int32_t (*lwave_progress_function)(void* opaque, int64_t bytes, int64_t tokens, int64_t passages);
LWAVE_API lwave_status lwave_stream_set_progress(lwave_stream* stream, lwave_progress_function progress,
                                                 void* opaque, lwave_error* error);

/* Back to the beginning, for another document: as freshly created, also after finish; results that were not read are
 * gone. The progress function and a pending cancel stay. Takes no memory. Errors: INVALID_ARGUMENT (NULL). Since 0.1. */
LWAVE_API lwave_status lwave_stream_reset(lwave_stream* stream, lwave_error* error);

/* Save, load, fork and describe: as for a memory, with everything pending: the unfinished character and word,
 * ids held back, the open passage, the document's sum and unread vectors. load takes a snapshot made with the
 * same model and options; it keeps the progress function and a pending cancel, and cancel and progress may be
 * called meanwhile. A fork has no progress function. Errors: as a memory's, OUT_OF_MEMORY among them. Since 0.1. */
LWAVE_API lwave_status lwave_stream_save(const lwave_stream* stream, void* buffer, int64_t capacity, int64_t* needed,
                                         lwave_error* error);
LWAVE_API lwave_status lwave_stream_load(lwave_stream* stream, const void* data, int64_t bytes, lwave_error* error);
LWAVE_API lwave_status lwave_stream_fork(const lwave_stream* stream, lwave_stream** copy, lwave_error* error);
LWAVE_API lwave_status lwave_stream_describe(const lwave_stream* stream, char* buffer, int64_t capacity,
                                             int64_t* needed, lwave_error* error);

#ifdef __cplusplus
}
#endif

#endif /* LONGWAVE_STREAM_H_ */
