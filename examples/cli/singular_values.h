// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The singular values of a square matrix.

#ifndef LONGWAVE_EXAMPLES_CLI_SINGULAR_VALUES_H_
#define LONGWAVE_EXAMPLES_CLI_SINGULAR_VALUES_H_

#include <cstdint>
#include <vector>

namespace lwave::cli {

// Largest first.   matrix // [n, n], row-major   returns // [n]
// As square roots of the eigenvalues of A^T A, so that values below about 1e-8 of the largest are noise: nothing to a
// sum of them. About 3 n^3 products.
std::vector<double> SingularValues(const std::vector<double>& matrix, int64_t n);

// The share that the first 1, 2, ... n of them have in the sum of all; of zeros alone, ones.
std::vector<double> CumulatedShares(const std::vector<double>& values);
// How many of the first are needed to reach `share` of the sum.
int64_t CountReaching(const std::vector<double>& cumulated, double share);

}  // namespace lwave::cli

#endif  // LONGWAVE_EXAMPLES_CLI_SINGULAR_VALUES_H_
