// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The numbers of torch.manual_seed(s) and torch.randn on a CPU in f32: the hash rotations of published Reformer code
// are drawn from them. Computed in double and rounded once, so that the last bits may differ from a vectorised run's.

#ifndef LONGWAVE_ATTENTION_TORCH_RANDOM_H_
#define LONGWAVE_ATTENTION_TORCH_RANDOM_H_

#include <cstdint>

#include "absl/types/span.h"

namespace lwave::attention {

// Fewer are drawn in another way there, which is not done here.
inline constexpr int64_t kLeastTorchNormals = 16;

// The first out.size() >= kLeastTorchNormals standard normals after the seed.
void TorchNormals(uint32_t seed, absl::Span<float> out);

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_TORCH_RANDOM_H_
