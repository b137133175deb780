// Copyright 2026 The Longwave Authors
// SPDX-License-Identifier: Apache-2.0
//
// favor: linear attention with random features (Choromanski et al. 2021, Performer; features in feature_map.h).
//   out_i = sum_j (phi_q.phi_k_j) v_j / (sum_j phi_q.phi_k_j + denominator_eps sum_r phi_q_r)
// over all keys, or those up to i (causal). The softmax kernels are unbiased estimates of softmax attention, so the
// result is approximate; relu and exp define a kernel of their own.
// Remembers s = sum phi_k v^T [features, value_dim] and z = sum phi_k a head, whatever the length; the state engine
// (kernels/state.h) keeps them compensated. Costs n features (head_dim + 2 value_dim) products a head.
// Cannot: stream with key_shift global_max, which looks at all keys, or where it is not causal.
// kernel exact is softmax attention itself, to compare with.

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "attention/feature_map.h"
#include "attention/layer.h"
#include "attention/mechanisms.h"
#include "base/json_text.h"
#include "kernels/state.h"

namespace lwave::attention {
namespace {

using kernels::StateRows;
using kernels::StateShape;

struct FavorSpec {
  int64_t heads = 1, head_dim = 1, value_dim = 1, step_rows = 96;
  bool causal = false;
  float denominator_eps = 0;
};

class FavorLayer : public Layer {
 public:
  FavorLayer(ContextPtr context, const Options& options, const FavorSpec& favor_spec)
      : Layer(std::move(context), "favor", options), spec(favor_spec) {}
  RowWidths widths() const override {
    return {spec.heads * spec.head_dim, spec.heads * spec.head_dim, spec.heads * spec.value_dim,
            spec.heads * spec.value_dim};
  }
  bool cross() const override { return !spec.causal; }
  absl::Status CanStream() const override {
    if (!spec.causal) return absl::UnimplementedError("favor streams only where it is causal");
    if (features.needs_all_keys()) {
      return absl::UnimplementedError(
          "favor with key_shift global_max looks at all keys before it weighs the first; a number streams");
    }
    return absl::OkStatus();
  }
  std::unique_ptr<SequenceState> MakeWhole(Arena& arena, int64_t rows, int64_t keys) const override;
  std::unique_ptr<SequenceState> MakeStream(Arena& arena) const override;

  const FavorSpec spec;
  FeatureMap features;
};

class FavorState : public SequenceState {
 public:
  FavorState(const FavorLayer& layer, Arena& arena, int64_t chunk) : layer_(layer), spec_(layer.spec), chunk_(chunk) {
    shape_.heads = spec_.heads;
    shape_.features = layer.features.count();
    shape_.value_dim = spec_.value_dim;
    state_ = arena.Take<float>(shape_.Floats());
    const int64_t width = spec_.heads * shape_.features;
    queries_ = arena.Take<float>(chunk * width);
    keys_ = arena.Take<float>(chunk * width);
    values_ = arena.Take<float>(chunk * spec_.heads * spec_.value_dim);
    shift_ = arena.Take<float>(spec_.heads);
    scratch_ = arena.Take<float>(layer.features.ScratchFloats(chunk * spec_.heads));
    if (!state_.empty()) Start();
  }

  absl::Status Whole(const InputRows& input, float* out) override {
    layer_.features.StartShift(spec_.heads, shift_.data());
    const RowWidths width = layer_.widths();
    if (layer_.features.needs_all_keys()) {
      for (int64_t begin = 0; begin < input.keys; begin += chunk_) {
        const int64_t rows = std::min(chunk_, input.keys - begin);
        layer_.features.RaiseShift(*layer_.context().runner, input.k + begin * width.k,
                                   input.mask == nullptr ? nullptr : input.mask + begin, rows, spec_.heads,
                                   scratch_.data(), shift_.data());
      }
    }
    if (spec_.causal) {
      for (int64_t begin = 0; begin < input.rows; begin += chunk_) {
        Causal(input, begin, std::min(chunk_, input.rows - begin), out + begin * width.out);
      }
      return absl::OkStatus();
    }
    for (int64_t begin = 0; begin < input.keys; begin += chunk_) {
      const StateRows rows = Keys(input, begin, std::min(chunk_, input.keys - begin));
      layer_.context().runner->For(spec_.heads, [&](int64_t h, int32_t) { kernels::AppendState(rows, h, h + 1); });
      position_ += rows.rows;
    }
    for (int64_t begin = 0; begin < input.rows; begin += chunk_) {
      StateRows rows = Rows(std::min(chunk_, input.rows - begin));
      Queries(input.q + begin * width.q, rows, out + begin * width.out);
      layer_.context().runner->For(spec_.heads, [&](int64_t h, int32_t) { kernels::ReadState(rows, h, h + 1); });
      if (first_open_ < 0) std::fill_n(rows.output, rows.rows * width.out, 0.0f);
    }
    return absl::OkStatus();
  }

  absl::Status Step(const InputRows& input, int64_t* taken, float* out, int64_t capacity, int64_t* written,
                    bool* full) override {
    *taken = *written = 0;
    *full = false;
    if (finished_) return absl::FailedPreconditionError("the sequence is finished; nothing can be pushed");
    while (*taken < input.rows) {
      const int64_t rows = std::min({input.rows - *taken, capacity - *written, chunk_});
      if (rows == 0) {
        *full = true;
        return absl::OkStatus();
      }
      Causal(input, *taken, rows, out + *written * layer_.widths().out);
      *taken += rows;
      *written += rows;
    }
    return absl::OkStatus();
  }
  absl::Status Finish(float*, int64_t, int64_t* written, bool* full) override {
    *written = 0;
    *full = false;
    finished_ = true;
    return absl::OkStatus();
  }

  int64_t position() const override { return position_; }
  int64_t emitted() const override { return position_; }
  bool finished() const override { return finished_; }

  absl::Status Save(memory::SnapshotWriter& writer) const override {
    if (finished_) return absl::FailedPreconditionError("the sequence is finished; save before finish");
    writer.AddInt64("position", {position_, first_open_});
    writer.AddF32("state", state_);
    return absl::OkStatus();
  }
  absl::Status Load(const memory::SnapshotReader& reader) override {
    absl::StatusOr<std::vector<int64_t>> position = reader.Int64("position", 2);
    if (!position.ok()) return position.status();
    if ((*position)[0] < 0 || (*position)[1] < -1 || (*position)[1] >= std::max<int64_t>(1, (*position)[0])) {
      return absl::DataLossError("snapshot: the position is out of range");
    }
    absl::StatusOr<std::vector<float>> state = reader.F32("state", shape_.Floats());
    if (!state.ok()) return state.status();
    Start();
    position_ = (*position)[0];
    first_open_ = (*position)[1];
    std::copy(state->begin(), state->end(), state_.begin());
    return absl::OkStatus();
  }
  std::string DescribeParts() const override {
    std::string text = "[";
    const int64_t sums = spec_.heads * shape_.features * spec_.value_dim;
    const int64_t normaliser = spec_.heads * shape_.features;
    const auto add = [&](absl::string_view name, int64_t count) {
      JsonText part;
      part.Add("name", name).Add("bytes", count * int64_t{sizeof(float)});
      absl::StrAppend(&text, text.size() > 1 ? "," : "", part.Text());
    };
    add("sums", 2 * sums);
    add("normaliser", 2 * normaliser);
    add("block", shape_.Floats() - 2 * sums - 2 * normaliser);
    return text + "]";
  }
  // state_s [heads, features, value_dim], state_z [heads, features]
  absl::StatusOr<std::vector<float>> ReadPart(absl::string_view name) const override {
    if (name != "state_s" && name != "state_z") return SequenceState::ReadPart(name);
    std::vector<double> sums(static_cast<size_t>(spec_.heads * shape_.features * spec_.value_dim));
    std::vector<double> normaliser(static_cast<size_t>(spec_.heads * shape_.features));
    kernels::SumState(shape_, position_, const_cast<float*>(state_.data()), sums.data(), normaliser.data());
    const std::vector<double>& part = name == "state_s" ? sums : normaliser;
    return std::vector<float>(part.begin(), part.end());
  }

 private:
  void Start() {
    kernels::ClearState(shape_, state_.data());
    layer_.features.StartShift(spec_.heads, shift_.data());
    position_ = 0;
    first_open_ = -1;
    finished_ = false;
  }
  StateRows Rows(int64_t count) {
    StateRows rows;
    rows.shape = shape_;
    rows.state = state_.data();
    rows.position = position_;
    rows.rows = count;
    rows.query_stride = rows.key_stride = spec_.heads * shape_.features;
    rows.value_stride = rows.output_stride = spec_.heads * spec_.value_dim;
    rows.normaliser_eps = spec_.denominator_eps;
    return rows;
  }
  void Queries(const float* q, StateRows& rows, float* out) {
    layer_.features.Map(*layer_.context().runner, q, nullptr, rows.rows, spec_.heads, true, nullptr, scratch_.data(),
                        queries_.data());
    rows.query = queries_.data();
    rows.output = out;
  }
  // Features of keys; those of closed rows are zeros, and so are their values.
  StateRows Keys(const InputRows& input, int64_t begin, int64_t count) {
    const RowWidths width = layer_.widths();
    const int32_t* mask = input.mask == nullptr ? nullptr : input.mask + begin;
    StateRows rows = Rows(count);
    layer_.features.Map(*layer_.context().runner, input.k + begin * width.k, mask, count, spec_.heads, false,
                        shift_.data(), scratch_.data(), keys_.data());
    rows.key = keys_.data();
    rows.value = input.v + begin * width.v;
    for (int64_t r = 0; r < count && first_open_ < 0; ++r) {
      if (mask == nullptr || mask[r] != 0) first_open_ = position_ + r;
    }
    if (mask == nullptr) return rows;
    std::copy_n(rows.value, count * width.v, values_.data());
    for (int64_t r = 0; r < count; ++r) {
      if (mask[r] == 0) std::fill_n(values_.data() + r * width.v, width.v, 0.0f);
    }
    rows.value = values_.data();
    return rows;
  }
  void Causal(const InputRows& input, int64_t begin, int64_t count, float* out) {
    const RowWidths width = layer_.widths();
    StateRows rows = Keys(input, begin, count);
    Queries(input.q + begin * width.q, rows, out);
    layer_.context().runner->For(spec_.heads, [&](int64_t h, int32_t) { kernels::AppendAndReadState(rows, h, h + 1); });
    // Rows before the first open key see none.
    const int64_t none = first_open_ < 0 ? count : std::clamp<int64_t>(first_open_ - position_, 0, count);
    std::fill_n(out, none * width.out, 0.0f);
    position_ += count;
  }

  const FavorLayer& layer_;
  const FavorSpec& spec_;
  StateShape shape_;
  absl::Span<float> state_, queries_, keys_, values_, shift_, scratch_;
  int64_t chunk_, position_ = 0, first_open_ = -1;
  bool finished_ = false;
};

std::unique_ptr<SequenceState> FavorLayer::MakeWhole(Arena& arena, int64_t rows, int64_t keys) const {
  return std::make_unique<FavorState>(*this, arena, std::clamp<int64_t>(std::max(rows, keys), 1, 192));
}
std::unique_ptr<SequenceState> FavorLayer::MakeStream(Arena& arena) const {
  return std::make_unique<FavorState>(*this, arena, spec.step_rows);
}

const OptionInfo kOptions[] = {
    {"kernel", OptionType::kText, 0, 0, "softmax|hyperbolic|trigonometric|relu|exp|exact"},
    {"causal", OptionType::kInt, 0, 1},
    {"eps", OptionType::kFloat, 0, 1},
    {"kernel_eps", OptionType::kFloat, 0, 1},
    {"denominator_eps", OptionType::kFloat, 0, 1},
    {"query_shift", OptionType::kText, 0, 0, "row_max|none"},
    {"key_shift", OptionType::kFloat, -kAnyFloat, kAnyFloat, "global_max"},
    {"projection", OptionType::kFloats},
};

absl::StatusOr<LayerPtr> Create(ContextPtr context, const Options& options) {
  if (options.Text("kernel", "softmax") == "exact") return kFull.create(std::move(context), options);
  FavorSpec spec;
  spec.heads = options.Int("heads", 0);
  spec.head_dim = options.Int("head_dim", 0);
  if (spec.heads < 1 || spec.head_dim < 1) return absl::InvalidArgumentError("options heads and head_dim must be set");
  if (options.Int("kv_heads", spec.heads) != spec.heads) return absl::UnimplementedError("favor with fewer key heads");
  if (options.Has("scale")) return absl::UnimplementedError("favor with another scale than head_dim^-1/2");
  spec.value_dim = options.Int("value_dim", spec.head_dim);
  spec.step_rows = options.Int("step_rows", spec.step_rows);
  spec.causal = options.Flag("causal");
  spec.denominator_eps = static_cast<float>(options.Float("denominator_eps", 0));
  auto layer = std::make_shared<FavorLayer>(std::move(context), options, spec);
  const absl::Status status = layer->features.Read(layer->context().allocator, options, spec.head_dim);
  if (!status.ok()) return status;
  return layer;
}

}  // namespace

const Mechanism kFavor = {"favor", kOptions, Create};

}  // namespace lwave::attention
