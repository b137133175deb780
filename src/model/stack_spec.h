// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A transformer as data, beyond the plain encoder of spec.h: a stack of blocks, each of which is attention, perhaps
// attention over another sequence, and an MLP, with norms where the family has them. One executor (whole_stack.h,
// stack_memory.h) runs every stack; a family is what fills this in.

#ifndef LONGWAVE_MODEL_STACK_SPEC_H_
#define LONGWAVE_MODEL_STACK_SPEC_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "attention/rotary.h"
#include "model/spec.h"

namespace lwave::model {

// An option of an attention layer (attention/mechanisms.h), by its name there.
struct AttentionOption {
  std::string name;
  std::vector<int64_t> ints;
  std::vector<float> floats;
  double number = 0;
  std::string text;
  enum class Kind : int32_t { kInts, kFloats, kNumber, kText } kind = Kind::kInts;

  static AttentionOption Ints(std::string name, std::vector<int64_t> values);
  static AttentionOption Number(std::string name, double value);
  static AttentionOption Text(std::string name, std::string value);
  static AttentionOption Floats(std::string name, std::vector<float> values);
};

// An option whose numbers are tensors of the checkpoint, read when layers are made.
struct AttentionTensor {
  std::string option;
  std::vector<TensorName> tensors;  // one below the other
  std::vector<int64_t> shape;       // of each; empty: as the file has it
  bool transposed = false;          // [a, b] in the file, [b, a] as the option wants it
  int64_t first = 0, rows = 0;      // the rows of each that are taken, of the matrix as the option wants it; 0: all
};

// Attention of one block: q, k, v = projections of the rows, norms over heads, rotary positions; then the mechanism;
// then the output's projection. heads, kv_heads, head_dim, value_dim and scale stand in fields of their own and are
// set as options by the executor.
struct AttentionSpec {
  std::string mechanism = "full";
  std::vector<AttentionOption> options;
  std::vector<AttentionTensor> tensors;
  int64_t heads = 0, kv_heads = 0, head_dim = 0, value_dim = 0;  // kv_heads, value_dim 0: as heads, head_dim
  double scale = 0;                                              // 0: head_dim^-1/2
  LinearSpec query, key, value;  // key empty: the query is the key as well (Reformer)
  LinearSpec output;
  LinearSpec global_query, global_key, global_value;  // Longformer's second set
  NormSpec query_norm, key_norm;                      // over each head
  std::optional<attention::Rotary> rotary;            // by position in the sequence
  // The mechanism has its own projections (transformer_xl, compressive, pia): rows go in, rows come out.
  bool takes_rows = false;
  // Keys and values are those of the remembered rows (StackSpec::memory_rows) as well, in front (XLNet).
  bool sees_memory = false;
  // With takes_rows: what comes out are the block's next rows; residual and norms are the mechanism's as well.
  bool replaces_rows = false;
  // Each block of so many rows gives one key and value more, from the norm of the sum of its normed rows (LongT5). 0: none.
  int64_t summary_block = 0;
  NormSpec summary_norm;
  // Width of the rows that are given: of cross-attention the other sequence's, with takes_rows the block's own.
  int64_t context_width = 0;

  int64_t key_heads() const { return kv_heads == 0 ? heads : kv_heads; }
  int64_t values() const { return value_dim == 0 ? head_dim : value_dim; }
};

// y = down(act(up x)), or down(act(gate x) * up x) where there is a gate.
struct MlpSpec {
  LinearSpec up, gate, down;
  kernels::Activation activation = kernels::Activation::kGelu;
};

// Norms around f in  y = after(x + branch(f(before(x)))); each may be absent.
struct ResidualSpec {
  NormSpec before, branch, after;
};

struct BlockSpec {
  AttentionSpec attention;
  ResidualSpec attention_residual;
  std::optional<AttentionSpec> cross;
  ResidualSpec cross_residual;
  MlpSpec mlp;
  ResidualSpec mlp_residual;
};

// One part of an adaptive embedding (Transformer-XL): ids [begin, end) of a table of its own width.
struct EmbeddingCluster {
  int64_t begin = 0, end = 0;
  int64_t width = 0;
  TensorName table;       // [end - begin, width]
  LinearSpec projection;  // width -> hidden; may be empty
};

// From ids to the first block's rows: norm(scale * projection(word) + position + type).
struct EmbeddingSpec {
  TensorName words;  // [vocabulary, width]; empty: clusters
  std::vector<EmbeddingCluster> clusters;
  int64_t width = 0;         // 0: hidden
  LinearSpec projection;     // width -> hidden; may be empty
  double scale = 1;          // of what comes out of the projection
  TensorName positions;      // [position_spec.table_rows, hidden]; empty: none
  PositionSpec position_spec;
  int64_t pad_id = 0;        // for positions by padding
  TensorName types;          // [token_types, hidden]; empty: none
  int64_t token_types = 0;
  // Axial positions (Reformer): row i adds the numbers of table k at digit k of i, side by side; the last digit turns
  // fastest.   tables // [shape[k], dims[k]]
  std::vector<TensorName> axial_tables;
  std::vector<int64_t> axial_shape, axial_dims;
  NormSpec norm;
};

struct StackSpec {
  int64_t hidden = 0;
  int64_t vocabulary = 0;
  int64_t max_positions = 0;  // most rows of a sequence; 0: no bound of its own
  float norm_epsilon = 1e-12f;
  EmbeddingSpec embedding;
  std::vector<BlockSpec> blocks;
  NormSpec final_norm;
  // Two streams (Reformer): a' = a + attention(b), b' = b + mlp(a'); rows are [a, b], 2 hidden wide at the end.
  bool reversible = false;
  bool causal = false;  // a row depends on rows up to itself alone: can generate
  // Sequences of more than pad_above rows get rows behind them that are closed, up to a multiple of pad_multiple
  // (Reformer's chunks). 0: none.
  int64_t pad_multiple = 0, pad_above = 0;
  // Rows that each block's attention remembers of what came before, the newest of those it was given (Transformer-XL);
  // 0: none. `memory_of_zeros`: where none are given, it begins with as many rows of zeros.
  int64_t memory_rows = 0;
  bool memory_of_zeros = false;
  bool types_in_attention = false;  // attention tells token types apart, whatever their numbers (XLNet)

  int64_t PaddedRows(int64_t rows) const {
    return pad_multiple == 0 || rows <= pad_above ? rows : (rows + pad_multiple - 1) / pad_multiple * pad_multiple;
  }
  int64_t output_width() const { return reversible ? 2 * hidden : hidden; }
};

// ---- heads ----

enum class HeadTask : int32_t { kMaskedLm = 10, kCausalLm = 20, kSequence = 30, kToken = 40, kQuestion = 50 };
enum class HeadInput : int32_t {
  kRows = 0,      // every row
  kFirstRow = 1,  // the sequence's first
  kPooler = 2,    // the pooler's output
  kLastRow = 3,   // the last that the mask keeps; where there is a pad_id, the last whose id is another
  kLastEnd = 4,   // the last whose id is the end token
  kMeanRow = 5,   // the mean of those that the mask keeps
};

// x -> norm(act(linear x)), or with `residual` norm(act(linear x) + what the head was given); each part may be absent.
struct HeadStep {
  LinearSpec linear;
  kernels::Activation activation = kernels::Activation::kNone;
  bool residual = false;
  NormSpec norm;
  int64_t width = 0;  // of what comes out
};

// Adaptive softmax (Transformer-XL): log-probabilities over clusters of ids.
struct AdaptiveSoftmaxSpec {
  struct Cluster {
    int64_t begin = 0, end = 0, width = 0;
    LinearSpec projection;  // hidden -> width; may be empty
    LinearSpec output;      // width -> end - begin
  };
  std::vector<Cluster> clusters;  // the first is the shortlist, whose output holds one more row for each other cluster
  LinearSpec cluster_output;      // width of the first -> clusters - 1
};

// Tokens that are global where a run of the head names none.
enum class DefaultGlobals : int32_t {
  kNone = 0,
  kFirstRow = 1,
  kQuestion = 2,  // those before the first of exactly three separators
};

struct HeadSpec {
  HeadTask task = HeadTask::kMaskedLm;
  HeadInput input = HeadInput::kRows;
  std::vector<HeadStep> steps;
  TensorName final_bias;  // [outputs], added to what the last step gives
  double soft_cap = 0;    // tanh(x / cap) * cap; 0: none
  std::optional<AdaptiveSoftmaxSpec> adaptive;
  int64_t outputs = 0;  // numbers for each row or sequence
  int64_t end_id = -1;  // kLastEnd
  int64_t pad_id = -1;  // kLastRow
  DefaultGlobals default_globals = DefaultGlobals::kNone;
  int64_t separator_id = -1;  // kQuestion, and for the next
  // Tokens up to the first separator are a question (BigBird): its scores, but for the first row's, are lowered by so
  // much, and where a run gives no token types those behind it are of type 1. 0: none of this.
  double question_penalty = 0;
  std::vector<std::string> labels;
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_STACK_SPEC_H_
