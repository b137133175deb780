// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A model in words: what `longwave info` and lwave_model_describe show.

#ifndef LONGWAVE_STREAM_MODEL_DESCRIPTION_H_
#define LONGWAVE_STREAM_MODEL_DESCRIPTION_H_

#include <string>

#include "absl/status/statusor.h"
#include "stream/model.h"
#include "model/reading.h"

namespace lwave::stream {

// One JSON object: family, dimensions, weights, layers with their attention, reading, bytes and latency of a
// stream with these options.
absl::StatusOr<std::string> DescribeModel(const Model& model, const model::ReadingOptions& options);

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_MODEL_DESCRIPTION_H_
