// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// One attention layer, whatever its mechanism: whole sequences through Forward, or one sequence piece by piece
// through a SequenceState. Forward is a SequenceState that is given everything at once, so the two agree to the bit
// by construction.
//
// Rows come in as q, k, v, or as hidden rows x where the layer has projection weights: then x is passed as q and
// there is no k and v.

#ifndef LONGWAVE_ATTENTION_LAYER_H_
#define LONGWAVE_ATTENTION_LAYER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "attention/options.h"
#include "base/arena.h"
#include "base/context.h"
#include "memory/parts.h"
#include "memory/snapshot.h"

namespace lwave::attention {

// Numbers of a row of each input and of the output; 0: the layer takes no such input.
struct RowWidths {
  int64_t q = 0, k = 0, v = 0, out = 0;
};

// Consecutive rows of one sequence.
struct InputRows {
  const float* q = nullptr;        // [rows, q width]
  const float* k = nullptr;        // [keys, k width]
  const float* v = nullptr;        // [keys, v width]
  const int32_t* mask = nullptr;   // [keys], 0 closes; null: all are real
  int64_t rows = 0;
  int64_t keys = 0;  // equal to rows but in cross-attention
  const int32_t* types = nullptr;  // [keys], of layers that tell token types apart; null: they are not told apart
};

// A layer's running state over one sequence. It lives on an arena and allocates nothing. One thread at a time.
class SequenceState {
 public:
  virtual ~SequenceState() = default;

  // The whole sequence at once, on a fresh state.   out // [rows, out width]
  virtual absl::Status Whole(const InputRows& input, float* out) = 0;
  // The same in pieces, where the state can do so: WholeBegin with the numbers of all rows and keys, all keys in
  // ascending order, then all queries. QueryPiece: rows of q that one piece should have, 0 where the state cannot.
  virtual int64_t QueryPiece() const { return 0; }
  virtual absl::Status WholeBegin(int64_t /*rows*/, int64_t /*keys*/) { return absl::OkStatus(); }
  virtual void WholeKeys(const InputRows& /*piece*/) {}
  virtual void WholeQueries(const float* /*q*/, int64_t /*rows*/, float* /*out*/) {}
  // Takes rows and gives those that became final. *full: there was no room for one that is ready.
  //   out // [capacity, out width]
  virtual absl::Status Step(const InputRows& input, int64_t* taken, float* out, int64_t capacity, int64_t* written,
                            bool* full) = 0;
  virtual absl::Status Finish(float* out, int64_t capacity, int64_t* written, bool* full) = 0;
  // Ends a segment where the caller's input says so.
  virtual absl::Status EndSegment() {
    return absl::FailedPreconditionError("the layer has no explicit segments");
  }

  // The tokens that every row sees and that see every row, instead of those of the layer's option; ascending, on a
  // fresh state, before anything else. Allocates nothing.
  virtual absl::Status SetGlobals(absl::Span<const int64_t> /*tokens*/) {
    return absl::FailedPreconditionError("the layer takes no global tokens of a sequence's own");
  }
  // The random blocks of this sequence, instead of the layer's plan; as above.   blocks // [heads, blocks - 2, random]
  virtual absl::Status SetRandomBlocks(absl::Span<const int64_t> /*blocks*/) {
    return absl::FailedPreconditionError("the layer has no random blocks");
  }
  // The hash buckets of this sequence, instead of hashing its rows; as above.   buckets // [heads, rounds, rows]
  virtual absl::Status SetBuckets(absl::Span<const int64_t> /*buckets*/) {
    return absl::FailedPreconditionError("the layer has no hash buckets");
  }
  // The rows that are remembered in front of the first, instead of what the layer begins with; as above.
  //   rows // [any number up to the memory's, row width]
  virtual absl::Status SetMemory(absl::Span<const float> /*rows*/) {
    return absl::FailedPreconditionError("the layer remembers no rows");
  }
  // Where rows hold two sets of heads: whether the second query of a row of this sequence, and whether any second key
  // or value is ever read.
  virtual bool UsesSecondQuery(int64_t /*row*/) const { return true; }
  virtual bool UsesSecondKeys() const { return true; }

  // Rows that Step takes before it says that the memory is full.
  virtual int64_t Room() const { return INT64_MAX; }
  virtual int64_t position() const = 0;  // rows taken
  virtual int64_t emitted() const = 0;   // rows given
  virtual bool finished() const = 0;

  virtual absl::Status Save(memory::SnapshotWriter& writer) const = 0;
  virtual absl::Status Load(const memory::SnapshotReader& reader) = 0;
  // Becomes as another state of the same layer and sizes, whose sequence is not finished. Without an allocation where the
  // mechanism can, else through a snapshot.
  virtual absl::Status CopyFrom(const SequenceState& other);
  // What the state holds now, payload and pending rows alone: the rest follows from its arena.
  virtual std::vector<memory::Part> Parts() const = 0;
  // Back to the beginning: the state, snapshots of it included, is as a new one. Allocates nothing, cannot fail.
  virtual void Reset() = 0;
  // One part as numbers, rows from oldest to newest; NotFound when there is none of this name.
  virtual absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const;
  // How many numbers ReadPart gives once a new state has seen a sequence of so many rows, as Whole takes it; a state over a
  // measuring arena can say it.   remembered: rows of SetMemory; -1: it was not called
  virtual absl::StatusOr<int64_t> PartSize(absl::string_view name, int64_t rows, int64_t remembered) const;
};

struct LayerPlan {
  int64_t bytes = 0;
  int64_t load_bytes = 0;
  int64_t first_rows = 0;   // row 0 leaves once this row is in; -1: only when the sequence is finished
  int64_t steady_rows = 0;  // row i needs row i + steady_rows; -1: as above
};

// Immutable after it is made; any number of threads.
class Layer : public std::enable_shared_from_this<Layer> {
 public:
  Layer(ContextPtr context, std::string mechanism, Options options)
      : context_(std::move(context)), mechanism_(std::move(mechanism)), options_(std::move(options)) {}
  virtual ~Layer() = default;

  virtual RowWidths widths() const = 0;
  // Whether q may have another number of rows than k and v.
  virtual bool cross() const { return false; }
  // Whether rows of q, k and v hold two sets of heads.
  virtual bool two_sets() const { return false; }
  // A state over `rows` rows and `keys` keys at once, for Whole.
  virtual std::unique_ptr<SequenceState> MakeWhole(Arena& arena, int64_t rows, int64_t keys) const = 0;
  // A state for Step; Unimplemented with the reason where the layer cannot stream.
  virtual absl::Status CanStream() const = 0;
  virtual std::unique_ptr<SequenceState> MakeStream(Arena& arena) const = 0;
  virtual LayerPlan Latency() const { return LayerPlan(); }  // without the bytes
  // Numbers that belong to the layer rather than to a sequence, such as masks of spans.
  virtual absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const;

  // Bytes of the allocator that the layer itself keeps for all sequences: packed weights, tables.
  virtual int64_t OwnBytes() const { return 0; }

  // Whether Forward's scratch must be zeroed before every use.
  virtual bool NeedsZeros() const { return true; }
  // Bytes that Forward needs as scratch.
  int64_t ForwardBytes(int64_t rows, int64_t keys) const;
  // input.rows and keys of each of `batch` sequences, one after another.   scratch // ForwardBytes, zeroed where NeedsZeros
  absl::Status Forward(const InputRows& input, int64_t batch, absl::Span<std::byte> scratch, float* out) const;

  absl::StatusOr<LayerPlan> Plan() const;
  std::string DescribeJson() const;

  const Context& context() const { return *context_; }
  const ContextPtr& context_ptr() const { return context_; }
  const std::string& mechanism() const { return mechanism_; }
  const Options& options() const { return options_; }

 private:
  const ContextPtr context_;
  const std::string mechanism_;
  const Options options_;
};

using LayerPtr = std::shared_ptr<const Layer>;

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_LAYER_H_
