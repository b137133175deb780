// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A^T A, then Householder's reduction to a tridiagonal matrix, then its eigenvalues by implicit QL steps (Golub and
// Van Loan, Matrix Computations, chapter 8).

#include "singular_values.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace lwave::cli {
namespace {

// A symmetric matrix as a tridiagonal one with the same eigenvalues.
struct Tridiagonal {
  std::vector<double> diagonal;  // [n]
  std::vector<double> beside;    // [n]; the last is 0
};

std::vector<double> Gram(const std::vector<double>& a, size_t n) {
  std::vector<double> g(n * n, 0.0);
  for (size_t row = 0; row < n; ++row) {
    const double* from = a.data() + row * n;
    for (size_t i = 0; i < n; ++i) {
      if (from[i] == 0) continue;  // what a row does not see
      double* to = g.data() + i * n;
      for (size_t j = 0; j < n; ++j) to[j] += from[i] * from[j];
    }
  }
  return g;
}

// One reflection a column k: H = I - 2 v v^T / v^T v makes the entries below the next to the diagonal zero, and
// S <- H S H on the rest.
Tridiagonal Reduce(std::vector<double> s, size_t n) {
  Tridiagonal t{std::vector<double>(n), std::vector<double>(n, 0.0)};
  std::vector<double> v(n), p(n);
  for (size_t k = 0; k + 1 < n; ++k) {
    double norm = 0;
    for (size_t i = k + 1; i < n; ++i) norm += s[i * n + k] * s[i * n + k];
    norm = std::sqrt(norm);
    const double head = s[(k + 1) * n + k];
    const double alpha = head > 0 ? -norm : norm;  // away from head, so that nothing cancels
    t.diagonal[k] = s[k * n + k];
    t.beside[k] = alpha;
    double square = 0;
    for (size_t i = k + 1; i < n; ++i) {
      v[i] = s[i * n + k] - (i == k + 1 ? alpha : 0);
      square += v[i] * v[i];
    }
    if (square == 0) continue;
    double dot = 0;
    for (size_t i = k + 1; i < n; ++i) {
      p[i] = 0;
      for (size_t j = k + 1; j < n; ++j) p[i] += s[i * n + j] * v[j];
      p[i] *= 2 / square;
      dot += p[i] * v[i];
    }
    for (size_t i = k + 1; i < n; ++i) p[i] -= dot / square * v[i];
    for (size_t i = k + 1; i < n; ++i) {
      for (size_t j = k + 1; j < n; ++j) s[i * n + j] -= v[i] * p[j] + p[i] * v[j];
    }
  }
  if (n > 0) t.diagonal[n - 1] = s[n * n - 1];
  return t;
}

// The eigenvalues, in place of the diagonal: for each l, QL steps with Wilkinson's shift on the unreduced block that
// begins there, until what is beside the diagonal is nothing to it.
void Diagonalise(Tridiagonal& t) {
  std::vector<double>&d = t.diagonal, &e = t.beside;
  const size_t n = d.size();
  for (size_t l = 0; l < n; ++l) {
    for (int step = 0; step < 60; ++step) {
      size_t m = l;
      while (m + 1 < n && std::abs(e[m]) > 1e-16 * (std::abs(d[m]) + std::abs(d[m + 1]))) ++m;
      if (m == l) break;
      const double half = (d[l + 1] - d[l]) / (2 * e[l]);
      const double root = std::hypot(half, 1.0);
      double g = d[m] - d[l] + e[l] / (half + std::copysign(root, half));
      double sine = 1, cosine = 1, shift = 0;
      bool split = false;
      for (size_t i = m; i-- > l;) {
        const double f = sine * e[i], b = cosine * e[i];
        const double r = std::hypot(f, g);
        e[i + 1] = r;
        if (r == 0) {  // the block falls apart here
          d[i + 1] -= shift;
          e[m] = 0;
          split = true;
          break;
        }
        sine = f / r;
        cosine = g / r;
        g = d[i + 1] - shift;
        const double next = (d[i] - g) * sine + 2 * cosine * b;
        shift = sine * next;
        d[i + 1] = g + shift;
        g = cosine * next - b;
      }
      if (split) continue;
      d[l] -= shift;
      e[l] = g;
      e[m] = 0;
    }
  }
}

}  // namespace

std::vector<double> SingularValues(const std::vector<double>& matrix, int64_t n) {
  Tridiagonal t = Reduce(Gram(matrix, static_cast<size_t>(n)), static_cast<size_t>(n));
  Diagonalise(t);
  std::vector<double> values = std::move(t.diagonal);
  for (double& value : values) value = std::sqrt(std::max(value, 0.0));
  std::sort(values.begin(), values.end(), std::greater<>());
  return values;
}

std::vector<double> CumulatedShares(const std::vector<double>& values) {
  double total = 0;
  for (const double value : values) total += value;
  std::vector<double> shares;
  double sum = 0;
  for (const double value : values) shares.push_back(total > 0 ? (sum += value) / total : 1);
  if (!shares.empty()) shares.back() = 1;  // not 1 - 1e-16
  return shares;
}

int64_t CountReaching(const std::vector<double>& cumulated, double share) {
  const auto reached = std::lower_bound(cumulated.begin(), cumulated.end(), share);
  return std::min<int64_t>(reached - cumulated.begin() + 1, static_cast<int64_t>(cumulated.size()));
}

}  // namespace lwave::cli
