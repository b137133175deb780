// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Layers of softmax attention over q, k and v: a pattern, a bias, rotary positions, and how far rows reach. From the
// last follow what a memory keeps and when a row leaves:
//   row i leaves once row max(i + right, wait_for - 1) is in; keys more than `left` behind it are dropped, except for
//   the first `pinned` places. A layer without these bounds keeps everything and is created for max_tokens.
// Payload of a memory: kv_heads (head_dim + value_dim) f32 for every kept row, of both sets where there are two; the
// queries that wait are pending.

#ifndef LONGWAVE_ATTENTION_TILE_LAYER_H_
#define LONGWAVE_ATTENTION_TILE_LAYER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "attention/attend.h"
#include "attention/layer.h"
#include "attention/rotary.h"
#include "attention/strided.h"

namespace lwave::attention {

struct TileSpec {
  int64_t heads = 1;
  int64_t kv_heads = 1;
  int64_t head_dim = 1;
  int64_t value_dim = 1;
  float scale = 1;
  kernels::NumberType store = kernels::NumberType::kF32;  // what keys and values are rounded to: f32 or bf16
  // Rows of q, k and v hold another `heads` heads behind the first, for rows and keys with projections of their own.
  bool two_sets = false;
  bool zero_closed_rows = true;  // a row that the mask closes gives zeros; false: the mask closes keys alone
  bool cross = false;            // q may have another number of rows than k and v
  bool queries_are_last = false; // then the rows of q are the last of the keys; otherwise row i is query_offset + i
  int64_t query_offset = 0;
  std::optional<Rotary> rotary;

  // Places: position j lies at place lead + j, and from position `split` on at lead + gap + j. Zero rows are there
  // from the beginning where zero_lead says so.
  int64_t lead = 0;
  bool zero_lead = false;
  int64_t split = INT64_MAX;
  int64_t gap = 0;
  int64_t second_tiles = 0;  // tiles that are seen with a query turned to SecondPosition

  bool bounded = false;  // left and right hold; otherwise rows may see everything that has come
  bool late = false;     // rows leave only when the sequence is finished
  int64_t left = 0, right = 0, pinned = 0, wait_for = 0;
  int64_t max_tokens = 0;  // of a stream that is not bounded
  int64_t step_rows = 96;
  int64_t segment = 0;   // length of a segment, for patterns that ask; 0: none
  bool explicit_segments = false;

  int64_t Place(int64_t position) const { return lead + position + (position >= split ? gap : 0); }
  // One past the place of the last of `count` positions.
  int64_t PlaceEnd(int64_t count) const { return count == 0 ? lead : Place(count - 1) + 1; }
};

// heads, kv_heads, head_dim, value_dim, max_tokens, step_rows and scale from the options; checked.
absl::StatusOr<TileSpec> SpecFromOptions(const Options& options);

class TileState;

class TileLayer : public Layer {
 public:
  TileLayer(ContextPtr context, std::string mechanism, const Options& options, TileSpec spec,
            std::unique_ptr<Pattern> pattern, std::unique_ptr<Bias> bias)
      : Layer(std::move(context), std::move(mechanism), options),
        spec_(std::move(spec)), pattern_(std::move(pattern)), bias_(std::move(bias)) {}

  RowWidths widths() const override;
  bool cross() const override { return spec_.cross || spec_.queries_are_last; }
  // Keys that are not there are closed, and everything else is written before it is read.
  bool NeedsZeros() const override { return false; }
  bool two_sets() const override { return spec_.two_sets; }
  absl::Status CanStream() const override;
  std::unique_ptr<SequenceState> MakeWhole(Arena& arena, int64_t rows, int64_t keys) const override;
  std::unique_ptr<SequenceState> MakeStream(Arena& arena) const override;
  LayerPlan Latency() const override;

  const TileSpec& spec() const { return spec_; }
  const Pattern& pattern() const { return *pattern_; }
  const Bias* bias() const { return bias_.get(); }
  // Whether a sequence may have this many keys; asked when the whole is known.
  virtual absl::Status CheckLength(int64_t /*total*/) const { return absl::OkStatus(); }
  // The position that a row has towards the keys of the first second_tiles tiles.
  virtual int64_t SecondPosition(const SequenceView& /*sequence*/, int64_t row) const { return row; }

 protected:
  // ring: of the keys   waiting: rows that may wait   chunk: rows computed at a time
  virtual std::unique_ptr<TileState> MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting,
                                               int64_t chunk, bool whole) const;

 private:
  const TileSpec spec_;
  const std::unique_ptr<Pattern> pattern_;
  const std::unique_ptr<Bias> bias_;
};

class TileState : public SequenceState {
 public:
  TileState(const TileLayer& layer, Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
            bool whole);

  absl::Status Whole(const InputRows& input, float* out) override;
  int64_t QueryPiece() const override { return strided_.most_tiles > 0 ? INT64_MAX : 512; }
  absl::Status WholeBegin(int64_t rows, int64_t keys) override;
  void WholeKeys(const InputRows& piece) override { Append(piece, 0, piece.keys); }
  void WholeQueries(const float* q, int64_t rows, float* out) override;
  absl::Status Step(const InputRows& input, int64_t* taken, float* out, int64_t capacity, int64_t* written,
                    bool* full) override;
  absl::Status Finish(float* out, int64_t capacity, int64_t* written, bool* full) override;
  absl::Status EndSegment() override;

  int64_t Room() const override { return spec_.bounded ? INT64_MAX : spec_.max_tokens - received_; }
  int64_t position() const override { return received_; }
  int64_t emitted() const override { return emitted_; }
  bool finished() const override { return finished_ && emitted_ == received_; }
  absl::Status Save(memory::SnapshotWriter& writer) const override;
  absl::Status Load(const memory::SnapshotReader& reader) override;
  absl::Status CopyFrom(const SequenceState& other) override;
  std::vector<memory::Part> Parts() const override;
  void Reset() override { Start(); }

 protected:
  // Rows [first_row, first_row + rows) as the pattern counts, at most a chunk.   q // [rows, q width]
  virtual void AttendChunk(const float* q, int64_t first_row, int64_t rows, float* out);
  void AttendSet(size_t set, const Pattern& pattern, const float* q, int64_t first_row, int64_t rows, float* out);
  // What AttendSet computes, before rotary positions.
  AttendJob Job(size_t set, const Pattern& pattern, const float* q, int64_t first_row, int64_t rows, float* out) const;

  const TileLayer& layer_;
  const TileSpec& spec_;
  KeySet sets_[2];
  int64_t received_ = 0, emitted_ = 0;
  bool finished_ = false;
  SequenceView view_;
  AttendScratch scratch_;
  StridedScratch strided_;
  absl::Span<float> log_sums_;  // [chunk, heads]: of the rows that AttendSet computed, where a mechanism takes it

 private:
  void Start();
  void Append(const InputRows& input, int64_t begin, int64_t rows);
  void AppendPlaces(const InputRows& input, int64_t begin, int64_t rows);
  void AttendAll(const float* q, int64_t first_row, int64_t rows, float* out);
  int64_t Ready() const;
  // Keeps queries of the rows that are appended next.   q // [rows, q width]
  void Wait(const float* q, int64_t rows);
  // Gives what is ready; false: no room.
  bool Drain(float* out, int64_t capacity, int64_t* written);
  // Places that a snapshot holds: [0, first) and [second, end).
  void KeptPlaces(int64_t* first, int64_t* second, int64_t* end) const;
  // Adds the keys and values of the rows at places [begin, end).
  void AddParts(absl::string_view prefix, int64_t begin, int64_t end, std::vector<memory::Part>* parts) const;

  absl::Span<float> waiting_;   // [waiting rows, q width], a ring
  int64_t waiting_begin_ = 0;   // where the oldest lies
  absl::Span<float> turned_queries_, second_queries_, turned_keys_;  // [chunk, width]
  int64_t chunk_;
  int64_t waiting_capacity_;
  int64_t first_query_ = 0;  // of a whole sequence
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_TILE_LAYER_H_
