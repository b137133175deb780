// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A Linformer layer: what its slots are, and its constants. What it computes is told in linformer.cc.

#ifndef LONGWAVE_ATTENTION_LINFORMER_LAYER_H_
#define LONGWAVE_ATTENTION_LINFORMER_LAYER_H_

#include <cstdint>
#include <vector>

#include "attention/late_layer.h"
#include "attention/projection.h"
#include "attention/slot_sums.h"
#include "base/allocator.h"

namespace lwave::attention {

enum class SlotKind : int32_t { kLinear, kMean, kMax, kConvolution };

struct LinformerSpec {
  LateSpec late;
  SlotKind kind = SlotKind::kLinear;
  int64_t stride = 1;      // pools and convolution
  int64_t slots = 0;       // linear
  int64_t keys = 0;        // linear: the longest sequence, columns of e
  bool per_head = false;   // linear: e and f are the heads' own
  bool same = false;       // linear: f is e
  float scale = 1;

  int64_t Sets() const { return per_head ? late.heads : 1; }
  int64_t Slots(int64_t rows) const {
    if (kind == SlotKind::kLinear) return slots;
    return kind == SlotKind::kConvolution ? rows / stride : (rows + stride - 1) / stride;
  }
};

// Two of everything: for keys and for values.
struct LinformerWeights {
  Buffer<float> columns[2];     // linear: [sets, keys, slots]; the second empty where f is e
  std::vector<float> bias[2];   // linear: [slots] or [heads, slots] or empty
  Projection convolution[2];    // [width, stride * width] of a head
};

class LinformerLayer : public LateLayer {
 public:
  LinformerLayer(ContextPtr context, const Options& options, const LinformerSpec& spec, LinformerWeights weights)
      : LateLayer(std::move(context), "linformer", options, spec.late), spec_(spec), weights_(std::move(weights)) {}
  bool cross() const override { return true; }
  int64_t OwnBytes() const override {
    return static_cast<int64_t>(weights_.columns[0].bytes() + weights_.columns[1].bytes()) +
           weights_.convolution[0].bytes() + weights_.convolution[1].bytes();
  }
  std::unique_ptr<SequenceState> MakeWhole(Arena& arena, int64_t rows, int64_t keys) const override;
  std::unique_ptr<SequenceState> MakeStream(Arena& arena) const override;
  // e and f, [slots, keys] or [heads, slots, keys], as they were given or drawn
  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override;

  const LinformerSpec& spec() const { return spec_; }
  SlotColumns Columns(int which) const;
  const Projection& Convolution(int which) const { return weights_.convolution[which]; }

 private:
  const LinformerSpec spec_;
  const LinformerWeights weights_;
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_LINFORMER_LAYER_H_
