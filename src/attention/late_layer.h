// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// Layers whose rows leave only when the sequence is finished, because each depends on all: Linformer's slots,
// Reformer's sorted buckets. A memory takes rows up to the number it was made for, and gives the results in finish.

#ifndef LONGWAVE_ATTENTION_LATE_LAYER_H_
#define LONGWAVE_ATTENTION_LATE_LAYER_H_

#include <cstdint>
#include "attention/layer.h"

namespace lwave::attention {

struct LateSpec {
  int64_t heads = 1, head_dim = 1, value_dim = 1;  // as many key heads as query heads
  int64_t max_tokens = 0;                          // of a stream; 0: there is none
};

// From the options of that name; checked.
absl::StatusOr<LateSpec> ReadLateSpec(const Options& options, absl::string_view mechanism);

class LateLayer : public Layer {
 public:
  LateLayer(ContextPtr context, std::string mechanism, const Options& options, const LateSpec& spec)
      : Layer(std::move(context), std::move(mechanism), options), late_(spec) {}
  RowWidths widths() const override;
  absl::Status CanStream() const override;
  LayerPlan Latency() const override;

  const LateSpec& late() const { return late_; }

 private:
  const LateSpec late_;
};

class LateState : public SequenceState {
 public:
  // most: rows that may come
  LateState(const LateLayer& layer, int64_t most) : late_(layer.late()), width_(layer.widths()), most_(most) {}

  absl::Status Step(const InputRows& input, int64_t* taken, float* out, int64_t capacity, int64_t* written,
                    bool* full) override;
  absl::Status Finish(float* out, int64_t capacity, int64_t* written, bool* full) override;
  int64_t Room() const override { return most_ - received_; }
  int64_t position() const override { return received_; }
  int64_t emitted() const override { return emitted_; }
  bool finished() const override { return finished_ && emitted_ == received_; }
  absl::Status Save(memory::SnapshotWriter& writer) const override;
  absl::Status Load(const memory::SnapshotReader& reader) override;
  void Reset() override;

 protected:
  // Takes rows for which there is room, and adds them to received_.
  virtual void Keep(const InputRows& input) = 0;
  // All rows are in.
  virtual absl::Status Close() = 0;
  // Results of rows [first, first + rows).   out // [rows, out width]
  virtual void Give(int64_t first, int64_t rows, float* out) = 0;
  // Everything that is kept of received_ rows, of a sequence that is not finished.
  virtual void SaveParts(memory::SnapshotWriter& writer) const = 0;
  virtual absl::Status LoadParts(const memory::SnapshotReader& reader) = 0;

  virtual void ResetParts() {}

  // OutOfRange where so many more do not fit.
  absl::Status CheckRoom(int64_t rows) const;

  const LateSpec& late_;
  const RowWidths width_;
  const int64_t most_;
  int64_t received_ = 0, emitted_ = 0;
  bool finished_ = false;
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_LATE_LAYER_H_
