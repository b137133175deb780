// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A sequence through a tile layer: store keys, compute the rows that are ready, drop what nobody can see any more.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "attention/tile_layer.h"

namespace lwave::attention {

using kernels::kKeyTile;

TileState::TileState(const TileLayer& layer, Arena& arena, const memory::TileRing& ring, int64_t waiting,
                     int64_t chunk, bool /*whole*/)
    : layer_(layer), spec_(layer.spec()), chunk_(chunk), waiting_capacity_(waiting) {
  for (int64_t set = 0; set < (spec_.two_sets ? 2 : 1); ++set) {
    KeySet& keys = sets_[set];
    keys.store.shape.kv_heads = spec_.kv_heads;
    keys.store.shape.head_dim = spec_.head_dim;
    keys.store.shape.value_dim = spec_.value_dim;
    keys.store.shape.type = spec_.store;
    keys.store.ring = ring;
    keys.Take(arena, Use::kPayload);
  }
  const RowWidths width = layer.widths();
  waiting_ = arena.Take<float>(waiting * width.q, Use::kPending);
  if (spec_.rotary) {
    turned_queries_ = arena.Take<float>(chunk * width.q);
    turned_keys_ = arena.Take<float>(chunk * width.k);
    if (spec_.second_tiles > 0) second_queries_ = arena.Take<float>(chunk * width.q);
  }
  scratch_ = AttendScratch::Take(arena, layer.context().runner->threads(), ring.slots(), layer.bias());
  strided_ = StridedScratch::Take(arena, layer.context().runner->threads(), layer.pattern(), spec_.heads,
                                  sets_[0].store.shape, chunk);
  if (sets_[0].open != nullptr) Start();
}

void TileState::Start() {
  received_ = emitted_ = 0;
  waiting_begin_ = 0;
  finished_ = false;
  view_ = SequenceView();
  for (KeySet& keys : sets_) {
    if (keys.open == nullptr) continue;
    std::fill_n(keys.open, keys.store.ring.slots(), uint64_t{0});
    keys.end = spec_.lead;
    if (spec_.lead == 0) continue;
    // Zeros in front, which snapshots hold whether or not rows see them.
    std::memset(keys.store.keys, 0, static_cast<size_t>(keys.store.KeyBytes()));
    std::memset(keys.store.values, 0, static_cast<size_t>(keys.store.ValueBytes()));
    for (int64_t place = 0; spec_.zero_lead && place < spec_.lead; ++place) {
      keys.open[keys.store.ring.Slot(place / kKeyTile)] |= uint64_t{1} << (place % kKeyTile);
    }
  }
}

void TileState::AppendPlaces(const InputRows& input, int64_t begin, int64_t rows) {
  const RowWidths width = layer_.widths();
  Runner& runner = *layer_.context().runner;
  const float* key = input.k + begin * width.k;
  const float* value = input.v + begin * width.v;
  if (spec_.rotary) {
    runner.For(rows, [&](int64_t r, int32_t /*thread*/) {
      spec_.rotary->Turn(key + r * width.k, width.k / spec_.head_dim, spec_.head_dim, received_ + r,
                         turned_keys_.data() + r * width.k);
    });
    key = turned_keys_.data();
  }
  const int32_t* mask = input.mask == nullptr ? nullptr : input.mask + begin;
  for (int64_t set = 0; set < (spec_.two_sets && UsesSecondKeys() ? 2 : 1); ++set) {
    sets_[set].Append(runner, key + set * spec_.kv_heads * spec_.head_dim, width.k,
                      value + set * spec_.kv_heads * spec_.value_dim, width.v, mask, spec_.Place(received_), rows);
  }
  received_ += rows;
}

void TileState::Append(const InputRows& input, int64_t begin, int64_t rows) {
  while (rows > 0) {
    int64_t count = std::min(rows, chunk_);
    if (received_ < spec_.split) count = std::min(count, spec_.split - received_);
    AppendPlaces(input, begin, count);
    begin += count;
    rows -= count;
  }
}

AttendJob TileState::Job(size_t set, const Pattern& pattern, const float* q, int64_t first_row, int64_t rows,
                         float* out) const {
  const RowWidths width = layer_.widths();
  AttendJob job;
  job.keys = &sets_[set];
  job.pattern = &pattern;
  job.bias = layer_.bias();
  job.sequence = view_;
  job.sequence.total = received_;
  if (spec_.segment > 0) job.sequence.segment_begin = first_row / spec_.segment * spec_.segment;
  job.heads = spec_.heads;
  job.scale = spec_.scale;
  job.first_row = first_row;
  job.rows = rows;
  job.query = q;
  job.query_stride = width.q;
  job.output = out;
  job.output_stride = width.out;
  return job;
}

void TileState::AttendSet(size_t set, const Pattern& pattern, const float* q, int64_t first_row, int64_t rows,
                          float* out) {
  const RowWidths width = layer_.widths();
  Runner& runner = *layer_.context().runner;
  AttendJob job = Job(set, pattern, q, first_row, rows, out);
  if (spec_.rotary) {
    runner.For(rows, [&](int64_t r, int32_t /*thread*/) {
      spec_.rotary->Turn(q + r * width.q, spec_.heads, spec_.head_dim, first_row + r,
                         turned_queries_.data() + r * width.q);
      if (spec_.second_tiles == 0) return;
      spec_.rotary->Turn(q + r * width.q, spec_.heads, spec_.head_dim,
                         layer_.SecondPosition(job.sequence, first_row + r), second_queries_.data() + r * width.q);
    });
    job.query = turned_queries_.data();
    if (spec_.second_tiles > 0) {
      job.second_query = second_queries_.data();
      job.second_tiles = spec_.second_tiles;
    }
  }
  const bool strided = strided_.most_tiles > 0 && &pattern == &layer_.pattern();
  if (strided) job.log_sums = strided_.near_sums.data();
  if (!log_sums_.empty()) job.log_sums = log_sums_.data();
  AttendRows(runner, job, scratch_);
  if (strided) AttendStrided(runner, job, strided_);
}

void TileState::AttendChunk(const float* q, int64_t first_row, int64_t rows, float* out) {
  AttendSet(0, layer_.pattern(), q, first_row, rows, out);
}

void TileState::AttendAll(const float* q, int64_t first_row, int64_t rows, float* out) {
  const RowWidths width = layer_.widths();
  for (int64_t begin = 0, count; begin < rows; begin += count) {
    const int64_t row = first_row + begin;
    count = std::min(rows - begin, chunk_);
    if (spec_.segment > 0) count = std::min(count, spec_.segment - row % spec_.segment);
    AttendChunk(q + begin * width.q, row, count, out + begin * width.out);
    if (!spec_.zero_closed_rows) continue;
    for (int64_t r = 0; r < count; ++r) {
      if (sets_[0].IsOpen(spec_.Place(row + r))) continue;
      std::fill_n(out + (begin + r) * width.out, width.out, 0.0f);
    }
  }
}

absl::Status TileState::WholeBegin(int64_t rows, int64_t keys) {
  first_query_ = spec_.queries_are_last ? keys - rows : spec_.query_offset;
  if (spec_.queries_are_last && first_query_ < 0) {
    return absl::InvalidArgumentError(
        absl::StrCat("there must be at least as many keys as queries, got ", keys, " and ", rows));
  }
  return layer_.CheckLength(keys);
}

void TileState::WholeQueries(const float* q, int64_t rows, float* out) {
  AttendAll(q, first_query_ + emitted_, rows, out);
  emitted_ += rows;
}

absl::Status TileState::Whole(const InputRows& input, float* out) {
  const absl::Status status = WholeBegin(input.rows, input.keys);
  if (!status.ok()) return status;
  WholeKeys(input);
  WholeQueries(input.q, input.rows, out);
  return absl::OkStatus();
}

int64_t TileState::Ready() const {
  if (finished_) return received_;
  if (spec_.late || received_ < spec_.wait_for) return 0;
  return std::max<int64_t>(0, received_ - spec_.right);
}

bool TileState::Drain(float* out, int64_t capacity, int64_t* written) {
  const RowWidths width = layer_.widths();
  const int64_t offset = spec_.queries_are_last ? 0 : spec_.query_offset;
  int64_t rows = std::min(Ready() - emitted_, capacity - *written);
  while (rows > 0) {
    const int64_t count = std::min(rows, waiting_capacity_ - waiting_begin_);  // side by side
    AttendAll(waiting_.data() + waiting_begin_ * width.q, emitted_ + offset, count, out + *written * width.out);
    emitted_ += count;
    waiting_begin_ = emitted_ == received_ ? 0 : (waiting_begin_ + count) % waiting_capacity_;
    *written += count;
    rows -= count;
  }
  return Ready() == emitted_;
}

void TileState::Wait(const float* q, int64_t rows) {
  const int64_t width = layer_.widths().q;
  const int64_t place = (waiting_begin_ + received_ - emitted_) % waiting_capacity_;
  const int64_t count = std::min(rows, waiting_capacity_ - place);
  std::copy_n(q, count * width, waiting_.data() + place * width);
  std::copy_n(q + count * width, (rows - count) * width, waiting_.data());
}

absl::Status TileState::Step(const InputRows& input, int64_t* taken, float* out, int64_t capacity, int64_t* written,
                             bool* full) {
  *taken = *written = 0;
  *full = false;
  if (finished_) return absl::FailedPreconditionError("the sequence is finished; nothing can be pushed");
  if (!spec_.bounded && received_ + input.rows > spec_.max_tokens) {
    return absl::OutOfRangeError(absl::StrCat("the memory was made for ", spec_.max_tokens, " rows, has ", received_,
                                              ", got another ", input.rows));
  }
  const RowWidths width = layer_.widths();
  for (;;) {
    if (!Drain(out, capacity, written)) {
      *full = true;
      return absl::OkStatus();
    }
    const int64_t rows = std::min({input.rows - *taken, waiting_capacity_ - (received_ - emitted_), chunk_});
    if (rows <= 0) return absl::OkStatus();
    Wait(input.q + *taken * width.q, rows);
    Append(input, *taken, rows);
    *taken += rows;
  }
}

absl::Status TileState::Finish(float* out, int64_t capacity, int64_t* written, bool* full) {
  *written = 0;
  const absl::Status status = layer_.CheckLength(received_);
  if (!status.ok()) return status;
  finished_ = true;
  *full = !Drain(out, capacity, written);
  return absl::OkStatus();
}

absl::Status TileState::EndSegment() {
  if (!spec_.explicit_segments) return SequenceState::EndSegment();
  if (finished_) return absl::FailedPreconditionError("the sequence is finished");
  if (emitted_ != received_) return absl::FailedPreconditionError("rows of the segment wait to be read");
  view_.segment_begin = received_;
  return absl::OkStatus();
}

}  // namespace lwave::attention
