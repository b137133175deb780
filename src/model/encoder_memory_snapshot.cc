// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Saving and loading the wavefront, rows in logical order: tiles and queues are storage, not format.

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kernels/tile_attention.h"
#include "model/encoder_memory.h"

namespace lwave::model {
namespace {

using attention::TileStore;
using kernels::kKeyTile;

absl::Status Damaged(absl::string_view what) { return absl::DataLossError(absl::StrCat("snapshot: ", what)); }

std::string Name(absl::string_view what, size_t layer) { return absl::StrCat(what, ".", layer); }

}  // namespace

absl::Status EncoderMemory::Save(memory::SnapshotWriter& writer) const {
  const int64_t hidden = parts_.spec->hidden;
  std::vector<int64_t> counters = {static_cast<int64_t>(mode_), rows_in_, rows_fed_, kept_ids_, output_count_};
  for (const Layer& layer : layers_) {
    counters.push_back(layer.received);
    counters.push_back(layer.emitted);
  }
  writer.AddInt64("layers", counters);
  if (reading_.vectors) {
    writer.AddF32("held_vectors", absl::MakeConstSpan(vectors_.data() + ids_begin_ * hidden,
                                                      static_cast<size_t>(ids_count_ * hidden)));
  } else {
    writer.AddInt32("held_ids", absl::MakeConstSpan(ids_.data() + ids_begin_, static_cast<size_t>(ids_count_)));
  }
  writer.AddF32("finished_rows", absl::MakeConstSpan(WaitingRows(), static_cast<size_t>(output_count_ * hidden)));
  if (mode_ != Mode::kWindow) return absl::OkStatus();
  std::vector<float> keys, values;
  for (size_t l = 0; l < layers_.size(); ++l) {
    const Layer& layer = layers_[l];
    const auto add = [&](int64_t begin, int64_t end) {
      for (int64_t position = begin; position < end; ++position) {
        const int64_t tile = position / kKeyTile;
        const size_t at = keys.size();
        keys.resize(at + static_cast<size_t>(hidden));
        values.resize(at + static_cast<size_t>(hidden));
        kernels::LoadTileRow(layer.store.shape, layer.store.KeySlot(tile), layer.store.ValueSlot(tile),
                             position % kKeyTile, keys.data() + at, values.data() + at);
      }
    };
    keys.clear();
    values.clear();
    add(0, std::min(reading_.sinks, layer.received));
    add(KeptFrom(l), layer.received);
    writer.AddF32(Name("keys", l), keys);
    writer.AddF32(Name("values", l), values);
    writer.AddF32(Name("rows", l), absl::MakeConstSpan(layer.pending.data(),
                                                       static_cast<size_t>((layer.received - layer.emitted) * hidden)));
  }
  return absl::OkStatus();
}

absl::Status EncoderMemory::Load(const memory::SnapshotReader& reader) {
  const int64_t hidden = parts_.spec->hidden;
  absl::StatusOr<std::vector<int64_t>> counters =
      reader.Int64("layers", 5 + 2 * static_cast<int64_t>(layers_.size()));
  if (!counters.ok()) return counters.status();
  const std::vector<int64_t>& c = *counters;
  constexpr int64_t kMost = int64_t{1} << 60;
  for (int64_t value : c) {
    if (value < 0 || value > kMost) return Damaged("a counter is out of range");
  }
  if (c[0] > 1) return Damaged("the mode is out of range");
  Reset();
  mode_ = static_cast<Mode>(c[0]);
  rows_in_ = c[1];
  rows_fed_ = c[2];
  kept_ids_ = c[3];
  ids_count_ = rows_in_ - rows_fed_;
  output_count_ = c[4];
  if (mode_ == Mode::kWindow && (!reading_.windowed() || rows_in_ <= reading_.full_rows)) {
    return Damaged("a window over a sequence that is not long");
  }
  if (!reading_.windowed() && rows_in_ > reading_.full_rows) return Damaged("more rows than are read in full");
  if (ids_count_ < 0 || ids_count_ > capacity_ || kept_ids_ > rows_fed_ ||
      output_count_ > output_capacity_ || (mode_ == Mode::kHolding && rows_fed_ != 0)) {
    return Damaged("the counters contradict each other");
  }
  int64_t received = rows_fed_;
  for (size_t l = 0; l < layers_.size(); ++l) {
    Layer& layer = layers_[l];
    layer.received = c[5 + 2 * l];
    layer.emitted = c[6 + 2 * l];
    if (layer.received != received || layer.emitted > layer.received) {
      return Damaged("the layers' counters contradict each other");
    }
    if (mode_ == Mode::kWindow &&
        (layer.emitted > Ready(layer, l) || layer.received - layer.emitted > layer.pending_capacity)) {
      return Damaged("the layers' counters contradict the window");
    }
    received = layer.emitted;
  }
  if (output_count_ > received) return Damaged("more finished rows than were emitted");

  if (reading_.vectors) {
    absl::StatusOr<std::vector<float>> vectors = reader.F32("held_vectors", ids_count_ * hidden);
    if (!vectors.ok()) return vectors.status();
    std::copy(vectors->begin(), vectors->end(), vectors_.begin());
  } else {
    absl::StatusOr<std::vector<int32_t>> ids = reader.Int32("held_ids", ids_count_);
    if (!ids.ok()) return ids.status();
    for (int32_t id : *ids) {
      if (id < 0 || id >= parts_.spec->vocabulary) return Damaged("an id is out of the vocabulary");
    }
    std::copy(ids->begin(), ids->end(), ids_.begin());
  }
  absl::StatusOr<std::vector<float>> rows = reader.F32("finished_rows", output_count_ * hidden);
  if (!rows.ok()) return rows.status();
  std::copy(rows->begin(), rows->end(), output_.begin());
  if (mode_ != Mode::kWindow) return absl::OkStatus();

  for (size_t l = 0; l < layers_.size(); ++l) {
    Layer& layer = layers_[l];
    const int64_t sinks = std::min(reading_.sinks, layer.received);
    const int64_t kept = layer.received - KeptFrom(l);
    absl::StatusOr<std::vector<float>> keys = reader.F32(Name("keys", l), (sinks + kept) * hidden);
    if (!keys.ok()) return keys.status();
    absl::StatusOr<std::vector<float>> values = reader.F32(Name("values", l), (sinks + kept) * hidden);
    if (!values.ok()) return values.status();
    rows = reader.F32(Name("rows", l), (layer.received - layer.emitted) * hidden);
    if (!rows.ok()) return rows.status();
    std::copy(rows->begin(), rows->end(), layer.pending.begin());
    for (int64_t i = 0; i < sinks + kept; ++i) {
      const int64_t position = i < sinks ? i : KeptFrom(l) + i - sinks;
      const int64_t tile = position / kKeyTile;
      kernels::StoreTileRows(layer.store.shape, keys->data() + i * hidden, hidden, values->data() + i * hidden, hidden,
                             position % kKeyTile, 1, layer.store.KeySlot(tile), layer.store.ValueSlot(tile));
    }
  }
  return absl::OkStatus();
}

std::string EncoderMemory::DescribeJson() const {
  constexpr const char* kModes[] = {"held back", "window", "in full"};
  std::string text =
      absl::StrCat("{\"reading\":\"", kModes[static_cast<int64_t>(mode_)], "\",\"rows_in\":", rows_in_,
                   ",\"held_ids\":", ids_count_, ",\"emitted_rows\":", rows_emitted(), ",\"waiting_rows\":",
                   output_count_, ",\"layers\":[");
  for (size_t l = 0; l < layers_.size(); ++l) {
    const Layer& layer = layers_[l];
    absl::StrAppend(&text, l == 0 ? "" : ",", "{\"received\":", layer.received, ",\"emitted\":", layer.emitted,
                    ",\"key_value_bytes\":", layer.store.KeyBytes() + layer.store.ValueBytes(),
                    ",\"waiting_bytes\":", layer.pending.size() * sizeof(float), "}");
  }
  return text + "]}";
}

std::vector<memory::Part> EncoderMemory::MemoryParts() const {
  const int64_t row = parts_.spec->hidden * int64_t{sizeof(float)};
  memory::Part sinks, window, waiting = {"waiting_rows", Use::kPending, 0, row, rows_in_};
  window.oldest = rows_in_;
  for (size_t l = 0; l < layers_.size(); ++l) {
    const Layer& layer = layers_[l];
    const bool windowed = mode_ == Mode::kWindow;  // a reading without a window has no radii to ask for
    const int64_t first = windowed ? std::min(reading_.sinks, layer.received) : 0;
    const int64_t from = windowed ? KeptFrom(l) : 0;
    sinks.rows += first;
    window.rows += layer.received - from;
    if (layer.received > from) window.oldest = std::min(window.oldest, from);
    waiting.rows += layer.received - layer.emitted;
    if (layer.received > layer.emitted) waiting.oldest = std::min(waiting.oldest, layer.emitted);
  }
  std::vector<memory::Part> parts;
  for (const bool keys : {true, false}) {
    const TileStore& store = layers_[0].store;
    sinks.row_bytes = window.row_bytes = keys ? store.KeyRowBytes() : store.ValueRowBytes();
    sinks.name = keys ? "sink_keys" : "sink_values";
    window.name = keys ? "keys" : "values";
    parts.push_back(sinks);
    parts.push_back(window);
  }
  parts.push_back(waiting);
  if (reading_.vectors) {
    parts.push_back({"held_vectors", Use::kPending, ids_count_, row, rows_fed_});
  } else {
    parts.push_back({"held_ids", Use::kPending, ids_count_, int64_t{sizeof(int32_t)}, rows_fed_});
  }
  parts.push_back({"finished_rows", Use::kPending, output_count_, row, rows_out()});
  return parts;
}

}  // namespace lwave::model
