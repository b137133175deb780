// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/slot_pools.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "absl/strings/str_cat.h"
#include "kernels/rows.h"

namespace lwave::attention {
namespace {

// Numbers of a row that one task sees, of many rows.
constexpr int64_t kColumns = 64;

// The larger, NaN where either is.
void MaxTo(const float* x, int64_t count, float* y) {
  for (int64_t c = 0; c < count; ++c) y[c] = x[c] > y[c] || std::isnan(x[c]) ? x[c] : y[c];
}

void Mean(const double* sum, int64_t count, int64_t rows, float* to) {
  for (int64_t c = 0; c < count; ++c) to[c] = static_cast<float>(sum[c] / static_cast<double>(rows));
}

}  // namespace

SlotPools::SlotPools(Arena& arena, bool mean, int64_t stride, int64_t width)
    : mean_(mean),
      stride_(stride),
      width_(width),
      largest_(arena.Take<float>(mean ? 0 : width, Use::kPending)),
      sums_(arena.Take<double>(mean ? width : 0, Use::kPending)) {}

void SlotPools::Append(Runner& runner, const float* rows, const int32_t* mask, int64_t position, int64_t count,
                       float* slots) {
  runner.For((width_ + kColumns - 1) / kColumns, [&](int64_t index, int32_t /*thread*/) {
    const int64_t first = index * kColumns, columns = std::min(kColumns, width_ - first);
    double* const sums = mean_ ? sums_.data() + first : nullptr;
    float* const largest = mean_ ? nullptr : largest_.data() + first;
    float* to = slots + first;
    static constexpr float kClosed[kColumns] = {};
    for (int64_t r = 0; r < count; ++r) {
      const int64_t at = (position + r) % stride_;
      const float* row = mask == nullptr || mask[r] != 0 ? rows + r * width_ + first : kClosed;
      if (mean_) {
        if (at == 0) std::fill_n(sums, columns, 0.0);
        kernels::AccumulateRow(row, columns, sums);
      } else if (at == 0) {
        std::copy_n(row, columns, largest);
      } else {
        MaxTo(row, columns, largest);
      }
      if (at + 1 < stride_) continue;
      if (mean_) {
        Mean(sums, columns, stride_, to);
      } else {
        std::copy_n(largest, columns, to);
      }
      to += width_;
    }
  });
}

bool SlotPools::Last(int64_t position, float* slot) const {
  const int64_t rows = position % stride_;
  if (rows == 0) return false;
  if (mean_) {
    Mean(sums_.data(), width_, rows, slot);
  } else {
    std::copy(largest_.begin(), largest_.end(), slot);
  }
  return true;
}

void SlotPools::Save(memory::SnapshotWriter& writer, int64_t position, absl::string_view suffix) const {
  const bool none = position % stride_ == 0;
  writer.AddF64(absl::StrCat("pool_sums.", suffix), sums_.subspan(0, none ? 0 : sums_.size()));
  writer.AddF32(absl::StrCat("pool_max.", suffix), largest_.subspan(0, none ? 0 : largest_.size()));
}

absl::Status SlotPools::Load(const memory::SnapshotReader& reader, int64_t position, absl::string_view suffix) {
  const int64_t width = position % stride_ == 0 ? 0 : width_;
  absl::StatusOr<std::vector<double>> sums = reader.F64(absl::StrCat("pool_sums.", suffix), mean_ ? width : 0);
  if (!sums.ok()) return sums.status();
  absl::StatusOr<std::vector<float>> largest = reader.F32(absl::StrCat("pool_max.", suffix), mean_ ? 0 : width);
  if (!largest.ok()) return largest.status();
  std::copy(sums->begin(), sums->end(), sums_.begin());
  std::copy(largest->begin(), largest->end(), largest_.begin());
  return absl::OkStatus();
}

}  // namespace lwave::attention
