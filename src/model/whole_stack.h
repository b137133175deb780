// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A stack over one whole sequence. Hidden rows lie in one buffer; attention takes keys and queries piece by piece where
// its mechanism can, so that beside keys and values nothing else is as long as the sequence.

#ifndef LONGWAVE_MODEL_WHOLE_STACK_H_
#define LONGWAVE_MODEL_WHOLE_STACK_H_

#include <cstdint>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "base/arena.h"
#include "base/context.h"
#include "model/block_rows.h"
#include "model/block_summaries.h"
#include "model/embedding.h"
#include "model/few_globals.h"
#include "model/stack_layers.h"
#include "model/weights.h"

namespace lwave::model {

// One thread at a time. Everything that is given must outlive it.
class WholeStack {
 public:
  struct Parts {
    const Context* context = nullptr;
    const StackSpec* spec = nullptr;
    const StackWeights* weights = nullptr;
    const StackLayers* layers = nullptr;
  };
  // For sequences of at most `rows` rows, beside at most `context_rows` rows of another where there is
  // cross-attention.
  WholeStack(Arena& arena, const Parts& parts, int64_t rows, int64_t context_rows);

  // What a sequence brings along for one block's attention: the buckets of a layer that hashes.
  struct Given {
    size_t block = 0;
    absl::Span<const int64_t> buckets;  // [heads, rounds, rows], those that pad included
  };

  // Of one block's attention, what its running state holds once it has seen the sequence; NotFound where it has no such
  // part.
  struct WantedPart {
    size_t block = 0;
    absl::string_view name;
    std::vector<float> numbers;
  };

  struct Input {
    int64_t rows = 0;
    const int32_t* ids = nullptr;          // [rows]
    const float* vectors = nullptr;        // [rows, hidden] in place of the ids' words; then ids may be null
    const int32_t* mask = nullptr;         // [rows] or null; 0 closes a row as a key
    const int32_t* token_types = nullptr;  // [rows] or null
    const int32_t* positions = nullptr;    // [rows] or null: 0, 1, 2 ...
    PositionRule rule;
    absl::Span<const int64_t> globals;     // rows that see, and are seen by, all; for layers that have such
    const float* context = nullptr;        // [context_rows, context width], for cross-attention
    const int32_t* context_mask = nullptr; // [context_rows] or null
    int64_t context_rows = 0;
    absl::Span<const Given> given;
    WantedPart* part = nullptr;  // filled where it is given
    // What each layer remembers of the rows before, where layers remember rows; null: what they begin with.
    const float* memory = nullptr;  // [memory_rows, hidden] of layer l at l * memory_stride
    int64_t memory_rows = 0, memory_stride = 0;
    // Where what they remember behind the last row goes; null: nowhere. As many rows as they remember then.
    float* next_memory = nullptr;  // of layer l at l * next_memory_stride
    int64_t next_memory_stride = 0;
    // Asked between blocks where it is given; true: Run ends with Cancelled.
    const absl::FunctionRef<bool()>* cancelled = nullptr;
  };
  // Called with the rows after the embedding (0) and after each block, the final norm included in the last.
  using Keep = absl::FunctionRef<void(int64_t state, const float* rows)>;

  // The rows // [rows, output_width], valid until the next call. Rows that pad the sequence stand behind them.
  absl::StatusOr<const float*> Run(const Input& input, Keep keep);

  int64_t max_rows() const { return rows_; }

 private:
  struct Source {  // of keys: the block's own rows, or another sequence's
    RowsView rows;
    const int32_t* mask;
    const int32_t* positions;
    const int32_t* types;
    int64_t count;
  };
  void Embed(const Input& input);
  // The same with closed rows behind, where the stack pads.
  Input Padded(const Input& input);
  absl::Status RunBlock(size_t index, const Input& input);
  // Keys and values of all of `source` go into the state.
  void FillKeys(attention::SequenceState& state, const AttentionSpec& spec, const AttentionWeights& weights,
                const Norm& before, const Source& source);
  absl::Status AllAtOnce(attention::SequenceState& state, size_t index, const Input& input);
  // What a layer with these rows remembers behind the last.
  void KeepMemory(size_t index, const Input& input) const;
  // Calls function(begin, rows, context, scratch) for parts of `count` rows, each on one thread with a context of its
  // own; for few rows on all threads together. What is computed of a row does not depend on it.
  template <typename Function>
  void ForParts(int64_t count, const Function& function);

  const Parts parts_;
  const int64_t rows_, context_rows_;  // the first with rows that pad
  const int64_t width_;  // of a row of x_
  int64_t piece_ = 0;
  bool all_at_once_ = false;  // some layer cannot take pieces
  absl::Span<float> x_;                // [rows, width]
  absl::Span<int32_t> table_rows_;     // [rows]
  absl::Span<int32_t> zero_ids_;       // [rows], where vectors are given
  absl::Span<int32_t> padded_mask_, padded_positions_;  // [rows], where the stack pads
  absl::Span<float> q_, k_, v_, heads_;  // [piece, width], or [rows, width] where some layer takes all at once
  absl::Span<std::byte> state_, cross_state_;
  FewGlobals few_;
  int64_t few_most_ = 0;
  Context serial_;                          // of one thread
  BlockSummaries summaries_;
  BlockScratch scratch_;                    // of all threads together
  std::vector<BlockScratch> part_scratch_;  // of each
};

// One sequence once, in storage of its own that is given back: `take` sees the rows before.
absl::Status RunOnce(const WholeStack::Parts& parts, const WholeStack::Input& input,
                     absl::FunctionRef<void(const float* rows)> take);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_WHOLE_STACK_H_
