// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The wavefront. Steps go deepest layer first: a layer receives rows only when it has emitted all it could, so
// what waits in it never exceeds its right context and one step.

#include "model/encoder_memory.h"

#include <algorithm>
#include <cstring>

namespace lwave::model {
namespace {

using kernels::kKeyTile;
using kernels::kQueryTile;

// Moves the live part of a queue to the front when its tail has no room.
template <typename T>
void Compact(absl::Span<T> storage, int64_t width, int64_t count, int64_t* begin) {
  if (*begin == 0) return;
  std::memmove(storage.data(), storage.data() + *begin * width, static_cast<size_t>(count * width) * sizeof(T));
  *begin = 0;
}

}  // namespace

EncoderMemory::EncoderMemory(Arena& arena, const Parts& parts, const Reading& reading, int64_t waiting_rows)
    : parts_(parts), reading_(reading) {
  const ModelSpec& spec = *parts.spec;
  const int64_t hidden = spec.hidden;
  const int64_t step = reading.step_rows;
  const int64_t full = reading.full_rows;
  const kernels::TileShape shape = ShapeOf(spec, *parts.weights);
  layers_ = arena.Take<Layer>(static_cast<int64_t>(spec.layers.size()));
  int64_t max_tiles = (full + kKeyTile - 1) / kKeyTile;
  for (size_t l = 0; l < spec.layers.size(); ++l) {
    Layer layer;
    layer.pending_capacity = full;
    int64_t span = 0;
    if (reading.windowed()) {
      layer.pending_capacity = std::max(full, std::max(reading.right[l], reading.sinks - 1) + step);
      span = reading.left[l] + layer.pending_capacity;
      attention::WindowPattern widest = {false, reading.left[l], reading.right[l], reading.sinks, INT64_MAX / 2,
                                         nullptr};
      max_tiles = std::max(max_tiles, widest.MaxTiles(kQueryTile));
    }
    max_rows_inside_ += layer.pending_capacity;
    layer.pending = arena.Take<float>(layer.pending_capacity * hidden, Use::kPending);
    layer.store.shape = shape;
    layer.store.ring = memory::TileRing::For(reading.sinks, span, full, kKeyTile);
    layer.store.Take(arena, Use::kPayload);
    if (!layers_.empty()) layers_[l] = layer;
  }
  // Held-back ids: one more than are read in full tells that the sequence is long.
  const int64_t held_ids = reading.windowed() ? full + 1 + step : std::max<int64_t>(full, 1);
  capacity_ = held_ids;
  if (reading.vectors) {
    vectors_ = arena.Take<float>(held_ids * hidden, Use::kPending);
  } else {
    ids_ = arena.Take<int32_t>(held_ids, Use::kPending);
  }
  table_rows_ = arena.Take<int32_t>(step);
  block_ = arena.Take<float>(step * hidden);
  output_capacity_ = waiting_rows + step;
  output_ = arena.Take<float>(output_capacity_ * hidden, Use::kPending);
  max_rows_inside_ += held_ids + output_capacity_;
  scratch_ = LayerScratch::Take(arena, spec, *parts.weights, step, max_tiles, parts.context->runner->threads());
}

int64_t EncoderMemory::Room() const {
  if (finished_) return 0;
  const int64_t room = capacity_ - ids_count_;
  return reading_.windowed() ? room : std::min(room, reading_.full_rows - rows_in_);
}

int64_t EncoderMemory::Push(absl::Span<const int32_t> ids) {
  const int64_t count = std::min<int64_t>(static_cast<int64_t>(ids.size()), Room());
  if (count <= 0 || reading_.vectors) return 0;
  if (ids_begin_ + ids_count_ + count > capacity_) Compact(ids_, 1, ids_count_, &ids_begin_);
  std::copy_n(ids.data(), count, ids_.data() + ids_begin_ + ids_count_);
  ids_count_ += count;
  rows_in_ += count;
  return count;
}

int64_t EncoderMemory::PushVectors(const float* vectors, int64_t rows) {
  const int64_t count = std::min(rows, Room());
  if (count <= 0 || !reading_.vectors) return 0;
  const int64_t hidden = parts_.spec->hidden;
  if (ids_begin_ + ids_count_ + count > capacity_) Compact(vectors_, hidden, ids_count_, &ids_begin_);
  std::copy_n(vectors, count * hidden, vectors_.data() + (ids_begin_ + ids_count_) * hidden);
  ids_count_ += count;
  rows_in_ += count;
  return count;
}

void EncoderMemory::ChooseMode() {
  if (mode_ != Mode::kHolding) return;
  if (reading_.windowed() && rows_in_ > reading_.full_rows) {
    mode_ = Mode::kWindow;
  } else if (finished_) {
    mode_ = Mode::kFull;
  }
}

int64_t EncoderMemory::Ready(const Layer& layer, size_t index) const {
  if (finished_ && layer.received == rows_in_) return rows_in_;
  if (mode_ == Mode::kFull || layer.received < reading_.sinks) return 0;
  return std::max<int64_t>(0, layer.received - reading_.right[index]);
}

attention::WindowPattern EncoderMemory::Pattern(size_t index) const {
  attention::WindowPattern pattern;
  pattern.total = layers_[index].received;
  pattern.full = mode_ == Mode::kFull;
  if (!pattern.full) {
    pattern.left = reading_.left[index];
    pattern.right = reading_.right[index];
    pattern.sinks = reading_.sinks;
  }
  return pattern;
}

bool EncoderMemory::Step(bool now) {
  ChooseMode();
  if (mode_ == Mode::kHolding) return false;
  for (size_t l = layers_.size(); l-- > 0;) {
    const int64_t ready = Ready(layers_[l], l);
    if (ready > layers_[l].emitted) return Emit(l, ready);
  }
  return Feed(now);
}

bool EncoderMemory::Emit(size_t index, int64_t ready) {
  const int64_t hidden = parts_.spec->hidden;
  Layer& layer = layers_[index];
  const bool last = index + 1 == layers_.size();
  int64_t rows = std::min(ready - layer.emitted, reading_.step_rows);
  float* y = block_.data();
  if (last) {
    rows = std::min(rows, output_capacity_ - output_count_);
    if (rows == 0) return false;
    if (output_begin_ + output_count_ + rows > output_capacity_) {
      Compact(output_, hidden, output_count_, &output_begin_);
    }
    y = output_.data() + (output_begin_ + output_count_) * hidden;
  }
  const attention::WindowPattern pattern = Pattern(index);
  NextLayer next;
  if (!last) {
    const Layer& above = layers_[index + 1];
    next = {&parts_.weights->layers[index + 1], {rows, above.received, INT64_MAX, &above.store, nullptr}};
  }
  AttendAndTransform(*parts_.context, *parts_.spec, parts_.weights->layers[index], layer.pending.data(),
                     {rows, layer.emitted, INT64_MAX, &layer.store, &pattern}, scratch_, y, last ? nullptr : &next);
  const int64_t left = layer.received - layer.emitted - rows;
  std::memmove(layer.pending.data(), layer.pending.data() + rows * hidden,
               static_cast<size_t>(left * hidden) * sizeof(float));
  layer.emitted += rows;
  if (!last) {
    Append(index + 1, y, rows);
    return true;
  }
  if (parts_.weights->final_norm.gain != nullptr) {
    NormRows(*parts_.context, parts_.weights->final_norm, parts_.spec->norm_epsilon, y, rows, hidden, y);
  }
  output_count_ += rows;
  return true;
}

void EncoderMemory::Append(size_t index, const float* x, int64_t rows) {
  const int64_t hidden = parts_.spec->hidden;
  Layer& layer = layers_[index];
  std::memcpy(layer.pending.data() + (layer.received - layer.emitted) * hidden, x,
              static_cast<size_t>(rows * hidden) * sizeof(float));
  layer.received += rows;
}

void EncoderMemory::Receive(size_t index, const float* x, int64_t rows) {
  Layer& layer = layers_[index];
  StoreKeysAndValues(*parts_.context, *parts_.spec, parts_.weights->layers[index], x,
                     {rows, layer.received, INT64_MAX, &layer.store, nullptr}, scratch_);
  Append(index, x, rows);
}

bool EncoderMemory::Feed(bool now) {
  const int64_t rows = std::min(ids_count_, reading_.step_rows);
  if (rows == 0 || (rows < reading_.step_rows && !finished_ && !now)) return false;
  const int32_t* first = reading_.vectors ? nullptr : ids_.data() + ids_begin_;
  const float* vectors = reading_.vectors ? vectors_.data() + ids_begin_ * parts_.spec->hidden : nullptr;
  // Vectors have no ids among which padding could be.
  const absl::Span<const int32_t> ids(first == nullptr ? table_rows_.data() : first, static_cast<size_t>(rows));
  PositionSpec positions = parts_.spec->positions;
  if (reading_.vectors) positions.by_padding_id = false;
  PositionRule rule;
  if (mode_ == Mode::kWindow) rule = {reading_.tile, reading_.sinks};
  kept_ids_ = PositionRows(positions, parts_.spec->pad_id, rule, ids, rows_fed_, kept_ids_, table_rows_.data());
  EmbedRows(*parts_.context, *parts_.spec, *parts_.weights, first, vectors, table_rows_.data(), nullptr, rows,
            block_.data());
  ids_begin_ += rows;
  ids_count_ -= rows;
  rows_fed_ += rows;
  Receive(0, block_.data(), rows);
  return true;
}

void EncoderMemory::Consume(int64_t rows) {
  output_begin_ += rows;
  output_count_ -= rows;
  if (output_count_ == 0) output_begin_ = 0;
}

void EncoderMemory::Reset() {
  for (Layer& layer : layers_) layer.received = layer.emitted = 0;
  ids_begin_ = ids_count_ = 0;
  output_begin_ = output_count_ = 0;
  mode_ = Mode::kHolding;
  finished_ = false;
  rows_in_ = rows_fed_ = kept_ids_ = 0;
}

int64_t EncoderMemory::KeptFrom(size_t index) const {
  const Layer& layer = layers_[index];
  return std::max(std::min(reading_.sinks, layer.received), layer.emitted - reading_.left[index]);
}

}  // namespace lwave::model
