// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// pia: position-infused attention (Press et al. 2021, Shortformer), exact.
//   rows = [cache; segment], row p at position p:   Q = w_q (row + pos_p) + b_q,  K = w_k (row + pos_p) + b_k,
//   V = w_v row + b_v;  a row sees all rows up to its own;  out = w_o (softmax(Q K^T / sqrt(d)) V) + b_o
// Then the cache becomes the last cache_len rows of [cache; segment], without positions: they begin at 0 again.
// Remembers, when a segment has ended, cache_len rows of d_model floats (fewer until that many have come), within a
// segment its rows as well. Costs n (cache_len + segment) products.
// With statistics, the parts mass and segment_mass [cache, segment; heads] (segment_layer.h).
// Cannot: look ahead, rewind, take a mask, see more rows than `pos` has positions (CAPACITY_EXCEEDED).

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "attention/mechanisms.h"
#include "attention/segment_layer.h"
#include "kernels/rows.h"

namespace lwave::attention {
namespace {

class PiaLayer : public SegmentLayer {
 public:
  PiaLayer(ContextPtr context, const Options& options, const SegmentSpec& segment_spec, std::vector<float> pos)
      : SegmentLayer(std::move(context), "pia", options, segment_spec), pos_(std::move(pos)) {}

  bool PlacesAside() const override { return false; }
  void Inputs(const float* x, int64_t first_place, int64_t rows, float* a, float*, const float** of_keys,
              const float** of_values) const override {
    std::copy_n(x, rows * spec().d_model, a);
    kernels::AddTo(pos_.data() + first_place * spec().d_model, rows * spec().d_model, a);
    *of_keys = a;
    *of_values = x;
  }

 protected:
  std::unique_ptr<SegmentState> MakeState(Arena& arena, int64_t segment_rows, int64_t chunk) const override;

 private:
  const std::vector<float> pos_;  // [most places, d_model]
};

class PiaState : public SegmentState {
 public:
  using SegmentState::SegmentState;
  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override {
    if (name != "cache") return SegmentState::ReadPart(name);
    return std::vector<float>(context_.begin(), context_.begin() + context_count_ * spec_.d_model);
  }
  absl::StatusOr<int64_t> PartSize(absl::string_view name, int64_t rows, int64_t remembered) const override {
    if (name != "cache") return SegmentState::PartSize(name, rows, remembered);
    return ContextBehind(rows, remembered).all() * spec_.d_model;
  }

 protected:
  std::vector<memory::Part> ContextParts() const override { return {ContextPart("cache", 0, context_count_)}; }
  void UpdateContext() override { KeepLast(spec_.context_rows); }
};

std::unique_ptr<SegmentState> PiaLayer::MakeState(Arena& arena, int64_t segment_rows, int64_t chunk) const {
  return std::make_unique<PiaState>(*this, arena, segment_rows, chunk);
}

const OptionInfo kOptions[] = {
    {"d_model", OptionType::kInt, 1, 1 << 20},
    {"segment", OptionType::kInt, 1, 1 << 24, "explicit"},
    {"cache_len", OptionType::kInt, 0, 1 << 24},
    {"table", OptionType::kText, 0, 0, "random|sinusoid"},  // how pos was made; nothing depends on it
    {"statistics", OptionType::kInt, 0, 1},
    {"pos", OptionType::kFloats},
    {"w_q", OptionType::kFloats},
    {"w_k", OptionType::kFloats},
    {"w_v", OptionType::kFloats},
    {"w_o", OptionType::kFloats},
    {"b_q", OptionType::kFloats},
    {"b_k", OptionType::kFloats},
    {"b_v", OptionType::kFloats},
    {"b_o", OptionType::kFloats},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<SegmentSpec> spec = SegmentSpecFromOptions(options, 1);
  if (!spec.ok()) return spec.status();
  const std::vector<float>& pos = options.Floats("pos");
  if (pos.empty() || static_cast<int64_t>(pos.size()) % spec->d_model != 0) {
    return absl::InvalidArgumentError(absl::StrCat("option pos must be [positions, d_model], has ", pos.size(), " numbers"));
  }
  spec->most_places = static_cast<int64_t>(pos.size()) / spec->d_model;
  spec->context_rows = options.Int("cache_len", 0);
  auto layer = std::make_shared<PiaLayer>(std::move(context), options, *spec, pos);
  struct Part {
    Projection* projection;
    const char *weight, *bias;
    int64_t columns, depth;
  };
  const int64_t width = spec->width(), d = spec->d_model;
  for (const Part& part : {Part{&layer->q, "w_q", "b_q", width, d}, Part{&layer->k, "w_k", "b_k", width, d},
                           Part{&layer->v, "w_v", "b_v", width, d}, Part{&layer->o, "w_o", "b_o", d, width}}) {
    const absl::Status status =
        part.projection->PackOptions(layer->context().allocator, options, part.weight, part.bias, part.columns, part.depth);
    if (!status.ok()) return status;
  }
  return layer;
}

}  // namespace

const Mechanism kPia = {"pia", kOptions, Create};

}  // namespace lwave::attention
