// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rows made ready for products: bf16 rounding, or u8 with a scale and a zero point per row. Bound by memory
// bandwidth. Each row's result depends on that row alone.

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <limits>

#include "kernels/gemm.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/gemm_rows.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep

#include "simd/bf16-inl.h"
#include "simd/hwy-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lwave {
namespace HWY_NAMESPACE {
namespace {

// The whole range [min(0, x), max(0, x)] is cut into 255 steps, so that 0 is met exactly enough.
//   y // room for `depth` rounded up to 64 numbers
void RowToU8(const float* HWY_RESTRICT x, size_t depth, uint8_t* HWY_RESTRICT y, float* scale_out,
             int32_t* zero_point_out) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> di;
  const hn::Rebind<uint8_t, FloatTag> d8;
  const size_t lanes = hn::Lanes(d);

  auto low = hn::Zero(d);
  auto high = hn::Zero(d);
  auto poison = hn::Zero(d);  // 0, or NaN once a NaN or an infinity was met
  size_t i = 0;
  for (; i + lanes <= depth; i += lanes) {
    const auto v = hn::LoadU(d, x + i);
    low = hn::Min(low, v);
    high = hn::Max(high, v);
    poison = hn::MulAdd(v, hn::Zero(d), poison);
  }
  if (i < depth) {
    const auto v = hn::LoadN(d, x + i, depth - i);
    low = hn::Min(low, v);
    high = hn::Max(high, v);
    poison = hn::MulAdd(v, hn::Zero(d), poison);
  }
  const float least = hn::ReduceMin(d, low);
  const float most = hn::ReduceMax(d, high);
  if (!hn::AllTrue(d, hn::Eq(poison, hn::Zero(d)))) {
    *scale_out = std::numeric_limits<float>::quiet_NaN();
    *zero_point_out = 0;
    std::fill(y, y + depth, uint8_t{0});
    return;
  }
  float scale = 1.0f;
  if (least < 0.0f || most > 0.0f) scale = std::max(most / 255.0f - least / 255.0f, FLT_MIN);
  const float inverse = 1.0f / scale;
  // Adding and taking away 1.5 * 2^23 rounds to an integer, to nearest even.
  const float origin = (-least * inverse + 12582912.0f) - 12582912.0f;
  const int32_t zero_point = static_cast<int32_t>(std::min(origin, 255.0f));
  *scale_out = scale;
  *zero_point_out = zero_point;

  const auto factor = hn::Set(d, inverse);
  const auto shift = hn::Set(di, zero_point);
  for (i = 0; i < depth; i += lanes) {
    const auto v = i + lanes <= depth ? hn::LoadU(d, x + i) : hn::LoadN(d, x + i, depth - i);
    const auto integer = hn::Add(hn::NearestInt(hn::Mul(v, factor)), shift);
    hn::StoreU(hn::DemoteTo(d8, integer), d8, y + i);  // saturates to 0 .. 255
  }
}

void RowsToBf16(const float* x, size_t x_stride, size_t rows, size_t depth, uint16_t* y, size_t y_stride) {
  for (size_t r = 0; r < rows; ++r) RoundRow(x + r * x_stride, depth, 1.0f, y + r * y_stride);
}

void RowsToU8(const float* x, size_t x_stride, size_t rows, size_t depth, uint8_t* y, size_t y_stride,
              float* scales, int32_t* zero_points) {
  for (size_t r = 0; r < rows; ++r) {
    RowToU8(x + r * x_stride, depth, y + r * y_stride, scales + r, zero_points + r);
  }
}

}  // namespace
}  // namespace HWY_NAMESPACE
}  // namespace lwave
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lwave {
namespace {
HWY_EXPORT(RowsToBf16);
HWY_EXPORT(RowsToU8);

// Rows start at cache lines, an odd number of them apart: the rows of a tile then never compete for the same
// few places of the first-level cache, whatever the depth.
constexpr int64_t kLine = 64;
int64_t PreparedStrideBytes(int64_t depth, int64_t bytes_per_number) {
  return (kernels::RoundUp(depth * bytes_per_number, kLine) / kLine | 1) * kLine;
}
}  // namespace

namespace kernels {

int64_t PreparedRowsBytes(NumberType type, int64_t rows, int64_t depth) {
  if (type == NumberType::kBf16) return rows * PreparedStrideBytes(depth, 2);
  if (type == NumberType::kInt8) return 2 * RoundUp(rows * 4, kLine) + rows * PreparedStrideBytes(depth, 1);
  return 0;
}

PreparedRows PrepareRows(Runner& runner, NumberType type, const float* x, int64_t rows, int64_t depth,
                         int64_t stride, void* scratch) {
  PreparedRows prepared;
  prepared.type = type;
  prepared.rows = rows;
  prepared.depth = depth;
  prepared.stride = stride;
  prepared.data = x;
  if (type != NumberType::kBf16 && type != NumberType::kInt8) return prepared;

  const bool bf16 = type == NumberType::kBf16;
  prepared.stride = PreparedStrideBytes(depth, bf16 ? 2 : 1) / (bf16 ? 2 : 1);
  char* place = static_cast<char*>(scratch);
  float* scales = nullptr;
  int32_t* zero_points = nullptr;
  if (!bf16) {
    scales = reinterpret_cast<float*>(place);
    zero_points = reinterpret_cast<int32_t*>(place + RoundUp(rows * 4, kLine));
    place += 2 * RoundUp(rows * 4, kLine);
  }
  prepared.data = place;
  prepared.scales = scales;
  prepared.zero_points = zero_points;

  // About 64 KB of input in a task.
  const int64_t block = std::max<int64_t>(1, 16384 / std::max<int64_t>(depth, 1));
  runner.For((rows + block - 1) / block, [&](int64_t index, int32_t) {
    const int64_t first = index * block;
    const int64_t count = std::min(block, rows - first);
    const float* from = x + first * stride;
    const size_t from_stride = static_cast<size_t>(stride);
    const size_t to_stride = static_cast<size_t>(prepared.stride);
    if (bf16) {
      HWY_DYNAMIC_DISPATCH(RowsToBf16)
      (from, from_stride, static_cast<size_t>(count), static_cast<size_t>(depth),
       reinterpret_cast<uint16_t*>(place) + first * prepared.stride, to_stride);
    } else {
      HWY_DYNAMIC_DISPATCH(RowsToU8)
      (from, from_stride, static_cast<size_t>(count), static_cast<size_t>(depth),
       reinterpret_cast<uint8_t*>(place) + first * prepared.stride, to_stride, scales + first,
       zero_points + first);
    }
  });
  return prepared;
}

}  // namespace kernels
}  // namespace lwave
#endif  // HWY_ONCE
