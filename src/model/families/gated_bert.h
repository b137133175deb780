// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// What the post-norm encoders after BERT share (jina-bert, nomic-bert, gte): BERT's blocks with positions in attention
// and gated MLPs. They differ in the names of their tensors.

#ifndef LONGWAVE_MODEL_FAMILIES_GATED_BERT_H_
#define LONGWAVE_MODEL_FAMILIES_GATED_BERT_H_

#include <cstdint>

#include "model/families/names.h"
#include "model/spec.h"
#include "model/stack_spec.h"

namespace lwave::model {

struct GatedBertShape {
  int64_t hidden = 0, heads = 0, head_dim = 0, inner = 0, layers = 0;
  int64_t vocabulary = 0, token_types = 0, positions = 0;
  float norm_epsilon = 1e-12f;
  kernels::Activation activation = kernels::Activation::kGelu;
};

// Heads divide the width and are not too wide; errors name `heads_key` and `hidden_key`.
void CheckHeads(ConfigReader& config, absl::string_view heads_key, absl::string_view hidden_key, GatedBertShape* shape);

// The plain numbers of both specs.
void FillSpecs(const GatedBertShape& shape, ModelSpec* spec, StackSpec* stack);

// The pooler, where the file has one.
LinearSpec TakePooler(Names& names, int64_t hidden);

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_FAMILIES_GATED_BERT_H_
