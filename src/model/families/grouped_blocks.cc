// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/families/grouped_blocks.h"

#include "absl/strings/str_cat.h"

namespace lwave::model {

void CheckGroupedHeads(ConfigReader& config, const GroupedShape& shape) {
  if (shape.heads % shape.kv_heads != 0) {
    config.Wrong("num_key_value_heads", absl::StrCat("a divisor of num_attention_heads ", shape.heads));
  }
  CheckHeadDim(config, shape.head_dim);
}

void NameGroupedAttention(Names& names, const std::string& layer, const GroupedShape& shape,
                          AttentionSpec* attention) {
  const std::string self = layer + "self_attn.";
  const int64_t queries = shape.heads * shape.head_dim, keys = shape.kv_heads * shape.head_dim;
  attention->heads = shape.heads;
  attention->kv_heads = shape.kv_heads;
  attention->head_dim = shape.head_dim;
  attention->query = names.Linear(self + "q_proj", queries, shape.hidden, shape.bias);
  attention->key = names.Linear(self + "k_proj", keys, shape.hidden, shape.bias);
  attention->value = names.Linear(self + "v_proj", keys, shape.hidden, shape.bias);
  attention->output = names.Linear(self + "o_proj", shape.hidden, queries, shape.bias);
}

MlpSpec NameGatedMlp(Names& names, const std::string& layer, const GroupedShape& shape) {
  MlpSpec mlp;
  mlp.gate = names.Linear(layer + "mlp.gate_proj", shape.inner, shape.hidden, false);
  mlp.up = names.Linear(layer + "mlp.up_proj", shape.inner, shape.hidden, false);
  mlp.down = names.Linear(layer + "mlp.down_proj", shape.hidden, shape.inner, false);
  mlp.activation = shape.activation;
  return mlp;
}

}  // namespace lwave::model
