// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Saving, loading and describing what a sequence keeps: rows in logical order, tiles and rings are storage.

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "attention/tile_layer.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

absl::Status Damaged(absl::string_view what) { return absl::DataLossError(absl::StrCat("snapshot: ", what)); }

}  // namespace

void TileState::KeptPlaces(int64_t* first, int64_t* second, int64_t* end) const {
  *end = spec_.PlaceEnd(received_);
  *first = *second = 0;
  if (!spec_.bounded) return;
  *first = std::min(spec_.pinned, *end);
  *second = std::clamp(spec_.Place(emitted_) - spec_.left, *first, std::max(*first, *end));
}

absl::Status TileState::Save(memory::SnapshotWriter& writer) const {
  if (finished_) return absl::FailedPreconditionError("the sequence is finished; save before finish");
  const RowWidths width = layer_.widths();
  writer.AddInt64("state", {received_, emitted_, view_.segment_begin});
  std::vector<float> queries;
  queries.reserve(static_cast<size_t>((received_ - emitted_) * width.q));
  for (int64_t i = 0; i < received_ - emitted_; ++i) {
    const float* row = waiting_.data() + (waiting_begin_ + i) % waiting_capacity_ * width.q;
    queries.insert(queries.end(), row, row + width.q);
  }
  writer.AddF32("queries", queries);
  int64_t first, second, end;
  KeptPlaces(&first, &second, &end);
  const int64_t rows = first + end - second;
  for (int64_t set = 0; set < (spec_.two_sets ? 2 : 1); ++set) {
    const KeySet& from = sets_[set];
    const int64_t key_width = spec_.kv_heads * spec_.head_dim, value_width = spec_.kv_heads * spec_.value_dim;
    std::vector<float> keys(static_cast<size_t>(rows * key_width)), values(static_cast<size_t>(rows * value_width));
    std::vector<uint8_t> open(static_cast<size_t>(rows));
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t place = r < first ? r : second + r - first;
      const int64_t tile = place / kKeyTile;
      open[static_cast<size_t>(r)] = from.IsOpen(place);
      kernels::LoadTileRow(from.store.shape, from.store.KeySlot(tile), from.store.ValueSlot(tile), place % kKeyTile,
                           keys.data() + r * key_width, values.data() + r * value_width);
    }
    writer.AddF32(absl::StrCat("keys.", set), keys);
    writer.AddF32(absl::StrCat("values.", set), values);
    writer.AddBytes(absl::StrCat("open.", set), open);
  }
  return absl::OkStatus();
}

absl::Status TileState::Load(const memory::SnapshotReader& reader) {
  const RowWidths width = layer_.widths();
  absl::StatusOr<std::vector<int64_t>> state = reader.Int64("state", 3);
  if (!state.ok()) return state.status();
  const int64_t received = (*state)[0], emitted = (*state)[1], segment_begin = (*state)[2];
  constexpr int64_t kMost = int64_t{1} << 60;
  // A segment ends when all of its rows have been given.
  if (received < 0 || received > kMost || emitted < 0 || emitted > received || segment_begin < 0 ||
      segment_begin > (spec_.explicit_segments ? emitted : 0) || received - emitted > waiting_capacity_ ||
      (!spec_.bounded && received > spec_.max_tokens)) {
    return Damaged("the counters contradict each other");
  }
  Start();
  received_ = received;
  emitted_ = emitted;
  view_.segment_begin = segment_begin;
  if (emitted_ > Ready()) return Damaged("more rows were given than could be");
  absl::StatusOr<std::vector<float>> queries = reader.F32("queries", (received_ - emitted_) * width.q);
  if (!queries.ok()) return queries.status();
  std::copy(queries->begin(), queries->end(), waiting_.begin());
  int64_t first, second, end;
  KeptPlaces(&first, &second, &end);
  const int64_t rows = first + end - second;
  for (int64_t set = 0; set < (spec_.two_sets ? 2 : 1); ++set) {
    KeySet& to = sets_[set];
    const int64_t key_width = spec_.kv_heads * spec_.head_dim, value_width = spec_.kv_heads * spec_.value_dim;
    absl::StatusOr<std::vector<float>> keys = reader.F32(absl::StrCat("keys.", set), rows * key_width);
    if (!keys.ok()) return keys.status();
    absl::StatusOr<std::vector<float>> values = reader.F32(absl::StrCat("values.", set), rows * value_width);
    if (!values.ok()) return values.status();
    absl::StatusOr<absl::Span<const uint8_t>> open = reader.Bytes(absl::StrCat("open.", set));
    if (!open.ok()) return open.status();
    if (static_cast<int64_t>(open->size()) != rows) return Damaged("a mask has another length");
    std::fill_n(to.open, to.store.ring.slots(), uint64_t{0});
    for (int64_t r = 0; r < rows; ++r) {
      const int64_t place = r < first ? r : second + r - first;
      const int64_t tile = place / kKeyTile;
      kernels::StoreTileRows(to.store.shape, keys->data() + r * key_width, key_width, values->data() + r * value_width,
                             value_width, place % kKeyTile, 1, to.store.KeySlot(tile), to.store.ValueSlot(tile));
      if ((*open)[static_cast<size_t>(r)] != 0) {
        to.open[to.store.ring.Slot(tile)] |= uint64_t{1} << (place % kKeyTile);
      }
    }
    to.end = end;
  }
  return absl::OkStatus();
}

absl::Status TileState::CopyFrom(const SequenceState& other) {
  const TileState& from = static_cast<const TileState&>(other);
  if (from.finished_) return absl::FailedPreconditionError("the sequence is finished; copy before finish");
  for (int64_t set = 0; set < (spec_.two_sets ? 2 : 1); ++set) sets_[set].CopyFrom(from.sets_[set]);
  if (from.emitted_ < from.received_) std::copy(from.waiting_.begin(), from.waiting_.end(), waiting_.begin());
  waiting_begin_ = from.waiting_begin_;
  received_ = from.received_;
  emitted_ = from.emitted_;
  finished_ = false;
  view_.segment_begin = from.view_.segment_begin;
  return absl::OkStatus();
}

void TileState::AddParts(absl::string_view prefix, int64_t begin, int64_t end, std::vector<memory::Part>* parts) const {
  // Places hold zeros in front, the positions up to the split, and those behind it; between them there may be gaps.
  const int64_t before = std::min(received_, spec_.split), behind = received_ - before;
  const int64_t ranges[3][2] = {{spec_.zero_lead ? 0 : spec_.lead, spec_.lead},
                                {spec_.lead, spec_.lead + before},
                                {spec_.Place(received_) - behind, spec_.Place(received_)}};
  int64_t rows = 0, oldest = 0;
  for (const auto& range : ranges) {
    const int64_t from = std::max(begin, range[0]), count = std::min(end, range[1]) - from;
    if (count <= 0) continue;
    if (rows == 0) oldest = from - spec_.lead - (&range == &ranges[2] ? spec_.gap : 0);
    rows += count;
  }
  const int64_t sets = spec_.two_sets ? 2 : 1;
  const TileStore& store = sets_[0].store;
  parts->push_back({absl::StrCat(prefix, "keys"), Use::kPayload, rows, sets * store.KeyRowBytes(), oldest});
  parts->push_back({absl::StrCat(prefix, "values"), Use::kPayload, rows, sets * store.ValueRowBytes(), oldest});
}

std::vector<memory::Part> TileState::Parts() const {
  int64_t first, second, end;
  KeptPlaces(&first, &second, &end);
  std::vector<memory::Part> parts;
  if (spec_.bounded && spec_.pinned > 0) AddParts("sink_", 0, first, &parts);
  AddParts("", second, end, &parts);
  parts.push_back({"waiting_queries", Use::kPending, received_ - emitted_,
                   layer_.widths().q * int64_t{sizeof(float)}, emitted_});
  return parts;
}

}  // namespace lwave::attention
