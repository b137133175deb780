// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The factorised sets of the Sparse Transformer (Child et al. 2019), causal, for each head a local set, a distant set
// or their union:
//            strided                              fixed
//   local    i - l < j <= i                       j <= i, floor(j / l) = floor(i / l)
//   distant  j <= i, (i - j) mod l = 0            j <= i, j mod l >= l - c

#ifndef LONGWAVE_ATTENTION_SPARSE_SETS_H_
#define LONGWAVE_ATTENTION_SPARSE_SETS_H_

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "attention/options.h"
#include "attention/pattern.h"

namespace lwave::attention {

struct Sets {
  bool fixed = false;
  int64_t stride = 1, summary = 1;
  std::vector<bool> local, distant;  // [heads]
};

// Any thread.
class SetsPattern : public Pattern {
 public:
  explicit SetsPattern(const Sets& sets) : s_(sets) {}

  int64_t NextTile(const SequenceView&, int64_t head, int64_t first_row, int64_t rows, int64_t tile) const override {
    const int64_t last = first_row + rows - 1;
    int64_t next = kNoTile;
    if (s_.local[static_cast<size_t>(head)]) {
      const int64_t low = std::max<int64_t>(0, LocalBegin(first_row)) / kernels::kKeyTile;
      if (std::max(tile, low) <= last / kernels::kKeyTile) next = std::max(tile, low);
    }
    if (MasksDistant(head)) {
      const int64_t key = NextDistant(tile * kernels::kKeyTile);
      if (key <= last) next = std::min(next, key / kernels::kKeyTile);
    }
    return next;
  }

  uint64_t Mask(const SequenceView&, int64_t head, int64_t row, int64_t tile) const override {
    const int64_t first = tile * kernels::kKeyTile;
    uint64_t mask = 0;
    if (s_.local[static_cast<size_t>(head)]) mask = Bits(LocalBegin(row) - first, row + 1 - first);
    if (!MasksDistant(head)) return mask;
    const int64_t end = std::min(row + 1, first + kernels::kKeyTile);
    for (int64_t key = NextDistant(first); key < end; key = NextDistant(key + 1)) {
      mask |= uint64_t{1} << (key - first);
    }
    return mask;
  }

  // The row's own key is in both sets.
  StridedKeys Strided(int64_t head) const override {
    if (!s_.distant[static_cast<size_t>(head)] || MasksDistant(head)) return {};
    return {s_.stride, kNoLimit, s_.local[static_cast<size_t>(head)] ? -1 : 0};
  }
  bool Near(int64_t head) const override { return s_.local[static_cast<size_t>(head)] || MasksDistant(head); }

 private:
  int64_t LocalBegin(int64_t row) const {
    return s_.fixed ? row / s_.stride * s_.stride : row - s_.stride + 1;
  }
  // Columns, or a stride of 1, which is everything.
  bool MasksDistant(int64_t head) const { return s_.distant[static_cast<size_t>(head)] && (s_.fixed || s_.stride == 1); }
  // The first key of the distant set at or after `key`.
  int64_t NextDistant(int64_t key) const {
    return s_.fixed ? key + std::max<int64_t>(0, s_.stride - s_.summary - key % s_.stride) : key;
  }

  const Sets s_;
};

// Options pattern, stride and summary; `names` has local, distant or union for each head, or another word where the
// sets are none of the head's business.
absl::StatusOr<Sets> SetsFromOptions(const Options& options, const std::vector<std::string>& names);

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_SPARSE_SETS_H_
