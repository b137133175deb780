// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Drawn projections: their numbers are a promise, their rows what their kind says.

#include "attention/random_projection.h"

#include <cmath>
#include <set>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "base/random_numbers.h"

namespace lwave::attention {
namespace {

constexpr ProjectionKind kKinds[] = {ProjectionKind::kIid, ProjectionKind::kOrthogonal, ProjectionKind::kHadamard};

double Dot(const std::vector<float>& w, int64_t a, int64_t b, int64_t dim) {
  double sum = 0;
  for (int64_t c = 0; c < dim; ++c) {
    sum += static_cast<double>(w[static_cast<size_t>(a * dim + c)]) * static_cast<double>(w[static_cast<size_t>(b * dim + c)]);
  }
  return sum;
}

TEST_CASE("a draw never changes, and another draw or seed is another projection", "[attention]") {
  std::set<std::vector<float>> different;
  for (ProjectionKind kind : kKinds) {
    for (uint64_t seed : {0, 1, 77}) {
      for (uint64_t draw : {0, 1, 2}) {
        const std::vector<float> w = DrawProjection(kind, ProjectionLengths::kChi, 5, 8, seed, draw);
        CHECK(w == DrawProjection(kind, ProjectionLengths::kChi, 5, 8, seed, draw));
        CHECK(different.insert(w).second);
      }
    }
  }
  // iid is the generator's own sequence.
  RandomNumbers random(3 + 2 * 0xd1342543de82ef95u);
  for (float w : DrawProjection(ProjectionKind::kIid, ProjectionLengths::kChi, 3, 5, 3, 2)) {
    CHECK(w == static_cast<float>(random.Normal()));
  }
}

TEST_CASE("the numbers of a draw are those an independent program gave", "[attention]") {
  // From the description in random_projection.h, in Python.
  const auto check = [](ProjectionKind kind, ProjectionLengths lengths, int64_t dim, const std::vector<double>& expected) {
    const std::vector<float> w = DrawProjection(kind, lengths, 6, dim, 42, 1);
    REQUIRE(expected.size() == 6);
    for (int64_t r = 0; r < 6; ++r) {  // one number of every row
      const double got = static_cast<double>(w[static_cast<size_t>(r * dim + r % dim)]);
      INFO("row " << r << ": " << got);
      CHECK(std::abs(got - expected[static_cast<size_t>(r)]) <= 1e-7 * std::abs(expected[static_cast<size_t>(r)]));
    }
  };
  check(ProjectionKind::kIid, ProjectionLengths::kChi, 4,
        {0.136759795, 0.387735347, -1.45871849, 1.1406127, 0.626136177, -0.209290844});
  check(ProjectionKind::kIid, ProjectionLengths::kSqrtDim, 4,
        {0.200556972, 0.318821906, -1.11667305, 1.58903635, 0.412666362, -0.257716097});
  check(ProjectionKind::kOrthogonal, ProjectionLengths::kChi, 4,
        {0.18630174, 0.576043737, -0.0722043452, -0.568640419, 0.35333811, -1.8207702});
  check(ProjectionKind::kOrthogonal, ProjectionLengths::kSqrtDim, 4,
        {0.200556972, 0.723823484, -0.113977197, -0.544108926, 0.412666362, -1.50127475});
  check(ProjectionKind::kHadamard, ProjectionLengths::kChi, 4,
        {-0.928921781, 0.79583455, -0.633498163, 1.04508563, -0.856231915, -1.21281611});
  check(ProjectionKind::kHadamard, ProjectionLengths::kSqrtDim, 5,
        {-1, -1, 1, 1, -1, -1});
}

TEST_CASE("orthogonal rows are so within their block, and Hadamard rows of a power of two", "[attention]") {
  for (ProjectionKind kind : {ProjectionKind::kOrthogonal, ProjectionKind::kHadamard}) {
    for (int64_t dim : {1, 2, 8, 64}) {
      const int64_t rows = 2 * dim + 1;
      const std::vector<float> w = DrawProjection(kind, ProjectionLengths::kChi, rows, dim, 5, 0);
      for (int64_t a = 0; a < rows; ++a) {
        for (int64_t b = 0; b < a; ++b) {
          const double cosine = Dot(w, a, b, dim) / std::sqrt(Dot(w, a, a, dim) * Dot(w, b, b, dim));
          if (a / dim == b / dim) REQUIRE(std::abs(cosine) < 1e-6);
        }
      }
    }
  }
}

TEST_CASE("rows have the square root of the dimension as their length where that is asked for", "[attention]") {
  for (ProjectionKind kind : kKinds) {
    for (int64_t dim : {1, 4, 16}) {
      const std::vector<float> w = DrawProjection(kind, ProjectionLengths::kSqrtDim, 7, dim, 9, 0);
      for (int64_t r = 0; r < 7; ++r) CHECK(std::abs(Dot(w, r, r, dim) / static_cast<double>(dim) - 1) < 1e-6);
    }
  }
}

TEST_CASE("numbers of every kind have mean 0, and a row's square is the dimension on the average", "[attention]") {
  for (ProjectionKind kind : kKinds) {
    for (int64_t dim : {16, 12}) {
      constexpr int64_t kRows = 20000;
      const std::vector<float> w = DrawProjection(kind, ProjectionLengths::kChi, kRows, dim, 1, 0);
      double mean = 0, square = 0, fourth = 0;
      for (float x : w) {
        const double number = static_cast<double>(x);
        mean += number;
        square += number * number;
        fourth += number * number * number * number;
      }
      const double count = static_cast<double>(w.size());
      INFO("kind " << static_cast<int>(kind) << " dim " << dim);
      CHECK(std::abs(mean / count) < 5 / std::sqrt(count));
      CHECK(std::abs(square / count - 1) < 5 * std::sqrt(3 / count));
      // A normal's is 3; a Hadamard row's numbers are near to normal only.
      CHECK(std::abs(fourth / count - 3) < (kind == ProjectionKind::kHadamard ? 0.6 : 5 * std::sqrt(96 / count)));
    }
  }
}

}  // namespace
}  // namespace lwave::attention
