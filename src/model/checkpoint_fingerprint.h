// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A number that tells models apart: for snapshots and saved vectors, not for security.

#ifndef LONGWAVE_MODEL_CHECKPOINT_FINGERPRINT_H_
#define LONGWAVE_MODEL_CHECKPOINT_FINGERPRINT_H_

#include <cstdint>
#include <initializer_list>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "model/safetensors.h"
#include "model/stack_spec.h"

namespace lwave::model {

// Folds values into 64 bits; the same on every machine.
class Fingerprint {
 public:
  void Add(uint64_t value);
  void AddBytes(absl::Span<const uint8_t> bytes);
  void AddText(absl::string_view text);
  // What of a spec changes results; long_reading aside.
  void AddSpec(const ModelSpec& spec);
  // Name, type, shape, and up to 4 KiB from each end of the data.
  void AddTensor(const NamedTensor& tensor);
  uint64_t value() const { return state_; }

 private:
  void AddNumber(double value);
  void AddAll(std::initializer_list<int64_t> values);
  void AddNorm(const NormSpec& norm);
  void AddAttention(const AttentionSpec& attention);
  void AddEmbedding(const EmbeddingSpec& embedding);
  void AddStack(const StackSpec& stack);
  void AddHead(const HeadSpec& head);

  uint64_t state_ = 0x243F6A8885A308D3;  // any odd-looking constant; these are digits of pi
};

}  // namespace lwave::model

#endif  // LONGWAVE_MODEL_CHECKPOINT_FINGERPRINT_H_
