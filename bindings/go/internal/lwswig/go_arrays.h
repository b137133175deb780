/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * The flat functions that take Go's slices (see go_flat.h for objects, failures and `out`). In C, so that cgo reads the
 * declarations itself: for a pointer with a type, and no pointers behind it, cgo neither copies nor checks what else lies
 * in the same block of memory, as it does for the void* that SWIG hands on. */

#ifndef LONGWAVE_BINDINGS_GO_ARRAYS_H_
#define LONGWAVE_BINDINGS_GO_ARRAYS_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The failure's status; message [240] receives its text, and the failure is gone. */
int32_t lwgo_failure_take(int64_t failure, char* message);
void lwgo_buffer_free(int64_t address);

int64_t lwgo_config_set_ints(int64_t config, const char* key, int64_t key_bytes, const int64_t* values, int64_t count);
int64_t lwgo_config_set_floats(int64_t config, const char* key, int64_t key_bytes, const float* values, int64_t count);
int64_t lwgo_files_append(int64_t files, const uint8_t* data, int64_t bytes);

int64_t lwgo_attention_forward(int64_t attention, int64_t workspace, const float* q, int64_t q_count, const float* k,
                               int64_t k_count, const float* v, int64_t v_count, const int32_t* mask, int64_t mask_count,
                               int64_t batch, int64_t queries, int64_t keys, float* out, int64_t out_count);
/* result [3] */
int64_t lwgo_attention_estimate_error(int64_t attention, const float* q, int64_t q_count, const float* k, int64_t k_count,
                                      const float* v, int64_t v_count, const int32_t* mask, int64_t mask_count,
                                      int64_t queries, int64_t keys, const float* out, int64_t out_count, int64_t samples,
                                      int64_t seed, double* result);
int64_t lwgo_model_embed(int64_t model, const char* text, int64_t bytes, float* vector, int64_t count);
int64_t lwgo_model_forward(int64_t model, int64_t workspace, int64_t config, const int32_t* ids, int64_t ids_count,
                           const int32_t* mask, int64_t mask_count, const int32_t* types, int64_t types_count,
                           int64_t batch, int64_t tokens, int32_t output, float* result, int64_t count);
int64_t lwgo_model_run(int64_t model, int64_t workspace, int64_t inputs, int32_t output, float* result, int64_t count);

int64_t lwgo_inputs_set_ints(int64_t inputs, const char* name, int64_t name_bytes, const int32_t* values, int64_t count);
int64_t lwgo_inputs_set_floats(int64_t inputs, const char* name, int64_t name_bytes, const float* values, int64_t count);

int64_t lwgo_generator_restore(int64_t model, const uint8_t* data, int64_t bytes, int64_t* out);
int64_t lwgo_generator_push_ids(int64_t generator, const int32_t* ids, int64_t count);
/* out [3]: the status, the id, and 1 if there is none any more; log_probability [1] */
int64_t lwgo_generator_next(int64_t generator, int64_t* out, float* log_probability);

int64_t lwgo_scorer_restore(int64_t model, const uint8_t* data, int64_t bytes, int64_t* out);
/* out [2]: the status and what was taken, also on failure. */
int64_t lwgo_scorer_push_text(int64_t scorer, const char* text, int64_t bytes, int64_t* out);
int64_t lwgo_scorer_push_ids(int64_t scorer, const int32_t* ids, int64_t count, int64_t* out);
/* out: how many were read; tokens [3 * capacity]: id, first byte and end of each. */
int64_t lwgo_scorer_read(int64_t scorer, int64_t* tokens, float* log_probabilities, int64_t capacity, int64_t* out);
int64_t lwgo_scorer_get_float(int64_t scorer, const char* key, int64_t key_bytes, double* out);

/* out [3]: the status, what was taken and the rows that were written, also on failure. */
int64_t lwgo_memory_push(int64_t memory, const int32_t* ids, int64_t count, float* rows, int64_t capacity, int64_t* out);
int64_t lwgo_memory_step(int64_t memory, const float* q, int64_t q_count, const float* k, int64_t k_count, const float* v,
                         int64_t v_count, const int32_t* mask, int64_t mask_count, int64_t rows, float* written,
                         int64_t capacity, int64_t* out);
int64_t lwgo_memory_finish(int64_t memory, float* rows, int64_t capacity, int64_t* out);
int64_t lwgo_memory_load(int64_t memory, const uint8_t* data, int64_t bytes);

/* out [2]: the status and what was taken, also on failure. */
int64_t lwgo_stream_push_text(int64_t stream, const char* text, int64_t bytes, int64_t* out);
int64_t lwgo_stream_push_ids(int64_t stream, const int32_t* ids, int64_t count, int64_t* out);
int64_t lwgo_stream_push_vectors(int64_t stream, const float* vectors, int64_t count, int64_t* out);
/* out [8]: LWAVE_ITEM_..., then the seven numbers of Stream::Read. */
int64_t lwgo_stream_read(int64_t stream, float* vector, int64_t count, int64_t* out);
int64_t lwgo_stream_load(int64_t stream, const uint8_t* data, int64_t bytes);
int64_t lwgo_stream_restore(int64_t model, const uint8_t* data, int64_t bytes, int64_t* out);

int64_t lwgo_tokenizer_decode(int64_t tokenizer, const int32_t* ids, int64_t count, int32_t skip_special_tokens,
                              int64_t* out);
int64_t lwgo_snapshot_describe(const uint8_t* data, int64_t bytes, int64_t* out);
/* out: how many were found. */
int64_t lwgo_search(const float* query, int64_t width, const float* vectors, int64_t count, int64_t* indices,
                    float* scores, int64_t k, int64_t* out);

#ifdef __cplusplus
}
#endif

#endif /* LONGWAVE_BINDINGS_GO_ARRAYS_H_ */
