// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Random numbers of seeded layers: the same bits from the same seed on every machine, for ever. Only the four basic
// operations and square roots are used, which IEEE 754 rounds in one way; no libm.
//   bits      xoshiro256** (Blackman and Vigna 2018), its four words the first outputs of SplitMix64 (Steele et al.
//             2014) from the seed
//   uniform   the upper 53 bits times 2^-53
//   normal    Box and Muller (1958): u, v uniform, r = sqrt(-2 ln(1 - u)); first r cos(2 pi v), then r sin(2 pi v)

#ifndef LONGWAVE_BASE_RANDOM_NUMBERS_H_
#define LONGWAVE_BASE_RANDOM_NUMBERS_H_

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace lwave {

// Seeds that options may hold: whole numbers up to here are exact as doubles, in which bounds are written.
inline constexpr double kMostSeed = 1LL << 53;

// One thread at a time.
class RandomNumbers {
 public:
  explicit RandomNumbers(uint64_t seed);

  uint64_t Bits();
  double Uniform();  // [0, 1)
  double Normal();   // mean 0, variance 1
  // [0, n), each equally likely: bits mod n, after leaving out those below 2^64 mod n. n >= 1
  int64_t Below(int64_t n);
  // Of 0 .. n - 1: for i = n - 1 down to 1, i and Below(i + 1) change places.
  std::vector<int64_t> Permutation(int64_t n);

  // The four words that say what comes next, for snapshots of users that draw no normals.
  std::array<uint64_t, 4> State() const { return {state_[0], state_[1], state_[2], state_[3]}; }
  void SetState(const std::array<uint64_t, 4>& words) { std::copy(words.begin(), words.end(), state_); }

 private:
  uint64_t state_[4];
  double spare_ = 0;  // the second normal of a pair
  bool has_spare_ = false;
};

}  // namespace lwave

#endif  // LONGWAVE_BASE_RANDOM_NUMBERS_H_
