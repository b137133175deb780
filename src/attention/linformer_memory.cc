// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The running state of a Linformer layer: slots under way, finished slots as a set of keys, queries that wait.

#include <algorithm>
#include <memory>
#include <optional>
#include <variant>

#include "absl/strings/str_cat.h"
#include "attention/attend.h"
#include "attention/linformer_layer.h"
#include "attention/slot_convolution.h"
#include "attention/slot_pools.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

class LinformerState : public LateState {
 public:
  // keys: the most that come   waiting: queries that wait
  LinformerState(const LinformerLayer& layer, Arena& arena, int64_t keys, int64_t waiting)
      : LateState(layer, keys), spec_(layer.spec()), runner_(*layer.context().runner) {
    slots_.store.shape.kv_heads = late_.heads;
    slots_.store.shape.head_dim = late_.head_dim;
    slots_.store.shape.value_dim = late_.value_dim;
    slots_.store.ring.pinned = (spec_.Slots(keys) + kKeyTile - 1) / kKeyTile;
    // Sums become slots when the keys are complete; pools and convolutions remember slots.
    slots_.Take(arena, linear() ? Use::kScratch : Use::kPayload);
    for (int i = 0; i < 2; ++i) {
      const int64_t width = i == 0 ? late_.head_dim : late_.value_dim;
      switch (spec_.kind) {
        case SlotKind::kLinear: sums_[i].emplace(arena, layer.Columns(i), width, runner_.threads()); break;
        case SlotKind::kConvolution:
          convolution_[i].emplace(arena, layer.Convolution(i), late_.heads, width, spec_.stride);
          break;
        default: pools_[i].emplace(arena, spec_.kind == SlotKind::kMean, spec_.stride, late_.heads * width);
      }
      full_[i] = arena.Take<float>(std::min(kSlotsAtOnce, spec_.Slots(keys)) * late_.heads * width);
    }
    waiting_ = arena.Take<float>(waiting * width_.q, Use::kPending);
    scratch_ = AttendScratch::Take(arena, runner_.threads(), slots_.store.ring.slots(), nullptr);
  }

  absl::Status Whole(const InputRows& input, float* out) override {
    const absl::Status status = CheckKeys(input.keys);
    if (!status.ok()) return status;
    Append(input);
    CloseSlots();
    Attend(input.q, input.rows, out);
    return absl::OkStatus();
  }

  std::vector<memory::Part> Parts() const override {
    constexpr int64_t kFloat = sizeof(float);
    std::vector<memory::Part> parts;
    if (linear()) {
      sums_[0]->AddParts("key_", received_, &parts);
      sums_[1]->AddParts("value_", received_, &parts);
    } else {
      parts.push_back({"keys", Use::kPayload, slots_.end, width_.k * kFloat, 0});
      parts.push_back({"values", Use::kPayload, slots_.end, width_.v * kFloat, 0});
      const int64_t open = finished_ ? 0 : received_ % spec_.stride;
      if (pools_[0]) {  // what they have of the open slot is one row
        const int64_t bytes = pools_[0]->PendingBytes() + pools_[1]->PendingBytes();
        parts.push_back({"open_slot", Use::kPending, open > 0 ? 1 : 0, bytes, received_ - open});
      } else {
        parts.push_back({"open_slot", Use::kPending, open, (width_.k + width_.v) * kFloat, received_ - open});
      }
    }
    parts.push_back({"waiting_queries", Use::kPending, received_ - emitted_, width_.q * kFloat, emitted_});
    return parts;
  }

 protected:
  void Keep(const InputRows& input) override {
    std::copy_n(input.q, input.rows * width_.q, waiting_.data() + received_ * width_.q);
    Append(input);
  }
  absl::Status Close() override {
    CloseSlots();
    return absl::OkStatus();
  }
  void Give(int64_t first, int64_t rows, float* out) override { Attend(waiting_.data() + first * width_.q, rows, out); }

  void SaveParts(memory::SnapshotWriter& writer) const override {
    writer.AddF32("queries", waiting_.subspan(0, static_cast<size_t>(received_ * width_.q)));
    for (int i = 0; i < 2; ++i) {
      const std::string suffix = absl::StrCat(i);
      if (sums_[i]) sums_[i]->Save(writer, received_, suffix);
      if (pools_[i]) pools_[i]->Save(writer, received_, suffix);
      if (convolution_[i]) convolution_[i]->Save(writer, received_, suffix);
    }
    std::vector<float> keys(static_cast<size_t>(slots_.end * width_.k));
    std::vector<float> values(static_cast<size_t>(slots_.end * width_.v));
    for (int64_t g = 0; g < slots_.end; ++g) {
      kernels::LoadTileRow(slots_.store.shape, slots_.store.KeySlot(g / kKeyTile), slots_.store.ValueSlot(g / kKeyTile),
                           g % kKeyTile, keys.data() + g * width_.k, values.data() + g * width_.v);
    }
    writer.AddF32("slots.0", keys);
    writer.AddF32("slots.1", values);
  }
  void ResetParts() override {
    slots_.end = 0;
    for (std::optional<SlotSums>& sums : sums_) {
      if (sums) sums->Reset();
    }
  }
  absl::Status LoadParts(const memory::SnapshotReader& reader) override {
    absl::StatusOr<std::vector<float>> queries = reader.F32("queries", received_ * width_.q);
    if (!queries.ok()) return queries.status();
    std::copy(queries->begin(), queries->end(), waiting_.begin());
    for (int i = 0; i < 2; ++i) {
      const std::string suffix = absl::StrCat(i);
      absl::Status status;
      if (sums_[i]) status = sums_[i]->Load(runner_, reader, received_, suffix);
      if (pools_[i]) status = pools_[i]->Load(reader, received_, suffix);
      if (convolution_[i]) status = convolution_[i]->Load(reader, received_, suffix);
      if (!status.ok()) return status;
    }
    const int64_t full = linear() ? 0 : received_ / spec_.stride;
    absl::StatusOr<std::vector<float>> keys = reader.F32("slots.0", full * width_.k);
    if (!keys.ok()) return keys.status();
    absl::StatusOr<std::vector<float>> values = reader.F32("slots.1", full * width_.v);
    if (!values.ok()) return values.status();
    slots_.end = 0;
    slots_.Append(runner_, keys->data(), width_.k, values->data(), width_.v, nullptr, 0, full);
    return absl::OkStatus();
  }

 private:
  bool linear() const { return spec_.kind == SlotKind::kLinear; }

  absl::Status CheckKeys(int64_t keys) const {
    if (!linear() || keys <= spec_.keys) return CheckRoom(keys);
    return absl::OutOfRangeError(
        absl::StrCat("the layer's projections are for at most ", spec_.keys, " keys, got ", keys));
  }

  // Rows in pieces that fill at most kSlotsAtOnce slots.
  void Append(const InputRows& input) {
    const float* const from[2] = {input.k, input.v};
    const int64_t width[2] = {width_.k, width_.v};
    for (int64_t begin = 0; begin < input.keys;) {
      const int64_t left = input.keys - begin;
      const int64_t rows = linear() ? left : std::min(left, kSlotsAtOnce * spec_.stride - received_ % spec_.stride);
      const int32_t* mask = input.mask == nullptr ? nullptr : input.mask + begin;
      for (int i = 0; i < 2; ++i) {
        const float* row = from[i] + begin * width[i];
        if (sums_[i]) sums_[i]->Append(runner_, row, mask, received_, rows);
        if (pools_[i]) pools_[i]->Append(runner_, row, mask, received_, rows, full_[i].data());
        if (convolution_[i]) convolution_[i]->Append(runner_, row, mask, received_, rows, full_[i].data());
      }
      received_ += rows;
      begin += rows;
      if (!linear()) StoreFull(received_ / spec_.stride - slots_.end);
    }
  }

  void StoreFull(int64_t count) {
    slots_.Append(runner_, full_[0].data(), width_.k, full_[1].data(), width_.v, nullptr, slots_.end, count);
  }

  // The slots that only the end makes.
  void CloseSlots() {
    if (linear() && received_ > 0) {
      for (int64_t first = 0; first < spec_.slots; first += kSlotsAtOnce) {
        const int64_t count = std::min(kSlotsAtOnce, spec_.slots - first);
        for (int i = 0; i < 2; ++i) sums_[i]->Read(runner_, received_, first, count, full_[i].data());
        StoreFull(count);
      }
    }
    if (pools_[0] && pools_[0]->Last(received_, full_[0].data())) {
      pools_[1]->Last(received_, full_[1].data());
      StoreFull(1);
    }
  }

  void Attend(const float* q, int64_t rows, float* out) {
    AttendJob job;
    job.keys = &slots_;
    job.pattern = &every_slot_;
    job.heads = late_.heads;
    job.scale = spec_.scale;
    job.rows = rows;
    job.query = q;
    job.query_stride = width_.q;
    job.output = out;
    job.output_stride = width_.out;
    AttendRows(runner_, job, scratch_);
  }

  const LinformerSpec& spec_;
  Runner& runner_;
  const FullPattern every_slot_{false};
  KeySet slots_;
  std::optional<SlotSums> sums_[2];  // of keys and of values; one of the three kinds
  std::optional<SlotPools> pools_[2];
  std::optional<SlotConvolution> convolution_[2];
  absl::Span<float> full_[2];  // [kSlotsAtOnce, width], slots on their way to the set
  absl::Span<float> waiting_;
  AttendScratch scratch_;
};

}  // namespace

std::unique_ptr<SequenceState> LinformerLayer::MakeWhole(Arena& arena, int64_t, int64_t keys) const {
  return std::make_unique<LinformerState>(*this, arena, keys, 0);
}
std::unique_ptr<SequenceState> LinformerLayer::MakeStream(Arena& arena) const {
  return std::make_unique<LinformerState>(*this, arena, late().max_tokens, late().max_tokens);
}

}  // namespace lwave::attention
