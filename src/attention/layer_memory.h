// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A layer's memory of one sequence as a handle: storage from the context's allocator, the state on it, snapshots.

#ifndef LONGWAVE_ATTENTION_LAYER_MEMORY_H_
#define LONGWAVE_ATTENTION_LAYER_MEMORY_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "attention/layer.h"
#include "base/allocator.h"

namespace lwave::attention {

// One thread at a time.
class LayerMemory {
 public:
  static absl::StatusOr<std::unique_ptr<LayerMemory>> Create(LayerPtr layer);

  absl::StatusOr<std::vector<uint8_t>> Save() const;
  static absl::StatusOr<std::unique_ptr<LayerMemory>> LoadLike(const LayerMemory& like, absl::Span<const uint8_t> data);
  absl::StatusOr<std::unique_ptr<LayerMemory>> Fork() const;
  std::string DescribeJson() const;
  void Reset() { state_->Reset(); }
  std::optional<int64_t> Number(absl::string_view key) const;

  SequenceState& state() { return *state_; }
  const SequenceState& state() const { return *state_; }
  const Layer& layer() const { return *layer_; }

 private:
  explicit LayerMemory(LayerPtr layer) : layer_(std::move(layer)) {}
  std::string Header() const;

  const LayerPtr layer_;
  Buffer<std::byte> storage_;
  UsedBytes uses_;  // of the storage
  std::unique_ptr<SequenceState> state_;
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_LAYER_MEMORY_H_
