// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0

#include "attention/projected_layer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace lwave::attention {
namespace {

constexpr const char* kWeights[] = {"w_q", "w_k", "w_v", "w_q_global", "w_k_global", "w_v_global"};
constexpr const char* kBiases[] = {"b_q", "b_k", "b_v", "b_q_global", "b_k_global", "b_v_global"};

const OptionInfo kOptions[] = {
    {"d_model", OptionType::kInt, 1, kernels::kMostDepth},
    {"d_context", OptionType::kInt, 1, kernels::kMostDepth},
    {"cross", OptionType::kInt, 0, 1},
    {"w_q", OptionType::kFloats},
    {"w_k", OptionType::kFloats},
    {"w_v", OptionType::kFloats},
    {"w_o", OptionType::kFloats},
    {"b_q", OptionType::kFloats},
    {"b_k", OptionType::kFloats},
    {"b_v", OptionType::kFloats},
    {"b_o", OptionType::kFloats},
    {"w_q_global", OptionType::kFloats},
    {"w_k_global", OptionType::kFloats},
    {"w_v_global", OptionType::kFloats},
    {"b_q_global", OptionType::kFloats},
    {"b_k_global", OptionType::kFloats},
    {"b_v_global", OptionType::kFloats},
};

class ProjectedLayer : public Layer {
 public:
  ProjectedLayer(ContextPtr context, const Options& options, LayerPtr inner)
      : Layer(std::move(context), inner->mechanism(), options), inner_(std::move(inner)) {}

  // The weights of the options, checked.
  absl::Status Pack();

  RowWidths widths() const override {
    return {d_model_, cross_ ? d_context_ : 0, 0, o_.empty() ? inner_->widths().out : d_model_};
  }
  bool cross() const override { return cross_; }
  absl::Status CanStream() const override { return inner_->CanStream(); }
  std::unique_ptr<SequenceState> MakeWhole(Arena& arena, int64_t rows, int64_t keys) const override;
  std::unique_ptr<SequenceState> MakeStream(Arena& arena) const override;
  bool NeedsZeros() const override { return inner_->NeedsZeros(); }
  LayerPlan Latency() const override { return inner_->Latency(); }
  int64_t OwnBytes() const override {
    int64_t sum = inner_->OwnBytes() + o_.bytes();
    for (size_t set = 0; set < 2; ++set) sum += q_[set].bytes() + k_[set].bytes() + v_[set].bytes();
    return sum;
  }
  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override { return inner_->ReadPart(name); }

  const Layer& inner() const { return *inner_; }
  bool has_output() const { return !o_.empty(); }

  // Rows [first, first + rows) of a sequence of the layer within.   x // [rows, d_model]   q // [rows, q width]
  void Queries(const SequenceState& sequence, const float* x, int64_t first, int64_t rows, float* q) const;
  // y // [rows, d_model or d_context]   k, v // [rows, k and v width]
  void KeysAndValues(const SequenceState& sequence, const float* y, int64_t rows, float* k, float* v) const;
  // heads // [rows, heads * value_dim]   out // [rows, d_model]
  void Output(const float* heads, int64_t rows, float* out) const { o_.Apply(*context().runner, heads, rows, out); }

 private:
  int64_t sets() const { return inner_->two_sets() ? 2 : 1; }

  const LayerPtr inner_;
  int64_t d_model_ = 0, d_context_ = 0;
  bool cross_ = false;
  Projection q_[2], k_[2], v_[2], o_;
};

absl::Status ProjectedLayer::Pack() {
  const Allocator& allocator = context().allocator;
  const RowWidths width = inner_->widths();
  d_model_ = options().Int("d_model", 0);
  if (d_model_ == 0) return absl::InvalidArgumentError("option d_model must be set: the width of hidden rows");
  cross_ = options().Flag("cross");
  if (cross_ && !inner_->cross()) {
    return absl::InvalidArgumentError(
        absl::StrCat("option cross: keys of a ", mechanism(), " layer are of the same rows as its queries"));
  }
  if (options().Has("d_context") && !cross_) {
    return absl::InvalidArgumentError("option d_context is the width of another sequence's rows: set cross as well");
  }
  d_context_ = options().Int("d_context", d_model_);
  const int64_t widths[] = {width.q / sets(), width.k / sets(), width.v / sets()};
  Projection* const projections[] = {q_, k_, v_};
  for (int i = 0; i < 6; ++i) {
    const int64_t set = i / 3, input = i % 3;
    const bool wanted = set < sets() && widths[input] > 0;
    if (!wanted && (options().Has(kWeights[i]) || options().Has(kBiases[i]))) {
      return absl::InvalidArgumentError(absl::StrCat("option ", options().Has(kWeights[i]) ? kWeights[i] : kBiases[i],
                                                     ": this ", mechanism(), " layer has no such rows"));
    }
    if (!wanted) continue;
    const absl::Status status = projections[input][set].PackOptions(
        allocator, options(), kWeights[i], kBiases[i], widths[input], input == 0 ? d_model_ : d_context_);
    if (!status.ok()) return status;
  }
  if (!options().Has("w_o")) {
    return options().Has("b_o") ? absl::InvalidArgumentError("option b_o needs w_o") : absl::OkStatus();
  }
  return o_.PackOptions(allocator, options(), "w_o", "b_o", d_model_, width.out);
}

void ProjectedLayer::Queries(const SequenceState& sequence, const float* x, int64_t first, int64_t rows,
                             float* q) const {
  Runner& runner = *context().runner;
  const int64_t stride = inner_->widths().q;
  const kernels::GemmOutput own[] = {q_[0].To(q, stride)};
  kernels::Gemm(runner, q_[0].Prepare(runner, x, rows), own);
  if (!inner_->two_sets()) return;
  for (int64_t begin = 0, end; begin < rows; begin = end) {
    end = begin + 1;
    if (!sequence.UsesSecondQuery(first + begin)) continue;
    while (end < rows && sequence.UsesSecondQuery(first + end)) ++end;
    const kernels::GemmOutput second[] = {q_[1].To(q + begin * stride + q_[0].columns(), stride)};
    kernels::Gemm(runner, q_[1].Prepare(runner, x + begin * d_model_, end - begin), second);
  }
}

void ProjectedLayer::KeysAndValues(const SequenceState& sequence, const float* y, int64_t rows, float* k,
                                   float* v) const {
  Runner& runner = *context().runner;
  const RowWidths width = inner_->widths();
  kernels::GemmOutput outputs[4];
  size_t count = 0;
  for (int64_t set = 0; set < (sequence.UsesSecondKeys() ? sets() : 1); ++set) {
    if (!k_[set].empty()) outputs[count++] = k_[set].To(k + set * k_[0].columns(), width.k);
    outputs[count++] = v_[set].To(v + set * v_[0].columns(), width.v);
  }
  kernels::Gemm(runner, v_[0].Prepare(runner, y, rows), absl::MakeConstSpan(outputs, count));
}

class ProjectedState : public SequenceState {
 public:
  // most_rows, most_keys: rows and keys projected at a time, where more than one time the same
  ProjectedState(const ProjectedLayer& layer, Arena& arena, std::unique_ptr<SequenceState> inner, int64_t most_rows,
                 int64_t most_keys)
      : layer_(layer), inner_(std::move(inner)), chunk_(most_rows), key_chunk_(most_keys) {
    const RowWidths width = layer.inner().widths();
    q_ = arena.Take<float>(most_rows * width.q);
    k_ = arena.Take<float>(most_keys * width.k);
    v_ = arena.Take<float>(most_keys * width.v);
    if (layer.has_output()) heads_ = arena.Take<float>(most_rows * width.out);
  }

  absl::Status Whole(const InputRows& input, float* out) override {
    if (inner_->QueryPiece() > 0) return InPieces(input, out);
    const InputRows rows = Project(input, 0, input.rows, input.keys, 0);
    if (!layer_.has_output()) return inner_->Whole(rows, out);
    const absl::Status status = inner_->Whole(rows, heads_.data());
    if (status.ok()) layer_.Output(heads_.data(), input.rows, out);
    return status;
  }

  absl::Status Step(const InputRows& input, int64_t* taken, float* out, int64_t capacity, int64_t* written,
                    bool* full) override {
    *taken = *written = 0;
    *full = false;
    if (input.rows > inner_->Room()) {
      return absl::OutOfRangeError(absl::StrCat("the memory has ", inner_->position(), " rows and room for another ",
                                                inner_->Room(), ", got ", input.rows));
    }
    // What is ready leaves first; then rows come in that have room in `out`, so that few are projected in vain. Where
    // rows leave only in finish, none is.
    const int64_t least = layer_.Latency().first_rows < 0 ? chunk_ : 1;
    for (bool drained = false; !drained || *taken < input.rows;) {
      const int64_t most = std::clamp<int64_t>(capacity - *written, least, chunk_);
      const int64_t count = drained ? std::min(input.rows - *taken, most) : 0;
      const InputRows rows = Project(input, *taken, count, count, inner_->position());
      int64_t took = 0;
      const absl::Status status = Emit(out, capacity, written, [&](float* to, int64_t room, int64_t* gave) {
        return inner_->Step(rows, &took, to, room, gave, full);
      });
      if (!status.ok()) return status;
      *taken += took;
      if (*full && *written == capacity) return absl::OkStatus();
      drained = !*full;
    }
    return absl::OkStatus();
  }

  absl::Status Finish(float* out, int64_t capacity, int64_t* written, bool* full) override {
    *written = 0;
    do {
      const absl::Status status = Emit(out, capacity, written, [&](float* to, int64_t room, int64_t* gave) {
        return inner_->Finish(to, room, gave, full);
      });
      if (!status.ok()) return status;
    } while (*full && *written < capacity);
    return absl::OkStatus();
  }
  absl::Status EndSegment() override { return inner_->EndSegment(); }

  absl::Status SetGlobals(absl::Span<const int64_t> tokens) override { return inner_->SetGlobals(tokens); }

  int64_t position() const override { return inner_->position(); }
  int64_t emitted() const override { return inner_->emitted(); }
  bool finished() const override { return inner_->finished(); }
  int64_t Room() const override { return inner_->Room(); }
  absl::Status Save(memory::SnapshotWriter& writer) const override { return inner_->Save(writer); }
  absl::Status Load(const memory::SnapshotReader& reader) override { return inner_->Load(reader); }
  absl::Status CopyFrom(const SequenceState& other) override {
    return inner_->CopyFrom(*static_cast<const ProjectedState&>(other).inner_);
  }
  std::vector<memory::Part> Parts() const override { return inner_->Parts(); }
  void Reset() override { inner_->Reset(); }
  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override { return inner_->ReadPart(name); }
  absl::StatusOr<int64_t> PartSize(absl::string_view name, int64_t rows, int64_t remembered) const override {
    return inner_->PartSize(name, rows, remembered);
  }

 private:
  // Rows and keys from `begin` on, projected; `position` is that of the first.
  InputRows Project(const InputRows& input, int64_t begin, int64_t rows, int64_t keys, int64_t position) {
    const RowWidths width = layer_.widths();
    const float* x = input.q + begin * width.q;
    const float* y = layer_.cross() ? input.k + begin * width.k : x;
    if (rows > 0) layer_.Queries(*inner_, x, position, rows, q_.data());
    if (keys > 0) layer_.KeysAndValues(*inner_, y, keys, k_.data(), v_.data());
    return {q_.data(), k_.data(), v_.data(), input.mask == nullptr ? nullptr : input.mask + begin, rows, keys};
  }
  // Whole, without all projected rows in memory at once.
  absl::Status InPieces(const InputRows& input, float* out) {
    const absl::Status status = inner_->WholeBegin(input.rows, input.keys);
    if (!status.ok()) return status;
    for (int64_t begin = 0; begin < input.keys; begin += key_chunk_) {
      inner_->WholeKeys(Project(input, begin, 0, std::min(key_chunk_, input.keys - begin), begin));
    }
    for (int64_t begin = 0, rows; begin < input.rows; begin += rows) {
      rows = std::min(chunk_, input.rows - begin);
      const InputRows piece = Project(input, begin, rows, 0, begin);
      float* to = out + begin * layer_.widths().out;
      inner_->WholeQueries(piece.q, rows, layer_.has_output() ? heads_.data() : to);
      if (layer_.has_output()) layer_.Output(heads_.data(), rows, to);
    }
    return absl::OkStatus();
  }
  // Lets `give`(heads, room, &rows) write and projects what came.
  template <typename Give>
  absl::Status Emit(float* out, int64_t capacity, int64_t* written, const Give& give) {
    float* to = out + *written * layer_.widths().out;
    const int64_t room = capacity - *written;
    int64_t rows = 0;
    const absl::Status status =
        layer_.has_output() ? give(heads_.data(), std::min(room, chunk_), &rows) : give(to, room, &rows);
    if (!status.ok()) return status;
    if (layer_.has_output()) layer_.Output(heads_.data(), rows, to);
    *written += rows;
    return absl::OkStatus();
  }

  const ProjectedLayer& layer_;
  const std::unique_ptr<SequenceState> inner_;
  const int64_t chunk_, key_chunk_;
  absl::Span<float> q_, k_, v_;  // [chunk, width] of the layer within
  absl::Span<float> heads_;      // [chunk, heads * value_dim], where there is w_o
};

std::unique_ptr<SequenceState> ProjectedLayer::MakeWhole(Arena& arena, int64_t rows, int64_t keys) const {
  std::unique_ptr<SequenceState> state = inner_->MakeWhole(arena, rows, keys);
  const int64_t piece = state->QueryPiece() == 0 ? INT64_MAX : state->QueryPiece();
  return std::make_unique<ProjectedState>(*this, arena, std::move(state), std::min(rows, piece), std::min(keys, piece));
}

std::unique_ptr<SequenceState> ProjectedLayer::MakeStream(Arena& arena) const {
  std::unique_ptr<SequenceState> state = inner_->MakeStream(arena);
  // As many as the layer within takes at once, or with strided heads nearly so.
  const int64_t chunk = options().Int("step_rows", state->QueryPiece() == INT64_MAX ? 512 : 96);
  return std::make_unique<ProjectedState>(*this, arena, std::move(state), chunk, chunk);
}

}  // namespace

absl::Span<const OptionInfo> ProjectionOptions() { return kOptions; }

bool TakesProjections(const Mechanism& mechanism) {
  return std::none_of(mechanism.options.begin(), mechanism.options.end(),
                      [](const OptionInfo& option) { return absl::string_view(option.name) == "w_o"; });
}

absl::StatusOr<LayerPtr> CreateLayer(const Mechanism& mechanism, ContextPtr context, const Options& options) {
  absl::StatusOr<LayerPtr> inner = mechanism.create(context, options);
  if (!inner.ok() || !TakesProjections(mechanism)) return inner;
  if (!options.Has("w_q")) {
    for (const OptionInfo& option : kOptions) {
      if (options.Has(option.name)) {
        return absl::InvalidArgumentError(
            absl::StrCat("option ", option.name, " is for layers with projections: set w_q"));
      }
    }
    return inner;
  }
  auto layer = std::make_shared<ProjectedLayer>(std::move(context), options, *std::move(inner));
  const absl::Status status = layer->Pack();
  if (!status.ok()) return status;
  return layer;
}

}  // namespace lwave::attention
