// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// How a Compressive Transformer makes one row of `ratio` rows (Rae et al. 2020, section 3.2):
//   mean, max     per channel over each group
//   conv          y_g = bias + sum_s W_s E[g ratio + s]
//   dilated_conv  a stack of convolutions, no activation between; a layer's input has dilation (kernel - 1) / 2 rows of
//                 zeros in front and behind, tap s of output g reads row g stride + s dilation; the strides multiply
//                 to ratio (the paper names the kind but no sizes; the stack is Longwave's own)
//   most_used     the rows with the greatest use (NaN counts as the greatest), the older first where equal, in time
//                 order

#ifndef LONGWAVE_ATTENTION_MEMORY_COMPRESSION_H_
#define LONGWAVE_ATTENTION_MEMORY_COMPRESSION_H_

#include <cstdint>
#include <vector>

#include "attention/options.h"
#include "attention/projection.h"

namespace lwave::attention {

// How the taps of a convolution become one product: side by side in its inputs (a row from `kernel` rows), or in its
// outputs (`kernel` rows from a row).
enum class TapOrder { kInputs, kOutputs };
// weight // [d out, d in, kernel] in the options   bias // [d]; not set: none, where the taps are outputs
absl::Status ReadTaps(const Allocator& allocator, const Options& options, const std::string& weight,
                      const std::string& bias, int64_t d, int64_t kernel, TapOrder order, Projection* product);

class Compression {
 public:
  enum class Kind { kMean, kMax, kConv, kDilatedConv, kMostUsed };

  absl::Status Read(const Allocator& allocator, const Options& options, int64_t d_model, int64_t ratio);
  Kind kind() const { return kind_; }
  int64_t ratio() const { return ratio_; }
  // Floats of scratch for up to `rows` rows.
  int64_t ScratchFloats(int64_t rows) const;
  // rows // [count, d_model], count a multiple of ratio   use // [count], most_used only   out // [count / ratio,
  // d_model]
  void Compress(Runner& runner, const float* rows, int64_t count, const double* use, float* scratch, float* out) const;
  // Of the allocator.
  int64_t bytes() const {
    int64_t sum = 0;
    for (const Layer& layer : layers_) sum += layer.product.bytes();
    return sum;
  }

 private:
  // A convolution as a product: depth is tap by channel.
  struct Layer {
    int64_t kernel = 1, stride = 1, dilation = 1;
    Projection product;
    int64_t Pad() const { return dilation * (kernel - 1) / 2; }
    int64_t Length(int64_t rows) const { return (rows + 2 * Pad() - dilation * (kernel - 1) - 1) / stride + 1; }
  };
  void Pool(const float* rows, int64_t groups, float* out) const;
  void Select(const float* rows, int64_t count, const double* use, float* out) const;
  void Convolve(Runner& runner, const Layer& layer, const float* rows, int64_t count, float* taps, float* out) const;

  Kind kind_ = Kind::kMean;
  int64_t ratio_ = 1, d_model_ = 1;
  std::vector<Layer> layers_;
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_MEMORY_COMPRESSION_H_
