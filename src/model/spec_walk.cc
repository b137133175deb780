// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// The walk, and the small functions of the specs.

#include "model/spec_walk.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace lwave::model {
namespace {

class Walk {
 public:
  Walk(SpecVisitor& visitor, int64_t hidden) : visitor_(visitor), hidden_(hidden) {}

  void Linear(const LinearSpec& linear) {
    if (linear) visitor_.Matrix(linear);
  }
  void Norm(const NormSpec& norm, int64_t width) {
    Vector(norm.gain, norm.width == 0 ? width : norm.width);
    Vector(norm.bias, norm.width == 0 ? width : norm.width);
  }
  void Norm(const NormSpec& norm) { Norm(norm, hidden_); }
  void Table(const TensorName& name, int64_t rows, int64_t width) {
    if (name) visitor_.Table(name, rows, width);
  }
  void Vector(const TensorName& name, int64_t size) {
    if (name) visitor_.Vector(name, size);
  }
  void Residual(const ResidualSpec& residual) {
    Norm(residual.before);
    Norm(residual.branch);
    Norm(residual.after);
  }
  void Attention(const AttentionSpec& attention) {
    for (const LinearSpec* linear :
         {&attention.query, &attention.key, &attention.value, &attention.output, &attention.global_query,
          &attention.global_key, &attention.global_value}) {
      Linear(*linear);
    }
    Norm(attention.query_norm, attention.head_dim);
    Norm(attention.key_norm, attention.head_dim);
    Norm(attention.summary_norm);
    for (const AttentionTensor& tensor : attention.tensors) {
      for (const TensorName& name : tensor.tensors) visitor_.Numbers(name, tensor.shape);
    }
  }
  void Embedding(const EmbeddingSpec& embedding, int64_t vocabulary) {
    const int64_t width = embedding.width == 0 ? hidden_ : embedding.width;
    Table(embedding.words, vocabulary, width);
    for (const EmbeddingCluster& cluster : embedding.clusters) {
      Table(cluster.table, cluster.end - cluster.begin, cluster.width);
      Linear(cluster.projection);
    }
    Linear(embedding.projection);
    Table(embedding.positions, embedding.position_spec.table_rows, hidden_);
    Table(embedding.types, embedding.token_types, hidden_);
    for (size_t i = 0; i < embedding.axial_tables.size(); ++i) {
      Table(embedding.axial_tables[i], embedding.axial_shape[i], embedding.axial_dims[i]);
    }
    Norm(embedding.norm);
  }

 private:
  SpecVisitor& visitor_;
  const int64_t hidden_;
};

void VisitStack(const StackSpec& stack, SpecVisitor& visitor) {
  Walk walk(visitor, stack.hidden);
  walk.Embedding(stack.embedding, stack.vocabulary);
  for (const BlockSpec& block : stack.blocks) {
    walk.Attention(block.attention);
    walk.Residual(block.attention_residual);
    if (block.cross.has_value()) walk.Attention(*block.cross);
    walk.Residual(block.cross_residual);
    walk.Linear(block.mlp.up);
    walk.Linear(block.mlp.gate);
    walk.Linear(block.mlp.down);
    walk.Residual(block.mlp_residual);
  }
  walk.Norm(stack.final_norm, stack.output_width());
}

void VisitHead(const HeadSpec& head, SpecVisitor& visitor) {
  Walk walk(visitor, 0);
  for (const HeadStep& step : head.steps) {
    walk.Linear(step.linear);
    walk.Norm(step.norm, step.width);
  }
  walk.Vector(head.final_bias, head.outputs);
  if (!head.adaptive.has_value()) return;
  for (const AdaptiveSoftmaxSpec::Cluster& cluster : head.adaptive->clusters) {
    walk.Linear(cluster.projection);
    walk.Linear(cluster.output);
  }
  walk.Linear(head.adaptive->cluster_output);
}

}  // namespace

std::string LinearSpec::PanelName() const {
  return plain() ? weight.name : absl::StrCat(weight.name, ".rows", first);
}

int64_t ModelSpec::layer_count() const {
  return static_cast<int64_t>(stack != nullptr ? stack->blocks.size() : layers.size());
}

int64_t ModelSpec::row_width() const {
  return decoder != nullptr ? decoder->output_width() : stack != nullptr ? stack->output_width() : hidden;
}

AttentionOption AttentionOption::Ints(std::string name, std::vector<int64_t> values) {
  AttentionOption option;
  option.name = std::move(name);
  option.ints = std::move(values);
  return option;
}

AttentionOption AttentionOption::Number(std::string name, double value) {
  AttentionOption option;
  option.name = std::move(name);
  option.number = value;
  option.kind = Kind::kNumber;
  return option;
}

AttentionOption AttentionOption::Text(std::string name, std::string value) {
  AttentionOption option;
  option.name = std::move(name);
  option.text = std::move(value);
  option.kind = Kind::kText;
  return option;
}

AttentionOption AttentionOption::Floats(std::string name, std::vector<float> values) {
  AttentionOption option;
  option.name = std::move(name);
  option.floats = std::move(values);
  option.kind = Kind::kFloats;
  return option;
}

void VisitTensors(const ModelSpec& spec, SpecVisitor& visitor) {
  if (spec.stack != nullptr) {
    VisitStack(*spec.stack, visitor);
  } else {
    Walk walk(visitor, spec.hidden);
    walk.Table(spec.word_embedding, spec.vocabulary, spec.hidden);
    walk.Table(spec.position_embedding, spec.positions.table_rows, spec.hidden);
    walk.Table(spec.type_embedding, spec.token_types, spec.hidden);
    walk.Norm(spec.embedding_norm);
    for (const LayerSpec& layer : spec.layers) {
      walk.Linear(layer.query);
      walk.Linear(layer.key);
      walk.Linear(layer.value);
      walk.Linear(layer.attention_output);
      walk.Norm(layer.attention_norm);
      walk.Linear(layer.mlp_up);
      walk.Linear(layer.mlp_down);
      walk.Norm(layer.mlp_norm);
    }
    if (spec.norm_placement == NormPlacement::kPre) walk.Norm(spec.final_norm);
  }
  if (spec.decoder != nullptr) VisitStack(*spec.decoder, visitor);
  if (spec.pooler.weight) visitor.Matrix(spec.pooler);
  if (spec.head != nullptr) VisitHead(*spec.head, visitor);
}

}  // namespace lwave::model
