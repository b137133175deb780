// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Attention sublayers that are defined by segments, as their papers write them: Transformer-XL (Dai et al. 2019),
// Compressive Transformer (Rae et al. 2020) and position-infused attention (Press et al. 2021, Shortformer), one
// segment after another, in double and plain loops. The oracle of these layers; includes nothing of ours.

#ifndef LONGWAVE_TESTS_REFERENCE_SEGMENTS_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_SEGMENTS_REFERENCE_H_

#include <cstdint>
#include <string>
#include <vector>

namespace lwave::reference {

using Matrix = std::vector<std::vector<double>>;

// What all three have. Weights are [out, in], used as y = x W^T + b.
struct SegmentProblem {
  int64_t heads = 1, head_dim = 1, d_model = 1;
  std::vector<int64_t> segments;  // lengths; their sum is the number of rows
  std::vector<float> x;           // [rows, d_model]
};

// After each segment.
struct SegmentResult {
  Matrix rows;                          // the memory's (pia: the cache's), oldest first
  Matrix compressed;                    // compressive
  std::vector<double> usage;            // of the memory's rows, compressive
  double loss = 0;                      // attention reconstruction
  double autoencoding_loss = 0;
  std::vector<std::vector<double>> mass;  // [parts of what rows see, oldest first][heads]: mean weight of its rows
};

struct SegmentTrace {
  Matrix out;                           // [rows][d_model]
  std::vector<SegmentResult> segments;
};

struct XlProblem : SegmentProblem {
  int64_t mem_len = 0;
  int64_t clamp_len = 0;         // 0: distances are not cut
  bool same_length = false;      // a row sees mem_len rows, itself included
  bool zeros = false;            // begins with mem_len rows of zeros
  std::string wrap = "none";     // or "post_norm", "pre_norm"
  double ln_eps = 1e-5;
  std::vector<float> w_qkv, w_o, w_r, bias_u, bias_v, ln_weight, ln_bias;
};
//   rows = [memory; segment];  score = ((q_i + u).k_j + (q_i + v).w_r R(i - j)) / sqrt(d), j <= i
SegmentTrace TransformerXl(const XlProblem& problem);

struct CompressiveProblem : SegmentProblem {
  int64_t mem_len = 0, cmem_len = 0, ratio = 1;
  std::string function = "mean";  // max, conv, dilated_conv, most_used
  bool table = false;             // positions: pos, else w_r, bias_u, bias_v as transformer_xl has them
  std::vector<float> w_qkv, w_o, b_o, w_r, bias_u, bias_v;
  std::vector<float> pos;         // [heads, distances, head_dim]
  // conv: one layer of kernel = stride = ratio without padding; dilated_conv: several.
  struct Convolution {
    int64_t kernel = 1, stride = 1, dilation = 1;
    std::vector<float> weight, bias;  // [d out, d in, kernel], [d]
  };
  std::vector<Convolution> convolutions;
  std::vector<float> decoder_weight, decoder_bias;  // [d out, d in, ratio], [d]; empty: no autoencoding loss
};
SegmentTrace Compressive(const CompressiveProblem& problem);

struct PiaProblem : SegmentProblem {
  int64_t cache_len = 0;
  std::vector<float> pos;  // [positions, d_model]
  std::vector<float> w_q, w_k, w_v, w_o, b_q, b_k, b_v, b_o;
};
SegmentTrace Pia(const PiaProblem& problem);

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_SEGMENTS_REFERENCE_H_
