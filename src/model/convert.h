// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// From a Hugging Face directory to a Longwave directory: the same files, with weights in the wanted type and
// in the layout that kernels use in place, and longwave.json with the long reading.

#ifndef LONGWAVE_MODEL_CONVERT_H_
#define LONGWAVE_MODEL_CONVERT_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "kernels/types.h"
#include "model/long_reading.h"
#include "model/spec.h"

namespace lwave::model {

struct ConvertOptions {
  kernels::NumberType weight_type = kernels::NumberType::kF32;
  std::optional<LongReading> long_reading;  // none: the source's own longwave.json, if any, is kept
};

// Writes `destination` (must not exist, or be an empty directory) all or nothing: into a temporary directory
// beside it, then renamed. Matrices become panels (f16: rows); the word embedding takes the weight type too
// (int8: per row); norms, biases and the position and type tables stay f32. Long reading is checked against
// the model (window widths, sinks < tile <= usable positions, pooling is the mean).
absl::Status Convert(const std::string& source, const std::string& destination,
                     const ConvertOptions& options);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_CONVERT_H_
