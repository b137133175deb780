// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The numbers of numpy.random.seed(s) and numpy.random.permutation, to the last one: published checkpoints were trained
// with plans drawn from them. numpy keeps this generator (RandomState, the Mersenne Twister of Matsumoto and Nishimura
// 1998) as it is for ever.

#ifndef LONGWAVE_ATTENTION_NUMPY_RANDOM_H_
#define LONGWAVE_ATTENTION_NUMPY_RANDOM_H_

#include <cstdint>
#include <vector>

namespace lwave::attention {

// One thread at a time.
class NumpyRandom {
 public:
  explicit NumpyRandom(uint32_t seed);

  uint32_t Bits();
  // [0, most]: bits cut to the smallest 2^k - 1 that holds `most`, drawn again while they are above it; for 0 nothing
  // is drawn.
  uint32_t UpTo(uint32_t most);
  // permutation(list): for i from the last down to 1, i and UpTo(i) change places.
  std::vector<int32_t> Permutation(std::vector<int32_t> list);

 private:
  static constexpr int kWords = 624;
  uint32_t words_[kWords];
  int next_ = kWords;  // all words are used up
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_NUMPY_RANDOM_H_
