// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The SIMD target that kernels run on.

#ifndef LONGWAVE_SIMD_TARGET_H_
#define LONGWAVE_SIMD_TARGET_H_

namespace lwave {

// Such as "AVX3_ZEN4". Static storage; any thread.
const char* SimdTargetName();

}  // namespace lwave

#endif  // LONGWAVE_SIMD_TARGET_H_
