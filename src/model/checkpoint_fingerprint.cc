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
  if (spec.stack != nullptr) AddStack(*spec.stack);
  if (spec.decoder != nullptr) {
    AddStack(*spec.decoder);
    Add(static_cast<uint64_t>(spec.decoder_start_id));
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

void Fingerprint::AddAttention(const AttentionSpec& attention) {
  AddText(attention.mechanism);
  for (const int64_t value : {attention.heads, attention.kv_heads, attention.head_dim, attention.value_dim,
                              int64_t{attention.takes_rows}, attention.summary_block, int64_t{attention.rotary.has_value()}}) {
    Add(static_cast<uint64_t>(value));
  }
  AddNumber(attention.scale);
  if (attention.rotary.has_value()) {
    for (const double frequency : attention.rotary->frequencies) AddNumber(frequency);
    Add(attention.rotary->interleaved);
  }
  for (const AttentionOption& option : attention.options) {
    AddText(option.name);
    AddText(option.text);
    AddNumber(option.number);
    for (const int64_t value : option.ints) Add(static_cast<uint64_t>(value));
    for (const float value : option.floats) AddNumber(static_cast<double>(value));
  }
}

void Fingerprint::AddStack(const StackSpec& stack) {
  for (const int64_t value : {stack.hidden, stack.vocabulary, stack.max_positions, int64_t{stack.reversible},
                              int64_t{stack.causal}, stack.embedding.position_spec.offset, stack.pad_multiple,
                              stack.pad_above}) {
    Add(static_cast<uint64_t>(value));
  }
  AddNumber(static_cast<double>(stack.norm_epsilon));
  AddNumber(stack.embedding.scale);
  for (const BlockSpec& block : stack.blocks) {
    AddAttention(block.attention);
    if (block.cross.has_value()) AddAttention(*block.cross);
    Add(static_cast<uint64_t>(block.mlp.activation));
    for (const ResidualSpec* residual : {&block.attention_residual, &block.cross_residual, &block.mlp_residual}) {
      for (const NormSpec* norm : {&residual->before, &residual->branch, &residual->after}) {
        Add(bool{*norm} ? 1 + static_cast<uint64_t>(norm->kind) : 0);
        AddNumber(static_cast<double>(norm->epsilon));
      }
    }
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
