// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The encoder of "Attention Is All You Need" as BERT and RoBERTa use it, in double precision and plain loops,
// to be read beside the papers. It is the oracle for every encoder of Longwave and includes nothing of it.
//
//   embedding   x_i = norm(word[id_i] + position[p_i] + type[t_i])
//   attention   s_ij = q_i . k_j / sqrt(head_dim) over the keys j that row i sees
//               o_i = sum_j softmax(s_i)_j v_j
//   post-norm   a = norm(x + W_o attention(x));  y = norm(a + W_2 act(W_1 a))           (BERT, RoBERTa)
//   pre-norm    a = x + W_o attention(norm(x));  y = a + W_2 act(W_1 norm(a)); one norm at the end
// Relatives of BERT have in place of position embeddings
//   rotary      numbers c and c + head_dim / 2 of q_i and k_i, as a point of the plane, turned by i * frequency_c
//   ALiBi       s_ij - slope_h |i - j|
// and a gated MLP, W_2 (act(W_g a) * W_1 a).
//
// A row whose every key is closed gets zeros from attention. Rows that are masked are still computed, and are
// closed only as keys. Text beyond `full_up_to` rows is read through LongReading, see below.

#ifndef LONGWAVE_TESTS_REFERENCE_ENCODER_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_ENCODER_REFERENCE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace lwave::reference {

using Values = std::vector<double>;  // a matrix is row-major, its shape stands beside it

// y = x W^T + b.   weight // [outputs, inputs]   bias // [outputs] or empty
struct Linear {
  int64_t outputs = 0;
  int64_t inputs = 0;
  Values weight;
  Values bias;
};

// gain // [width], empty: there is no such norm   bias // [width] or empty
struct Norm {
  Values gain;
  Values bias;
};

struct EncoderLayer {
  Linear query, key, value, attention_output;  // [hidden, hidden]
  Norm attention_norm;                         // post-norm: after the residual sum; pre-norm: in front
  Linear mlp_up;                               // [intermediate, hidden]
  Linear mlp_down;                             // [hidden, intermediate]
  Linear mlp_gate;                             // [intermediate, hidden]; outputs = 0: none
  Norm mlp_norm;
};

// Reading of long text (sliding window, sinks that every row sees, tiled positions):
//   row i sees row j in layer l when j < sinks or -left[l] <= j - i <= right[l];
//   the position of row i is i while i < tile, else sinks + (i - sinks) mod (tile - sinks);
//   up to full_up_to rows everything sees everything and row i has position i.
struct LongReading {
  std::vector<int64_t> left, right;  // [layers]
  int64_t sinks = 0;
  int64_t tile = 0;
  int64_t full_up_to = 0;
  int64_t passage_tokens = 254;

  int64_t Position(int64_t row) const;
  bool Sees(int64_t layer, int64_t i, int64_t j) const;
};

struct DenseModule {
  Linear linear;
  std::string activation;  // as ActivationOf takes it, "" for none
};

struct Encoder {
  int64_t hidden = 0;
  int64_t heads = 0;
  int64_t vocabulary = 0;
  int64_t pad_id = 0;
  double epsilon = 1e-12;
  bool pre_norm = false;
  std::string activation = "gelu";
  // Row i takes row i + position_offset of the table. RoBERTa in a whole text: the c-th id that is not pad_id
  // (c from 1) takes pad_id + c, and pad_id itself takes row pad_id.
  int64_t position_offset = 0;
  bool positions_by_padding_id = false;

  Values word_embedding;      // [vocabulary, hidden]
  Values position_embedding;  // [position rows, hidden]; empty: none
  Values type_embedding;      // [token types, hidden]; empty: none
  Values frequencies;         // [head_dim / 2] of rotary positions; empty: none
  Values alibi_slopes;        // [heads]; empty: none
  Norm embedding_norm;
  std::vector<EncoderLayer> layers;
  Norm final_norm;  // pre-norm only
  Linear pooler;    // outputs = 0: none

  // Modules of a sentence embedder, in order: pooling, dense layers, L2 norm.
  std::string pooling = "mean";  // "mean", "cls", "max", "mean_sqrt_len", "last"
  std::vector<DenseModule> dense;
  bool normalize = true;
  int64_t max_sequence_length = 0;  // 0: none given
  bool has_long_reading = false;
  LongReading long_reading;  // longwave.json
};

// One sequence of n rows.
struct EncoderInput {
  std::vector<int64_t> ids;    // [n]
  std::vector<int64_t> mask;   // [n], 1 = keep; empty: all 1
  std::vector<int64_t> types;  // [n]; empty: all 0
};

// The activation by the name that config.json gives it: "gelu" (exact), "gelu_new" and "gelu_pytorch_tanh",
// "relu", "silu" or "swish", "tanh", "" (none).
double ActivationOf(const std::string& name, double x);

// Position table row of every row.  // [n]
std::vector<int64_t> PositionRows(const Encoder& encoder, const std::vector<int64_t>& ids,
                                  const LongReading* reading);

// Hidden states after the embedding and after each layer, each [n, hidden]; the last includes final_norm.
// `reading` null: in full whatever the length. Otherwise more than full_up_to rows are read through the
// window. Works on as many threads as the machine has; every row's sums have one order, so the result does
// not change.
std::vector<Values> HiddenStates(const Encoder& encoder, const EncoderInput& input,
                                 const LongReading* reading = nullptr);

// tanh(W x_0 + b).   rows // [n, hidden]   returns // [hidden]
Values PoolerOutput(const Encoder& encoder, const Values& rows);

// Pooling over the rows with mask 1 (empty: all), then the remaining modules.   rows // [n, hidden]
Values SentenceEmbedding(const Encoder& encoder, const Values& rows, const std::vector<int64_t>& mask = {});
// A passage of a long text: mean of rows [begin, end), then the remaining modules.
Values PassageEmbedding(const Encoder& encoder, const Values& rows, int64_t begin, int64_t end);
// A long document: the normalised, unweighted mean of its passages' vectors.
Values DocumentEmbedding(const std::vector<Values>& passages);

// x / max(|x|, 1e-12).
Values Normalized(Values x);
double Cosine(const Values& x, const Values& y);

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_ENCODER_REFERENCE_H_
