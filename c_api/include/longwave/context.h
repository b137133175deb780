/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A context holds what everything else shares: the allocator, the threads and the log. Make one per process,
 * or one per tenant whose memory is to be counted apart.
 *
 * Handles made from a context keep it alive: destroy them in any order. Calls on several threads share its threads:
 * one call at a time has them, and the others compute on the thread that made them; results are the same. */

#ifndef LONGWAVE_CONTEXT_H_
#define LONGWAVE_CONTEXT_H_

#include "longwave/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Immutable; any thread. */
typedef struct lwave_context lwave_context;

/* Returns `bytes` bytes aligned to `alignment` (a power of two), or NULL when there are none. Called from any
 * thread. Packed weights, memories, streams, workspaces and tokenizer tables come from here. */
typedef void* (*lwave_allocate_function)(void* opaque, int64_t bytes, int64_t alignment);
/* Takes back what lwave_allocate_function gave, with the same number of bytes. */
typedef void (*lwave_free_function)(void* opaque, void* block, int64_t bytes);

/* One of `count` numbered pieces of work. */
typedef void (*lwave_task_function)(void* state, int64_t index, int32_t thread);
/* Runs task(state, index, thread) once for each index in [0, count), on any threads, and returns 0 when all
 * have returned. `count` is never above the context's `threads`; `thread` is to be the index itself. Running
 * them one after another on the calling thread is right as well. Must not call back into the library. */
typedef int32_t (*lwave_run_function)(void* opaque, int64_t count, lwave_task_function task, void* state);

#define LWAVE_LOG_INFO 10
#define LWAVE_LOG_WARNING 20
/* `message` is one line, valid during the call. Called from the thread that called the library. */
typedef void (*lwave_log_function)(void* opaque, int32_t level, const char* message);

/* Makes a context with malloc and its own threads.
 *   threads  1 to 1024; 0: as many as this process may use (affinity and cgroup quota)
 *   context  receives the handle, to be given to lwave_context_destroy
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_context_create(int32_t threads, lwave_context** context, lwave_error* error);

/* The same with the host's own functions. Each group may be NULL for the default: `allocate` and `free` (both
 * or none), `run` (then the library starts no thread; `threads` says how many pieces may run at once), `log`
 * (none: silence). The opaque pointers are passed through and must stay valid until the context and everything
 * made from it are destroyed. Errors and threads as above. Since 0.1. */
LWAVE_API lwave_status lwave_context_create_with(int32_t threads, lwave_allocate_function allocate,
                                                 lwave_free_function free, void* allocator_opaque,
                                                 lwave_run_function run, void* run_opaque, lwave_log_function log,
                                                 void* log_opaque, lwave_context** context, lwave_error* error);

/* Gives up the handle. NULL is fine. Any thread. Since 0.1. */
LWAVE_API void lwave_context_destroy(lwave_context* context);

/* How many threads compute at once; 0 for NULL. Any thread. Since 0.1. */
LWAVE_API int32_t lwave_context_threads(const lwave_context* context);

#ifdef __cplusplus
}
#endif

#endif /* LONGWAVE_CONTEXT_H_ */
