// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "model/encoder_stack.h"

#include <utility>

namespace lwave::model {

std::shared_ptr<StackSpec> EncoderToStack(const ModelSpec& spec) {
  auto stack = std::make_shared<StackSpec>();
  stack->hidden = spec.hidden;
  stack->vocabulary = spec.vocabulary;
  stack->max_positions = spec.positions.usable();
  stack->norm_epsilon = spec.norm_epsilon;
  EmbeddingSpec& embedding = stack->embedding;
  embedding.words = spec.word_embedding;
  embedding.positions = spec.position_embedding;
  embedding.position_spec = spec.positions;
  embedding.pad_id = spec.pad_id;
  embedding.types = spec.type_embedding;
  embedding.token_types = spec.token_types;
  embedding.norm = spec.embedding_norm;
  const bool pre_norm = spec.norm_placement == NormPlacement::kPre;
  for (const LayerSpec& layer : spec.layers) {
    BlockSpec block;
    block.attention.mechanism = "full";
    block.attention.heads = spec.heads;
    block.attention.head_dim = spec.head_dim;
    block.attention.query = layer.query;
    block.attention.key = layer.key;
    block.attention.value = layer.value;
    block.attention.output = layer.attention_output;
    (pre_norm ? block.attention_residual.before : block.attention_residual.after) = layer.attention_norm;
    block.mlp.up = layer.mlp_up;
    block.mlp.down = layer.mlp_down;
    block.mlp.activation = spec.activation;
    (pre_norm ? block.mlp_residual.before : block.mlp_residual.after) = layer.mlp_norm;
    stack->blocks.push_back(std::move(block));
  }
  if (pre_norm) stack->final_norm = spec.final_norm;
  return stack;
}

}  // namespace lwave::model
