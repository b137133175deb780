// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Lays an attention problem of the reference out as the kernel wants it, in buffers of exactly the stated
// size, so that the address sanitizer sees a read or write past any end.

#ifndef LONGWAVE_TESTS_UNIT_KERNELS_TILE_ATTENTION_FIXTURE_H_
#define LONGWAVE_TESTS_UNIT_KERNELS_TILE_ATTENTION_FIXTURE_H_

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <memory>
#include <random>
#include <vector>

#include "kernels/convert.h"
#include "kernels/tile_attention.h"
#include "reference/attention_reference.h"

namespace lwave::testing {

using kernels::NumberType;
using reference::AttentionProblem;

// Normal numbers; every key open.
inline AttentionProblem RandomProblem(std::mt19937& random, int64_t rows, int64_t keys, int64_t heads,
                                      int64_t kv_heads, int64_t head_dim, int64_t value_dim) {
  AttentionProblem p;
  p.rows = rows;
  p.keys = keys;
  p.heads = heads;
  p.kv_heads = kv_heads;
  p.head_dim = head_dim;
  p.value_dim = value_dim;
  p.scale = 1.0 / std::sqrt(static_cast<double>(head_dim));
  std::normal_distribution<float> normal(0.0f, 1.5f);
  const auto fill = [&](std::vector<float>& x, int64_t count) {
    x.resize(static_cast<size_t>(count));
    for (float& number : x) number = normal(random);
  };
  fill(p.query, rows * heads * head_dim);
  fill(p.key, keys * kv_heads * head_dim);
  fill(p.value, keys * kv_heads * value_dim);
  p.open.assign(static_cast<size_t>(rows * keys), 1);
  return p;
}

// open(i, j) for every row and key.
template <typename Open>
void SetOpen(AttentionProblem& p, const Open& open) {
  for (int64_t i = 0; i < p.rows; ++i) {
    for (int64_t j = 0; j < p.keys; ++j) p.open[static_cast<size_t>(i * p.keys + j)] = open(i, j) ? 1 : 0;
  }
}

// Which masks the kernel is given where all keys of a tile are open, or all closed, for every row.
enum class Listing {
  kShortest,  // no masks where everything is open; a tile that nobody sees is left out
  kAll,       // every tile with masks
};

class TiledProblem {
 public:
  // Places beyond the last key hold `padding`. The masks close them.
  explicit TiledProblem(const AttentionProblem& problem, float padding = 0.0f,
                        NumberType type = NumberType::kF32)
      : problem_(problem) {
    shape_ = {problem.kv_heads, problem.head_dim, problem.value_dim, type};
    tiles_ = (problem.keys + kernels::kKeyTile - 1) / kernels::kKeyTile;
    for (int64_t t = 0; t < tiles_; ++t) {
      keys_.push_back(Slot(shape_.KeyHeadNumbers() * shape_.kv_heads, padding));
      values_.push_back(Slot(shape_.ValueHeadNumbers() * shape_.kv_heads, padding));
      const int64_t first = t * kernels::kKeyTile;
      const int64_t rows = std::min(kernels::kKeyTile, problem.keys - first);
      const int64_t key_width = problem.kv_heads * problem.head_dim;
      const int64_t value_width = problem.kv_heads * problem.value_dim;
      kernels::StoreTileRows(shape_, problem.key.data() + first * key_width, key_width,
                             problem.value.data() + first * value_width, value_width, 0, rows,
                             keys_.back().get(), values_.back().get());
    }
  }

  uint64_t Mask(int64_t row, int64_t tile) const {
    uint64_t mask = 0;
    for (int64_t k = 0; k < kernels::kKeyTile; ++k) {
      const int64_t j = tile * kernels::kKeyTile + k;
      if (j < problem_.keys && problem_.open[static_cast<size_t>(row * problem_.keys + j)] != 0) {
        mask |= uint64_t{1} << k;
      }
    }
    return mask;
  }

  // Rows [first, first + rows), heads [head_begin, head_end) -> output // [problem.rows, heads, value_dim]
  // adjust(block) may set what else the kernel takes.
  void Attend(int64_t first, int64_t rows, int64_t head_begin, int64_t head_end, Listing listing, float* output,
              const std::function<void(kernels::AttentionBlock&)>& adjust = {}) const {
    std::vector<std::vector<uint64_t>> masks;
    std::vector<kernels::KeyTile> list;
    for (int64_t t = 0; t < tiles_; ++t) {
      std::vector<uint64_t> tile_masks;
      uint64_t any = 0;
      uint64_t all = ~uint64_t{0};
      for (int64_t i = 0; i < rows; ++i) {
        tile_masks.push_back(Mask(first + i, t));
        any |= tile_masks.back();
        all &= tile_masks.back();
      }
      if (listing == Listing::kShortest && any == 0) continue;
      const size_t index = static_cast<size_t>(t);
      masks.push_back(std::move(tile_masks));
      const bool open = listing == Listing::kShortest && all == ~uint64_t{0};
      list.push_back({keys_[index].get(), values_[index].get(), open ? nullptr : masks.back().data(), t});
    }
    // Copies of exact size of what this call may read and write.
    const int64_t query_width = problem_.heads * problem_.head_dim;
    const int64_t output_width = problem_.heads * problem_.value_dim;
    const auto query = Filled(rows * query_width, 0.0f);
    std::copy_n(problem_.query.data() + first * query_width, rows * query_width, query.get());
    const auto part = Filled(rows * output_width, 77.0f);
    std::unique_ptr<float[]> bias;
    kernels::AttentionBlock block;
    block.shape = shape_;
    block.heads = problem_.heads;
    block.scale = static_cast<float>(problem_.scale);
    block.rows = rows;
    block.query = query.get();
    block.query_stride = query_width;
    block.output = part.get();
    block.output_stride = output_width;
    block.tiles = list;
    if (!problem_.bias.empty()) {
      // Of exactly the size that the contract names: whole tiles.
      const int64_t width = tiles_ * kernels::kKeyTile;
      bias = Filled(problem_.heads * rows * width, padding_bias_);
      for (int64_t h = 0; h < problem_.heads; ++h) {
        for (int64_t i = 0; i < rows; ++i) {
          std::copy_n(problem_.bias.data() + (h * problem_.rows + first + i) * problem_.keys, problem_.keys,
                      bias.get() + (h * rows + i) * width);
        }
      }
      block.bias = bias.get();
      block.bias_head_stride = rows * width;
      block.bias_row_stride = width;
    }
    if (adjust) adjust(block);
    kernels::TileAttention(block, head_begin, head_end);
    for (int64_t i = 0; i < rows; ++i) {
      const int64_t begin = head_begin * problem_.value_dim;
      const int64_t end = head_end * problem_.value_dim;
      std::copy(part.get() + i * output_width + begin, part.get() + i * output_width + end,
                output + (first + i) * output_width + begin);
    }
  }

  // All rows and heads at once.
  std::vector<float> Attend(Listing listing = Listing::kShortest) const {
    std::vector<float> output(OutputSize());
    Attend(0, problem_.rows, 0, problem_.heads, listing, output.data());
    return output;
  }

  size_t OutputSize() const {
    return static_cast<size_t>(problem_.rows * problem_.heads * problem_.value_dim);
  }
  const kernels::TileShape& shape() const { return shape_; }
 private:
  // A slot of exactly the stated size, every number `number`.
  std::unique_ptr<std::byte[]> Slot(int64_t numbers, float number) const {
    const int64_t bytes = numbers * shape_.BytesPerElement();
    std::unique_ptr<std::byte[]> slot(new std::byte[static_cast<size_t>(bytes)]);
    uint16_t half = 0;
    kernels::F32ToBf16(&number, 1, &half);
    for (int64_t at = 0; at < bytes; at += shape_.BytesPerElement()) {
      std::memcpy(slot.get() + at, shape_.type == NumberType::kBf16 ? static_cast<const void*>(&half) : &number,
                  static_cast<size_t>(shape_.BytesPerElement()));
    }
    return slot;
  }
  static std::unique_ptr<float[]> Filled(int64_t count, float number) {
    std::unique_ptr<float[]> x(new float[static_cast<size_t>(count)]);
    std::fill_n(x.get(), count, number);
    return x;
  }

  const AttentionProblem& problem_;
  kernels::TileShape shape_;
  int64_t tiles_ = 0;
  float padding_bias_ = std::numeric_limits<float>::quiet_NaN();
  std::vector<std::unique_ptr<std::byte[]>> keys_;    // one slot each
  std::vector<std::unique_ptr<std::byte[]>> values_;  // one slot each
};

// The largest |got - expected| / (1 + |expected|); NaN where one is NaN or infinite and the other is not.
inline double WorstDifference(const std::vector<float>& got, const std::vector<double>& expected) {
  double worst = 0;
  for (size_t i = 0; i < got.size(); ++i) {
    const double g = static_cast<double>(got[i]);
    if (!std::isfinite(expected[i]) && !std::isfinite(g)) continue;
    const double difference = std::abs(g - expected[i]) / (1.0 + std::abs(expected[i]));
    if (!(difference <= worst)) worst = difference;
    if (std::isnan(worst)) return worst;
  }
  return worst;
}

inline bool SameBits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() &&
         (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0);
}

}  // namespace lwave::testing

#endif  // LONGWAVE_TESTS_UNIT_KERNELS_TILE_ATTENTION_FIXTURE_H_
