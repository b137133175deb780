/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A tokenizer without a model. */

#ifndef LONGWAVE_TOKENIZER_H_
#define LONGWAVE_TOKENIZER_H_

#include "longwave/context.h"
#include "longwave/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Immutable; any number of threads. */
typedef struct lwave_tokenizer lwave_tokenizer;

/* Opens the tokenizer of a directory (tokenizer.json, else vocab.txt). Truncation and padding that the file
 * asks for are ignored. Errors: as lwave_model_open. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_tokenizer_open(lwave_context* context, const char* directory,
                                            lwave_tokenizer** tokenizer, lwave_error* error);
/* NULL is fine. Since 0.1. */
LWAVE_API void lwave_tokenizer_destroy(lwave_tokenizer* tokenizer);

/* The number of ids; 0 for NULL. Any thread. Since 0.1. */
LWAVE_API int64_t lwave_tokenizer_vocabulary(const lwave_tokenizer* tokenizer);

/* Ids of one text or of a pair.
 *   text   [bytes] UTF-8;  pair  [pair_bytes] or NULL
 *   add_special_tokens  1: as the model reads it; 0: the text's own ids only
 *   ids        [capacity]; may be NULL when capacity is 0
 *   types      [capacity] or NULL: 0 or 1, which text a token belongs to as the model wants it
 *   offsets    [2 * capacity] or NULL: first byte and end of each token in its text; 0, 0 for added tokens
 *   needed     receives the number of ids
 * Errors: INVALID_ARGUMENT (also when capacity is not 0 but below *needed), OUT_OF_MEMORY. Any thread.
 * Since 0.1. */
LWAVE_API lwave_status lwave_tokenizer_encode(const lwave_tokenizer* tokenizer, const char* text, int64_t bytes,
                                              const char* pair, int64_t pair_bytes, int32_t add_special_tokens,
                                              int32_t* ids, int32_t* types, int64_t* offsets, int64_t capacity,
                                              int64_t* needed, lwave_error* error);

/* Text of ids. buffer [capacity] receives UTF-8 and a NUL, may be NULL when capacity is 0; needed receives the
 * bytes, the NUL included. Errors: INVALID_ARGUMENT. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_tokenizer_decode(const lwave_tokenizer* tokenizer, const int32_t* ids, int64_t count,
                                              int32_t skip_special_tokens, char* buffer, int64_t capacity,
                                              int64_t* needed, lwave_error* error);

#ifdef __cplusplus
}
#endif

#endif /* LONGWAVE_TOKENIZER_H_ */
