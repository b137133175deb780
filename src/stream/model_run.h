// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Whole sequences through a model, whatever its family: rows, hidden states, pooler, sentence embedding, the head's
// scores. What a C API workspace holds.

#ifndef LONGWAVE_STREAM_MODEL_RUN_H_
#define LONGWAVE_STREAM_MODEL_RUN_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/allocator.h"
#include "base/arena.h"
#include "model/heads.h"
#include "model/sentence.h"
#include "model/stack_layers.h"
#include "model/whole_encoder.h"
#include "model/whole_stack.h"
#include "stream/model.h"

namespace lwave::stream {

// Of an output; nothing is allocated for it.
using RunShape = absl::InlinedVector<int64_t, 5>;

enum class RunOutput : int32_t {
  kLastHiddenState,         // [batch, tokens, width]; of the decoder where there is one
  kHiddenStates,            // [layers + 1, batch, tokens, width], likewise
  kPoolerOutput,            // [batch, hidden]
  kSentenceEmbedding,       // [batch, embedding width]
  kQueries, kKeys, kValues, // [layers, batch, tokens, heads, head_dim], plain encoders only
  kLogits,                  // [batch, outputs], or [batch, rows, outputs]
  kEncoderLastHiddenState,  // [batch, tokens, width] of an encoder-decoder's encoder
  kEncoderHiddenStates,     // [encoder layers + 1, batch, tokens, width]
  kMemories,                // [layers, batch, remembered rows, hidden]
};

// Whole sequences. Null: not given.
struct RunInput {
  int64_t batch = 0, tokens = 0;
  const int32_t* ids = nullptr;          // [batch, tokens]
  const float* vectors = nullptr;        // [batch, tokens, hidden] in place of the ids' words
  const int32_t* mask = nullptr;         // [batch, tokens]
  const int32_t* token_types = nullptr;  // [batch, tokens]
  const int32_t* positions = nullptr;    // [batch, tokens]
  const int32_t* globals = nullptr;      // [batch, tokens], 1: a global token
  int64_t decoder_tokens = 0;
  const int32_t* decoder_ids = nullptr;   // [batch, decoder_tokens]; null: the start id, then ids but the last
  const int32_t* decoder_mask = nullptr;  // [batch, decoder_tokens]
  absl::Span<const int64_t> rows;         // kLogits of heads over rows: only these; empty: all
  // [layers, batch, any number of rows up to the model's, hidden]: what kMemories gave for the segment before; empty:
  // what the model begins with.
  absl::Span<const float> memories;
};

// One thread at a time.
class ModelRun {
 public:
  // Bytes for at most so many rows; of the decoder's no more than it has positions for.
  static absl::StatusOr<int64_t> Plan(const Model& model, int64_t batch, int64_t tokens, int64_t decoder_tokens);
  // extra: options of layers beside the model's own; "buckets", of each sequence, are no option but go with the run.
  static absl::StatusOr<std::unique_ptr<ModelRun>> Create(ModelPtr model, int64_t batch, int64_t tokens,
                                                          int64_t decoder_tokens,
                                                          absl::Span<const model::LayerOption> extra);

  // The output's shape; Unimplemented where the model has no such output.
  static absl::StatusOr<RunShape> Shape(const Model& model, const RunInput& input, RunOutput output);
  // InvalidArgument naming what is wrong: ids, masks, types, positions, and of the decoder what the output needs.
  static absl::Status Check(const Model& model, const RunInput& input, RunOutput output);

  // window: of plain encoders, null where every row sees every row.   result // of Shape
  absl::Status Run(const RunInput& input, const model::Reading* window, RunOutput output, float* result);

  // What the attention of one layer held after it saw each sequence, one after another, or numbers that belong to the
  // layer itself, once. NotFound where it has no such part.
  absl::StatusOr<std::vector<float>> ReadPart(const RunInput& input, int64_t layer, absl::string_view name);
  // How many they are, before anything is computed. extra: as Create.
  static absl::StatusOr<int64_t> PartSize(const Model& model, const RunInput& input,
                                          absl::Span<const model::LayerOption> extra, int64_t layer,
                                          absl::string_view name);

  const Model& model() const { return *model_; }
  int64_t max_batch() const { return batch_; }
  int64_t max_tokens() const { return tokens_; }
  int64_t max_decoder_tokens() const { return decoder_tokens_; }

 private:
  explicit ModelRun(ModelPtr model) : model_(std::move(model)) {}
  void LayOut(Arena& arena, const model::Weights& weights, const model::HeadWeights& head);
  static absl::Status CheckPart(const Model& model, int64_t layer);
  absl::Status MakeLayersOf(const Model& model, absl::Span<const model::LayerOption> extra);

  absl::Status RunEncoder(const RunInput& input, const model::Reading* window, RunOutput output, float* result);
  // The global tokens of a sequence, into globals_: those that are given, else those that the head takes by itself.
  absl::StatusOr<size_t> FindGlobals(const RunInput& input, int64_t row, RunOutput output);
  absl::Status RunStacks(const RunInput& input, int64_t row, RunOutput output, float* result);
  absl::Status Finish(const RunInput& input, int64_t row, const float* rows, int64_t count, const int32_t* ids,
                      const int32_t* mask, RunOutput output, float* result);
  // Rows that the mask keeps become one, in pooled_.   rows // [count, width]
  void PoolRows(model::Pooling pooling, const float* rows, int64_t count, const int32_t* mask);
  absl::Status Head(const RunInput& input, int64_t row, const float* rows, int64_t count, const int32_t* ids,
                    const int32_t* mask, float* result);

  const ModelPtr model_;
  const model::Weights* weights_ = nullptr;
  const model::HeadWeights* head_weights_ = nullptr;
  int64_t batch_ = 0, tokens_ = 0, decoder_tokens_ = 0;
  Buffer<std::byte> storage_;
  model::StackLayers layers_, decoder_layers_;
  std::optional<model::WholeEncoder> encoder_;
  std::optional<model::WholeStack> stack_, decoder_;
  absl::Span<int64_t> globals_;  // [tokens]
  absl::Span<int32_t> types_;    // [tokens] where the head may say them
  absl::Span<int32_t> shifted_;  // [decoder_tokens]
  std::vector<model::LayerOption> buckets_;  // [batch, heads, rounds, rows] of some layers
  std::vector<model::WholeStack::Given> given_;
  model::WholeStack::WantedPart* part_ = nullptr;  // what RunStacks is for, where not rows
  model::ModuleScratch modules_;
  model::PoolState pool_;
  absl::Span<float> pooled_;  // [hidden]
  model::HeadScratch head_;
};

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_MODEL_RUN_H_
