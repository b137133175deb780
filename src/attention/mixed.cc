// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// mixed: one layer whose heads have mechanisms of their own, each exact (adaptive spans and dilated heads beside plain
// windows as in Sukhbaatar et al. 2019 and Beltagy et al. 2020; heads with sets as in Child et al. 2019). head_kinds
// says for each head what its rows see:
//   full                    every key, or with causal every key up to the row's own
//   window                  i + s D_h for -left_h <= s <= right_h
//   local, distant, union   the sets of the Sparse Transformer, causal by definition
//   adaptive_span           distances 1 .. max_span behind the row with a soft mask, not itself; before the sequence
//                           there is nothing (initial_cache "empty" of the kind adaptive_span)
// Options of a kind are those of the mechanism of that name; lists of one number a head skip no head.
// Remembers what the widest head needs: behind it for all heads alike, ahead by waiting. A head that sees everything
// needs max_tokens, and where it looks ahead rows leave only when the sequence is finished. Costs what the heads cost.

#include <algorithm>
#include <memory>

#include "attention/mechanisms.h"
#include "attention/span_bias.h"
#include "attention/span_pass.h"
#include "attention/sparse_sets.h"
#include "attention/tile_layer.h"
#include "attention/window_heads.h"

namespace lwave::attention {
namespace {

using kernels::kKeyTile;

// Row i sees the keys i - reach_h .. i - 1.
class SpanHeadPattern : public Pattern {
 public:
  explicit SpanHeadPattern(std::vector<int64_t> reach) : reach_(std::move(reach)) {}
  int64_t NextTile(const SequenceView&, int64_t head, int64_t first_row, int64_t rows, int64_t tile) const override {
    const int64_t next = std::max(tile, std::max<int64_t>(0, first_row - Reach(head)) / kKeyTile);
    return next * kKeyTile < first_row + rows - 1 ? next : kNoTile;
  }
  uint64_t Mask(const SequenceView&, int64_t head, int64_t row, int64_t tile) const override {
    const int64_t first = tile * kKeyTile;
    return Bits(row - Reach(head) - first, row - first);
  }

 private:
  int64_t Reach(int64_t head) const { return reach_[static_cast<size_t>(head)]; }
  const std::vector<int64_t> reach_;  // [heads]
};

// What every head sees, by a pattern of its kind.
class MixedPattern : public Pattern {
 public:
  std::vector<std::unique_ptr<Pattern>> kinds;
  std::vector<const Pattern*> of;  // [heads], null: the head sees nothing

  int64_t NextTile(const SequenceView& sequence, int64_t head, int64_t first_row, int64_t rows,
                   int64_t tile) const override {
    const Pattern* own = Of(head);
    return own == nullptr ? kNoTile : own->NextTile(sequence, head, first_row, rows, tile);
  }
  uint64_t Mask(const SequenceView& sequence, int64_t head, int64_t row, int64_t tile) const override {
    return Of(head)->Mask(sequence, head, row, tile);
  }
  bool AllOpen(const SequenceView& sequence, int64_t head, int64_t first_row, int64_t rows,
               int64_t tile) const override {
    return Of(head)->AllOpen(sequence, head, first_row, rows, tile);
  }
  StridedKeys Strided(int64_t head) const override {
    return Of(head) == nullptr ? StridedKeys() : Of(head)->Strided(head);
  }
  bool Near(int64_t head) const override { return Of(head) != nullptr && Of(head)->Near(head); }

 private:
  const Pattern* Of(int64_t head) const { return of[static_cast<size_t>(head)]; }
};

// The bias of some heads; the others have none.
class SomeHeadsBias : public Bias {
 public:
  SomeHeadsBias(SpanBias bias, std::vector<bool> heads) : bias_(std::move(bias)), heads_(std::move(heads)) {}
  bool ByDistance() const override { return false; }
  int64_t MostTiles(int64_t tiles) const override { return bias_.MostTiles(tiles); }
  bool Tile(const SequenceView& sequence, int64_t head, int64_t first_row, int64_t rows, int64_t tile,
            const float* query, int64_t query_stride, float* table) const override {
    return heads_[static_cast<size_t>(head)] &&
           bias_.Tile(sequence, head, first_row, rows, tile, query, query_stride, table);
  }

 private:
  const SpanBias bias_;
  const std::vector<bool> heads_;
};

// Adaptive spans: the softmax without masks, whose normaliser is wanted.
struct PlainSpans {
  std::vector<bool> heads;  // which have a span
  MixedPattern pattern;
  std::unique_ptr<Bias> bias;
};

class MixedLayer : public TileLayer {
 public:
  MixedLayer(ContextPtr context, const Options& options, const TileSpec& tile_spec,
             std::unique_ptr<MixedPattern> mixed_pattern, std::unique_ptr<Bias> mixed_bias,
             std::unique_ptr<PlainSpans> span_pass)
      : TileLayer(std::move(context), "mixed", options, tile_spec, std::move(mixed_pattern), std::move(mixed_bias)),
        spans(std::move(span_pass)) {}

  const std::unique_ptr<PlainSpans> spans;  // null: no head has a span

 protected:
  std::unique_ptr<TileState> MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
                                       bool whole) const override;
};

class MixedState : public TileState {
 public:
  MixedState(const MixedLayer& layer, Arena& arena, const memory::TileRing& ring, int64_t waiting, int64_t chunk,
             bool whole)
      : TileState(layer, arena, ring, waiting, chunk, whole), spans_(layer.spans.get()) {
    if (spans_ == nullptr) return;
    log_sums_ = arena.Take<float>(chunk * spec_.heads);
    pass_ = SpanPass(arena, chunk, spec_.heads);
  }

 protected:
  void AttendChunk(const float* q, int64_t first_row, int64_t rows, float* out) override {
    TileState::AttendChunk(q, first_row, rows, out);
    if (spans_ == nullptr) return;
    AttendJob job = Job(0, layer_.pattern(), q, first_row, rows, out);
    job.log_sums = log_sums_.data();
    pass_.Finish(*layer_.context().runner, job, spans_->pattern, *spans_->bias, &spans_->heads, scratch_);
  }

 private:
  const PlainSpans* const spans_;
  SpanPass pass_;
};

std::unique_ptr<TileState> MixedLayer::MakeState(Arena& arena, const memory::TileRing& ring, int64_t waiting,
                                                 int64_t chunk, bool whole) const {
  return std::make_unique<MixedState>(*this, arena, ring, waiting, chunk, whole);
}

const OptionInfo kOptions[] = {
    {"head_kinds", OptionType::kText, 0, 0, "full|window|local|distant|union|adaptive_span", true},
    {"causal", OptionType::kInt, 0, 1},
    {"left", OptionType::kInts, 0, 1 << 24},
    {"right", OptionType::kInts, 0, 1 << 24},
    {"dilation", OptionType::kInts, 1, 1 << 12},
    {"pattern", OptionType::kText, 0, 0, "strided|fixed"},
    {"stride", OptionType::kInt, 1, 1 << 24},
    {"summary", OptionType::kInt, 1, 1 << 24},
    {"max_span", OptionType::kInt, 1, 1 << 20},
    {"ramp", OptionType::kInt, 1, 1 << 20},
    {"loss_coeff", OptionType::kFloat, -kAnyFloat, kAnyFloat},
    {"span", OptionType::kFloats},
    {"key_pe", OptionType::kFloats},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  absl::StatusOr<TileSpec> spec = SpecFromOptions(options);
  if (!spec.ok()) return spec.status();
  if (!options.Has("head_kinds")) return absl::InvalidArgumentError("option head_kinds must be set");
  absl::StatusOr<std::vector<std::string>> names = options.TextPerHead("head_kinds", spec->heads, "");
  if (!names.ok()) return names.status();
  const auto any = [&](absl::string_view name) {
    return std::find(names->begin(), names->end(), name) != names->end();
  };
  const bool causal = options.Flag("causal");

  auto pattern = std::make_unique<MixedPattern>();
  pattern->of.resize(names->size());
  const auto add = [&](std::unique_ptr<Pattern> kind, const auto& is) {
    for (size_t h = 0; h < names->size(); ++h) {
      if (is((*names)[h])) pattern->of[h] = kind.get();
    }
    pattern->kinds.push_back(std::move(kind));
  };
  spec->bounded = true;
  if (any("full")) {
    spec->bounded = false;
    spec->late = !causal;
    add(std::make_unique<FullPattern>(causal), [](const std::string& name) { return name == "full"; });
  }
  if (any("window")) {
    absl::StatusOr<Windows> windows = WindowsFromOptions(options, spec->heads);
    if (!windows.ok()) return windows.status();
    for (int64_t h = 0; h < spec->heads; ++h) {
      if ((*names)[static_cast<size_t>(h)] != "window") continue;
      spec->left = std::max(spec->left, windows->Behind(h));
      spec->right = std::max(spec->right, windows->Ahead(h));
    }
    add(std::make_unique<LocalPattern>(*windows), [](const std::string& name) { return name == "window"; });
  }
  if (any("local") || any("distant") || any("union")) {
    absl::StatusOr<Sets> sets = SetsFromOptions(options, *names);
    if (!sets.ok()) return sets.status();
    if (any("distant") || any("union")) spec->bounded = false;
    spec->left = std::max(spec->left, sets->stride - 1);
    add(std::make_unique<SetsPattern>(*sets),
        [](const std::string& name) { return name == "local" || name == "distant" || name == "union"; });
  }
  std::unique_ptr<Bias> bias;
  std::unique_ptr<PlainSpans> pass;
  if (any("adaptive_span")) {
    absl::StatusOr<Spans> spans = SpansFromOptions(options, spec->heads, spec->head_dim);
    if (!spans.ok()) return spans.status();
    spec->left = std::max(spec->left, spans->max_span);
    const auto is = [](const std::string& name) { return name == "adaptive_span"; };
    pass = std::make_unique<PlainSpans>();
    for (const std::string& name : *names) pass->heads.push_back(is(name));
    // Keys where the mask is 0 take no part but in the normaliser without masks.
    add(std::make_unique<SpanHeadPattern>(spans->Reach()), is);
    auto plain = std::make_unique<SpanHeadPattern>(std::vector<int64_t>(names->size(), spans->max_span));
    for (size_t h = 0; h < names->size(); ++h) pass->pattern.of.push_back(pass->heads[h] ? plain.get() : nullptr);
    pass->pattern.kinds.push_back(std::move(plain));
    const auto make = [&](bool masked) {
      return std::make_unique<SomeHeadsBias>(SpanBias(*spans, spec->head_dim, spec->scale, 0, masked), pass->heads);
    };
    bias = make(true);
    pass->bias = make(false);
  }
  return std::make_shared<MixedLayer>(std::move(context), options, *spec, std::move(pattern), std::move(bias),
                                      std::move(pass));
}

}  // namespace

const Mechanism kMixed = {"mixed", kOptions, Create};

}  // namespace lwave::attention
