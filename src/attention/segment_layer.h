// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Layers that are defined by segments: hidden rows in and out, projection weights of their own, and before a segment
// a context of hidden rows that earlier segments left behind. A row sees the context and the segment up to itself:
//   rows = [context; segment];  row i of them sees the rows j <= i (the last `seen` of them, where that is set)
// Places count rows of this list, so they begin again in every segment; keys and values of the context are made anew
// from its rows. When a segment ends the mechanism makes the next context. What a memory keeps is hidden rows.
//
// The segment's length is the configuration's, counted from position 0, or ends are given explicitly.

#ifndef LONGWAVE_ATTENTION_SEGMENT_LAYER_H_
#define LONGWAVE_ATTENTION_SEGMENT_LAYER_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "attention/attend.h"
#include "attention/layer.h"
#include "attention/projection.h"

namespace lwave::attention {

struct SegmentSpec {
  int64_t heads = 1, head_dim = 1, d_model = 1;
  int64_t context_rows = 0;  // the most that a segment can begin with
  int64_t zero_rows = 0;     // rows of zeros that the first segment begins with
  int64_t seen = 0;          // rows that a row sees at most, itself included; 0: no limit
  int64_t segment = 0;       // 0: explicit
  int64_t max_tokens = 0;    // the longest explicit segment of a stream
  int64_t step_rows = 96;
  int64_t most_places = INT64_MAX;  // beyond this the layer has no positions
  float scale = 1;
  int64_t width() const { return heads * head_dim; }
};

// heads, d_model, head_dim (default d_model / heads), segment, max_tokens, step_rows.
absl::StatusOr<SegmentSpec> SegmentSpecFromOptions(const Options& options);

class SegmentPattern : public Pattern {
 public:
  explicit SegmentPattern(int64_t seen) : seen_(seen) {}
  int64_t NextTile(const SequenceView&, int64_t, int64_t first_row, int64_t rows, int64_t tile) const override {
    if (seen_ > 0) tile = std::max(tile, std::max<int64_t>(0, first_row - seen_ + 1) / kernels::kKeyTile);
    return tile * kernels::kKeyTile < first_row + rows ? tile : kNoTile;
  }
  uint64_t Mask(const SequenceView&, int64_t, int64_t row, int64_t tile) const override {
    const int64_t first = tile * kernels::kKeyTile;
    return Bits(seen_ > 0 ? row - seen_ + 1 - first : 0, row + 1 - first);
  }

 private:
  const int64_t seen_;
};

// A vector for every distance and head, which a query meets beside the keys: score += scale (q + v).r(t).
class DistanceBias : public Bias {
 public:
  // table // [heads, count, head_dim], row s is for distance count - 1 - s
  DistanceBias(const float* table, int64_t count, int64_t head_dim, float scale)
      : table_(table), count_(count), head_dim_(head_dim), scale_(scale) {}
  bool ByDistance() const override { return false; }
  bool Tile(const SequenceView& sequence, int64_t head, int64_t first_row, int64_t rows, int64_t tile,
            const float* query, int64_t query_stride, float* table) const override;

 private:
  const float* table_;
  int64_t count_;
  int64_t head_dim_;
  float scale_;
};

class SegmentState;

class SegmentLayer : public Layer {
 public:
  SegmentLayer(ContextPtr context, std::string mechanism, const Options& options, const SegmentSpec& spec)
      : Layer(std::move(context), std::move(mechanism), options), spec_(spec), pattern_(spec.seen) {}

  RowWidths widths() const override { return {spec_.d_model, 0, 0, spec_.d_model}; }
  absl::Status CanStream() const override;
  std::unique_ptr<SequenceState> MakeWhole(Arena& arena, int64_t rows, int64_t keys) const override;
  std::unique_ptr<SequenceState> MakeStream(Arena& arena) const override;

  const SegmentSpec& spec() const { return spec_; }
  const SegmentPattern& pattern() const { return pattern_; }

  // What queries and keys, and what values, are projected from: rows of the segment or its context.
  //   x // [rows, d_model]   a, b // [rows, d_model], scratch that may be used
  virtual void Inputs(const float* x, int64_t first_place, int64_t rows, float* a, float* b, const float** of_keys,
                      const float** of_values) const;
  // out = what becomes of a row and its attention result.   x, result, out // [rows, d_model]
  virtual void Outputs(const float* x, const float* result, int64_t rows, float* out) const;
  // The distance vectors of all heads, distances 0 to count - 1, as DistanceBias has them; false: there are none.
  virtual bool HasDistances() const { return false; }
  virtual void Distances(int64_t /*count*/, float* /*table*/) const {}

  // w_qkv [3 heads head_dim, d_model], w_o [d_model, heads head_dim] and its bias, where one is named.
  absl::Status PackFused(const Options& options, absl::string_view qkv, absl::string_view out, absl::string_view bias);

  Projection q, k, v, o;
  std::vector<float> bias_u, bias_v;  // [heads * head_dim] or empty

 protected:
  virtual std::unique_ptr<SegmentState> MakeState(Arena& arena, int64_t segment_rows, int64_t chunk) const = 0;

 private:
  const SegmentSpec spec_;
  const SegmentPattern pattern_;
};

class SegmentState : public SequenceState {
 public:
  // segment_rows: of the longest segment   chunk: rows computed at a time
  SegmentState(const SegmentLayer& layer, Arena& arena, int64_t segment_rows, int64_t chunk);

  absl::Status Whole(const InputRows& input, float* out) override;
  absl::Status Step(const InputRows& input, int64_t* taken, float* out, int64_t capacity, int64_t* written,
                    bool* full) override;
  absl::Status Finish(float* out, int64_t capacity, int64_t* written, bool* full) override;
  absl::Status EndSegment() override;
  int64_t position() const override { return position_; }
  int64_t emitted() const override { return position_; }
  bool finished() const override { return finished_; }
  absl::Status Save(memory::SnapshotWriter& writer) const override;
  absl::Status Load(const memory::SnapshotReader& reader) override;

 protected:
  // Makes the next context of context_ and rows_ [0, count_).
  virtual void UpdateContext() = 0;
  // After rows [begin, begin + rows) of the segment were attended: q_, with_u_, with_v_ and log_sums_ are theirs.
  virtual void AfterAttend(int64_t /*begin*/, int64_t /*rows*/) {}
  // Counters and numbers that the mechanism adds to a snapshot.
  virtual void SaveMore(memory::SnapshotWriter& /*writer*/) const {}
  virtual absl::Status LoadMore(const memory::SnapshotReader& /*reader*/) { return absl::OkStatus(); }
  // Keeps the last rows of [context; segment], at most `most`.
  void KeepLast(int64_t most);
  static void DescribePart(std::string* text, absl::string_view name, int64_t rows, int64_t width);

  const SegmentLayer& layer_;
  const SegmentSpec& spec_;
  absl::Span<float> context_;  // [spec.context_rows, d_model]
  absl::Span<float> rows_;     // [segment rows, d_model]
  int64_t context_count_ = 0, count_ = 0;
  int64_t segment_rows_, chunk_;
  absl::Span<float> q_, with_u_, with_v_, attended_, log_sums_;  // [chunk, width]; the last [chunk, heads]
  absl::Span<float> table_;                                      // [heads, table rows, head_dim]
  int64_t table_rows_ = 0;

 private:
  void Begin();
  void Project(const float* x, int64_t first_place, int64_t rows, bool queries);
  void Compute(int64_t begin, int64_t rows, float* out);
  void End();

  KeySet keys_;
  absl::Span<float> input_a_, input_b_, result_;  // [chunk, d_model]
  absl::Span<float> k_, v_;                       // [chunk, width]
  AttendScratch scratch_;
  bool begun_ = false, finished_ = false;
  int64_t position_ = 0;
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_SEGMENT_LAYER_H_
