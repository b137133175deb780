/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * A model: a checkpoint directory with its tokenizer, opened for use. And, for the whole of a sequence at once,
 * forward. */

#ifndef LONGWAVE_MODEL_H_
#define LONGWAVE_MODEL_H_

#include "longwave/config.h"
#include "longwave/context.h"
#include "longwave/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Immutable; any number of threads. */
typedef struct lwave_model lwave_model;
/* Scratch of forward; one thread at a time. */
typedef struct lwave_workspace lwave_workspace;

/* Opens a directory: a Hugging Face checkpoint (config.json, *.safetensors, tokenizer.json, modules.json) or
 * what lwave_model_convert wrote. Maps the weights and validates everything; packs nothing yet.
 *   directory  UTF-8 path, ended by a NUL
 * Errors: INVALID_ARGUMENT, NOT_FOUND, IO_ERROR, CORRUPT_DATA, UNSUPPORTED (a family or option that Longwave
 * does not have), OUT_OF_MEMORY; the message names the file. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_model_open(lwave_context* context, const char* directory, lwave_model** model,
                                        lwave_error* error);
/* The same from named buffers, where a model is no folder: a resource, an asset, something that was downloaded.
 *   names  [count] the files' names in such a directory, "config.json", "model.safetensors", "1_Pooling/config.json";
 *          UTF-8, each ended by a NUL. All may begin with the same folder, "models/minilm/config.json": its name
 *          ("minilm") is then the model's, else "model"
 *   data   [count] their bytes;  bytes  [count] how many
 * All buffers are the caller's again when the call returns: the tensors are copied into the context's memory
 * ("held_bytes" of get_int), the rest is read. Errors: as lwave_model_open; INVALID_ARGUMENT for a name that is empty
 * or stands twice. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_model_open_memory(lwave_context* context, const char* const* names,
                                               const void* const* data, const int64_t* bytes, int64_t count,
                                               lwave_model** model, lwave_error* error);
/* Gives up the handle; streams, memories and workspaces keep the model alive as long as they need it. NULL is
 * fine. Since 0.1. */
LWAVE_API void lwave_model_destroy(lwave_model* model);

/* Packs the weights now rather than in the first stream, memory, workspace or forward; tensor by tensor, and the file's
 * pages behind it leave the process's memory. Matrices that lie in the packed layout (lwave_model_convert) stay where
 * they are, and only vectors are copied: biases, norms, scales. LWAVE_CANCELLED: see lwave_model_cancel; call again to
 * go on. Errors: OUT_OF_MEMORY. Any thread; later calls do nothing. Since 0.1. */
LWAVE_API lwave_status lwave_model_prepare(lwave_model* model, lwave_error* error);
/* Asks the packing in progress, or else the next one, to stop with LWAVE_CANCELLED, also where it is part of creating a
 * stream, memory or workspace. What is packed is kept for the next call. Does nothing once the weights are
 * packed. Any thread. NULL is fine. Since 0.1. */
LWAVE_API void lwave_model_cancel(lwave_model* model);
/* How far packing is: of *total_bytes ("packed_bytes") *bytes are done. Each pointer may be NULL. Any thread.
 * Since 0.1. */
LWAVE_API void lwave_model_progress(const lwave_model* model, int64_t* bytes, int64_t* total_bytes);

/* A number about the model. Keys: "layers", "hidden", "heads", "head_dim", "vocabulary", "embedding_width"
 * (numbers in a vector), "positions" (usable), "max_rows" (rows a text may have under "truncate" and "refuse"),
 * "has_pooler", "has_tokenizer", "has_long_reading" (0 or 1), "mapped_bytes", "held_bytes" (copies of
 * buffers it was opened from), "packed_bytes" (what prepare takes, known before), "fingerprint" (64 bits). Errors: INVALID_ARGUMENT. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_model_get_int(const lwave_model* model, const char* key, int64_t* value,
                                           lwave_error* error);
/* The model's name with its short fingerprint, such as "minilm-0123abcd"; valid as long as the model. NULL for
 * NULL. Any thread. Since 0.1. */
LWAVE_API const char* lwave_model_name(const lwave_model* model);

/* Everything about the model as one JSON object: family, layers with their attention, reading, bytes, latency.
 *   config  a "stream" config to describe the reading with, or NULL
 *   buffer  [capacity] receives the text and a NUL; may be NULL when capacity is 0
 *   needed  receives the bytes needed, the NUL included
 * Errors: INVALID_ARGUMENT (also when capacity is not 0 but below *needed), UNSUPPORTED, OUT_OF_MEMORY. Any thread.
 * Since 0.1. */
LWAVE_API lwave_status lwave_model_describe(const lwave_model* model, const lwave_config* config, char* buffer,
                                            int64_t capacity, int64_t* needed, lwave_error* error);

/* Writes a copy of a model directory with other weights and, if `config` is not NULL, with the long reading of
 * that "stream" config (left, right, sinks, tile, full_up_to, passage_tokens).
 *   source, destination  UTF-8 paths; the destination must not exist or be empty. The source may hold pytorch_model.bin
 *                        (or its shards) in place of safetensors: its pickle is read as data, nothing in it is run
 *   weights              "f32", "bf16", "f16": matrices in rows under their own names, as other programs read them too;
 *                        packed by lwave_model_prepare. "f32-packed", "bf16-packed": matrices in the layout that all
 *                        targets use straight from the mapped file, so that prepare packs none of them; vectors it
 *                        copies all the same. "int8" (or "int8-packed"): always so
 * All or nothing. Errors: as lwave_model_open, and IO_ERROR naming what could not be written. Any thread.
 * Since 0.1. */
LWAVE_API lwave_status lwave_model_convert(const char* source, const char* destination, const char* weights,
                                           const lwave_config* config, lwave_error* error);
/* The same with the options of a config of kind "convert" (NULL: none), which also give a model its long form: attention to
 * a window in place of full attention, and a table of positions made of copies (Beltagy et al. 2020, section 5).
 *   weights         text, "f32" (default), "bf16", "f16", "int8";  packed  0 or 1
 *   attention       text: "window:N" or "window:LEFT,RIGHT" (rows on each side; Longformer's published 512 is
 *                   "window:256"), "favor:FEATURES" (Performer), "full" (as it is); once, or once for each layer with
 *                   semicolons between them, "window:32;window:64"
 *   positions       text: "copied:N", the table of positions goes on for N rows with copies of itself; or "tiled:N", the
 *                   long reading below
 *   dilation        one number, or one for each head
 *   sinks           rows at the beginning that every row sees: beside a window of a causal model, or of the long reading
 *   full_up_to, passage_tokens  of the long reading
 * BERT, RoBERTa (XLM-R, CamemBERT) and BART with a window that is as wide on both sides become a Longformer or an LED as
 * they are published, heads and all: with f32, bf16 or f16 in rows transformers opens them. In other models, and with
 * other attention, config.json gets longwave_attention (c_api/families.md). What transformers cannot open, or would read
 * in another way (int8, packed, longwave_attention, a long reading), says so in config.json, and transformers refuses it.
 * With "tiled:N", and in plain encoders with a window alone, options are those of a long reading (lwave_model_convert).
 * Errors: as there; UNSUPPORTED names what a family or kind cannot be. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_model_convert_with(const char* source, const char* destination, const lwave_config* config,
                                                lwave_error* error);

/* The vector of one text, read as the model's default says; the simplest way in.
 *   text    [bytes] UTF-8
 *   vector  [count], count = "embedding_width"
 * Errors: INVALID_ARGUMENT (also for a text without a token), UNSUPPORTED (no tokenizer), CAPACITY_EXCEEDED
 * (longer than the model reads), OUT_OF_MEMORY. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_model_embed(lwave_model* model, const char* text, int64_t bytes, float* vector,
                                         int64_t count, lwave_error* error);

/* Bytes a workspace for `batch` sequences of at most `tokens` rows takes from the allocator.
 *   config  as in forward: a window needs less. Errors: INVALID_ARGUMENT, CAPACITY_EXCEEDED. Since 0.1. */
LWAVE_API lwave_status lwave_workspace_plan(const lwave_model* model, const lwave_config* config, int64_t batch,
                                            int64_t tokens, int64_t* bytes, lwave_error* error);
LWAVE_API lwave_status lwave_workspace_create(lwave_model* model, const lwave_config* config, int64_t batch,
                                              int64_t tokens, lwave_workspace** workspace, lwave_error* error);
/* NULL is fine. Since 0.1. */
LWAVE_API void lwave_workspace_destroy(lwave_workspace* workspace);

/* What forward gives. Rows are [batch, tokens, hidden]. */
#define LWAVE_LAST_HIDDEN_STATE 10  /* [batch, tokens, hidden] */
#define LWAVE_HIDDEN_STATES 20      /* [layers + 1, batch, tokens, hidden]: after the embedding and each layer */
#define LWAVE_POOLER_OUTPUT 30      /* [batch, hidden] */
#define LWAVE_SENTENCE_EMBEDDING 40 /* [batch, embedding_width]: the model's own modules, or mean and L2 norm */

/* What a layer's attention compares and sums: the score of row i for row j is q_i . k_j / sqrt(head_dim), a head. Each
 * is [layers, batch, tokens, heads, head_dim], as lwave_attention_forward takes them. Since 0.1. */
#define LWAVE_QUERIES 50
#define LWAVE_KEYS 60
#define LWAVE_VALUES 70

/* Scores of the model's head: [batch, tokens, ids] (masked and causal language models; log-probabilities where the
 * model's softmax is adaptive), [batch, tokens, labels] (token classification), [batch, tokens, 2] (question answering:
 * start and end), [batch, labels] (sequence classification). The head's weights are packed when they are first asked
 * for. Since 0.1. */
#define LWAVE_LOGITS 100
/* Of models with a decoder, whose rows are what LAST_HIDDEN_STATE and HIDDEN_STATES mean: the encoder's. Since 0.1. */
#define LWAVE_ENCODER_LAST_HIDDEN_STATE 110
#define LWAVE_ENCODER_HIDDEN_STATES 120
/* What each layer remembers behind the last row, of models with memory over segments (Transformer-XL, XLNet):
 * [layers, batch, rows, hidden], the newest last. A run is one segment; given as the input "memories" to the run over
 * the next one, the text goes on. Since 0.1. */
#define LWAVE_MEMORIES 130

/* Reads whole sequences at once.
 *   workspace    from lwave_workspace_create, or NULL: scratch is taken for this call. With one, and the config it
 *                was made with (or an equal one, or none), nothing is allocated
 *   config       NULL: every row sees every row, exactly the original model. A "stream" config with long =
 *                "window": as that reading reads a text of this length (full up to full_up_to, else the window)
 *   ids          [batch, tokens], special tokens included
 *   mask         [batch, tokens] or NULL: 0 closes a row as a key, 1 keeps it
 *   token_types  [batch, tokens] or NULL: all 0
 *   output       one of LWAVE_LAST_HIDDEN_STATE ...;  result  [count] of its shape. Rows that the mask closes
 *                are computed like others; they are left out of the sentence embedding
 * Errors: INVALID_ARGUMENT (ids out of the vocabulary, wrong count), CAPACITY_EXCEEDED (more rows than
 * positions or than the workspace was made for), UNSUPPORTED (no pooler), OUT_OF_MEMORY.
 * Threads: any, one at a time per workspace. Since 0.1. */
LWAVE_API lwave_status lwave_model_forward(lwave_model* model, lwave_workspace* workspace, const lwave_config* config,
                                           const int32_t* ids, const int32_t* mask, const int32_t* token_types,
                                           int64_t batch, int64_t tokens, int32_t output, float* result,
                                           int64_t count, lwave_error* error);

/* Whole sequences with everything a family may read, by name. One thread at a time; run only reads it. */
typedef struct lwave_inputs lwave_inputs;
/* For `batch` sequences of `tokens` rows each. Errors: INVALID_ARGUMENT. Since 0.1. */
LWAVE_API lwave_status lwave_inputs_create(int64_t batch, int64_t tokens, lwave_inputs** inputs, lwave_error* error);
/* NULL is fine. Since 0.1. */
LWAVE_API void lwave_inputs_destroy(lwave_inputs* inputs);
/* Numbers by name; they are copied, and replace what was set before.
 *   ids, mask, token_types, positions   [batch, tokens], as forward takes them; positions begin at 0, before the family's
 *                                       own offset
 *   globals                             [batch, tokens] 1: the token sees, and is seen by, all (Longformer, LED). Where
 *                                       they are not given, LWAVE_LOGITS takes those of the published head: the first
 *                                       token (sequence classification), the tokens before the first of exactly three
 *                                       separators (question answering), else none
 *   decoder_ids, decoder_mask           [batch, decoder tokens], of models with a decoder; without decoder_ids the
 *                                       decoder reads its start token and then ids but the last
 *   rows                                LWAVE_LOGITS of a head over rows: only these rows of each sequence
 *   layers.N.OPTION                     an option of the attention of layer N, for this run (attention.h)
 *   layers.N.buckets                    of a layer that hashes, as lwave_model_run_part gives them: instead of hashing
 * Errors: INVALID_ARGUMENT (a name that does not exist, a wrong count). Since 0.1. */
LWAVE_API lwave_status lwave_inputs_set_ints(lwave_inputs* inputs, const char* name, const int32_t* values,
                                             int64_t count, lwave_error* error);
/*   vectors           [batch, tokens, hidden] in place of what ids give (the word's embedding); ids may then be missing
 *   memories          [layers, batch, rows, hidden], at most as many rows as the model remembers: what LWAVE_MEMORIES gave
 *                     for the segment before. Without them a text begins as the family has it: Transformer-XL with as
 *                     many rows of zeros as it remembers, XLNet with none
 *   layers.N.OPTION   as above. Since 0.1. */
LWAVE_API lwave_status lwave_inputs_set_floats(lwave_inputs* inputs, const char* name, const float* values,
                                               int64_t count, lwave_error* error);
/*   layers.N.OPTION   as above. Since 0.1. */
LWAVE_API lwave_status lwave_inputs_set_text(lwave_inputs* inputs, const char* name, const char* text,
                                             lwave_error* error);

/* The shape that an output of run has.
 *   shape  [capacity] receives it; may be NULL when capacity is 0;  dimensions  receives how many there are (at most 5)
 * Errors: INVALID_ARGUMENT, UNSUPPORTED (the model has no such output). Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_model_output_shape(const lwave_model* model, const lwave_inputs* inputs, int32_t output,
                                                int64_t* shape, int64_t capacity, int64_t* dimensions,
                                                lwave_error* error);
/* Reads whole sequences at once, as forward does, with whatever was set.
 *   workspace  NULL, or one of at least as many rows; it is not used where layers.N.OPTION was set
 *   result     [count] of the output's shape
 * Errors: as forward. Threads: any, one at a time per workspace. Since 0.1. */
LWAVE_API lwave_status lwave_model_run(lwave_model* model, lwave_workspace* workspace, const lwave_inputs* inputs,
                                       int32_t output, float* result, int64_t count, lwave_error* error);

/* What the attention of one layer holds once it has seen each sequence, as numbers: of models beyond plain encoders.
 *   name    "layers.N.PART", of the encoder where there is a decoder, with PART as the kinds of attention.h have them:
 *           layers.1.buckets [batch, heads, n_hashes, rows] of an lsh layer (rows that were put behind the sequence
 *           included; none for sequences of one chunk). A part that belongs to the layer itself, such as rotations, is
 *           given once
 *   needed  receives their count, values [capacity] the numbers; capacity 0 only asks: nothing is computed then, and of
 *           the inputs only their shapes are looked at
 * Errors: as run, NOT_FOUND (no such part). Threads: any. Since 0.1. */
LWAVE_API lwave_status lwave_model_run_part(lwave_model* model, const lwave_inputs* inputs, const char* name,
                                            float* values, int64_t capacity, int64_t* needed, lwave_error* error);

#ifdef __cplusplus
}
#endif

#endif /* LONGWAVE_MODEL_H_ */
