// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Conversions between storage types. They run when a model is loaded or converted, so they are plain loops.

#include "kernels/convert.h"

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>

namespace lwave::kernels {
namespace {

uint16_t Bf16FromF32(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
  const bool nan = (bits & 0x7FFFFFFFu) > 0x7F800000u;
  return static_cast<uint16_t>(nan ? (bits >> 16) | 0x40u : rounded);
}

uint16_t F16FromF32(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const uint32_t sign = (bits >> 16) & 0x8000u;
  const uint32_t magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) return static_cast<uint16_t>(sign | 0x7E00u | ((magnitude >> 13) & 0x3FFu));
  if (magnitude >= 0x47800000u) return static_cast<uint16_t>(sign | 0x7C00u);  // 65536 and above
  if (magnitude < 0x38800000u) {
    // Below 2^-14: adding 0.5 puts a unit of 2^-24 into the last bit, and the addition rounds to even.
    const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
    return static_cast<uint16_t>(sign | (std::bit_cast<uint32_t>(shifted) - 0x3F000000u));
  }
  // A carry out of the fraction moves to the next exponent, and from the last one to infinity.
  const uint32_t rebased = magnitude - (112u << 23);
  return static_cast<uint16_t>(sign | ((rebased + 0xFFFu + ((rebased >> 13) & 1u)) >> 13));
}

float F32FromF16(uint16_t half) {
  const uint32_t sign = static_cast<uint32_t>(half & 0x8000u) << 16;
  const uint32_t exponent = (half >> 10) & 0x1Fu;
  const uint32_t fraction = half & 0x3FFu;
  if (exponent == 0x1Fu) {
    const uint32_t quiet = fraction != 0 ? 0x400000u : 0u;
    return std::bit_cast<float>(sign | 0x7F800000u | (fraction << 13) | quiet);
  }
  if (exponent == 0) {
    const float magnitude = static_cast<float>(fraction) * 0x1p-24f;  // exact
    return std::bit_cast<float>(sign | std::bit_cast<uint32_t>(magnitude));
  }
  return std::bit_cast<float>(sign | ((exponent + 112u) << 23) | (fraction << 13));
}

}  // namespace

void F32ToBf16(const float* x, int64_t count, uint16_t* y) {
  for (int64_t i = 0; i < count; ++i) y[i] = Bf16FromF32(x[i]);
}

void Bf16ToF32(const uint16_t* x, int64_t count, float* y) {
  for (int64_t i = 0; i < count; ++i) {
    uint32_t bits = static_cast<uint32_t>(x[i]) << 16;
    if ((bits & 0x7FFFFFFFu) > 0x7F800000u) bits |= 0x400000u;  // quiet
    y[i] = std::bit_cast<float>(bits);
  }
}

void F32ToF16(const float* x, int64_t count, uint16_t* y) {
  for (int64_t i = 0; i < count; ++i) y[i] = F16FromF32(x[i]);
}

void F16ToF32(const uint16_t* x, int64_t count, float* y) {
  for (int64_t i = 0; i < count; ++i) y[i] = F32FromF16(x[i]);
}

float SymmetricScale(const float* x, int64_t count) {
  float largest = 0.0f;
  for (int64_t i = 0; i < count; ++i) {
    if (!std::isfinite(x[i])) return NAN;
    largest = std::max(largest, std::fabs(x[i]));
  }
  // Below the smallest normal number a scale has too few bits to divide by.
  return largest == 0.0f ? 1.0f : std::max(largest / 127.0f, FLT_MIN);
}

void QuantizeByScale(const float* x, int64_t count, float scale, int8_t* y) {
  if (std::isnan(scale)) {
    std::fill(y, y + count, int8_t{0});
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    // Adding and taking away 1.5 * 2^23 rounds to an integer, to nearest even.
    const float rounded = (x[i] / scale + 12582912.0f) - 12582912.0f;
    y[i] = static_cast<int8_t>(std::clamp(rounded, -127.0f, 127.0f));
  }
}

float QuantizeSymmetric(const float* x, int64_t count, int8_t* y) {
  const float scale = SymmetricScale(x, count);
  QuantizeByScale(x, count, scale, y);
  return scale;
}

}  // namespace lwave::kernels
