// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A plain encoder (spec.h) as a stack of blocks (stack_spec.h): the same maths by the other executor, for what only a
// stack can say.

#ifndef LONGWAVE_MODEL_ENCODER_STACK_H_
#define LONGWAVE_MODEL_ENCODER_STACK_H_

#include <memory>

#include "model/stack_spec.h"

namespace lwave::model {

std::shared_ptr<StackSpec> EncoderToStack(const ModelSpec& spec);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_ENCODER_STACK_H_
