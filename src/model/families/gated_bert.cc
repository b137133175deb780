// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/families/gated_bert.h"

#include "absl/strings/str_cat.h"

namespace lwave::model {

void CheckHeads(ConfigReader& config, absl::string_view heads_key, absl::string_view hidden_key,
                GatedBertShape* shape) {
  if (shape->hidden % shape->heads != 0) {
    config.Wrong(heads_key, absl::StrCat("a divisor of ", hidden_key, " ", shape->hidden));
    shape->heads = 1;
  }
  shape->head_dim = shape->hidden / shape->heads;
  CheckHeadDim(config, shape->head_dim);
  CheckNotQuantized(config);
}

void FillSpecs(const GatedBertShape& shape, ModelSpec* spec, StackSpec* stack) {
  stack->hidden = spec->hidden = shape.hidden;
  stack->vocabulary = spec->vocabulary = shape.vocabulary;
  stack->norm_epsilon = spec->norm_epsilon = shape.norm_epsilon;
  stack->embedding.token_types = spec->token_types = shape.token_types;
  stack->max_positions = spec->positions.table_rows = shape.positions;
  spec->heads = shape.heads;
  spec->head_dim = shape.head_dim;
  spec->intermediate = shape.inner;
  spec->activation = shape.activation;
}

LinearSpec TakePooler(Names& names, int64_t hidden) {
  if (!names.Has("pooler.dense.weight") && !names.Has("pooler.dense.bias")) return LinearSpec();
  return names.Linear("pooler.dense", hidden, hidden);
}

}  // namespace lwave::model
