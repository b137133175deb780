// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Asks Highway's dispatch which target it chose, once per call.

#include "simd/target.h"

#include "hwy/detect_targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "simd/target.cc"
#include "hwy/foreach_target.h"
// Must come after foreach_target.h.
#include "simd/hwy-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
const char* Name() { return hwy::TargetName(HWY_TARGET); }
}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lwave {
HWY_EXPORT(Name);
const char* SimdTargetName() { return HWY_DYNAMIC_DISPATCH(Name)(); }
}  // namespace lwave
#endif  // HWY_ONCE
