// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Linear maps of compressions and decoders, fitted in closed form: there is no training loop here, so what a trained
// network would reach may be better.

#ifndef LONGWAVE_TESTS_BENCHMARKS_COMPRESSION_FIT_H_
#define LONGWAVE_TESTS_BENCHMARKS_COMPRESSION_FIT_H_

#include <cstdint>
#include <vector>

namespace lwave::bench {

// y = x W^T + b.   weight // [outputs, inputs]
struct LinearMap {
  int64_t inputs = 0, outputs = 0;
  std::vector<double> weight, bias;
  // x // [rows, inputs]   returns // [rows, outputs]
  std::vector<double> Apply(const std::vector<double>& x) const;
};

// The ridge regression of y on x: least squares with a tenth of the mean variance of x added to its diagonal.
LinearMap Ridge(const std::vector<double>& x, int64_t inputs, const std::vector<double>& y, int64_t outputs);

// The best row for a fixed decoder, as a map: c = (G^T G + ridge)^-1 G^T (y - b), for decoder y = G c + b.
LinearMap Encoder(const LinearMap& decoder);

// An encoder of `ratio` rows into one, by alternating least squares from the mean of the rows: decoder of the rows,
// encoder of the decoder, `rounds` times.   rows // [groups * ratio, width]
LinearMap FitEncoder(const std::vector<double>& rows, int64_t width, int64_t ratio, int64_t rounds);

// [out, tap * in] (tap outermost in the inputs) to [out, in, tap]; or, of a decoder, [tap * out, in] to [out, in, tap].
std::vector<float> EncoderTaps(const LinearMap& map, int64_t width, int64_t ratio);
std::vector<float> DecoderTaps(const LinearMap& map, int64_t width, int64_t ratio);

}  // namespace lwave::bench

#endif  // LONGWAVE_TESTS_BENCHMARKS_COMPRESSION_FIT_H_
