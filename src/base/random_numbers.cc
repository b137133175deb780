// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "base/random_numbers.h"

#include <cmath>
#include <numeric>
#include <utility>

namespace lwave {
namespace {

constexpr double kPi = 3.14159265358979323846;
constexpr double kLn2 = 0.69314718055994530942;

uint64_t RotateLeft(uint64_t x, int bits) { return (x << bits) | (x >> (64 - bits)); }

// x > 0. With x = m 2^k and m in [sqrt(1/2), sqrt(2)): k ln 2 + 2 atanh((m - 1) / (m + 1)), |argument| < 0.172.
double NaturalLog(double x) {
  int exponent = 0;
  double m = std::frexp(x, &exponent);  // exact
  if (m < 0.70710678118654752440) m *= 2, --exponent;
  const double t = (m - 1) / (m + 1), square = t * t;
  double sum = 0;
  for (int k = 23; k >= 1; k -= 2) sum = sum * square + 1.0 / k;
  return exponent * kLn2 + 2 * t * sum;
}

// cos and sin of 2 pi turn, turn in [0, 1): whole quarters are taken off, which is exact, and Taylor does the rest.
std::pair<double, double> CosSin(double turn) {
  const int quarter = static_cast<int>(4 * turn + 0.5);
  const double angle = 2 * kPi * (turn - 0.25 * quarter);  // [-pi/4, pi/4]
  const double square = angle * angle;
  double cosine = 1, sine = 1;
  for (int k = 18; k >= 2; k -= 2) {
    cosine = 1 - square / (k * (k - 1)) * cosine;
    sine = 1 - square / (k * (k + 1)) * sine;
  }
  sine *= angle;
  switch (quarter % 4) {
    case 0: return {cosine, sine};
    case 1: return {-sine, cosine};
    case 2: return {-cosine, -sine};
    default: return {sine, -cosine};
  }
}

}  // namespace

RandomNumbers::RandomNumbers(uint64_t seed) {
  for (uint64_t& word : state_) {
    seed += 0x9e3779b97f4a7c15;
    uint64_t z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    word = z ^ (z >> 31);
  }
}

uint64_t RandomNumbers::Bits() {
  const uint64_t result = RotateLeft(state_[1] * 5, 7) * 9;
  const uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = RotateLeft(state_[3], 45);
  return result;
}

double RandomNumbers::Uniform() { return static_cast<double>(Bits() >> 11) * 0x1p-53; }

double RandomNumbers::Normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_;
  }
  const double radius = std::sqrt(-2 * NaturalLog(1 - Uniform()));
  const std::pair<double, double> direction = CosSin(Uniform());
  spare_ = radius * direction.second;
  has_spare_ = true;
  return radius * direction.first;
}

int64_t RandomNumbers::Below(int64_t n) {
  const uint64_t count = static_cast<uint64_t>(n);
  const uint64_t left_out = (0 - count) % count;  // 2^64 mod n
  uint64_t bits = Bits();
  while (bits < left_out) bits = Bits();
  return static_cast<int64_t>(bits % count);
}

std::vector<int64_t> RandomNumbers::Permutation(int64_t n) {
  std::vector<int64_t> order(static_cast<size_t>(n));
  std::iota(order.begin(), order.end(), int64_t{0});
  for (int64_t i = n - 1; i >= 1; --i) {
    std::swap(order[static_cast<size_t>(i)], order[static_cast<size_t>(Below(i + 1))]);
  }
  return order;
}

}  // namespace lwave
