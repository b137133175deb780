// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// A Reformer attention layer: its settings and its hash. What it computes is told in lsh.cc.

#ifndef LONGWAVE_ATTENTION_LSH_LAYER_H_
#define LONGWAVE_ATTENTION_LSH_LAYER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "attention/late_layer.h"
#include "attention/lsh_hash.h"

namespace lwave::attention {

struct LshSpec {
  LateSpec late;
  bool causal = false;
  bool rms = true;  // keys by their root mean square, else by their length
  int64_t chunk = 1, before = 1, after = 0;
  float score_scale = 1, self_value = -1e5f;

  bool Hashed(int64_t n) const { return n > chunk; }
  // Tokens of a round, and items of all rounds.
  int64_t Padded(int64_t n) const { return Hashed(n) ? (n + chunk - 1) / chunk * chunk : n; }
  int64_t Items(int64_t n, int64_t rounds) const { return Hashed(n) ? rounds * Padded(n) : n; }
};

class LshLayer : public LateLayer {
 public:
  LshLayer(ContextPtr context, const Options& options, const LshSpec& spec, LshHash hash)
      : LateLayer(std::move(context), "lsh", options, spec.late), spec_(spec), hash_(std::move(hash)) {}
  RowWidths widths() const override {
    const RowWidths width = LateLayer::widths();
    return {width.q, 0, width.v, width.out};
  }
  std::unique_ptr<SequenceState> MakeWhole(Arena& arena, int64_t rows, int64_t keys) const override;
  std::unique_ptr<SequenceState> MakeStream(Arena& arena) const override;
  // rotations [heads, head_dim, n_hashes, columns], as they were given or drawn
  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override {
    if (name != "rotations" || hash_.empty()) return Layer::ReadPart(name);
    return std::vector<float>(hash_.rotations().begin(), hash_.rotations().end());
  }

  int64_t OwnBytes() const override { return hash_.bytes(); }

  const LshSpec& spec() const { return spec_; }
  const LshHash& hash() const { return hash_; }

 private:
  const LshSpec spec_;
  const LshHash hash_;
};

}  // namespace lwave::attention

#endif  // LONGWAVE_ATTENTION_LSH_LAYER_H_
