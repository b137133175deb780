// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// See checkpoint_fingerprint.h. Reading all of a 90 MB file would take longer than opening it; the ends of
// every tensor tell apart any two trainings or number types, though not a byte that was changed by hand in
// the middle.

#include "model/checkpoint_fingerprint.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace lwave::model {
namespace {

constexpr size_t kSampleBytes = 4096;

uint64_t LittleEndianWord(const uint8_t* bytes, size_t count) {
  uint64_t word = 0;
  std::memcpy(&word, bytes, count);
  if constexpr (std::endian::native == std::endian::big) {
    uint64_t swapped = 0;
    for (int i = 0; i < 8; ++i) swapped |= (word >> (8 * i) & 0xFF) << (8 * (7 - i));
    word = swapped;
  }
  return word;
}

}  // namespace

void Fingerprint::Add(uint64_t value) {
  state_ = (state_ ^ value) * 0x9E3779B97F4A7C15;  // 2^64 / golden ratio
  state_ ^= state_ >> 29;
}

void Fingerprint::AddBytes(absl::Span<const uint8_t> bytes) {
  Add(bytes.size());
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) Add(LittleEndianWord(bytes.data() + i, 8));
  if (i < bytes.size()) Add(LittleEndianWord(bytes.data() + i, bytes.size() - i));
}

void Fingerprint::AddText(absl::string_view text) {
  AddBytes({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

void Fingerprint::AddSpec(const ModelSpec& spec) {
  AddText(spec.family);
  AddText(spec.architecture);
  for (const int64_t value :
       {spec.hidden, spec.heads, spec.head_dim, spec.intermediate, spec.vocabulary, spec.token_types,
        spec.pad_id, spec.positions.table_rows, spec.positions.offset, int64_t{spec.positions.by_padding_id},
        int64_t{std::bit_cast<int32_t>(spec.norm_epsilon)}, static_cast<int64_t>(spec.norm_placement),
        static_cast<int64_t>(spec.activation), static_cast<int64_t>(spec.layers.size()),
        int64_t{bool{spec.pooler.weight}}}) {
    Add(static_cast<uint64_t>(value));
  }
  if (spec.stack != nullptr) {
    AddStack(*spec.stack);
    if (spec.head != nullptr) AddHead(*spec.head);  // a plain encoder's follows from its architecture
  }
  if (spec.decoder != nullptr) {
    AddStack(*spec.decoder);
    AddAll({spec.decoder_start_id, spec.decoder_start});
  }
  const SentenceSpec& sentence = spec.sentence;
  for (const int64_t value : {int64_t{sentence.declared}, static_cast<int64_t>(sentence.pooling),
                              int64_t{sentence.normalize}, sentence.max_sequence_length}) {
    Add(static_cast<uint64_t>(value));
  }
  for (const DenseModuleSpec& dense : sentence.dense) {
    for (const int64_t value :
         {dense.linear.outputs, dense.linear.inputs, static_cast<int64_t>(dense.activation)}) {
      Add(static_cast<uint64_t>(value));
    }
  }
}

void Fingerprint::AddNumber(double value) { Add(std::bit_cast<uint64_t>(value)); }

void Fingerprint::AddAll(std::initializer_list<int64_t> values) {
  for (const int64_t value : values) Add(static_cast<uint64_t>(value));
}

void Fingerprint::AddNorm(const NormSpec& norm) {
  AddAll({int64_t{bool{norm}}, static_cast<int64_t>(norm.kind), int64_t{norm.gain_plus_one}, norm.width});
  AddNumber(static_cast<double>(norm.epsilon));
}

void Fingerprint::AddAttention(const AttentionSpec& attention) {
  AddText(attention.mechanism);
  AddAll({attention.heads, attention.kv_heads, attention.head_dim, attention.value_dim, int64_t{attention.takes_rows},
          int64_t{attention.sees_memory}, int64_t{attention.replaces_rows}, attention.summary_block,
          int64_t{attention.rotary.has_value()}});
  AddNumber(attention.scale);
  if (attention.rotary.has_value()) {
    AddAll({attention.rotary->dim, int64_t{attention.rotary->interleaved}});
    for (const double frequency : attention.rotary->frequencies) AddNumber(frequency);
  }
  for (const NormSpec* norm : {&attention.query_norm, &attention.key_norm, &attention.summary_norm}) AddNorm(*norm);
  Add(attention.options.size());
  for (const AttentionOption& option : attention.options) {
    AddText(option.name);
    AddText(option.text);
    AddNumber(option.number);
    AddAll({static_cast<int64_t>(option.kind), static_cast<int64_t>(option.ints.size()),
            static_cast<int64_t>(option.floats.size())});
    for (const int64_t value : option.ints) Add(static_cast<uint64_t>(value));
    for (const float value : option.floats) AddNumber(static_cast<double>(value));
  }
}

void Fingerprint::AddEmbedding(const EmbeddingSpec& embedding) {
  AddNumber(embedding.scale);
  const PositionSpec& positions = embedding.position_spec;
  AddAll({embedding.width, positions.table_rows, positions.offset, int64_t{positions.by_padding_id}, embedding.pad_id,
          embedding.token_types, static_cast<int64_t>(embedding.clusters.size())});
  for (const EmbeddingCluster& cluster : embedding.clusters) AddAll({cluster.begin, cluster.end, cluster.width});
  for (const int64_t value : embedding.axial_shape) Add(static_cast<uint64_t>(value));
  for (const int64_t value : embedding.axial_dims) Add(static_cast<uint64_t>(value));
  AddNorm(embedding.norm);
}

void Fingerprint::AddStack(const StackSpec& stack) {
  AddAll({stack.hidden, stack.vocabulary, stack.max_positions, int64_t{stack.reversible}, int64_t{stack.causal},
          stack.pad_multiple, stack.pad_above, stack.memory_rows, int64_t{stack.memory_of_zeros},
          int64_t{stack.types_in_attention}, static_cast<int64_t>(stack.blocks.size())});
  AddNumber(static_cast<double>(stack.norm_epsilon));
  AddEmbedding(stack.embedding);
  for (const BlockSpec& block : stack.blocks) {
    AddAttention(block.attention);
    Add(block.cross.has_value());
    if (block.cross.has_value()) AddAttention(*block.cross);
    AddAll({static_cast<int64_t>(block.mlp.activation), int64_t{bool{block.mlp.gate}}});
    for (const ResidualSpec* residual : {&block.attention_residual, &block.cross_residual, &block.mlp_residual}) {
      for (const NormSpec* norm : {&residual->before, &residual->branch, &residual->after}) AddNorm(*norm);
    }
  }
  AddNorm(stack.final_norm);
}

void Fingerprint::AddHead(const HeadSpec& head) {
  AddAll({static_cast<int64_t>(head.task), static_cast<int64_t>(head.input), head.outputs, head.end_id, head.pad_id,
          static_cast<int64_t>(head.default_globals), head.separator_id});
  AddNumber(head.soft_cap);
  AddNumber(head.question_penalty);
  for (const HeadStep& step : head.steps) {
    AddAll({static_cast<int64_t>(step.activation), step.width});
    if (step.residual) Add(1);
    AddNorm(step.norm);
  }
}

void Fingerprint::AddTensor(const NamedTensor& tensor) {
  AddText(tensor.name);
  AddText(tensor.type_name);
  Add(tensor.tensor.shape.size());
  for (const int64_t dimension : tensor.tensor.shape) Add(static_cast<uint64_t>(dimension));
  const absl::Span<const uint8_t> data(tensor.tensor.data, static_cast<size_t>(tensor.tensor.bytes));
  AddBytes(data.subspan(0, std::min(kSampleBytes, data.size())));
  AddBytes(data.subspan(data.size() - std::min(kSampleBytes, data.size())));
}

}  // namespace lwave::model
