// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Random projections of FAVOR+ (Choromanski et al. 2021), the same bits from the same numbers on every machine. They are
// drawn from RandomNumbers(seed + draw * 0xd1342543de82ef95), modulo 2^64, in this order and in double:
//   iid         rows * dim normals, row by row
//   orthogonal  the same, and in blocks of dim rows each row less its parts along those before it (Gram and Schmidt,
//               twice), which makes uniformly random rotations; then lengths
//   hadamard    with p the least power of two >= dim, blocks of p rows of H D3 H D2 H D1 (Yu et al. 2016), H the
//               Walsh-Hadamard matrix over sqrt(p), H[i][j] = (-1)^popcount(i & j) / sqrt(p), D diagonals of signs: p
//               times Bits(), negative where the upper bit is set, for D1, then D2, then D3; then lengths; then each
//               row's first dim numbers (where dim < p, rows are orthogonal only before that)
//   lengths     each row is scaled to the length of as many normals as it is wide, drawn row by row (chi), or to the
//               square root of its width (sqrt_dim; iid rows too)
// Every kind makes a row as long as independent normals would on the average of squares, so estimates stay unbiased.

#ifndef LONGWAVE_ATTENTION_RANDOM_PROJECTION_H_
#define LONGWAVE_ATTENTION_RANDOM_PROJECTION_H_

#include <cstdint>
#include <vector>

namespace lwave::attention {

enum class ProjectionKind { kIid, kOrthogonal, kHadamard };
enum class ProjectionLengths { kChi, kSqrtDim };

// [rows, dim]
std::vector<float> DrawProjection(ProjectionKind kind, ProjectionLengths lengths, int64_t rows, int64_t dim,
                                  uint64_t seed, uint64_t draw);

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_RANDOM_PROJECTION_H_
