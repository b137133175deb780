// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/numpy_random.h"

#include <bit>
#include <cstddef>
#include <utility>

namespace lwave::attention {

NumpyRandom::NumpyRandom(uint32_t seed) {
  words_[0] = seed;
  for (uint32_t i = 1; i < kWords; ++i) words_[i] = 1812433253u * (words_[i - 1] ^ (words_[i - 1] >> 30)) + i;
}

uint32_t NumpyRandom::Bits() {
  if (next_ == kWords) {
    for (int i = 0; i < kWords; ++i) {
      const uint32_t joined = (words_[i] & 0x80000000u) | (words_[(i + 1) % kWords] & 0x7fffffffu);
      words_[i] = words_[(i + 397) % kWords] ^ (joined >> 1) ^ ((joined & 1) != 0 ? 0x9908b0dfu : 0);
    }
    next_ = 0;
  }
  uint32_t y = words_[next_++];
  y ^= y >> 11;
  y ^= (y << 7) & 0x9d2c5680u;
  y ^= (y << 15) & 0xefc60000u;
  return y ^ (y >> 18);
}

uint32_t NumpyRandom::UpTo(uint32_t most) {
  if (most == 0) return 0;
  const uint32_t mask = ~uint32_t{0} >> std::countl_zero(most);
  uint32_t bits = Bits() & mask;
  while (bits > most) bits = Bits() & mask;
  return bits;
}

std::vector<int32_t> NumpyRandom::Permutation(std::vector<int32_t> list) {
  for (size_t i = list.size(); i-- > 1;) std::swap(list[i], list[UpTo(static_cast<uint32_t>(i))]);
  return list;
}

}  // namespace lwave::attention
