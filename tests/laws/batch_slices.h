// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#ifndef LONGWAVE_TESTS_LAWS_BATCH_SLICES_H_
#define LONGWAVE_TESTS_LAWS_BATCH_SLICES_H_

#include <cstdint>
#include <vector>

namespace lwave::test {

// One sequence's numbers out of a batch's result; hidden states have a plane for each layer, [layers + 1, batch, ...].
inline std::vector<float> Slice(const std::vector<float>& result, int64_t planes, int64_t batch, int64_t index) {
  const int64_t each = static_cast<int64_t>(result.size()) / (planes * batch);
  std::vector<float> slice;
  for (int64_t plane = 0; plane < planes; ++plane) {
    const auto begin = result.begin() + (plane * batch + index) * each;
    slice.insert(slice.end(), begin, begin + each);
  }
  return slice;
}

}  // namespace lwave::test

#endif  // LONGWAVE_TESTS_LAWS_BATCH_SLICES_H_
