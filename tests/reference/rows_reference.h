// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Row by row operations in double precision and plain loops: the oracle of the row kernels. Includes nothing
// of ours.

#ifndef LONGWAVE_TESTS_REFERENCE_ROWS_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_ROWS_REFERENCE_H_

#include <cstdint>
#include <vector>

namespace lwave::reference {

// (x - mean) / sqrt(variance + epsilon) * gain + bias ("Layer Normalization", Ba et al. 2016).   bias may be
// empty
std::vector<double> LayerNorm(const std::vector<float>& x, const std::vector<float>& gain,
                              const std::vector<float>& bias, double epsilon);
// exp(x - max x) / sum
std::vector<double> Softmax(const std::vector<float>& x);
// x / max(|x|, epsilon)
std::vector<double> L2Normalize(const std::vector<float>& x, double epsilon);
double Dot(const std::vector<float>& x, const std::vector<float>& y);

// gelu and its tanh form ("Gaussian Error Linear Units", Hendrycks and Gimpel 2016), relu, tanh, silu
double Gelu(double x);
double GeluTanh(double x);
double Relu(double x);
double Silu(double x);

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_ROWS_REFERENCE_H_
