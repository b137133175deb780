// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "compression_fit.h"

#include <cmath>

namespace lwave::bench {
namespace {

using Numbers = std::vector<double>;

// a^T b.   a // [rows, m]   b // [rows, n]   returns // [m, n]
Numbers Gram(const Numbers& a, int64_t m, const Numbers& b, int64_t n) {
  Numbers sum(static_cast<size_t>(m * n), 0.0);
  const int64_t rows = static_cast<int64_t>(a.size()) / m;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t i = 0; i < m; ++i) {
      const double x = a[static_cast<size_t>(r * m + i)];
      const double* from = b.data() + r * n;
      double* to = sum.data() + i * n;
      for (int64_t j = 0; j < n; ++j) to[j] += x * from[j];
    }
  }
  return sum;
}

// Solves a z = b for positive definite a by Cholesky's decomposition.   a // [n, n]   b // [n, columns], replaced by z
void Solve(Numbers a, int64_t n, Numbers& b, int64_t columns) {
  const auto at = [n](int64_t i, int64_t j) { return static_cast<size_t>(i * n + j); };
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t j = 0; j <= i; ++j) {
      double sum = a[at(i, j)];
      for (int64_t k = 0; k < j; ++k) sum -= a[at(i, k)] * a[at(j, k)];
      a[at(i, j)] = i == j ? std::sqrt(sum) : sum / a[at(j, j)];
    }
  }
  const auto subtract = [&](int64_t row, int64_t other, double factor) {
    for (int64_t c = 0; c < columns; ++c) {
      b[static_cast<size_t>(row * columns + c)] -= factor * b[static_cast<size_t>(other * columns + c)];
    }
  };
  const auto divide = [&](int64_t row) {
    for (int64_t c = 0; c < columns; ++c) b[static_cast<size_t>(row * columns + c)] /= a[at(row, row)];
  };
  for (int64_t i = 0; i < n; ++i) {
    for (int64_t k = 0; k < i; ++k) subtract(i, k, a[at(i, k)]);
    divide(i);
  }
  for (int64_t i = n - 1; i >= 0; --i) {
    for (int64_t k = i + 1; k < n; ++k) subtract(i, k, a[at(k, i)]);
    divide(i);
  }
}

void AddRidge(Numbers& gram, int64_t n) {
  double trace = 0;
  for (int64_t i = 0; i < n; ++i) trace += gram[static_cast<size_t>(i * n + i)];
  for (int64_t i = 0; i < n; ++i) gram[static_cast<size_t>(i * n + i)] += 0.1 * trace / static_cast<double>(n);
}

Numbers Means(const Numbers& x, int64_t width) {
  Numbers mean(static_cast<size_t>(width), 0.0);
  for (size_t i = 0; i < x.size(); ++i) mean[i % mean.size()] += x[i];
  for (double& value : mean) value /= static_cast<double>(x.size()) / static_cast<double>(width);
  return mean;
}

Numbers Centred(const Numbers& x, const Numbers& mean) {
  Numbers y = x;
  for (size_t i = 0; i < y.size(); ++i) y[i] -= mean[i % mean.size()];
  return y;
}

// [m, n] to [n, m].
Numbers Transposed(const Numbers& x, int64_t m, int64_t n) {
  Numbers y(x.size());
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < n; ++j) y[static_cast<size_t>(j * m + i)] = x[static_cast<size_t>(i * n + j)];
  }
  return y;
}

}  // namespace

Numbers LinearMap::Apply(const Numbers& x) const {
  const int64_t rows = static_cast<int64_t>(x.size()) / inputs;
  const Numbers by_input = Transposed(weight, outputs, inputs);
  Numbers y;
  y.reserve(static_cast<size_t>(rows * outputs));
  for (int64_t r = 0; r < rows; ++r) {
    y.insert(y.end(), bias.begin(), bias.end());
    double* to = y.data() + r * outputs;
    for (int64_t i = 0; i < inputs; ++i) {
      const double value = x[static_cast<size_t>(r * inputs + i)];
      const double* column = by_input.data() + i * outputs;
      for (int64_t o = 0; o < outputs; ++o) to[o] += value * column[o];
    }
  }
  return y;
}

LinearMap Ridge(const Numbers& x, int64_t inputs, const Numbers& y, int64_t outputs) {
  const Numbers x_mean = Means(x, inputs), y_mean = Means(y, outputs);
  const Numbers x0 = Centred(x, x_mean);
  Numbers gram = Gram(x0, inputs, x0, inputs), z = Gram(x0, inputs, Centred(y, y_mean), outputs);
  AddRidge(gram, inputs);
  Solve(std::move(gram), inputs, z, outputs);
  LinearMap map{inputs, outputs, Transposed(z, inputs, outputs), y_mean};
  for (int64_t o = 0; o < outputs; ++o) {
    for (int64_t i = 0; i < inputs; ++i) {
      map.bias[static_cast<size_t>(o)] -= map.weight[static_cast<size_t>(o * inputs + i)] * x_mean[static_cast<size_t>(i)];
    }
  }
  return map;
}

LinearMap Encoder(const LinearMap& decoder) {
  const int64_t c = decoder.inputs, y = decoder.outputs;
  Numbers gram = Gram(decoder.weight, c, decoder.weight, c);
  Numbers z = Transposed(decoder.weight, y, c);
  AddRidge(gram, c);
  Solve(std::move(gram), c, z, y);
  LinearMap map{y, c, z, Numbers(static_cast<size_t>(c), 0.0)};
  for (int64_t o = 0; o < c; ++o) {
    for (int64_t i = 0; i < y; ++i) {
      map.bias[static_cast<size_t>(o)] -= z[static_cast<size_t>(o * y + i)] * decoder.bias[static_cast<size_t>(i)];
    }
  }
  return map;
}

LinearMap FitEncoder(const Numbers& rows, int64_t width, int64_t ratio, int64_t rounds) {
  const int64_t whole = width * ratio;
  LinearMap encoder{whole, width, Numbers(static_cast<size_t>(width * whole), 0.0), Numbers(static_cast<size_t>(width), 0.0)};
  for (int64_t o = 0; o < width; ++o) {
    for (int64_t s = 0; s < ratio; ++s) {
      encoder.weight[static_cast<size_t>(o * whole + s * width + o)] = 1 / static_cast<double>(ratio);
    }
  }
  for (int64_t round = 0; round < rounds; ++round) encoder = Encoder(Ridge(encoder.Apply(rows), width, rows, whole));
  return encoder;
}

std::vector<float> EncoderTaps(const LinearMap& map, int64_t width, int64_t ratio) {
  std::vector<float> taps(static_cast<size_t>(width * width * ratio));
  for (int64_t o = 0; o < width; ++o) {
    for (int64_t i = 0; i < width; ++i) {
      for (int64_t s = 0; s < ratio; ++s) {
        taps[static_cast<size_t>((o * width + i) * ratio + s)] =
            static_cast<float>(map.weight[static_cast<size_t>(o * width * ratio + s * width + i)]);
      }
    }
  }
  return taps;
}

std::vector<float> DecoderTaps(const LinearMap& map, int64_t width, int64_t ratio) {
  std::vector<float> taps(static_cast<size_t>(width * width * ratio));
  for (int64_t o = 0; o < width; ++o) {
    for (int64_t i = 0; i < width; ++i) {
      for (int64_t s = 0; s < ratio; ++s) {
        taps[static_cast<size_t>((o * width + i) * ratio + s)] =
            static_cast<float>(map.weight[static_cast<size_t>((s * width + o) * width + i)]);
      }
    }
  }
  return taps;
}

}  // namespace lwave::bench
