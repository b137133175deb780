// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/slot_sums.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"

namespace lwave::attention {
namespace {

using kernels::kStateBlock;

constexpr int64_t kUnitWidth = 256;  // the widest row of a state

}  // namespace

SlotSums::SlotSums(Arena& arena, const SlotColumns& columns, int64_t width, int32_t threads)
    : columns_(columns), width_(width) {
  heads_at_once_ = columns.per_head ? 1 : std::clamp(kUnitWidth / width, int64_t{1}, columns.heads);
  head_groups_ = (columns.heads + heads_at_once_ - 1) / heads_at_once_;
  slot_groups_ = (columns.slots + kSlotsAtOnce - 1) / kSlotsAtOnce;
  unit_floats_ = At(0).shape.Floats();
  states_ = arena.Take<float>(units() * unit_floats_, Use::kPayload);
  const int64_t taken = units() * unit_floats_ * int64_t{sizeof(float)};
  const int64_t sums = columns.slots * columns.heads * width * 2 * int64_t{sizeof(float)};
  arena.Recount(Use::kPayload, Use::kPending, kStateBlock * RowBytes());
  arena.Recount(Use::kPayload, Use::kPadding, taken - sums - kStateBlock * RowBytes());
  zeroed_ = arena.Take<float>(threads * kStateBlock * heads_at_once_ * width);
  sums_ = arena.Take<double>(threads * kSlotsAtOnce * heads_at_once_ * width);
}

void SlotSums::Reset() { std::fill(states_.begin(), states_.end(), 0.0f); }

int64_t SlotSums::RowBytes() const {
  int64_t bytes = 0;
  for (int64_t index = 0; index < units(); ++index) {
    const kernels::StateShape shape = At(index).shape;
    bytes += (shape.features + shape.value_dim) * int64_t{sizeof(float)};
  }
  return bytes;
}

void SlotSums::AddParts(absl::string_view prefix, int64_t position, std::vector<memory::Part>* parts) const {
  const int64_t open = position % kStateBlock;
  parts->push_back({absl::StrCat(prefix, "sums"), Use::kPayload, columns_.slots,
                    2 * columns_.heads * width_ * int64_t{sizeof(float)}, 0});
  parts->push_back({absl::StrCat(prefix, "block"), Use::kPending, open, RowBytes(), position - open});
}

SlotSums::Unit SlotSums::At(int64_t index) const {
  Unit unit;
  unit.head = index / slot_groups_ * heads_at_once_;
  unit.heads = std::min(heads_at_once_, columns_.heads - unit.head);
  unit.slot = index % slot_groups_ * kSlotsAtOnce;
  unit.shape.heads = 1;
  unit.shape.features = std::min(kSlotsAtOnce, columns_.slots - unit.slot);
  unit.shape.value_dim = unit.heads * width_;
  unit.shape.normalised = false;
  unit.state = const_cast<float*>(states_.data()) + index * unit_floats_;
  return unit;
}

void SlotSums::Append(Runner& runner, const float* rows, const int32_t* mask, int64_t position, int64_t count) {
  const int64_t stride = columns_.heads * width_;
  runner.For(units(), [&](int64_t index, int32_t thread) {
    const Unit unit = At(index);
    kernels::StateRows job;
    job.shape = unit.shape;
    job.state = unit.state;
    job.key_stride = columns_.slots;
    const float* columns =
        columns_.numbers + (columns_.per_head ? unit.head * columns_.keys : 0) * columns_.slots + unit.slot;
    const auto append = [&](int64_t begin, int64_t number, const float* value, int64_t value_stride) {
      job.position = position + begin;
      job.rows = number;
      job.key = columns + (position + begin) * columns_.slots;
      job.value = value;
      job.value_stride = value_stride;
      kernels::AppendState(job, 0, 1);
    };
    const float* from = rows + unit.head * width_;
    if (mask == nullptr) {
      append(0, count, from, stride);
      return;
    }
    const int64_t width = unit.heads * width_;
    float* const zeroed = zeroed_.data() + thread * kStateBlock * heads_at_once_ * width_;
    for (int64_t begin = 0; begin < count; begin += kStateBlock) {
      const int64_t number = std::min(kStateBlock, count - begin);
      for (int64_t r = 0; r < number; ++r) {
        if (mask[begin + r] != 0) {
          std::copy_n(from + (begin + r) * stride, width, zeroed + r * width);
        } else {
          std::fill_n(zeroed + r * width, width, 0.0f);
        }
      }
      append(begin, number, zeroed, width);
    }
  });
}

void SlotSums::Read(Runner& runner, int64_t position, int64_t first, int64_t count, float* slots) {
  const int64_t stride = columns_.heads * width_;
  runner.For(head_groups_, [&](int64_t group, int32_t thread) {
    const Unit unit = At(group * slot_groups_ + first / kSlotsAtOnce);
    double* const sums = sums_.data() + thread * kSlotsAtOnce * heads_at_once_ * width_;
    kernels::SumState(unit.shape, position, unit.state, sums, nullptr);
    const double* from = sums;
    for (int64_t s = 0; s < count; ++s) {
      for (int64_t h = unit.head; h < unit.head + unit.heads; ++h) {
        double shift = 0;
        if (!columns_.bias.empty()) {
          const bool own = static_cast<int64_t>(columns_.bias.size()) > columns_.slots;
          shift = static_cast<double>(columns_.bias[static_cast<size_t>((own ? h * columns_.slots : 0) + first + s)]);
        }
        float* to = slots + s * stride + h * width_;
        for (int64_t c = 0; c < width_; ++c) to[c] = static_cast<float>(*from++ + shift);
      }
    }
  });
}

template <typename Visit>
void SlotSums::ForSlots(const Visit& visit) const {
  for (int64_t index = 0; index < units(); ++index) {
    const Unit unit = At(index);
    const kernels::StateHead head = kernels::HeadOfState(unit.shape, unit.state, 0);
    for (int64_t f = 0; f < unit.shape.features; ++f) {
      visit(static_cast<size_t>((unit.slot + f) * columns_.heads * width_ + unit.head * width_),
            head.sums + f * unit.shape.ValueStride(), head.sums_low + f * unit.shape.ValueStride(),
            unit.shape.value_dim);
    }
  }
}

void SlotSums::Save(memory::SnapshotWriter& writer, int64_t position, absl::string_view suffix) const {
  const int64_t stride = columns_.heads * width_, pending = position % kStateBlock;
  std::vector<float> high(static_cast<size_t>(columns_.slots * stride)), low = high;
  ForSlots([&](size_t offset, const float* sums, const float* sums_low, int64_t count) {
    std::copy_n(sums, count, high.data() + offset);
    std::copy_n(sums_low, count, low.data() + offset);
  });
  std::vector<float> rows(static_cast<size_t>(pending * stride));
  for (int64_t group = 0; group < head_groups_; ++group) {
    const Unit unit = At(group * slot_groups_);
    const kernels::StateHead head = kernels::HeadOfState(unit.shape, unit.state, 0);
    for (int64_t r = 0; r < pending; ++r) {
      std::copy_n(head.values + r * unit.shape.ValueStride(), unit.shape.value_dim,
                  rows.data() + r * stride + unit.head * width_);
    }
  }
  writer.AddF32(absl::StrCat("sums.", suffix), high);
  writer.AddF32(absl::StrCat("sums_low.", suffix), low);
  writer.AddF32(absl::StrCat("pending.", suffix), rows);
}

absl::Status SlotSums::Load(Runner& runner, const memory::SnapshotReader& reader, int64_t position,
                            absl::string_view suffix) {
  const int64_t stride = columns_.heads * width_, pending = position % kStateBlock;
  absl::StatusOr<std::vector<float>> high = reader.F32(absl::StrCat("sums.", suffix), columns_.slots * stride);
  if (!high.ok()) return high.status();
  absl::StatusOr<std::vector<float>> low = reader.F32(absl::StrCat("sums_low.", suffix), columns_.slots * stride);
  if (!low.ok()) return low.status();
  absl::StatusOr<std::vector<float>> rows = reader.F32(absl::StrCat("pending.", suffix), pending * stride);
  if (!rows.ok()) return rows.status();
  ForSlots([&](size_t offset, float* sums, float* sums_low, int64_t count) {
    std::copy_n(high->data() + offset, count, sums);
    std::copy_n(low->data() + offset, count, sums_low);
  });
  Append(runner, rows->data(), nullptr, position - pending, pending);
  return absl::OkStatus();
}

}  // namespace lwave::attention
