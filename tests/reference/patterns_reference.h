// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Who sees whom, as the papers write it, one pair at a time, and softmax attention over it in double. The oracle of
// the attention layers; includes nothing of ours.

#ifndef LONGWAVE_TESTS_REFERENCE_PATTERNS_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_PATTERNS_REFERENCE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lwave::reference {

// How often query i of head h lists key j: 0 where it does not see it.
using Listing = std::function<int64_t(int64_t h, int64_t i, int64_t j)>;
// Rotary positions (Su et al. 2021): pair t of the first `dim` channels turns by place * theta^(-2t / dim). Channels
// 2t and 2t + 1 are a pair, or t and t + dim / 2.
struct RotaryPlaces {
  int64_t dim = 0;  // 0: no channel turns
  double theta = 10000;
  bool interleaved = false;
  // The places that query i and key j have when they meet.
  std::function<int64_t(int64_t i, int64_t j)> of_query, of_key;
};
std::vector<double> Turn(const float* x, int64_t width, int64_t place, const RotaryPlaces& places);

// Attention sinks count places among the keys that a query sees, in time order: the first is 0, the query the last.
RotaryPlaces SinkPlaces(const Listing& listing);

// What is added to the score.
using ScoreBias = std::function<double(int64_t h, int64_t i, int64_t j)>;

// Full attention ("Attention Is All You Need"): everything, or what is not ahead.
Listing FullListing(bool causal, int64_t query_offset);

// Longformer, section 3.1. A global row is listed with all keys; which projections it uses is the caller's.
struct LongformerPattern {
  std::vector<int64_t> left, right, dilation;  // [heads]
  std::vector<int64_t> global;
  bool causal = false;
};
Listing LongformerListing(const LongformerPattern& pattern);

// Attention sinks: the last `window` tokens behind the sinks, itself included; or sinks and a window on both sides.
Listing PastSinkListing(int64_t sinks, int64_t window);
Listing ChunkSinkListing(int64_t sinks, int64_t window, int64_t segment);
Listing TwoSidedSinkListing(int64_t sinks, int64_t left, int64_t right);

// Sparse Transformer, section 4.2 and 4.3; sets: "local", "distant" or "union" a head.
Listing SparseListing(bool fixed, int64_t stride, int64_t summary, const std::vector<std::string>& sets);

// Adaptive spans, equation 5: how much of the weight of a key `distance` behind the row stays.
double SpanMask(float span, int64_t max_span, int64_t ramp, int64_t distance);

// BigBird: blocks counted as often as they are listed.   random // [heads, blocks - 2, per_block]
Listing BigBirdListing(int64_t tokens, int64_t block, int64_t per_block, const std::vector<int64_t>& random);

// Reformer's local attention as published code has it: the chunk, `before` and `after` chunks, around the ends.
Listing ChunkedListing(int64_t tokens, int64_t length, int64_t before, int64_t after, bool causal);

// LongT5, transient global attention: rows are followed by rows / block summaries as keys. mask // [rows] or empty
struct Summaries {
  std::vector<int64_t> of;  // [rows]: the summary of a token, or -1
  int64_t open = 0;         // the first ones, which tokens belong to
};
Summaries TokenSummaries(int64_t rows, int64_t block, const std::vector<int32_t>& mask);
Listing SummaryListing(int64_t rows, int64_t radius, const Summaries& summaries);

struct ListedProblem {
  int64_t rows = 0, keys = 0, heads = 1, kv_heads = 1, head_dim = 1, value_dim = 1;
  double scale = 1;
  std::vector<float> query;     // [rows, heads, head_dim]
  std::vector<float> key;       // [keys, kv_heads, head_dim]
  std::vector<float> value;     // [keys, kv_heads, value_dim]
  std::vector<int32_t> closed;  // [keys], 1 where the key is closed; or empty
  Listing listing;
  ScoreBias bias;  // or null
  RotaryPlaces rotary;
};
//   output_i = sum_j m_ij exp(s_ij) v_j / sum_j m_ij exp(s_ij), s_ij = scale q_i.k_j + bias_ij; zeros without a key
std::vector<double> ListedAttention(const ListedProblem& problem);  // [rows, heads, value_dim]

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_PATTERNS_REFERENCE_H_
