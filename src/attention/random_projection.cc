// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/random_projection.h"

#include <algorithm>
#include <cmath>

#include "absl/types/span.h"
#include "base/random_numbers.h"

namespace lwave::attention {
namespace {

using Row = absl::Span<double>;

double Dot(Row a, Row b) {
  double sum = 0;
  for (size_t c = 0; c < a.size(); ++c) sum += a[c] * b[c];
  return sum;
}

void ScaleTo(Row row, double length) {
  const double factor = length / std::sqrt(Dot(row, row));
  for (double& x : row) x *= factor;
}

// Rows of one block, of which there are no more than they are wide, become orthonormal.
void Orthonormalise(absl::Span<double> block, size_t dim) {
  for (size_t r = 0; r < block.size(); r += dim) {
    const Row row = block.subspan(r, dim);
    for (int pass = 0; pass < 2; ++pass) {
      for (size_t before = 0; before < r; before += dim) {
        const Row other = block.subspan(before, dim);
        const double along = Dot(row, other);
        for (size_t c = 0; c < dim; ++c) row[c] -= along * other[c];
      }
    }
    ScaleTo(row, 1);
  }
}

// row times H, without the factor.
void Hadamard(Row row) {
  for (size_t half = 1; half < row.size(); half *= 2) {
    for (size_t i = 0; i < row.size(); ++i) {
      if ((i & half) != 0) continue;
      const double a = row[i], b = row[i + half];
      row[i] = a + b;
      row[i + half] = a - b;
    }
  }
}

std::vector<double> HadamardRows(RandomNumbers& random, size_t rows, size_t width) {
  std::vector<double> w(rows * width, 0.0);
  std::vector<double> signs(3 * width);
  const double factor = 1 / std::sqrt(static_cast<double>(width));
  for (size_t r = 0; r < rows; ++r) {
    if (r % width == 0) {
      for (double& sign : signs) sign = (random.Bits() >> 63) != 0 ? -factor : factor;
    }
    const Row row(w.data() + r * width, width);
    row[r % width] = 1;
    for (size_t d = 3; d-- > 0;) {
      Hadamard(row);
      for (size_t c = 0; c < width; ++c) row[c] *= signs[d * width + c];
    }
  }
  return w;
}

}  // namespace

std::vector<float> DrawProjection(ProjectionKind kind, ProjectionLengths lengths, int64_t rows, int64_t dim,
                                  uint64_t seed, uint64_t draw) {
  RandomNumbers random(seed + draw * 0xd1342543de82ef95u);
  const size_t count = static_cast<size_t>(rows), columns = static_cast<size_t>(dim);
  size_t width = columns;
  std::vector<double> w;
  if (kind == ProjectionKind::kHadamard) {
    for (width = 1; width < columns;) width *= 2;
    w = HadamardRows(random, count, width);
  } else {
    w.resize(count * width);
    for (double& x : w) x = random.Normal();
    for (size_t r = 0; kind == ProjectionKind::kOrthogonal && r < count; r += width) {
      Orthonormalise(absl::MakeSpan(w).subspan(r * width, std::min(width, count - r) * width), width);
    }
  }
  std::vector<float> result(count * columns);
  for (size_t r = 0; r < count; ++r) {
    const Row row(w.data() + r * width, width);
    if (lengths == ProjectionLengths::kSqrtDim) {
      ScaleTo(row, std::sqrt(static_cast<double>(width)));
    } else if (kind != ProjectionKind::kIid) {
      double square = 0;
      for (size_t c = 0; c < width; ++c) {
        const double x = random.Normal();
        square += x * x;
      }
      ScaleTo(row, std::sqrt(square));
    }
    for (size_t c = 0; c < columns; ++c) result[r * columns + c] = static_cast<float>(row[c]);
  }
  return result;
}

}  // namespace lwave::attention
