// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Which summary each token of a LongT5 sequence belongs to (Guo et al. 2022, as published code has it for masks).

#ifndef LONGWAVE_ATTENTION_TRANSIENT_GLOBAL_H_
#define LONGWAVE_ATTENTION_TRANSIENT_GLOBAL_H_

#include <algorithm>
#include <cstdint>

#include "absl/types/span.h"

namespace lwave::attention {

// Row i belongs to summary i / block, those behind the last whole block to the last; -1: to none. There are rows /
// block summaries, of which the first ones, as many as this returns, are open.   is_open(row)   of // [rows]
template <typename IsOpen>
int64_t SummariesOf(int64_t block, const IsOpen& is_open, absl::Span<int32_t> of) {
  const int64_t rows = static_cast<int64_t>(of.size());
  int64_t whole = 0, most = -1;
  for (int64_t end = block - 1; end < rows; end += block) whole += is_open(end) ? 1 : 0;
  for (int64_t row = 0; row < rows; ++row) {
    const int64_t own = is_open(row) ? std::min(row / block, whole - 1) : -1;
    of[static_cast<size_t>(row)] = static_cast<int32_t>(own);
    most = std::max(most, own);
  }
  return most + 1;
}

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_TRANSIENT_GLOBAL_H_
