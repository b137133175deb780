// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the shapes of a run's results follow from.

#ifndef LONGWAVE_STREAM_MODEL_RUN_SHAPE_H_
#define LONGWAVE_STREAM_MODEL_RUN_SHAPE_H_

#include <cstdint>

#include "stream/model_run.h"

namespace lwave::stream {

// Rows of the stack that results come from.
int64_t OutputRows(const model::ModelSpec& spec, const RunInput& input);
// Whether an output needs the decoder's rows.
bool Decodes(const model::ModelSpec& spec, RunOutput output);
// Numbers of a row of the encoder, or of the stack that results come from.
int64_t RowWidth(const model::ModelSpec& spec, bool encoder);
// Rows of each layer's memory that are given.
int64_t MemoryRows(const model::StackSpec& stack, const RunInput& input);

}  // namespace lwave::stream

#endif  // LONGWAVE_STREAM_MODEL_RUN_SHAPE_H_
