// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Linear attention as a state ("Transformers are RNNs", Katharopoulos et al. 2020; its features may be
// FAVOR+, Choromanski et al. 2021). A feature map stands in front: query and key rows here are features
// already. The equivalent serial loop, of every head:
//   S = 0 // [features, value_dim]   z = 0 // [features]
//   for row i: S += key[i] value[i]^T;  z += key[i]                                        (append)
//              output[i] = query[i]^T S                                                      (read)
//              if normalised: output[i] /= query[i]^T (z + normaliser_eps) + denominator_eps
// Causal attention is append and read row by row; bidirectional and cross attention append all keys, then
// read any number of queries.
//
// It runs in blocks of 64 rows that are aligned to absolute positions. The state of a sequence is S and z of
// all full blocks, plus the rows of the block that is not full yet, the pending rows. A query reads
//   query^T S  +  sum over the pending rows j it sees of (query . key[j]) value[j]
// so prefill is four small matrix products a block and a step is the same with one row. S changes only when a
// block is full. Every number of an output row is one chain of operations over ascending features, then
// ascending pending rows, whatever rows share the registers: any split of the rows into calls gives the same
// bits, in the outputs and in the state. A row that is not finite reaches the rows that see it and no other.
//
// S and z are kept as the sum of two f32, high + low, where high alone is the nearest f32 and is what queries
// read: a block's sum (64 products in f32) is added with nothing lost (TwoSum, Knuth 1969), so that the error
// after ten million rows is that of one block.
//
// What decay, gates and delta rules will need, all within a block and without another layout: a factor per
// row on the start of the sums (it is 1 now) and on the scores, a factor on high and low where a full block
// is added, and for delta rules a triangular solve of the pending values before that.

#ifndef LONGWAVE_KERNELS_STATE_H_
#define LONGWAVE_KERNELS_STATE_H_

#include <cstdint>

#include "kernels/types.h"

namespace lwave::kernels {

// Rows of a block. At 256 features of 64 values, 64 rows balance the work within a block (which grows with
// it) against the compensated additions to S (which shrink).
inline constexpr int64_t kStateBlock = 64;

struct StateShape {
  int64_t heads = 0;
  int64_t features = 0;    // 1 to 1024
  int64_t value_dim = 0;   // 1 to 256
  bool normalised = true;  // false: there is no z
  // Rows of S and of pending values are filled up with zeros to whole vectors, as z is.
  int64_t ValueStride() const { return RoundUp(value_dim, 16); }
  int64_t FeatureStride() const { return RoundUp(features, 16); }
  int64_t HeadFloats() const;
  int64_t Floats() const { return heads * HeadFloats(); }
  int64_t Bytes() const { return Floats() * int64_t{sizeof(float)}; }
};

// Where the parts of one head lie within the state.
struct StateHead {
  float* sums = nullptr;            // [features, ValueStride()]   S, the high parts
  float* sums_low = nullptr;        // [features, ValueStride()]
  float* normaliser = nullptr;      // [FeatureStride()]   z; null where there is none
  float* normaliser_low = nullptr;  // [FeatureStride()]
  float* keys = nullptr;            // [features, 64]   pending, transposed: 64 scores come from vector loads
  float* values = nullptr;          // [64, ValueStride()]
};
StateHead HeadOfState(const StateShape& shape, float* state, int64_t head);

// The state before the first row.   state // [shape.Floats()]; faster where it is aligned to 64 bytes
void ClearState(const StateShape& shape, float* state);

// S and z of all rows so far, pending ones included, as one would print them (snapshots keep the parts).
//   sums // [heads, features, value_dim]   normaliser // [heads, features], may be null
void SumState(const StateShape& shape, int64_t position, float* state, double* sums, double* normaliser);

// Consecutive rows of one sequence. Row r of head h begins at row * stride + h * width of each array.
struct StateRows {
  StateShape shape;
  float* state = nullptr;
  int64_t position = 0;  // rows that were appended before this call
  int64_t rows = 0;
  const float* query = nullptr;  // [rows, query_stride], heads * features numbers used
  int64_t query_stride = 0;
  const float* key = nullptr;  // [rows, key_stride], heads * features numbers used
  int64_t key_stride = 0;
  const float* value = nullptr;  // [rows, value_stride], heads * value_dim numbers used
  int64_t value_stride = 0;
  float* output = nullptr;  // [rows, output_stride], heads * value_dim numbers written; overlaps no other
  int64_t output_stride = 0;
  float denominator_eps = 0.0f;  // added to the denominator
  float normaliser_eps = 0.0f;   // added to every number of z, for queries only
};

// For heads [head_begin, head_end). Threads: plain functions; call them for disjoint head ranges, and
// ReadState also for disjoint rows, from any thread. They use less than 16 KiB of stack and nothing else.

// for each row: append it, then read it.
void AppendAndReadState(const StateRows& rows, int64_t head_begin, int64_t head_end);
// query and output are not used, and may be null.
void AppendState(const StateRows& rows, int64_t head_begin, int64_t head_end);
// Every row sees all that was appended; the state is left as it is, key and value are not used, and may be
// null. Zeros before the first row was appended.
void ReadState(const StateRows& rows, int64_t head_begin, int64_t head_end);

}  // namespace lwave::kernels

#endif  // LONGWAVE_KERNELS_STATE_H_
