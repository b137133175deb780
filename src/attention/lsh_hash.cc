// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/lsh_hash.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "kernels/gemm.h"

namespace lwave::attention {
namespace {

constexpr int64_t kRows = 64;  // of one product

}  // namespace

absl::StatusOr<LshHash> LshHash::Create(const Allocator& allocator, LshShape shape, Buffer<float> rotations) {
  LshHash hash;
  hash.shape_ = std::move(shape);
  hash.rotations_ = std::move(rotations);
  if (hash.empty()) return hash;
  const int64_t d = hash.shape_.head_dim, outputs = hash.shape_.rounds * hash.shape_.columns;
  const int64_t bytes = kernels::PanelBytes(kernels::NumberType::kF32, outputs, d);
  const absl::Status status = hash.panels_.Resize(allocator, static_cast<size_t>(hash.shape_.heads * bytes));
  if (!status.ok()) return status;
  std::vector<float> turned(static_cast<size_t>(outputs * d));
  for (int64_t head = 0; head < hash.shape_.heads; ++head) {
    const float* from = hash.rotations_.data() + head * d * outputs;
    double longest = 0;
    for (int64_t o = 0; o < outputs; ++o) {
      double squares = 0;
      for (int64_t c = 0; c < d; ++c) {
        turned[static_cast<size_t>(o * d + c)] = from[c * outputs + o];
        squares += static_cast<double>(from[c * outputs + o]) * static_cast<double>(from[c * outputs + o]);
      }
      longest = std::max(longest, std::sqrt(squares));
    }
    hash.longest_.push_back(longest);
    kernels::PackPanels(kernels::NumberType::kF32, turned.data(), 0, outputs, d, hash.panels_.data() + head * bytes);
  }
  return hash;
}

int64_t LshHash::ScratchFloats() const { return empty() ? 0 : kRows * shape_.rounds * shape_.columns; }

void LshHash::Buckets(Runner& runner, const float* x, int64_t stride, const int32_t* mask, int64_t rows, int64_t padded,
                      absl::Span<float> scratch, absl::Span<int32_t> buckets) const {
  const int64_t d = shape_.head_dim, outputs = shape_.rounds * shape_.columns;
  const int64_t blocks = (padded + kRows - 1) / kRows;
  runner.For(shape_.heads * blocks, [&](int64_t index, int32_t thread) {
    const int64_t head = index / blocks, begin = index % blocks * kRows, end = std::min(begin + kRows, padded);
    const int64_t real = std::clamp<int64_t>(rows - begin, 0, kRows);
    const float* from = x + begin * stride + head * d;
    kernels::GemmOutput product;
    product.weight.columns = outputs;
    product.weight.depth = d;
    product.weight.panels =
        panels_.data() + head * kernels::PanelBytes(kernels::NumberType::kF32, outputs, d);
    product.y = scratch.data() + thread * ScratchFloats();
    product.y_stride = outputs;
    if (real > 0) {
      kernels::Gemm(SerialRunner(),
                    kernels::PrepareRows(SerialRunner(), kernels::NumberType::kF32, from, real, d, stride, nullptr),
                    absl::MakeConstSpan(&product, 1));
    }
    for (int64_t i = begin; i < end; ++i) {
      const bool open = i < rows && (mask == nullptr || mask[i] != 0);
      const float* row = from + (i - begin) * stride;
      double squares = 0;
      for (int64_t c = 0; open && c < d; ++c) squares += static_cast<double>(row[c]) * static_cast<double>(row[c]);
      // Twice the largest error of a difference of two f32 sums of d products.
      const double margin =
          4 * static_cast<double>(d + 1) * 0x1p-24 * std::sqrt(squares) * longest_[static_cast<size_t>(head)];
      for (int64_t round = 0; round < shape_.rounds; ++round) {
        buckets[static_cast<size_t>((head * shape_.rounds + round) * padded + i)] =
            open ? Bucket(row, product.y + (i - begin) * outputs + round * shape_.columns, margin, head, round)
                 : shape_.buckets;
      }
    }
  });
}

// y // [columns] of the round
int32_t LshHash::Bucket(const float* x, const float* y, double margin, int64_t head, int64_t round) const {
  int64_t bucket = 0, scale = 1, column = 0;
  for (int64_t factor : shape_.factors) {
    const int64_t half = factor / 2;
    // [y, -y] has its maximum where |y| has; the second largest is the second |y|, of one column -|y|.
    float largest = -1, second = -1;
    int64_t at = 0;
    for (int64_t f = 0; f < half; ++f) {
      const float size = std::abs(y[column + f]);
      if (size > largest) {
        second = largest;
        largest = size;
        at = f;
      } else if (size > second) {
        second = size;
      }
    }
    if (half == 1) second = -largest;
    int64_t best = y[column + at] > 0 ? at : half + at;
    // Not greater: also where something is not finite.
    if (!(static_cast<double>(largest) - static_cast<double>(second) > margin)) {
      best = ExactMaximum(x, head, round, column, factor);
    }
    bucket += scale * best;
    scale *= factor;
    column += half;
  }
  return static_cast<int32_t>(bucket);
}

int64_t LshHash::ExactMaximum(const float* x, int64_t head, int64_t round, int64_t column, int64_t factor) const {
  const int64_t half = factor / 2, outputs = shape_.rounds * shape_.columns;
  const float* rotation = rotations_.data() + head * shape_.head_dim * outputs + round * shape_.columns + column;
  double highest = -std::numeric_limits<double>::infinity();
  int64_t best = 0;
  for (int64_t b = 0; b < factor; ++b) {
    double y = 0;
    for (int64_t c = 0; c < shape_.head_dim; ++c) {
      y += static_cast<double>(x[c]) * static_cast<double>(rotation[c * outputs + b % half]);
    }
    if (b >= half) y = -y;
    if (y > highest) highest = y, best = b;
  }
  return best;
}

void SortByBucket(const int32_t* buckets, int64_t tokens, int32_t most, int32_t* scratch, int32_t* token) {
  constexpr int kBits = std::countr_zero(static_cast<uint64_t>(kSortCounts));
  int32_t* const counts = scratch;
  int32_t* from = scratch + kSortCounts;
  int32_t* to = token;
  // By digits from the lowest, each time without changing the order of equals; the last round writes to `token`.
  const int bits = static_cast<int>(std::bit_width(static_cast<uint32_t>(most)));
  const int rounds = std::max(1, (bits + kBits - 1) / kBits);
  if (rounds % 2 == 0) std::swap(from, to);
  std::iota(from, from + tokens, 0);
  for (int round = 0; round < rounds; ++round) {
    const auto digit = [&](int32_t t) { return buckets[t] >> (round * kBits) & (kSortCounts - 1); };
    std::fill_n(counts, kSortCounts, 0);
    for (int64_t i = 0; i < tokens; ++i) ++counts[digit(from[i])];
    int32_t sum = 0;
    for (int64_t b = 0; b < kSortCounts; ++b) sum += std::exchange(counts[b], sum);
    for (int64_t i = 0; i < tokens; ++i) to[counts[digit(from[i])]++] = from[i];
    std::swap(from, to);
  }
}

}  // namespace lwave::attention
