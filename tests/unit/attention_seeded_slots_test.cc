// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Random projections keep what Johnson and Lindenstrauss say they keep. Fixed seeds; bounds are five standard
// deviations.

#include "attention/seeded_slots.h"

#include <catch2/catch_test_macros.hpp>
#include <cmath>
#include <vector>

namespace lwave::attention {
namespace {

using Matrix = std::vector<float>;

// [rows, columns] by [rows, columns]: every pair of rows.
std::vector<double> Products(const Matrix& m, int64_t rows, int64_t columns) {
  std::vector<double> products;
  for (int64_t a = 0; a < rows; ++a) {
    for (int64_t b = 0; b < rows; ++b) {
      double sum = 0;
      for (int64_t c = 0; c < columns; ++c) {
        sum += static_cast<double>(m[static_cast<size_t>(a * columns + c)]) *
               static_cast<double>(m[static_cast<size_t>(b * columns + c)]);
      }
      products.push_back(sum);
    }
  }
  return products;
}

Matrix Draw(bool orthonormal, RandomNumbers& random, int64_t slots, int64_t keys) {
  Matrix m(static_cast<size_t>(slots * keys));
  if (orthonormal) {
    DrawOrthonormal(random, SerialRunner(), slots, keys, absl::MakeSpan(m));
  } else {
    DrawGaussian(random, slots, keys, absl::MakeSpan(m));
  }
  return m;
}

// The mean of R^T R over draws.   // [keys, keys]
std::vector<double> MeanSquare(bool orthonormal, int64_t slots, int64_t keys, int64_t draws) {
  RandomNumbers random(11);
  std::vector<double> mean(static_cast<size_t>(keys * keys), 0.0);
  for (int64_t draw = 0; draw < draws; ++draw) {
    const Matrix m = Draw(orthonormal, random, slots, keys);
    for (int64_t s = 0; s < slots; ++s) {
      const float* row = m.data() + s * keys;
      for (int64_t a = 0; a < keys; ++a) {
        for (int64_t b = 0; b < keys; ++b) {
          mean[static_cast<size_t>(a * keys + b)] +=
              static_cast<double>(row[a]) * static_cast<double>(row[b]) / static_cast<double>(draws);
        }
      }
    }
  }
  return mean;
}

TEST_CASE("R^T R is in the mean the unit matrix, of orthonormal rows slots / keys of it", "[attention]") {
  constexpr int64_t kSlots = 6, kKeys = 10, kDraws = 4000;
  const std::vector<double> gaussian = MeanSquare(false, kSlots, kKeys, kDraws);
  const std::vector<double> orthonormal = MeanSquare(true, kSlots, kKeys, kDraws);
  for (int64_t a = 0; a < kKeys; ++a) {
    for (int64_t b = 0; b < kKeys; ++b) {
      const double unit = a == b ? 1 : 0;
      const double deviation = std::sqrt((a == b ? 2.0 : 1.0) / kSlots / kDraws);
      CHECK(std::abs(gaussian[static_cast<size_t>(a * kKeys + b)] - unit) < 5 * deviation);
      const double share = orthonormal[static_cast<size_t>(a * kKeys + b)];
      CHECK(std::abs(share - unit * kSlots / kKeys) < 5 * 0.3 / std::sqrt(kDraws));
    }
  }
}

TEST_CASE("orthonormal rows are orthonormal to 1e-5, as many as there are keys included", "[attention]") {
  for (const auto& [slots, keys] : {std::pair<int64_t, int64_t>{1, 1}, {1, 300}, {64, 1000}, {90, 90}, {100, 101}}) {
    INFO(slots << " of " << keys);
    RandomNumbers random(3);
    const std::vector<double> products = Products(Draw(true, random, slots, keys), slots, keys);
    for (int64_t a = 0; a < slots; ++a) {
      for (int64_t b = 0; b < slots; ++b) {
        REQUIRE(std::abs(products[static_cast<size_t>(a * slots + b)] - (a == b ? 1 : 0)) < 1e-5);
      }
    }
  }
}

TEST_CASE("orthonormal rows do not depend on the threads that make them", "[attention]") {
  const std::unique_ptr<Runner> pool = MakeThreadPool(3);
  Matrix alone(40 * 500), together(40 * 500);
  RandomNumbers first(9), second(9);
  DrawOrthonormal(first, SerialRunner(), 40, 500, absl::MakeSpan(alone));
  DrawOrthonormal(second, *pool, 40, 500, absl::MakeSpan(together));
  CHECK(alone == together);
}

TEST_CASE("with slots from a tolerance nearly all squared distances stay within it", "[attention]") {
  constexpr int64_t kKeys = 512, kPoints = 40;
  constexpr double kTolerance = 0.5;
  const int64_t slots = SlotsFor(kKeys, kTolerance);
  CHECK(slots == 200);
  for (const bool orthonormal : {false, true}) {
    RandomNumbers random(21);
    const Matrix m = Draw(orthonormal, random, slots, kKeys);
    // R^T R of orthonormal rows is short by slots / keys.
    const double factor = orthonormal ? static_cast<double>(kKeys) / static_cast<double>(slots) : 1;
    std::vector<std::vector<double>> points, images;
    for (int64_t p = 0; p < kPoints; ++p) {
      std::vector<double> point, image;
      for (int64_t c = 0; c < kKeys; ++c) point.push_back(random.Normal() * (c % 7 == p % 7 ? 5 : 1));
      for (int64_t s = 0; s < slots; ++s) {
        double sum = 0;
        for (int64_t c = 0; c < kKeys; ++c) {
          sum += static_cast<double>(m[static_cast<size_t>(s * kKeys + c)]) * point[static_cast<size_t>(c)];
        }
        image.push_back(sum);
      }
      points.push_back(point), images.push_back(image);
    }
    const auto distance = [](const std::vector<double>& a, const std::vector<double>& b) {
      double sum = 0;
      for (size_t c = 0; c < a.size(); ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
      return sum;
    };
    int pairs = 0, within = 0;
    for (size_t a = 0; a < points.size(); ++a) {
      for (size_t b = 0; b < a; ++b) {
        const double ratio = factor * distance(images[a], images[b]) / distance(points[a], points[b]);
        ++pairs;
        within += std::abs(ratio - 1) <= kTolerance;
      }
    }
    INFO(within << " of " << pairs);
    CHECK(within >= pairs * 99 / 100);
  }
}

}  // namespace
}  // namespace lwave::attention
