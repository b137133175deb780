// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/slot_convolution.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"

namespace lwave::attention {
namespace {

constexpr int64_t kProductRows = 96;  // about so many, so that reading the weights does not dominate

}  // namespace

SlotConvolution::SlotConvolution(Arena& arena, const Projection& weight, int64_t heads, int64_t width, int64_t stride)
    : weight_(weight),
      heads_(heads),
      width_(width),
      stride_(stride),
      at_once_((kProductRows + heads - 1) / heads),
      beside_(arena.Take<float>(at_once_ * heads * stride * width)) {
  // Between calls the rows of one slot wait there.
  arena.Recount(Use::kScratch, Use::kPending, heads * stride * width * int64_t{sizeof(float)});
}

void SlotConvolution::Append(Runner& runner, const float* rows, const int32_t* mask, int64_t position, int64_t count,
                             float* slots) {
  const int64_t slot_floats = heads_ * stride_ * width_;
  for (int64_t begin = 0; begin < count;) {
    const int64_t at = (position + begin) % stride_;
    const int64_t end = std::min(count, begin + at_once_ * stride_ - at);
    runner.For(end - begin, [&](int64_t index, int32_t /*thread*/) {
      const int64_t r = begin + index, place = at + index;
      float* to = beside_.data() + place / stride_ * slot_floats + place % stride_ * width_;
      const bool open = mask == nullptr || mask[r] != 0;
      for (int64_t h = 0; h < heads_; ++h, to += stride_ * width_) {
        if (open) {
          std::copy_n(rows + (r * heads_ + h) * width_, width_, to);
        } else {
          std::fill_n(to, width_, 0.0f);
        }
      }
    });
    const int64_t full = (at + end - begin) / stride_;
    weight_.Apply(runner, beside_.data(), full * heads_, slots);
    slots += full * heads_ * width_;
    // The slot that is not full comes first in the next round.
    if (full > 0 && (at + end - begin) % stride_ != 0) {
      std::copy_n(beside_.data() + full * slot_floats, slot_floats, beside_.data());
    }
    begin = end;
  }
}

void SlotConvolution::Save(memory::SnapshotWriter& writer, int64_t position, absl::string_view suffix) const {
  std::vector<float> rows;
  for (int64_t s = 0; s < position % stride_; ++s) {
    for (int64_t h = 0; h < heads_; ++h) {
      const auto from = beside_.begin() + (h * stride_ + s) * width_;
      rows.insert(rows.end(), from, from + width_);
    }
  }
  writer.AddF32(absl::StrCat("pending.", suffix), rows);
}

absl::Status SlotConvolution::Load(const memory::SnapshotReader& reader, int64_t position, absl::string_view suffix) {
  const int64_t pending = position % stride_;
  absl::StatusOr<std::vector<float>> rows = reader.F32(absl::StrCat("pending.", suffix), pending * heads_ * width_);
  if (!rows.ok()) return rows.status();
  for (int64_t s = 0; s < pending; ++s) {
    for (int64_t h = 0; h < heads_; ++h) {
      std::copy_n(rows->data() + (s * heads_ + h) * width_, width_, beside_.data() + (h * stride_ + s) * width_);
    }
  }
  return absl::OkStatus();
}

}  // namespace lwave::attention
