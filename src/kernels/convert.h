// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Conversions between storage types. To nearest, ties to even; NaN stays NaN (quiet), infinities stay,
// subnormals are kept; f32 values beyond f16's range become infinity.

#ifndef LONGWAVE_KERNELS_CONVERT_H_
#define LONGWAVE_KERNELS_CONVERT_H_

#include <cstdint>

namespace lwave::kernels {

void F32ToBf16(const float* x, int64_t count, uint16_t* y);
void Bf16ToF32(const uint16_t* x, int64_t count, float* y);
void F32ToF16(const float* x, int64_t count, uint16_t* y);
void F16ToF32(const uint16_t* x, int64_t count, float* y);

// y = round(x / scale) with scale = max |x| / 127 (1 for a row of zeros).   x // [count]   returns scale
// A row with a NaN or Inf has scale NaN and integers 0.
float QuantizeSymmetric(const float* x, int64_t count, int8_t* y);
// The two steps of QuantizeSymmetric.
float SymmetricScale(const float* x, int64_t count);
void QuantizeByScale(const float* x, int64_t count, float scale, int8_t* y);

}  // namespace lwave::kernels

#endif  // LONGWAVE_KERNELS_CONVERT_H_
