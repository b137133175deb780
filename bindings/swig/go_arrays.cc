// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "go_arrays.h"

#include <cstdlib>
#include <cstring>

#include "attention.h"
#include "config.h"
#include "files.h"
#include "functions.h"
#include "generator.h"
#include "go_call.h"
#include "memory.h"
#include "model.h"
#include "model_inputs.h"
#include "scorer.h"
#include "stream.h"
#include "tokenizer.h"
#include "workspace.h"

namespace lwave::bindings::golang {
extern "C" {

int32_t lwgo_failure_take(int64_t failure, char* message) {
  if (failure == kNoMemory) {
    std::strcpy(message, "out of memory");
    return LWAVE_OUT_OF_MEMORY;
  }
  lwave_error* error = From<lwave_error>(failure);
  const int32_t status = error->status;
  std::memcpy(message, error->message, sizeof(error->message));
  std::free(error);
  return status;
}
void lwgo_buffer_free(int64_t address) { std::free(From<void>(address)); }

int64_t lwgo_config_set_ints(int64_t config, const char* key, int64_t key_bytes, const int64_t* values, int64_t count) {
  return With<Config>(config, [&](auto& c) { c.SetInts({key, key_bytes}, {values, count}); });
}
int64_t lwgo_config_set_floats(int64_t config, const char* key, int64_t key_bytes, const float* values, int64_t count) {
  return With<Config>(config, [&](auto& c) { c.SetFloats({key, key_bytes}, {values, count}); });
}
int64_t lwgo_files_append(int64_t files, const uint8_t* data, int64_t bytes) {
  return With<Files>(files, [&](auto& f) { f.Append({data, bytes}); });
}

// Small layers are called often: one function from here to the library.
[[gnu::flatten]] int64_t lwgo_attention_forward(int64_t attention, int64_t workspace, const float* q, int64_t q_count, const float* k,
                               int64_t k_count, const float* v, int64_t v_count, const int32_t* mask, int64_t mask_count,
                               int64_t batch, int64_t queries, int64_t keys, float* out, int64_t out_count) {
  return With<Attention>(attention, [&](auto& a) {
    a.Forward(From<Workspace>(workspace), {q, q_count}, {k, k_count}, {v, v_count}, {mask, mask_count}, batch, queries, keys,
              {out, out_count});
  });
}
int64_t lwgo_attention_estimate_error(int64_t attention, const float* q, int64_t q_count, const float* k, int64_t k_count,
                                      const float* v, int64_t v_count, const int32_t* mask, int64_t mask_count,
                                      int64_t queries, int64_t keys, const float* out, int64_t out_count, int64_t samples,
                                      int64_t seed, double* result) {
  return With<Attention>(attention, [&](auto& a) {
    a.EstimateError({q, q_count}, {k, k_count}, {v, v_count}, {mask, mask_count}, queries, keys, {out, out_count}, samples, seed,
                    {result, 3});
  });
}
int64_t lwgo_model_embed(int64_t model, const char* text, int64_t bytes, float* vector, int64_t count) {
  return With<Model>(model, [&](auto& m) { m.Embed({text, bytes}, {vector, count}); });
}
int64_t lwgo_model_forward(int64_t model, int64_t workspace, int64_t config, const int32_t* ids, int64_t ids_count,
                           const int32_t* mask, int64_t mask_count, const int32_t* types, int64_t types_count,
                           int64_t batch, int64_t tokens, int32_t output, float* result, int64_t count) {
  return With<Model>(model, [&](auto& m) {
    m.Forward(From<Workspace>(workspace), From<Config>(config), {ids, ids_count}, {mask, mask_count}, {types, types_count},
              batch, tokens, output, {result, count});
  });
}

int64_t lwgo_model_run(int64_t model, int64_t workspace, int64_t inputs, int32_t output, float* result, int64_t count) {
  return With<Model>(model, [&](auto& m) {
    m.Run(From<Workspace>(workspace), From<Inputs>(inputs), output, {result, count});
  });
}

int64_t lwgo_inputs_set_ints(int64_t inputs, const char* name, int64_t name_bytes, const int32_t* values, int64_t count) {
  return With<Inputs>(inputs, [&](auto& i) { i.SetInts({name, name_bytes}, {values, count}); });
}
int64_t lwgo_inputs_set_floats(int64_t inputs, const char* name, int64_t name_bytes, const float* values, int64_t count) {
  return With<Inputs>(inputs, [&](auto& i) { i.SetFloats({name, name_bytes}, {values, count}); });
}

int64_t lwgo_generator_restore(int64_t model, const uint8_t* data, int64_t bytes, int64_t* out) {
  return Made(Generator::Restore(From<Model>(model), {data, bytes}), out);
}
int64_t lwgo_generator_push_ids(int64_t generator, const int32_t* ids, int64_t count) {
  return With<Generator>(generator, [&](auto& g) { g.PushIds({ids, count}); });
}
int64_t lwgo_generator_next(int64_t generator, int64_t* out, float* log_probability) {
  return With<Generator>(generator, [&](auto& g) { out[0] = g.Next({out + 1, 2}, {log_probability, 1}); });
}

int64_t lwgo_scorer_restore(int64_t model, const uint8_t* data, int64_t bytes, int64_t* out) {
  return Made(Scorer::Restore(From<Model>(model), {data, bytes}), out);
}
int64_t lwgo_scorer_push_text(int64_t scorer, const char* text, int64_t bytes, int64_t* out) {
  return With<Scorer>(scorer, [&](auto& s) { out[0] = s.PushText({text, bytes}, {out + 1, 1}); });
}
int64_t lwgo_scorer_push_ids(int64_t scorer, const int32_t* ids, int64_t count, int64_t* out) {
  return With<Scorer>(scorer, [&](auto& s) { out[0] = s.PushIds({ids, count}, {out + 1, 1}); });
}
int64_t lwgo_scorer_read(int64_t scorer, int64_t* tokens, float* log_probabilities, int64_t capacity, int64_t* out) {
  return With<Scorer>(scorer, [&](auto& s) { *out = s.Read({tokens, 3 * capacity}, {log_probabilities, capacity}); });
}
int64_t lwgo_scorer_get_float(int64_t scorer, const char* key, int64_t key_bytes, double* out) {
  return With<Scorer>(scorer, [&](auto& s) { *out = s.GetFloat({key, key_bytes}); });
}

int64_t lwgo_memory_push(int64_t memory, const int32_t* ids, int64_t count, float* rows, int64_t capacity, int64_t* out) {
  return With<Memory>(memory, [&](auto& m) { out[0] = m.Push({ids, count}, {rows, capacity}, {out + 1, 2}); });
}
int64_t lwgo_memory_step(int64_t memory, const float* q, int64_t q_count, const float* k, int64_t k_count, const float* v,
                         int64_t v_count, const int32_t* mask, int64_t mask_count, int64_t rows, float* written,
                         int64_t capacity, int64_t* out) {
  return With<Memory>(memory, [&](auto& m) {
    out[0] = m.Step({q, q_count}, {k, k_count}, {v, v_count}, {mask, mask_count}, rows, {written, capacity}, {out + 1, 2});
  });
}
int64_t lwgo_memory_finish(int64_t memory, float* rows, int64_t capacity, int64_t* out) {
  return With<Memory>(memory, [&](auto& m) { out[0] = m.Finish({rows, capacity}, {out + 1, 2}); });
}
int64_t lwgo_memory_load(int64_t memory, const uint8_t* data, int64_t bytes) {
  return With<Memory>(memory, [&](auto& m) { m.Load({data, bytes}); });
}

int64_t lwgo_stream_push_text(int64_t stream, const char* text, int64_t bytes, int64_t* out) {
  return With<Stream>(stream, [&](auto& s) { out[0] = s.PushText({text, bytes}, {out + 1, 1}); });
}
int64_t lwgo_stream_push_ids(int64_t stream, const int32_t* ids, int64_t count, int64_t* out) {
  return With<Stream>(stream, [&](auto& s) { out[0] = s.PushIds({ids, count}, {out + 1, 1}); });
}
int64_t lwgo_stream_push_vectors(int64_t stream, const float* vectors, int64_t count, int64_t* out) {
  return With<Stream>(stream, [&](auto& s) { out[0] = s.PushVectors({vectors, count}, {out + 1, 1}); });
}
int64_t lwgo_stream_read(int64_t stream, float* vector, int64_t count, int64_t* out) {
  return With<Stream>(stream, [&](auto& s) { out[0] = s.Read({vector, count}, {out + 1, 7}); });
}
int64_t lwgo_stream_load(int64_t stream, const uint8_t* data, int64_t bytes) {
  return With<Stream>(stream, [&](auto& s) { s.Load({data, bytes}); });
}
int64_t lwgo_stream_restore(int64_t model, const uint8_t* data, int64_t bytes, int64_t* out) {
  return Made(Stream::Restore(From<Model>(model), {data, bytes}), out);
}

int64_t lwgo_tokenizer_decode(int64_t tokenizer, const int32_t* ids, int64_t count, int32_t skip_special_tokens,
                              int64_t* out) {
  return With<Tokenizer>(tokenizer, [&](auto& t) { Give(t.Decode({ids, count}, skip_special_tokens).value, out); });
}
int64_t lwgo_snapshot_describe(const uint8_t* data, int64_t bytes, int64_t* out) {
  Give(DescribeSnapshot({data, bytes}).value, out);
  return Outcome();
}
int64_t lwgo_search(const float* query, int64_t width, const float* vectors, int64_t count, int64_t* indices,
                    float* scores, int64_t k, int64_t* out) {
  *out = Search({query, width}, {vectors, count}, {indices, k}, {scores, k});
  return Outcome();
}

}  // extern "C"
}  // namespace lwave::bindings::golang
