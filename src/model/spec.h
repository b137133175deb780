// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What a model is, as data. A checkpoint family (families/*.cc) translates config.json and tensor names into
// one ModelSpec; one executor runs every spec, whole or streaming. A new family is one small file.

#ifndef LONGWAVE_MODEL_SPEC_H_
#define LONGWAVE_MODEL_SPEC_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernels/gemm.h"

namespace lwave::model {

// Where a tensor stands in the checkpoint and what shape it must have there. An empty name: the model has none.
struct TensorName {
  std::string name;
  explicit operator bool() const { return !name.empty(); }
};

// y = x W^T + bias.   weight // [outputs, inputs], in rows or in panels (see checkpoint.h)   bias // [outputs]
// The tensor may hold several such matrices, one below the other (`rows` rows in all, of which this one begins at
// `first`), and may be stored the other way round, [inputs, rows], as GPT-2's are.
struct LinearSpec {
  TensorName weight;
  TensorName bias;  // may be empty
  int64_t outputs = 0;
  int64_t inputs = 0;
  bool transposed = false;
  int64_t first = 0;
  int64_t rows = 0;  // 0: `outputs`, the matrix is the whole tensor
  int64_t split = 0;  // the tensor has three dimensions, its second and third being heads and their numbers: how many heads

  explicit operator bool() const { return bool{weight}; }
  int64_t stored_rows() const { return rows == 0 ? outputs : rows; }
  bool plain() const { return !transposed && rows == 0; }
  // What the tensor is called in a file of panels, where every matrix has a tensor of its own.
  std::string PanelName() const;
};

// Layer norm:  (x - mean) / sqrt(variance + epsilon) * gain + bias;   RMS norm: x / sqrt(mean of x^2 + epsilon) * gain
enum class NormKind : int32_t { kLayer = 0, kRms = 1 };

// gain, bias // [width]
struct NormSpec {
  TensorName gain;
  TensorName bias;  // may be empty
  NormKind kind = NormKind::kLayer;
  bool gain_plus_one = false;  // the stored gain is what is added to 1 (Gemma)
  float epsilon = 0;           // 0: the model's norm_epsilon
  int64_t width = 0;           // 0: hidden

  explicit operator bool() const { return bool{gain}; }
};

// Where the layer norms stand: after each residual sum (BERT), or before attention and MLP (GPT-2) with one
// more norm at the end.
enum class NormPlacement : int32_t { kPost = 0, kPre = 1 };

struct LayerSpec {
  LinearSpec query, key, value, attention_output;
  NormSpec attention_norm;  // kPost: after the attention residual; kPre: before attention
  LinearSpec mlp_up, mlp_down;
  NormSpec mlp_norm;  // kPost: after the MLP residual; kPre: before the MLP
};

// How token positions index the position table. Row i (counted from 0, folded by the reading where it tiles
// positions) uses table row i + offset; with `by_padding_id` (RoBERTa, whole sequences) a padding id takes
// table row pad_id and is not counted.
struct PositionSpec {
  int64_t table_rows = 0;  // max_position_embeddings
  int64_t offset = 0;
  bool by_padding_id = false;
  int64_t usable() const { return table_rows - offset; }
};

enum class Pooling : int32_t { kNone = 0, kMean = 1, kCls = 2, kMax = 3, kMeanSqrtLength = 4, kLastToken = 5 };

struct DenseModuleSpec {
  LinearSpec linear;  // tensors of the module's own checkpoint file (folder/model.safetensors)
  kernels::Activation activation = kernels::Activation::kNone;
  std::string folder;
};

// modules.json of a sentence embedder; absent: the model has no sentence embedding of its own and mean pooling
// with L2 norm is used, which `info` says.
struct SentenceSpec {
  bool declared = false;  // false: no modules.json
  Pooling pooling = Pooling::kMean;
  std::vector<DenseModuleSpec> dense;  // applied in order after pooling
  bool normalize = true;
  int64_t max_sequence_length = 0;  // sentence_bert_config.json; 0: none given
};

// `longwave.json`, key "long": how text beyond full_up_to rows is read (interfaces.md section 2).
struct LongReading {
  std::vector<int64_t> left, right;  // one number a layer
  int64_t sinks = 0;
  int64_t tile = 0;
  int64_t full_up_to = 0;
  int64_t passage_tokens = 254;
};

struct StackSpec;
struct HeadSpec;

struct ModelSpec {
  std::string family;        // "bert", "roberta"
  std::string architecture;  // as config.json names it
  int64_t hidden = 0;
  int64_t heads = 0;
  int64_t head_dim = 0;
  int64_t intermediate = 0;
  int64_t vocabulary = 0;
  int64_t token_types = 0;
  int64_t pad_id = 0;
  PositionSpec positions;
  float norm_epsilon = 1e-12f;
  NormPlacement norm_placement = NormPlacement::kPost;
  kernels::Activation activation = kernels::Activation::kGelu;

  TensorName word_embedding;      // [vocabulary, hidden]
  TensorName position_embedding;  // [positions.table_rows, hidden]
  TensorName type_embedding;      // [token_types, hidden]
  NormSpec embedding_norm;
  std::vector<LayerSpec> layers;
  NormSpec final_norm;  // kPre only
  LinearSpec pooler;    // weight.name empty: none. pooler_output = tanh(x[0] W^T + b)

  SentenceSpec sentence;
  std::optional<LongReading> long_reading;

  // Families beyond the plain encoder above (stack_spec.h): then `layers` is empty and these say everything.
  std::shared_ptr<const StackSpec> stack;    // the encoder, or the only stack of a causal model
  std::shared_ptr<const StackSpec> decoder;  // of encoder-decoder models
  int64_t decoder_start_id = 0;  // stands before the decoder's ids, and before the source's where none are given
  std::shared_ptr<const HeadSpec> head;      // null: none
  int64_t decoder_start = -1;                // the id that a decoder begins with; -1: not said

  int64_t layer_count() const;  // of `stack` where there is one
  int64_t row_width() const;    // of the rows that come out: of the decoder where there is one
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_SPEC_H_
