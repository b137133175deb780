// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Layers that are defined by segments: hidden rows in and out, projection weights of their own, and before a segment
// a context of hidden rows that earlier segments left behind. A row sees the context and the segment up to itself:
//   rows = [context; segment];  row i of them sees the rows j <= i (the last `seen` of them, where that is set)
// Places count rows of this list, so they begin again in every segment. When a segment ends the mechanism makes the next
// context; keys and values of rows that stay are moved to their new places, or made anew where they depend on the place.
// What a memory keeps is hidden rows: loading one makes the keys and values from them, to the same bits.
//
// The segment's length is the configuration's, counted from position 0, or ends are given explicitly.
//
// With the option statistics a memory keeps how much attention the parts of what rows see received: values get a
// column more for each part of the context, 1 in its own rows, so that the attention result holds the sums of the
// weights; exact, and cheap (a column beside head_dim). The other columns' bits do not change.

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
  int64_t watched = 0;              // parts of the context whose attention mass is kept
  float scale = 1;
  int64_t width() const { return heads * head_dim; }
  int64_t value_dim() const { return head_dim + watched; }
  // Places of a segment of this many rows.
  int64_t Places(int64_t segment_rows) const { return std::min(context_rows + segment_rows, most_places); }
};

// heads, d_model, head_dim (default d_model / heads), segment, max_tokens, step_rows; and statistics, where the
// context has `parts` parts.
absl::StatusOr<SegmentSpec> SegmentSpecFromOptions(const Options& options, int64_t parts);

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

// The keys at places [begin, end), whoever asks.
class RangePattern : public Pattern {
 public:
  RangePattern(int64_t begin, int64_t end) : begin_(begin), end_(end) {}
  int64_t NextTile(const SequenceView&, int64_t, int64_t, int64_t, int64_t tile) const override {
    tile = std::max(tile, begin_ / kernels::kKeyTile);
    return tile * kernels::kKeyTile < end_ ? tile : kNoTile;
  }
  uint64_t Mask(const SequenceView&, int64_t, int64_t, int64_t tile) const override {
    return Bits(begin_ - tile * kernels::kKeyTile, end_ - tile * kernels::kKeyTile);
  }

 private:
  const int64_t begin_, end_;
};

// A vector r(t) for every distance t and head: [heads, head_dim, stride], column s is for distance count - 1 - ahead -
// s, so that the distances of a tile's keys lie side by side. A longer table holds a shorter one's numbers.
struct DistanceTable {
  const float* numbers = nullptr;
  int64_t count = 0;
  int64_t ahead = 0;  // the least distance is -ahead
  // An odd number of cache lines: rows of the table must not compete for the same places of a cache.
  static int64_t Stride(int64_t count) { return kernels::RoundUp(count, 16) | 16; }
  int64_t stride() const { return Stride(count); }
};

// What a query meets beside the keys: score += scale (q + v).r(t).
class DistanceBias : public Bias {
 public:
  DistanceBias(const DistanceTable& table, int64_t head_dim, float scale)
      : table_(table), head_dim_(head_dim), scale_(scale) {}
  bool ByDistance() const override { return false; }
  bool Tile(const SequenceView& sequence, int64_t head, int64_t first_row, int64_t rows, int64_t tile,
            const float* query, int64_t query_stride, float* table) const override;

 private:
  const DistanceTable table_;
  const int64_t head_dim_;
  const float scale_;
};

class SegmentState;

class SegmentLayer : public Layer {
 public:
  SegmentLayer(ContextPtr context, std::string mechanism, const Options& options, const SegmentSpec& spec)
      : Layer(std::move(context), std::move(mechanism), options), spec_(spec), pattern_(spec.seen) {}

  RowWidths widths() const override { return {spec_.d_model, 0, 0, spec_.d_model}; }
  absl::Status CanStream() const override;
  int64_t OwnBytes() const override {
    return q.bytes() + k.bytes() + v.bytes() + o.bytes() + static_cast<int64_t>(distance_numbers_.bytes());
  }
  std::unique_ptr<SequenceState> MakeWhole(Arena& arena, int64_t rows, int64_t keys) const override;
  std::unique_ptr<SequenceState> MakeStream(Arena& arena) const override;

  const SegmentSpec& spec() const { return spec_; }
  const SegmentPattern& pattern() const { return pattern_; }

  // Whether a row's key and value are the same at every place.
  virtual bool PlacesAside() const { return true; }
  // What queries and keys, and what values, are projected from: rows of the segment or its context.
  //   x // [rows, d_model]   a, b // [rows, d_model], scratch that may be used
  virtual void Inputs(const float* x, int64_t first_place, int64_t rows, float* a, float* b, const float** of_keys,
                      const float** of_values) const;
  // out = what becomes of a row and its attention result.   x, result, out // [rows, d_model]
  virtual void Outputs(const float* x, const float* result, int64_t rows, float* out) const;
  // The distance vectors of all heads, distances 0 to count - 1, as DistanceTable has them; false: there are none.
  //   sinusoids // [rows, d_model]   projected // [rows, width]: scratch, rows >= 1
  virtual bool HasDistances() const { return false; }
  virtual void Distances(int64_t /*count*/, int64_t /*rows*/, float* /*sinusoids*/, float* /*projected*/,
                         float* /*table*/) const {}
  // Makes those of the longest segment once, for all memories and sequences; where it is not known, or they are very
  // many, each makes its own.
  absl::Status KeepDistances();
  const DistanceTable& distances() const { return distances_; }

  // w_qkv [3 heads head_dim, d_model], w_o [d_model, heads head_dim] and its bias, where one is named.
  absl::Status PackFused(const Options& options, absl::string_view qkv, absl::string_view out, absl::string_view bias);

  Projection q, k, v, o;
  std::vector<float> bias_u, bias_v;  // [heads * head_dim] or empty

 protected:
  virtual std::unique_ptr<SegmentState> MakeState(Arena& arena, int64_t segment_rows, int64_t chunk) const = 0;

 private:
  const SegmentSpec spec_;
  const SegmentPattern pattern_;
  Buffer<float> distance_numbers_;
  DistanceTable distances_;
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
  absl::Status SetMemory(absl::Span<const float> rows) override;
  int64_t position() const override { return position_; }
  int64_t emitted() const override { return position_; }
  bool finished() const override { return finished_; }
  absl::Status Save(memory::SnapshotWriter& writer) const override;
  absl::Status Load(const memory::SnapshotReader& reader) override;
  absl::Status CopyFrom(const SequenceState& other) override;
  // With statistics: mass and segment_mass // [parts of the context, then the segment; heads]: the weight that a part
  // got, mean over all rows so far, and over those of the open segment (where none is open, of the last).
  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override;
  absl::StatusOr<int64_t> PartSize(absl::string_view name, int64_t rows, int64_t remembered) const override;
  std::vector<memory::Part> Parts() const override;
  void Reset() override;

 protected:
  // How many rows the context has, and how many when a segment of so many rows has ended.
  struct ContextRows {
    int64_t compressed = 0, recent = 0;
    int64_t all() const { return compressed + recent; }
  };
  virtual ContextRows Context() const { return {0, context_count_}; }
  virtual ContextRows ContextAfter(const ContextRows& before, int64_t rows) const {
    return {0, std::min(spec_.context_rows, before.all() + rows)};
  }
  // Of a new state, once it has seen so many rows.   remembered: as PartSize has it
  ContextRows ContextBehind(int64_t rows, int64_t remembered) const;
  // The parts of the context; by default the rows of it, as `memory`.
  virtual std::vector<memory::Part> ContextParts() const { return {ContextPart("memory", 0, context_count_)}; }
  // Rows [first, first + rows) of the context, which are consecutive up to the segment.
  memory::Part ContextPart(std::string name, int64_t first, int64_t rows) const;
  // What the mechanism adds to the beginning.
  virtual void ResetMore() {}
  // Makes the next context of context_ and rows_ [0, count_), and says with Stay which of its rows are among these, in
  // ascending order; the others' keys are made when the next segment begins.
  virtual void UpdateContext() = 0;
  // Rows at places [from, from + count) of [context; segment] are now at [to, to + count) of the context, to <= from.
  void Stay(int64_t from, int64_t to, int64_t count);
  // After rows [begin, begin + rows) of the segment were attended: q_, with_u_, with_v_ and log_sums_ are theirs.
  virtual void AfterAttend(int64_t /*begin*/, int64_t /*rows*/) {}
  // Which part of the context its row at this place belongs to, for statistics.
  virtual int64_t PartOf(int64_t /*place*/) const { return 0; }
  // Stores keys and values of x // [rows, d_model] at places from first_place on; with queries also fills q_ (then at
  // most a chunk).
  void Project(const float* x, int64_t first_place, int64_t rows, bool queries);
  // attended_ and log_sums_ = rows of queries against the stored keys.   query, bias_query // [rows, width]
  void Attend(const Pattern& pattern, const Bias* bias, const float* query, const float* bias_query, int64_t first_row,
              int64_t rows);
  // Counters and numbers that the mechanism adds to a snapshot.
  virtual void SaveMore(memory::SnapshotWriter& /*writer*/) const {}
  virtual absl::Status LoadMore(const memory::SnapshotReader& /*reader*/) { return absl::OkStatus(); }
  // Keeps the last rows of [context; segment], at most `most`.
  void KeepLast(int64_t most);

  const SegmentLayer& layer_;
  const SegmentSpec& spec_;
  absl::Span<float> context_;  // [spec.context_rows, d_model]
  absl::Span<float> rows_;     // [segment rows, d_model]
  int64_t context_count_ = 0, count_ = 0;
  int64_t segment_rows_, chunk_;
  absl::Span<float> q_, with_u_, with_v_, attended_, log_sums_;  // [chunk, width]; the last [chunk, heads]
  DistanceTable distances_;
  KeySet keys_;

 private:
  struct Range {
    int64_t begin = 0, end = 0;
  };

  // OutOfRange where not all of so many more rows have room, in their segments and among the places.
  absl::Status CheckRoom(int64_t rows) const;
  void Begin();
  void Compute(int64_t begin, int64_t rows, float* out);
  void AddMasses(int64_t begin, int64_t rows);
  void End();

  absl::Span<float> input_a_, input_b_, result_;  // [chunk, d_model]
  absl::Span<float> k_, v_;                       // [chunk, width]
  absl::Span<float> marked_v_, marked_out_;       // [chunk, heads, value_dim], with statistics
  absl::Span<double> masses_, segment_masses_;    // [watched, heads]: sums over rows
  int64_t segment_mass_rows_ = 0;
  AttendScratch scratch_;
  Range stayed_[2];  // places whose keys and values are there before the segment begins
  int64_t stayed_count_ = 0;
  bool begun_ = false, finished_ = false;
  int64_t position_ = 0;
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_SEGMENT_LAYER_H_
