// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// From a Hugging Face directory to another: the same files, with weights in the wanted type as one safetensors file, and
// longwave.json with the long reading, or the model in its long form (convert_long.h). The source may hold pytorch_model.bin instead of safetensors.

#ifndef LONGWAVE_MODEL_CONVERT_H_
#define LONGWAVE_MODEL_CONVERT_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "kernels/types.h"
#include "model/convert_long.h"
#include "model/long_reading.h"
#include "model/spec.h"

namespace lwave::model {

struct ConvertOptions {
  kernels::NumberType weight_type = kernels::NumberType::kF32;
  bool packed = false;  // f32, bf16: matrices in panels, used in place
  std::optional<LongReading> long_reading;  // none: the source's own longwave.json, if any, is kept
  std::optional<LongForm> long_form;        // instead of a long reading
};

// Writes `destination` (must not exist, or be an empty directory) all or nothing: into a temporary directory
// beside it, then renamed. Matrices stay rows under their own names, which transformers opens too; int8 ones, and all
// with `packed`, become the panels that kernels use in place. The word embedding takes the weight type too (int8: per
// row); norms, biases and the position and type tables become f32. Long reading is checked against the model (window
// widths, sinks < tile <= usable positions, pooling is the mean). config.json is marked ("dtype": "longwave") where
// transformers cannot open the result or would read it another way: int8, panels, a long reading, longwave_attention. InvalidArgument: f16 packed (f16 has no panels).
absl::Status Convert(const std::string& source, const std::string& destination,
                     const ConvertOptions& options);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_CONVERT_H_
