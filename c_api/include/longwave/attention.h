/* Copyright 2026 The Longwave Authors
 * SPDX-License-Identifier: Apache-2.0
 *
 * Attention layers without a model: your own q, k and v in, rows out, over whole sequences or piece by piece.
 *
 *   lwave_config_create("window") -> lwave_config_set_... -> lwave_attention_create
 *   whole sequences:  lwave_attention_forward
 *   piece by piece:   lwave_memory_create_for_attention -> lwave_memory_step ... -> lwave_memory_finish
 * Both give the same numbers, to the bit, however a sequence is cut into steps.
 *
 * Rows of q are [heads, head_dim], of k [kv_heads, head_dim], of v [kv_heads, value_dim], of the output
 * [heads, value_dim], without padding; sequences are [tokens, row] and batches [batch, tokens, row].
 *
 * Options of every kind: heads, head_dim (these two must be set), kv_heads (default heads; query head h reads
 * h / (heads / kv_heads)), value_dim (default head_dim), scale (default head_dim^-1/2; not "lsh"), max_tokens (how long a
 * sequence a memory is made for, where rows may see everything), step_rows (rows computed at a time in a memory,
 * default 96, more where heads are strided; results do not depend on it). Where "mask" is given, 0 closes a token as a
 * key and makes its own row zeros ("full", "adaptive_span", "linformer", "favor": only the former). A row that sees no
 * key gives zeros.
 *
 * full            every key. causal (0, 1), query_offset (position of query 0, where key 0 is at 0), rope.theta,
 *                 rope.dim, rope.style ("half", "interleaved"), alibi_slopes [heads]; or T5's relative_bias [heads,
 *                 relative_buckets] with relative_buckets (default 32) and relative_max_distance (default 128): two
 *                 sided, or one sided where causal. q may have another number of rows than k and v.
 * window          Longformer. left, right, dilation (one number or one a head), global (token numbers),
 *                 global_projections (1: rows of q, k, v are two sets of heads one behind the other, the second is
 *                 used by global rows; 0: the same for all), most_globals (of models, which name them for each text),
 *                 causal; and T5's relative_bias, relative_buckets and relative_max_distance, as for "full".
 * sink_window     attention sinks. sinks, sinks_see "past" with window, visibility ("token", "chunk"), segment (a
 *                 length or "explicit", for "chunk"), rope.*; or sinks_see "all" with left and right.
 * sparse_transformer  pattern ("strided", "fixed"), stride, summary, head_sets ("local", "distant", "union"; one or
 *                 one a head, separated by commas).
 * block_sparse    BigBird. block_size, num_random, full_up_to (default (5 + 2 num_random) block_size), plan ("given"
 *                 with random_blocks [heads, blocks - 2, num_random]; "zeros"; or "seeded" with seed, 0 to 2^32 - 1:
 *                 what Hugging Face's code draws in training after numpy.random.seed, where the seed is the layer's
 *                 index), for "seeded" plan_algorithm ("block_rand_mask", "block_rand_mask_with_head", or "by_length",
 *                 the default: the first at 1024, 3072 and 4096 tokens, else the second) and plan_tokens (the longest
 *                 sequence, max_position_embeddings there; default 4096). Part of the layer: random_blocks, as given,
 *                 else for max_tokens tokens (0: for plan_tokens).
 * adaptive_span   max_span, ramp, span [heads], key_pe [head_dim, max_span], initial_cache ("zeros", "empty"),
 *                 loss_coeff. The rows of q are the last of k's. Parts: span_mask, span_loss, reach.
 * linformer       projection ("linear" with slots, sharing ("none", "headwise", "kv", "layerwise"), e and f [slots,
 *                 keys], with "none" [heads, slots, keys], e_bias, f_bias; "gaussian" and "orthonormal", the same with
 *                 e and f drawn from seed (below) for max_tokens keys: independent normals of variance 1 / slots, or
 *                 rows of length 1 at right angles (normals, then Gram and Schmidt), and slots given or from tolerance
 *                 as ceil(8 ln max_tokens / tolerance^2); "mean_pool", "max_pool" with stride; "conv" with stride,
 *                 conv_weight_k, conv_bias_k, conv_weight_v, conv_bias_v). q may have another number of rows than k and
 *                 v. Parts of the layer: e, f.
 * favor           Performer and Linear Transformer. kernel ("softmax", "hyperbolic", "trigonometric": estimates of
 *                 softmax attention; "relu", "exp", "elu", "given": kernels of their own; "exact": softmax attention
 *                 itself), causal, eps, kernel_eps, denominator_eps (times the sum of a query's features),
 *                 denominator_constant (both are added to the denominator; the Linear Transformer's code has the
 *                 second at 1e-6), query_shift ("row_max", "none"), key_shift (a number, or "global_max", the
 *                 default). With a number a causal layer streams and never looks ahead; global_max looks at all keys,
 *                 and where eps is above 0 earlier rows then depend on later keys. scale as elsewhere, above 0: rows
 *                 are multiplied by its square root before any projection. "elu" is elu(x) + 1 of the rows themselves;
 *                 "given" takes features (default head_dim) numbers a head as q and k that are features already.
 *                 projection [features, head_dim], or drawn: features (rows of it), projection_kind ("iid",
 *                 "orthogonal", the default, "hadamard"), projection_lengths ("chi", "sqrt_dim"), seed, draw. A layer
 *                 has one projection: to draw anew, as the paper's code does now and then in training, make the layer
 *                 of the next draw; memories of another draw are refused, because the features of keys that are
 *                 summed cannot be changed. Part of the layer: projection; of a memory: state_s, state_z.
 *                 Draws are the same on every machine: xoshiro256**, its four words the first outputs of SplitMix64
 *                 from seed + draw * 0xd1342543de82ef95 (mod 2^64); uniform u is the upper 53 bits times 2^-53,
 *                 normals are pairs sqrt(-2 ln(1 - u)) (cos 2 pi v, sin 2 pi v), all in double. "iid": features *
 *                 head_dim normals. "orthogonal": the same, in blocks of head_dim rows, each less its parts along those
 *                 before it. "hadamard": blocks of p rows (p: the power of two from head_dim on) of H D3 H D2 H D1, H
 *                 the orthonormal Walsh-Hadamard matrix, D1, D2 and D3 of p signs each, minus where the top bit is
 *                 set. Then, but for "iid" with "chi", each row is scaled to the length of as many further normals
 *                 as it is wide ("chi") or to the square root of its width, and "hadamard" is cut to head_dim columns.
 * lsh             Reformer. q is both query and key; there is no k. causal, chunk_length, chunks_before,
 *                 chunks_after, n_hashes, bucket_factors, rotations [heads, head_dim, n_hashes, sum of
 *                 bucket_factors / 2], or normals drawn from seed (below; generator "torch": those of PyTorch's
 *                 CPU generator after manual_seed, as published code has them), key_norm ("rms", "l2"), score_scale,
 *                 self_value. Part of the layer: rotations. Part of a memory that is finished: buckets.
 *
 * chunked         Reformer's local attention. chunk_length, chunks_before (default 1), chunks_after, causal.
 * transient_global  LongT5. radius, global_block_size; relative_bias, relative_buckets and relative_max_distance, as for
 *                 "full", with summary_bias of the same shape for blocks. k and v have queries / global_block_size rows
 *                 more than q: keys and values of the blocks' summaries, the last.
 * nystrom         Nystroemformer. landmarks, tokens (a multiple of it, the length it takes; default landmarks: softmax
 *                 attention over any length), conv_weight [heads, an odd width].
 * xlnet           k and v are rows of a memory and then those of q. w_r [heads head_dim, d_position], d_position (default
 *                 heads head_dim), bias_u, bias_v [heads, head_dim], clamp_len, causal; bias_s [heads, head_dim] and
 *                 seg_embed [2, heads, head_dim] for models, which give token types.
 * "full", "window" (without dilation), "sink_window", "block_sparse", "chunked", "transient_global" and "xlnet" also take
 * store ("f32", the default, or "bf16"): what keys and values are rounded to when they are kept, at half the room.
 *
 * Numbers drawn from seed (0 to 2^53) are the same on every machine and in every release: bits of xoshiro256**
 * (Blackman and Vigna 2018), its state the first four outputs of SplitMix64 from the seed; u = (bits >> 11) 2^-53;
 * normals in pairs (Box and Muller) r cos(2 pi v), r sin(2 pi v) of r = sqrt(-2 ln(1 - u)) and the next uniform v, in
 * double. Tensors are filled in the order of their numbers in memory, e before f; for "orthonormal" the rows of each
 * [slots, keys] are then made orthonormal one after another, from the first.
 *
 * mixed           every head has a kind of its own: head_kinds (one word or one a head: "full", "window", "local",
 *                 "distant", "union", "adaptive_span"), with the options of these: causal, left, right, dilation,
 *                 pattern, stride, summary, max_span, ramp, span, key_pe (an empty cache in front).
 *
 * Projection weights around any kind above, switched on by w_q: rows of q are then hidden rows [d_model], there is no
 * k and v, and the output is hidden rows. d_model; w_q, w_k, w_v [width of q, k, v, d_model], w_o [d_model, width of
 * the output] (without it the heads' results come out), b_q, b_k, b_v, b_o; for "window" with global_projections
 * w_q_global ... b_v_global for the second set; "lsh" has no w_k. cross (where q may have another number of rows): k is
 * rows [d_context] of another sequence. A row that the mask closes comes out as b_o where it would be zeros.
 *
 * Kinds that hold projection weights by definition take hidden rows [d_model] as q, no k, v or mask, and give hidden
 * rows. They are defined by segments: segment is a length, counted from position 0, or "explicit" (lwave_memory_end_segment; a
 * forward is then one segment, and max_tokens bounds its length in a memory). heads, d_model, head_dim (default
 * d_model / heads). Weights are [out, in].
 * transformer_xl  mem_len, clamp_len, same_length, initial_memory ("empty", "zeros"), wrap ("none", "post_norm",
 *                 "pre_norm"), ln_eps, w_qkv, w_o, w_r, bias_u, bias_v, ln_weight, ln_bias.
 *                 Parts: memory, mass, segment_mass.
 * compressive     mem_len, cmem_len, ratio, function ("mean", "max", "conv", "dilated_conv", "most_used"), position
 *                 ("xl" with w_r, bias_u, bias_v; "table" with pos [heads, distances, head_dim]), w_qkv, w_o, b_o,
 *                 conv_weight and conv_bias, or conv_layers.kernel, .stride, .dilation and conv_weight_0 ...; loss
 *                 ("none", "attention", "autoencoding" with decoder_weight [d_model, d_model, ratio] and, if wanted,
 *                 decoder_bias; or two of them, separated by a comma; 1 is "attention"). Parts: memory, compressed,
 *                 usage, loss (attention), autoencoding_loss, both of the last segment; mass, segment_mass.
 * pia             Shortformer. cache_len, pos [positions, d_model], w_q, w_k, w_v, w_o, b_q, b_k, b_v, b_o.
 *                 Parts: cache, mass, segment_mass.
 * With statistics 1 these three keep how much attention each part of what rows see got: mass, the mean over all rows
 * so far, segment_mass, over the open segment (where none is open, the last): [parts, heads], the oldest part first,
 * the segment itself last. Results do not change by a bit; a head is at most 255 (compressive: 254) wide then.
 */

#ifndef LONGWAVE_ATTENTION_H_
#define LONGWAVE_ATTENTION_H_

#include "longwave/config.h"
#include "longwave/context.h"
#include "longwave/memory.h"
#include "longwave/model.h"
#include "longwave/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Immutable; any number of threads. */
typedef struct lwave_attention lwave_attention;

/* Makes a layer. The config is copied, tensors included. Errors: INVALID_ARGUMENT (an option is missing or
 * contradicts another), UNSUPPORTED (kind "stream"), OUT_OF_MEMORY. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_attention_create(lwave_context* context, const lwave_config* config,
                                              lwave_attention** attention, lwave_error* error);
/* Gives up the handle; memories and workspaces keep the layer alive. NULL is fine. Since 0.1. */
LWAVE_API void lwave_attention_destroy(lwave_attention* attention);

/* A number: "q_width", "k_width", "v_width", "out_width" (floats of a row; 0: the layer takes no such input),
 * "streams" (whether it can have a memory). Errors: INVALID_ARGUMENT. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_attention_get_int(const lwave_attention* attention, const char* key, int64_t* value,
                                               lwave_error* error);
/* Mechanism, options, widths and streaming as one JSON object; buffer as in lwave_model_describe. Since 0.1. */
LWAVE_API lwave_status lwave_attention_describe(const lwave_attention* attention, char* buffer, int64_t capacity,
                                                int64_t* needed, lwave_error* error);
/* Numbers that belong to the layer, by name (see the kinds above): needed receives their count, values
 * [capacity] the numbers; capacity 0 only asks. Errors: INVALID_ARGUMENT, NOT_FOUND. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_attention_read_part(const lwave_attention* attention, const char* name, float* values,
                                                 int64_t capacity, int64_t* needed, lwave_error* error);

/* Bytes that a forward over sequences of `queries` rows of q and `keys` rows of k takes as scratch, however many
 * of them. Errors: INVALID_ARGUMENT. Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_attention_plan(const lwave_attention* attention, int64_t queries, int64_t keys,
                                            int64_t* bytes, lwave_error* error);
/* Scratch for forwards up to these lengths. One thread at a time. Errors: INVALID_ARGUMENT, OUT_OF_MEMORY.
 * Since 0.1. */
LWAVE_API lwave_status lwave_workspace_create_for_attention(const lwave_attention* attention, int64_t queries,
                                                            int64_t keys, lwave_workspace** workspace,
                                                            lwave_error* error);

/* Whole sequences.
 *   workspace  from lwave_workspace_create_for_attention, or NULL: scratch is taken for this call
 *   q          [batch, queries, q_width];  k, v  [batch, keys, ...], NULL with count 0 where the layer takes none
 *   mask       [batch, keys] of 0 and 1, or NULL with mask_count 0
 *   out        [batch, queries, out_width]; overlaps no input
 * queries and keys are equal but for the kinds that say so; 0 is allowed. Errors: INVALID_ARGUMENT (wrong
 * counts or lengths), CAPACITY_EXCEEDED (more than the workspace was made for), OUT_OF_MEMORY. Threads: any, one
 * at a time per workspace. Since 0.1. */
LWAVE_API lwave_status lwave_attention_forward(const lwave_attention* attention, lwave_workspace* workspace,
                                               const float* q, int64_t q_count, const float* k, int64_t k_count,
                                               const float* v, int64_t v_count, const int32_t* mask,
                                               int64_t mask_count, int64_t batch, int64_t queries, int64_t keys,
                                               float* out, int64_t out_count, lwave_error* error);

/* How far rows are from exact softmax attention over the same q, k, v and mask: of a sample of rows, each head's part by
 * itself, |.| over its value_dim numbers. For kinds "full" (without rope, slopes or offset), "linformer" and "favor" with a
 * kernel that estimates softmax. Exact rows are taken in double, over all keys or those up to the row where the layer is
 * causal; samples keys (head_dim + value_dim) products a head and no matrix of all pairs.
 *   q, k, v, mask  one sequence, as in forward
 *   out            [queries, out_width] as a forward or steps gave it, or NULL with out_count 0: a forward is run
 *   samples        1 to 2^20: row s is drawn from [s queries / samples, (s + 1) queries / samples); all rows where there
 *                  are no more
 *   seed           of the drawing (xoshiro256**, as in "favor")
 *   relative       receives sqrt(sum |out - exact|^2 / sum |exact|^2);  mean_relative  the mean of |out - exact| / |exact|;
 *   max_relative   the largest of them; each may be NULL. 0 where both are 0 or there is no row
 * Errors: INVALID_ARGUMENT, UNSUPPORTED (the layer is no estimate of softmax attention), OUT_OF_MEMORY. Any thread.
 * Since 0.1. */
LWAVE_API lwave_status lwave_attention_estimate_error(const lwave_attention* attention, const float* q, int64_t q_count,
                                                      const float* k, int64_t k_count, const float* v, int64_t v_count,
                                                      const int32_t* mask, int64_t mask_count, int64_t queries,
                                                      int64_t keys, const float* out, int64_t out_count,
                                                      int64_t samples, int64_t seed, double* relative,
                                                      double* mean_relative, double* max_relative, lwave_error* error);

/* What a memory of the layer takes, as lwave_memory_plan; first_rows and steady_rows are -1 where rows leave only
 * when the sequence is finished. Errors: INVALID_ARGUMENT, UNSUPPORTED (the layer cannot stream: the message says
 * why). Any thread. Since 0.1. */
LWAVE_API lwave_status lwave_memory_plan_for_attention(const lwave_attention* attention, int64_t* bytes,
                                                       int64_t* load_bytes, int64_t* first_rows, int64_t* steady_rows,
                                                       lwave_error* error);
/* A memory of one sequence of rows; lwave_memory_finish, save, load, fork, describe, get_int and destroy work on
 * it as on a model's. Errors: as plan, and OUT_OF_MEMORY. Since 0.1. */
LWAVE_API lwave_status lwave_memory_create_for_attention(const lwave_attention* attention, lwave_memory** memory,
                                                         lwave_error* error);
/* Takes rows and gives those that became final.
 *   q, k, v, mask  rows, q_width ... as in forward;  taken  receives how many rows were taken
 *   out            [capacity], a multiple of out_width is used;  rows_written  receives the number of rows
 * LWAVE_OUTPUT_FULL: `out` had no room for more; call again with the rows behind `taken`. Errors:
 * INVALID_ARGUMENT, INVALID_STATE (after finish, or a memory of a model), CAPACITY_EXCEEDED (beyond max_tokens or
 * the layer's positions; nothing is changed). Since 0.1. */
LWAVE_API lwave_status lwave_memory_step(lwave_memory* memory, const float* q, int64_t q_count, const float* k,
                                         int64_t k_count, const float* v, int64_t v_count, const int32_t* mask,
                                         int64_t mask_count, int64_t rows, int64_t* taken, float* out,
                                         int64_t capacity, int64_t* rows_written, lwave_error* error);
/* Ends a segment of a layer with explicit segments; those of a length end by themselves. Errors:
 * INVALID_ARGUMENT, INVALID_STATE (no such layer, finished, or rows wait to be read). Since 0.1. */
LWAVE_API lwave_status lwave_memory_end_segment(lwave_memory* memory, lwave_error* error);
/* The numbers of one part of a layer's memory, rows from oldest to newest, as lwave_attention_read_part.
 * Errors: INVALID_ARGUMENT, NOT_FOUND. Since 0.1. */
LWAVE_API lwave_status lwave_memory_read_part(const lwave_memory* memory, const char* name, float* values,
                                              int64_t capacity, int64_t* needed, lwave_error* error);

#ifdef __cplusplus
}
#endif

#endif /* LONGWAVE_ATTENTION_H_ */
