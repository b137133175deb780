// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Rows of tables of any storage type as f32: embeddings.

#include <cstdint>

#include "kernels/rows.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/rows_load.cc"
#include "hwy/foreach_target.h"
// After foreach_target.
#include "simd/hwy-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace {

using kernels::NumberType;
using Vector = hn::Vec<FloatTag>;

// One vector of numbers as f32; `count` of them when that is less than a vector.
HWY_INLINE Vector LoadNumbers(const float* x, int64_t count, Vector) {
  const FloatTag d;
  return count >= static_cast<int64_t>(hn::Lanes(d)) ? hn::LoadU(d, x)
                                                     : hn::LoadN(d, x, static_cast<size_t>(count));
}
// bf16 is the upper half of an f32.
HWY_INLINE Vector LoadNumbers(const uint16_t* x, int64_t count, Vector) {
  const FloatTag d;
  const hn::RebindToUnsigned<FloatTag> d32;
  const hn::Rebind<uint16_t, FloatTag> d16;
  const auto half = count >= static_cast<int64_t>(hn::Lanes(d))
                        ? hn::LoadU(d16, x)
                        : hn::LoadN(d16, x, static_cast<size_t>(count));
  return hn::BitCast(d, hn::ShiftLeft<16>(hn::PromoteTo(d32, half)));
}
// f16. Ours, because Highway 1.2 turns infinity and NaN into numbers where it emulates the conversion (SSE).
struct Half {
  uint16_t bits;
};
HWY_INLINE Vector LoadNumbers(const Half* x, int64_t count, Vector) {
  const FloatTag d;
  const hn::RebindToUnsigned<FloatTag> d32;
  const hn::Rebind<uint16_t, FloatTag> d16;
  const uint16_t* bits = &x->bits;
  const auto half = hn::PromoteTo(d32, count >= static_cast<int64_t>(hn::Lanes(d))
                                           ? hn::LoadU(d16, bits)
                                           : hn::LoadN(d16, bits, static_cast<size_t>(count)));
  const auto magnitude = hn::And(half, hn::Set(d32, 0x7FFFu));
  const auto sign = hn::ShiftLeft<16>(hn::Xor(half, magnitude));
  const auto shifted = hn::ShiftLeft<13>(magnitude);
  // The exponent's bias is 15 there and 127 here.
  auto number = hn::Add(shifted, hn::Set(d32, 112u << 23));
  // Below 2^-14 there is no leading one: give it one of 2^-14 and subtract that.
  const auto smallest = hn::Set(d32, 113u << 23);
  const auto small = hn::Sub(hn::BitCast(d, hn::Add(shifted, smallest)), hn::BitCast(d, smallest));
  number = hn::IfThenElse(hn::Lt(magnitude, hn::Set(d32, 0x400u)), hn::BitCast(d32, small), number);
  // Infinity and NaN.
  const auto special = hn::Or(shifted, hn::Set(d32, 0x7F800000u));
  number = hn::IfThenElse(hn::Gt(magnitude, hn::Set(d32, 0x7BFFu)), special, number);
  return hn::BitCast(d, hn::Or(number, sign));
}
HWY_INLINE Vector LoadNumbers(const int8_t* x, int64_t count, Vector scale) {
  const FloatTag d;
  const hn::RebindToSigned<FloatTag> d32;
  const hn::Rebind<int8_t, FloatTag> d8;
  const auto byte = count >= static_cast<int64_t>(hn::Lanes(d))
                        ? hn::LoadU(d8, x)
                        : hn::LoadN(d8, x, static_cast<size_t>(count));
  return hn::Mul(hn::ConvertTo(d, hn::PromoteTo(d32, byte)), scale);
}

template <typename T>
HWY_INLINE void LoadRowOf(const T* x, float scale, int64_t width, bool add, float* y) {
  const FloatTag d;
  const int64_t lanes = static_cast<int64_t>(hn::Lanes(d));
  const Vector s = hn::Set(d, scale);
  for (int64_t c = 0; c < width; c += lanes) {
    const int64_t left = width - c;
    Vector v = LoadNumbers(x + c, left, s);
    if (left >= lanes) {
      if (add) v = hn::Add(hn::LoadU(d, y + c), v);
      hn::StoreU(v, d, y + c);
    } else {
      const size_t count = static_cast<size_t>(left);
      if (add) v = hn::Add(hn::LoadN(d, y + c, count), v);
      hn::StoreN(v, d, y + c, count);
    }
  }
}

void LoadTableRow(NumberType type, const void* table, const float* scales, int64_t row, int64_t width,
                  bool add, float* y) {
  const int64_t offset = row * width;
  switch (type) {
    case NumberType::kF32:
      return LoadRowOf(static_cast<const float*>(table) + offset, 1.0f, width, add, y);
    case NumberType::kBf16:
      return LoadRowOf(static_cast<const uint16_t*>(table) + offset, 1.0f, width, add, y);
    case NumberType::kF16:
      return LoadRowOf(static_cast<const Half*>(table) + offset, 1.0f, width, add, y);
    case NumberType::kInt8:
      return LoadRowOf(static_cast<const int8_t*>(table) + offset, scales[row], width, add, y);
  }
}

}  // namespace
}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lwave::kernels {

HWY_EXPORT(LoadTableRow);

void LoadRow(NumberType type, const void* table, const float* scales, int64_t row, int64_t width, bool add,
             float* y) {
  HWY_DYNAMIC_DISPATCH(LoadTableRow)(type, table, scales, row, width, add, y);
}

}  // namespace lwave::kernels
#endif  // HWY_ONCE
