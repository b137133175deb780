// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Weights of a model directory as doubles: a Hugging Face directory of the BERT or RoBERTa family (f32, f16
// or bf16 rows), or a directory that `longwave convert` wrote, whose matrices may be stored as panels and as
// int8 with scales. Independent of the library's own reader; trusts its input and throws std::runtime_error.

#ifndef LONGWAVE_TESTS_REFERENCE_CHECKPOINT_REFERENCE_H_
#define LONGWAVE_TESTS_REFERENCE_CHECKPOINT_REFERENCE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "encoder_reference.h"
#include "safetensors_reference.h"

namespace lwave::reference {

Encoder LoadEncoder(const std::string& directory);

// A matrix of a checkpoint as rows.   returns // [outputs, inputs]
//   rank 2: rows of F32, F16, BF16, or I8 with `<name>.scale` F32 [outputs]
//   rank 4: panels [ceil(outputs/32), ceil(inputs/group), 32, group], group 1 (F32), 2 (BF16) or 4 (I8 with
//           `<name>.scale` F32 [outputs]); element (o, k) stands at [o / 32][k / group][o mod 32][k mod
//           group]
Values LoadMatrix(const StoredFile& file, const std::string& name, int64_t outputs, int64_t inputs);

}  // namespace lwave::reference

#endif  // LONGWAVE_TESTS_REFERENCE_CHECKPOINT_REFERENCE_H_
