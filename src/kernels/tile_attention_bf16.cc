// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Tile attention over keys and values in bf16.

#include "kernels/tile_attention.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/tile_attention_bf16.cc"
#include "hwy/foreach_target.h"  // IWYU pragma: keep
// After foreach_target.
#include "kernels/tile_attention-inl.h"

HWY_BEFORE_NAMESPACE();
namespace lwave::HWY_NAMESPACE {
namespace {
void AttendBf16(const kernels::AttentionBlock& block, int64_t head_begin, int64_t head_end) {
  Attend<AttentionBf16>(block, head_begin, head_end);
}
}  // namespace
}  // namespace lwave::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace lwave {
namespace {
HWY_EXPORT(AttendBf16);
}  // namespace

namespace kernels {
void TileAttentionBf16(const AttentionBlock& block, int64_t head_begin, int64_t head_end) {
  HWY_DYNAMIC_DISPATCH(AttendBf16)(block, head_begin, head_end);
}
}  // namespace kernels
}  // namespace lwave
#endif  // HWY_ONCE
