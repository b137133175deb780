// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Heads that see keys at regular distances (dilated windows, the strided set of the Sparse Transformer) at a cost
// proportional to those keys. Rows of one remainder by the stride see keys of that remainder alone, and among these
// the pattern is a plain window: so for every remainder its keys are copied together, 64 to a tile, and its rows meet
// them as if nothing lay between. Key `at` of a remainder is always number at % 64 of copied tile at / 64, so a row's
// bits do not depend on how rows are grouped.
//
// What a row sees elsewhere (global tokens, a local set) is a part of its own, computed before; the two are put
// together by the logarithms of their normalisers.

#ifndef LONGWAVE_ATTENTION_STRIDED_H_
#define LONGWAVE_ATTENTION_STRIDED_H_

#include "attention/attend.h"

namespace lwave::attention {

struct StridedScratch {
  int64_t most_tiles = 0;            // copied tiles of one task; 0: no head is strided
  absl::Span<float> keys, values;    // [threads, most tiles, 64 * head_dim or value_dim]
  absl::Span<uint64_t> open, masks;  // [threads, most tiles], [threads, most tiles, kQueryTile]
  absl::Span<kernels::KeyTile> tiles;  // [threads, most tiles]
  absl::Span<float> output;            // [threads, kQueryTile, value_dim]
  absl::Span<float> log_sums;          // [threads, kQueryTile]
  absl::Span<float> near_sums;         // [rows, heads]: of the parts that are computed before

  // shape: of the layer's key set, with its slots   rows: computed at a time
  static StridedScratch Take(Arena& arena, int32_t threads, const Pattern& pattern, int64_t heads,
                             const kernels::TileShape& shape, int64_t rows);
};

// The strided heads of a job whose other parts AttendRows has computed; where a head has both, job.log_sums are those
// of the parts before. Places of keys are positions.
void AttendStrided(Runner& runner, const AttendJob& job, const StridedScratch& scratch);

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_STRIDED_H_
