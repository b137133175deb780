// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "reference/nystrom_reference.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace lwave::reference {
namespace {

using Matrix = std::vector<std::vector<double>>;

Matrix Product(const Matrix& a, const Matrix& b) {
  Matrix c(a.size(), std::vector<double>(b[0].size(), 0.0));
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = 0; j < b[0].size(); ++j) {
      for (size_t k = 0; k < b.size(); ++k) c[i][j] += a[i][k] * b[k][j];
    }
  }
  return c;
}

Matrix Transposed(const Matrix& a) {
  Matrix t(a[0].size(), std::vector<double>(a.size()));
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = 0; j < a[0].size(); ++j) t[j][i] = a[i][j];
  }
  return t;
}

// factor * 1 - a
Matrix Less(double factor, Matrix a) {
  for (size_t i = 0; i < a.size(); ++i) {
    for (size_t j = 0; j < a.size(); ++j) a[i][j] = (i == j ? factor : 0) - a[i][j];
  }
  return a;
}

// Rows of one head.
Matrix Head(const std::vector<float>& rows, int64_t tokens, int64_t heads, int64_t head, int64_t width) {
  Matrix part;
  for (int64_t i = 0; i < tokens; ++i) {
    const float* from = rows.data() + (i * heads + head) * width;
    part.emplace_back(from, from + width);
  }
  return part;
}

Matrix Means(const Matrix& rows, size_t landmarks) {
  const size_t run = rows.size() / landmarks;
  Matrix means(landmarks, std::vector<double>(rows[0].size(), 0.0));
  for (size_t i = 0; i < rows.size(); ++i) {
    for (size_t c = 0; c < rows[0].size(); ++c) means[i / run][c] += rows[i][c] / static_cast<double>(run);
  }
  return means;
}

Matrix Softmax(const Matrix& q, const Matrix& k, const std::vector<int32_t>& mask) {
  Matrix scores = Product(q, Transposed(k));
  for (std::vector<double>& row : scores) {
    double top = -std::numeric_limits<double>::infinity(), total = 0;
    for (size_t j = 0; j < row.size(); ++j) {
      row[j] /= std::sqrt(static_cast<double>(q[0].size()));
      if (!mask.empty() && mask[j] == 0) row[j] = -std::numeric_limits<double>::infinity();
      top = std::max(top, row[j]);
    }
    for (double& score : row) total += score = std::isinf(top) ? 0 : std::exp(score - top);
    for (double& score : row) score = total == 0 ? 0 : score / total;
  }
  return scores;
}

}  // namespace

std::vector<double> NystromAttention(const NystromProblem& p) {
  std::vector<double> output(static_cast<size_t>(p.tokens * p.heads * p.value_dim));
  std::vector<Matrix> q, k, v, kernels;
  double largest = 0;
  for (int64_t h = 0; h < p.heads && p.tokens > 0; ++h) {
    q.push_back(Head(p.query, p.tokens, p.heads, h, p.head_dim));
    k.push_back(Head(p.key, p.tokens, p.heads, h, p.head_dim));
    v.push_back(Head(p.value, p.tokens, p.heads, h, p.value_dim));
    if (p.landmarks == 0) continue;
    const size_t landmarks = static_cast<size_t>(p.landmarks);
    kernels.push_back(Softmax(Means(q.back(), landmarks), Means(k.back(), landmarks), {}));
    for (const std::vector<double>& column : Transposed(kernels.back())) {
      double sum = 0;
      for (double x : column) sum += x;
      largest = std::max(largest, sum);
    }
  }
  for (size_t h = 0; h < q.size(); ++h) {
    Matrix result;
    if (p.landmarks == 0) {
      result = Product(Softmax(q[h], k[h], p.mask), v[h]);
    } else {
      const size_t landmarks = static_cast<size_t>(p.landmarks);
      const Matrix mean_q = Means(q[h], landmarks), mean_k = Means(k[h], landmarks);
      Matrix z = Transposed(kernels[h]);
      for (std::vector<double>& row : z) {
        for (double& x : row) x /= largest;
      }
      for (int step = 0; step < 6; ++step) {
        const Matrix az = Product(kernels[h], z);
        z = Product(z, Less(13, Product(az, Less(15, Product(az, Less(7, az))))));
        for (std::vector<double>& row : z) {
          for (double& x : row) x /= 4;
        }
      }
      result = Product(Product(Softmax(q[h], mean_k, {}), z), Product(Softmax(mean_q, k[h], p.mask), v[h]));
    }
    const int64_t width = static_cast<int64_t>(p.convolution.size()) / p.heads;
    for (int64_t i = 0; i < p.tokens; ++i) {
      for (int64_t c = 0; c < p.value_dim; ++c) {
        double sum = result[static_cast<size_t>(i)][static_cast<size_t>(c)];
        for (int64_t t = 0; t < width; ++t) {
          const int64_t j = i + t - width / 2;
          if (j < 0 || j >= p.tokens) continue;
          sum += static_cast<double>(p.convolution[h * static_cast<size_t>(width) + static_cast<size_t>(t)]) *
                 v[h][static_cast<size_t>(j)][static_cast<size_t>(c)];
        }
        output[(static_cast<size_t>(i * p.heads) + h) * static_cast<size_t>(p.value_dim) + static_cast<size_t>(c)] = sum;
      }
    }
  }
  return output;
}

}  // namespace lwave::reference
