// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// transformer_xl: recurrence over segments with relative positions (Dai et al. 2019), exact.
//   rows = [memory; segment], t = i - j:   score = ((q_i + u).k_j + (q_i + v).r(t)) / sqrt(d),   0 <= t
//   r(t) = w_r [sin(t f_0) .., cos(t f_0) ..],  t cut to clamp_len where that is not 0;  f_s = 10000^(-2s / d_model)
// Then the memory becomes the last mem_len rows of [memory; segment], the layer's inputs before any norm. same_length
// lets a row see mem_len rows, itself included: then outputs do not depend on the segments. initial_memory zeros
// begins with mem_len rows of zeros, which take weight.
// Remembers, when a segment has ended, mem_len rows of d_model floats (fewer until that many have come), within a
// segment its rows as well. Costs n (mem_len + segment) products, twice for the scores. The layer keeps r(t) of all
// distances, heads head_dim (mem_len + segment) floats, up to 64 MB; beyond that each memory does.
// With statistics, the parts mass and segment_mass [memory, segment; heads] (segment_layer.h).
// Cannot: look ahead, rewind, take a mask.

#include <algorithm>
#include <cmath>
#include <memory>

#include "absl/strings/str_cat.h"
#include "attention/mechanisms.h"
#include "attention/relative_positions.h"
#include "attention/segment_layer.h"
#include "kernels/rows.h"

namespace lwave::attention {
namespace {

enum class Wrap { kNone, kPostNorm, kPreNorm };

class XlLayer : public SegmentLayer {
 public:
  XlLayer(ContextPtr context, const Options& options, const SegmentSpec& segment_spec)
      : SegmentLayer(std::move(context), "transformer_xl", options, segment_spec) {}

  void Inputs(const float* x, int64_t, int64_t rows, float* a, float*, const float** of_keys,
              const float** of_values) const override {
    *of_keys = *of_values = x;
    if (wrap != Wrap::kPreNorm) return;
    Norm(x, rows, a);
    *of_keys = *of_values = a;
  }
  void Outputs(const float* x, const float* result, int64_t rows, float* out) const override {
    std::copy_n(result, rows * spec().d_model, out);
    if (wrap == Wrap::kNone) return;
    kernels::AddTo(x, rows * spec().d_model, out);
    if (wrap == Wrap::kPostNorm) Norm(out, rows, out);
  }
  int64_t OwnBytes() const override { return SegmentLayer::OwnBytes() + r.bytes(); }
  bool HasDistances() const override { return true; }
  void Distances(int64_t count, int64_t rows, float* sinusoids, float* projected, float* table) const override {
    RelativePositions(context(), r, clamp, 0, count, rows, sinusoids, projected, table);
  }

  Wrap wrap = Wrap::kNone;
  int64_t mem_len = 0, clamp = 0;
  float epsilon = 1e-5f;
  std::vector<float> gain, shift;  // [d_model]
  Projection r;

 protected:
  std::unique_ptr<SegmentState> MakeState(Arena& arena, int64_t segment_rows, int64_t chunk) const override;

 private:
  void Norm(const float* x, int64_t rows, float* y) const {
    kernels::LayerNormRows(x, spec().d_model, rows, spec().d_model, gain.data(), shift.data(), epsilon, y,
                           spec().d_model);
  }
};

class XlState : public SegmentState {
 public:
  XlState(const XlLayer& layer, Arena& arena, int64_t segment_rows, int64_t chunk)
      : SegmentState(layer, arena, segment_rows, chunk), mem_len_(layer.mem_len) {}

  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override {
    if (name != "memory") return SegmentState::ReadPart(name);
    return std::vector<float>(context_.begin(), context_.begin() + context_count_ * spec_.d_model);
  }
  absl::StatusOr<int64_t> PartSize(absl::string_view name, int64_t rows, int64_t remembered) const override {
    if (name != "memory") return SegmentState::PartSize(name, rows, remembered);
    return ContextBehind(rows, remembered).all() * spec_.d_model;
  }

 protected:
  void UpdateContext() override { KeepLast(mem_len_); }

 private:
  const int64_t mem_len_;
};

std::unique_ptr<SegmentState> XlLayer::MakeState(Arena& arena, int64_t segment_rows, int64_t chunk) const {
  return std::make_unique<XlState>(*this, arena, segment_rows, chunk);
}

const OptionInfo kOptions[] = {
    {"d_model", OptionType::kInt, 1, 1 << 20},
    {"segment", OptionType::kInt, 1, 1 << 24, "explicit"},
    {"mem_len", OptionType::kInt, 0, 1 << 24},
    {"clamp_len", OptionType::kInt, 0, 1 << 24},
    {"same_length", OptionType::kInt, 0, 1},
    {"initial_memory", OptionType::kText, 0, 0, "empty|zeros"},
    {"statistics", OptionType::kInt, 0, 1},
    {"wrap", OptionType::kText, 0, 0, "none|post_norm|pre_norm"},
    {"ln_eps", OptionType::kFloat, 0, 1},
    {"w_qkv", OptionType::kFloats},
    {"w_o", OptionType::kFloats},
    {"w_r", OptionType::kFloats},
    {"bias_u", OptionType::kFloats},
    {"bias_v", OptionType::kFloats},
    {"ln_weight", OptionType::kFloats},
    {"ln_bias", OptionType::kFloats},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<SegmentSpec> spec = SegmentSpecFromOptions(options, 1);
  if (!spec.ok()) return spec.status();
  const int64_t mem_len = options.Int("mem_len", 0);
  const bool same_length = options.Flag("same_length");
  if (same_length && mem_len == 0) return absl::InvalidArgumentError("same_length needs a mem_len above 0");
  spec->context_rows = mem_len;
  spec->zero_rows = options.Text("initial_memory", "empty") == "zeros" ? mem_len : 0;
  spec->seen = same_length ? mem_len : 0;
  auto layer = std::make_shared<XlLayer>(std::move(context), options, *spec);
  layer->mem_len = mem_len;
  layer->clamp = options.Int("clamp_len", 0);
  const std::string wrap = options.Text("wrap", "none");
  layer->wrap = wrap == "none" ? Wrap::kNone : wrap == "post_norm" ? Wrap::kPostNorm : Wrap::kPreNorm;
  layer->epsilon = static_cast<float>(options.Float("ln_eps", 1e-5));
  absl::Status status = layer->PackFused(options, "w_qkv", "w_o", "");
  if (status.ok()) status = ReadRelativePositions(options, *layer, &layer->r);
  if (!status.ok()) return status;
  if (layer->wrap != Wrap::kNone) {
    absl::StatusOr<std::vector<float>> gain = options.Tensor("ln_weight", spec->d_model);
    if (!gain.ok()) return gain.status();
    absl::StatusOr<std::vector<float>> shift = options.Tensor("ln_bias", spec->d_model);
    if (!shift.ok()) return shift.status();
    layer->gain = *std::move(gain);
    layer->shift = *std::move(shift);
  }
  status = layer->KeepDistances();
  if (!status.ok()) return status;
  return layer;
}

}  // namespace

const Mechanism kTransformerXl = {"transformer_xl", kOptions, Create};

}  // namespace lwave::attention
