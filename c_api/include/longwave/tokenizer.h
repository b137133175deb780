/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A tokenizer without a model. */

#ifndef LONGWAVE_TOKENIZER_H_
#define LONGWAVE_TOKENIZER_H_

#include "longwave/context.h"
#include "longwave/model.h"
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
/* The same by a route of the caller's choice:
 *   route  "sentencepiece": spiece.model or tokenizer.model, whatever else there is. The ids are those of the
 *          SentencePiece library, which differ from tokenizer.json's for odd inputs: control tokens such as <s> in a
 *          text are ordinary characters.
 *          "automatic" or NULL: as lwave_tokenizer_open (tokenizer.json, vocab.txt, spiece.model, tokenizer.model,
 *          words.txt, the first that is there).
 * Errors: INVALID_ARGUMENT (another route), and as lwave_model_open. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_tokenizer_open_route(lwave_context* context, const char* directory, const char* route,
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

/* The tokenizer of a model, which it keeps alive. Errors: INVALID_ARGUMENT, UNSUPPORTED (the model has none; the
 * message says why). Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_tokenizer_of_model(const lwave_model* model, lwave_tokenizer** tokenizer,
                                                lwave_error* error);

/* ---- Windows and batches ---- */

/* A list of encoded texts or windows of texts. One thread at a time. */
typedef struct lwave_encodings lwave_encodings;

/* An empty list. Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_encodings_create(lwave_encodings** encodings, lwave_error* error);
/* NULL is fine. Since 0.1. */
LWAVE_API void lwave_encodings_destroy(lwave_encodings* encodings);

#define LWAVE_LONGEST_FIRST 0 /* takes from the longer text until both have the same length, then from both */
#define LWAVE_ONLY_FIRST 1
#define LWAVE_ONLY_SECOND 2

/* Encodes one text, or a pair, and adds all its windows to the list, the first one first.
 *   text        [bytes] UTF-8;  pair  [pair_bytes] or NULL
 *   max_length  most ids of a window, special tokens included; 0: one window, however long
 *   stride      how many tokens neighbouring windows share, below what fits in a window
 *   strategy    which text of a pair is cut: one of the above
 *   from_left   0: the first window is the beginning of the text, 1: its end
 * The windows are those of the Hugging Face tokenizers library. Errors: INVALID_ARGUMENT (also when max_length
 * leaves no room beside the special tokens or for one text of a pair, or stride is not below that room),
 * CAPACITY_EXCEEDED (a run of more than 65536 bytes that cannot be cut into tokens), OUT_OF_MEMORY; the list is then as
 * it was. Since 0.1. */
LWAVE_API lwave_status lwave_encodings_add(lwave_encodings* encodings, const lwave_tokenizer* tokenizer,
                                           const char* text, int64_t bytes, const char* pair, int64_t pair_bytes,
                                           int32_t add_special_tokens, int64_t max_length, int64_t stride,
                                           int32_t strategy, int32_t from_left, lwave_error* error);

/* Fills up all that are shorter.
 *   length       to this many ids; 0: to the longest
 *   multiple_of  and on to a multiple of this; 0 or 1: any
 *   on_left      1: in front
 *   pad_id, pad_type  what is filled in
 * Errors: INVALID_ARGUMENT, OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_encodings_pad(lwave_encodings* encodings, int64_t length, int64_t multiple_of,
                                           int32_t on_left, int32_t pad_id, int32_t pad_type, lwave_error* error);

/* How many there are; 0 for NULL. Since 0.1. */
LWAVE_API int64_t lwave_encodings_count(const lwave_encodings* encodings);
/* Ids of one of them; 0 when there is no such one. Since 0.1. */
LWAVE_API int64_t lwave_encodings_length(const lwave_encodings* encodings, int64_t index);

/* Copies one of them out. Every array has room for `capacity` elements, at least lwave_encodings_length, and may be
 * NULL:
 *   ids, types       as lwave_tokenizer_encode
 *   attention_mask   0: padding
 *   special_mask     1: a special token or padding
 *   word_ids         the word of its text that a token belongs to, -1 for special tokens and padding
 *   sequence_ids     0 or 1: its text; -1 likewise
 *   offsets          [2 * capacity] first byte and end in its text; 0, 0 likewise
 * Errors: INVALID_ARGUMENT. Since 0.1. */
LWAVE_API lwave_status lwave_encodings_read(const lwave_encodings* encodings, int64_t index, int32_t* ids,
                                            int32_t* types, uint8_t* attention_mask, uint8_t* special_mask,
                                            int32_t* word_ids, int32_t* sequence_ids, int64_t* offsets,
                                            int64_t capacity, lwave_error* error);

#ifdef __cplusplus
}
#endif

#endif /* LONGWAVE_TOKENIZER_H_ */
