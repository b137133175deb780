// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A transformer whose every choice is a setting, in double and plain loops: the oracle of the generic encoder and
// decoder. Attention is a function of the rows that it reads, so that any kind can stand there. Includes nothing of
// ours.
//
//   embedding   x_i = [norm](word[id_i] + position[i] + type[t_i])
//   pre-norm    a = x + attention(norm(x));  y = a + mlp(norm(a)); one norm at the end
//   post-norm   a = norm(x + attention(x));  y = norm(a + mlp(a))
//   mlp         W_2 act(W_1 x + b_1) + b_2, or W_2 (act(W_g x + b_g) * (W_1 x + b_1)) + b_2

#ifndef LONGWAVE_TESTS_REFERENCE_STACK_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_STACK_REFERENCE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "encoder_reference.h"

namespace lwave::reference {

struct Stack {
  int64_t hidden = 0, heads = 0, kv_heads = 0, head_dim = 0, inner = 0, layers = 0, vocabulary = 0;
  bool pre_norm = true, rms = false, gated = false;
  double epsilon = 1e-5;
  double rotary_theta = 0;  // 0: none; channels t and t + head_dim / 2 turn by position * theta^(-2t / head_dim)
  std::string activation = "gelu";
  // By the names of the checkpoint: embeddings.words, layers.N.attention.query.weight ... A tensor that is not there is
  // left out of the sum that it belongs to.
  std::map<std::string, std::vector<float>> tensors;
};

// x W^T + b of the tensors name.weight and name.bias.   x // [rows, inputs]
Values ApplyNamed(const Stack& stack, const std::string& name, const Values& x, int64_t rows, int64_t outputs);

// What attention reads of layer N: queries, keys and values of heads, turned where positions are rotary.
struct Heads {
  std::vector<float> q;     // [rows, heads, head_dim]
  std::vector<float> k, v;  // [rows, kv_heads, head_dim]
};
Heads ProjectHeads(const Stack& stack, int64_t layer, const Values& rows);
// The output's projection.   heads // [rows, heads, head_dim]
Values ProjectOutput(const Stack& stack, int64_t layer, const std::vector<double>& heads);

// What is added to the rows: attention with its projections.   rows // [n, hidden], normed where the norm is in front
using LayerAttention = std::function<Values(int64_t layer, const Values& rows)>;

// Hidden states after the embedding and after each layer, the final norm included in the last.
std::vector<Values> StackStates(const Stack& stack, const std::vector<int64_t>& ids, const std::vector<int64_t>& types,
                                const LayerAttention& attention);
// Scores of words: rows E^T + b with the words' table.   rows // [n, hidden]
Values StackLogits(const Stack& stack, const Values& rows);

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_STACK_REFERENCE_H_
