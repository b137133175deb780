// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Matrix products with the number types of weights, in double and plain loops. The oracle of the kernels;
// includes nothing of Longwave.

#ifndef LONGWAVE_TESTS_REFERENCE_GEMM_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_GEMM_REFERENCE_H_

#include <cstdint>
#include <vector>

namespace lwave::reference {

enum class GemmActivation { kNone, kGelu, kGeluTanh, kRelu, kTanh, kSilu };

double Activate(GemmActivation activation, double x);

// One element of y = act(x W^T + bias) + residual, and what its error may be measured against.
struct GemmElement {
  double value = 0;
  double linear = 0;    // the argument of the activation
  double absolute = 0;  // sum_k |x w| + |bias|: the condition of the sum
};

//   x // [depth]   w // [depth]
GemmElement GemmReference(const std::vector<double>& x, const std::vector<double>& w, double bias,
                          GemmActivation activation, double residual);

// The nearest number with 8 significant bits and the exponents of f32, ties to even.
double RoundToBf16Reference(double x);

// Symmetric integers: scale = max |x| / 127 (1 for zeros), integer = x / scale to nearest even.
struct SymmetricReference {
  double scale = 1;
  std::vector<int> integers;
};
SymmetricReference QuantizeSymmetricReference(const std::vector<double>& x);

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_GEMM_REFERENCE_H_
