// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Highway, once per SIMD target. The only file that knows what a target of a Highway version can do; kernels
// ask the macros and constants below. The list of targets and every HWY_* macro come from the build and are
// the same for all files of an image (a mismatch crashes).

#include <cstdint>

#if defined(LONGWAVE_SIMD_HWY_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef LONGWAVE_SIMD_HWY_INL_H_
#undef LONGWAVE_SIMD_HWY_INL_H_
#else
#define LONGWAVE_SIMD_HWY_INL_H_
#endif

#include "hwy/highway.h"

#if HWY_MAJOR < 1 || (HWY_MAJOR == 1 && HWY_MINOR < 2)
#error "Longwave needs Highway 1.2 or later"
#endif

// 1 where four u8 x i8 products are added to an i32 lane by one instruction. Elsewhere Highway emulates
// SumOfMulQuadAccumulate, and on AVX2 that is slower than a form of our own.
#undef LWAVE_NATIVE_QUAD_DOT
#if HWY_ARCH_X86 && HWY_TARGET <= HWY_AVX3_DL
#define LWAVE_NATIVE_QUAD_DOT 1
#else
#define LWAVE_NATIVE_QUAD_DOT 0
#endif

// 1 where two bf16 x bf16 products are added to an f32 lane by one instruction.
#undef LWAVE_NATIVE_PAIR_DOT
// SVE takes the two products to two sums, so it counts as having none.
#if HWY_NATIVE_DOT_BF16 && !(HWY_TARGET & HWY_ALL_SVE)
#define LWAVE_NATIVE_PAIR_DOT 1
#else
#define LWAVE_NATIVE_PAIR_DOT 0
#endif

// 1 with 32 vector registers, 0 with 16: how large a register tile may be.
#undef LWAVE_MANY_REGISTERS
#if (HWY_ARCH_X86 && HWY_TARGET > HWY_AVX3) || HWY_TARGET == HWY_SCALAR || HWY_TARGET == HWY_EMU128 || \
    HWY_ARCH_ARM_V7 || HWY_ARCH_WASM
#define LWAVE_MANY_REGISTERS 0
#else
#define LWAVE_MANY_REGISTERS 1
#endif

// Only types below: clang warns of a target attribute that no function takes.
namespace lwave {
namespace HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

// The widest f32 vector of the target, but never more than 16 lanes: layouts are cut for at most 16.
using FloatTag = hn::CappedTag<float, 16>;

}  // namespace HWY_NAMESPACE
}  // namespace lwave

#endif  // include guard
