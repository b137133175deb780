// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Sliding windows that differ from head to head, dilated or not, and global tokens that every row sees (Longformer,
// Beltagy et al. 2020): row i of head h sees i + s D_h for -left_h <= s <= right_h.

#ifndef LONGWAVE_ATTENTION_WINDOW_HEADS_H_
#define LONGWAVE_ATTENTION_WINDOW_HEADS_H_

#include <algorithm>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "attention/options.h"
#include "attention/pattern.h"

namespace lwave::attention {

struct Windows {
  std::vector<int64_t> left, right, dilation;  // [heads]
  bool globals = false;                        // whether a sequence may have global tokens
  bool causal = false;

  // How far a head reaches behind a row and ahead of it.
  int64_t Behind(int64_t head) const { return left[static_cast<size_t>(head)] * dilation[static_cast<size_t>(head)]; }
  int64_t Ahead(int64_t head) const { return right[static_cast<size_t>(head)] * dilation[static_cast<size_t>(head)]; }
};

// Any thread.
class LocalPattern : public Pattern {
 public:
  explicit LocalPattern(const Windows& windows) : w_(windows) {}

  int64_t NextTile(const SequenceView& sequence, int64_t head, int64_t first_row, int64_t rows, int64_t tile) const override {
    int64_t next = kNoTile;
    if (Dilation(head) == 1) {
      const int64_t low = std::max<int64_t>(0, first_row - w_.Behind(head)) / kernels::kKeyTile;
      const int64_t high = (first_row + rows - 1 + w_.Ahead(head)) / kernels::kKeyTile;
      if (tile <= high) next = std::max(tile, low);
    }
    const auto global = std::lower_bound(sequence.globals.begin(), sequence.globals.end(), tile * kernels::kKeyTile);
    if (global != sequence.globals.end()) next = std::min(next, *global / kernels::kKeyTile);
    return next;
  }

  uint64_t Mask(const SequenceView& sequence, int64_t head, int64_t row, int64_t tile) const override {
    const int64_t first = tile * kernels::kKeyTile;
    const int64_t low = row - w_.Behind(head);
    const int64_t high = row + w_.Ahead(head);
    const int64_t step = Dilation(head);
    uint64_t mask = step == 1 ? Bits(low - first, high + 1 - first) : 0;
    for (auto global = std::lower_bound(sequence.globals.begin(), sequence.globals.end(), first);
         global != sequence.globals.end() && *global < first + kernels::kKeyTile; ++global) {
      const bool strided = step > 1 && low <= *global && *global <= high && (*global - row) % step == 0;
      if (!strided) mask |= uint64_t{1} << (*global - first);
    }
    return w_.causal ? mask & Bits(0, row + 1 - first) : mask;
  }

  bool AllOpen(const SequenceView&, int64_t head, int64_t first_row, int64_t rows, int64_t tile) const override {
    const int64_t first = tile * kernels::kKeyTile, last = first + kernels::kKeyTile - 1;
    return Dilation(head) == 1 && first >= first_row + rows - 1 - w_.Behind(head) &&
           last <= first_row + w_.Ahead(head) && (!w_.causal || last <= first_row);
  }

  StridedKeys Strided(int64_t head) const override {
    const size_t h = static_cast<size_t>(head);
    return w_.dilation[h] == 1 ? StridedKeys() : StridedKeys{w_.dilation[h], w_.left[h], w_.right[h]};
  }
  bool Near(int64_t head) const override { return Dilation(head) == 1 || w_.globals; }

 private:
  int64_t Dilation(int64_t head) const { return w_.dilation[static_cast<size_t>(head)]; }
  const Windows w_;
};

// Options left, right, dilation (one number or one a head) and causal; global is left empty.
absl::StatusOr<Windows> WindowsFromOptions(const Options& options, int64_t heads);

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_WINDOW_HEADS_H_
