/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A memory: what a model remembers of one sequence of ids, fed piece by piece, giving rows of its last layer.
 * The rows equal lwave_model_forward's with the same config to the bit, however the ids are cut into calls.
 * (For text, passages and vectors see stream.h, which owns its memory.)
 *
 *   lwave_memory_create -> lwave_memory_push ... -> lwave_memory_finish until LWAVE_OK -> lwave_memory_destroy
 *
 * Attention layers have memories too: attention.h makes them, and finish, save, load, fork, reset and describe are
 * shared.
 */

#ifndef LONGWAVE_MEMORY_H_
#define LONGWAVE_MEMORY_H_

#include "longwave/config.h"
#include "longwave/model.h"
#include "longwave/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* One thread at a time; may move between threads. */
typedef struct lwave_memory lwave_memory;

/* What a memory will take, before it is created; each result pointer may be NULL.
 *   bytes         from the allocator, for ever, however long the sequence
 *   load_bytes    additionally during lwave_memory_load
 *   first_rows    row 0 can leave once row `first_rows` is in (or the sequence is finished)
 *   steady_rows   the same further on: row i needs row i + steady_rows
 * Errors: INVALID_ARGUMENT, UNSUPPORTED. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_memory_plan(const lwave_model* model, const lwave_config* config, int64_t* bytes,
                                         int64_t* load_bytes, int64_t* first_rows, int64_t* steady_rows,
                                         lwave_error* error);

/* config: a "stream" config or NULL; "long" is "window", or anything else for sequences that are read in full
 * (at most full_up_to or the model's rows). After this call push, finish and get_int allocate nothing (a failing
 * call may, for its message); load and fork take another state, save and describe what they write, for the time of
 * the call, on the heap of the process.
 * Errors: INVALID_ARGUMENT, UNSUPPORTED, OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_memory_create(lwave_model* model, const lwave_config* config, lwave_memory** memory,
                                           lwave_error* error);
/* NULL is fine. Since 0.1. */
LWAVE_API void lwave_memory_destroy(lwave_memory* memory);

/* Takes ids (rows as they are, special tokens included) and gives the rows that became final.
 *   ids           [count];  taken  receives how many were taken
 *   rows          [capacity], a multiple of hidden is used;  rows_written  receives the number of rows
 * LWAVE_OUTPUT_FULL: `rows` had no room for more; call again with ids + taken. Errors: INVALID_ARGUMENT (an id
 * out of the vocabulary: those before it are taken), INVALID_STATE (after finish), CAPACITY_EXCEEDED (more
 * rows than a reading in full allows). Since 0.1. */
LWAVE_API lwave_status lwave_memory_push(lwave_memory* memory, const int32_t* ids, int64_t count, int64_t* taken,
                                         float* rows, int64_t capacity, int64_t* rows_written, lwave_error* error);
/* Ends the sequence and gives the remaining rows; call it until it returns LWAVE_OK. Errors: INVALID_ARGUMENT.
 * Since 0.1. */
LWAVE_API lwave_status lwave_memory_finish(lwave_memory* memory, float* rows, int64_t capacity,
                                           int64_t* rows_written, lwave_error* error);

/* Back to the beginning, for another sequence: the memory, its snapshots included, is as freshly created, also after
 * finish. Nothing is allocated. Errors: INVALID_ARGUMENT (NULL). Since 0.1. */
LWAVE_API lwave_status lwave_memory_reset(lwave_memory* memory, lwave_error* error);

/* A number: "position" (rows taken), "emitted" (rows given), "bytes", "finished". Errors: INVALID_ARGUMENT.
 * Since 0.1. */
LWAVE_API lwave_status lwave_memory_get_int(const lwave_memory* memory, const char* key, int64_t* value,
                                            lwave_error* error);

/* Writes the whole state. buffer [capacity] may be NULL when capacity is 0; needed receives the bytes.
 * Takes about twice that many bytes meanwhile, also to tell the size.
 * Errors: INVALID_ARGUMENT (capacity neither 0 nor enough), INVALID_STATE (after finish), OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_memory_save(const lwave_memory* memory, void* buffer, int64_t capacity, int64_t* needed,
                                         lwave_error* error);
/* Replaces the state by a saved one of the same model and options, all or nothing. Errors: INVALID_ARGUMENT,
 * CORRUPT_DATA, MISMATCH, OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_memory_load(lwave_memory* memory, const void* data, int64_t bytes, lwave_error* error);
/* An independent copy. Errors: INVALID_STATE (after finish), OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_memory_fork(const lwave_memory* memory, lwave_memory** copy, lwave_error* error);

/* The state as one JSON object; buffer as in lwave_model_describe. "bytes" is what the plan said, and "parts" accounts
 * for all of it: every part has "name", "kind" and "bytes", which add up to the plan's. Kinds:
 *   payload    what the mechanism remembers now;  pending  rows that wait, such as a segment that is not complete:
 *              with "rows", and where there are any "oldest" (position of the oldest row, for compressed rows of the
 *              oldest that went into them; below 0: zeros in front of the sequence) and "age" (position - oldest)
 *   free       room for rows of both kinds;  scratch  work of a step, masks;  alignment  filling
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_memory_describe(const lwave_memory* memory, char* buffer, int64_t capacity,
                                             int64_t* needed, lwave_error* error);

/* What a snapshot of a memory or a stream holds, as one JSON object; no model is needed. Errors:
 * INVALID_ARGUMENT, CORRUPT_DATA, OUT_OF_MEMORY. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_snapshot_describe(const void* data, int64_t bytes, char* buffer, int64_t capacity,
                                               int64_t* needed, lwave_error* error);

#ifdef __cplusplus
}
#endif

#endif /* LONGWAVE_MEMORY_H_ */
