// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Number types that the kernels share.

#ifndef LONGWAVE_KERNELS_TYPES_H_
#define LONGWAVE_KERNELS_TYPES_H_

#include <cstdint>

namespace lwave::kernels {

// How weights are kept and, for matrices, in what type products are taken.
enum class NumberType : int32_t {
  kF32 = 0,   // f32 products
  kBf16 = 1,  // activations rounded to bf16, products summed in f32
  kF16 = 2,   // storage only: matrices are unpacked to f32 panels
  kInt8 = 3,  // activations u8 per row with a zero point, products summed in i32 (exact)
};

constexpr int64_t BytesPerNumber(NumberType type) {
  return type == NumberType::kF32 ? 4 : type == NumberType::kInt8 ? 1 : 2;
}

constexpr int64_t RoundUp(int64_t value, int64_t multiple) {
  return (value + multiple - 1) / multiple * multiple;
}

}  // namespace lwave::kernels

#endif  // LONGWAVE_KERNELS_TYPES_H_
