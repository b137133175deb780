// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Reformer's hash (Andoni et al. 2015, Kitaev et al. 2020): y = x rotations; for each factor f of the number of
// buckets, the argmax of [y, -y] over its f / 2 columns, first maximum; bucket = b_1 + f_1 b_2 + f_1 f_2 b_3 ...
// Products are taken in f32, as one matrix product a block of rows. Where the two largest are so close that f32's
// rounding could have exchanged them they are taken again in double, sums in ascending order: buckets are those of
// double arithmetic, on every machine.

#ifndef LONGWAVE_ATTENTION_LSH_HASH_H_
#define LONGWAVE_ATTENTION_LSH_HASH_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/allocator.h"
#include "base/arena.h"
#include "base/thread_pool.h"

namespace lwave::attention {

struct LshShape {
  int64_t heads = 1, head_dim = 1, rounds = 1;
  std::vector<int64_t> factors;  // even; none: there is no hash
  int64_t columns = 0;           // of a round: half the sum of the factors
  int32_t buckets = 1;           // the product of the factors

  int64_t Numbers() const { return heads * head_dim * rounds * columns; }
};

// Immutable after it is made; any number of threads.
class LshHash {
 public:
  // rotations // [heads, head_dim, rounds, columns]; empty: there is no hash
  static absl::StatusOr<LshHash> Create(const Allocator& allocator, LshShape shape, Buffer<float> rotations);

  bool empty() const { return rotations_.size() == 0; }
  const LshShape& shape() const { return shape_; }
  int64_t bytes() const { return static_cast<int64_t>(rotations_.bytes() + panels_.bytes()); }
  absl::Span<const float> rotations() const { return {rotations_.data(), rotations_.size()}; }

  // Floats that Buckets needs for each thread.
  int64_t ScratchFloats() const;
  // Buckets of all heads and rounds, for `padded` >= rows tokens; those that the mask closes, and those that are not
  // there, get the number shape().buckets.   x // [rows, stride], heads * head_dim used   mask // [rows] or null
  //   buckets // [heads, rounds, padded]
  void Buckets(Runner& runner, const float* x, int64_t stride, const int32_t* mask, int64_t rows, int64_t padded,
               absl::Span<float> scratch, absl::Span<int32_t> buckets) const;

 private:
  int32_t Bucket(const float* x, const float* y, double margin, int64_t head, int64_t round) const;
  int64_t ExactMaximum(const float* x, int64_t head, int64_t round, int64_t column, int64_t factor) const;

  LshShape shape_;
  Buffer<float> rotations_;
  Buffer<std::byte> panels_;        // [heads] matrices of [rounds * columns, head_dim]
  std::vector<double> longest_;     // [heads], of a rotation
};

// token // [tokens]: 0 .. tokens - 1 by bucket, then by number.
//   buckets // [tokens], 0 to most   scratch // [tokens + kSortCounts]
inline constexpr int64_t kSortCounts = 1 << 11;
void SortByBucket(const int32_t* buckets, int64_t tokens, int32_t most, int32_t* scratch, int32_t* token);

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_LSH_HASH_H_
