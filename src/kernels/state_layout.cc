// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Where the parts of a state lie, and what it amounts to. Nothing here is hot.

#include <algorithm>

#include "kernels/state.h"

namespace lwave::kernels {

int64_t StateShape::HeadFloats() const {
  const int64_t sums = features * ValueStride();
  const int64_t pending = kStateBlock * (features + ValueStride());
  return 2 * sums + (normalised ? 2 * FeatureStride() : 0) + pending;
}

StateHead HeadOfState(const StateShape& shape, float* state, int64_t head) {
  StateHead parts;
  float* next = state + head * shape.HeadFloats();
  const auto take = [&next](int64_t count) {
    float* const part = next;
    next += count;
    return part;
  };
  parts.sums = take(shape.features * shape.ValueStride());
  parts.sums_low = take(shape.features * shape.ValueStride());
  if (shape.normalised) {
    parts.normaliser = take(shape.FeatureStride());
    parts.normaliser_low = take(shape.FeatureStride());
  }
  parts.keys = take(shape.features * kStateBlock);
  parts.values = take(kStateBlock * shape.ValueStride());
  return parts;
}

void ClearState(const StateShape& shape, float* state) { std::fill_n(state, shape.Floats(), 0.0f); }

void SumState(const StateShape& shape, int64_t position, float* state, double* sums, double* normaliser) {
  const int64_t pending = position % kStateBlock;
  for (int64_t head = 0; head < shape.heads; ++head) {
    const StateHead parts = HeadOfState(shape, state, head);
    for (int64_t f = 0; f < shape.features; ++f) {
      const float* key = parts.keys + f * kStateBlock;
      for (int64_t c = 0; c < shape.value_dim; ++c) {
        const int64_t place = f * shape.ValueStride() + c;
        double sum = static_cast<double>(parts.sums[place]) + static_cast<double>(parts.sums_low[place]);
        for (int64_t j = 0; j < pending; ++j) {
          sum += static_cast<double>(key[j]) * static_cast<double>(parts.values[j * shape.ValueStride() + c]);
        }
        *sums++ = sum;
      }
      if (normaliser == nullptr || !shape.normalised) continue;
      double sum = static_cast<double>(parts.normaliser[f]) + static_cast<double>(parts.normaliser_low[f]);
      for (int64_t j = 0; j < pending; ++j) sum += static_cast<double>(key[j]);
      *normaliser++ = sum;
    }
  }
}

}  // namespace lwave::kernels
